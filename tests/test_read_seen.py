"""Forms laid out as one that was read before: read without looking for labels, and never otherwise than with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from drawn import OTHER, REF_ERROR, RIGHT, Book, form, sheet, with_row, without_row, workbook
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.grid import Workbook
from pipeline.read import labels_of, read_workbook, seen
from schemas.form_2023 import FORM

LABELS = labels_of(FORM)
# The drawn form's values: of single cells, and the rows of its tables.
SINGLES = ("G2", "B4", "B5", "F5", "B6", "F6", "B7", "F7", "B8", "B9", "F9", "B10", "B12", "B21", "B23", "F23", "B24")
ROWS = [f"{column}{row}" for row in (*range(14, 21), 26, 27, 28, 30, 31, 32) for column in "BCDEFGH"]
TELLING = (
    "合计", "小 计", "例：某某公司", "示例", "如", "注：以上", "备注", "说明：", "人", "（人）", "年 月 日", "______", "请填写单位全称",
    "无", "/", "——", "不适用", "暂无相关平台", "……", " ", "\u3000", "\u200b", "1.", "一、牵头单位", "四、其他", "4.成果", "续表",
    "填表人：李四",
    "（盖章）", "第1页", "☑", "□", "√", "自检", "自 检\n说明", "联系人：张三", "电话：13800000000", "手机13800000000", "单位：万元",
    "（单位：元）",
    "万元", "元", "其中：企业3个", "从业人员50人", "拥有有效知识产权数量12项，其中发明专利3项", "企业7个，高校1个", "同上", "Ⅱ", "①",
    "２０２３", "（", "）",
    "产业领域（", "NO", "USCC", "N/A", "甲", "无锡某某有限公司",
    "2023年9月1日", "2021-05至2023-06", "7", "12.5", "-5", "甲" * 80, "甲：乙" * 40,
    *sorted(LABELS.words_of_form))


@pytest.fixture(autouse=True)
def _nothing_seen() -> Iterator[None]:
    seen.forget()
    yield
    seen.forget()


def drawn(changes: Mapping[str, Any] | None = None, drawing: str = RIGHT, **facts: Any) -> Workbook:
    """A drawn form as a workbook."""
    return workbook(Book((sheet(changes, drawing, **facts),)))


def afresh(book: Workbook) -> str:
    """What is read of a workbook by finding its labels."""
    seen.forget()
    return repr(read_workbook(book, LABELS))


def again(first: Workbook, book: Workbook) -> str | None:
    """What is read of a workbook after another; None where its labels had to be found."""
    seen.forget()
    read_workbook(first, LABELS)
    form_ = seen.read_again(book, LABELS)
    return None if form_ is None else repr(([form_], []))


@pytest.mark.parametrize("changes", [
    {"B4": "苏州市纳米材料创新联合体", "C14": "苏州某某纳米科技有限公司", "G14": 54000, "B12": "纳米涂层；\n纳米纤维：规模化制备"},
    {"C15": "无锡某某有限公司", "D15": "不详的代码", "G15": "约1.2亿元", "H15": "（保密）"},
    {"B20": None, "B19": "6", "G14": None, "H14": None},
    {f"{column}19": None for column in "CDEF"},
    {"B20": 7, "C20": "常州某某有限公司", "D20": "9132040", "E20": "工艺"},
    {f"{column}{row}": None for row in (26, 27) for column in "CDEFG"},
    {"G2": "2023-09-25", "B10": "3个，其中：企业2个，高校1个", "B8": "□ 创新型领军企业 ☑ 其它"},
])
def test_form__laid_out_alike__is_read_again(changes: dict[str, Any]) -> None:
    book = drawn(changes)
    assert again(drawn(), book) == afresh(book)


@pytest.mark.parametrize("changes", [
    {"C15": "合计"}, {"C15": "例：某某公司"}, {"C15": "/"}, {"C15": None}, {"B15": None}, {"B15": "二"}, {"C16": "单位名称"},
    {"C14": "（全称）"}, {"E14": REF_ERROR}, {"E16": " "}, {"I16": "核实过"}, {"A34": "注：以上数据截至8月底。"},
    {"B12": "联系人：张三"}, {"B23": "1200人，其中：专业技术人员460人"}, {"B9": "王五 电话：13800000000"}, {"B5": "请填写"},
    {"B5": None},
    {"B8": "☑"}, {"B10": 6}, {"F5": "拥有有效知识产权数量12项"}, {"B6": "单位名称"}, {"G2": "年 月 日"}, {"A5": "所属产业"},
    {"A12": "自 检\n说明"}, {"B12": "自 检\n说明"},
])
def test_form__laid_out_otherwise__is_not(changes: dict[str, Any]) -> None:
    assert again(drawn(), drawn(changes)) is None


@pytest.mark.parametrize("book", [
    drawn(drawing=with_row(RIGHT, 16, "| ^ | | | | | | | |")), drawn(drawing=without_row(RIGHT, 16)),
    drawn(drawing=OTHER), drawn(hidden_rows=frozenset({15})), drawn(hidden_cols=frozenset({3})), drawn(pictures=1),
    drawn(name="表1"), replace(drawn(), edition="2022"), workbook(Book((sheet(), sheet({}, "| 附表 |", "附表")))),
    workbook(Book((sheet({}, "| 附表 |", "附表"), sheet()))),
], ids=["row put in", "row taken out", "other labels",
        "rows hidden", "column hidden", "picture", "other name", "edition",
        "sheet behind", "sheet before"])
def test_sheets__otherwise_than_seen__are_not_read_again(book: Workbook) -> None:
    assert again(drawn(), book) is None


def test_other_sheet__with_other_words__is_looked_at() -> None:
    first, second = (workbook(Book((sheet(), sheet({}, f"| {words} |", "附表")))) for words in ("甲", "乙"))
    assert again(first, first) == afresh(first)
    assert again(first, second) is None


def test_list_in_front__with_other_explanations__is_none_of_the_form() -> None:
    first, second = (workbook(Book((sheet({}, f"| 说明 | {words} |", LABELS.answer_sheet), sheet())))
                     for words in ("已核实", "见合同"))
    assert again(first, second) == afresh(second)


def test_labels__of_other_spelling__are_told_again() -> None:
    first, second = drawn({"A5": "所属产业"}), drawn({"A5": "所属产业", "B5": "新材料"})
    assert "F05_MOVED" in again(first, second)
    assert again(first, second) == afresh(second)


@pytest.mark.parametrize("changes", [
    {"B9": "王五 电话：13800000000", "E9": None, "F9": None}, {"C16": None, "B16": None}])
def test_form__read_by_more_than_its_labels__is_not_remembered(changes: dict[str, Any]) -> None:
    book = drawn(changes)
    assert again(book, book) in (None, afresh(book))


def test_own_column__with_other_words__is_left_out() -> None:
    own = {"I1": "自检（不打印）"}
    book = drawn({**own, "I14": "代码不对", "I33": "共 1 处"})
    assert again(drawn(own), book) == afresh(book)
    assert again(drawn(own), drawn({"I14": "代码不对"})) is None


def test_layouts__only_so_many_are_remembered() -> None:
    for number in range(40):
        read_workbook(drawn({"A1": f"基础信息表{number}"}), LABELS)
    last = drawn({"A1": "基础信息表39"})
    assert seen.read_again(last, LABELS) is None
    assert seen.read_again(drawn({"A1": "基础信息表0"}), LABELS) is not None


def test_layouts__large_ones_are_not_remembered() -> None:
    lines = "\n".join("| 甲 |" for _ in range(10_000))
    book = workbook(Book((sheet(), sheet({}, lines, "附表"))))
    assert again(book, book) is None


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*SINGLES, *ROWS]), st.sampled_from(["", *TELLING]), max_size=3),
       st.sampled_from(["", "甲", "江苏某某公司"]), st.booleans())
def test_any_values__are_read_as_if_they_were_the_first(changes: dict[str, str], beside: str, behind: bool) -> None:
    changed = {cell: text + beside if behind else beside + text for cell, text in changes.items()}
    book = drawn(changed)
    read = again(drawn(), book)
    assert read in (None, afresh(book))
    # And by what was learned of it itself, if anything was.
    assert again(book, book) in (None, afresh(book))


def test_form__that_is_none_of_ours__is_read_as_ever() -> None:
    book = workbook(form({"A4": "某某名称"}))
    assert repr(read_workbook(book, LABELS)) == afresh(book)
