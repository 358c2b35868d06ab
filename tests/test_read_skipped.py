"""Rows in which hardly more than one thing stands: what stands below a form, that there is nothing, or a record."""

from __future__ import annotations

import pytest
from drawn import findings, form, readings, with_row, without_row
from sheets import RIGHT
from sketch import column_of, table_of

MEMBERS = "| 序号 | 单位名称 | 统一社会信用代码 | 任务分工 | 工作职责 | 近一年销售收入（万元） | 近一年研发投入（万元） |"
MEMBER = "| 1 | 东南大学 | 12100000466007597C | 设计 | 仿真 | | |"
PLATFORMS = "| 序号 | 平台名称 | 产业领域 | 级别 | 依托单位 | 建设时间 |"
PLATFORM = "| 1 | 省重点实验室 | 新材料 | 省级 | 东南大学 | 2021年10月 |"
# Below the last row of RIGHT, and of its last table's title.
END = 30
BELOW = {
    "day": "| | | | | | | 2023年9月18日 | |", "day, merged": "| | | | | | 2023年9月18日 | < | < |",
    "day in numbers": "| | | | | | | 2023.9.18 | |", "day to fill in": "| | | | | | 年 月 日 | < | |",
    "seal": "| | | | | | （盖章） | < | < |", "seal of the office": "| | | | | | 南京市科技局（公章） | 2023.9.18 | |",
    "name of the office": "| | | | | | 南京市科学技术局 | < | < |", "page": "| | | | 第 1 页，共 1 页 | < | | | |",
    "page in dashes": "| | | | — 1 — | | | | |", "signatures": "| 分管局长（签字）： | | | | 处长（签字）： | | 2023年9月18日 | |",
    "source": "| | | | | | | 数据来源：2022年审计报告 | < |", "day in the name's column": "| | | 2023年9月18日 | | | | | |",
    "office in the name's column": "| | | 填报单位（盖章）：南京市科技局 | | | | | |",
    "verdict in the name's column": "| | | 审核意见：同意推荐 | | | | | |",
    "end in the name's column": "| | | ——以下无正文—— | | | | | |",
    "seal in the name's column": "| | | （单位盖章） | | | | | |",
}


def names_of(drawing: str, block: str = "members") -> list[str]:
    (read,) = readings(form(drawing=drawing))
    return [row["name"].text for row in read.blocks[block]]


def reasons(*lines: str) -> dict[str, int]:
    return table_of("\n".join(lines)).skipped


@pytest.mark.parametrize("line", BELOW.values(), ids=BELOW)
@pytest.mark.parametrize("gap", [0, 1, 3])
def test_below__the_form_is_no_project(line: str, gap: int) -> None:
    drawing = "\n".join([RIGHT.strip(), *["| | | | | | | | |"] * gap, line])
    assert names_of(drawing, "projects") == ["大功率宽禁带器件关键技术研发", "海上风电柔性直流送出技术研究"]
    assert findings(drawing=drawing) == []


@pytest.mark.parametrize("line", BELOW.values(), ids=BELOW)
def test_below__the_last_record_without_spare_rows_is_no_project(line: str) -> None:
    drawing = "\n".join([without_row(RIGHT.strip(), END + 1), line])
    assert findings(drawing=drawing) == []


@pytest.mark.parametrize("text", ["数据来源：2022年审计报告", "2023年9月18日", "（盖章）", "第1页"])
def test_below__the_last_member_beside_the_title_is_no_member(text: str) -> None:
    assert findings({"B20": "", "G20": text}) == []


