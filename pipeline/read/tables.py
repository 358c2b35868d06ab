"""Tables found by their header: which row of labels, which columns, which rows below it are records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process

from pipeline.grid import Cell, Grid, address
from pipeline.read.labels import SHORT_KEY, Labels
from pipeline.read.record import Row, Spotted
from pipeline.read.records import record_end, record_of
from pipeline.read.skipped import is_spare, why_skipped
from schemas.kinds.text import is_blank
from schemas.label import label_key

_LONGEST_HEADING = 80
_FEWEST_COLUMNS = 3
_UNITS = re.compile(r"[（(【\[]?\s*(?:单位[:：])?\s*(百万元|亿元|万元|千元|元)")


@dataclass
class Header:
    """A table's header: block, first and last row, and the column on which each field stands."""

    block: str
    top: int
    bottom: int
    columns: dict[str, int]
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    unknown: list[Cell] = field(default_factory=list)
    guessed: list[tuple[Cell, str]] = field(default_factory=list)

    @cached_property
    def places(self) -> list[tuple[str, int, tuple[int, int], str]]:
        """(field, its column, first and last column of its label, unit) of all fields, once the header is complete."""
        return [(name, col, self.spans[name], self.units.get(name, "")) for name, col in self.columns.items()]

    @cached_property
    def halved(self) -> bool:
        """Whether a column is given as two halves, once the header is complete."""
        return any("#" in name for name in self.columns)


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


def headers_in(grid: Grid, labels: Labels) -> list[Header]:
    """The headers of a sheet from top to bottom; a repeated header is listed again."""
    found, row = [], 0
    likely = _likely_rows(grid, labels)
    while row < grid.height:
        header = _header_at(grid, row, labels) if row in likely else None
        if header is None:
            row += 1
        else:
            found.append(header)
            row = header.bottom + 1
    return found


def _likely_rows(grid: Grid, labels: Labels) -> set[int]:
    """The rows in which two or more labels of columns show that stand there or, merged, in the row above."""
    headings = labels.headings
    named: Counter[int] = Counter()
    for cell, key in grid.keyed:
        if key in headings:
            named[cell.row] += 1
            if grid.span(cell.row, cell.col)[2] > cell.row:
                named[cell.row + 1] += 1
    return {row for row, number in named.items() if number > 1}


def _header_at(grid: Grid, row: int, labels: Labels) -> Header | None:
    # A label merged over this row and the one above is a column's label here too.
    cells = [cell for cell in grid.in_row(row) if cell.row >= row - 1]
    if len(cells) < 2:
        return None
    keys = [label_key(cell.text) for cell in cells if len(cell.text) < _LONGEST_HEADING]
    if len(list(filter(labels.headings.__contains__, keys))) < 2:
        return None
    tops = [(col, cell.text, label_key(cell.text)) for col in range(cells[0].col, grid.width) if (cell := grid.at(row, col))]
    below = _named_below(grid, cells, row, labels)
    best = max((_matched(grid, cells, row, block, labels, tops, below) for block in labels.tables),
               key=lambda header: (len(header.columns.keys() & labels.telling[header.block]), len(header.columns)))
    telling = best.columns.keys() & labels.telling[best.block]
    return best if len(best.columns) >= _FEWEST_COLUMNS and len(telling) >= 2 else None


def _matched(grid: Grid, cells: list[Cell], row: int, block: str, labels: Labels,
             tops: list[tuple[int, str, str]], below: tuple[list[tuple[str, str]], int]) -> Header:
    """What the row (with the one below, where the header has two) says of this table's columns.

    `tops` are (column, text, its key) of what shows in the row, `below` is what `_named_below` says.
    """
    header = Header(block, row, row, {})
    fields = labels.tables[block]
    own = sum(label_key(cell.text) in fields for cell in cells)
    second = own > 1 and _second_row(fields, *below)
    if not second and own < _FEWEST_COLUMNS and len(
            [cell for cell in grid.in_row(row) if label_key(cell.text) in fields]) < _FEWEST_COLUMNS:
        return header
    if second:
        _take_both(grid, header, range(cells[0].col, grid.width), fields)
    else:
        for col, text, key in tops:
            name = fields.get(key)
            if name is not None and name not in header.columns:
                _take(grid, header, name, row, col, text)
    deepest = max((grid.span(row, col)[2] for col in header.columns.values()), default=row)
    header.bottom = max(header.bottom, min(deepest, row + 2))
    return header


def _take_both(grid: Grid, header: Header, columns: range, fields: dict[str, str]) -> None:
    """The columns of a header of two rows."""
    row = header.top
    header.bottom = row + 1
    for col in columns:
        top, low = grid.at(row, col), grid.at(row + 1, col)
        for text in _texts(top, low):
            name = fields.get(label_key(text))
            if name is not None and name not in header.columns:
                _take(grid, header, name, row if low is None else row + 1, col, text)
                break


