"""The overview's charts: hatched in black and white, with the numbers on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from pipeline.publish.sheet import Book

# Sheet rows that the charts take: the fields' one on the right, as high as the three on the left.
ROWS = 33
_WIDTH, _HEIGHT = 486, 656
_THIRD = ROWS // 3
_FONT = {"name": "宋体", "size": 9, "bold": False}
_FILLS = (
    {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#404040", "bg_color": "#FFFFFF"}},
    {"fill": {"color": "#A6A6A6"}},
)
_LINE = {"color": "#000000", "width": 0.75}
_HALF_GRID = 6


class Look(NamedTuple):
    """A chart's title, type, and place: rows down from the top, column, share of the height."""

    title: str
    kind: str
    down: int
    column: int
    share: float


LOOKS = (Look("各设区市入库创新联合体", "column", 0, 0, 1 / 3),
         Look("创新联合体产业领域分布", "bar", 0, _HALF_GRID, 1),
         Look("牵头及成员单位类别", "column", _THIRD, 0, 1 / 3),
         Look("创新平台和科技计划项目级别", "column", 2 * _THIRD, 0, 1 / 3))


def insert(book: Book, sheet: Worksheet, row: int, name: str, counts: Sequence[Any],
           places: Sequence[tuple[int, int]]) -> None:
    """Four charts from row `row` on: of `counts` by city, by field, by kind, by level, as in LOOKS.

    `places` says where the first name of each table of `counts` stands.
    """
    for look, table, place in zip(LOOKS, counts, places, strict=True):
        if table.rows:
            facts = {"object_position": 2, "x_offset": 3, "y_offset": 4, "description": look.title}
            sheet.insert_chart(row + look.down, look.column, _chart(book, name, table, place, look), facts)


def _chart(book: Book, name: str, table: Any, place: tuple[int, int], look: Look) -> Chart:
    chart = book.workbook.add_chart({"type": look.kind})
    first, left = place
    last = first + len(table.rows) - 1
    for shift, series in enumerate(table.series):
        column = left + 3 - len(table.series) + shift
        chart.add_series({
            "name": series, "categories": [name, first, left, last, left],
            "values": [name, first, column, last, column], "gap": 60, "border": _LINE, **_FILLS[shift],
            "data_labels": {"value": True, "font": _FONT}})
    chart.set_title({"name": look.title, "name_font": {"name": "黑体", "size": 11, "bold": False}})
    chart.set_legend({"position": "bottom", "font": _FONT} if len(table.series) > 1 else {"none": True})
    labels = {"num_font": _FONT, "line": {"color": "#000000"}, "interval_unit": 1}
    # Room above the highest column for its number.
    highest = 1.2 * max(1, *(number for _, *numbers in table.rows for number in numbers))
    values = {"visible": False, "major_gridlines": {"visible": False}, "min": 0, "max": highest}
    if look.kind == "bar":
        # The first category stands at the bottom unless turned round.
        chart.set_y_axis({**labels, "reverse": True})
        chart.set_x_axis(values)
    else:
        chart.set_x_axis(labels)
        chart.set_y_axis(values)
    chart.set_size({"width": _WIDTH, "height": round(_HEIGHT * look.share) - 4})
    chart.set_chartarea({"border": _LINE})
    return chart
