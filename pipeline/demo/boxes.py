"""The boxes of 创新联合体牵头单位类型 in all the ways people draw them.

Marks before or after the label, in brackets, in cells of their own; letters of Wingdings, form controls,
boxes in cells; a mere drop-down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.demo.sheet import Control, InCellBox, Sheet, Symbols
from schemas.current import FORM

OPTIONS = FORM.block("consortium").columns["lead_type"].choices
# Style → ticked mark, empty mark and how a mark and its label are put together.
_MARKS = {
    "line": ("☑", "□", "{mark} {label}"),
    "square": ("■", "□", "{mark}{label}"),
    "cross": ("☒", "☐", "{mark} {label}"),
    "round": ("●", "○", "{mark}{label}"),
    "bracket": ("（√）", "（  ）", "{mark}{label}"),
    "check": ("√", "□", "{mark}{label}"),
    "after": ("☑", "□", "{label}{mark}"),
    "mouth": ("√", "口", "{mark}{label}"),
    "glued": ("√", "", "{mark}{label}"),
}
# Styles with a cell for each box and one for each label take more than the form's eight columns.
WIDE = ("apart", "in_cell")

Drawn = Sequence[tuple[str, bool]]


def draw(sheet: Sheet, style: str, ticked: Sequence[str], row: int, left: int, right: int) -> None:
    """Draw all options right of their label, in columns `left` to `right` of one row."""
    options = [(next((words for words in ticked if words.startswith(label)), label),
                any(words.startswith(label) for words in ticked)) for label in OPTIONS]
    if style in _MARKS:
        sheet.put(row, left, _line(style, options), right)
    else:
        _DRAWN[style](sheet, options, row, left, right)


def _line(style: str, options: Drawn) -> str:
    full, empty, together = _MARKS[style]
    return "  ".join(together.format(mark=full if ticked else empty, label=label)
                     for label, ticked in options)


def _cells(sheet: Sheet, options: Drawn, row: int, left: int, right: int) -> None:
    last = left + len(options) - 1
    for col, (label, ticked) in enumerate(options, left):
        sheet.put(row, col, f"{'☑' if ticked else '□'}{label}", right if col == last else None)


def _apart(sheet: Sheet, options: Drawn, row: int, left: int, right: int) -> None:
    for place, (label, ticked) in enumerate(options):
        sheet.put(row, left + 2 * place, "√" if ticked else "□")
        sheet.put(row, left + 2 * place + 1, label)


def _wingdings(sheet: Sheet, options: Drawn, row: int, left: int, right: int) -> None:
    """þ and o show as a ticked and an empty box in that font, as letters in any other."""
    pieces: list[tuple[str, bool]] = []
    for label, ticked in options:
        pieces += [("þ" if ticked else "o", True), (f" {label}  ", False)]
    sheet.put(row, left, Symbols(tuple(pieces)), right)


def _controls(sheet: Sheet, options: Drawn, row: int, left: int, right: int) -> None:
    last = left + len(options) - 1
    for col, (label, ticked) in enumerate(options, left):
        sheet.put(row, col, "", right if col == last else None)
        sheet.controls.append(Control(row, col, label, ticked))


def _in_cell(sheet: Sheet, options: Drawn, row: int, left: int, right: int) -> None:
    for place, (label, ticked) in enumerate(options):
        sheet.put(row, left + 2 * place, InCellBox(ticked))
        sheet.put(row, left + 2 * place + 1, label)


def _dropdown(sheet: Sheet, options: Drawn, row: int, left: int, right: int) -> None:
    sheet.put(row, left, next((label for label, ticked in options if ticked), ""), right)


_DRAWN: dict[str, Callable[..., None]] = {
    "cells": _cells, "apart": _apart, "wingdings": _wingdings, "control": _controls, "in_cell": _in_cell,
    "dropdown": _dropdown,
}
STYLES = (*_MARKS, *_DRAWN)