def _texts(top: Cell | None, low: Cell | None) -> Iterator[str]:
    """The readings of a header column, the most specific first."""
    if low is not None and low != top:
        if top is not None:
            yield top.text + low.text
        yield low.text
    if top is not None:
        yield top.text


def _named_below(grid: Grid, cells: list[Cell], row: int, labels: Labels) -> tuple[list[tuple[str, str]], int]:
    """The next row's cells by their keys, alone and behind what stands above, and how many need not be any label.

    No cells at all where more of them than that are a label of no table.
    """
    merged = any(grid.span(cell.row, cell.col)[2] > row or grid.span(cell.row, cell.col)[3] > cell.col
                 for cell in cells)
    below = [cell for cell in grid.in_row(row + 1) if cell.row == row + 1]
    # Without a merge to show that a second row belongs to the header, every cell of it must be a label.
    allowed = others = len(below) // 2 if merged else 0
    keys = []
    for cell in below:
        one = label_key(cell.text), label_key((grid.at(row, cell.col) or cell).text + cell.text)
        if labels.headings.isdisjoint(one):
            if not others:
                return [], 0
            others -= 1
        keys.append(one)
    return keys, allowed


def _second_row(fields: dict[str, str], below: list[tuple[str, str]], allowed: int) -> bool:
    """Whether the next row belongs to the header of two columns or more: it names some below a wider or unknown label."""
    known = sum(alone in fields or joined in fields for alone, joined in below)
    return 0 < known >= len(below) - allowed


def _take(grid: Grid, header: Header, name: str, row: int, col: int, text: str) -> None:
    _, left, _, right = grid.span(row, col)
    header.columns[name] = left
    header.spans[name] = (left, right)
    above = grid.at(header.top, col)
    for told in (text, above.text if above else ""):
        if "元" in told and (unit := _UNITS.search(told)):
            header.units[name] = unit[1]
            break


def unknown_columns(grid: Grid, header: Header, labels: Labels) -> None:
    """Note the header's cells that are no column of the table; guess those that are nearly one that is missing."""
    taken = {col for left, right in header.spans.values() for col in range(left, right + 1)}
    low, high = min(taken), max(taken)
    cells = {cell for row in range(header.top, header.bottom + 1) for cell in grid.in_row(row)
             if header.top <= cell.row <= header.bottom and cell.col not in taken
             and not any(cell.col <= col <= grid.span(cell.row, cell.col)[3] for col in taken)}
    missing = {key: name for key, name in labels.tables[header.block].items() if name not in header.columns}
    for cell in sorted(cells):
        key = label_key(cell.text)
        if not key or labels.is_label(cell.text):
            continue
        near = process.extractOne(key, missing.keys(), scorer=fuzz.ratio, score_cutoff=60) if missing else None
        inside = max((k for k in missing if len(k) >= 3 and k in key), key=len, default=None)
        name = missing[inside] if inside else missing[near[0]] if near else None
        if name is None or name in header.columns:
            if low < cell.col < high or (cell.col > high and _beside(grid, header, cell, high)):
                header.unknown.append(cell)
        else:
            _take(grid, header, name, cell.row, cell.col, cell.text)
            header.guessed.append((cell, name))
            missing = {k: n for k, n in missing.items() if n != name}


def _beside(grid: Grid, header: Header, cell: Cell, high: int) -> bool:
    """Whether a cell right of the table touches it: a 自检 column apart from the table is none of its columns."""
    return all(grid.at(header.top, col) is not None for col in range(high + 1, cell.col))


def read_table(grid: Grid, header: Header, end: int, labels: Labels) -> Table:
    """The records from below `header` up to row `end` (exclusive) or the next label."""
    table = Table(header, last=header.bottom)
    row = header.bottom + 1
    left = min(header.columns.values())
    while row < end and not _stops(grid, row, header.block, left, labels):
        if is_spare(grid, row, header):
            table.skipped["blank"] = table.skipped.get("blank", 0) + 1
            table.count(grid, row, row, "blank")
            row += 1
            continue
        last = record_end(grid, row, header, end)
        record = record_of(grid, row, last, header)
        reason = "header" if _is_header(record, header, labels) else why_skipped(grid, row, left, record)
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


def _stops(grid: Grid, row: int, block: str, left: int, labels: Labels) -> bool:
    """Whether a row belongs to what follows a table that begins in column `left`: it begins with another label."""
    for cell in grid.in_row(row):
        if cell.row != row:
            continue
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
    told = [(name, value.text) for name, value in record.items() if value.text and not value.text.isspace()]
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
