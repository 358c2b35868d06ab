"""Months and days. (Periods: test_kinds_period.py.)"""
from __future__ import annotations

import datetime

import pytest

from schemas.kinds import date
from schemas.kinds.reading import Reading

MONTHS = (
    ("2023年6月", "2023-06"), ("2023年06月", "2023-06"), ("2023 年 6 月", "2023-06"), ("２０２３年６月", "2023-06"),
    ("2023年6月29日", "2023-06"),
    ("2023.6", "2023-06"), ("2023.06", "2023-06"), ("2023。6", "2023-06"), ("2023．6", "2023-06"),
    ("2023/6/1", "2023-06"), ("2023/6", "2023-06"),
    ("2023-06", "2023-06"), ("2023-6", "2023-06"), ("2023—06", "2023-06"), ("2023–06", "2023-06"),
    ("2023－06", "2023-06"), ("2023、6", "2023-06"),
    ("2023 6", "2023-06"), ("2023_06", "2023-06"), ("2023\\6", "2023-06"), ("2023·6", "2023-06"),
    ("202306", "2023-06"), ("20230629", "2023-06"),
    ("二〇二三年六月", "2023-06"), ("二零二三年六月", "2023-06"), ("二○二三年六月", "2023-06"), ("二O二三年六月", "2023-06"),
    ("二〇二一年十月", "2021-10"),
    ("二零二一年十二月", "2021-12"), ("二〇二三年六月二十九日", "2023-06"), ("一九九八年五月", "1998-05"), ("2021年十月", "2021-10"),
    ("2021年10月建成", "2021-10"), ("2021年10月正式获批", "2021-10"), ("2021年10月获批省级", "2021-10"),
    ("2021年10月（省科技厅批准）", "2021-10"),
    ("建设时间：2021年10月", "2021-10"), ("于2021年10月建成投用", "2021-10"), ("2021年10月起", "2021-10"),
    ("2021年10月底", "2021-10"),
    ("2021年10月上旬", "2021-10"), ("2021年10月份", "2021-10"), ("2021.10.08", "2021-10"), ("2021.10.8", "2021-10"),
    ("2021.10.", "2021-10"), ("2021.10月", "2021-10"),
    ("2021/10月", "2021-10"), ("2021年10", "2021-10"), ("21年10月", "2021-10"), ("98年5月", "1998-05"),
    ("2021年度10月", "2021-10"),
    ("2021-10-01T00:00:00", "2021-10"), ("2021-10-01 00:00:00", "2021-10"), ("2021/10/1 0:00", "2021-10"),
    ("2021-10-01T00:00:00.000Z", "2021-10"),
    ("10/2021", "2021-10"), ("01/2021", "2021-01"), ("13/8/2023", "2023-08"), ("Oct-21", "2021-10"),
    ("Oct-2021", "2021-10"), ("October 2021", "2021-10"),
    ("1-Oct-21", "2021-10"), ("Oct 8, 2021", "2021-10"), ("2021-Oct-08", "2021-10"), ("45106", "2023-06"),
    ("45197", "2023-09"),
    # The form prints "20" before a gap, and 日 behind one.
    ("20 23 年 6 月", "2023-06"), ("20__23__年__6__月", "2023-06"), ("2023年6月 日", "2023-06"),
    # As text, people mean January; only the number has lost a zero.
    ("2021.10", "2021-10"), ("2021.01", "2021-01"), ("\u200b2021.2\u3000", "2021-02"),
)
MONTH_NOTES = (
    ("2021年", "year_only"), ("2021", "year_only"), ("二〇二一年", "year_only"), ("二零二一年", "year_only"),
    ("2021年度", "year_only"), ("2021年底", "year_only"),
    ("2021年建成", "year_only"),
    ("2021Q4", "unreadable"), ("2021年第四季度", "unreadable"), ("2021年13月", "unreadable"),
    ("2021.13", "unreadable"), ("202113", "unreadable"),
    ("2023-02-30", "unreadable"), ("2023年2月29日", "unreadable"), ("2021-10-00", "unreadable"),
    ("21.10", "unreadable"), ("21-10", "unreadable"),
    ("10月", "unreadable"), ("三年", "unreadable"), ("无", "unreadable"), ("/", "unreadable"),
    ("见附件", "unreadable"), ("1021年5月", "unreadable"),
    ("2020年批准，2021年建成", "unreadable"), ("2021年10月-12月", "unreadable"), ("2021.01-2023.12", "unreadable"),
    ("预计2024年12月", "unreadable"),
    ("2021年10月前", "unreadable"), ("12345", "unreadable"), ("99999", "unreadable"),
    ("2021.1.1.1", "unreadable"), ("٢٠٢١", "unreadable"), ("21-Oct", "unreadable"),
    ("2023年 月 日", "template"), ("2023年 月", "template"), ("年 月 日", "template"), ("    年  月", "template"),
    ("20__年__月__日", "template"),
    ("20 年 月 日", "template"), ("XXXX年XX月", "template"), ("  年10月", "template"), ("____", "template"),
    ("请填写", "template"),
)
NUMBERS = (
    ("2021.1", Reading(None, "ambiguous", "2021年1月或2021年10月")), ("2021.2", Reading("2021-02")),
    ("2021.01", Reading("2021-01")),
    ("2021.11", Reading("2021-11")), ("2021.12", Reading("2021-12")),
    ("2021.13", Reading(None, "unreadable")), ("202110", Reading("2021-10")),
    ("20211008", Reading("2021-10")), ("202113", Reading(None, "unreadable")), ("45106", Reading("2023-06")),
    ("45106.75", Reading("2023-06")),
    ("2021", Reading(None, "year_only")), ("19999", Reading(None, "unreadable")),
    ("60001", Reading(None, "unreadable")), ("-45106", Reading(None, "unreadable")),
    ("2021.2023", Reading(None, "unreadable")), ("3", Reading(None, "unreadable")),
)
DAYS = (
    ("2023年6月29日", (2023, 6, 29)), ("2023年6月29号", (2023, 6, 29)), ("2023年6月29", (2023, 6, 29)),
    ("2023/6/29", (2023, 6, 29)), ("2023.6.29", (2023, 6, 29)),
    ("2023-06-29", (2023, 6, 29)), ("20230629", (2023, 6, 29)), ("二〇二三年六月二十九日", (2023, 6, 29)),
    ("45106", (2023, 6, 29)), ("45197", (2023, 9, 28)),
    ("2023年6月29日（星期四）", (2023, 6, 29)), ("2023年6月29日星期四", (2023, 6, 29)), ("填报日期：2023年6月29日", (2023, 6, 29)),
    ("2023 年 6 月 29 日", (2023, 6, 29)),
    ("2023-06-29 08:30:00", (2023, 6, 29)), ("2023年6月29日 10时", (2023, 6, 29)), ("29/6/2023", (2023, 6, 29)),
    ("6/29/2023", (2023, 6, 29)), ("8/8/2023", (2023, 8, 8)),
    ("2024-02-29", (2024, 2, 29)), ("23年6月29日", (2023, 6, 29)), ("二〇二三年十月三十一日", (2023, 10, 31)),
)
DAY_NOTES = (
    ("9/8/2023", "ambiguous", "2023年8月9日或2023年9月8日"), ("2023年6月", "unreadable", "缺少日"),
    ("2023.6", "unreadable", "缺少日"), ("2023年", "year_only", ""),
    ("2023-02-30", "unreadable", ""), ("2023年6月31日", "unreadable", ""), ("6月29日", "unreadable", ""),
    ("2023年6月 日", "template", ""),
    ("年 月 日", "template", ""), ("2023年 月 日", "template", ""), ("无", "unreadable", ""),
)


