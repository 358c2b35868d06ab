"""Units of money that stand apart from the columns, and columns whose labels are another word or stand in brackets."""

from __future__ import annotations

import pytest
from drawn import findings, form, readings, with_row
from sheets import RIGHT
from sketch import labels, sketch, table_of

from pipeline.read.headers import headers_in, unknown_columns
from pipeline.read.units import state_unit, unit_in

PLAIN = RIGHT.replace("近一年销售收入（万元）", "近一年销售收入").replace("近一年研发投入（万元）", "近一年研发投入")
HEAD = "| 序号 | 单位名称 | 统一社会信用代码 | 任务分工 | 工作职责 | 近一年销售收入 | 近一年研发投入 |"
ROW = "| 1 | 某某公司 | 91320100PDY00001XR | 牵头 | 统筹 | 125.6 | 6.28005 |"
TITLE = "创新联合体成员及分工"
IN_YI = {"1256000": "125.6", "62800.5": "6.28005", "| 125000 |": "| 12.5 |", "| 6000 |": "| 0.6 |", 
         "| 86000 |": "| 8.6 |", "| 2900 |": "| 0.29 |"}


def in_yi(drawing: str) -> str:
    for wan, yi in IN_YI.items():
        drawing = drawing.replace(wan, yi)
    return drawing


def units_of(*lines: str) -> set[str]:
    return {row[name].unit for row in table_of("\n".join(lines)).rows for name in ("revenue_wan", "rd_spend_wan")}


def converted(first: int) -> list[tuple[str, str, str]]:
    """The findings of six converted sums, of which the first stand in row `first`."""
    return sorted(("M27", "I", f"{col}{row}") for row in (first, first + 3, first + 4) for col in "GH")


def test_unit__on_the_line_above_the_header_is_that_of_all_sums() -> None:
    drawing = in_yi(with_row(PLAIN, 12, "| | | | | | | 单位：亿元 | < |"))
    (read,) = readings(form(drawing=drawing))
    assert [(row["revenue_wan"].text, row["revenue_wan"].unit) for row in read.blocks["members"]] == [
        ("125.6", "亿元"), ("", "亿元"), ("", "亿元"), ("12.5", "亿元"), ("8.6", "亿元"), ("", "亿元")]
    assert findings(drawing=drawing) == converted(15)


def test_unit__in_the_title_at_the_left_is_that_of_all_sums() -> None:
    drawing = in_yi(PLAIN).replace(f"| {TITLE} |", f"| {TITLE}（金额单位：亿元） |")
    assert findings(drawing=drawing) == converted(14)


@pytest.mark.parametrize(("line", "unit"), [
    ("| | | | | | | 单位：亿元 |", "亿元"), ("| | | | | | （单位：元） | < |", "元"), ("| 金额单位:千元 | < | < | < | < | < | < |", "千元"),
    ("| 货币单位：人民币万元 | | | | | | |", "万元"), ("| 单位 ： 百万元 | | | | | | |", "百万元"),
    ("| 单位：千元\u200b | | | | | | |", "千元"), ("| 计量单位：千元 | | | | | | |", "千元"), ("| （千元） | | | | | | |", "千元"),
    ("| 单位：元（人民币） | | | | | | |", "元"), ("| 单位：千元、人 | | | | | | |", "千元"), ("| 注：金额单位为千元。 | | | | | | |", "千元"),
    ("| 单位（仟元） | | | | | | |", "千元"), ("| 填报单位：某某局 单位：元 | | | | | | |", "元"),
    (f"| {TITLE}（单位：亿元） | < | < | < | < | < | < |", "亿元"), (f"| {TITLE}（亿元） | < | < | < | < | < | < |", "亿元"),
    (f"| {TITLE}（销售收入单位：亿元） | | | | | | |", "亿元"), (f"| {TITLE}（人民币亿元） | | | | | | |", "亿元"),
    (f"| {TITLE}（多元投入） | < | < | < | < | < | < |", ""), ("| 总投资10亿元 | < | < | < | < | < | < |", ""),
    ("| 单位：江苏某某公司 | | | | | 亿元 | |", ""), ("| 重点研发方向 | 单位面积成本下降1元 | < | < | < | < | < |", ""),
    ("| 创新平台（单位：亿元） | < | < | < | < | < | < |", ""), ("| " + "单位：" * 30 + "亿元 | | | | | | |", ""),
])
def test_unit__above_the_header(line: str, unit: str) -> None:
    assert units_of(line, HEAD, ROW) == {unit}


