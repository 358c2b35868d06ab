"""Sums of money in 万元."""
from __future__ import annotations

import pytest

from schemas.kinds import money
from schemas.kinds.reading import Reading

PLAIN = (
    ("125000", 125000.0), ("125,000", 125000.0), ("125，000", 125000.0), ("１２５０００", 125000.0),
    ("１２５，０００．５", 125000.5),
    ("125 000", 125000.0), ("125000.00", 125000.0), ("125000.", 125000.0), ("125000万", 125000.0),
    ("125000万元", 125000.0),
    ("125000 万元", 125000.0), ("125000（万元）", 125000.0), ("￥125,000", 125000.0), ("¥125000", 125000.0),
    ("人民币125000万元", 125000.0),
    ("1.25e5", 125000.0), ("1.25E+05", 125000.0), ("0", 0.0), ("0.00", 0.0), ("0.5", 0.5), ("0万元", 0.0),
    ("五千万元", 5000.0), ("一百万", 100.0),
    ("人民币壹佰万元整", 100.0), ("3万5千元", 3.5), ("三万五千元", 3.5), ("125000（2022年）", 125000.0),
    ("125000（审计数）", 125000.0),
    ("2022年：125000", 125000.0), ("125000。", 125000.0), ("-5", -5.0), ("－5", -5.0), ("−5", -5.0),
    ("（5）", -5.0), ("(1,250.5)", -1250.5),
    ("-0", 0.0), ("1234.56789012", 1234.56789),
)
CONVERTED = (
    ("12.5亿", 125000.0, "亿元"), ("12.5亿元", 125000.0, "亿元"), ("１２．５亿元", 125000.0, "亿元"),
    ("12.5 亿 元", 125000.0, "亿元"),
    ("12.5億", 125000.0, "亿元"), ("1250000000元", 125000.0, "元"), ("1,250,000,000.00元", 125000.0, "元"),
    ("1250000千元", 125000.0, "千元"),
    ("1250百万元", 125000.0, "百万元"), ("12亿5000万元", 125000.0, "亿元"), ("十二亿五千万", 125000.0, "亿元"),
    ("-12.5亿", -125000.0, "亿元"),
    ("￥12.5亿", 125000.0, "亿元"), ("0元", 0.0, "元"), ("0.01元", 0.000001, "元"), ("5千万元", 5000.0, "千万元"),
)
ABOUT = (
    ("约125000", 125000.0, ""), ("约12.5亿元", 125000.0, "亿元"), ("≥100", 100.0, ""), ("＞100", 100.0, ""),
    (">100", 100.0, ""),
    ("大于100", 100.0, ""), ("100以上", 100.0, ""), ("100左右", 100.0, ""), ("500余万元", 500.0, ""),
    ("12.5亿多", 125000.0, "亿元"), ("近100万元", 100.0, ""),
    ("100+", 100.0, ""),
)
VOID = ("/", "—", "-", "无", "不适用", "涉密", "保密", "不公开", "N/A", "（无）", "非企业不填", "暂无收入", "不便公开")
UNREADABLE = (
    "10-20", "10~20", "10至20万元", "见附件", "5%", "３％", "12.5亿2", "1亿2", "1,2", "12,34", "12 5000", "1\n250",
    "500万美元", "$500", "500欧元",
    "100/50", "2021年5，2022年6", "0.001元", "＜5", "不足100", "12。5", "12·5", "10²", "TBD", "待定", "1.2.3", "--5",
    "5-", "△5", "5万12亿", "1e",
    "十几亿", "一千二", "9" * 60, "2000万（约合3亿）", "收入100支出50", "万", "(12.5亿)",
)


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_read__in_wan(text, value):
    assert money.read(text, "text") == Reading(value)


@pytest.mark.parametrize(("text", "value", "unit"), CONVERTED)
def test_read__converted(text, value, unit):
    assert money.read(text, "text") == Reading(value, "converted", unit)


@pytest.mark.parametrize(("text", "value", "unit"), ABOUT)
def test_read__about(text, value, unit):
    assert money.read(text, "text") == Reading(value, "about", unit)


@pytest.mark.parametrize("text", VOID)
def test_read__void(text):
    assert money.read(text, "text") == Reading(None, "void")


# A lone "万" is the template's unit, not a sum.
@pytest.mark.parametrize("text", [text for text in UNREADABLE if text != "万"])
def test_read__never_zero_or_guessed(text):
    assert money.read(text, "text") == Reading(None, "unreadable")


@pytest.mark.parametrize("text", ["", None, " ", "万元", "____", "____万元", "请填写", "万"])
def test_read__nothing_there(text):
    assert money.read(text, "text") == Reading(None)


@pytest.mark.parametrize(("text", "stored", "unit", "reading"), [
    ("12.5", "number", "亿元", Reading(125000.0, "converted", "亿元")),
    ("1250000000", "number", "元", Reading(125000.0, "converted", "元")),
    ("1250000", "number", "千元", Reading(125000.0, "converted", "千元")),
    ("1250", "number", "百万元", Reading(125000.0, "converted", "百万元")),
    ("125000", "number", "万元", Reading(125000.0)),
    # The cell's own unit goes before the column's.
    ("5万元", "text", "元", Reading(5.0)), ("5亿", "text", "元", Reading(50000.0, "converted", "亿元")),
    ("5", "text", "（单位：元）", Reading(0.0005, "converted", "元")),
    ("5", "text", "美元", Reading(None, "unreadable")),
    ("125000.1", "number", "万元", Reading(125000.1)), ("-5", "number", "万元", Reading(-5.0)),
    ("2021-10-01", "date", "万元", Reading(None, "unreadable")),
    ("TRUE", "bool", "万元", Reading(None, "unreadable")),
])
def test_read__stored_and_unit(text, stored, unit, reading):
    assert money.read(text, stored, unit) == reading


@pytest.mark.parametrize("text", ["0", "00", "0.000001", "5", "0012.50", "123456789.123456", "125000.1"])
@pytest.mark.parametrize("stored", ["text", "number", "date"])
def test_read__plain_number_like_one_with_a_blank_behind(text, stored):
    assert money.read(text, stored) == money.read(text + " ", stored)


@pytest.mark.parametrize("text",
                         ["1e30", "1e+99", "-1e30", "9" * 32, "91329132913291329132913291329132", "1e99亿元", "1e20"])
@pytest.mark.parametrize("stored", ["text", "number"])
def test_read__more_than_all_the_money_there_is_is_unreadable(text, stored):
    assert money.read(text, stored) == money.Reading(None, "unreadable")
    assert money.read("1e19", stored).value == 1e19
