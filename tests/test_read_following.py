"""What ends a table and what does not: words for kinds of members, sections and tables that are none of the form's."""

from __future__ import annotations

import pytest
from drawn import findings, form, readings, row_at, with_row, without_rows
from sheets import RIGHT
from sketch import column_of, forms_of, sketch, table_of

HEAD = "| 序号 | 单位名称 | 统一社会信用代码 | 任务分工 | 工作职责 | 近一年销售收入（万元） | 近一年研发投入（万元） |"
A = "| 1 | 东南大学 | 12100000466007597C | 设计 | 仿真 | | |"
B = "| 2 | 某某公司 | 91320100PDY00001XR | 牵头 | 统筹 | 1256000 | 62800.5 |"
NAMES = ["江苏某某电气股份有限公司", "东南大学", "南京信息工程大学", "南京某某半导体有限公司", "苏州某某电缆有限公司", "江苏某某电力研究院"]
GROUPS = ["牵头单位", "牵头企业", "申报单位", "一、牵头单位", "（一）牵头单位：", "牵头单位（1家）"]
FIRST, NOTHING = 13, []


def names_of(drawing: str, block: str = "members") -> list[str]:
    (read,) = readings(form(drawing=drawing))
    return [row["name"].text for row in read.blocks[block]]


def with_category(title: str) -> str:
    """RIGHT with a column of kinds left of the numbers; the last column goes, so that eight are left."""
    lines = RIGHT.strip().split("\n")
    for place in range(12, 20):
        first, rest = lines[place][2:].split(" | ", 1)
        kind = {12: title, 13: "牵头单位", 14: "成员单位"}.get(place, "^")
        lines[place] = f"| {first} | {kind} | {rest}"
    return "\n".join(lines)


@pytest.mark.parametrize("words", GROUPS)
@pytest.mark.parametrize("line", ["| ^ | {} | < | < | < | < | < | < |", "| ^ | {} | | | | | | |",
                                  "| ^ | | {} | | | | | |"])
def test_group__as_a_line_of_its_own_is_no_record(words: str, line: str) -> None:
    drawing = with_row(with_row(RIGHT, 14, "| ^ | 二、成员单位 | < | < | < | < | < | < |"), FIRST, line.format(words))
    assert names_of(drawing) == NAMES
    assert findings(drawing=drawing) == NOTHING


@pytest.mark.parametrize("words", GROUPS)
def test_group__instead_of_the_number_leaves_the_record(words: str) -> None:
    assert names_of(RIGHT.replace("| ^ | 1 | 江苏某某电气", f"| ^ | {words} | 江苏某某电气")) == NAMES
    assert findings({"B14": words}) == NOTHING


def test_group__merged_down_in_the_column_of_numbers_leaves_the_records() -> None:
    changes = {"B14": "牵头单位", "B15": "成员单位", **{f"B{row}": "" for row in range(16, 20)}}
    (read,) = readings(form(changes))
    assert [(row["name"].text, row["serial"].text) for row in read.blocks["members"]] == list(
        zip(NAMES, ["牵头单位", "成员单位", "", "", "", ""], strict=True))
    assert findings(changes) == NOTHING


@pytest.mark.parametrize("title", ["类别", "角色", "成员性质"])
def test_group__in_a_column_of_its_own_is_named_as_not_read(title: str) -> None:
    drawing = with_category(title)
    assert names_of(drawing) == NAMES
    assert findings(drawing=drawing) == [("F05", "W", "B13")]


def test_group__in_place_of_the_title_at_the_left_leaves_the_records() -> None:
    drawing = RIGHT.replace("| ^ | 1 | 江苏某某电气股份", "| 牵头单位 | 1 | 江苏某某电气股份").replace(
        "| ^ | 2 | 东南大学 |", "| 成员单位 | 2 | 东南大学 |")
    assert names_of(drawing) == NAMES
    assert findings(drawing=drawing) == NOTHING


@pytest.mark.parametrize("line", [
    "| 牵头单位 | 某某公司 | 法定代表人 | 张三 | | | |", "| 牵头单位 | 某某公司 | < | < | < | < | < |", "| 牵头单位：某某公司 | | | | | | |",
    "| 牵头单位 | | | | 某某公司 | | |", "| 牵头单位 | 某某公司 | | | | | |",
])
def test_label__with_its_value_ends_the_table(line: str) -> None:
    table = table_of("\n".join([HEAD, A, line, B]))
    assert column_of(table, "name") == [("东南大学", "B2")]
    assert table.last == 1


