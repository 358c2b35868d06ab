"""Values spread over several cells, bare labels before a value, and what stands right of the form."""

from __future__ import annotations

import pytest
from drawn import NO_RESULT, RIGHT, findings, form, readings, row_at

GOVERNANCE = row_at(RIGHT, 21)
DIRECTIONS = row_at(RIGHT, 12)
LEAD = row_at(RIGHT, 6)
CONTACT = row_at(RIGHT, 9)
DAY = row_at(RIGHT, 2)
TYPE = row_at(RIGHT, 8)
COUNTS = row_at(RIGHT, 10)
WHOLE = "6个，其中：企业3个，高校2个，科研院所1个， 其它0个"


def instead(row: str, *lines: str, drawing: str = RIGHT) -> str:
    """The form with other rows in the place of one."""
    assert drawing.count(row) == 1
    return drawing.replace(row, "\n".join(lines))


def value(drawing: str, field: str, changes: dict | None = None) -> tuple[str, str, str]:
    (read,) = readings(form(changes, drawing))
    return read.blocks["consortium"][0][field][:3]


def told(drawing: str, changes: dict | None = None) -> list[tuple[str, str, str]]:
    """The findings but for the notice that a label is written otherwise."""
    return [one for one in findings(changes, drawing=drawing) if one[:2] != ("F05", "I")]


LONG = {
    "a row each": (
        ["| 联合体决策及运行机制 | （一）理事会议事 | < | < | < | < | < | < |", "| ^ | （二）成果共享 | < | < | < | < | < | < |"],
        ("（一）理事会议事\n（二）成果共享", "B21,B22", "text")),
    "numbers in cells of their own": (
        ["| 联合体决策及运行机制 | 1 | 理事会议事 | < | < | < | < | < |", "| ^ | 2 | 成果共享 | < | < | < | < | < |"],
        ("1 理事会议事\n2 成果共享", "B21,C21,B22,C22", "text")),
    "first row blank": (
        ["| 联合体决策及运行机制 | | < | < | < | < | < | < |", "| ^ | 理事会议事 | < | < | < | < | < | < |"],
        ("理事会议事", "B22", "text")),
    "first row a hint": (
        ["| 联合体决策及运行机制 | （限500字） | < | < | < | < | < | < |", "| ^ | 理事会议事 | < | < | < | < | < | < |"],
        ("理事会议事", "B22", "text")),
    "a hint before it": (
        ["| 联合体决策及运行机制 | （限500字） | 理事会议事 | < | < | < | < | < |", "| ^ | | | < | < | < | < | < |"],
        ("理事会议事", "C21", "text")),
    "last row a hint": (
        ["| 联合体决策及运行机制 | 理事会议事 | < | < | < | < | < | < |", "| ^ | （不超过500字） | < | < | < | < | < | < |"],
        ("理事会议事", "B21", "text")),
    "one cell over all rows": (
        ["| 联合体决策及运行机制 | 理事会议事 | < | < | < | < | < | < |", "| ^ | ^ | ^ | ^ | ^ | ^ | ^ | ^ |"],
        ("理事会议事", "B21", "text")),
    "a note right of the form": (
        ["| 联合体决策及运行机制 | 理事会议事 | < | < | < | < | < | < | | 已核 |",
         "| ^ | 成果共享 | < | < | < | < | < | < | | 已核 |"],
        ("理事会议事\n成果共享", "B21,B22", "text")),
    "label not merged down": (
        ["| 联合体决策及运行机制 | 理事会议事 | < | < | < | 另附 | < | < |"], ("理事会议事", "B21", "text")),
    "a row below without a label": (
        ["| 联合体决策及运行机制 | 理事会议事 | < | < | < | < | < | < |", "| | 成果共享 | < | < | < | < | < | < |"],
        ("理事会议事\n成果共享", "B21,B22", "text")),
}


