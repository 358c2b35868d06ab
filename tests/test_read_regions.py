"""Values that are every cell right of a label: boxes to tick, and the counts that a form may split over cells."""

from __future__ import annotations

import pytest
from sketch import forms_of, sketch

from pipeline.details import Box
from pipeline.read.record import CELL_BREAK, Value
from schemas.kind import PHRASE, TICKS

REST = """
| | | | | | | |
| 产业领域 | 新材料 | | | | | |
| 牵头单位 | 某某公司 | | | | | |
| 法定代表人 | 张三 | | | | | |
"""
LEADER, BACKBONE, NATIONAL, PROVINCIAL, OTHER = "创新型领军企业", "龙头骨干企业", "国家级技术创新中心", "省级技术创新中心", "其它"


def region_of(drawing: str, field: str, changes: dict | None = None, **facts: object) -> Value:
    """The value of a region in a drawing that stands over REST."""
    (form,) = forms_of(sketch(drawing.strip() + REST, changes, **facts))
    return form.blocks["consortium"][0][field]


def ticked(value: Value) -> tuple[int, str | None, str]:
    """How many options are ticked, the one that is, and what was written behind 其它."""
    only, count, _, explained = TICKS.read(value.text, value.stored, "").parts
    return count, only, explained


ONE = (1, BACKBONE, "")
ARRANGEMENTS = {
    "one merged cell": "| 牵头单位类型 | □ 创新型领军企业 ☑ 龙头骨干企业 □ 国家级技术创新中心 □ 省级技术创新中心 □ 其它 | < | < | < | < | < |",
    "a line each in one cell": "| 牵头单位类型 | □ 创新型领军企业⏎☑ 龙头骨干企业⏎□ 国家级技术创新中心⏎□ 省级技术创新中心⏎□ 其它 | < | < | < | < | < |",
    "a cell each": "| 牵头单位类型 | □创新型领军企业 | ☑龙头骨干企业 | □国家级技术创新中心 | □省级技术创新中心 | □其它 | |",
    "a row each": "| 牵头单位类型 | □创新型领军企业 | | | | | |\n| ^ | ☑龙头骨干企业 | | | | | |\n| ^ | □国家级技术创新中心 | | | | | |",
    "rows below, label not merged": "| 牵头单位类型 | □创新型领军企业 | | | | | |\n| | ☑龙头骨干企业 | | | | | |\n| | □其它 | | | | | |",
    "two rows of cells": "| 牵头单位类型 | □创新型领军企业 | ☑龙头骨干企业 | | | | |\n| ^ | □国家级技术创新中心 | □省级技术创新中心 | □其它 | | | |",
    "marks before in cells of their own": "| 牵头单位类型 | □ | 创新型领军企业 | √ | 龙头骨干企业 | □ | 其它 |",
    "marks behind in cells of their own": "| 牵头单位类型 | 创新型领军企业 | □ | 龙头骨干企业 | √ | 其它 | □ |",
    "a lone mark behind": "| 牵头单位类型 | 创新型领军企业 | | 龙头骨干企业 | √ | 其它 | |",
    "a lone mark before": "| 牵头单位类型 | | 创新型领军企业 | √ | 龙头骨干企业 | | 其它 |",
    "marks behind, an option a "
    "row": "| 牵头单位类型 | 创新型领军企业 | □ | | | | |\n| ^ | 龙头骨干企业 | ☑ | | | | |\n| ^ | 其它 | □ | | | | |",
    "boxes that are a character": "| 牵头单位类型 | 口 | 创新型领军企业 | √ | 龙头骨干企业 | 口 | 其它 |",
    "crosses beside a tick": "| 牵头单位类型 | × | 创新型领军企业 | √ | 龙头骨干企业 | × | 其它 |",
    "crosses behind": "| 牵头单位类型 | 创新型领军企业 | 口 | 龙头骨干企业 | √ | 其它 | 口 |",
    "brackets beside a tick": "| 牵头单位类型 | [ ] | 创新型领军企业 | √ | 龙头骨干企业 | [ ] | 其它 |",
    "a lone mark in brackets": "| 牵头单位类型 | | 创新型领军企业 | （√） | 龙头骨干企业 | | 其它 |",
    "drop-down": "| 牵头单位类型 | 龙头骨干企业 | < | < | < | < | < |",
    "label over the value": "| 牵头单位类型 | < | < | < | < | < | < |\n| □ 创新型领军企业 ☑ 龙头骨干企业 □ 其它 | < | < | < | < | < | < |",
    "in the label's own cell": "| 牵头单位类型：□ 创新型领军企业 ☑ 龙头骨干企业 □ 其它 | < | < | < | < | < | < |",
    "marks of Wingdings": "| 牵头单位类型 | \uf06f 创新型领军企业 \uf0fe 龙头骨干企业 \uf0a8 其它 | < | < | < | < | < |",
    "a spacer column": "| 牵头单位类型 | | □ 创新型领军企业 ☑ 龙头骨干企业 □ 其它 | < | < | < | < |",
}


