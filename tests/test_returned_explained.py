"""A real returned form with 说明 filled in, handed in again: from the bureau's cell to the register and back."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from received import receipt
from returned_forms import SHEET, coloured, comments, demo, lines, opened, typed, workbook
from rounds import Played, played

from pipeline.publish import problems, remembered, returned
from pipeline.submissions import FileReading
from schemas.form_2023 import FORM

PATH = "盐城市/高效电机.xlsx"
TEXT = "牵头单位正在搬迁，地址待定"
REMARK, NUMBER = "H", "I"


def reading(data: bytes, folder: Path, sequence: int, path: str = PATH) -> FileReading:
    file = opened(data, folder)
    return FileReading(receipt(path, sequence, data), file.forms, file.spotted, file.blank, file.remarks)


def answer(data: bytes, given: FileReading, one: Played) -> bytes:
    """The returned form of a round."""
    findings = remembered.with_history(one.tables["findings"], one.tables)
    open_ones = findings.filter(~remembered.settled())["severity"].to_list()
    verdict = returned.verdict(open_ones.count("E"), open_ones.count("W"), "E" not in open_ones)
    return returned.answer(data, given.forms, findings, verdict)


def line_of(data: bytes, code: str) -> int:
    return next(cell.row for cell in workbook(data)[SHEET]["G"] if cell.value == code)


def sheet_part(data: bytes) -> str:
    """The part that holds our sheet: the last that was added."""
    return f"xl/worksheets/sheet{len(workbook(data).sheetnames)}.xml"


def written(data: bytes, code: str, text: str) -> bytes:
    return typed(data, sheet_part(data), {f"{REMARK}{line_of(data, code)}": text})


@pytest.fixture
def first(tmp_path: Path) -> tuple[FileReading, Played, bytes]:
    given = reading(demo("盐城市/高效电机"), tmp_path, 1)
    one = played(given)
    return given, one, answer(demo("盐城市/高效电机"), given, one)


def test_number__stands_last_in_every_line(first) -> None:
    _, one, data = first
    numbers = set(one.tables["findings"]["finding_id"])
    assert {line[8] for line in lines(data) if line[6]} == numbers
    assert [cell.value for cell in workbook(data)[SHEET][line_of(data, "T02") - 1]][-2:] == ["说明", "编号"]


def test_explained_in_the_returned_form__taken_shown_and_no_longer_coloured(first, tmp_path: Path) -> None:
    given, one, data = first
    assert coloured(data)["F5"] == "W"
    sent = written(data, "B07", TEXT)
    second = reading(sent, tmp_path, 2)
    assert second.remarks == ((one.number("B07"), "B07\n“通讯地址”", TEXT),)
    after = played(given, second, memory=one.memory)
    assert after.asked() == {"M04": "open", "M28": "open", "T02": "open", "J02": "open", "P03": "open",
                             "B07": "explained"}
    assert after.row("F09")["message"].endswith("填报内容没有变化。")
    again = answer(sent, second, after)
    assert "F5" not in coloured(again) and "F5" not in comments(again)
    (line,) = [line for line in lines(again) if line[6] == "B07"]
    assert (line[4], line[5], line[7], line[8]) == (f"本市已说明：{TEXT}", "已说明", TEXT, one.number("B07"))
    heading = next(row for row in lines(again) if row[0].startswith("以下已经说明"))
    assert heading[0] == "以下已经说明或由省里裁定，不需再办；说明过的单元格如再改动，须重新说明。"
    assert workbook(again)[SHEET]["A3"].value == "须改正 4 处，需核实 1 处。未入库，请改正后重新报送。"


def test_cell_changed_in_the_next_version__asked_again_though_the_text_is_still_there(first, tmp_path: Path) -> None:
    given, one, data = first
    sent = written(data, "P03", "竣工月份已无档案可查")
    second = reading(sent, tmp_path, 2)
    settled = played(given, second, memory=one.memory)
    assert settled.states("P03") == ["explained"]
    (cell,) = settled.row("P03")["cell"].split(",")
    third = typed(answer(sent, second, settled), "xl/worksheets/sheet1.xml", {cell: "2020年"})
    after = played(given, second, reading(third, tmp_path, 3), memory=settled.memory)
    assert after.states("P03") == ["open"]
    assert "此前的说明“竣工月份已无档案可查”是就原来的内容作的" in after.row("P03")["suggestion"]


def test_no_reason__refused_and_still_shown_in_the_next_returned_form(first, tmp_path: Path) -> None:
    given, one, data = first
    sent = written(data, "B07", "核实无误")
    second = reading(sent, tmp_path, 2)
    after = played(given, second, memory=one.memory)
    assert after.states("B07") == ["open"]
    (line,) = [line for line in lines(answer(sent, second, after)) if line[6] == "B07"]
    assert "“核实无误”过于笼统" in line[4] and (line[5], line[7]) == ("需核实", "核实无误")


def test_mended_then_broken_again__back(first, tmp_path: Path) -> None:
    given, one, data = first
    mended = reading(typed(data, "xl/worksheets/sheet1.xml", {"F5": "盐城市开放大道1号"}), tmp_path, 2)
    without = played(given, mended, memory=one.memory)
    assert without.states("B07") == []
    broken = reading(typed(data, "xl/worksheets/sheet1.xml", {"F7": "研究员"}), tmp_path, 3)
    assert played(given, mended, broken, memory=without.memory).states("B07") == ["back"]


def listed(one: Played, folder: Path) -> Path:
    target = folder / "问题清单.xlsx"
    problems.write(one.tables, "盐城市", target)
    return target


def test_explained_in_the_list__taken_without_a_form(first, tmp_path: Path) -> None:
    given, one, _ = first
    book = openpyxl.load_workbook(listed(one, tmp_path))
    sheet = book["问题清单"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "序号")
    columns = {cell.value: cell.column for cell in header}
    row = next(row for row in sheet.iter_rows() if row[columns["规则编号"] - 1].value == "B07")
    row[columns["说明"] - 1].value = TEXT
    saved = io.BytesIO()
    book.save(saved)
    told = reading(saved.getvalue(), tmp_path, 2, "盐城市/问题清单.xlsx")
    assert (told.forms, told.spotted, told.blank) == ((), (), False)
    assert [(number, text) for number, _, text in told.remarks] == [(one.number("B07"), TEXT)]
    assert played(given, told, memory=one.memory).states("B07") == ["explained"]


def test_list_untouched__is_no_unreadable_file(first, tmp_path: Path) -> None:
    given, one, _ = first
    told = reading(listed(one, tmp_path).read_bytes(), tmp_path, 2, "盐城市/问题清单.xlsx")
    after = played(given, told, memory=one.memory)
    assert after.tables["ignored"]["reason"].to_list() == ["问题清单，不是基础信息表；其中填写说明 0 条，办理情况见各表所列问题"]
    assert after.tables["findings"].filter(pl.col("code") == "F04").is_empty()


def test_returned_form_without_its_form__is_still_no_form(first, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(first[2]))
    for name in book.sheetnames[1:]:
        del book[name]
    assert book.sheetnames == [FORM.answer_sheet]
    saved = io.BytesIO()
    book.save(saved)
    assert [spotted.rule for spotted in reading(saved.getvalue(), tmp_path, 2).spotted] == ["F04"]
