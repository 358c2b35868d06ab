"""How far a sheet is from the template: F04, F05, F07, F13 as they are spotted, with their words and cells."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn import OTHER, RIGHT, row_at, with_row, without_row, without_rows
from sketch import forms_of, labels, sketch, told

from pipeline.grid import Grid, Workbook
from pipeline.read import Spotted, read_workbook

MEMBERS = row_at(RIGHT, 13)


def spotted(drawing: str = RIGHT, changes: dict | None = None, edition: str = "",
            **facts: object) -> list[tuple[str, str, str]]:
    """(rule, cells, words) of what is spotted on one form."""
    (form,) = forms_of(sketch(drawing, changes, **facts), edition=edition)
    return told(form.spotted)


def test_official_form__nothing_to_say() -> None:
    assert spotted() == []


DOUBTS = {
    "label guessed": ({"A9": "联系人名字"}, ("A9", "“联系人名字”按“联系人”识别")),
    "column guessed": ({"D13": "统一信用代码号"}, ("D13", "成员表的“统一信用代码号”按“统一社会信用代码”识别")),
    "column unknown": ({"E13": "注册地"}, ("E13,B13", "成员表多出栏目“注册地”，未读取；成员表没有找到栏目“任务分工”")),
    "label unknown": ({"E6": "开户银行", "F6": "某某银行"}, ("E6", "没有找到栏目“法定代表人”；多出栏目“开户银行”，未读取")),
}


@pytest.mark.parametrize(("changes", "expected"), DOUBTS.values(), ids=DOUBTS)
def test_f05_warning__what_was_guessed_or_not_recognised(changes: dict, expected: tuple[str, str]) -> None:
    assert spotted(changes=changes) == [("F05", *expected)]


FOLDED = {
    "label guessed": ({"A9": "联系人⏎名字"}, ("A9", "“联系人名字”按“联系人”识别")),
    "column guessed": ({"D13": "统一信用⏎ 代码号"}, ("D13", "成员表的“统一信用代码号”按“统一社会信用代码”识别")),
    "column unknown": ({"I13": "上市⏎情况"}, ("I13", "成员表多出栏目“上市情况”，未读取")),
    "label unknown": (
        {"E6": "开户⏎银行", "F6": "某某银行"},
        ("E6", "没有找到栏目“法定代表人”；多出栏目“开户银行”，未读取"),
    ),
}


@pytest.mark.parametrize(("changes", "expected"), FOLDED.values(), ids=FOLDED)
def test_f05_warning__labels_are_said_in_one_line(changes: dict, expected: tuple[str, str]) -> None:
    assert spotted(changes=changes) == [("F05", *expected)]


def test_f05_notice__labels_are_said_in_one_line() -> None:
    words = "栏目写法不同：“单位地址”即“通讯地址”"
    assert spotted(changes={"E5": "单位⏎地址"}) == [("F05_MOVED", "F2", words)]


def test_f05_warning__a_table_on_another_sheet_is_said_of_that_sheet() -> None:
    rest = sketch("\n".join(row_at(RIGHT, row) for row in range(25, 29)), {"E1": "是否挂牌"}, name="平台")
    (form,) = forms_of(sketch(without_rows(without_row(RIGHT, 12), 24, 27)), rest)
    assert [(each.sheet, *told([each])[0]) for each in form.spotted] == [
        ("表", "F05", "", "没有找到栏目“重点研发方向”"),
        ("平台", "F05", "E1,B1", "创新平台表多出栏目“是否挂牌”，未读取；创新平台表没有找到栏目“级别”"),
    ]


MISSING = {
    "label": (without_row(RIGHT, 12), "没有找到栏目“重点研发方向”"),
    "two labels": (without_row(RIGHT, 9), "没有找到栏目“联系人”；没有找到栏目“联系电话”"),
    "table": (without_rows(RIGHT, 25, 28), "没有找到“创新平台表”"),
    "two tables": (without_rows(RIGHT, 25, 32), "没有找到“创新平台表”；没有找到“科技计划表”"),
}


@pytest.mark.parametrize(("drawing", "words"), MISSING.values(), ids=MISSING)
def test_f05_warning__what_is_missing(drawing: str, words: str) -> None:
    assert spotted(drawing) == [("F05", "", words)]


def test_f05_warning__fill_date_and_serial_may_be_missing() -> None:
    assert spotted(without_row(RIGHT, 2)) == []
    assert spotted(RIGHT.replace(MEMBERS, MEMBERS.replace("| 序号 |", "| |"))) == []


def test_f05_warning__an_added_row_with_its_own_label() -> None:
    drawing = with_row(RIGHT, 9, "| 电子邮箱 | wang@example.com | < | < | < | < | < | < |")
    assert spotted(drawing) == [("F05", "A10", "多出栏目“电子邮箱”，未读取")]


@pytest.mark.parametrize("line", [
    "| 注：以上信息应与营业执照一致 | 请核对 | < | < | < | < | < | < |", "| | | | | | | | |", "| 2023 | 年 | | | | | | |",
    "| 本单位对所填内容的真实性负责，并承担相应责任 | 是 | < | < | < | < | < | < |", "| 电子邮箱 | | | | | | | |",
])
def test_f05_warning__other_words_between_the_labels_are_none(line: str) -> None:
    assert spotted(with_row(RIGHT, 9, line)) == []


MOVED = {
    "column order": ({"C13": "统一社会信用代码", "D13": "单位名称"}, "成员表栏目顺序不同"),
    "one spelling": ({"A9": "经办人"}, "栏目写法不同：“经办人”即“联系人”"),
    "two spellings": ({"A9": "经办人", "E9": "手机"}, "栏目写法不同：“经办人”即“联系人”、“手机”即“联系电话”"),
    "five spellings": ({"A9": "经办人", "E9": "手机", "A5": "所属领域", "E5": "地址", "E6": "法人"},
                       "栏目写法不同：“所属领域”即“产业领域”、“地址”即“通讯地址”、“法人”即“法定代表人”、“经办人”即“联系人”等"),
}


@pytest.mark.parametrize(("changes", "words"), MOVED.values(), ids=MOVED)
def test_f05_notice__what_merely_stands_or_is_called_otherwise(changes: dict, words: str) -> None:
    assert spotted(changes=changes) == [("F05_MOVED", "F2", words)]


def test_f05_notice__other_writing_of_the_same_label_is_no_difference() -> None:
    assert spotted(changes={"A9": "联 系 人：", "E9": "*联系电话", "A12": "（3）重点研发\n方向", "A5": "2、产业领域（24 选 1）"}) == []


def test_f05_notice__moved_away_from_its_addresses_is_no_difference() -> None:
    assert spotted("\n".join(["| |"] * 5 + ["| |" + line for line in RIGHT.strip().split("\n")])) == []


@pytest.mark.parametrize(("mark", "expected"), [
    ("", []), (labels().edition, []), ("JSCXLHT-2022-1", [("F05", "",
                                                           f"使用的是“JSCXLHT-2022-1”版模板，现行为“{labels().edition}”版")])])
def test_f05_warning__another_edition_of_the_template(mark: str, expected: list) -> None:
    assert spotted(edition=mark) == expected


HIDDEN = {
    "a row": ({"hidden_rows": frozenset({15})}, [("F07", "A16", "第 16 行")]),
    "rows": ({"hidden_rows": frozenset({13, 14, 18})}, [("F07", "A14", "第 14、15、19 行")]),
    "many rows": ({"hidden_rows": frozenset(range(13, 19))}, [("F07", "A14", "第 14、15、16、17、18 等 行")]),
    "a row without content": ({"hidden_rows": frozenset({40, 90})}, []),
    "a column": ({"hidden_cols": frozenset({3})}, [("F07", "D1", "第 D 列")]),
    "columns": ({"hidden_cols": frozenset({3, 6})}, [("F07", "D1", "第 D、G 列")]),
    "a column without content": ({"hidden_cols": frozenset({8, 27})}, []),
    "both": ({"hidden_rows": frozenset({15}), "hidden_cols": frozenset({3})},
             [("F07", "A16", "第 16 行"), ("F07", "D1", "第 D 列")]),
}


@pytest.mark.parametrize(("facts", "expected"), HIDDEN.values(), ids=HIDDEN)
def test_f07__hidden_rows_and_columns_with_content(facts: dict, expected: list) -> None:
    assert spotted(**facts) == expected


def test_f07__hidden_sheets_with_content() -> None:
    (form,) = forms_of(sketch(RIGHT), sketch("| 甲 |", name="藏", visible=False), Grid("空", visible=False))
    assert told(form.spotted) == [("F07", "", "工作表“藏”")]


def test_f07__of_other_sheets_is_not_the_forms() -> None:
    forms = forms_of(sketch(RIGHT, name="南京"), sketch(OTHER, name="苏州", hidden_rows=frozenset({14})))
    assert [told(form.spotted) for form in forms] == [[], [("F07", "A15", "第 15 行")]]


def test_f13__pictures_instead_of_members() -> None:
    empty = without_rows(RIGHT, 14, 19)
    assert spotted(empty, pictures=1) == [("F13", "", "")]
    assert spotted(empty) == []
    assert spotted(pictures=3) == []


def nothing(*grids: Grid) -> list[Spotted]:
    forms, found = read_workbook(Workbook(grids), labels())
    assert forms == []
    return found


def test_f13__only_pictures() -> None:
    assert nothing(Grid("扫描件", pictures=2), Grid("空")) == [Spotted("F13", "扫描件")]


@pytest.mark.parametrize(("grids", "seen"), [
    ((Grid("空"),), "（看过的工作表：空）"), ((sketch("| 甲 |"), Grid("图", pictures=1)), "（看过的工作表：表、图；其中的图片不能读取，内容须录入单元格）"),
    (tuple(Grid(f"表{n}") for n in range(5)), "（看过的工作表：表0、表1、表2）"),
    ((sketch("| 单位名称 | 联系电话 |\n| 东南大学 | 025-83359254 |"),), "（看过的工作表：表）"),
])
def test_f04__no_form_in_the_workbook(grids: tuple[Grid, ...], seen: str) -> None:
    assert nothing(*grids) == [Spotted("F04", grids[0].name, "", (("seen", seen),))]


def test_our_answer_sheet__is_neither_hidden_content_nor_a_place_to_look() -> None:
    """A clerk may hide the 问题清单 that a returned form carries in front."""
    answer = replace(sketch(OTHER), name=labels().answer_sheet, visible=False)
    (form,), _ = read_workbook(Workbook((answer, sketch(RIGHT))), labels())
    assert told(form.spotted) == []
    shown = Workbook((replace(answer, visible=True), Grid("推荐汇总表")))
    assert read_workbook(shown, labels()) == ([], [Spotted("F04", "推荐汇总表", "", (("seen", "（看过的工作表：推荐汇总表）"),))])
