"""F: what is said of a file or a sheet as a whole; F06 and F12 of single cells are with those cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.message import of_file
from pipeline.opening import Opened, open_file, refused
from pipeline.read import Spotted, labels_of
from pipeline.signature import REASONS
from schemas.form_2023 import FORM
from schemas.rule import Finding
from tests.drawn import (
    RIGHT,
    Book,
    Case,
    brief,
    found_in,
    outcome,
    row_at,
    sheet,
    still_right,
    with_row,
    without_rows,
    wrong,
)

NOTES = """
| 填表说明 |
| 请如实填写。 |
"""
OTHER_TABLE = """
| 序号 | 设备名称 | 数量 |
| 1 | 离心机 | 3 |
"""


def of_sheets(*sheets: tuple, expected: tuple[tuple, ...] = (), edition: str = "") -> Case:
    return Case((Book(sheets, edition=edition),), expected)


WRONG = {
    "F04 another table": of_sheets(sheet(drawing=OTHER_TABLE, name="设备"), expected=(("F04", "E", ""),)),
    "F05 a label guessed": wrong({"A12": "重点攻关研发方向"}, ("F05", "W", "A12")),
    "F05 a column guessed": wrong({"G13": "近一年的产品销售收入（万元）"}, ("F05", "W", "G13")),
    "F05 a column more": wrong({"I13": "备注", "I14": "见附件"}, ("F05", "W", "I13")),
    "F05 a line more": wrong(
        None,
        ("F05", "W", "A8"),
        drawing=with_row(RIGHT, 7, "| 开户银行 | 某某银行 | < | < | < | < | < | < |"),
    ),
    "F05 no table of projects": wrong(None, ("F05", "W", ""), drawing=without_rows(RIGHT, 29, 32)),
    "F05 no line of directions": wrong(
        None, ("F05", "W", ""), ("L04", "W", ""), drawing=without_rows(RIGHT, 12, 12)
    ),
    "F05 another edition": of_sheets(sheet(), expected=(("F05", "W", ""),), edition="JSCXLHT-2022-1"),
    "F05 rows below the last table": wrong(None, ("F05", "W", "A33"), drawing="\n".join(
        [RIGHT.strip(), "| 4.审核意见 | < | < | < | < | < | < | < |", "| 审核人 | 同意 | < | < | < | < | < | < |",
         "| | 1 | 智能配电网关键技术 | 新型电力装备 | 省级 | 2021.01-2023.12 | 东南大学 | < |"])),
    "F05 a sample filled in": of_sheets(
        sheet(), sheet({"B4": "苏州市纳米创新联合体"}, name="示例"), expected=(("F05", "W", "B4"),)
    ),
    "F05 called otherwise": wrong({"A9": "经办人"}, ("F05", "I", "F2")),
    "F05 columns in another order": wrong({"E13": "工作职责", "F13": "任务分工"}, ("F05", "I", "F2")),
    "F05 on two sheets": of_sheets(
        sheet(drawing=without_rows(RIGHT, 13, 20)),
        sheet(
            drawing="\n".join(row_at(RIGHT, row).replace("| ^", "|", 1) for row in range(13, 20)),
            name="成员表",
        ),
        expected=(("F05", "I", "A1"),),
    ),
    "F07 a row": of_sheets(sheet(hidden_rows=frozenset({13})), expected=(("F07", "W", "A14"),)),
    "F07 a column": of_sheets(sheet(hidden_cols=frozenset({6})), expected=(("F07", "W", "G1"),)),
    "F07 a sheet": of_sheets(
        sheet(), sheet(drawing=OTHER_TABLE, name="旧表", visible=False), expected=(("F07", "W", ""),)
    ),
    "F12 an example row": wrong(
        None,
        ("F12", "W", "C14"),
        drawing=with_row(
            RIGHT, 13, "| ^ | 示例 | 某某大学 | 12100000466007597C | 器件结构设计 | 负责器件仿真 | | |"
        ),
    ),
    "F12 an example platform": wrong(
        None,
        ("F12", "W", "C26"),
        drawing=with_row(
            RIGHT, 25, "| ^ | 例 | 某某重点实验室 | 新材料 | 省级 | 某某大学 | 2021年10月 | < |"
        ),
    ),
    "F13 only a picture": of_sheets(sheet(drawing="", pictures=1), expected=(("F13", "W", ""),)),
}

RIGHT_STILL = {
    "F04 notes beside the form": of_sheets(sheet(drawing=NOTES, name="填表说明"), sheet()),
    "F05 the edition in force": of_sheets(sheet(), edition=FORM.edition),
    "F05 rows put in": still_right(
        None, drawing=with_row(with_row(RIGHT, 20, "| ^ | 8 | | | | | | |"), 2, "| | | | | | | | |")
    ),
    "F05 printed with numbers and colons": still_right(
        {"A4": "一、创新联合体名称：", "A9": "联 系 人", "A12": "*重点研发方向"}
    ),
    "F07 a blank row": of_sheets(sheet(hidden_rows=frozenset({90}), hidden_cols=frozenset({20}))),
    "F07 a blank sheet": of_sheets(sheet(), sheet(drawing="", name="Sheet2", visible=False)),
    "F12 a name that begins with 例": still_right({"C17": "例外（南京）半导体有限公司"}),
    "F13 a seal on the form": of_sheets(sheet(pictures=1)),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong__exactly_its_findings(name: str) -> None:
    assert outcome(WRONG, name) == sorted(WRONG[name].expected)


@pytest.mark.parametrize("name", RIGHT_STILL)
def test_near_miss__nothing(name: str) -> None:
    assert outcome(RIGHT_STILL, name) == []


def of_opened(opened: Opened) -> tuple[Finding, ...]:
    return tuple(of_file(0, spotted) for spotted in opened.spotted)


# Without a form: what the answer to a refused file is.
REFUSED = {reason: of_opened(refused(reason, "PDF" if reason == "foreign" else "")) for reason in REASONS}
REFUSED["an archive"] = of_opened(refused("foreign", "压缩包（ZIP）"))
NO_CITY = {"F10": (of_file(0, Spotted("F10")),)}
CODES = {"encrypted": "F02", "foreign": "F03"}


@pytest.mark.parametrize("reason", REASONS)
def test_refused_file__one_error_on_the_file(reason: str) -> None:
    assert [brief(finding) for finding in REFUSED[reason]] == [(CODES.get(reason, "F01"), "E", "")]


FILES = {
    "empty.xlsx": (b"", "文件：文件为空（0 字节）。"),
    "cut.xlsx": (b"PK\x03\x04" + bytes(40), "文件：文件打不开，可能已损坏。"),
    "a page.xls": (
        b"<html><table></table></html>",
        "文件：文件内容不是 Excel 工作簿，不能读取。",
    ),
    "scan.xlsx": (b"%PDF-1.7\n%", "文件：收到的是“PDF”文件，不能作为基础信息表读取。"),
}


@pytest.mark.parametrize("name", FILES)
def test_file_that_is_no_workbook__said_by_its_content(name: str, tmp_path: Path) -> None:
    content, message = FILES[name]
    (tmp_path / name).write_bytes(content)
    (finding,) = of_opened(open_file((labels_of(FORM), tmp_path / name)))
    assert (finding.message, finding.sheet, finding.cells) == (message, "", ())


@pytest.mark.parametrize(("content", "fix"), [
    (b"%PDF-1.7\n%", "请用 WPS 或 Excel 打开，另存为“.xlsx”后重报（照片、扫描件不能识别）。"),
    (b"7z\xbc\xaf\x27\x1c", "请先解压，再把里面的基础信息表逐个放入本市收件夹。"),
])
def test_file_of_another_kind__how_to_mend_it(content: bytes, fix: str, tmp_path: Path) -> None:
    (tmp_path / "表").write_bytes(content)
    (finding,) = of_opened(open_file((labels_of(FORM), tmp_path / "表")))
    assert (brief(finding), finding.suggestion) == (("F03", "E", ""), fix)


WORDS = {
    "F04 another table": "工作表“设备”：没有找到“基础信息表”（看过的工作表：设备）。",
    "F05 a label guessed": "工作表“基础信息表”（A12）：表格结构与模板不一致（“重点攻关研发方向”按“重点研发方向”识别），已尽量识别。",
    "F05 a column more": "工作表“基础信息表”（I13）：表格结构与模板不一致（成员表多出栏目“备注”，未读取），已尽量识别。",
    "F05 called otherwise": "工作表“基础信息表”（F2）：表格与模板排列不同（栏目写法不同：“经办人”即“联系人”），已按栏目名定位，全部识别。",
    "F05 rows below the last table": "工作表“基础信息表”（A33）：表格结构与模板不一致（科技计划表下方另有 1 行），这些行没有读取。",
    "F05 a sample filled in": "工作表“示例”（B4）：表格结构与模板不一致（填有另一个创新联合体），这张工作表没有读取。",
    "F07 a row": "工作表“基础信息表”（A14）：第 14 行已隐藏，但里面有内容。",
    "F07 a sheet": "工作表“基础信息表”：工作表“旧表”已隐藏，但里面有内容。",
    "F12 an example row": "工作表“基础信息表”（C14）：第 14 行是示例行（某某大学），已跳过，不作为成员或内容。",
}


@pytest.mark.parametrize("name", WORDS)
def test_words__where_and_what(name: str) -> None:
    assert [finding.message for finding in found_in(WRONG)[name]] == [WORDS[name]]
