"""What a sheet holds, and what becomes of a table that is longer: a sheet for each city, several for a long one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from schemas import call

# Excel's limit, headings included.
ROWS_A_SHEET = 1_048_576
# Rows that belong to none of the thirteen cities.
REST = "其他"


class Part(NamedTuple):
    """Rows of a table for a sheet of their own, and what they are called: 南京市, or 南京市2."""

    label: str
    frame: pl.DataFrame


class Division(NamedTuple):
    """A table that went onto several sheets: its name, its rows, and each sheet with its rows."""

    table: str
    rows: int
    sheets: Sequence[tuple[str, int]]

    @property
    def brief(self) -> str:
        """That it is so, for where there is little room."""
        return f"“{self.table}”共 {self.rows} 行，一张工作表放不下，分列于 {len(self.sheets)} 张工作表，见“数据说明”中的“分表”。"

    @property
    def words(self) -> str:
        """What a reader has to know of it."""
        listed = "、".join(f"“{name}”{rows} 行" for name, rows in self.sheets)
        return (f"“{self.table}”共 {self.rows} 行，一张工作表放不下，分列于 {len(self.sheets)} 张工作表：{listed}，"
                "合起来即为全部，没有省略。")


def divided(frame: pl.DataFrame, room: int, by: str) -> Iterator[Part]:
    """The rows by the cities in column `by` (official order, the rest last), at most `room` a part, none left out.

    Without such a column the parts are numbered only.
    """
    if by not in frame.columns:
        yield from _numbered("", frame, room)
        return
    labels = frame.select(pl.when(pl.col(by).is_in(list(call.CITY_ORDER))).then(by).otherwise(pl.lit(REST))).to_series()
    for label in (*call.CITY_ORDER, REST):
        yield from _numbered(label, frame.filter(labels == label), room)


def _numbered(label: str, frame: pl.DataFrame, room: int) -> Iterator[Part]:
    pieces = list(frame.iter_slices(max(1, room)))
    for number, piece in enumerate(pieces, 1):
        yield Part(label if label and len(pieces) == 1 else f"{label}{number}", piece)
