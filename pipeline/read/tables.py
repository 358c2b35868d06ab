"""What stands below a table's header: which rows are records, and why others are none."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.grid import Cell, Grid, address
from pipeline.read.headers import Header
from pipeline.read.labels import SHORT_KEY, Labels
from pipeline.read.record import Row, Spotted
from pipeline.read.records import record_end, record_of
from pipeline.read.skipped import is_spare, why_skipped
from schemas.kinds.text import is_blank
from schemas.label import label_key


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
    """The records from below `header` up to row `end` (exclusive) or the next label."""
    table = Table(header, last=header.bottom)
    row = header.bottom + 1
    left = header.left
    while row < end:
        own = [cell for cell in grid.in_row(row) if cell[0] == row]
        if _stops(own, header.block, left, labels):
            break
        if is_spare(grid, row, header):
            table.skipped["blank"] = table.skipped.get("blank", 0) + 1
            table.count(grid, row, row, "blank")
            row += 1
            continue
        last = record_end(grid, row, header, end)
        record = record_of(grid, row, last, header)
        reason = "header" if _is_header(record, header, labels) else why_skipped(own, left, record)
        if reason == "example":
            table.spotted.append(_example(grid, row, header, labels, record))
        if reason:
            table.skipped[reason] = table.skipped.get(reason, 0) + 1
        else:
            table.rows.append(record)
        table.count(grid, row, last, reason)
        if reason not in ("blank", "remark"):
            table.last = last
        row = last + 1
    return table


def _stops(own: list[Cell], block: str, left: int, labels: Labels) -> bool:
    """Whether a row, by its own cells, belongs to what follows a table that begins in column `left`: it begins with
    another label."""
    for cell in own:
        key = label_key(cell.text.partition("：")[0].partition(":")[0])
        if key in labels.sections or (len(key) >= SHORT_KEY and key in labels.singles):
            return True
        if labels.titles.get(key, block) != block:
            return True
        # Only what stands first in the row, or left of the table, can be a label here.
        if cell.col >= left:
            break
    return False


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