@pytest.mark.parametrize("drawing", ARRANGEMENTS.values(), ids=ARRANGEMENTS)
def test_ticks__wherever_they_stand(drawing: str) -> None:
    assert ticked(region_of(drawing, "lead_type")) == ONE


TRUTHS = {
    "before": ("| 牵头单位类型 | x | 创新型领军企业 | x | 龙头骨干企业 | x | 其它 |", ("B1", "D1", "F1")),
    "behind": ("| 牵头单位类型 | 创新型领军企业 | x | 龙头骨干企业 | x | 其它 | x |", ("C1", "E1", "G1")),
}


@pytest.mark.parametrize(("drawing", "cells"), TRUTHS.values(), ids=TRUTHS)
def test_ticks__cell_boxes_of_excel_2024(drawing: str, cells: tuple[str, ...]) -> None:
    changes = dict(zip(cells, (False, True, False), strict=True))
    assert ticked(region_of(drawing, "lead_type", changes)) == ONE


@pytest.mark.parametrize(("drawing", "expected"), [
    ("| 牵头单位类型 | □ 创新型领军企业 □ 龙头骨干企业 □ 其它 | < | < | < | < | < |", (0, None, "")),
    ("| 牵头单位类型 | ☑ 创新型领军企业 ☑ 龙头骨干企业 □ 其它 | < | < | < | < | < |", (2, None, "")),
    ("| 牵头单位类型 | □ 创新型领军企业 □ 龙头骨干企业 ☑ 其它：新型研发机构 | < | < | < | < | < |", (1, OTHER, "新型研发机构")),
    ("| 牵头单位类型 | □创新型领军企业 | □龙头骨干企业 | ☑其它 | 新型研发机构 | | |", (1, OTHER, "新型研发机构")),
    ("| 牵头单位类型 | | | | | | |", (0, None, "")),
])
def test_ticks__none_several_and_other(drawing: str, expected: tuple[int, str | None, str]) -> None:
    assert ticked(region_of(drawing, "lead_type")) == expected


def test_ticks__the_next_label_in_the_row_ends_them() -> None:
    value = region_of("| 牵头单位类型 | ☑创新型领军企业 | □其它 | 联系人 | 王五 | 联系电话 | 1 |", "lead_type")
    assert value.text.split(CELL_BREAK) == ["☑创新型领军企业", "□其它"]


@pytest.mark.parametrize(("drawing", "at"), [
    (ARRANGEMENTS["one merged cell"], "B1"), (ARRANGEMENTS["a spacer column"], "C1"),
    (ARRANGEMENTS["label over the value"], "A2"),
    (ARRANGEMENTS["in the label's own cell"], "A1"), ("| 牵头单位类型 | | < | < | | | |", "B1"),
])
def test_ticks__address(drawing: str, at: str) -> None:
    assert region_of(drawing, "lead_type").at == at


OPTIONS = (LEADER, BACKBONE, NATIONAL, PROVINCIAL, OTHER)
STATES = (False, True, False, False, False)


def boxes(places: list[tuple[int, int]], captions: tuple[str, ...] = ("",) * 5) -> tuple[Box, ...]:
    return tuple(Box(row, col, n, state, caption) for n, ((row, col), state, caption)
                 in enumerate(zip(places, STATES, captions, strict=True)))


