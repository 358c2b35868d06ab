"""Labels and tables as they are gathered, sheet by sheet, into forms; what stands in no form is told, not dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.grid import Grid
from pipeline.read import drift
from pipeline.read.headers import Header, headers_in, unknown_columns
from pipeline.read.labels import MAIN_TABLE, TITLE, Labels
from pipeline.read.record import Row, Spotted
from pipeline.read.singles import Hit, hits_in, value_of
from pipeline.read.tables import Table, number_of, read_table
from schemas import uscc
from schemas.kinds.text import fold_name, is_blank, is_placeholder, is_void
from schemas.kinds.ticks import CHECKED
from schemas.label import label_key

_CORE = ("name", "industry", "lead_unit", "legal_representative", "contact", "phone", "lead_type", "member_counts",
         "staff_count", "governance")
# 续表, （续）, 接上页; not 后续, 可持续.
_CONTINUED = re.compile(r"^续|(?<![持后连手陆继延])续(?:[表页上）)\d一二三四]|$)|接上[页表]")
# So many labels are a form, even without a table.
_FEWEST = 3
# How a remark says what to write: 从24个领域中选填, 与协议上的相同, 经办人姓名, 填写单位全称.
_ADVICE = re.compile(r"[填须请]|选[一择取]|一致|相同|相符|为准|全称|名称|姓名|[写注说]明|要求|可[以按为]|应[当该按与为由是以在将注]|必需|之一|"
                     r"^[按与同即指如应]|×|[XxＸｘ]{2}")
_NOTES = re.compile(r"^\W*(?:填[表写报]|说明|注意|示例|样例|范例|举例)")
_LONGEST_MARK = 30


@dataclass
class Draft:
    """The labels and tables of one form as they are gathered, sheet by sheet.

    `aside` are tables that are none of its own, `told` what is spotted of those of them that no form has.
    """

    hits: list[tuple[Grid, Hit]] = field(default_factory=list)
    tables: list[tuple[Grid, Table]] = field(default_factory=list)
    aside: list[tuple[Grid, Table]] = field(default_factory=list)
    told: list[Spotted] = field(default_factory=list)

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

    @property
    def is_form(self) -> bool:
        """Whether there is enough of it for a form."""
        return len(self.core) >= _FEWEST or bool(self.has(MAIN_TABLE) and self.core)


def drafts_of(grids: Sequence[Grid], labels: Labels) -> list[Draft]:
    """The forms that stand on some sheets, in reading order."""
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
    return _kept(_without_notes(_gathered(drafts, labels), labels), labels)


def spare_of(hits: Sequence[tuple[Grid, Hit]], labels: Labels) -> dict[int, set[tuple[int, int]]]:
    """The cells that are labels themselves, by the identity of their grid."""
    known = labels.known
    spare: dict[int, set[tuple[int, int]]] = {}
    for grid, hit in hits:
        if id(grid) not in spare:
            spare[id(grid)] = {cell[:2] for cell, key in grid.keyed if key in known}
        if not hit.within:
            spare[id(grid)].add((hit.row, hit.col))
    return spare


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
    times: dict[str, int] = {}
    for _, hit in draft.hits:
        times[hit.field] = times.get(hit.field, 0) + 1
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
        if _foreign(current, grid):
            current.aside.extend(pair for pair in current.tables if pair[1].header.block == MAIN_TABLE)
            current.tables = [pair for pair in current.tables if pair[1].header.block != MAIN_TABLE]
        elif not _continues(current, grid, table):
            # A second member table under a new name was preceded by that name; without one, a form in other order
            # begins.
            drafts.append(Draft())
    drafts[-1].tables.append((grid, table))


def _foreign(draft: Draft, grid: Grid) -> bool:
    """Whether the form's name stands on this sheet, and no label at all where its member table was thought to be."""
    labelled = {id(other) for other, _ in draft.hits}
    named = any(other is grid for other, _ in draft.names())
    return named and not any(id(other) in labelled for other, table in draft.tables
                             if table.header.block == MAIN_TABLE)


