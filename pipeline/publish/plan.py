"""What is printed on a sheet: its columns, its rows, made whole portion by portion where a table is long, its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.publish.celltext import presentable
from pipeline.publish.links import URL

# Rows that are looked at together: what is made of them for the sheet is in memory.
ROWS_AT_ONCE = 8_192
# A table up to this length is not made again to be written, once it was made to be measured.
KEPT = 100_000
NUMERIC = ("count", "money")


@dataclass(frozen=True)
class Column:
    """A column of a printed table: `style` names a format, widths are in half-width characters.

    A "link" is a text whose target, from `publish.links`, stands in the frame's column `<field>_url`.
    """

    field: str
    title: str
    style: str = "text"
    least: float = 6
    most: float = 30
    meaning: str = ""


@dataclass(frozen=True)
class Plan:
    """One sheet with one table. `left` and `right` stand under the title, `notes` above the header.

    The `beside` columns go on to the right of the table, for the screen only: they are not printed. A table longer
    than a sheet is divided by the cities in the frame's column `by`. Where the rows of a `frame` only say what is to be
    printed, `fill` makes some of them whole.
    """

    name: str
    title: str
    columns: Sequence[Column]
    frame: pl.DataFrame
    left: str = ""
    right: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    frozen: int = 2
    paper: str = "A4"
    signature: str = ""
    beside: Sequence[Column] = ()
    by: str = "city"
    fill: Fill | None = None

    def printed(self) -> Printed:
        """The table's rows as they are printed."""
        return Printed((*self.columns, *self.beside), self.frame, self.fill)


class Printed:
    """The rows of a table as cells can hold them, with `fields_of` its columns, portion by portion."""

    def __init__(self, columns: Sequence[Column], frame: pl.DataFrame, fill: Fill | None = None) -> None:
        self.columns, self.height = columns, frame.height
        self._frame, self._fill = frame, fill
        self._kept: list[pl.DataFrame] | None = None

    def __iter__(self) -> Iterator[pl.DataFrame]:
        if self._kept is None and self.height <= KEPT:
            self._kept = list(self._made())
        return self._made() if self._kept is None else iter(self._kept)

    def _made(self) -> Iterator[pl.DataFrame]:
        for portion in self._frame.iter_slices(ROWS_AT_ONCE):
            yield presentable((self._fill(portion) if self._fill else portion).select(fields_of(self.columns)))


Fill = Callable[[pl.DataFrame], pl.DataFrame]


def fields_of(columns: Sequence[Column]) -> list[str]:
    """The columns of a frame that a table is written from: the targets of its links stand last."""
    return [column.field for column in columns] + [column.field + URL for column in columns if column.style == "link"]