@pytest.mark.parametrize(("lines", "unit"), [
    ((f"| {TITLE}（单位：亿元） | < | < | < | < | < | < |", "| | | | | | | |"), "亿元"),
    (("| 单位：亿元 | | | | | | |", "| | | | | | | |", "| | | | | | | |"), "亿元"),
    (("| 填报单位（盖章）：南京市科技局      单位：千元 | < | < | < | < | < | < |",
      "| 产业领域 | 新材料 | < | < | < | < | < |"), "千元"),
])
def test_unit__on_a_line_further_above_counts_down_to_the_next_header(lines: tuple[str, ...], unit: str) -> None:
    assert units_of(*lines, HEAD, ROW) == {unit}


@pytest.mark.parametrize(("label", "unit"), [
    ("（万 元）", "万元"), ("（千⏎元）", "千元"), ("⏎(万⏎元)", "万元"), (" 千 元", "千元"), ("（仟元）", "千元"),
    ("〔千元〕", "千元"), ("<千元>", "千元"),
    ("（亿）", "亿元"), ("（千万元）", "千万元"), ("（十万元）", "十万元"), ("（千元）⏎（企业填写）", "千元"), ("（企业填写）", "")])
def test_unit__in_a_label_however_it_is_written(label: str, unit: str) -> None:
    assert unit_in(f"近一年销售收入{label.replace('⏎', chr(10))}") == unit


def test_unit__centred_over_two_columns_without_a_merge_is_that_of_both() -> None:
    head = ["| 序号 | 单位名称 | 统一社会信用代码 | 任务分工 | 工作职责 | 近一年（千元） | |", "| | | | | | 销售收入 | 研发投入 |"]
    table = table_of("\n".join([*head, ROW]))
    assert [table.rows[0][name].unit for name in ("revenue_wan", "rd_spend_wan")] == ["千元", "千元"]


def test_unit__over_one_column_is_not_that_of_the_next() -> None:
    head = ["| 序号 | 单位名称 | 统一社会信用代码 | 任务分工 | 工作职责 | 近一年（千元） | 近一年研发投入 |", "| | | | | | 销售收入 | |"]
    table = table_of("\n".join([*head, ROW]))
    assert [table.rows[0][name].unit for name in ("revenue_wan", "rd_spend_wan")] == ["千元", ""]


def test_unit__above_another_table_is_not_that_of_the_next() -> None:
    platforms = "| 序号 | 平台名称 | 产业领域 | 级别 | 依托单位 | 建设时间 | |"
    grid = sketch("\n".join(["| 单位：亿元 | | | | | | |", platforms, "| 决策及运行机制 | 例会 | < | < | < | < | < |", HEAD, ROW]))
    _, header = headers_in(grid, labels())
    state_unit(grid, header, labels())
    assert header.units == {}


def test_unit__of_a_label_is_asked_first() -> None:
    table = table_of("\n".join(["| 单位：亿元 | | | | | | |", HEAD.replace("近一年销售收入", "近一年销售收入（万元）"), ROW]))
    assert [(table.rows[0][name].unit) for name in ("revenue_wan", "rd_spend_wan")] == ["万元", ""]


def test_unit__goes_to_a_guessed_column_too() -> None:
    table = table_of("\n".join(["| 单位：亿元 | | | | | | |", HEAD.replace("近一年研发投入", "研发投入合计"), ROW]))
    assert [text for _, text in table.header.guessed] == ["rd_spend_wan"]
    assert [table.rows[0][name].unit for name in ("revenue_wan", "rd_spend_wan")] == ["亿元", "亿元"]


BRACKETS = ["营业执照号（统一社会信用代码）", "证照号码(统一社会信用代码)", "代码证【社会信用代码】"]


