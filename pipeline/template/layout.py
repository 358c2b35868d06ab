"""Where everything stands on the form: sections, lines, tables and columns, worked out from the declaration.

Rows and columns count from 0. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

from schemas.column import Column
from schemas.form import Block, Form
from schemas.kind import LONG_TEXT, MONEY, USCC

# Characters across A4 upright, a fifth smaller than on the screen, and in the left column.
PAGE_WIDTH = 116.0
LEFT_WIDTH = 16.0
# What a numbering, an 18-character code and 1,250,000.00 need, however narrow the page.
SERIAL_WIDTH, CODE_WIDTH, MONEY_WIDTH = 5.0, 20.5, 13.0
# From this declared width a value has the whole line.
WHOLE_LINE = 60
# The second label of a line stands here.
SECOND_LABEL = 4
# Title and edition; the form begins below.
HEADING_ROWS = 2


class Area(NamedTuple):
    """A cell or merged range."""

    row: int
    col: int
    last_row: int
    last_col: int

    @property
    def address(self) -> str:
        """The first cell, as formulas name it."""
        return f"{chr(ord('A') + self.col)}{self.row + 1}"

    @property
    def is_merged(self) -> bool:
        """Whether it is more than one cell."""
        return (self.row, self.col) != (self.last_row, self.last_col)


class Line(NamedTuple):
    """One printed row of single values, one or two of them."""

    columns: tuple[Column, ...]


class Single(NamedTuple):
    """A single value's label, its cell, and the cell of its printed unit if it has one."""

    column: Column
    label: Area
    value: Area
    unit: Area | None


class Table(NamedTuple):
    """A table's place; `columns` maps a field to its first and last grid column."""

    block: Block
    header: int
    first: int
    last: int
    columns: Mapping[str, tuple[int, int]]

    @property
    def contents(self) -> tuple[str, ...]:
        """Its fields but for the number, which stands in rows that nobody has filled in, too."""
        return tuple(name for name in self.columns if name != "serial")

    def cell(self, name: str, row: int) -> Area:
        """The cell of a field in one row."""
        first, last = self.columns[name]
        return Area(row, first, row, last)

    def down(self, name: str) -> str:
        """The cells of a field in all rows, as formulas name them."""
        letter = chr(ord("A") + self.columns[name][0])
        return f"{letter}${self.first + 1}:{letter}${self.last + 1}"


@dataclass(frozen=True, eq=False)
class Plan:
    """The whole sheet. `last` is its last printed row."""

    form: Form
    widths: tuple[float, ...]
    sections: list[tuple[int, str]] = field(default_factory=list)
    singles: dict[str, Single] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    last: int = 0

    @property
    def last_col(self) -> int:
        """The last column of the print area."""
        return len(self.widths) - 1


@lru_cache(maxsize=64)
def plan(form: Form, records: tuple[tuple[str, int], ...] = ()) -> Plan:
    """Lay the form out with room for so many records of each named block, the spare rows at least."""
    wanted = dict(records)
    widths = grid_widths(form)
    made = Plan(form, widths)
    last_col = len(widths) - 1
    row = HEADING_ROWS
    for title, parts in sections(form):
        made.sections.append((row, title))
        row += 1
        for part in parts:
            if isinstance(part, Line):
                made.singles.update(_line(part, row, last_col))
                row += 1
            else:
                table = _table(part, row, max(part.spare_rows, wanted.get(part.name, 0)), widths)
                made.tables[part.name] = table
                row = table.last + 1
    return Plan(form, widths, made.sections, made.singles, made.tables, row - 1)


def singles_of(form: Form) -> Block:
    """The block of the form's single values."""
    return next(block for block in form.blocks if not block.table)


def sections(form: Form) -> list[tuple[str, list[Line | Block]]]:
    """Each section with its lines and tables in sheet order.

    A section's values come first, then its tables; a long text that has a printed limit closes the section.
    What the block of single values declares itself stands on the cover of the 申请书 and has no place here.
    """
    singles = singles_of(form)
    laid = []
    for place, (title, parent) in enumerate(zip(form.sections, singles.model.__bases__, strict=True)):
        own = [singles.columns[name] for name in vars(parent)["__annotations__"] if name in singles.columns]
        closing = [column for column in own if column.kind == LONG_TEXT and column.hint]
        tables = [block for block in form.blocks if block.table and block.section == place]
        opening = [column for column in own if column not in closing]
        laid.append((title, [*_lines(opening), *tables, *_lines(closing)]))
    return laid


def grid_widths(form: Form) -> tuple[float, ...]:
    """Widths in characters: the left column, then the table with the most columns, fitted to the page."""
    widest = max((block for block in form.blocks if block.table), key=lambda block: len(block.columns))
    columns = list(widest.columns.values())
    needs = {USCC.name: CODE_WIDTH, MONEY.name: MONEY_WIDTH}
    fixed = {0: SERIAL_WIDTH} | {
        place: needs[column.kind.name] for place, column in enumerate(columns) if column.kind.name in needs
    }
    free = sum(column.width for place, column in enumerate(columns) if place not in fixed)
    factor = (PAGE_WIDTH - LEFT_WIDTH - sum(fixed.values())) / free
    return (
        LEFT_WIDTH,
        *(round(fixed.get(place, column.width * factor), 1) for place, column in enumerate(columns)),
    )


def spans(widths: tuple[float, ...], wanted: tuple[int, ...]) -> list[tuple[int, int]]:
    """First and last grid column of each of a table's columns, nearest to the widths it declares."""
    inner, scale = widths[1:], sum(widths[1:]) / sum(wanted)

    def misfit(breaks: tuple[int, ...]) -> float:
        edges = (0, *breaks, len(inner))
        return sum(
            (sum(inner[a:b]) - want * scale) ** 2
            for (a, b), want in zip(pairwise(edges), wanted, strict=True)
        )

    best = min(combinations(range(1, len(inner)), len(wanted) - 1), key=misfit)
    return [(a + 1, b) for a, b in pairwise((0, *best, len(inner)))]


def _lines(columns: list[Column]) -> list[Line]:
    """Wide values alone, narrow ones two to a line."""
    lines: list[Line] = []
    for column in columns:
        pairs = lines and len(lines[-1].columns) == 1 and lines[-1].columns[0].width < WHOLE_LINE
        if pairs and column.width < WHOLE_LINE:
            lines[-1] = Line((*lines[-1].columns, column))
        else:
            lines.append(Line((column,)))
    return lines


def _line(line: Line, row: int, last_col: int) -> dict[str, Single]:
    places = [(0, last_col)] if len(line.columns) == 1 else [(0, SECOND_LABEL - 1), (SECOND_LABEL, last_col)]
    found = {}
    for column, (label, last) in zip(line.columns, places, strict=True):
        unit = Area(row, last, row, last) if column.unit else None
        value = Area(row, label + 1, row, last - bool(unit))
        found[column.field] = Single(column, Area(row, label, row, label), value, unit)
    return found


def _table(block: Block, header: int, rows: int, widths: tuple[float, ...]) -> Table:
    places = spans(widths, tuple(column.width for column in block.columns.values()))
    return Table(block, header, header + 1, header + rows, dict(zip(block.columns, places, strict=True)))
