"""The bureau's own form handed back: what is marked, what is told, and that nothing else has changed."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest

from pipeline.demo import PLAN
from pipeline.publish import returned
from schemas import call
from schemas.form_2023 import FORM
from schemas.register import polars_schema
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
    parts,
    workbook,
)

WORKBOOKS = [
    planned.file
    for planned in PLAN
    if any(str(s) in ("accepted", "accepted_with_warnings", "returned") for s in planned.status)
]
OOXML = [file for file in WORKBOOKS if demo(file)[:2] == b"PK" and "ods" not in file]
# Parts that say where the others are, and the cells' formats.
LISTED = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
MARKED = r"xl/(worksheets/(_rels/)?sheet\d+\.xml(\.rels)?|comments\d*\.xml|drawings/vmlDrawing\d*\.vml)"


@pytest.mark.parametrize("file", OOXML)
def test_answer__reads_as_the_original(file: str, tmp_path: Path) -> None:
    given = judged(demo(file), tmp_path)
    assert given.opened.forms
    assert opened(given.answer(), tmp_path) == given.opened


@pytest.mark.parametrize("file", OOXML)
def test_answer__keeps_every_other_part_byte_for_byte(file: str, tmp_path: Path) -> None:
    given = judged(demo(file), tmp_path)
    before, after = parts(given.data), parts(given.answer())
    assert list(after)[: len(before)] == list(before)
    different = {name for name in before if before[name] != after[name]}
    assert {name for name in different - LISTED if not re.fullmatch(MARKED, name)} == set()
    assert {name for name in set(after) - set(before) if not re.fullmatch(MARKED, name)} == set()
    marked_sheets = given.findings.filter(pl.col("severity") != "I", pl.col("cell") != "")["sheet"].n_unique()
    assert (
        len([name for name in different if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)])
        == marked_sheets
    )


def without_marks(sheet: bytes) -> bytes:
    """A worksheet without formats of cells, empty cells, and its drawing of comments."""
    sheet = re.sub(rb"<legacyDrawing [^>]*/>", b"", sheet)
    sheet = re.sub(rb'(<c r="[A-Z]+\d+")( s="\d+")?', rb"\1", sheet)
    return re.sub(rb'<row r="\d+"></row>', b"", re.sub(rb'<c r="[A-Z]+\d+"/>', b"", sheet))


@pytest.mark.parametrize("file", OOXML)
def test_marked_sheet__differs_in_formats_alone(file: str, tmp_path: Path) -> None:
    given = judged(demo(file), tmp_path)
    before, after = parts(given.data), parts(given.answer())
    for name in before:
        if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name):
            assert without_marks(after[name]) == without_marks(before[name])


def test_marks__colour_and_comment_of_each_cell(tmp_path: Path) -> None:
    given = judged(demo("盐城市/高效电机"), tmp_path)
    answer = given.answer()
    assert coloured(answer) == {
        "B28": "E",
        "F28": "E",
        "D15": "E",
        "E16": "E",
        "G37": "E",
        "F5": "W",
        "H31": "W",
    }
    told = comments(answer)
    assert told.keys() == coloured(answer).keys()
    assert told["E16"] == (
        "【须改正】\n问题：没有填写，本栏必填。\n怎么改：请填写该成员承担的任务，如“器件结构设计”。\n规则编号：M28"
    )
    codes = "913209812666945567、913209819266645567、913209812R66645567"
    assert f"\n建议值：{codes}\n规则编号：M04" in told["D15"]
    cells = workbook(answer)[FORM.sheet]
    assert {cells[cell].comment.author for cell in told} == {call.CENTRE}


def test_mark__keeps_the_cell_s_own_look(tmp_path: Path) -> None:
    given = judged(demo("盐城市/高效电机"), tmp_path)
    before, after = workbook(given.data)[FORM.sheet]["D15"], workbook(given.answer())[FORM.sheet]["D15"]
    for look in ("font", "border", "alignment", "number_format", "protection", "value"):
        assert repr(getattr(after, look)) == repr(getattr(before, look))


def test_cell_with_two_levels__is_coloured_by_the_graver_and_tells_both() -> None:
    answer = returned.answer(
        demo("光模块"),
        (),
        findings(finding("D15", "W", code="M09"), finding("D15"), finding("C15", "W"), finding("C16", "I")),
        "",
    )
    assert coloured(answer) == {"D15": "E", "C15": "W"}
    assert re.findall("规则编号：(.*)", comments(answer)["D15"]) == ["M05", "M09"]
    assert "C16" not in comments(answer)


def test_comment__at_most_1000_characters() -> None:
    answer = returned.answer(
        demo("光模块"), (), findings(finding("D15", message="“代码”（D15）：" + "长" * 2_000)), ""
    )
    assert len(comments(answer)["D15"]) == 1_000
    assert comments(answer)["D15"].endswith("……其余见“问题清单”。")


def test_merged_cell_and_missing_cell__are_marked() -> None:
    # F5 begins a merged range, G5 lies in it; row 400 is below everything.
    answer = returned.answer(demo("光模块"), (), findings(finding("G5"), finding("C400", "W")), "")
    assert coloured(answer) == {"F5": "E", "C400": "W"}


def test_sheet__stands_first_and_the_form_stays_open(tmp_path: Path) -> None:
    book = workbook(judged(demo("盐城市/高效电机"), tmp_path).answer())
    assert book.sheetnames[0] == SHEET
    assert book.active.title == FORM.sheet
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == [FORM.sheet]


def test_sheet__errors_before_warnings_with_what_to_do(tmp_path: Path) -> None:
    answer = judged(demo("盐城市/高效电机"), tmp_path).answer()
    found = lines(answer)
    assert [(line[0], line[5], line[6]) for line in found if line[0]] == [
        ("1", "须改正", "T02"),
        ("2", "须改正", "M04"),
        ("3", "须改正", "M28"),
        ("4", "须改正", "J02"),
        ("5", "需核实", "B07"),
        ("6", "需核实", "P03"),
    ]
    assert found[3][1:5] == (
        "E16 \n成员表第 3 行“任务分工”",
        "没有填写，本栏必填。",
        "",
        "请填写该成员承担的任务，如“器件结构设计”。",
    )
    texts = [cell for row in workbook(answer)[SHEET].iter_rows(values_only=True) for cell in row if cell]
    assert texts[:3] == [
        "问题清单",
        "江苏省高效电机创新联合体",
        "须改正 4 处，需核实 2 处。未入库，请改正后重新报送。",
    ]
    assert texts[4:13][-2:] == ["说明", "编号"]


def test_sheet__repeats_stand_together_with_a_link_each() -> None:
    told = [
        finding(
            f"E{row}",
            code="M28",
            message=f"成员表第 {row - 13} 行“任务分工”（E{row}）：没有填写。",
            row=row - 13,
            field="task",
        )
        for row in (18, 14, 16)
    ]
    answer = returned.answer(
        demo("光模块"), (), findings(*told, finding("B28,F28", code="T02", table="consortium")), ""
    )
    sheet = workbook(answer)[SHEET]
    assert [line[:2] for line in lines(answer)] == [
        ("1", "B28 \n成员表第 1 行“统一社会信用代码”"),
        ("", "F28 \n相关单元格"),
        ("2", "E14 \n成员表第 1 行“任务分工”"),
        ("", "E16 \n成员表第 3 行“任务分工”"),
        ("", "E18 \n成员表第 5 行“任务分工”"),
    ]
    links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert [link.location for link in links] == [
        f"'{FORM.sheet}'!{cell}" for cell in ("B28", "F28", "E14", "E16", "E18")
    ]
    assert {link.target for link in links} == {None}
    merged = {str(merge) for merge in sheet.merged_cells.ranges}
    assert {"A4:A5", "C4:C5", "A6:A8", "C6:C8", "E6:E8", "G6:G8"} <= merged


def test_sheet__cells_down_a_column_are_one_range() -> None:
    answer = returned.answer(demo("光模块"), (), findings(finding("B14,B15,B16,D20")), "")
    links = [
        cell.hyperlink.location
        for row in workbook(answer)[SHEET].iter_rows()
        for cell in row
        if cell.hyperlink
    ]
    assert links == [f"'{FORM.sheet}'!B14:B16", f"'{FORM.sheet}'!D20"]
    assert coloured(answer).keys() == {"B14", "B15", "B16", "D20"}


def test_sheet__without_problems_says_so(tmp_path: Path) -> None:
    given = judged(demo("精密轴承创新联合体"), tmp_path)
    assert given.findings.height == 0
    answer = given.answer()
    assert lines(answer) == [("没有需要改正或核实的内容。", *[""] * 8)]
    assert workbook(answer)[SHEET]["A3"].value == "0 项问题，已入库。"
    assert coloured(answer) == comments(answer) == {}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+A1",
        "@SUM(A1)",
        "-2",
        '=HYPERLINK("http://a.b")',
        "http://a.b",
        "</t></is></c>",
        "a&b<c>\"'",
        "\u202ecod.exe",
        "第一行\n第二行",
        " 两边有空格 ",
    ],
)
def test_texts_of_cells__stay_texts(text: str) -> None:
    answer = returned.answer(
        demo("光模块"),
        (),
        findings(finding("D15", message=f"“代码”（D15）：{text}", value=text, suggestion=text)),
        text,
    )
    own = [data for name, data in parts(answer).items() if name.startswith("xl/worksheets/sheet")][-1]
    assert b"<f" not in own and b"r:id" not in own
    shown = text.replace("\u202e", "\ufffd")
    assert lines(answer)[0][2:5] == (shown, shown, shown)
    assert f"问题：{shown}\n" in comments(answer)["D15"]


def test_text_like_a_number_of_a_character__is_escaped() -> None:
    answer = returned.answer(
        demo("光模块"), (), findings(finding("D15", message="“代码”（D15）：_x0041_")), ""
    )
    # Excel shows _x005F_ as an underscore; openpyxl does not.
    assert lines(answer)[0][2] == "_x005F_x0041_"


@pytest.mark.parametrize(
    ("errors", "warnings", "admitted", "sentence"),
    [
        (0, 0, True, "0 项问题，已入库。"),
        (3, 2, False, "须改正 3 处，需核实 2 处。未入库，请改正后重新报送。"),
        (0, 2, True, "须改正 0 处，需核实 2 处。已入库，请核实后改正或说明。"),
    ],
)
def test_verdict__one_sentence(errors: int, warnings: int, admitted: bool, sentence: str) -> None:
    assert returned.verdict(errors, warnings, admitted) == sentence


def test_write__same_bytes_every_time(tmp_path: Path) -> None:
    given = judged(demo("盐城市/高效电机"), tmp_path)
    for name in ("one.xlsx", "two.xlsx"):
        returned.write(given.data, given.opened.forms, given.findings, "甲", tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO((tmp_path / "one.xlsx").read_bytes())) as package:
        assert {info.date_time[0] for info in package.infolist()} == {1980}


def test_findings_without_rows__are_no_problem(tmp_path: Path) -> None:
    empty = pl.DataFrame(schema=polars_schema("findings"))
    forms = opened(demo("光模块"), tmp_path).forms
    assert workbook(returned.answer(demo("光模块"), forms, empty, "好")).sheetnames[0] == SHEET