def test_label__without_value_ends_the_table_where_labels_follow() -> None:
    table = table_of("\n".join([HEAD, A, "| 牵头单位 | | | | | | |", "| 联系人 | 王五 | 联系电话 | 025-83359254 | | | |"]))
    assert column_of(table, "name") == [("东南大学", "B2")]


def test_label__named_before_is_a_group_even_beside_a_mere_name() -> None:
    lines = ["| 创新联合体牵头单位 | 某某公司 | < | < | < | < | < |", HEAD, "| 牵头单位 | 某某公司 | | | | | |", A]
    assert column_of(table_of("\n".join(lines)), "name") == [("某某公司", "B3"), ("东南大学", "B4")]


def test_label__below_another_table_ends_it() -> None:
    head = "| 序号 | 平台名称 | 产业领域 | 级别 | 依托单位 | 建设时间 |"
    row = "| 1 | 省重点实验室 | 新材料 | 省级 | 东南大学 | 2021年10月 |"
    table = table_of("\n".join([head, row, "| 牵头单位 | 某某公司 | 甲 | 乙 | 丙 | 丁 |"]))
    assert column_of(table, "name") == [("省重点实验室", "B2")]


REVIEW = "| 设区市科技局意见 | 同意推荐 | < | < | 联系人 | 李科长 | 联系电话 | 025-68786000 |"
GOALS = ("| 年度 | 研发投入（万元） | < | 拥有有效知识产权数量 | < | 其中:发明专利 | < | 从业人员 |", "| 2023 | 1000 | < | 10 | < | 3 | < | 100 |")
SIGNED = ("| 成员单位签章 | < | < | < | < | < | < | < |", "| 序号 | 单位名称 | < | 法定代表人 | 签章 | 日期 | < | < |",
          "| 1 | 江苏某某电气股份有限公司 | < | 张三 | | | < | < |", "| 2 | 东南大学 | < | 张校长 | | | < | < |")
BELOW = {
    "section": ("| 4.审核意见 | < | < | < | < | < | < | < |", REVIEW),
    "section in words": ("| 四、审核意见 | < | < | < | < | < | < | < |", REVIEW),
    "section not merged": ("| 4.审核意见 | | | | | | | |", REVIEW),
    "table below a section": ("| 4．建设目标 | < | < | < | < | < | < | < |", *GOALS),
    "table with numbers": SIGNED,
    "table with numbers, at once": SIGNED[1:],
}


@pytest.mark.parametrize("lines", BELOW.values(), ids=BELOW)
@pytest.mark.parametrize("gap", [(), ("| | | | | | | | |",)], ids=["at once", "after a gap"])
def test_below__what_is_none_of_the_form_ends_its_last_table(lines: tuple[str, ...], gap: tuple[str, ...]) -> None:
    drawing = "\n".join([RIGHT.strip(), *gap, *lines])
    assert names_of(drawing, "projects") == ["大功率宽禁带器件关键技术研发", "海上风电柔性直流送出技术研究"]
    assert findings(drawing=drawing) == NOTHING


@pytest.mark.parametrize("line", ["| ^ | 一、国家级 | < | < | < | < | < | < |", "| ^ | 2.省级 | < | < | < | < | < | < |",
                                  "| ^ | （四）其它 | < | < | < | < | < | < |"])
def test_numbered_line__that_may_be_a_group_does_not_end_the_table(line: str) -> None:
    assert names_of(with_row(RIGHT, 25, line), "platforms") == ["江苏省智能电网重点实验室", "国家电能变换工程技术研究中心"]
    assert findings(drawing=with_row(RIGHT, 25, line)) == NOTHING


@pytest.mark.parametrize("line", ["| 四、其它单位 | < | < | < | < | < | < |", "| 4.其它 | | | | | | |",
                                  "| 五、院所 | < | < | < | < | < | < |"])
def test_numbered_line__among_members_does_not_end_the_table(line: str) -> None:
    assert column_of(table_of("\n".join([HEAD, A, line, B])), "name") == [("东南大学", "B2"), ("某某公司", "B4")]


def test_form__whose_lead_stands_below_its_members_is_read_as_before() -> None:
    lead, person = row_at(RIGHT, 6), row_at(RIGHT, 7)
    lines = without_rows(RIGHT, 6, 7).strip().split("\n")
    drawing = "\n".join([*lines[:18], lead, person, *lines[18:]])
    (read,) = forms_of(sketch(drawing))
    assert read.blocks["consortium"][0]["lead_unit"][:2] == ("江苏某某电气股份有限公司", "B19")
    assert [row["name"].text for row in read.blocks["members"]] == NAMES