@pytest.mark.parametrize(("rows", "expected"), LONG.values(), ids=LONG)
def test_long_text__all_rows_beside_its_label(rows: list[str], expected: tuple[str, str, str]) -> None:
    drawing = instead(GOVERNANCE, *rows)
    assert value(drawing, "governance") == expected
    assert told(drawing) == []


def test_long_text__only_hints_is_not_filled_in() -> None:
    drawing = instead(GOVERNANCE, "| 联合体决策及运行机制 | （限500字） | < | < | < | < | < | < |",
                      "| ^ | | < | < | < | < | < | < |")
    assert told(drawing) == [("L02", "E", "B21")]


def test_long_text__its_length_is_that_of_all_rows() -> None:
    rows = ["| 联合体决策及运行机制 | " + "章" * 300 + " | < | < | < | < | < | < |",
            "| ^ | " + "程" * 300 + " | < | < | < | < | < | < |"]
    assert told(instead(GOVERNANCE, *rows)) == [("L01", "E", "B21,B22")]


def test_long_text__a_row_that_cannot_be_read() -> None:
    rows = ["| 联合体决策及运行机制 | 理事会议事 | < | < | < | < | < | < |", "| ^ | x | < | < | < | < | < | < |"]
    assert told(instead(GOVERNANCE, *rows), {"B22": NO_RESULT}) == [("F06", "E", "B22")]


def test_long_text__directions_one_by_one() -> None:
    drawing = instead(DIRECTIONS, "| 重点研发方向 | 方向一 | 功率器件 | < | < | < | < | < |",
                      "| ^ | 方向二 | 柔性直流 | < | < | < | < | < |")
    assert value(drawing, "rd_directions") == ("方向一 功率器件\n方向二 柔性直流", "B12,C12,B13,C13", "text")
    assert told(drawing) == []


DAYS = {
    "a cell a part": "| | | 填报日期 | 2023 | 年 | 9 | 月 | 18日 |",
    "three cells": "| | | | | 填报日期 | 2023年 | 9月 | 18日 |",
    "year apart": "| | | | | 填报日期 | 2023 | 年9月18日 | < |",
    "last part merged": "| | | 填报日期 | 2023 | 年 | 9 | 月18日 | < |",
}
PLACES = {"a cell a part": "D2,E2,F2,G2,H2", "three cells": "F2,G2,H2", "year apart": "F2,G2",
          "last part merged": "D2,E2,F2,G2"}


@pytest.mark.parametrize("name", DAYS)
def test_day__in_cells_of_its_parts(name: str) -> None:
    drawing = instead(DAY, DAYS[name])
    assert value(drawing, "fill_date") == ("2023年9月18日", PLACES[name], "text")
    assert told(drawing) == []


@pytest.mark.parametrize(("row", "expected"), [
    ("| | | 填报日期 | 2023 | 年 | | 月 | 日 |", ("2023", "D2", "number")),
    ("| | | | | 填报日期 | 2023 | 9 | 18 |", ("2023", "F2", "number")),
])
def test_day__parts_that_make_none(row: str, expected: tuple[str, str, str]) -> None:
    drawing = instead(DAY, row)
    assert value(drawing, "fill_date") == expected
    assert told(drawing) == [("D01", "E", expected[1])]


def test_day__what_stands_behind_it_is_no_part_of_it() -> None:
    drawing = instead(DAY, "| | | | | 填报日期 | 2023年9月18日 | （盖章） | < |")
    assert value(drawing, "fill_date") == ("2023年9月18日", "F2", "text")


