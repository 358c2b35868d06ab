"""The cells that the centre fills in: what may be entered in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pipeline import drop_down
from schemas import call

# So many addresses stand in one rule, that Excel still reads them.
_CELLS_A_RULE = 300
_DAYS = (call.ISSUED, date(call.YEAR + 20, 12, 31))


def drop_downs(sheet: Worksheet, place: int, offers: Mapping[tuple[str, ...], Sequence[int]]) -> None:
    """A list in column `place` for the rows of each offer: one of its words, or nothing. ValueError as
    `drop_down.entries`."""
    for words, rows in offers.items():
        source = drop_down.entries(words)
        cells = [xl_rowcol_to_cell(row, place) for row in rows]
        for start in range(0, len(cells), _CELLS_A_RULE):
            sheet.data_validation(rows[start], place, rows[start], place, {
                "validate": "list", "source": source, "multi_range": " ".join(cells[start:start + _CELLS_A_RULE]),
                "error_title": "请从列表中选择", "error_message": "这里只能填列表中的一项；都不合适的请空着，在“理由”栏写明。"})


def days(sheet: Worksheet, places: Iterable[int], first: int, last: int) -> None:
    """Dates, and nothing else, in these columns of the rows `first` to `last`."""
    wanted: dict[str, Any] = {
        "validate": "date", "criteria": "between", "minimum": _DAYS[0], "maximum": _DAYS[1],
        "error_title": "请填日期", "error_message": f"请写成 {call.DEADLINE:%Y-%m-%d} 的样子。"}
    for place in places:
        sheet.data_validation(first, place, last, place, wanted)
