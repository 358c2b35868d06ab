"""Tables by their header: which rows are records, whose cell is whose."""

from __future__ import annotations

import pytest
from sketch import column_of, labels, sketch, table_of, told

from pipeline.read.headers import headers_in

HEAD = "| 序号 | 单位名称 | 统一社会信用代码 | 任务分工 | 工作职责 | 近一年销售收入（万元） | 近一年研发投入（万元） |"
A, B = "| 1 | 东南大学 | 12100000466007597C | 设计 | 仿真 | | |", ("| 2 | 某某公司 | 91320100PDY00001XR | 牵头 | 统筹 | 1256000 | "
                                                           "62800.5 |")
PLATFORMS = "| 序号 | 平台名称 | 产业领域 | 级别(国家级/省级) | 依托单位 | 建设时间 |"
NAMES = [("东南大学", "B2"), ("某某公司", "B3")]


def drawing(*lines: str) -> str:
    return "\n".join(lines)


def names_of(*lines: str, **changes: object) -> list[tuple[str, str]]:
    return column_of(table_of(drawing(*lines), changes), "name")


def test_record__every_value_with_its_cell_type_and_unit() -> None:
    row = table_of(drawing(HEAD, B)).rows[0]
    assert {name: tuple(value) for name, value in row.items()} == {
        "serial": ("2", "A2", "number", ""), "name": ("某某公司", "B2", "text", ""),
        "uscc": ("91320100PDY00001XR", "C2", "text", ""),
        "task": ("牵头", "D2", "text", ""), "duty": ("统筹", "E2", "text", ""),
        "revenue_wan": ("1256000", "F2", "number", "万元"),
        "rd_spend_wan": ("62800.5", "G2", "number", "万元")}


def test_record__blank_cell_has_the_address_where_it_should_stand() -> None:
    row = table_of(drawing(HEAD, "| 1 | 东南大学 | | | | | |")).rows[0]
    assert [(row[name].text, row[name].at) for name in ("uscc", "duty", "rd_spend_wan")] == [("", "C2"),
            ("", "E2"), ("", "G2")]


@pytest.mark.parametrize(("written", "unit"), [
    ("近一年销售收入（万元）", "万元"), ("近一年销售收入(元)", "元"), ("近一年销售收入⏎（单位：千元）", "千元"), ("近一年销售收入【亿元】", "亿元"),
    ("近一年销售收入（百万元）", "百万元"), ("近一年销售收入", ""), ("近一年销售收入（万元，成员单位为企业填写）", "万元"),
])
def test_unit__of_the_header(written: str, unit: str) -> None:
    assert table_of(drawing(HEAD.replace("近一年销售收入（万元）", written), B)).rows[0]["revenue_wan"].unit == unit


SPARE = {
    "spare numbers": ["| 3 | | | | | | |", "| 4 | | | | | | |"], "dots": ["| … | … | … | | | | |"],
    "dots in one cell": ["| …… | | | | | | |"],
    "points": ["| ... | ... | | | | | |"], "total": ["| 合计 | | | | | 1256000 | 62800.5 |"],
    "total over the row": ["| 总 计 | < | < | < | < | 5 | 6 |"],
    "total in the name's column": ["| | 小计 | | | | 5 | 6 |"], "void row": ["| 3 | / | / | / | / | / | / |"],
    "void words": ["| 3 | 无 | — | 无 | 无 | 无 | |"], "underscores": ["| 3 | ____ | ____ | | | | |"],
    "remark": ["| 注：近一年指2022年。 | < | < | < | < | < | < |"],
    "numbered remark": ["| 说明1：单位为万元 | < | < | < | < | < | < |"],
    "starred remark": ["| * 注：仅企业填写 | | | | | | |"], "who filled it in": ["| 填表人：张三 | | | | | | |"],
    "page mark": ["| 续表 | < | < | < | < | < | < |"], "blank": ["| | | | | | | |"],
    "a sentence over the row": ["| 以上单位均为独立法人并已签订共建协议 | < | < | < | < | < | < |"],
    "example": ["| 例 | 江苏某某公司 | 91320000MA1234567X | 研发 | 试制 | 100 | 10 |"],
}