SORTS = ["国家工程研究中心", "国家重点实验室", "国家企业技术中心", "省企业技术中心", "省工程研究中心"]
PLATFORMS = [f"第{number}平台" for number in range(1, 6)]


def in_groups(mark: str, numbers: list[str]) -> str:
    """RIGHT with platforms in numbered groups; `mark` stands in the column of the table's title."""
    rows = [line for place, number in enumerate(numbers) for line in (
        f"| {mark} | {number}{SORTS[place]} | < | < | < | < | < | < |",
        f"| {mark} | {place + 1} | {PLATFORMS[place]} | 新型电力装备 | 省级 | 东南大学 | 2015年6月 | < |")]
    lines = RIGHT.strip().split("\n")
    return "\n".join([*lines[:25], *rows, *lines[28:]])


@pytest.mark.parametrize("mark", ["^", ""], ids=["beside the title", "without title"])
@pytest.mark.parametrize("numbers", [["1.", "2.", "3.", "4.", "5."], ["一、", "二、", "三、", "四、", "五、"], ["四、", "五、"]])
def test_group__numbered_beyond_the_sections_ends_no_table(mark: str, numbers: list[str]) -> None:
    drawing = in_groups(mark, numbers)
    assert names_of(drawing, "platforms") == PLATFORMS[:len(numbers)]
    assert findings(drawing=drawing) == NOTHING


def test_group__of_level_that_is_none_is_judged() -> None:
    drawing = in_groups("^", ["1.", "2.", "3.", "4."]).replace("第4平台 | 新型电力装备 | 省级", "第4平台 | 新型电力装备 | 县级")
    assert findings(drawing=drawing) == [("P01", "E", "E33")]


UNKNOWN = "| {} | 序号 | 创新载体 | 行业 | 等级 | 单位 | 时间 | < |"


@pytest.mark.parametrize("mark", ["^", ""], ids=["beside the title", "without title"])
def test_header_that_nobody_knows__among_platforms_is_told_and_read_on(mark: str) -> None:
    lines = RIGHT.strip().split("\n")
    rest = [line.replace("| ^ |", f"| {mark} |", 1) for line in lines[26:28]]
    drawing = "\n".join([*lines[:26], UNKNOWN.format(mark), *rest, *lines[28:]])
    (read,) = readings(form(drawing=drawing))
    assert [row["name"].text for row in read.blocks["platforms"]] == ["江苏省智能电网重点实验室", "国家电能变换工程技术研究中心"]
    assert read.rows["platforms"] == {"": 2, "header": 1, "blank": 1}
    assert findings(drawing=drawing) == [("F05", "W", "B27")]


def test_header_that_nobody_knows__of_a_table_with_its_own_numbers_is_told() -> None:
    lines = RIGHT.strip().split("\n")
    last = lines[27 - 1].replace("| ^ | 2 |", "| | 1 |")
    drawing = "\n".join([*lines[:26], UNKNOWN.format(""), last, *lines[28:]])
    assert names_of(drawing, "platforms") == ["江苏省智能电网重点实验室"]
    assert findings(drawing=drawing) == [("F05", "W", "B27")]


@pytest.mark.parametrize("cell", ["B14", "B16", "B27"])
def test_number__that_says_so_itself_makes_no_record_a_header(cell: str) -> None:
    (read,) = readings(form({cell: "序号"}))
    assert (len(read.blocks["members"]), len(read.blocks["platforms"])) == (6, 2)


LEFT = "| | 1 | 智能配电网关键技术 | 新型电力装备 | 省级 | 2021.01-2023.12 | 东南大学 | < |"


@pytest.mark.parametrize(("lines", "expected"), [
    ((BELOW["section"][0], REVIEW, LEFT), [("F05", "W", "A33")]),
    ((BELOW["section"][0], REVIEW, LEFT.replace("智能配电网关键技术", "大功率宽禁带器件关键技术研发")), NOTHING),
    ((*SIGNED[1:], LEFT, LEFT.replace("智能", "柔性")), [("F05", "W", "A33")]),
])
def test_below__further_records_that_are_not_read_are_told(lines: tuple[str, ...], expected: list) -> None:
    drawing = "\n".join([RIGHT.strip(), *lines])
    assert len(names_of(drawing, "projects")) == 2
    assert findings(drawing=drawing) == expected
