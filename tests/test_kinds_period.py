"""Spans of months (实施期)."""
from __future__ import annotations

import pytest

from schemas.kinds.date import read_period
from schemas.kinds.reading import Reading

WHOLE = ("2021-01", "2023-12")
SPANS = (
    "2021-2023", "2021—2023", "2021－2023年", "2021~2023", "2021～2023", "2021至2023", "2021年-2023年",
    "2021年至2023年", "2021年到2023年", "2021-2023年度",
    "2021年1月—2023年12月", "2021年1月-2023年12月", "2021年1月–2023年12月", "2021年1月―2023年12月", "2021年1月－2023年12月",
    "2021年1月~2023年12月",
    "2021年1月～2023年12月", "2021年1月至2023年12月", "2021年1月到2023年12月", "2021年1月——2023年12月", "2021年1月--2023年12月",
    "2021年01月 - 2023年12月",
    "2021.01-2023.12", "2021.1-2023.12", "2021.01—2023.12", "2021.01～2023.12", "2021.1至2023.12",
    "2021.1.1-2023.12.31", "2021.01.01－2023.12.31",
    "2021/1-2023/12", "2021/1/1-2023/12/31", "2021-01-2023-12", "2021-01至2023-12", "2021-01-01-2023-12-31",
    "2021-01-01~2023-12-31", "2021-1-1--2023-12-31",
    "202101-202312", "202101—202312", "20210101-20231231", "2021年1月1日至2023年12月31日", "2021年1月至2023年",
    "2021-2023.12",
    "自2021年1月起至2023年12月止", "从2021年1月到2023年12月", "2021年1月起，至2023年12月止", "2021.1至2023.12止",
    "2021年1月开始至2023年12月结束",
    "2021.01\n2023.12", "2021.01-\n2023.12", "2021.01  2023.12", "2021年1月1日\n2023年12月31日", "２０２１．０１－２０２３．１２",
    "二〇二一年一月至二〇二三年十二月",
    "2021年1月—2023年12月（36个月）", "2021.01-2023.12，共3年", "三年（2021.01-2023.12）", "2021.01-2023.12共36个月",
    "实施期：2021.01-2023.12", "（2021.01-2023.12）",
    "执行期限：2021年1月-2023年12月", "2021.01-2023.12。", "2021.1→2023.12", "20 21年1月-20 23年12月",
)
SAME_YEAR = ("2021.01-12", "2021年1-12月", "2021年1月-12月", "2021年1月至12月", "2021.1.1-12.31", "2021年1月1日-12月31日",
    "2021.1-2021.12")
OPEN = ("2021.1至今", "2021.1-至今", "2021年1月至今", "2021年1月起", "自2021年1月起", "2021年起", "2021年1月开始", "2021.01-现在",
    "2021.1—在研", "2021年1月以来")
DURATIONS = ("三年", "3年", "36个月", "３６个月", "1.5年", "两年半", "三年期", "为期3年", "3年（36个月）", "2年", "半年", "24个月")
TEMPLATES = ("年 月—年 月", "  年  月至  年  月", "20__年__月-20__年__月", "2021年 月-2023年 月", "____", "请填写")
UNREADABLE = (
    "2021/2023", "2021-23", "2021.13-2023.12", "2021.02.30-2023.12", "至2023年12月", "2021.1-", "2021年1月至",
    "2021年1月起3年", "2021.1-2021.12、2022.1-2022.12",
    "无", "/", "见合同", "长期", "21.1-23.12", "2021.1-2023.12-2024.1", "20212023", "202101202312", "2021-01-01-31",
)


@pytest.mark.parametrize("text", SPANS)
def test_read_period__span(text):
    assert read_period(text, "text") == Reading(WHOLE)


@pytest.mark.parametrize("text", SAME_YEAR)
def test_read_period__within_a_year(text):
    assert read_period(text, "text") == Reading(("2021-01", "2021-12"))


@pytest.mark.parametrize("text", OPEN)
def test_read_period__open(text):
    assert read_period(text, "text") == Reading(("2021-01", None), "open")


@pytest.mark.parametrize("text", DURATIONS)
def test_read_period__duration(text):
    assert read_period(text, "text") == Reading(None, "duration")


@pytest.mark.parametrize("text", TEMPLATES)
def test_read_period__template(text):
    assert read_period(text, "text") == Reading(None, "template")


@pytest.mark.parametrize("text", UNREADABLE)
def test_read_period__asked_about(text):
    assert read_period(text, "text") == Reading(None, "unreadable")


@pytest.mark.parametrize(("text", "value"), [
    ("2021年10月", ("2021-10", "2021-10")), ("2021.1", ("2021-01", "2021-01")),
    ("2021", ("2021-01", "2021-12")), ("2021年", ("2021-01", "2021-12")),
    ("2021年度", ("2021-01", "2021-12")), ("2021-10", ("2021-10", "2021-10")),
    ("2021-01-12", ("2021-01", "2021-01")), ("45106", ("2023-06", "2023-06")),
    ("202110", ("2021-10", "2021-10")),
])
def test_read_period__single(text, value):
    assert read_period(text, "text") == Reading(value, "single")


def test_read_period__end_before_start_is_left_to_the_rule():
    assert read_period("2023.12-2021.01", "text") == Reading(("2023-12", "2021-01"))


@pytest.mark.parametrize(("text", "stored", "reading"), [
    ("2021.2023", "number", Reading(None, "unreadable")),
    ("2021.1", "number", Reading(None, "ambiguous", "2021年1月或2021年10月")),
    ("2021", "number", Reading(("2021-01", "2021-12"), "single")),
    ("202110", "number", Reading(("2021-10", "2021-10"), "single")),
    ("45106", "number", Reading(("2023-06", "2023-06"), "single")),
    ("2021-10-01", "date", Reading(("2021-10", "2021-10"), "single")),
])
def test_read_period__stored_as(text, stored, reading):
    assert read_period(text, stored) == reading