@pytest.mark.parametrize("lines", SPARE.values(), ids=SPARE)
@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_row__that_is_no_record(lines: list[str], place: str) -> None:
    at = {"before": 1, "between": 2, "after": 3}[place]
    rows = [HEAD, A, B]
    table = table_of(drawing(*rows[:at], *lines, *rows[at:]))
    assert [text for text, _ in column_of(table, "name")] == ["东南大学", "某某公司"]


@pytest.mark.parametrize(("line", "reason"), [
    ("| 3 | | | | | | |", "blank"), ("| 合计 | | | | | 5 | 6 |", "total"), ("| 3 | / | / | / | / | / | / |", "void"),
    ("| … | … | … | … | | | |", "dots"), ("| 注：单位为万元 | | | | | | |", "remark"), (HEAD, "header"),
    ("| 示例 | 某某 | 9132 | 研发 | 试制 | 1 | 1 |", "example"),
])
def test_row__that_is_no_record_is_counted_by_reason(line: str, reason: str) -> None:
    assert table_of(drawing(HEAD, A, line, B)).skipped == {reason: 1}


@pytest.mark.parametrize("line", [
    "| 3 | 无锡某某公司 | | | | | |", "| 3 | 备注科技有限公司 | 9 | 1 | 1 | | |",
    "| | 某某研究院 | | | | | |", "| 3 | | 91320100PDY00001XR | | | | |", "| 3 | 合计科技 | | 1 | | | |",
    "| 3 | | | 牵头 | | 1 | |",
    "| 3 | 如皋某某有限公司 | 9 | 1 | 1 | | |", "| 3 | 例外科技有限公司 | 9 | 1 | 1 | | |", "| 3 | 样板机械有限公司 | 9 | 1 | 1 | | |",
])
def test_row__that_is_a_record_all_the_same(line: str) -> None:
    assert len(table_of(drawing(HEAD, A, line, B)).rows) == 3


@pytest.mark.parametrize("words", ["例", "示例", "（例）", "【示例】", "例：", "如：", "样例1", "填写示例", "举例"])
def test_example_row__is_skipped_and_told(words: str) -> None:
    table = table_of(drawing(HEAD, f"| {words} | 江苏某某公司 | 91320000MA1234567X | 研发 | 试制 | 100 | 10 |", A))
    assert column_of(table, "name") == [("东南大学", "B3")]
    assert told(table.spotted) == [("F12_EXAMPLE", "B2", "2")]


def test_example_row__named_in_the_name() -> None:
    table = table_of(drawing(HEAD, "| 1 | 江苏某某公司（示例） | 91320000MA1234567X | 研发 | 试制 | 100 | 10 |", A))
    assert column_of(table, "name") == [("东南大学", "B3")]
    assert [(each.rule, each.at, each.table, each.facts) for each in table.spotted] == [
        ("F12_EXAMPLE", "B2", "members", (("place", "2"), ("text", "江苏某某公司（示例）")))]


def test_header__repeated_at_a_page_break_is_no_record() -> None:
    assert names_of(HEAD, A, HEAD, B) == [("东南大学", "B2"), ("某某公司", "B4")]


TWO_ROWS = ("| 序号 | 单位名称 | 统一社会信用代码 | 分工与职责 | < | 近一年情况（万元） | < |",
            "| ^ | ^ | ^ | 任务分工 | 工作职责 | 销售收入 | 研发投入 |")


def test_header__two_rows() -> None:
    table = table_of(drawing(*TWO_ROWS, A, B))
    assert [(row["name"].text, row["task"].at, row["revenue_wan"].text,
             row["revenue_wan"].unit) for row in table.rows] == [
        ("东南大学", "D3", "", "万元"), ("某某公司", "D4", "1256000", "万元")]
    assert (table.header.top, table.header.bottom) == (0, 1)


def test_header__label_merged_down_two_rows() -> None:
    table = table_of(drawing(HEAD, "| ^ | ^ | ^ | ^ | ^ | ^ | ^ |", A))
    assert (table.header.bottom, column_of(table, "uscc")) == (1, [("12100000466007597C", "C3")])


