"""Sheets named as samples: instructions and examples are no forms, a template's copy that was filled in is one."""

from __future__ import annotations

import pytest
from drawn import OTHER, RIGHT
from sketch import forms_of, sketch, told

from pipeline.read import FormReading

REAL = OTHER.replace("某某", "吴中")
UNTOUCHED = {"B4": "", "B6": "", "D14": "", "D15": "", "D16": ""}
PASSED_OVER = "填有另一个创新联合体"


def sheets(forms: list[FormReading]) -> list[str]:
    return [form.sheet for form in forms]


@pytest.mark.parametrize("name", ["模板 (2)", "模板(3)", "基础信息表模板（2）"])
def test_copy_of_a_template__filled_in_is_a_form(name: str) -> None:
    forms = forms_of(sketch(RIGHT, name="智能电网"), sketch(OTHER, name=name))
    assert sheets(forms) == ["智能电网", name]
    assert [form.spotted for form in forms] == [[], []]
    assert forms[1].blocks["consortium"][0]["name"][:2] == ("苏州市纳米材料创新联合体", "B4")


@pytest.mark.parametrize("changes", [{"B4": ""}, {"D14": "", "D15": "", "D16": "填18位代码"}, UNTOUCHED],
                         ids=["no name", "no code", "nothing"])
def test_copy_of_a_template__not_filled_in_is_none(changes: dict[str, str]) -> None:
    (form,) = forms_of(sketch(RIGHT), sketch(OTHER, changes, name="模板 (2)"))
    assert (form.sheet, form.spotted) == ("表", [])


def test_copy_of_a_template__with_its_example_row_is_none() -> None:
    example = {**UNTOUCHED, "B14": "例", "C14": "东南大学", "D14": "12100000466007597C"}
    (form,) = forms_of(sketch(RIGHT), sketch(OTHER, example, name="模板 (2)"))
    assert (form.sheet, form.spotted) == ("表", [])


@pytest.mark.parametrize("name", ["模板", "示例", "示例 (2)", "附录 产业领域", "样表（勿填）"])
def test_sample__that_names_a_consortium_is_told(name: str) -> None:
    (form,) = forms_of(sketch(RIGHT), sketch(REAL, name=name))
    assert form.sheet == "表"
    assert [(each.sheet, *told([each])[0]) for each in form.spotted] == [(name, "F05_SHEET", "B4", PASSED_OVER)]


@pytest.mark.parametrize("changes", [{"B4": "苏州市某某创新联合体"}, {"B4": "XX创新联合体"},
                                     {"B4": "江苏省智能电网创新联合体"}], ids=["nobody", "letters", "the form's own"])
def test_sample__of_nobody_is_not_told(changes: dict[str, str]) -> None:
    (form,) = forms_of(sketch(RIGHT), sketch(REAL, changes, name="示例"))
    assert (form.sheet, form.spotted) == ("表", [])


def test_template__filled_in_beside_a_blank_form_is_the_form() -> None:
    empty = {place: "" for place in ("G2", "B4", "B5", "F5", "B6", "F6", "B7", "F7", "B9", "F9", "B10", "B12")}
    blank = "\n".join(line for number, line in enumerate(RIGHT.strip().split("\n"), 1) if number < 14)
    forms = forms_of(sketch(blank, {**empty, "B8": "□ 创新型领军企业 □ 其它"}), sketch(REAL, name="模板"))
    assert sheets(forms) == ["模板"]
    examples = forms_of(sketch(blank, {**empty, "B8": "□ 创新型领军企业 □ 其它"}), sketch(REAL, name="示例"))
    assert sheets(examples) == ["表"]


COVER = """
| 江苏省创新联合体申报材料 |
| 创新联合体名称 | 江苏省智能电网创新联合体 |
| 产业领域 | 新型电力装备 |
| 牵头单位 | 江苏某某电气股份有限公司 |
| 联系人 | 王五 |
| 联系电话 | 025-83359254 |
"""


@pytest.mark.parametrize("first", [True, False])
def test_template__of_which_only_the_cover_is_elsewhere_is_the_form(first: bool) -> None:
    grids = [sketch(COVER, name="封面"), sketch(RIGHT, name="基础信息表模板")]
    (alone,), (form,) = forms_of(sketch(RIGHT)), forms_of(*grids if first else reversed(grids))
    assert (form.sheet, form.spotted) == ("基础信息表模板", [])
    assert [form.blocks[block] for block in ("members", "platforms", "projects")] == [
        alone.blocks[block] for block in ("members", "platforms", "projects")]
    assert form.blocks["consortium"][0]["phone"] == alone.blocks["consortium"][0]["phone"]


def test_template__of_a_cover_s_name_beside_a_whole_form_is_one() -> None:
    forms = forms_of(sketch(OTHER, name="苏州"), sketch(COVER, name="封面"), sketch(RIGHT, name="模板"))
    assert sheets(forms) == ["苏州", "模板"]
    assert [form.spotted for form in forms] == [[], []]


def test_sample__of_which_only_the_cover_is_elsewhere_is_told() -> None:
    (form,) = forms_of(sketch(COVER, name="封面"), sketch(RIGHT, name="示例"))
    assert form.sheet == "封面"
    assert [(each.sheet, *told([each])[0]) for each in form.spotted][1:] == [
        ("示例", "F05_SHEET", "B4", "填有同一创新联合体的成员表")]


@pytest.mark.parametrize("cover", [COVER.replace("智能电网", "智能装备"), COVER.replace("| 创新联合体名称 | 江苏省智能电网创新联合体 |", "|")])
def test_sample__of_another_name_than_the_cover_is_told(cover: str) -> None:
    (form,) = forms_of(sketch(cover, name="封面"), sketch(REAL, name="模板"))
    assert [(each.sheet, *told([each])[0]) for each in form.spotted][1:] == [("模板", "F05_SHEET", "B4", PASSED_OVER)]