SUB_LABELS = {
    "right of it": ("contact", CONTACT, ["| 联系人 | 姓名 | 王五 | < | 联系电话 | 025-83359254 | < | < |"],
                    ("王五", "C9", "text")),
    "with a colon": ("contact", CONTACT, ["| 联系人 | 姓名： | 王五 | < | 联系电话 | 025-83359254 | < | < |"],
                    ("王五", "C9", "text")),
    "over a spacer": ("contact", CONTACT, ["| 联系人 | | 姓名 | 王五 | 联系电话 | 025-83359254 | < | < |"],
                    ("王五", "D9", "text")),
    "legal representative": ("legal_representative", LEAD, [
        "| 创新联合体牵头单位 | 江苏某某电气股份有限公司 | < | < | 法定代表人 | 姓名 | 张三 | < |"], ("张三", "G6", "text")),
    "lead unit": ("lead_unit", LEAD, [
        "| 创新联合体牵头单位 | 单位名称 | 江苏某某电气股份有限公司 | < | 法定代表人 | 张三 | < | < |"],
                  ("江苏某某电气股份有限公司", "C6", "text")),
    "two rows": ("contact", CONTACT, ["| 联系人 | 姓名 | 联系电话 | | | | | |",
                                      "| ^ | 王五 | 025-83359254 | | | | | |"], ("王五", "B10", "text")),
    "two rows of labels": ("contact", CONTACT, ["| 联系人 | 姓名 | 职务 | 手机 | 邮箱 | | | |",
                                                "| ^ | 王五 | 处长 | 13951580011 | a@b.cn | | | |"],
                           ("王五", "B10", "text")),
    "own label repeated": ("contact", CONTACT, ["| 联系人 | 联系人：王五 | < | < | 联系电话 | 025-83359254 | < | < |"],
                           ("王五", "B9", "text")),
    "sub-label before a colon": ("contact", CONTACT, [
        "| 联系人 | 姓名: 王五 | < | < | 联系电话 | 025-83359254 | < | < |"],
                                 ("王五", "B9", "text")),
    "name with a bracket": ("name", row_at(RIGHT, 4), [
        "| 创新联合体名称 | 创新联合体名称：江苏省智能电网创新联合体（筹） | < | < | < | < | < | < |"],
                            ("江苏省智能电网创新联合体（筹）", "B4", "text")),
}


@pytest.mark.parametrize(("field", "row", "rows", "expected"), SUB_LABELS.values(), ids=SUB_LABELS)
def test_sub_label__is_no_value(field: str, row: str, rows: list[str], expected: tuple) -> None:
    drawing = instead(row, *rows)
    assert value(drawing, field) == expected
    assert told(drawing) == []


@pytest.mark.parametrize(("rows", "at"), [
    (["| 联系人 | 姓名 | | < | 联系电话 | 025-83359254 | < | < |"], "C9"),
    (["| 联系人 | 姓名 | 联系电话 | 025-83359254 | | | | |"], "B10"),
    (["| 联系人 | 姓名 | 职务 | 手机 | | | | |", "| ^ | | 处长 | 13951580011 | | | | |"], "B10"),
])
def test_sub_label__without_a_value(rows: list[str], at: str) -> None:
    assert told(instead(CONTACT, *rows)) == [("B06", "E", at)]


@pytest.mark.parametrize("text", ["注册地址：南京市甲路1号；地址：南京市乙路2号", "江宁区：吉印大道1888号"])
def test_own_label__two_of_them_or_none_are_left(text: str) -> None:
    assert value(RIGHT, "address", {"F5": text}) == (text, "F5", "text")


NOTES = {
    "words": (COUNTS, "| 创新联合体成员情况 | " + WHOLE + " | < | < | < | < | < | < | | 数量核对 |"),
    "a number": (COUNTS, "| 创新联合体成员情况 | " + WHOLE + " | < | < | < | < | < | < | | 应为7个？ |"),
    "a list": (COUNTS, "| 创新联合体成员情况 | " + WHOLE + " | < | < | < | < | < | < | | 6 | 新能源汽车 |"),
    "words that touch the form": (COUNTS, "| 创新联合体成员情况 | " + WHOLE + " | < | < | < | < | < | < | 数量核对 |"),
    "beside the boxes": (TYPE, TYPE + " | √ |"),
    "beside the boxes, words": (TYPE, TYPE + " | 属实 |"),
}