def test_header__merged_over_several_columns_takes_what_stands_below() -> None:
    head = "| 序号 | 单位名称 | < | 统一社会信用代码 | < | 任务分工 | 工作职责 |"
    table = table_of(drawing(head, "| 1 | 东南大学 | < | 12100000466007597C | < | 设计 | 仿真 |",
                             "| 2 | | 某某公司 | 9132 | | 牵头 | 统筹 |"))
    assert [(row["name"].text, row["name"].at, row["uscc"].at) for row in table.rows] == [
        ("东南大学", "B2", "D2"), ("某某公司", "C3", "D3")]


def test_columns__swapped_are_found_by_their_labels() -> None:
    head = "| 近一年研发投入（万元） | 统一社会信用代码 | 单位名称 | 工作职责 | 任务分工 | 近一年销售收入（万元） | 序号 |"
    row = table_of(drawing(head, "| 62800.5 | 91320100PDY00001XR | 某某公司 | 统筹 | 牵头 | 1256000 | 1 |")).rows[0]
    assert {name: value.text for name, value in row.items()} == {
        "serial": "1", "name": "某某公司", "uscc": "91320100PDY00001XR", "task": "牵头", "duty": "统筹",
        "revenue_wan": "1256000",
        "rd_spend_wan": "62800.5"}


def test_columns__unknown_one_is_named_and_left_out() -> None:
    table = table_of(drawing(HEAD.replace("| 任务分工", "| 注册资本 | 任务分工"), A.replace("| 设计", "| 5000 | 设计")))
    assert [cell.text for cell in table.header.unknown] == ["注册资本"]
    assert column_of(table, "task") == [("设计", "E2")]


@pytest.mark.parametrize(("written", "field", "known"), [
    ("任务分工说明", "task", "任务分工"), ("统一信用代码号", "uscc", "统一社会信用代码"), ("研发投入合计", "rd_spend_wan", "近一年研发投入（万元）"),
    ("单位工作职责", "duty", "工作职责"),
])
def test_columns__nearly_known_one_is_guessed(written: str, field: str, known: str) -> None:
    table = table_of(drawing(HEAD.replace(known, written), B))
    assert [(cell.text, name) for cell, name in table.header.guessed] == [(written, field)]
    assert table.header.unknown == []
    assert table.rows[0][field].text == {"task": "牵头", "uscc": "91320100PDY00001XR", "rd_spend_wan": "62800.5",
                                         "duty": "统筹"}[field]


def test_columns__a_note_apart_from_the_table_is_none_of_them() -> None:
    table = table_of(drawing(HEAD + " | 自检 |", A + " | 通过 |"))
    assert table.header.unknown == []


def test_member__merged_down_over_its_tasks_is_one_record() -> None:
    table = table_of(drawing(HEAD, "| 1 | 东南大学 | 12100000466007597C | 设计 | 仿真 | | |",
                             "| ^ | ^ | ^ | 检测 | 试制 | | |", B))
    assert column_of(table, "name") == [("东南大学", "B2"), ("某某公司", "B4")]
    assert table.rows[0]["task"][:3] == ("设计；检测", "D2,D3", "text")


def test_members__of_their_own_under_one_merged_serial() -> None:
    table = table_of(drawing(HEAD, "| 1 | 东南大学 | 12100000466007597C | 设计 | 仿真 | | |",
                             "| ^ | 某某公司 | 9132 | 牵头 | 统筹 | 1 | 2 |"))
    assert column_of(table, "name") == NAMES


def test_members__sharing_a_merged_task_each_have_it() -> None:
    table = table_of(drawing(HEAD, "| 1 | 东南大学 | 12100000466007597C | 设计 | 仿真 | | |",
                             "| 2 | 某某公司 | 9132 | ^ | 统筹 | 1 | 2 |"))
    assert column_of(table, "task") == [("设计", "D2"), ("设计", "D2")]