BOXES = {
    "captions of their own, cell empty": ("| 牵头单位类型 | | | | | | |", boxes([(0, n) for n in range(1, 6)], OPTIONS)),
    "captions of their own, over one cell": ("| 牵头单位类型 | | < | < | < | < | < |", boxes([(0, 1)] * 5, OPTIONS)),
    "captions of their own, words behind": ("| 牵头单位类型 | | | | | | 请勾选 |",
                                            boxes([(0, n) for n in range(1, 6)], OPTIONS)),
    "over one cell with all options": ("| 牵头单位类型 | 创新型领军企业 龙头骨干企业 国家级技术创新中心 省级技术创新中心 其它 | < | < | < | < | < |",
                                       boxes([(0, n) for n in range(1, 6)])),
    "over one cell, printed boxes left": ("| 牵头单位类型 | □创新型领军企业 □龙头骨干企业 □国家级技术创新中心 □省级技术创新中心 □其它 | < | < | < | < | < |",
                                          boxes([(0, n) for n in range(1, 6)])),
    "on the cells of the options": ("| 牵头单位类型 | 创新型领军企业 | 龙头骨干企业 | 国家级技术创新中心 | 省级技术创新中心 | 其它 | |",
                                    boxes([(0, n) for n in range(1, 6)])),
    "a row each": ("| 牵头单位类型 | 创新型领军企业 |\n| ^ | 龙头骨干企业 |\n| ^ | 国家级技术创新中心 |\n| ^ | 省级技术创新中心 |\n| ^ | 其它 |",
                   boxes([(n, 1) for n in range(5)])),
}


@pytest.mark.parametrize(("drawing", "controls"), BOXES.values(), ids=BOXES)
def test_form_controls__tick_their_options(drawing: str, controls: tuple[Box, ...]) -> None:
    assert ticked(region_of(drawing, "lead_type", boxes=controls)) == ONE


def test_form_controls__of_another_row_tick_nothing() -> None:
    drawing = "| 牵头单位类型 | □创新型领军企业 □龙头骨干企业 | < | < | < | < | < |"
    assert ticked(region_of(drawing, "lead_type", boxes=boxes([(4, n) for n in range(1, 6)]))) == (0, None, "")


def counts(value: Value) -> tuple:
    return PHRASE.read(value.text, value.stored, "").parts[1:]


PHRASES = {
    "one cell": "| 成员情况 | 12个，其中：企业6个，高校3个，科研院所2个， 其它1个 | < | < | < | < | < |",
    "underscores left": "| 成员情况 | _12_个，其中：企业_6_个，高校_3_个，科研院所_2_个， 其它_1_个 | < | < | < | < | < |",
    "a cell each": "| 成员情况 | 12个，其中： | 企业6个 | 高校3个 | 科研院所2个 | 其它1个 | |",
    "words and numbers in turn": "| 成员情况 | 共12个 | 企业 | 6 | 高校 | 3 | |\n| ^ | | 科研院所 | 2 | 其它 | 1 | |",
    "numbers below their words": "| 成员情况 | 总数 | 企业 | 高校 | 科研院所 | 其它 | |\n| ^ | 12 | 6 | 3 | 2 | 1 | |",
    "numbers below, units in "
    "brackets": "| 成员情况 | 总数（个） | 企业（个） | 高校（个） | 科研院所（个） | 其它（个） | |\n| ^ | 12 | 6 | 3 | 2 | 1 | |",
    "in the label's own cell": "| 成员情况：12个，其中：企业6个，高校3个，科研院所2个，其它1个 | < | < | < | < | < | < |",
    "two lines": "| 成员情况 | 12个，其中：⏎企业6个，高校3个，⏎科研院所2个，其它1个 | < | < | < | < | < |",
}


@pytest.mark.parametrize("drawing", PHRASES.values(), ids=PHRASES)
def test_counts__wherever_they_stand(drawing: str) -> None:
    assert counts(region_of(drawing, "member_counts")) == (12, 6, 3, 2, 1)


def test_counts__left_as_printed_are_no_numbers() -> None:
    value = region_of("| 成员情况 | ___个，其中：企业___个，高校___个，科研院所___个， 其它___个 | < | < | < | < | < |", "member_counts")
    assert counts(value) == (None,) * 5
