"""`pipeline.message`: the words of a finding, in one place."""

from __future__ import annotations

import pytest

from pipeline.message import LONGEST_VALUE, WHERE, of_file, shown
from pipeline.read import Spotted
from schemas.label import CELL_BREAK
from tests.drawn import RIGHT, Book, found, judged, sheet, without_row, without_rows

PERSONAL_ID = "320102199001010010"

SHOWN = {
    "nothing": (None, ""),
    "blank": ("  ", ""),
    "as it is": ("南京某某", "南京某某"),
    "line breaks": ("甲\r\n 乙　丙", "甲 乙 丙"),
    "a region's cells": (f"☑甲{CELL_BREAK}□乙", "☑甲 □乙"),
    "as long as may be": ("长" * 60, "长" * 60),
    "longer": ("长" * 61, "长" * 60 + "…"),
    "personal id": (f"张三 {PERSONAL_ID}", "张三 320***********10"),
}


@pytest.mark.parametrize("case", SHOWN)
def test_shown__short_in_one_line_and_masked(case: str) -> None:
    text, expected = SHOWN[case]
    assert shown(text) == expected


def test_shown__cut_after_masking() -> None:
    assert PERSONAL_ID[:10] not in shown("长" * (LONGEST_VALUE - 10) + PERSONAL_ID)


NUMBERS = {
    "whole": (1000, 2000, "研发投入 2000 万元大于销售收入 1000 万元。"),
    "with a part": (1000.5, 2000.25, "研发投入 2000.25 万元大于销售收入 1000.5 万元。"),
    "large": (100000, 12345678.9, "研发投入 12345678.9 万元大于销售收入 100000 万元。"),
    "small": (0.000001, 0.1, "研发投入 0.1 万元大于销售收入 0.000001 万元。"),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers__as_people_write_them(case: str) -> None:
    revenue, research, words = NUMBERS[case]
    finding = next(
        f for f in judged(Book((sheet({"G17": revenue, "H17": research}),))) if f.rule.code == "M23"
    )
    assert finding.message == f"成员表第 4 行“近一年研发投入”（H17、G17）：{words}"


def test_line_that_is_missing__said_instead_of_an_address() -> None:
    finding = found(None, "L02", drawing=without_row(RIGHT, 21))
    assert (finding.cells, finding.sheet) == ((), "基础信息表")
    assert finding.message == "“联合体决策及运行机制”（表中没有找到此栏）：没有填写，本栏必填。"


def test_cells_on_another_sheet__that_sheet_is_named() -> None:
    basics, rest = without_rows(RIGHT, 11, 32), without_rows(RIGHT, 1, 10)
    findings = judged(
        Book((sheet({"F9": ""}, drawing=basics, name="基本信息"), sheet(drawing=rest, name="成员")))
    )
    (blank,) = (finding for finding in findings if finding.rule.code == "B06")
    assert (blank.sheet, blank.cells) == ("基本信息", ("F9",))
    assert blank.message == "工作表“基本信息”的“联系电话”（F9）：没有填写，本栏必填。"
    parts = WHERE.fullmatch(blank.message)
    assert (parts["where"], parts["rest"]) == ("工作表“基本信息”的“联系电话”", "没有填写，本栏必填。")


def test_cells_of_two_sheets__those_of_the_first() -> None:
    basics, rest = without_rows(RIGHT, 11, 32), without_rows(RIGHT, 1, 10)
    findings = judged(
        Book(
            (
                sheet({"B6": "江苏某某（电气）股份有限公司"}, drawing=basics, name="基本信息"),
                sheet({"C4": "江苏某某(电气)股份有限公司"}, drawing=rest, name="成员"),
            )
        )
    )
    (written,) = (finding for finding in findings if finding.rule.code == "M19")
    assert (written.sheet, written.cells) == ("基本信息", ("B6",))


def test_merged_member__both_cells_of_its_tasks() -> None:
    drawing = RIGHT.replace(
        "| ^ | 5 | 苏州某某电缆有限公司 | 91320506PDY000300B | 电缆试制 | 负责高压电缆试制 | 86000 | 2900 |",
        "| ^ | 5 | 苏州某某电缆有限公司 | 91320506PDY000300B | 负责____ | 负责高压电缆试制 | 86000 | 2900 |\n"
        "| ^ | ^ | ^ | ^ | 电缆检测 | 负责检测 | ^ | ^ |",
    )
    assert found(None, "F12", drawing=drawing).cells == ("E18", "E19")


@pytest.mark.parametrize(
    ("spotted", "message", "cells"),
    [
        (Spotted("F10"), "文件：无法判断报送城市。", ()),
        (Spotted("F13", "表一"), "工作表“表一”：表内贴了图片而没有文字，图片内容不能读取。", ()),
        (
            Spotted("F05", "表一", "A1,B2", (("diff", "没有找到栏目“联系人”"),)),
            "工作表“表一”（A1、B2）：表格结构与模板不一致（没有找到栏目“联系人”），已尽量识别。",
            ("A1", "B2"),
        ),
        (
            Spotted("F05", "表一", "封面!A1,B2", (("diff", "多出栏目"),)),
            "工作表“封面”（A1）：表格结构与模板不一致（多出栏目），已尽量识别。",
            ("A1",),
        ),
    ],
    ids=["file", "sheet", "cells", "another sheet"],
)
def test_of_file__where_and_what(spotted: Spotted, message: str, cells: tuple[str, ...]) -> None:
    finding = of_file(3, spotted)
    assert (finding.message, finding.cells, finding.submission, finding.row) == (message, cells, 3, 0)


def test_record__the_folded_name_else_the_row() -> None:
    assert found({"F17": ""}, "M28").record == "南京某某半导体有限公司"
    assert found({"C17": ""}, "M01").record == "#4"
    assert found({"B9": ""}, "B06").record == ""


def test_stop_at_the_end_of_a_suggestion__only_one() -> None:
    finding = found({"D18": 913205067000300000}, "M06")
    assert finding.suggestion.endswith("913205067000300673。")