def test_members__two_codes_beside_a_merged_name_are_two_rows() -> None:
    table = table_of(drawing(HEAD, "| 1 | 东南大学 | 12100000466007597C | 设计 | | | |",
                             "| 2 | ^ | 91320100PDY00001XR | 检测 | | | |"))
    assert [row["uscc"].text for row in table.rows] == ["12100000466007597C", "91320100PDY00001XR"]


PROJECTS = "| 序号 | 项目名称 | 产业领域 | 级别 | 开始时间 | 结束时间 | 承担单位 |"


@pytest.mark.parametrize(("start", "end", "text"), [
    ("2021年1月", "2023年12月", "2021年1月至2023年12月"), ("2021年1月", "", "2021年1月"), ("", "2023年12月", "2023年12月"),
    ("", "", "")])
def test_halves__of_a_period_are_one_value(start: str, end: str, text: str) -> None:
    table = table_of(drawing(PROJECTS, f"| 1 | 关键技术 | 新材料 | 省级 | {start} | {end} | 东南大学 |"))
    period = table.rows[0]["period"]
    assert period.text == text
    assert set(period.at.split(",")) == {"E2", "F2"}


def test_halves__under_one_label_in_two_rows() -> None:
    head = ("| 序号 | 项目名称 | 产业领域 | 级别 | 实施期 | < | 承担单位 |", "| ^ | ^ | ^ | ^ | 开始时间 | 结束时间 | ^ |")
    table = table_of(drawing(*head, "| 1 | 关键技术 | 新材料 | 省级 | 2021年1月 | 2023年12月 | 东南大学 |"))
    assert column_of(table, "period") == [("2021年1月至2023年12月", "E3,F3")]


STOPS = ["| 联合体决策及运行机制 | 设理事会。 | < | < | < | < | < |", "| 3.科技创新基础 | < | < | < | < | < | < |",
         "| 牵头及成员单位拥有从业人员数：1200人 | < | < | < | < | < | < |", "| 牵头及成员单位已建省级以上创新平台 | < | < | < | < | < | < |"]


@pytest.mark.parametrize("line", STOPS)
def test_end__at_the_next_label(line: str) -> None:
    table = table_of(drawing(HEAD, A, line, "| 9 | 不是成员 | 9132 | 甲 | 乙 | | |"))
    assert column_of(table, "name") == [("东南大学", "B2")]
    assert table.last == 1


def test_end__its_own_title_merged_down_beside_the_rows_does_not_end_it() -> None:
    title = "| 创新联合体成员及分工 " + HEAD
    assert names_of(title, "| ^ " + A, "| ^ " + B) == [("东南大学", "C2"), ("某某公司", "C3")]


def test_end__a_short_label_as_content_does_not_end_it() -> None:
    assert names_of(HEAD, "| 联系人 | 东南大学 | 12100000466007597C | 电话 | 地址 | | |", B) == NAMES


@pytest.mark.parametrize(("line", "block"), [
    (HEAD, "members"), (PLATFORMS, "platforms"), (PROJECTS, "projects"), ("| 单位名称 | 统一社会信用代码 | 任务分工 |", "members"),
    ("| 名称 | 产业领域 | 级别 | 依托单位 | 建设时间 |", "platforms"), ("| 名称 | 级别 | 实施期 | 承担单位 |", "projects"),
])
def test_header__whose_table_it_is(line: str, block: str) -> None:
    assert [header.block for header in headers_in(sketch(drawing("| 一个题目 |", line, A)), labels())] == [block]


@pytest.mark.parametrize("line", [
    "| 联系人 | 张三 | 联系电话 | 025-83359254 |", "| 单位名称 | 东南大学 |", "| 产业领域 | 新材料 | 级别 | 省级 |", A, "| 序号 | 单位名称 | 备注 |",
    "| 甲 |"])
def test_header__rows_that_are_none(line: str) -> None:
    assert headers_in(sketch(drawing(line, "| 1 | 2 | 3 | 4 |")), labels()) == []


def test_header__blank_table_has_no_rows() -> None:
    table = table_of(drawing(HEAD, "| 1 | | | | | | |", "| 2 | | | | | | |"))
    assert (table.rows, table.skipped, table.last) == ([], {"blank": 2}, 0)
