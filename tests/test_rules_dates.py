"""D: 填报日期, G2 of `drawn.RIGHT`; the call is of 2023-06-29, its deadline 2023-09-28."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from pipeline.validate import About
from schemas.call import CHINA
from tests.drawn import REF_ERROR, RIGHT, found, outcome, still_right, without_row, wrong
from tests.received import receipt

WRONG = {
    "D01 blank": wrong({"G2": ""}, ("D01", "E", "G2")),
    "D01 void": wrong({"G2": "/"}, ("D01", "E", "G2")),
    "D01 template": wrong({"G2": "  年  月  日"}, ("D01", "E", "G2")),
    "D01 a month alone": wrong({"G2": "2023年9月"}, ("D01", "E", "G2")),
    "D01 a year alone": wrong({"G2": "2023年"}, ("D01", "E", "G2")),
    "D01 no date": wrong({"G2": "今天"}, ("D01", "E", "G2")),
    "D02 the day after": wrong({"G2": "2023年9月21日"}, ("D02", "W", "G2")),
    "D02 another year": wrong({"G2": datetime(2024, 9, 18)}, ("D02", "W", "G2")),
    "D03 28 June": wrong({"G2": "2023年6月28日"}, ("D03", "W", "G2")),
    "D03 29 September": wrong({"G2": "2023年9月29日"}, ("D03", "W", "G2"), received=date(2023, 9, 30)),
    "D03 the day after a later deadline": wrong(
        {"G2": "2023年10月9日"}, ("D03", "W", "G2"), received=date(2023, 10, 10), due=date(2023, 10, 8)),
    "D03 the day after an earlier deadline": wrong({"G2": "2023年9月16日"}, ("D03", "W", "G2"), due=date(2023, 9, 15)),
    "F06 date": wrong({"G2": REF_ERROR}, ("F06", "E", "G2")),
}

RIGHT_STILL = {
    "D01 no such label": still_right(None, drawing=without_row(RIGHT, 2)),
    "D02 the same day": still_right({"G2": "2023年9月20日"}),
    "D02 a date cell": still_right({"G2": datetime(2023, 9, 18)}),
    "D03 29 June": still_right({"G2": "2023-06-29"}),
    "D03 in the time given besides": still_right(
        {"G2": "2023年10月8日"}, received=date(2023, 10, 10), due=date(2023, 10, 8)),
    "D03 28 September": still_right({"G2": "2023.9.28"}, received=date(2023, 9, 28)),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong__exactly_its_findings(name: str) -> None:
    assert outcome(WRONG, name) == sorted(WRONG[name].expected)


@pytest.mark.parametrize("name", RIGHT_STILL)
def test_near_miss__nothing(name: str) -> None:
    assert outcome(RIGHT_STILL, name) == []


def test_later_than_receipt__says_both_days() -> None:
    assert found({"G2": "2023年9月21日"}, "D02").message == (
        "“填报日期”（G2）：填报日期“2023年9月21日”晚于收件日期 2023年9月20日。"
    )


@pytest.mark.parametrize(("due", "said"), [(date(2023, 9, 28), "9月28日"), (date(2023, 10, 8), "10月8日")])
def test_outside_the_call__says_the_deadline_in_force(due: date, said: str) -> None:
    assert found({"G2": "2023年6月28日"}, "D03", due=due).message == (
        f"“填报日期”（G2）：填报日期“2023年6月28日”不在《通知》印发日（6月29日）至截止日（{said}）之间。"
    )


@pytest.mark.parametrize(("written", "due", "said"), [
    ("2022年9月18日", date(2023, 9, 28), "2023年6月29日）至截止日（2023年9月28日"),
    ("2024年1月12日", date(2024, 1, 10), "2023年6月29日）至截止日（2024年1月10日"),
    ("2023年6月28日", date(2024, 1, 10), "2023年6月29日）至截止日（2024年1月10日")])
def test_outside_the_call__says_the_years_where_they_are_not_one(written: str, due: date, said: str) -> None:
    assert found({"G2": written}, "D03", due=due, received=date(2024, 1, 20)).message == (
        f"“填报日期”（G2）：填报日期“{written}”不在《通知》印发日（{said}）之间。"
    )


@pytest.mark.parametrize(("deadline", "day"), [
    (datetime(2023, 10, 8, 12, tzinfo=CHINA), date(2023, 10, 8)),
    (datetime(2023, 10, 8, 23, 30, tzinfo=timezone.utc), date(2023, 10, 9)),
])
def test_deadline__counts_as_its_day_in_china(deadline: datetime, day: date) -> None:
    assert About.of(receipt("南京市/a.xlsx"), deadline).due == day
