"""What is done to a form's sheets, where its contents alone cannot say it: hidden rows, formulas, a seal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.demo.consortia import Filled
from pipeline.demo.sheet import Formula, Sheet


@dataclass(frozen=True)
class Touch:
    """`apply` changes the sheets, of which the form is the last; `rules` as in `mess.Mess`."""

    about: str
    apply: Callable[[list[Sheet], Filled], None]
    rules: frozenset[str] = frozenset()


def hide_member(row: int) -> Touch:
    """A member's row hidden, its content left."""
    def apply(sheets: list[Sheet], filled: Filled) -> None:
        found = sheets[-1].at(filled["members"][row]["uscc"])
        sheets[-1].hidden_rows.add(found[0])
    return Touch("有一行成员被隐藏", apply, frozenset({"F07/W"}))


def hidden_sheet(name: str) -> Touch:
    """A working sheet that nobody was meant to see."""
    def apply(sheets: list[Sheet], filled: Filled) -> None:
        spare = Sheet(name, hidden=True)
        for row, member in enumerate(filled["members"]):
            spare.put(row, 0, member["name"])
            spare.put(row, 1, member["revenue_wan"])
        sheets.append(spare)
    return Touch("有一张隐藏的工作表", apply, frozenset({"F07/W"}))


def formula(about: str, rules: str, block: str, row: int, field: str, content: Formula) -> Touch:
    """A formula where the content was; `row` is ignored for the consortium's own cells."""
    def apply(sheets: list[Sheet], filled: Filled) -> None:
        record = filled[block] if block == "consortium" else filled[block][row]
        sheets[-1].cells[sheets[-1].at(record[field])] = content
    return Touch(about, apply, frozenset(rules.split()))


def sealed(picture: Callable[[], bytes]) -> Touch:
    """The picture of a seal over the lower edge, which changes nothing."""
    def apply(sheets: list[Sheet], filled: Filled) -> None:
        sheets[-1].picture = picture()
    return Touch("贴了电子章图片", apply)
