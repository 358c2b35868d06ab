"""Which labels belong to one form: a sheet may hold several forms, a form may lie on several sheets, with a cover."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipeline.grid import Grid, Workbook, address
from pipeline.read import drift
from pipeline.read.guesses import guesses
from pipeline.read.headers import Header, headers_in, unknown_columns
from pipeline.read.labels import MAIN_TABLE, SINGLES, TITLE, Labels
from pipeline.read.record import FormReading, Value
from pipeline.read.sides import sides
from pipeline.read.singles import Hit, hits_in, stacked_rows, value_of
from pipeline.read.tables import Table, read_table
from schemas.label import label_key

_SAMPLE_SHEET = re.compile(r"示例|样例|样表|示范|范例|填写说明|填报说明|填表说明|说明|字典|模板|附录|参考")
_ADVICE = re.compile(r"填写|填报|要求|说明|一致")
_CORE = ("name", "industry", "lead_unit", "legal_representative", "contact", "phone", "lead_type", "member_counts",
         "staff_count", "governance")


@dataclass
class Draft:
    """The labels and tables of one form as they are gathered, sheet by sheet."""

    hits: list[tuple[Grid, Hit]] = field(default_factory=list)
    tables: list[tuple[Grid, Table]] = field(default_factory=list)

    def has(self, block: str) -> bool:
        """Whether a table of that block was found."""
        return any(table.header.block == block for _, table in self.tables)

    def names(self) -> list[tuple[Grid, Hit]]:
        """Where the form names itself; the last before its member table counts, others are covers."""
        return [(grid, hit) for grid, hit in self.hits if hit.field == TITLE]

    @property
    def core(self) -> set[str]:
        """The fields by which a form is recognised as one."""
        return {hit.field for _, hit in self.hits} & set(_CORE)


def read_workbook(book: Workbook, labels: Labels) -> tuple[list[FormReading], list]:
    """(forms, what was spotted about the workbook); no form at all is spotted as F04 or, with pictures only, F13."""
    shown = [grid for grid in book.grids if grid.visible and grid.name != labels.answer_sheet]
    # Instructions and examples name every label too: they are looked at only where nothing else is a form.
    drafts = (_drafts(_parted([grid for grid in shown if not _SAMPLE_SHEET.search(grid.name)], labels), labels)
              or _drafts(_parted(shown, labels), labels)
              or _drafts([grid for grid in book.grids if not grid.visible], labels))
    forms = [_read(draft, labels) for draft in drafts]
    filled = [form for form in forms if not drift.is_blank_form(form, labels)]
    forms = filled or forms[:1]
    for form in forms:
        form.spotted.extend(drift.edition(book.edition, form, labels))
        form.spotted.extend(drift.hidden(book, form, labels))
        form.spotted.extend(drift.pictures(book, form, labels))
    return forms, ([] if forms else [drift.nothing_found(book, labels)])


def _parted(grids: list[Grid], labels: Labels) -> list[Grid]:
    return [side for grid in grids for side in sides(_without_margin(grid, labels), labels)]


def _without_margin(grid: Grid, labels: Labels) -> Grid:
    """The grid without the template's own 自检 column, whose words are no content."""
    # Its head is a formula, which some programs save without a value.
    margin = labels.margin
    heads = [col for (_, col, text, stored), key in grid.keyed
             if (label_key(text.split("\n", 1)[0]) if "\n" in text else key) == margin
             or (stored == "formula" and text.startswith(f'="{margin}'))]
    return grid.left_of(min(heads)) if heads else grid


def _home(draft: Draft) -> Grid:
    """The form's own sheet: where its member table stands, else where most of its labels are."""
    for grid, table in draft.tables:
        if table.header.block == MAIN_TABLE:
            return grid
    grids = [grid for grid, _ in draft.hits] or [grid for grid, _ in draft.tables]
    labelled = Counter(map(id, grids))
    return max(grids, key=lambda grid: labelled[id(grid)])


def _drafts(grids: list[Grid], labels: Labels) -> list[Draft]:
    drafts = [Draft()]
    for grid in grids:
        tables = _tables(grid, labels)
        hits = hits_in(grid, labels, [(table.header.top, table.last) for table in tables])
        events = sorted([*((hit.row, 0, hit) for hit in hits), *((table.header.top, 1, table) for table in tables)],
                        key=lambda event: event[:2])
        for _, kind, event in events:
            if kind == 0:
                _add_hit(drafts, grid, event)
            else:
                _add_table(drafts, grid, event)
    drafts = _gathered(drafts, labels)
    return [draft for draft in drafts if len(draft.core) >= 3 or (draft.has(MAIN_TABLE) and draft.core)]


