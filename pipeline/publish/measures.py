"""How wide the columns of a table are and how high its rows, from the texts in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import ceil, floor, log10
from typing import NamedTuple

import polars as pl

from pipeline.publish import few
from pipeline.publish.celltext import FEW, FILLED, lines, widest_line, width, wrapped
from pipeline.publish.links import URL
from pipeline.publish.plan import NUMERIC, Column, Printed, fields_of

LINE_POINTS = 15.5
PADDING_POINTS = 5
# Excel's limit for the height of a row, in points.
HIGHEST_ROW = 409
# A column grows past `most` only as far as this, to keep its longest text within the highest row.
WIDEST_COLUMN = 64


class Measured(NamedTuple):
    """The widths of a table's columns, in half-width characters, and how many links are in it."""

    widths: list[float]
    links: int


def column_widths(printed: Printed) -> list[float]:
    """Widths from the text: nine tenths of the cells fit one line if `most` allows, all of them the row."""
    return measured(printed).widths


def measured(printed: Printed) -> Measured:
    """The same, and how many links there are."""
    columns = printed.columns
    if not printed.height:
        return Measured([float(max(column.least, _header_width(column))) for column in columns], 0)
    common, extremes, links = _measures(printed)
    rows = (HIGHEST_ROW - PADDING_POINTS) // LINE_POINTS - 1
    widths = []
    for column, extreme in zip(columns, extremes, strict=True):
        numeric = column.style in NUMERIC
        usual = _digits(column, extreme) if numeric else (common[column.field] or 0) / 2
        longest = 0 if numeric else extreme or 0
        fitting = min(max(usual + 1.5, _header_width(column), column.least), column.most)
        widths.append(float(max(fitting, min(WIDEST_COLUMN, ceil(longest / (rows * FILLED))))))
    return Measured(widths, links)


def _measures(printed: Printed) -> tuple[dict[str, float], Sequence[float | None], int]:
    """Twice the usual width of each column of texts, of each column what is largest in it, and the number of links."""
    columns, targets = printed.columns, fields_of(printed.columns)[len(printed.columns):]
    texts = [column.field for column in columns if column.style not in NUMERIC]
    if printed.height <= FEW:
        portion = pl.concat(printed)
        return *few.measures(portion.drop(targets), texts, WIDEST_COLUMN), sum(portion[url].count() for url in targets)
    portions = [(portion.select(_widths(texts, _broken(portion, texts))), portion.select(map(_extreme, columns)),
                 sum(portion[url].count() for url in targets)) for portion in printed]
    common = pl.concat(own for own, *_ in portions).select(pl.all().quantile(0.9, "higher")).row(0, named=True)
    return common, pl.concat(most for _, most, _ in portions).max().row(0), sum(links for *_, links in portions)


def _widths(texts: Sequence[str], broken: Collection[str]) -> list[pl.Expr]:
    """Twice the width of each text: whole numbers, small ones, because all of a table's are in memory at once."""
    return [((widest_line if name in broken else width)(pl.col(name)) * 2).clip(0, 2 * WIDEST_COLUMN).cast(pl.UInt8)
            for name in texts]


def _broken(frame: pl.DataFrame, texts: Sequence[str]) -> set[str]:
    """The columns with texts of several lines: only these need be taken apart, as takes six times as long."""
    found = frame.select(pl.col(texts).str.contains("\n", literal=True).any()).row(0, named=True)
    return {name for name, true in found.items() if true}


def _extreme(column: Column) -> pl.Expr:
    """The largest number, or the width of the longest text."""
    cell = pl.col(column.field)
    if column.style in NUMERIC:
        return cell.abs().max().cast(pl.Float64)
    return (cell.str.len_bytes() + cell.str.len_chars()).max().alias(column.field) / 2


def _digits(column: Column, largest: float | None) -> float:
    # Of numbers the longest counts: digits, a separator for each three, sign and decimals; digits of a
    # replacement font are wider.
    if largest is None:
        return 0
    digits = floor(log10(max(1, largest))) + 1
    return (digits * 4 / 3 + (4 if column.style == "money" else 1)) * 1.15


def _header_width(column: Column) -> float:
    # Short titles in one line, longer ones wrapped to four or five.
    needed = width_of(column.title)
    return needed + 2 if needed <= 4 else max(6.5, ceil(needed / 4) + 2)


def header_height(columns: Sequence[Column], widths: Sequence[float]) -> float:
    """Points for the titles of the columns."""
    # Whole Chinese characters a line.
    most = max(ceil(width_of(column.title) / (2 * ((width - 0.5) // 2)))
               for column, width in zip(columns, widths, strict=False))
    return max(24, most * LINE_POINTS + PADDING_POINTS)


def heights(columns: Sequence[Column], frame: pl.DataFrame, widths: Sequence[float]) -> pl.Series:
    """Points for each row of a frame, by the cell that takes most lines."""
    if frame.height <= FEW:
        columns_ = [(frame[column.field].to_list(), width)
                    for column, width in zip(columns, widths, strict=False) if column.style not in NUMERIC]
        points = [line * LINE_POINTS + PADDING_POINTS for line in few.lines(columns_, frame.height)]
        return pl.Series([min(max(height, 20.0), float(HIGHEST_ROW)) for height in points], dtype=pl.Float64)
    rooms = {column.field: room for column, room in zip(columns, widths, strict=False) if column.style not in NUMERIC}
    broken = _broken(frame, list(rooms))
    long = frame.select((width(pl.col(name)) > room - 1).any() for name, room in rooms.items()).row(0, named=True)
    texts = [(lines if name in broken else wrapped)(pl.col(name), room) for name, room in rooms.items()
             if name in broken or long[name]]
    most = frame.select(pl.max_horizontal(*texts, pl.repeat(1.0, pl.len()))).to_series()
    return (most * LINE_POINTS + PADDING_POINTS).clip(20, HIGHEST_ROW)


def width_of(text: str) -> float:
    """In half-width characters."""
    return (len(text.encode()) + len(text)) / 2
