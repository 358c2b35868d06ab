"""A table's header: which row of labels it is, which table's, and on which column each field stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from pipeline.grid import Cell, Grid
from pipeline.read.labels import Labels
from pipeline.read.units import centred, unit_in
from schemas.label import label_key

_LONGEST_HEADING = 80
_FEWEST_COLUMNS = 3
_BRACKETS = re.compile(r"[（(【\[]([^（(【\[）)】\]]+)[）)】\]]")
# A label in brackets or in a longer one has at least so many characters: 单位 in 主管单位 is none.
_SHORTEST_WITHIN = 3


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
    def left(self) -> int:
        """The table's first column, once the header is complete."""
        return min(self.columns.values())

    @cached_property
    def body(self) -> list[int]:
        """The columns of all fields but the number, once the header is complete."""
        return sorted({col for name, (first, last) in self.spans.items() if name != "serial"
                       for col in range(first, last + 1)})

    @cached_property
    def halved(self) -> bool:
        """Whether a column is given as two halves, once the header is complete."""
        return any("#" in name for name in self.columns)


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
    for cell in [cell for cell, key in grid.keyed if key in headings]:
        named[cell.row] += 1
        if grid.span(cell.row, cell.col)[2] > cell.row:
            named[cell.row + 1] += 1
    return {row for row, number in named.items() if number > 1}


def _header_at(grid: Grid, row: int, labels: Labels) -> Header | None:
    # A label merged over this row and the one above is a column's label here too.
    shown = grid.in_row(row)
    cells = [cell for cell in shown if cell.row >= row - 1]
    if len(cells) < 2:
        return None
    keys = [label_key(cell.text) for cell in cells if len(cell.text) < _LONGEST_HEADING]
    if len(list(filter(labels.headings.__contains__, keys))) < 2:
        return None
    line = _line(grid, row, shown, range(cells[0].col, grid.width))
    below = _named_below(grid, cells, row, labels)
    if not below[0]:
        short = all(len(text) < _LONGEST_HEADING for text in (*line.shown, *(top[1] for top in line.tops)))
        best = (_of_one_row if short else _of_one_row.__wrapped__)(line, labels)
        best = best and Header(best.block, row, row, dict(best.columns), dict(best.spans), dict(best.units))
    else:
        best = _best((_matched(grid, cells, row, block, labels, line, below) for block in labels.tables), labels)
    if best is not None:
        deepest = max(grid.span(row, col)[2] for col in best.columns.values())
        best.bottom = max(best.bottom, min(deepest, row + 2))
    return best


class _Line(NamedTuple):
    """All by which a row may be a header of its own: the texts of its cells; by column what shows there, as (column,
    text, first and last column of its range)."""

    shown: tuple[str, ...]
    tops: tuple[tuple[int, str, int, int], ...]


def _line(grid: Grid, row: int, shown: list[Cell], columns: range) -> _Line:
    tops = []
    for col in columns:
        cell = grid.at(row, col)
        if cell is not None:
            _, left, _, right = grid.span(row, col)
            tops.append((col, cell.text, left, right))
    return _Line(tuple([cell.text for cell in shown]), tuple(tops))


# The template's headers stand in nearly every form: what they say is worked out once in a process.
@lru_cache(maxsize=64)
def _of_one_row(line: _Line, labels: Labels) -> Header | None:
    return _best((_in_line(line, 0, block, labels) for block in labels.tables), labels)


def _best(headers: Iterator[Header], labels: Labels) -> Header | None:
    """The header of the table that most of the columns speak for; None if too few do."""
    best = max(headers,
               key=lambda header: (len(header.columns.keys() & labels.telling[header.block]), len(header.columns)))
    telling = best.columns.keys() & labels.telling[best.block]
    return best if len(best.columns) >= _FEWEST_COLUMNS and len(telling) >= 2 else None


def _matched(grid: Grid, cells: list[Cell], row: int, block: str, labels: Labels, line: _Line,
             below: tuple[list[tuple[str, str]], int]) -> Header:
    """What the row (with the one below, where the header has two) says of this table's columns.

    `below` is what `_named_below` says.
    """
    fields = labels.tables[block]
    if sum(label_key(cell.text) in fields for cell in cells) < 2 or not _second_row(fields, *below):
        return _in_line(line, row, block, labels)
    header = Header(block, row, row + 1, {})
    _take_both(grid, header, range(cells[0].col, grid.width), fields)
    return header


def _in_line(line: _Line, row: int, block: str, labels: Labels) -> Header:
    """What the row says alone."""
    header = Header(block, row, row, {})
    fields = labels.tables[block]
    if sum(label_key(text) in fields for text in line.shown) < _FEWEST_COLUMNS:
        return header
    for _, text, left, right in line.tops:
        name = fields.get(label_key(text))
        if name is not None and name not in header.columns:
            _stand(header, name, (left, right), text)
    return header


