"""A returned form handed in and answered again: earlier marks give way to new ones, explanations stay."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment

from pipeline.demo import PLAN
from pipeline.demo.consortia import right_form
from pipeline.demo.recipe import official
from pipeline.publish import returned
from schemas.form_2023 import FORM
from tests.returned_forms import (
    SHEET,
    changed,
    coloured,
    comments,
    demo,
    finding,
    findings,
    judged,
    lines,
    opened,
    parts,
    typed,
    workbook,
)

OOXML = [
    planned.file
    for planned in PLAN
    if demo(planned.file)[:2] == b"PK"
    and planned.file.endswith((".xlsx", ".xlsm"))
    and any(str(status) in ("accepted", "accepted_with_warnings", "returned") for status in planned.status)
]


@pytest.mark.parametrize("file", OOXML)
def test_answer_answered_again__is_the_same(file: str, tmp_path: Path) -> None:
    given = judged(demo(file), tmp_path)
    once = given.answer()
    if file.endswith(".xlsm"):
        # That there were macros is said once: the answer has none.
        once = judged(once, tmp_path).answer()
    assert parts(judged(once, tmp_path).answer()) == parts(once)


def own(**more: Callable) -> bytes:
    """A workbook with a cell that has a fill, a comment and other things of its own."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("表")
    for row, look in enumerate(
        ({"bg_color": "#DDEBF7"}, {"bg_color": "#DDEBF7", "bold": True}, {"pattern": 4}, {}), 1
    ):
        sheet.write_string(row, 1, f"甲{row}", book.add_format(look))
    sheet.write_comment("B3", "本局：第三行待查", {"author": "市局"})
    sheet.write_comment("C9", "本局：空格", {"author": "市局"})
    for change in more.values():
        change(book, sheet)
    book.close()
    return target.getvalue()


def answer(data: bytes, *cells: str, severity: str = "E") -> bytes:
    """A workbook with marks at these cells of its sheet."""
    return returned.answer(
        data, (), findings(*(finding(cell, severity, "表") for cell in cells), finding("", sheet="表")), ""
    )


def looks(data: bytes, cells: str = "B2 B3 B4 B5") -> list[tuple]:
    sheet = workbook(data)["表"]
    return [
        (sheet[cell].fill.patternType, sheet[cell].fill.fgColor.rgb, sheet[cell].font.b)
        for cell in cells.split()
    ]


def test_marks_taken_back__leave_the_cells_own_fill_and_comment() -> None:
    original = own()
    once = answer(original, "B2", "B3", "B4", "B5")
    assert list(coloured(once, "表")) == ["B2", "B3", "B4", "B5"]
    assert comments(once, "表")["B3"].startswith(
        "本局：第三行待查\n——省生产力促进中心——\n【须改正】\n问题：写错了。"
    )
    again = answer(once)
    assert looks(again) == looks(original)
    assert comments(again, "表") == comments(original, "表")
    assert workbook(again).sheetnames == [SHEET, "表"]


def test_new_marks__take_the_place_of_the_old() -> None:
    again = answer(answer(own(), "B2", "B3"), "B3", "B5", severity="W")
    assert coloured(again, "表") == {"B3": "W", "B5": "W"}
    told = comments(again, "表")
    assert list(told) == ["B3", "B5", "C9"]
    assert told["B3"].count("省生产力促进中心") == 1 and "须改正" not in told["B3"]
    assert parts(answer(again, "B3", "B5", severity="W")) == parts(again)


def test_fill_listed_twice__piles_nothing_up() -> None:
    def twice(part: bytes) -> bytes:
        fill = re.search(rb'<fill><patternFill patternType="solid">.*?</fill>', part)[0]
        last = part.count(b"<fill>")
        part = part.replace(b"</fills>", fill + b"</fills>")
        return re.sub(rb'(<cellXfs.*?)fillId="2"', rb'\1fillId="%d"' % last, part, count=1, flags=re.DOTALL)

    once = answer(changed(own(), {r"xl/styles\.xml": twice}), "B2", "B3")
    assert parts(answer(once, "B2", "B3")) == parts(once)


