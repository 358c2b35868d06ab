"""`pipeline.arrivals`: the moment of arrival, the file's own time beside it, and what is said of a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline import arrivals
from pipeline.arrivals import VANISHED
from pipeline.intake import Receipt
from schemas.call import DEADLINE
from tests import register_tables
from tests.received import NOON, receipt

AHEAD = "文件时间比收件时间晚 {}，共享盘或报送电脑的时钟可能偏快；是否逾期只看收件时间"


def test_table__one_row_a_file_with_bytes_in_order_of_arrival() -> None:
    late = receipt("无锡市/b.xlsx", 2, at=DEADLINE + timedelta(seconds=1), present=False)
    first = replace(receipt("南京市/a.xlsx", 1, at=DEADLINE), modified_at=NOON, withdrawn="2023-09-20，重复")
    found = arrivals.table([late, first, receipt("南京市/Thumbs.db", 3, ignored="系统文件")], DEADLINE)
    assert found.rows() == [
        ("南京市/a.xlsx", first.sha256, "南京市", 20_000, DEADLINE, NOON, 1, True, False, "2023-09-20，重复"),
        ("无锡市/b.xlsx", late.sha256, "无锡市", 20_000, late.received_at, late.received_at, 2, False, True, None)]


def test_table__nothing_received() -> None:
    assert arrivals.table([], DEADLINE).rows() == []


def remarks(*received: tuple[Receipt, str]) -> list[tuple[bool, str | None]]:
    """(vanished, remark) of each file with its status."""
    rows = [dict(submission_id=str(place), file=one.path, sha256=one.sha256 or None, city=one.city, status=status,
                 received_at=one.received_at) for place, (one, status) in enumerate(received)]
    tables = register_tables.frames({"submissions": rows})
    tables["arrivals"] = arrivals.table([one for one, _ in received], DEADLINE)
    return arrivals.of_submissions(tables).select("vanished", "remark").rows()


@pytest.mark.parametrize(("status", "vanished"), [
    ("accepted", True), ("returned", True), ("unreadable", True), ("superseded", False), ("ignored", False)])
def test_vanished__only_what_still_counts(status: str, vanished: bool) -> None:
    gone = receipt("南京市/a.xlsx", present=False)
    assert remarks((gone, status)) == [(vanished, VANISHED if vanished else None)]


def test_present_or_without_bytes__nothing_to_remark() -> None:
    stray = receipt("南京市/Thumbs.db", 2, ignored="系统文件")
    assert remarks((receipt("南京市/a.xlsx"), "accepted"), (stray, "ignored")) == [(False, None), (False, None)]


@pytest.mark.parametrize(("ahead", "words"), [
    (timedelta(minutes=-90), None), (timedelta(minutes=5), None), (timedelta(minutes=6), "6 分钟"),
    (timedelta(minutes=125), "2 小时"), (timedelta(days=27_000), "27000 天")])
def test_file_time_after_arrival__is_warned_of(ahead: timedelta, words: str | None) -> None:
    one = receipt("南京市/a.xlsx")
    one = replace(one, modified_at=one.received_at + ahead)
    assert remarks((one, "accepted")) == [(False, words and AHEAD.format(words))]


def test_vanished_with_a_clock_ahead__both_are_said() -> None:
    one = receipt("南京市/a.xlsx", present=False)
    one = replace(one, modified_at=one.received_at + timedelta(hours=1))
    assert remarks((one, "accepted")) == [(True, f"{VANISHED}；{AHEAD.format('1 小时')}")]
