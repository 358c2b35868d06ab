"""Which labels belong to one form, on how many sheets and beside what else."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import zip_longest

import pytest
from drawn import OTHER, RIGHT, row_at, without_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from sketch import forms_of, labels, sketch

from pipeline.grid import Cell, Grid, Workbook, address
from pipeline.read import FormReading, Value, read_workbook
from schemas.form_2023 import FORM

NAMES = ["江苏省智能电网创新联合体", "苏州市纳米材料创新联合体"]
COVER = """
| 江苏省创新联合体建设试点申请书 | < |
| 创新联合体名称 | 江苏省智能电网创新联合体 |
| 产业领域 | 新型电力装备 |
| 牵头单位（盖章） | 江苏某某电气股份有限公司 |
| 联系人 | 王五 |
| 填报日期 | 2023年9月18日 |
"""
BLANK_ROWS = "| | |\n| | |"
BLOCKS = {"members": (13, 20), "platforms": (25, 28), "projects": (29, 32)}


def single(form: FormReading, field: str) -> tuple[str, str]:
    value = form.blocks["consortium"][0].get(field, Value("", ""))
    return value.text, value.at


def names(forms: list[FormReading]) -> list[str]:
    return [single(form, "name")[0] for form in forms]


def rows(form: FormReading) -> dict[str, int]:
    return {block: len(records) for block, records in form.blocks.items()}


RIGHT_ROWS = {"members": 6, "platforms": 2, "projects": 2, "consortium": 1}


def lines(drawing: str, first: int, last: int) -> str:
    return "\n".join(row_at(drawing, row) for row in range(first, last + 1))


def moved(drawing: str, down: int, right: int) -> str:
    """The drawing with blank rows above it and blank columns at its left."""
    return "\n".join([*["| |"] * down, *("|" + " |" * right + line[1:] for line in drawing.strip().split("\n"))])


def blank(drawing: str = RIGHT) -> Grid:
    """The form with nothing filled in."""
    grid = sketch(drawing)
    told = {(value.at) for form in forms_of(grid) for records in form.blocks.values() for record in records
            for name, value in record.items() if name not in ("lead_type", "member_counts")}
    cells = {place: cell for place, cell in grid.cells.items() if address(*place) not in told}
    cells[7, 1] = Cell(7, 1, "□ 创新型领军企业 □ 龙头骨干企业 □ 其它", "text")
    cells[9, 1] = Cell(9, 1, "___个，其中：企业___个，高校___个，科研院所___个， 其它___个", "text")
    return replace(grid, cells=cells)


def test_form__the_official_one_is_read_whole() -> None:
    (form,) = forms_of(sketch(RIGHT))
    record = form.blocks["consortium"][0]
    assert set(record) == set(FORM.block("consortium").columns) - {"cover_name"}
    assert [name for name, value in record.items() if not value.text] == []
    assert rows(form) == RIGHT_ROWS
    assert (form.spotted, form.skipped) == ([], {"blank": 3})
    assert single(form, "fill_date") == ("2023年9月18日", "G2")
    assert [row["host_unit"][:2] for row in form.blocks["platforms"]] == [("东南大学", "F26"), ("江苏某某电气股份有限公司", "F27")]


@pytest.mark.parametrize(("down", "right"), [(0, 3), (7, 0), (40, 12)])
def test_form__anywhere_on_the_sheet(down: int, right: int) -> None:
    (form,), (shifted,) = forms_of(sketch(RIGHT)), forms_of(sketch(moved(RIGHT, down, right)))
    texts = [[{name: value.text for name,
               value in record.items()} for record in records] for records in form.blocks.values()]
    assert [[{name: value.text for name,
              value in record.items()} for record in records] for records in shifted.blocks.values()] == texts
    assert single(shifted, "name")[1] == address(3 + down, 1 + right)
    assert shifted.spotted == []


def test_cover__on_the_same_sheet() -> None:
    (form,) = forms_of(sketch(COVER.strip() + "\n" + BLANK_ROWS + RIGHT))
    assert (single(form, "name"), single(form, "cover_name")) == ((NAMES[0], "B12"), (NAMES[0], "B2"))
    assert rows(form) == RIGHT_ROWS


def test_cover__on_a_sheet_of_its_own() -> None:
    (form,) = forms_of(sketch(COVER.replace("智能电网", "智能配电网"), name="封面"), sketch(RIGHT))
    assert (form.sheet, single(form, "name"), single(form, "cover_name")) == (
        "表", (NAMES[0], "B4"), ("江苏省智能配电网创新联合体", "封面!B2"))


def test_cover__behind_the_form() -> None:
    (form,) = forms_of(sketch(RIGHT), sketch(COVER, name="承诺书"))
    assert (single(form, "name"), single(form, "cover_name")) == ((NAMES[0], "B4"), (NAMES[0], "承诺书!B2"))


def test_cover__has_what_the_form_has_not() -> None:
    drawing = without_rows(RIGHT, 2, 2)
    (form,) = forms_of(sketch(COVER, name="封面"), sketch(drawing))
    assert single(form, "fill_date") == ("2023年9月18日", "封面!B6")


def test_forms__two_stacked_on_a_sheet() -> None:
    forms = forms_of(sketch(RIGHT.strip() + "\n| |\n" + OTHER.strip()))
    assert names(forms) == NAMES
    assert [rows(form)["members"] for form in forms] == [6, 3]
    assert single(forms[1], "contact") == ("孙八", "B42")
    assert [each["uscc"].at for each in forms[1].blocks["members"]] == ["D47", "D48", "D49"]
    assert [single(form, "fill_date") for form in forms] == [("2023年9月18日", "G2"), ("2023年9月15日", "G35")]


def test_forms__on_sheets_side_by_side() -> None:
    forms = forms_of(sketch(RIGHT, name="南京"), sketch(OTHER, name="苏州"))
    assert [(form.sheet, name) for form, name in zip(forms, names(forms), strict=True)] == [("南京", NAMES[0]),
            ("苏州", NAMES[1])]
    assert [form.spotted for form in forms] == [[], []]
    assert [single(form, "fill_date") for form in forms] == [("2023年9月18日", "G2"), ("2023年9月15日", "G2")]


@pytest.mark.parametrize(("label", "above"), [(r"\g<0>", 0), (r"| \1：\2 | |", 0), (r"\g<0>", 1)],
                         ids=["in one row", "in one cell with their names", "in different rows"])
def test_forms__side_by_side_on_a_sheet(label: str, above: int) -> None:
    told = [re.sub(r"\| (创新联合体名称) \| (\S+) \|", label, drawing).strip().split("\n") for drawing in (RIGHT, OTHER)]
    none = "|" + " |" * 8
    pairs = zip_longest(told[0], [none] * above + told[1], fillvalue=none)
    forms = forms_of(sketch("\n".join(left.strip() + " " + right.strip() for left, right in pairs)))
    assert (names(forms), [rows(form)["members"] for form in forms]) == (NAMES, [6, 3])
    assert single(forms[1], "contact") == ("孙八", f"K{9 + above}")
    assert forms[1].blocks["members"][0]["uscc"].at == f"M{14 + above}"


def test_forms__three_of_them_one_blank() -> None:
    forms = forms_of(sketch(RIGHT, name="1"), replace(blank(), name="2"), sketch(OTHER, name="3"))
    assert [(form.sheet, name) for form, name in zip(forms, names(forms), strict=True)] == [("1", NAMES[0]),
            ("3", NAMES[1])]


def test_blocks__on_several_sheets_are_one_form() -> None:
    singles = "\n".join((lines(RIGHT, 1, 12), lines(RIGHT, 21, 24)))
    tables = [sketch(lines(RIGHT, first, last), name=block) for block, (first, last) in BLOCKS.items()]
    (form,) = forms_of(sketch(singles, name="基本"), *tables)
    assert form.sheet == "members"
    assert rows(form) == RIGHT_ROWS
    assert single(form, "name") == (NAMES[0], "基本!B4")
    assert (form.blocks["members"][0]["uscc"].at, form.blocks["projects"][1]["period"].at) == ("D2", "projects!F3")
    assert [(each.rule, each.facts) for each in form.spotted] == [("F05_MOVED", (("diff", "内容分在几张工作表"),))]


def test_blocks__on_several_sheets_each_under_the_name() -> None:
    sheets = [sketch(f"{row_at(RIGHT, 4)}\n{lines(RIGHT, first, last)}", name=block) for block,
              (first, last) in BLOCKS.items()]
    (form,) = forms_of(sketch("\n".join((lines(RIGHT, 1, 12), lines(RIGHT, 21, 24))), name="基本"), *sheets)
    assert rows(form) == RIGHT_ROWS
    assert form.blocks["projects"][1]["name"].at == "projects!C4"


@pytest.mark.parametrize("order", [("projects", "platforms", "members"), ("platforms", "members", "projects")])
def test_blocks__in_another_order(order: tuple[str, ...]) -> None:
    drawing = "\n".join([lines(RIGHT, 1, 12), *(lines(RIGHT, *BLOCKS[block]) for block in order),
                         lines(RIGHT, 21, 24)])
    (form,) = forms_of(sketch(drawing))
    assert rows(form) == RIGHT_ROWS
    assert single(form, "governance")[0].startswith("设理事会")
    assert [(each.rule, each.facts[0][1]) for each in form.spotted] == [("F05_MOVED", "各表先后次序不同")]


def test_blocks__tables_before_the_single_values() -> None:
    drawing = "\n".join([lines(RIGHT, 13, 20), lines(RIGHT, 1, 12), lines(RIGHT, 21, 32)])
    (form,) = forms_of(sketch(drawing))
    assert (names([form]), rows(form)) == (NAMES[:1], RIGHT_ROWS)


@pytest.mark.parametrize("name", ["填写说明", "示例", "模板", "附录 产业领域", "样表（勿填）", "数据字典"])
def test_other_sheets__instructions_and_samples_are_no_forms(name: str) -> None:
    assert [form.sheet for form in forms_of(sketch(OTHER, name=name), sketch(RIGHT, name="基础信息表"))] == ["基础信息表"]


def test_other_sheets__the_only_form_counts_whatever_its_name() -> None:
    assert names(forms_of(sketch("| 目录 |", name="目录"), sketch(RIGHT, name="模板"))) == NAMES[:1]


def test_other_sheets__lists_and_directories_are_no_forms() -> None:
    junk = sketch("| 单位名称 | 联系人 | 联系电话 |\n| 东南大学 | 王五 | 025-83359254 |\n| 合计 | 1 | |", name="通讯录")
    assert [form.sheet for form in forms_of(junk, sketch(RIGHT),
                                            sketch("| 序号 | 领域 |\n| 1 | 新材料 |", name="领域"))] == ["表"]


def test_hidden_sheet__is_no_form_beside_a_shown_one() -> None:
    (form,) = forms_of(sketch(OTHER, name="旧", visible=False), sketch(RIGHT))
    assert names([form]) == NAMES[:1]
    assert [(each.rule, each.facts) for each in form.spotted] == [("F07", (("where", "工作表“旧”"),))]


def test_hidden_sheet__is_read_where_there_is_nothing_else() -> None:
    assert names(forms_of(sketch("| 目录 |", name="目录"), sketch(RIGHT, visible=False))) == NAMES[:1]


def test_blank_form__is_a_form_without_content() -> None:
    (form,) = forms_of(blank())
    assert {name: len(records) for name, records in form.blocks.items() if name != "consortium"} == {
        "members": 0, "platforms": 0, "projects": 0}
    assert {value.text for name, value in form.blocks["consortium"][0].items() if name not in ("lead_type",
            "member_counts")} == {
        "", "人", "项"}


def test_no_form__junk_is_none_at_all() -> None:
    assert forms_of(sketch("| 会议通知 |\n| 时间 | 2023年9月1日 |\n| 联系人 | 王五 |")) == []


def test_two_member_tables__of_one_form_are_joined() -> None:
    drawing = "\n".join([lines(RIGHT, 1, 19), row_at(RIGHT, 13).replace("创新联合体成员及分工", "^"),
                         "| ^ | 7 | 南京某某研究院 | 12320000PDY000319W | 检测 | 检测 | | |", lines(RIGHT, 21, 32)])
    (form,) = forms_of(sketch(drawing))
    assert [row["name"].at for row in form.blocks["members"]] == ["C14", "C15", "C16", "C17", "C18", "C19", "C21"]


# The lead stands above the consortium's name, as 填报日期 does.
LEAD_FIRST = "\n".join([lines(RIGHT, 1, 3), row_at(RIGHT, 6), lines(RIGHT, 4, 5), lines(RIGHT, 7, 32)])
FEET = {
    "cells": "| 牵头单位（盖章）： | < | < | 法定代表人（签字）： | < | < | 年 月 日 | < |",
    "with a date": "| 牵头单位（盖章）： | < | < | 法定代表人（签字）： | < | < | 2023年9月20日 | < |",
    "one cell": "| 牵头单位（盖章）：      法定代表人（签字）：         年   月   日 | < | < | < | < | < | < | < |",
    "one cell with a date": "| 牵头单位（盖章）： 法定代表人（签字）： 2023年9月20日 | < | < | < | < | < | < | < |",
}


@pytest.mark.parametrize("foot", FEET.values(), ids=FEET)
@pytest.mark.parametrize("drawing", [RIGHT, LEAD_FIRST], ids=["name first", "lead first"])
def test_foot__to_be_signed_takes_nothing_from_the_form(drawing: str, foot: str) -> None:
    (alone,), (form,) = forms_of(sketch(drawing)), forms_of(sketch(drawing.strip() + "\n" + foot))
    assert form.blocks == alone.blocks
    assert form.spotted == alone.spotted
    assert single(form, "lead_unit")[0] == "江苏某某电气股份有限公司"


def test_foot__has_what_the_form_has_not() -> None:
    drawing = without_rows(RIGHT, 2, 2).strip() + "\n| 法定代表人（签字）：张三 | < | < | 填报日期：2023年9月20日 | < |"
    (form,) = forms_of(sketch(drawing, {"F5": ""}))
    assert single(form, "fill_date") == ("2023年9月20日", "D32")
    # The blank cell is the form's own, and what is to be filled in.
    assert single(form, "legal_representative") == ("", "F5")


def test_foot__tells_what_a_cell_above_the_name_leaves_open() -> None:
    foot = "| 填报日期：2023年9月20日 | < | < | < | < | < | < | < |"
    (form,) = forms_of(sketch(RIGHT.strip() + "\n" + foot, {"G2": "年 月 日"}))
    assert single(form, "fill_date") == ("2023年9月20日", "A33")


def test_cover__on_the_same_sheet_tells_nothing_that_the_form_leaves_blank() -> None:
    (form,) = forms_of(sketch(COVER.strip() + "\n" + BLANK_ROWS + RIGHT, {"B14": ""}))
    assert single(form, "lead_unit") == ("", "B14")


WORDS = sorted({column.label for block in FORM.blocks for column in block.columns.values()}
               | {block.title for block in FORM.blocks} | set(FORM.sections))
JUNK = ["", "1", "联系人：王五", "☑", "□", "合计", "…", "/", "12个，其中：企业6个", "2021.01-2023.12", "：", "（", "示例", "注：", "人",
        "___",
        "91320100PDY00001XR", "联系人及电话", "开始时间", "从业人员数1200人，其中：专业技术人员460人", "a" * 200, "\n", "　", "万元"]
CELLS = st.lists(st.lists(st.sampled_from(WORDS + JUNK * 2), min_size=1, max_size=9), max_size=14)
MERGES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 8), st.integers(0, 3), st.integers(0, 4)),
                  max_size=6)


def grid_of(texts: list[list[str]], merges: list[tuple[int, int, int, int]], visible: bool = True,
            name: str = "表") -> Grid:
    grid = Grid(name, visible)
    for row, line in enumerate(texts):
        for col, text in enumerate(line):
            if text:
                grid.cells[row, col] = Cell(row, col, text, "text")
    for top, left, high, wide in merges:
        places = [(row, col) for row in range(top, top + high + 1) for col in range(left, left + wide + 1)]
        if not any(place in grid.spans for place in places):
            grid.spans.update(dict.fromkeys(places, (top, left, top + high, left + wide)))
    return grid


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(CELLS, MERGES, st.booleans(), st.sampled_from(["表", "封面", "示例"])), min_size=1,
                max_size=3))
def test_any_workbook__is_read_to_an_answer(sheets: list) -> None:
    book = Workbook(tuple(grid_of(*sheet) for sheet in sheets))
    forms, spotted = read_workbook(book, labels())
    assert bool(forms) != bool(spotted)
    for form in forms:
        assert len(form.blocks["consortium"]) == 1
        places = {value.at for records in form.blocks.values() for record in records for value in record.values()}
        assert all(places)