def _continues(draft: Draft, grid: Grid, table: Table) -> bool:
    """Whether a table goes on with the numbers of the draft's own of the same block, or says that it does (续表)."""
    header = table.header
    before = [(other, one) for other, one in draft.tables if one.header.block == header.block]
    first = number_of(table.rows[0]) if table.rows else None
    last = next((number_of(one.rows[-1]) for _, one in reversed(before) if one.rows), None)
    if first is not None and last is not None and first == last + 1:
        return True
    floor = max((one.last for other, one in before if other is grid), default=-1)
    marks = [cell.text for cell in grid if floor < cell.row < header.top and len(cell.text) <= _LONGEST_MARK]
    elsewhere = () if floor >= 0 else (grid.name,)
    return any(_CONTINUED.search(text.strip()) for text in (*elsewhere, *marks))


def _gathered(drafts: list[Draft], labels: Labels) -> list[Draft]:
    """The drafts; one that repeats an earlier one's name is more of that form, unless it has the same tables again and
    more labels than the name."""
    found: list[Draft] = []
    owners: dict[str, Draft] = {}
    for draft in drafts:
        name = next((label_key(value_of(grid, hit, labels, set()).text) for grid, hit in reversed(draft.names())), "")
        owner = owners.setdefault(name, draft) if name else draft
        again = {table.header.block for _, table in draft.tables if owner.has(table.header.block)}
        if owner is draft or (again and draft.core != {TITLE}):
            found.append(draft)
            continue
        owner.hits.extend(draft.hits)
        owner.aside.extend(draft.aside)
        for grid, table in draft.tables:
            more = table.header.block not in again or _continues(owner, grid, table)
            (owner.tables if more else owner.aside).append((grid, table))
    return found


def _without_notes(drafts: list[Draft], labels: Labels) -> list[Draft]:
    """The drafts without remarks on how to fill the form in, which name its labels at the foot of the sheet."""
    found: list[Draft] = []
    for draft in drafts:
        if found and _is_note(draft, found[-1]) and not _is_filled_in(draft, labels):
            first = next(place for place, (_, hit) in enumerate(draft.hits) if hit.field == TITLE)
            found[-1].hits.extend(draft.hits[:first])
        else:
            found.append(draft)
    return found


def _is_note(draft: Draft, before: Draft) -> bool:
    feet = {id(grid): table.last for grid, table in before.tables if table.header.block == MAIN_TABLE}
    return bool(draft.names()) and not draft.tables and all(
        hit.row > feet.get(id(grid), grid.height) for grid, hit in draft.hits)


def _is_filled_in(draft: Draft, labels: Labels) -> bool:
    """Whether at least as many labels as make a form have values, not words on how to fill them in, and no heading
    says that they are such words or an example."""
    grid, first = draft.hits[0]
    above = [cell for cell in grid if cell.row < first.row and not is_blank(cell.text)]
    if above and any(cell.row == above[-1].row and _NOTES.match(cell.text) for cell in above):
        return False
    spare = spare_of(draft.hits, labels)
    values = {hit.field: value_of(grid, hit, labels, spare[id(grid)]).text for grid, hit in draft.hits}
    return sum(field in draft.core and _is_value(field, text, labels) for field, text in values.items()) >= _FEWEST


def _is_value(field: str, text: str, labels: Labels) -> bool:
    if is_blank(text) or is_placeholder(text) or is_void(text) or _ADVICE.search(text) or labels.is_label(text):
        return False
    if field in labels.ticks:
        return any(mark in text for mark in CHECKED)
    return field not in labels.counts | labels.regions or any(map(str.isdigit, text))


def _kept(drafts: list[Draft], labels: Labels) -> list[Draft]:
    """The drafts that are forms; each is told of tables beside it or behind it whose rows stand in none of them."""
    kept = [draft for draft in drafts if draft.is_form]
    if not kept or not any(draft.aside or not draft.is_form for draft in drafts):
        return kept
    known = {key for draft in kept for _, table in draft.tables for row in table.rows for key in _keys(row)}
    owner = kept[0]
    for draft in drafts:
        owner = draft if draft.is_form else owner
        for grid, table in (*draft.aside, *(() if draft.is_form else draft.tables)):
            rows = sum(known.isdisjoint(_keys(row)) for row in table.rows)
            owner.told.extend([drift.left_out(grid, table, rows, labels)] if rows else ())
    return kept


def _keys(row: Row) -> Iterator[str]:
    """By what a row is known for the same elsewhere: its name or its code."""
    if "name" in row and (name := fold_name(row["name"].text)):
        yield name
    if "uscc" in row and uscc.is_valid(row["uscc"].text):
        yield uscc.compact(row["uscc"].text)