def saved_by_openpyxl(data: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """A workbook changed and saved by another program, which numbers formats and parts anew."""
    book = workbook(data)
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_marks_in_a_file_saved_by_another_program__are_taken_back() -> None:
    def insert(book: openpyxl.Workbook) -> None:
        # The whole form slides down a row, our sheet goes to the end.
        book["表"].insert_rows(1)
        book.move_sheet(SHEET, 1)

    original = own()
    saved = saved_by_openpyxl(answer(original, "B2", "B4"), insert)
    again = answer(saved)
    assert workbook(again).sheetnames == [SHEET, "表"]
    assert coloured(again, "表") == {}
    assert looks(again, "B3 B4 B5 B6") == looks(original)


def test_comments_of_ours_without_author__are_known_by_their_words() -> None:
    def forget(book: openpyxl.Workbook) -> None:
        book["表"]["B2"].comment = Comment(book["表"]["B2"].comment.text, " ")

    assert list(comments(answer(saved_by_openpyxl(answer(own(), "B2"), forget)), "表")) == ["B3", "C9"]


def test_explanations__are_carried_over(tmp_path: Path) -> None:
    given = judged(demo("盐城市/高效电机"), tmp_path)

    answer = given.answer()
    row = next(cell.row for cell in workbook(answer)[SHEET]["G"] if cell.value == "B07")
    saved = typed(answer, "xl/worksheets/sheet3.xml", {f"H{row}": "牵头单位正在搬迁，地址待定"})
    assert returned.explanations(saved) == {("B07", "“通讯地址”"): "牵头单位正在搬迁，地址待定"}
    again = judged(saved, tmp_path).answer()
    assert [line[7] for line in lines(again) if line[6] == "B07"] == ["牵头单位正在搬迁，地址待定"]
    assert returned.explanations(given.data) is None


def test_bureau_s_own_sheet_of_that_name__stays() -> None:
    def another(book: xlsxwriter.Workbook, _: object) -> None:
        book.add_worksheet(SHEET).write_string(0, 0, "本市自己的清单")

    original = own(another=another)
    once = answer(original, "B2")
    assert workbook(once).sheetnames == [f"{SHEET}说明", "表", SHEET]
    moved = saved_by_openpyxl(once, lambda book: book.move_sheet(f"{SHEET}说明", 2))
    assert workbook(answer(moved)).sheetnames == [f"{SHEET}说明", "表", SHEET]
    assert workbook(answer(moved))[SHEET]["A1"].value == "本市自己的清单"


def test_clerk_who_does_what_the_comments_say__has_no_error_left(tmp_path: Path) -> None:
    """Every red cell gets what stands there in the right form; nothing else is touched."""
    right = workbook(official(right_form("motor")))[FORM.sheet]
    given = judged(demo("盐城市/高效电机"), tmp_path)
    assert given.errors == 4

    answer = given.answer()
    red = [cell for cell, comment in comments(answer).items() if "须改正" in comment]
    assert len(red) == 5
    mended = judged(
        typed(answer, "xl/worksheets/sheet1.xml", {cell: right[cell].value for cell in red}), tmp_path
    )
    assert (mended.errors, set(mended.findings["code"])) == (0, {"B07", "P03"})
    assert coloured(mended.answer()) == {"F5": "W", "H31": "W"}


@pytest.mark.parametrize("file", ["盐城市/高效电机", "无锡/先进封装", "南京市/江宁"])
def test_answer_edited_in_another_program__reads_as_the_original_edited(file: str, tmp_path: Path) -> None:
    def nothing(book: openpyxl.Workbook) -> None:
        assert book.sheetnames

    given = judged(demo(file), tmp_path)
    of_answer = opened(saved_by_openpyxl(given.answer(), nothing), tmp_path)
    assert of_answer == opened(saved_by_openpyxl(given.data, nothing), tmp_path)
    assert re.search("省生产力", str(of_answer)) is None