@pytest.mark.parametrize(("line", "name"), [
    ("| | | | 检测 | 试制 | | |", ""), ("| | | | 检测 | | | |", ""), ("| | | | | | 8600 | 290 |", ""),
    ("| | | 91320100PDY00001XR | | | | |", ""), ("| 2 | | | | | 8600 | |", ""), ("| | 某某公司 | | | | | |", "某某公司"),
    ("| | 某某公司（盖章） | | | | | |", "某某公司（盖章）"), ("| | 成员单位：某某公司 | | | | | |", "成员单位：某某公司"),
    ("| | 无锡某某公司 | | | | | |", "无锡某某公司"), ("| 2 | 成员单位 | | | | | |", "成员单位"),
    ("| 2 | 2023年9月18日 | | | | | |", "2023年9月18日"), ("| | | | 检测 | 试制 | 8600 | |", ""),
    ("| | | | 研究内容：检测 | | | |", ""),
])
def test_row__among_records_is_one_however_little_it_says(line: str, name: str) -> None:
    table = table_of("\n".join([MEMBERS, MEMBER, line]))
    assert column_of(table, "name") == [("东南大学", "B2"), (name, "B3")]


@pytest.mark.parametrize("line", [
    "| | | 91320100PDY00001XR | | | | |", "| 3 | | | 检测 | | | |", "| | 某某公司 | | | | | |", "| | | | 检测 | 试制 | 8600 | |"])
def test_row__apart_is_a_record_if_it_has_number_name_code_or_more(line: str) -> None:
    assert len(table_of("\n".join([MEMBERS, MEMBER, "| 2 | | | | | | |", line])).rows) == 2


def test_row__apart_with_two_things_in_it_is_a_remark() -> None:
    assert reasons(MEMBERS, MEMBER, "| 2 | | | | | | |", "| | | | 检测 | 试制 | | |") == {"blank": 1, "remark": 1}


def test_row__below_its_title_with_two_things_in_it_is_a_remark() -> None:
    lines = [f"| 创新联合体成员及分工 {MEMBERS}", f"| ^ {MEMBER}", "| | | | | 某某 | 局 | | |"]
    assert reasons(*lines) == {"remark": 1}
    assert reasons(lines[0], lines[1], lines[2].replace("| |", "| ^ |", 1)) == {}


def test_member__with_a_mere_name_is_found_fault_with() -> None:
    assert findings({"B20": "", "C20": "无锡某某科技有限公司"}) == [
        ("B13", "W", "B10"), ("M02", "E", "D20"), ("M28", "E", "E20"), ("M28", "W", "F20")]


@pytest.mark.parametrize("text", ["（可加行）", "可增行", "可自行添加行"])
def test_member__that_says_rows_may_be_added_is_none(text: str) -> None:
    assert findings({"C20": text}) == []
    assert reasons(MEMBERS, MEMBER, f"| 2 | {text} | | | | | |") == {"dots": 1}


NOTHING = ["暂无省级以上平台", "无省级以上创新平台", "无相关平台", "本联合体暂无", "本联合体目前暂无省级以上创新平台。", "牵头及成员单位均无省级以上平台",
           "（暂无创新平台）", "尚无平台", "目前没有", "暂未建省级以上创新平台", "没有"]


@pytest.mark.parametrize("text", NOTHING)
@pytest.mark.parametrize("line", ["| ^ | 1 | {} | | | | | < |", "| ^ | | {} | | | | | < |",
                                  "| ^ | 1 | {} | / | / | / | / | < |"])
def test_platforms__of_which_there_are_none(text: str, line: str) -> None:
    lines = RIGHT.strip().split("\n")
    lines[25:27] = [line.format(text), "| ^ | 2 | | | | | | < |"]
    drawing = "\n".join(lines)
    assert names_of(drawing, "platforms") == []
    assert findings(drawing=drawing) == []


@pytest.mark.parametrize("text", ["暂无重大科技计划", "近三年未承担省级以上项目", "近三年无", "牵头单位目前没有", "暂无省级以上重大科技计划项目", "未承担"])
def test_projects__of_which_there_are_none(text: str) -> None:
    head = "| 序号 | 项目名称 | 产业领域 | 级别 | 实施期 | 承担单位 |"
    assert reasons(head, f"| 1 | {text} | | | | |") == {"void": 1}


@pytest.mark.parametrize("text", [
    "无锡市集成电路创新平台", "无锡平台", "无线通信平台", "无人机创新平台", "未来网络平台", "现代农业平台", "空白平台", "未平台化的名称", "暂无名称的平台", "无机材料重点实验室", "正在申报中"])