@pytest.mark.parametrize("words", BRACKETS)
def test_column__whose_label_stands_in_brackets_is_read_without_a_doubt(words: str) -> None:
    (read,) = readings(form({"D13": words}))
    assert [(row["uscc"].text, row["uscc"].at) for row in read.blocks["members"]][:2] == [
        ("91320100PDY00001XR", "D14"), ("12100000466007597C", "D15")]
    assert findings({"D13": words}) == []


@pytest.mark.parametrize("words", ["性质（单位）", "备注（2023年）", "高新技术企业（是/否）"])
def test_column__with_something_else_in_brackets_is_not_read(words: str) -> None:
    assert findings({"D13": words}) == [("F05", "W", "D13,B13"), ("M02", "E", "")]


@pytest.mark.parametrize("changes", [
    {"G13": "2022年营业收入（万元）", "H13": "2022年研发经费支出（万元）"}, {"G13": "2022年度营业收入", "H13": "2022年度研发经费支出"},
    {"G13": "2022年主营业务收入（万元）", "H13": "2022年研发费用（万元）"}, {"H13": "近一年研发经费支出（万元）"},
    {"D13": "组织机构代码/统一社会信用代码"}, {"F29": "起止年限"}])
def test_column__in_words_that_are_the_same_is_read_without_a_doubt(changes: dict[str, str]) -> None:
    assert findings(changes) == []


def test_column__of_another_year_is_a_guess() -> None:
    assert findings({"G13": "2021年营业收入（万元）"}) == [("F05", "W", "G13")]


def unknown(*lines: str) -> list[str]:
    grid = sketch("\n".join(lines))
    (header, *_) = headers_in(grid, labels())
    unknown_columns(grid, header, labels())
    return [cell.text for cell in header.unknown]


@pytest.mark.parametrize(("lines", "found"), [
    ((f"| 类别 {HEAD}", f"| 牵头单位 {ROW}"), ["类别"]), ((f"| 角色 {HEAD}", f"| 成员 {ROW}", f"| ^ {ROW}"), ["角色"]),
    ((f"| 成员情况 {HEAD}", f"| ^ {ROW}"), []), ((f"| 成员情况 {HEAD}", f"| {ROW}"), []),
    ((f"| {TITLE} {HEAD}", f"| 牵头 {ROW}"), []),
    ((f"| 江苏省{TITLE} {HEAD}", f"| 牵头 {ROW}"), []), ((f"| 批注 | {HEAD}", f"| 已核 | {ROW}"), []),
    ((f"| 类别 | < {HEAD}", f"| 企业 | 牵头 {ROW}"), ["类别"]),
])
def test_column__left_of_the_table_is_named_if_it_is_one(lines: tuple[str, ...], found: list[str]) -> None:
    assert unknown(*lines) == found


@pytest.mark.parametrize("line", ["| 成员单位 | < | < | < | < | < | < |", "| 成员单位 | | | | | | |"])
def test_word__over_the_first_records_is_no_second_row_of_the_header(line: str) -> None:
    table = table_of("\n".join([HEAD, line, ROW]))
    assert (table.header.bottom, [row["name"][:2] for row in table.rows]) == (0, [("某某公司", "B3")])


@pytest.mark.parametrize(("label", "unit"), [
    ("多元化收入", ""), ("电子元件收入", ""), ("单元", ""), ("多元化收入（万元）", "万元"), ("元件收入/亿元", "亿元"), ("近一年销售收入（万元）", "万元"),
    ("近一年销售收入⏎（单位：百万元）", "百万元"), ("近一年销售收入万元", "万元"), ("收入（2022年，千元）", "千元"), ("收入（万元人民币）", "万元"),
    ("收入 单位：人民币元", "元"), ("收入（元/年）", "元"), ("万元⏎销售收入", "万元"), ("收入（万元", "万元"), ("收入", ""),
])
def test_unit__in_a_label_stands_apart_from_its_words(label: str, unit: str) -> None:
    assert unit_in(label.replace("⏎", "\n")) == unit
