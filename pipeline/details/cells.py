"""Cells and the sheets they stand on, as plain data; a number as the text that stands for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from schemas.label import label_key

if TYPE_CHECKING:
    from pipeline.details import Box

# First row, first column, last row, last column.
Range = tuple[int, int, int, int]

# Where so many ideographs, figures and letters begin a text, its key is longer than any label's, whatever follows:
# before the first bracket nothing else is taken out of it. To make the key would take as long as to read twenty cells.
_IDEOGRAPHS, _OTHERS = 4, 40
_SENTENCE_BEGINS = _IDEOGRAPHS + _OTHERS
_SENTENCE = re.compile(
    rf"(?:[1-9][.、])?[\u4e00-\u9fff]{{{_IDEOGRAPHS}}}(?:[，。；、.\s]*[\u4e00-\u9fff0-9A-Z]){{{_OTHERS}}}")

# Of more cells the keys would take too much memory.
_MOST_KEPT = 20_000


class Cell(NamedTuple):
    """A cell with content. `stored` is text, number, date, bool, error or formula (one without a value)."""

    row: int
    col: int
    text: str
    stored: str


@dataclass
class Grid:
    """One sheet, complete before it is asked anything. Rows and columns count from 0; `spans` maps every covered cell
    to its merged range."""

    name: str
    visible: bool = True
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    spans: dict[tuple[int, int], tuple[int, int, int, int]] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_cols: frozenset[int] = frozenset()
    boxes: tuple[Box, ...] = ()
    pictures: int = 0

    @cached_property
    def height(self) -> int:
        """Rows down to the last cell with content or merge."""
        return 1 + max((max(places)[0] for places in (self.cells, self.spans) if places), default=-1)

    @cached_property
    def width(self) -> int:
        """Columns out to the last cell with content or merge."""
        return 1 + max(map(itemgetter(1), (*self.cells, *self.spans)), default=-1)

    @cached_property
    def _shown(self) -> dict[int, list[Cell]]:
        """By row, the cells that show in it from left to right, each merged range once."""
        shown: dict[int, list[Cell]] = defaultdict(list)
        out_of_order = set()
        span_of = self.spans.get
        for place, cell in zip(self._places, self._ordered, strict=True):
            span = span_of(place)
            if span is None:
                shown[place[0]].append(cell)
            elif span[:2] == place:
                top, _, bottom, _ = span
                shown[top].append(cell)
                for line in range(top + 1, bottom + 1):
                    shown[line].append(cell)
                    out_of_order.add(line)
        for row in out_of_order:
            shown[row].sort(key=itemgetter(1))
        return shown

    def left_of(self, edge: int) -> Grid:
        """The sheet as if it had no cells and merges that begin in or right of a column."""
        kept = replace(self, cells={place: cell for place, cell in self.cells.items() if place[1] < edge},
                       spans={place: span for place, span in self.spans.items() if span[1] < edge})
        if self.keeps_keys:
            kept._keyed = [(cell, key) for cell, key in self._keyed if cell[1] < edge]
        return kept

    def span(self, row: int, col: int) -> tuple[int, int, int, int]:
        """(first row, first column, last row, last column) of the cell or of the range it is merged into."""
        return self.spans.get((row, col), (row, col, row, col))

    def at(self, row: int, col: int) -> Cell | None:
        """The cell whose content shows there: of a merged range, its top left one."""
        place = (row, col)
        span = self.spans.get(place)
        return self.cells.get(span[:2] if span else place)

    def in_row(self, row: int) -> list[Cell]:
        """The cells that show in a row, from left to right, each merged range once."""
        return self._shown.get(row, [])

    @property
    def keyed(self) -> Iterable[tuple[Cell, str]]:
        """The cells in reading order, each with its text as labels are compared; sentences, as they stand."""
        return self._keyed if self.keeps_keys else _with_keys(self._ordered)

    @property
    def keeps_keys(self) -> bool:
        """Whether the keys of `keyed` are made only once: of very many cells, whenever they are asked for."""
        return len(self.cells) <= _MOST_KEPT

    @cached_property
    def _keyed(self) -> list[tuple[Cell, str]]:
        return list(_with_keys(self._ordered))

    def __iter__(self) -> Iterator[Cell]:
        """Cells in reading order."""
        return iter(self._ordered)

    @cached_property
    def _ordered(self) -> list[Cell]:
        return list(map(self.cells.__getitem__, self._places))

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        return sorted(self.cells)


def _with_keys(cells: Iterable[Cell]) -> Iterator[tuple[Cell, str]]:
    for cell in cells:
        yield cell, cell_key(cell[2])


def cell_key(text: str) -> str:
    """A cell's text as labels are compared; a sentence, as it stands."""
    return label_key(text) if len(text) < _SENTENCE_BEGINS or not _SENTENCE.match(text) else text


@lru_cache(maxsize=16_384)
def address(row: int, col: int) -> str:
    """A1 notation of a cell counted from 0."""
    return f"{_letters(col)}{row + 1}"


@lru_cache(maxsize=1_024)
def _letters(col: int) -> str:
    letters, number = "", col + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def shortest(value: float) -> str:
    """A number in its shortest exact form.

    It is the shortest decimal that is this double: of an 18-digit code Excel has kept 15 digits, the rest is zeros.
    """
    text = repr(value + 0)
    return (format(Decimal(text), "f") if "e" in text else text).removesuffix(".0")