def test_platform__whose_name_begins_alike_is_one(text: str) -> None:
    assert column_of(table_of("\n".join([PLATFORMS, PLATFORM, f"| 2 | {text} | | | | |"])), "name") == [
        ("省重点实验室", "B2"), (text, "B3")]


@pytest.mark.parametrize(("line", "reason"), [
    ("| | 一、牵头单位 | | | | | |", "remark"), ("| 一 | 牵头单位 | | | | | |", "remark"), ("| | 成员单位 | | | | | |", "remark"),
    ("| | 一、企业 | | | | | |", "remark"), ("| | （高校） | | | | | |", "remark"), ("| | 科研院所： | | | | | |", "remark"),
    ("| | 企业类成员单位 | | | | | |", "remark"),
    ("| （二） | 成员单位 | | | | | |", "remark"), ("| 成员单位 | | | | | | |", "blank")])
def test_heading__in_the_column_of_names_is_no_record(line: str, reason: str) -> None:
    table = table_of("\n".join([MEMBERS, MEMBER, line, MEMBER]))
    assert (column_of(table, "name"), table.skipped) == ([("东南大学", "B2"), ("东南大学", "B4")], {reason: 1})


def test_heading__over_the_whole_table_is_no_second_row_of_the_header() -> None:
    table = table_of("\n".join([MEMBERS, "| （企业） | < | < | < | < | < | < |", MEMBER]))
    assert (column_of(table, "name"), table.skipped) == ([("东南大学", "B3")], {"remark": 1})


def test_row__among_the_members_is_counted_as_a_remark() -> None:
    (read,) = readings(form(drawing=with_row(RIGHT, 19, "| ^ | | | | | | （盖章） | < |")))
    assert read.rows["members"] == {"": 6, "remark": 1, "blank": 1}


@pytest.mark.parametrize("text", ["— " * 20_000, " " * 30_000 + "页", "1" * 30_000 + "页", "（" * 30_000])
def test_long_text__in_a_row_of_its_own_is_looked_at_in_no_time(text: str) -> None:
    assert reasons(MEMBERS, MEMBER, f"| | | | {text} | | | |") == {}


PROJECTS = "| 序号 | 项目名称 | 产业领域 | 级别 | 实施期 | 承担单位 |"


@pytest.mark.parametrize(("header", "line"), [
    (MEMBERS, "| | | | | | 8600 | 290 |"), (MEMBERS, "| | | | | | 8600万元 | |"), (PLATFORMS, "| | | | 省级 | | |"),
    (PLATFORMS, "| | | | 市级 | 东南大学 | |"), (PLATFORMS, "| | | | | | 2021年10月 |"),
    (PROJECTS, "| | | | | 2021.01-2023.12 | |"),
])
def test_row__apart_with_values_of_the_columns_kinds_is_a_record(header: str, line: str) -> None:
    assert [row["name"].text for row in table_of("\n".join([header, "| 1 | | | | | | |", line])).rows] == [""]


@pytest.mark.parametrize(("header", "line"), [
    (MEMBERS, "| | | | | | 1 | |"), (MEMBERS, "| | | | | | 2023年9月18日 | |"), (PLATFORMS, "| | | | | | 2023年9月18日 |"),
    (PLATFORMS, "| | | | 科技局 | | |"), (PLATFORMS, "| | | | 南京市 | | |"),
    (PROJECTS, "| | | | | 2023年9月 | |"), (PROJECTS, "| | | | 经办人 | 2023年9月18日 | |"),
])
def test_row__apart_with_a_page_s_number_or_a_day_is_a_remark(header: str, line: str) -> None:
    assert reasons(header, "| 1 | | | | | | |", line) == {"blank": 1, "remark": 1}


def test_row__below_a_spare_one_with_sums_alone_lacks_its_name() -> None:
    drawing = with_row(RIGHT, 20, "| ^ | | | | | | 8600 | 290 |")
    assert findings(drawing=drawing) == [
        ("B13", "W", "B10"), ("M01", "E", "C21"), ("M28", "E", "E21"), ("M28", "W", "F21")]