def _take_both(grid: Grid, header: Header, columns: range, fields: dict[str, str]) -> None:
    """The columns of a header of two rows."""
    row = header.top
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
    return ([], 0) if any(_is_another(grid, row, cell, labels) for cell in below) else (keys, allowed)


def _is_another(grid: Grid, row: int, cell: Cell, labels: Labels) -> bool:
    """Whether a label in the row below is another one than that above it, which needs none: a word for the records
    (成员单位), or a line over several columns (（企业）)."""
    key, above = label_key(cell.text), grid.at(row, cell.col)
    last = grid.at(row, grid.span(cell.row, cell.col)[3])
    if None not in (above, last) and last != above:
        return True
    if key not in labels.headings or above is None or above.col != grid.span(row, cell.col)[3]:
        return False
    names = [(fields.get(key), fields.get(label_key(above.text))) for fields in labels.tables.values()]
    return any(one and other and one != other for one, other in names)


def _second_row(fields: dict[str, str], below: list[tuple[str, str]], allowed: int) -> bool:
    """Whether the next row belongs to the header of two columns or more: it names some below a wider or unknown
    label."""
    known = sum(alone in fields or joined in fields for alone, joined in below)
    return 0 < known >= len(below) - allowed


def _take(grid: Grid, header: Header, name: str, row: int, col: int, text: str) -> None:
    _, left, _, right = grid.span(row, col)
    above = grid.at(header.top, col) or centred(grid, header.top, row, col)
    _stand(header, name, (left, right), text, above.text if above else "")


def _stand(header: Header, name: str, across: tuple[int, int], *texts: str) -> None:
    """Put a field on the columns of its label; the first of the texts that names a unit tells the column's."""
    header.columns[name] = across[0]
    header.spans[name] = across
    for told in texts:
        if unit := unit_in(told):
            header.units[name] = unit
            break


def unknown_columns(grid: Grid, header: Header, labels: Labels) -> None:
    """Note the header's cells that are no column of the table; guess those that are nearly one that is missing."""
    taken = {col for left, right in header.spans.values() for col in range(left, right + 1)}
    strange = {cell for row in range(header.top, header.bottom + 1) for cell in grid.in_row(row)
               if header.top <= cell.row <= header.bottom and cell.col not in taken
               and not any(cell.col <= col <= grid.span(cell.row, cell.col)[3] for col in taken)
               and label_key(cell.text) and not labels.is_label(cell.text)}
    if not strange:
        return
    low, high = min(taken), max(taken)
    missing = {key: name for key, name in labels.tables[header.block].items() if name not in header.columns}
    for cell in sorted(strange):
        sure = _in_brackets(cell.text, missing)
        name = sure or _nearly(label_key(cell.text), missing)
        if name is None or name in header.columns:
            if low < cell.col < high or _beside(grid, header, cell, low, high, labels):
                header.unknown.append(cell)
            continue
        _take(grid, header, name, cell.row, cell.col, cell.text)
        if not sure:
            header.guessed.append((cell, name))
        missing = {k: n for k, n in missing.items() if n != name}


def _in_brackets(text: str, missing: dict[str, str]) -> str | None:
    """The missing column whose label stands in brackets behind another word for it (营业执照号（统一社会信用代码）)."""
    keys = map(label_key, _BRACKETS.findall(text))
    return next((missing[key] for key in keys if len(key) >= _SHORTEST_WITHIN and key in missing), None)


def _nearly(key: str, missing: dict[str, str]) -> str | None:
    """The missing column that a label nearly is."""
    near = process.extractOne(key, missing.keys(), scorer=fuzz.ratio, score_cutoff=60) if missing else None
    inside = max((k for k in missing if len(k) >= _SHORTEST_WITHIN and k in key), key=len, default=None)
    return missing[inside] if inside else missing[near[0]] if near else None


def _beside(grid: Grid, header: Header, cell: Cell, low: int, high: int, labels: Labels) -> bool:
    """Whether a cell outside the columns `low` to `high` touches them and is a column's label.

    A 自检 column apart from the table is none of its columns; nor is the table's title, which stands at the left,
    merged down or with nothing below it.
    """
    _, _, bottom, right = grid.span(cell.row, cell.col)
    if cell.col > high:
        return all(grid.at(header.top, col) is not None for col in range(high + 1, cell.col))
    below = grid.at(header.bottom + 1, cell.col)
    if right != low - 1 or bottom > header.bottom or below is None or below.row != header.bottom + 1:
        return False
    return not any(title in label_key(cell.text) for title in labels.titles)