@pytest.mark.parametrize(("row", "noted"), NOTES.values(), ids=NOTES)
def test_note__right_of_the_form_is_no_part_of_a_value(row: str, noted: str) -> None:
    drawing = instead(row, noted)
    read, right = (readings(form(drawing=one))[0].blocks["consortium"][0] for one in (drawing, RIGHT))
    assert [read[field].at for field in ("member_counts", "lead_type")] == ["B10", "B8"]
    assert read["lead_type"] == right["lead_type"]
    assert told(drawing) == []


def test_note__right_of_the_form_is_not_taken_for_a_missing_value() -> None:
    drawing = instead(CONTACT, "| 联系人 | | < | < | 联系电话 | | < | < | | 已电话催 |")
    assert told(drawing) == [("B06", "E", "B9"), ("B06", "E", "F9")]


@pytest.mark.parametrize(("first", "second"), [
    (WHOLE, "应为 7 个"), ("6个", "数量核对"), ("企业约3个", "数量核对"),
])
def test_counts__in_two_cells_that_say_no_single_thing(first: str, second: str) -> None:
    drawing = instead(COUNTS, f"| 创新联合体成员情况 | {first} | < | < | < | < | {second} | < |")
    assert told(drawing) == [("B12", "E", "B10")]


MARKS_BELOW = {
    "first": ["| √ | | | | |", "创新型领军企业"], "third": ["| | | ☑ | | |", "国家级技术创新中心"],
    "last": ["| | | | | √ |", "其它"],
    "boxes under the others": ["| □ | ☑ | □ | □ | □ |", "龙头骨干企业"],
}


@pytest.mark.parametrize(("marks", "expected"), MARKS_BELOW.values(), ids=MARKS_BELOW)
@pytest.mark.parametrize("label_below", ["^", ""])
def test_marks__below_their_options(marks: str, expected: str, label_below: str) -> None:
    drawing = instead(TYPE, "| 创新联合体牵头单位类型 | 创新型领军企业 | 龙头骨干企业 | 国家级技术创新中心 | 省级技术创新中心 | 其它 | < | < |",
                      f"| {label_below} {marks} | |")
    text, at, _ = value(drawing, "lead_type")
    options = ["创新型领军企业", "龙头骨干企业", "国家级技术创新中心", "省级技术创新中心", "其它"]
    assert text.split("\x1f") == [("☑" if option == expected else "□") + option for option in options]
    assert at == "B8"


def test_marks__below_two_rows_of_options() -> None:
    drawing = instead(TYPE, "| 创新联合体牵头单位类型 | 创新型领军企业 | < | 龙头骨干企业 | < | 国家级技术创新中心 | < | < |",
                      "| ^ | | | | | | | |",
                      "| ^ | 省级技术创新中心 | < | 其它 | < | | | |", "| ^ | | √ | | | | | |")
    assert value(drawing, "lead_type")[0].split("\x1f") == [
        "□创新型领军企业", "□龙头骨干企业", "□国家级技术创新中心", "☑省级技术创新中心", "□其它"]


UNREAD = {
    "counts": ({"B10": NO_RESULT}, ("F06", "E", "B10")), "boxes": ({"B8": NO_RESULT}, ("F06", "E", "B8")),
}


@pytest.mark.parametrize(("changes", "expected"), UNREAD.values(), ids=UNREAD)
def test_region__that_is_a_formula_without_a_value(changes: dict, expected: tuple) -> None:
    assert told(RIGHT, changes) == [expected]


def test_region__one_of_its_numbers_is_a_formula_without_a_value() -> None:
    drawing = instead(COUNTS, "| 创新联合体成员情况 | 共6个 | 企业 | 3 | 高校 | x | 科研院所 | 1 |")
    assert told(drawing, {"F10": NO_RESULT}) == [("F06", "E", "F10")]


def test_region__an_error_beside_boxes_that_can_be_read() -> None:
    drawing = instead(TYPE, "| 创新联合体牵头单位类型 | ☑ 创新型领军企业 | < | □ 龙头骨干企业 | < | □ 其它 | < | x |")
    assert told(drawing, {"H8": NO_RESULT}) == []
