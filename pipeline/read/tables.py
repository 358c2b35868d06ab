"""What stands below a table's header: which rows are records, and why others are none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.grid import Cell, Grid, address
from pipeline.read.evidence import is_further
from pipeline.read.headers import Header
from pipeline.read.following import is_other_header, is_other_section, only_groups, stops
from pipeline.read.labels import Labels
from pipeline.read.record import Row, Spotted
from pipeline.read.records import record_end, record_of
from pipeline.read.skipped import BLANK, EXAMPLE, HEADER, REMARK, is_spare, why_skipped
from pipeline.read.units import state_unit
from schemas.kinds.text import fold_name, is_blank
from schemas.label import label_key

_NUMBER = re.compile(r"(\d{1,4})[.．、]?")
# What a row may be for the next one to be more of the same, though it says not of what.
_AMONG = frozenset(("", HEADER, EXAMPLE))


@dataclass
class Table:
    """A header with the records below it."""

    header: Header
    rows: list[Row] = field(default_factory=list)
    last: int = 0
    spotted: list[Spotted] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    # Rows with content below the header: "" taken as part of a record, else why not.
    counted: dict[str, int] = field(default_factory=dict)

    def count(self, grid: Grid, first: int, last: int, reason: str) -> None:
        """Account for the rows from `first` to `last`, as far as something stands in them."""
        told = 0
        for row in range(first, last + 1):
            for cell in grid.in_row(row):
                if cell.row == row and not is_blank(cell.text):
                    told += 1
                    break
        if told:
            self.counted[reason] = self.counted.get(reason, 0) + told


def read_table(grid: Grid, header: Header, end: int, labels: Labels) -> Table:
    """The records from below `header` up to row `end` (exclusive), the next label or what else is no more of it."""
    table = Table(header, last=header.bottom)
    state_unit(grid, header, labels)
    row, left, foot = header.bottom + 1, header.left, _foot(grid, header)
    reason = ""
    while row < end:
        own = [cell for cell in grid.in_row(row) if cell[0] == row]
        if stops(own, header.block, left, labels) and not only_groups(grid, row, own, header, end, labels):
            break
        if is_spare(grid, row, header):
            table.skipped[BLANK] = table.skipped.get(BLANK, 0) + 1
            table.count(grid, row, row, BLANK)
            row, reason = row + 1, BLANK
            continue
        last = record_end(grid, row, header, end)
        record = record_of(grid, row, last, header)
        apart = row > foot or reason not in _AMONG
        reason = HEADER if _is_header(record, header, labels) else why_skipped(own, header, record, labels, apart)
        beside = row <= foot < grid.height
        heads = not reason and is_other_header(own, header, labels) and not is_further(record, set(), labels)
        closes = reason in (REMARK, BLANK) and is_other_section(grid, own, header, labels)
        if not beside and (heads or closes) and not _goes_on(grid, row, end, table, labels, numbered=heads):
            table.spotted.extend(_unread(grid, own[0], end, table, labels))
            break
        if heads:
            reason = HEADER
            table.spotted.append(_header_again(grid, own[0], header, labels))
        if reason == EXAMPLE:
            table.spotted.append(_example(grid, row, header, labels, record))
        if reason:
            table.skipped[reason] = table.skipped.get(reason, 0) + 1
        else:
            table.rows.append(record)
        table.count(grid, row, last, reason)
        if reason not in (BLANK, REMARK):
            table.last = last
        row = last + 1
    return table


def _foot(grid: Grid, header: Header) -> int:
    """The last row beside which the table's title stands, if it is merged down at the left; else the sheet's last."""
    bottom = grid.span(header.top, header.left - 1)[2]
    return bottom if bottom > header.bottom else grid.height


def _goes_on(grid: Grid, row: int, end: int, table: Table, labels: Labels, *, numbered: bool) -> bool:
    """Whether the first row with content below a row is a further record of the table: the row is a group's heading or
    a header that nobody knows, below which the records' numbers must go on (`numbered`)."""
    told = (line for line in range(row + 1, end) if not is_spare(grid, line, table.header))
    first = next(told, None)
    if first is None:
        return False
    record = record_of(grid, first, first, table.header)
    last = number_of(table.rows[-1]) if table.rows else None
    follows = not numbered or (last is not None and number_of(record) == last + 1)
    return follows and is_further(record, _names(table), labels)


def _unread(grid: Grid, first: Cell, end: int, table: Table, labels: Labels) -> list[Spotted]:
    """F05 for further records of the table below the cell that ended it."""
    known, short = _names(table), labels.short[table.header.block]
    rows = sum(is_further(record_of(grid, row, row, table.header), known, labels) for row in range(first.row, end))
    facts = (("diff", f"{short}下方另有 {rows} 行"),)
    return [Spotted("F05_ROWS", grid.name, address(first.row, first.col), facts)] if rows else []


def number_of(row: Row) -> int | None:
    """The number that a record gives itself."""
    told = _NUMBER.fullmatch(row["serial"].text.strip()) if "serial" in row else None
    return int(told[1]) if told else None


def _names(table: Table) -> set[str]:
    return {fold_name(record["name"].text) for record in table.rows if "name" in record}


def _header_again(grid: Grid, first: Cell, header: Header, labels: Labels) -> Spotted:
    """F05 for a header among the records that nobody knows, below which the columns are taken to be those above."""
    words = f"{labels.short[header.block]}第 {first.row + 1} 行的栏目名没有识别，其下各行按原栏目读取"
    return Spotted("F05", grid.name, address(first.row, first.col), (("diff", words),))


def _is_header(record: Row, header: Header, labels: Labels) -> bool:
    """Whether the row repeats the header, as after a page break."""
    told = [(name, value[0]) for name, value in record.items() if value[0] and not value[0].isspace()]
    if len(told) < 2:
        return False
    fields = labels.tables[header.block]
    # Most records are known for what they are by their first values.
    others = (len(told) - 1) // 2
    for name, text in told:
        if fields.get(label_key(text)) != name:
            if not others:
                return False
            others -= 1
    return True


def _example(grid: Grid, row: int, header: Header, labels: Labels, record: Row) -> Spotted:
    told = next((v for n, v in record.items() if n != "serial" and v.text.strip()), None)
    at = told.at if told else address(row, min(header.columns.values()))
    words = (record["name"].text.strip() if "name" in record else "") or "示例"
    facts = (("place", str(row + 1)), ("text", words[:20]))
    return Spotted("F12_EXAMPLE", grid.name, at, facts, header.block, "name", words)
