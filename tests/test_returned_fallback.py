"""Files on which we cannot write: their contents on the official template, marked the same way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.demo.biff import xls
from pipeline.demo.recipe import Form
from pipeline.demo.shapes import Layout
from pipeline.opening import kind_at
from pipeline.publish import returned
from pipeline.read import FormReading, Value
from schemas.form_2023 import FORM
from tests.returned_forms import (
    SHEET,
    coloured,
    comments,
    demo,
    finding,
    findings,
    judged,
    lines,
    opened,
    workbook,
)

# The date stands on the cover, which is a Word document, and has no place on the template.
NO_PLACE = {"fill_date", "cover_name"}
OTHERS = ["苏州市/第一批/细胞治疗.xls", "南通市/深远海风电.et", "苏州市/第一批/生物医药-抗体药物.ods"]


def contents(form: FormReading) -> dict:
    """What a form says, without where it stands."""
    return {
        block: [
            {name: (value.text, value.stored) for name, value in record.items() if name not in NO_PLACE}
            for record in records
        ]
        for block, records in form.blocks.items()
    }


@pytest.mark.parametrize("file", OTHERS)
def test_contents__are_moved_as_they_were_typed(file: str, tmp_path: Path) -> None:
    given = judged(demo(file), tmp_path)
    moved = opened(given.answer(), tmp_path)
    assert [contents(form) for form in moved.forms] == [contents(form) for form in given.opened.forms]
    assert moved.spotted == ()


@pytest.mark.parametrize("file", OTHERS)
def test_findings__are_the_same_in_the_new_place(file: str, tmp_path: Path) -> None:
    given = judged(demo(file), tmp_path)
    again = judged(given.answer(), tmp_path)
    columns = ["code", "severity", "table", "row", "field", "value", "suggestion"]
    assert sorted(again.findings.select(columns).rows()) == sorted(given.findings.select(columns).rows())
    cells = {cell for cells in again.findings.filter(severity="E")["cell"] for cell in cells.split(",")}
    assert {cell for cell, level in coloured(given.answer()).items() if level == "E"} == cells


def test_sheet__says_why_and_links_to_the_template(tmp_path: Path) -> None:
    answer = judged(demo("细胞治疗.xls"), tmp_path).answer()
    book = workbook(answer)
    assert book.sheetnames[:2] == [SHEET, FORM.sheet]
    assert book[SHEET]["A4"].value == (
        "原文件为97-2003 版（.xls、.et）格式，无法在原表上标注，"
        "已将贵单位填写的内容原样转入省里下发的模板并标注（模板以外的内容没有转入）。"
        "请在本文件中改正后报送。"
    )
    linked = [cell.hyperlink.location for row in book[SHEET].iter_rows() for cell in row if cell.hyperlink]
    assert {link.split("!")[0] for link in linked} == {f"'{FORM.sheet}'"}
    assert (
        sorted(link.split("!")[1] for link in linked if "C" not in link)
        == sorted(comments(answer))
        == ["B29", "D22", "F29"]
    )


def test_two_forms_in_a_file__get_a_sheet_each(tmp_path: Path) -> None:
    forms = [Form("gene", layout=Layout(), sheet="甲表"), Form("wind", layout=Layout(), sheet="乙表")]
    given = judged(xls([sheet for form in forms for sheet in form.sheets()]), tmp_path)
    assert [form.sheet for form in given.opened.forms] == ["甲表", "乙表"]
    answer = returned.answer(
        given.data,
        given.opened.forms,
        findings(finding(given.opened.forms[1].blocks["members"][2]["uscc"].at, sheet="乙表", row=3)),
        "",
    )
    assert workbook(answer).sheetnames[:3] == [SHEET, "甲表", "乙表"]
    assert coloured(answer, "甲表") == {} and list(coloured(answer, "乙表").values()) == ["E"]
    assert [contents(form) for form in opened(answer, tmp_path).forms] == [
        contents(form) for form in given.opened.forms
    ]


def test_cell_that_the_file_does_not_have__is_marked_on_the_template(tmp_path: Path) -> None:
    given = judged(demo("细胞治疗.xls"), tmp_path)
    answer = returned.answer(
        given.data,
        given.opened.forms,
        findings(
            finding(
                "",
                table="consortium",
                row=0,
                field="phone",
                message="“联系电话”（表中没有找到此栏）：没有填写。",
            )
        ),
        "",
    )
    (cell,) = coloured(answer)
    assert comments(answer)[cell].startswith("【须改正】\n问题：没有填写。")
    assert (
        workbook(answer)[FORM.sheet][cell].offset(0, -1).value
        == FORM.block("consortium").columns["phone"].label
    )


@pytest.mark.parametrize(
    ("value", "content"),
    [
        (Value("913202114283439000", "D3", "number"), 9.13202114283439e17),
        (Value("12.5", "D3", "number", "亿元"), "12.5亿元"),
        (Value("12.5", "D3", "number", "万元"), 12.5),
        (Value("=SUM(A1:A2)", "D3", "formula"), "=SUM(A1:A2)"),
        (Value("http://甲", "D3"), "http://甲"),
        (Value("nan", "D3", "number"), "nan"),
    ],
)
def test_value__stands_there_as_it_was_typed(value: Value, content: object, tmp_path: Path) -> None:
    forms = opened(demo("细胞治疗.xls"), tmp_path).forms
    members = [{**forms[0].blocks["members"][0], "revenue_wan": value}, *forms[0].blocks["members"][1:]]
    form = replace(forms[0], blocks={**forms[0].blocks, "members": members})
    answer = returned.answer(demo("细胞治疗.xls"), [form], findings(finding("D3", field="revenue_wan")), "")
    (cell,) = coloured(answer)
    shown = workbook(answer)[FORM.sheet][cell]
    assert (shown.value, shown.hyperlink, shown.data_type == "f") == (content, None, False)


@pytest.mark.parametrize(
    "file",
    ["光伏联合体（盖章扫描件）", "精密轴承（密码另发短信）", "数字人（U盘拷贝）", "存算一体 申请书.docx"],
)
def test_file_that_says_nothing__is_answered_with_a_blank_template(file: str, tmp_path: Path) -> None:
    given = judged(demo(file), tmp_path)
    answer = given.answer()
    assert (
        workbook(answer)[SHEET]["A3"].value
        == "原文件中没有读到可转入的内容，后面附的是省里下发的空白模板，请填写后报送。"
    )
    assert len(lines(answer)) == 1 and lines(answer)[0][5] == "须改正"
    assert opened(answer, tmp_path).blank


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (
            "南京市/附件2 基础信息表（柔性配电创新联合体）定稿.xlsx",
            "附件2 基础信息表（柔性配电创新联合体）定稿.xlsx",
        ),
        ("无锡/先进封装创新联合体.xlsm", "先进封装创新联合体（不含宏）.xlsx"),
        ("苏州市/第一批/细胞治疗.xls", "细胞治疗（转为 xlsx 格式）.xlsx"),
        ("苏州市/第一批/新建 XLS 工作表.xls", "新建 XLS 工作表（转为 xlsx 格式）.xlsx"),
        ("320300/光伏联合体（盖章扫描件）.pdf", "光伏联合体（盖章扫描件）（空白模板）.xlsx"),
    ],
)
def test_name__goes_with_what_is_in_the_file(tmp_path: Path, file: str, name: str) -> None:
    (tmp_path / "a").write_bytes(demo(file))
    assert returned.name_of(kind_at(tmp_path / "a"), file) == name