@pytest.mark.parametrize("text", ["2021.1", "\u200b2021.1\u3000"])
def test_read_month__text_of_one_digit_is_january_and_asked_about(text):
    assert date.read_month(text, "text") == Reading("2021-01", "ambiguous", "2021年1月或2021年10月")


@pytest.mark.parametrize(("text", "month"), MONTHS)
def test_read_month__spelled(text, month):
    assert date.read_month(text, "text") == Reading(month)


@pytest.mark.parametrize(("text", "note"), MONTH_NOTES)
def test_read_month__asked_about(text, note):
    assert date.read_month(text, "text") == Reading(None, note)


@pytest.mark.parametrize(("text", "reading"), NUMBERS)
def test_read_month__number_cell(text, reading):
    assert date.read_month(text, "number") == reading


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_read_day__spelled(text, day):
    assert date.read_day(text, "text") == Reading(datetime.date(*day))


@pytest.mark.parametrize(("text", "note", "detail"), DAY_NOTES)
def test_read_day__asked_about(text, note, detail):
    assert date.read_day(text, "text") == Reading(None, note, detail)


@pytest.mark.parametrize(("text", "stored", "date_1904", "day"), [
    ("2023-06-29", "date", False, (2023, 6, 29)), ("2023-06-29", "date", True, (2023, 6, 29)),
    ("2023-06-29T08:00:00", "date", False, (2023, 6, 29)),
    ("45106", "number", False, (2023, 6, 29)), ("43644", "number", True, (2023, 6, 29)),
    ("20230629", "number", True, (2023, 6, 29)),
])
def test_read_day__stored_as(text, stored, date_1904, day):
    assert date.read_day(text, stored, date_1904) == Reading(datetime.date(*day))


@pytest.mark.parametrize("read", [date.read_month, date.read_day, date.read_period])
@pytest.mark.parametrize("text", ["", None, " \u3000\n"])
def test_read__nothing_there(read, text):
    assert read(text, "text") == Reading(None)


@pytest.mark.parametrize("read", [date.read_month, date.read_day, date.read_period])
def test_read__bool_is_no_date(read):
    assert read("TRUE", "bool") == Reading(None, "unreadable")


def test_read_month__every_day_of_the_serial_range_matches_its_date_cell():
    first = datetime.date(1899, 12, 30)
    for serial in range(20000, 60001, 97):
        day = first + datetime.timedelta(days=serial)
        assert date.read_day(str(serial), "number").value == day
        assert date.read_month(day.isoformat(), "date").value == f"{day:%Y-%m}"
