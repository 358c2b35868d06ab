"""Single values by their label: right of it, below it, behind it in the same cell."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from drawn import RIGHT, Content, findings
from sketch import forms_of, labels, singles_of, sketch

from pipeline.details import cells
from pipeline.read.singles import hits_in

# Three labels make a sheet a form; these stand far below what a test is about.
FORM = """
| | | | | |
| | | | | |
| 产业领域 | 新材料 | | | |
| 牵头单位 | 某某公司 | | | |
| 法定代表人 | 张三 | | | |
"""
TITLE = "| 创新联合体名称 | 某某创新联合体 | | | |"


def singles(drawing: str, **changes: object) -> dict[str, tuple[str, str]]:
    """What is read of a drawing that stands over FORM."""
    return singles_of(sketch(drawing.strip() + FORM, changes))


PLACES = {
    "right": ("| 联系人 | 王五 | | | |", ("王五", "B1")),
    "right of a merged label": ("| 联系人 | < | 王五 | < | |", ("王五", "C1")),
    "right, over a spacer": ("| 联系人 | | | 王五 | |", ("王五", "D1")),
    "label with a colon": ("| 联 系 人： | 王五 | | | |", ("王五", "B1")),
    "label with a remark": ("| 联系人（牵头单位） | 王五 | | | |", ("王五", "B1")),
    "below": ("| 联系人 | 联系电话 | | | |\n| 王五 | 025-83359254 | | | |", ("王五", "A2")),
    "below a merged label": ("| 联系人 | < | 联系电话 | < | |\n| 王五 | < | 025-83359254 | < | |", ("王五", "A2")),
    "behind a colon": ("| 联系人：王五 | | | | |", ("王五", "A1")),
    "behind a narrow colon": ("| 联系人: 王五 | < | < | | |", ("王五", "A1")),
    "behind a line break": ("| 联系人：⏎王五 | | | | |", ("王五", "A1")),
    "several in one cell": ("| 联系人：王五  联系电话：025-83359254 | < | < | | |", ("王五", "A1")),
    "several, parted by a comma": ("| 联系电话：025-83359254，联系人：王五 | | | | |", ("王五", "A1")),
    "blank": ("| 联系人 | | | | |", ("", "B1")),
    "blank, merged": ("| 联系人 | | < | | |", ("", "B1")),
    "blank before another label": ("| 联系人 | | 联系电话 | 025-83359254 | |", ("", "B1")),
    "blank below": ("| 联系人 | 联系电话 | | | |\n| | 025-83359254 | | | |", ("", "A2")),
    "blank, a label at its right": ("| 联系人： | 联系电话：025-83359254 | | | |", ("", "A2")),
}


@pytest.mark.parametrize(("drawing", "expected"), PLACES.values(), ids=PLACES)
def test_value__where_it_stands(drawing: str, expected: tuple[str, str]) -> None:
    assert singles(drawing)["contact"] == expected


PAIRS = {
    "name and number": ("| 联系人及联系电话 | 王五 025-83359254 | | | |", ("王五", "B1"), ("025-83359254", "B1")),
    "with a comma": ("| 联系人和电话 | 王五，13812345678 | | | |", ("王五", "B1"), ("13812345678", "B1")),
    "in brackets": ("| 联系人及电话 | 王五（025-83359254） | | | |", ("王五", "B1"), ("025-83359254", "B1")),
    "two numbers": ("| 联系人/联系电话 | 王五 025-83359254、13812345678 | | | |", ("王五", "B1"),
                    ("025-83359254、13812345678", "B1")),
    "on two lines": ("| 联系人及联系方式 | 王五⏎13812345678 | | | |", ("王五", "B1"), ("13812345678", "B1")),
    "only the number": ("| 联系人及电话 | 13812345678 | | | |", ("", "B1"), ("13812345678", "B1")),
    "blank": ("| 联系人及电话 | | | | |", ("", "B1"), ("", "B1")),
}


@pytest.mark.parametrize(("drawing", "contact", "phone"), PAIRS.values(), ids=PAIRS)
def test_pair__a_person_and_a_number_under_one_label(drawing: str, contact: tuple[str, str],
                                                     phone: tuple[str, str]) -> None:
    found = singles(drawing)
    assert (found["contact"], found["phone"]) == (contact, phone)


FIGURES = {
    "cell beside, unit in its own": ("| 从业人员数 | 1200 | 人 | 其中：专业技术人员 | 460 |", "1200", "B1", "460", "E1"),
    "unit behind the number": ("| 从业人员数 | 1200人 | | 其中:专业技术人员 | 460人 |", "1200人", "B1", "460人", "E1"),
    "both in the label's cell": ("| 从业人员数1200人，其中：专业技术人员460人 | < | < | < | < |", "1200人", "A1", "460人", "A1"),
    "both, with colons": ("| 从业人员数：1200人，其中：专业技术人员：460人 | < | < | < | < |", "1200人", "A1", "460人", "A1"),
    "both in the label's cell, in brackets": ("| 从业人员数1200人（其中专业技术人员460人） | < | < | < | < |", "1200人", "A1",
                                              "460人", "A1"),
    "both in the value's cell, in brackets": ("| 从业人员数 | 1200人（其中专业技术人员460人） | < | < | < |", "1200人", "B1", "460人",
                                              "B1"),
    "both in the value's cell": ("| 从业人员数 | 1200人，其中：专业技术人员460人 | < | < | < |", "1200人", "B1", "460人", "B1"),
    "with underscores": ("| 从业人员数 __1200__ 人，其中:专业技术人员 __460__ 人 | < | < | < | < |", "1200人", "A1", "460人", "A1"),
    "thousands": ("| 从业人员数1,200人，其中：专业技术人员460人 | < | < | < | < |", "1,200人", "A1", "460人", "A1"),
    "units only": ("| 从业人员数 | | 人 | 其中：专业技术人员 | 人 |", "人", "B1", "人", "E1"),
}


@pytest.mark.parametrize(("drawing", "staff", "at", "technicians", "there"), FIGURES.values(), ids=FIGURES)
def test_figures__beside_or_behind_their_labels(drawing: str, staff: str, at: str, technicians: str,
                                                there: str) -> None:
    found = singles(drawing)
    assert (found["staff_count"], found["technical_staff_count"]) == ((staff, at), (technicians, there))


def test_value__number_and_date_keep_their_type() -> None:
    (form,) = forms_of(sketch("| 从业人员数 | 1200 | 填报日期 | x | |" + FORM, {"D1": date(2023, 9, 18)}))
    record = form.blocks["consortium"][0]
    assert (record["staff_count"], record["fill_date"]) == (("1200", "B1", "number", ""),
                                                            ("2023-09-18", "D1", "date", ""))


@pytest.mark.parametrize(("stored", "text"), [("error", "#REF!"), ("formula", "=A9")])
def test_value__error_and_formula_are_told_apart(stored: str, text: str) -> None:
    (form,) = forms_of(sketch("| 联系人 | x | | | |" + FORM, {"B1": Content(text, stored)}))
    assert form.blocks["consortium"][0]["contact"][:3] == (text, "B1", stored)


@pytest.mark.parametrize("written", ["联系人", "联络人", "项目联系人", "1、联系人", "联系人姓名：", "经办人"])
def test_label__any_accepted_spelling(written: str) -> None:
    assert singles(f"| {written} | 王五 | | | |")["contact"] == ("王五", "B1")


@pytest.mark.parametrize(("written", "field"), [("联系人名字", "contact"), ("联糸电话", "phone"),
                                                ("通讯地址（公司）所在", "address")])
def test_label__nearly_known_one_is_guessed(written: str, field: str) -> None:
    (form,) = forms_of(sketch(f"{TITLE}\n| {written} | 某值 | | | |" + FORM))
    assert form.blocks["consortium"][0][field][:2] == ("某值", "B2")
    assert [each.rule for each in form.spotted] == ["F05"]
    assert f"“{written}”按" in form.spotted[0].facts[0][1]


def test_label__a_sentence_that_holds_one_is_none() -> None:
    assert singles("| 请填写联系人和联系电话并核对通讯地址是否与营业执照一致后再行上报 | 王五 | | | |").get("contact", ("", ""))[0] == ""


def test_label__once_found_a_second_one_does_not_count() -> None:
    found = singles("| 联系人 | 王五 | 联系电话 | 025-83359254 | |\n| 联系人 | 赵六 | | | |")
    assert found["contact"] == ("王五", "B1")


def test_hits__labels_inside_a_table_are_no_single_values() -> None:
    grid = sketch("| 联系人 | 王五 |\n| 联系电话 | 1 |")
    assert [(hit.field, hit.row) for hit in hits_in(grid, labels(), [(1, 1)])] == [("contact", 0)]


# One reading must not cost more than a few steps a character: a pattern that could begin anew at each of them hung
# here.
LONG = {
    "colons and blanks": "： " * 15_000, "blanks": "联系人" + " " * 30_000 + "：", "labels": "联系人：" * 7_500,
    "colons": ":" * 30_000,
    "digits": "1 " * 15_000, "brackets": "（" * 30_000, "label and digits": "从业人员数" + "1" * 30_000,
    "underscores": "_" * 30_000 + "个",
    "commas": "，" * 30_000 + "：", "number-like": "(025-" * 6_000, "dots": "…" * 30_000, "boxes": "□ " * 15_000,
}


def test_long_cell__is_read_in_bounded_time() -> None:
    """In a process of its own, which a pattern that backtracks would keep for hours."""
    code = ("import sys; sys.path[:0] = ['.', 'tests']\nfrom test_read_singles import LONG, FORM\nfrom sketch import "
            "forms_of, sketch\n"
            "for label in ('联系人及电话', '创新联合体成员情况', '牵头单位类型', '联系人', '说明'):\n"
            "    for text in LONG.values():\n"
            "        forms_of(sketch(f'| {label} | x | | | |' + FORM, {'B1': text, 'A2': text}))\nprint(len(LONG))")
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent, timeout=120,
                          capture_output=True, text=True, check=True)
    assert done.stdout == f"{len(LONG)}\n"


ALONE = {"E9": "", "F9": ""}
# What is written into RIGHT → what is read where.
SHARED = {
    "a blank between": ({"B9": "王五 电话：13800138000", **ALONE},
                        {"contact": ("王五", "B9"), "phone": ("13800138000", "B9")}),
    "a semicolon between": ({"B9": "王五；手机：13800138000", **ALONE},
                            {"contact": ("王五", "B9"), "phone": ("13800138000", "B9")}),
    "its own label first": ({"B9": "联系人：王五 电话：13800138000", **ALONE},
                            {"contact": ("王五", "B9"), "phone": ("13800138000", "B9")}),
    "a bare label first": ({"B9": "姓名：王五 电话：13800138000", **ALONE},
                           {"contact": ("王五", "B9"), "phone": ("13800138000", "B9")}),
    "the other's cell is preferred": ({"B9": "王五 电话：13800138000"},
                                      {"contact": ("王五", "B9"), "phone": ("025-83359254", "F9")}),
    "the other's cell is blank": ({"B9": "王五 电话：13800138000", "F9": ""},
                                  {"contact": ("王五", "B9"), "phone": ("13800138000", "B9")}),
    "lead": ({"B6": "江苏某某电气股份有限公司 法定代表人：张三", "E6": "", "F6": ""},
             {"lead_unit": ("江苏某某电气股份有限公司", "B6"), "legal_representative": ("张三", "B6")}),
    "two others": ({"F5": "南京市吉印大道1888号 联系人：赵六 电话：025-1", "A9": "", "B9": "", **ALONE},
                   {"address": ("南京市吉印大道1888号", "F5"), "contact": ("赵六", "F5"), "phone": ("025-1", "F5")}),
    "in a long text": ({"B21": "设秘书处，联系人：赵六，每季度议事"},
                       {"governance": ("设秘书处，联系人：赵六，每季度议事", "B21"), "contact": ("王五", "B9")}),
    "a figure in a text": ({"B12": "面向电力系统，从业人员数1200人"},
                           {"rd_directions": ("面向电力系统，从业人员数1200人", "B12"), "staff_count": ("12600", "B23")}),
}


@pytest.mark.parametrize(("changes", "expected"), SHARED.values(), ids=SHARED)
def test_value__stands_before_another_label_in_its_cell(changes: dict[str, str], expected: dict) -> None:
    found = singles_of(sketch(RIGHT, changes))
    assert {name: found[name] for name in expected} == expected


def test_value__whose_cell_holds_only_another_one_is_missed_in_that_cell() -> None:
    assert findings({"B9": "电话：13800138000", **ALONE}) == [("B06", "E", "B9")]


@pytest.mark.parametrize(("changes", "expected"), [
    ({"I9": "联系电话", "K9": "025-83359254"}, ("025-83359254", "K9")),
    ({"I9": "联系电话", "J9": "025-83359254"}, ("025-83359254", "J9")),
    ({"J9": "联系电话", "K9": "", "M9": "025-83359254"}, ("025-83359254", "M9")),
    ({"E9": "联系电话", "K9": "请核对"}, ("", "F9")),
])
def test_value__far_right_belongs_to_a_label_that_stands_there(changes: dict[str, str], expected: tuple) -> None:
    assert singles_of(sketch(RIGHT, {**ALONE, **changes}))["phone"] == expected


def test_figures__far_right_belong_to_a_label_that_stands_there() -> None:
    counts = "6个，其中：企业3个，高校2个，科研院所1个，其它0个"
    changes = {"A10": "", "B10": "", "I10": "创新联合体成员情况", "K10": counts}
    assert singles_of(sketch(RIGHT, changes))["member_counts"] == (counts, "K10")


@pytest.mark.parametrize(("kept", "expected"), [(20_000, ("", "B9")), (10, ("内部核对", "K9"))])
def test_note_beside_the_form__is_known_where_the_keys_are_kept(kept: int, expected: tuple, monkeypatch) -> None:
    monkeypatch.setattr(cells, "_MOST_KEPT", kept)
    drawing = RIGHT.replace("| 联系人 | 王五 | < | < | 联系电话 | 025-83359254 | < | < |", "| 联系人 | | | | | | | |")
    assert singles_of(sketch(drawing, {"K9": "内部核对"}))["contact"] == expected