def _gathered(drafts: list[Draft], labels: Labels) -> list[Draft]:
    """The drafts; one that repeats an earlier one's name above tables which that one has not is more of that form."""
    found: list[Draft] = []
    owners: dict[str, Draft] = {}
    for draft in drafts:
        name = next((label_key(value_of(grid, hit, labels, set()).text) for grid, hit in reversed(draft.names())), "")
        owner = owners.setdefault(name, draft) if name else draft
        if owner is draft or any(owner.has(table.header.block) for _, table in draft.tables):
            found.append(draft)
        else:
            owner.hits.extend(draft.hits)
            owner.tables.extend(draft.tables)
    return found


def _tables(grid: Grid, labels: Labels) -> list[Table]:
    """The tables of a sheet; a header repeated at a page break belongs to the table above it."""
    found: list[Table] = []
    headers = headers_in(grid, labels)
    for header, following in zip(headers, [*headers[1:], None], strict=False):
        end = following.top if following else grid.height
        if found and found[-1].header.block == header.block and _adjoins(grid, found[-1].last, header, labels):
            found[-1] = read_table(grid, found[-1].header, end, labels)
        else:
            unknown_columns(grid, header, labels)
            found.append(read_table(grid, header, end, labels))
    return found


def _adjoins(grid: Grid, last: int, header: Header, labels: Labels) -> bool:
    """Whether nothing but the table's own title stands between its last row and a further header."""
    between = [cell.text for cell in grid if last < cell.row < header.top]
    return not any(labels.is_label(text) and labels.titles.get(label_key(text)) != header.block for text in between)


def _add_hit(drafts: list[Draft], grid: Grid, hit: Hit) -> None:
    current = drafts[-1]
    if hit.field == TITLE and current.names() and current.has(MAIN_TABLE):
        drafts.append(Draft(_above(current, grid)))
    drafts[-1].hits.append((grid, hit))


def _above(draft: Draft, grid: Grid) -> list[tuple[Grid, Hit]]:
    """What stands above the name of a further form and is its own (填报日期), taken from the form before it."""
    last = max((table.last for other, table in draft.tables if other is grid), default=-1)
    times = Counter(hit.field for _, hit in draft.hits)
    taken: list[tuple[Grid, Hit]] = []
    while draft.hits:
        other, hit = draft.hits[-1]
        if other is not grid or hit.row <= last or (last >= 0 and times[hit.field] == 1 and hit.field in _CORE):
            break
        times[hit.field] -= 1
        taken.insert(0, draft.hits.pop())
    return taken


def _add_table(drafts: list[Draft], grid: Grid, table: Table) -> None:
    current = drafts[-1]
    if table.header.block == MAIN_TABLE and current.has(MAIN_TABLE) and current.names():
        # A second member table under a new name was preceded by that name; without one, a form in other order begins.
        drafts.append(Draft())
    drafts[-1].tables.append((grid, table))


def _read(draft: Draft, labels: Labels) -> FormReading:
    home = _home(draft)
    form = FormReading(home.name)
    for grid, table in draft.tables:
        records = form.blocks.setdefault(table.header.block, [])
        records.extend({name: _placed(value, grid, home) for name, value in row.items()} for row in table.rows)
        form.spotted.extend(table.spotted)
        counted = form.rows.setdefault(table.header.block, {})
        for reason, number in table.counted.items():
            counted[reason] = counted.get(reason, 0) + number
        for reason, number in table.skipped.items():
            form.skipped[reason] = form.skipped.get(reason, 0) + number
    chosen = _choose(draft, home, labels)
    form.blocks[SINGLES] = [_singles(draft, chosen, home, labels)]
    bands = [(table.header.top, table.last) for grid, table in draft.tables if grid is home]
    strange = drift.unknown_labels(home, chosen, bands, form.blocks[SINGLES][0], labels)
    form.spotted.extend(drift.shape(home, chosen, [table for _, table in draft.tables], strange, labels))
    return form


