"""Sheets named as samples: instructions and examples are no forms, a template's copy that was filled in is one."""

from __future__ import annotations

import pytest
from drawn import OTHER, RIGHT
from sketch import forms_of, sketch, told

from pipeline.read import FormReading

REAL = OTHER.replace("某某", "吴中")
UNTOUCHED = {"B4": "", "B6": "", "D14": "", "D15": "", "D16": ""}
PASSED_OVER = "填有另一个创新联合体，按样表未读取"


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
    assert [(each.sheet, *told([each])[0]) for each in form.spotted] == [(name, "F05", "B4", PASSED_OVER)]


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
