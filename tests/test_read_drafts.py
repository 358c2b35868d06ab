"""Tables that go on elsewhere, tables that are none of the form's, and remarks that only look like a further form."""

from __future__ import annotations

import pytest
from drawn import OTHER, RIGHT, Book, Sheet, brief, judged, row_at, sheet, with_row, without_rows
from sketch import forms_of, sketch, told

from pipeline.read import FormReading

HEADER = row_at(RIGHT, 13).replace("创新联合体成员及分工", "")
NAME = row_at(RIGHT, 4)
JOINED = [("F05_MOVED", "F2", "成员表分在几处，已合在一起")]
# The form with its last two members taken out, and these under a header of their own.
FIRST_FOUR = without_rows(RIGHT, 18, 20)
LAST_TWO = "\n".join((HEADER, *(row_at(RIGHT, row).replace("| ^ |", "| |", 1) for row in (18, 19))))
# What a bureau keeps of the members for itself.
DETAILS = """
| 序号 | 单位名称 | 统一社会信用代码 | 近一年销售收入 | 近一年研发投入 | 证书编号 |
| 1 | 江苏某某电气股份有限公司 | 91320100PDY00001XR | 1256000 | 62800.5 | GR2022 |
| 2 | 东南大学 | 12100000466007597C | | | |
"""
STRANGER = "| 3 | 南京某某石油有限公司 | 91320100PDY00009XX | 1 | 1 | |"


def members(form: FormReading) -> list[tuple[str, str]]:
    """(number, where the name stands) of every member."""
    return [(row["serial"].text, row["name"].at) for row in form.blocks["members"]]


ON_HOME = [("1", "C14"), ("2", "C15"), ("3", "C16"), ("4", "C17")]


def findings_of(*sheets: Sheet) -> list[tuple[str, str, str]]:
    """(code, level, cells) of all findings on one workbook."""
    return sorted(map(brief, judged(Book(sheets))))


@pytest.mark.parametrize("drawing", [LAST_TWO, f"{NAME}\n{LAST_TWO}", f"| （续表） |\n{LAST_TWO}"],
                         ids=["header alone", "under the name", "under a title"])
def test_continued__on_another_sheet_is_joined(drawing: str) -> None:
    (form,) = forms_of(sketch(FIRST_FOUR), sketch(drawing, name="附"))
    top = len(drawing.split("\n"))
    assert members(form) == [*ON_HOME, ("5", f"附!C{top - 1}"), ("6", f"附!C{top}")]
    assert told(form.spotted) == JOINED
    assert len(form.blocks["platforms"]) == 2


def test_continued__at_the_foot_of_the_sheet_is_joined() -> None:
    (form,) = forms_of(sketch(f"{FIRST_FOUR.strip()}\n| |\n| 创新联合体成员及分工（续表） |\n{LAST_TWO}"))
    assert members(form) == [*ON_HOME, ("5", "C33"), ("6", "C34")]
    assert (form.rows["members"], form.rows["projects"]) == ({"": 6}, {"": 2, "blank": 1})
    assert told(form.spotted) == JOINED


def test_continued__under_the_section_title_again_is_one_form() -> None:
    drawing = with_row(RIGHT, 16, "| 2.组织合作情况（续） | < | < | < | < | < | < | < |")
    drawing = with_row(drawing, 17, row_at(RIGHT, 13))
    (form,) = forms_of(sketch(drawing))
    assert members(form) == [*ON_HOME[:3], ("4", "C19"), ("5", "C20"), ("6", "C21")]
    assert told(form.spotted) == JOINED
    assert "F05" not in {code for code, level, _ in findings_of(sheet(drawing=drawing)) if level != "I"}


@pytest.mark.parametrize(("name", "count"), [("成员续表", 6), ("表（续）", 6), ("后续安排", 4)])
def test_continued__numbered_anew_by_the_name_of_its_sheet(name: str, count: int) -> None:
    drawing = LAST_TWO.replace("| 5 |", "| 1 |").replace("| 6 |", "| 2 |")
    (form,) = forms_of(sketch(FIRST_FOUR), sketch(drawing, name=name))
    assert len(form.blocks["members"]) == count
    left_out = [("F05_ROWS", "B1", "另有成员表，其中 2 行不在本表内")]
    assert told(form.spotted) == (JOINED if count == 6 else left_out)


def test_continued__the_parts_are_judged_as_one_table() -> None:
    whole = findings_of(sheet())
    assert whole == []
    parts = findings_of(sheet(drawing=FIRST_FOUR), sheet(drawing=LAST_TWO, name="附"))
    assert parts == [("F05", "I", "F2")]


def test_same_name__with_the_members_from_the_first_on_is_told() -> None:
    again = "\n".join((NAME, HEADER, *(row_at(OTHER, row).replace("| ^ |", "| |", 1) for row in (14, 15))))
    (form,) = forms_of(sketch(RIGHT), sketch(again, name="附"))
    assert len(form.blocks["members"]) == 6
    assert [(each.sheet, *told([each])[0]) for each in form.spotted] == [
        ("附", "F05_ROWS", "B2", "另有成员表，其中 2 行不在本表内")]


def test_same_name__with_labels_of_its_own_is_another_version() -> None:
    forms = forms_of(sketch(RIGHT, name="初稿"), sketch(RIGHT, {"B9": "王六"}, name="最终"))
    assert [form.sheet for form in forms] == ["初稿", "最终"]


