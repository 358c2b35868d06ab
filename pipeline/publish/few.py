"""Tables of few rows in plain Python: a question to polars costs as much as hundreds of their cells.

The same widths, heights and XML as in bulk (`celltext`, `sheet`, `rows`), to the byte; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from math import ceil, floor
from typing import NamedTuple

import polars as pl
from xlsxwriter.utility import xl_col_to_name

from pipeline.publish.celltext import FILLED


class Cells(NamedTuple):
    """How a column's cells are written: as numbers or texts, the number of their format, and that of rows with a
    link."""

    numeric: bool
    style: int
    marked: Collection[int]
    linked: int


def size(text: str) -> int:
    """Twice the width in half-width characters, as `celltext.width` counts."""
    return len(text.encode()) + len(text)


def measures(frame: pl.DataFrame, texts: Collection[str], widest: int) -> tuple[dict[str, float], list[float | None]]:
    """Twice the width of line that nine tenths of the texts of a column keep within, none above `widest`; of each
    column of texts the width of the longest, as if it were one line, of the others the largest number."""
    common: dict[str, float] = {}
    longest: list[float | None] = []
    for name in frame.columns:
        cells = [cell for cell in frame[name].to_list() if cell is not None]
        if name in texts:
            sizes = list(map(size, cells))
            common[name] = _usual(cells, sizes, widest)
            longest.append(max(sizes, default=0) / 2)
        else:
            longest.append(max(map(abs, cells), default=None))
    return common, longest


def _usual(texts: Sequence[str], sizes: Sequence[int], widest: int) -> float:
    found = sorted(min(max(map(size, text.split("\n"))) if "\n" in text else whole, 2 * widest)
                   for text, whole in zip(texts, sizes, strict=True))
    return found[-(-9 * (len(found) - 1) // 10)] if found else 0


def lines(columns: Sequence[tuple[Sequence[str | None], float]], height: int) -> list[float]:
    """Of `height` rows the lines of each, by the cell that takes most: columns of texts, each with its room."""
    most = [1.0] * height
    for texts, room in columns:
        for row, text in enumerate(texts):
            # Nearly every text is a short line.
            if text is not None and (2 * len(text) > room - 1 or "\n" in text):
                most[row] = max(most[row], _lines(text, room))
    return most


def _lines(text: str, room: float) -> float:
    if "\n" not in text:
        width = size(text) / 2
        return 1.0 if width <= room - 1 else float(ceil(width / (room * FILLED)))
    needed = [size(line) / 2 for line in text.split("\n")]
    return float(sum(1 if width <= room - 1 else ceil(width / (room * FILLED)) for width in needed))


def xml(top: int, frame: pl.DataFrame, heights: Sequence[float], looks: Sequence[Cells],
        shared: Callable[[str], int]) -> str:
    """The rows from `top` on, heights in points; `shared` tells a text's place in the workbook's table."""
    # Column by column, as in bulk: in that order the texts get their places.
    columns = [_cells(top, xl_col_to_name(place), series, look, shared)
               for place, (series, look) in enumerate(zip(frame, looks, strict=True))]
    heads = (f'<row r="{row}" ht="{floor(height * 4 / 3 + 0.5) * 0.75}" customHeight="1">'
             for row, height in enumerate(heights, top + 1))
    return "".join(f"{head}{''.join(cells)}</row>\n" for head, *cells in zip(heads, *columns, strict=True))


def _cells(top: int, name: str, series: pl.Series, look: Cells, shared: Callable[[str], int]) -> list[str]:
    if look.numeric:
        numbers = series.cast(pl.String).to_list()
        values = [None if number is None else f"><v>{number.removesuffix('.0')}</v></c>" for number in numbers]
    else:
        values = [None if text is None else f' t="s"><v>{shared(text)}</v></c>' for text in series.to_list()]
    cells = [f'<c r="{name}{row}" s="{look.style}"{value or "/>"}' for row, value in enumerate(values, top + 1)]
    for row in look.marked:
        cells[row] = f'<c r="{name}{top + 1 + row}" s="{look.linked}"{values[row] or "/>"}'
    return cells
