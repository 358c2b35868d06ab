"""Three things that xlsxwriter's worksheet does not offer; its version is locked, a test looks at each."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet


class Uncalculated(str):
    """A text result whose value is not known yet.

    xlsxwriter leaves the type off a formula whose value equals "", as if never calculated.
    """

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = str.__hash__


EMPTY = Uncalculated("")


class FormSheet(Worksheet):
    """A worksheet that takes formulas as they are, and whose `growing` rows grow with their text."""

    def __init__(self) -> None:
        super().__init__()
        self.growing: set[int] = set()

    def set_growing_row(self, row: int, height: float) -> None:
        """Give a row a height in points for now: a program that edits a cell of it may fit it anew."""
        self.set_row(row, height)
        self.growing.add(row)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # The original looks for forty newer functions in each, two thirds of the time of writing a form.
        return formula.removeprefix("=")

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = None) -> None:
        if tag == "row" and attributes[0][1] - 1 in self.growing:
            attributes = [pair for pair in attributes if pair[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)