@pytest.mark.parametrize("before", [True, False])
def test_details__of_the_members_are_another_sheet(before: bool) -> None:
    grids = [sketch(DETAILS, name="明细"), sketch(RIGHT)]
    (form,) = forms_of(*grids if before else reversed(grids))
    assert (form.sheet, len(form.blocks["members"]), form.spotted) == ("表", 6, [])
    assert form.blocks["members"][0]["task"] == ("总体牵头", "E14", "text", "")
    drawn = [sheet(drawing=DETAILS, name="明细"), sheet()]
    assert findings_of(*drawn if before else reversed(drawn)) == []


@pytest.mark.parametrize("before", [True, False])
def test_details__that_name_others_are_told(before: bool) -> None:
    grids = [sketch(DETAILS + STRANGER, name="明细"), sketch(RIGHT)]
    (form,) = forms_of(*grids if before else reversed(grids))
    assert len(form.blocks["members"]) == 6
    assert [(each.sheet, *told([each])[0]) for each in form.spotted] == [
        ("明细", "F05_ROWS", "A1", "另有成员表，其中 1 行不在本表内")]
    drawn = [sheet(drawing=DETAILS + STRANGER, name="明细"), sheet()]
    assert findings_of(*drawn if before else reversed(drawn)) == [("F05", "W", "A1")]


def test_details__of_two_forms_are_known_in_either() -> None:
    both = DETAILS + "| 3 | 苏州某某涂料有限公司 | 91320507PDY0004150 | | | |"
    forms = forms_of(sketch(RIGHT, name="1"), sketch(OTHER, name="2"), sketch(both, name="明细"))
    assert [form.spotted for form in forms] == [[], []]


NOTES = """
| 填表说明： |
| 1.创新联合体名称：应与共建协议一致 |
| 2.产业领域：从24个领域中选填 |
| 3.牵头单位：填写单位全称 |
| 4.联系人：填写具体经办人 |
"""


@pytest.mark.parametrize("notes", [
    NOTES, "| 说明：⏎1.创新联合体名称：与协议上的相同⏎2.产业领域：选一个⏎3.牵头单位：全称⏎4.联系人：经办人姓名 |"],
    ids=["line by line", "in one cell"])
def test_notes__at_the_foot_are_no_form(notes: str) -> None:
    (alone,), (form,) = forms_of(sketch(RIGHT)), forms_of(sketch(RIGHT.strip() + "\n" + notes.strip()))
    assert form.blocks == alone.blocks
    assert form.spotted == []


def test_notes__what_stands_between_the_form_and_them_is_the_forms() -> None:
    drawing = without_rows(RIGHT, 2, 2).strip() + "\n| 填报日期：2023年9月18日 |\n" + NOTES.strip()
    (form,) = forms_of(sketch(drawing))
    assert form.blocks["consortium"][0]["fill_date"][:2] == ("2023年9月18日", "A32")


def test_below_a_form__a_further_one_with_tables_is_one() -> None:
    assert len(forms_of(sketch(RIGHT.strip() + "\n| |\n" + OTHER.strip()))) == 2


BASICS = "\n".join(OTHER.strip().split("\n")[:12])


@pytest.mark.parametrize("gap", ["\n", "\n| |\n| 附另一联合体情况 |\n"])
def test_below_a_form__a_further_one_whose_tables_are_cut_off_is_kept(gap: str) -> None:
    forms = forms_of(sketch(RIGHT.strip() + gap + BASICS))
    assert [form.blocks["consortium"][0]["name"].text for form in forms] == [
        "江苏省智能电网创新联合体", "苏州市纳米材料创新联合体"]
    assert [list(form.blocks) for form in forms] == [["members", "platforms", "projects", "consortium"], ["consortium"]]


@pytest.mark.parametrize(("lines", "count"), [
    (("创新联合体名称：苏州市纳米材料创新联合体", "联系人：孙八"), 1), (("创新联合体名称：苏州市纳米材料创新联合体", "牵头单位：苏州纳米科技有限公司", "联系人：孙八"), 2),
    (("创新联合体名称：苏州市纳米材料创新联合体", "牵头单位：营业执照上的名称", "联系人：如张三"), 1),
])
def test_below_a_form__three_labels_with_values_are_a_form(lines: tuple[str, ...], count: int) -> None:
    drawing = "\n".join([RIGHT.strip(), *(f"| {line} |" for line in lines)])
    assert len(forms_of(sketch(drawing))) == count


TABLE_OF_NOTES = """
| 栏目 | 填写说明 |
| 创新联合体名称 | 一般以“创新联合体”结尾，不得含“省”以外的行政区划 |
| 产业领域 | 24个领域之一 |
| 创新联合体牵头单位 | 指牵头组建的法人单位，应与共建协议一致 |
| 创新联合体牵头单位类型 | 五选一 |
| 创新联合体成员情况 | 各类成员之和等于总数 |
| 联系人 | 如张三 |
| 联系电话 | 座机请带区号 |
"""


def test_notes__under_a_heading_that_says_so_are_no_form() -> None:
    example = BASICS.split("\n", 2)[2].replace("1.基本信息", "填表说明：", 1)
    (form,) = forms_of(sketch(f"{RIGHT.strip()}\n{example}"))
    assert form.spotted == []


def test_notes__in_a_table_of_two_columns_are_no_form() -> None:
    (alone,), (form,) = forms_of(sketch(RIGHT)), forms_of(sketch(RIGHT.strip() + "\n" + TABLE_OF_NOTES.strip()))
    assert form.blocks == alone.blocks
    assert form.spotted == []