def _choose(draft: Draft, home: Grid, labels: Labels) -> dict[str, tuple[Grid, Hit]]:
    """One place for each single value: the form's own before its cover's, then what was nearly recognised."""
    start = _start(draft, home)
    chosen: dict[str, tuple[Grid, Hit]] = {}
    for grid, hit in _at_home(draft, home):
        held = chosen.get(hit.field)
        inside = grid is home and hit.row >= start
        if held is None or (inside and not (held[0] is home and held[1].row >= start)):
            chosen[hit.field] = (grid, hit)
    missing = set(labels.order[SINGLES]) - chosen.keys() - set(labels.cover) - {"fill_date"}
    if missing:
        bands = {(cell.row, cell.col) for cell in home for grid, table in draft.tables
                 if grid is home and table.header.top <= cell.row <= table.last}
        labelled = {(hit.row, hit.col) for grid, hit in draft.hits if grid is home}
        rows = [row for grid, hit in draft.hits if grid is home for row in (hit.row, hit.bottom)]
        bounds = (max(0, min(rows, default=0) - 2), max(rows, default=home.height) + 3)
        taken = bands | labelled | _value_cells(chosen, home, labels)
        stacked = stacked_rows([hit for grid, hit in draft.hits if grid is home])
        chosen.update({hit.field: (home, hit) for hit in guesses(home, labels, missing, taken, bounds, stacked)})
    return chosen


def _at_home(draft: Draft, home: Grid) -> list[tuple[Grid, Hit]]:
    """The labels on the form's own sheet and on sheets that hold more of it: one label alone heads a list of choices."""
    fields: dict[int, set[str]] = {}
    for grid, hit in draft.hits:
        fields.setdefault(id(grid), set()).add(hit.field)
    tables = {id(grid) for grid, _ in draft.tables}
    return [(grid, hit) for grid, hit in draft.hits
            if grid is home or id(grid) in tables or len(fields[id(grid)]) > 1]


def _start(draft: Draft, home: Grid) -> int:
    """The first row of the form on its own sheet: below a cover that stands on the same sheet."""
    names = [hit.row for grid, hit in draft.names() if grid is home]
    tables = [table.header.top for grid, table in draft.tables if grid is home and table.header.block == MAIN_TABLE]
    before = [row for row in names if not tables or row < tables[0]]
    return before[-1] if before else (names[0] if names else 0)


def _value_cells(chosen: dict[str, tuple[Grid, Hit]], home: Grid, labels: Labels) -> set[tuple[int, int]]:
    spare = {(hit.row, hit.col) for _, hit in chosen.values() if not hit.within}
    found = set()
    for grid, hit in chosen.values():
        if grid is home and hit.inline is None:
            at = value_of(grid, hit, labels, spare).at.split(",")
            places = {(cell.row, cell.col) for cell in grid if address(cell.row, cell.col) in at}
            # Over the numbers of a region stand their words (企业, 高校), which are no labels either.
            words = {(row, col) for _, col in places for row in range(hit.row, hit.bottom + 1)}
            found |= places | (words if hit.field in labels.regions else set())
    return found


def _singles(draft: Draft, chosen: dict[str, tuple[Grid, Hit]], home: Grid, labels: Labels) -> dict[str, Value]:
    spare: dict[int, set[tuple[int, int]]] = {}
    for grid, hit in [*draft.hits, *chosen.values()]:
        places = spare.setdefault(id(grid), set())
        if not hit.within:
            places.add((hit.row, hit.col))
    for grid in {id(grid): grid for grid, _ in draft.hits}.values():
        known = labels.known
        spare[id(grid)] |= {cell[:2] for cell, key in grid.keyed if key in known}
    found = {name: _placed(value_of(grid, hit, labels, spare[id(grid)]), grid, home)
             for name, (grid, hit) in chosen.items()}
    for cover, name in labels.cover.items():
        for grid, hit in draft.hits:
            if hit.field != name or (grid, hit) == chosen.get(name):
                continue
            value = value_of(grid, hit, labels, spare[id(grid)])
            # Instructions name the label too, and say how to fill it in.
            if not _ADVICE.search(value.text):
                found.setdefault(cover, _placed(value, grid, home))
    return found


def _placed(value: Value, grid: Grid, home: Grid) -> Value:
    """The value with its sheet named in the address, where that is not the form's own."""
    if grid is home:
        return value
    return value._replace(at=",".join(f"{grid.name}!{place}" for place in value.at.split(",")))
