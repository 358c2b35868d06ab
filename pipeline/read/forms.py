"""Which labels belong to one form: a sheet may hold several forms, a form may lie on several sheets, with a cover."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.grid import Grid, Workbook, address
from pipeline.read import drift, samples
from pipeline.read.drafts import Draft, drafts_of, spare_of
from pipeline.read.guesses import guesses
from pipeline.read.labels import MAIN_TABLE, SINGLES, Labels
from pipeline.read.record import FormReading, Value
from pipeline.read.seen import read_again, remember
from pipeline.read.sides import sides, without_margin
from pipeline.read.singles import Hit, stacked_rows, value_of
from schemas.kinds.text import is_blank, is_placeholder

_ADVICE = re.compile(r"填写|填报|要求|说明|一致")


def read_workbook(book: Workbook, labels: Labels) -> tuple[list[FormReading], list]:
    """(forms, what was spotted about the workbook); no form at all is spotted as F04 or, with pictures only, F13."""
    if (again := read_again(book, labels)) is not None:
        return [again], []
    shown = [grid for grid in book.grids if grid.visible and grid.name != labels.answer_sheet]
    # Instructions and examples name every label too: they are looked at only where nothing else is a form.
    filled = samples.filled_in([grid for grid in shown if samples.is_sample(grid)], labels)
    drafts = (_unless_samples(shown, [sample for sample in filled if sample.is_copy], labels)
              or _drafts(shown, labels)
              or drafts_of([grid for grid in book.grids if not grid.visible], labels))
    forms = [_read(draft, labels) for draft in drafts]
    told = _told(forms, labels)
    if covered := samples.of_covers(filled, told):
        copies = [*covered, *(sample for sample in filled if sample.is_copy)]
        told = _told([_read(draft, labels) for draft in _unless_samples(shown, copies, labels)], labels)
    forms = told or _told(_in_templates(filled, labels), labels) or forms[:1]
    for form in forms:
        form.spotted.extend(drift.edition(book.edition, form, labels))
        form.spotted.extend(drift.hidden(book, form, labels))
        form.spotted.extend(drift.pictures(book, form, labels))
    if forms:
        forms[0].spotted.extend(samples.passed_over(filled, forms))
    if told and len(drafts) == 1 and not filled:
        remember(book, drafts[0], forms[0], labels)
    return forms, ([] if forms else [drift.nothing_found(book, labels)])


def _unless_samples(grids: list[Grid], copies: list[samples.Sample], labels: Labels) -> list[Draft]:
    """The forms on sheets that are no samples, or `copies` of them."""
    kept = {id(sample.grid) for sample in copies}
    return _drafts([grid for grid in grids if not samples.is_sample(grid) or id(grid) in kept], labels)


def _told(forms: list[FormReading], labels: Labels) -> list[FormReading]:
    return [form for form in forms if not drift.is_blank_form(form, labels)]


def _in_templates(filled: list[samples.Sample], labels: Labels) -> list[FormReading]:
    """The forms on sheets that are named as templates."""
    grids = {id(sample.grid): sample.grid for sample in filled if sample.is_template}
    return [_read(draft, labels) for draft in _drafts(list(grids.values()), labels)]


def _drafts(grids: list[Grid], labels: Labels) -> list[Draft]:
    return drafts_of(_parted(grids, labels), labels)


def _parted(grids: list[Grid], labels: Labels) -> list[Grid]:
    return [side for grid in grids for side in sides(without_margin(grid, labels), labels)]


def _home(draft: Draft) -> Grid:
    """The form's own sheet: where its member table stands, else where most of its labels are."""
    for grid, table in draft.tables:
        if table.header.block == MAIN_TABLE:
            return grid
    grids = [grid for grid, _ in draft.hits] or [grid for grid, _ in draft.tables]
    labelled = Counter(map(id, grids))
    return max(grids, key=lambda grid: labelled[id(grid)])


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
    form.spotted.extend(drift.shape(home, chosen, draft.tables, strange, labels))
    form.spotted.extend(draft.told)
    return form


def _choose(draft: Draft, home: Grid, labels: Labels) -> dict[str, tuple[Grid, Hit]]:
    """One place for each single value: the form's own before its cover's, then what was nearly recognised."""
    start, end = _start(draft, home), _end(draft, home)
    chosen: dict[str, tuple[Grid, Hit]] = {}
    for grid, hit in _at_home(draft, home):
        held = chosen.get(hit.field)
        inside = grid is home and hit.row >= start
        if held is None or (held[1].within and not hit.within and inside and _tells(draft, grid, hit, labels)) or (
                inside and not (held[0] is home and held[1].row >= start) and (
                hit.row <= end or (_tells(draft, grid, hit, labels) and not _tells(draft, *held, labels)))):
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
    """The labels on the form's own sheet and on sheets that hold more of it: one label alone heads a list of
    choices."""
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


def _end(draft: Draft, home: Grid) -> int:
    """The last row of the form on its own sheet: below it stand signatures and seals."""
    return max((table.last for grid, table in draft.tables if grid is home), default=home.height)


def _tells(draft: Draft, grid: Grid, hit: Hit, labels: Labels) -> bool:
    """Whether a label has a value: neither nothing nor what a template leaves there (年 月 日)."""
    text = value_of(grid, hit, labels, spare_of(draft.hits, labels)[id(grid)]).text
    return not is_blank(text) and not is_placeholder(text)


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
    spare = spare_of([*draft.hits, *chosen.values()], labels)
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
