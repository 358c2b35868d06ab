"""F08, F09, F11: what a bureau is told of its files' arrival, to the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from drawn import form, other
from received import NOON, file, receipt, submitted

from pipeline.message import of_file
from pipeline.submissions import submissions_of
from schemas.call import CHINA, DEADLINE
from schemas.rule import Finding

NEW = {"F7": "教授"}
PATH = "南京市/a.xlsx"
BEFORE, AFTER = NOON, DEADLINE + timedelta(seconds=1)


def told(*files, deadline: datetime | None = None) -> tuple[Finding, ...]:
    """What is told of the arrival of files, in their order."""
    receipts = [one.receipt for one in files]
    found = submissions_of(files, receipts, deadline)
    return tuple(of_file(0, spotted) for one in found if str(one.status) != "superseded" for spotted in one.spotted)


ANNOUNCED = {
    "copy": told(file(PATH, form(), 1), file("南京市/第二批/b.xlsx", form(), 2)),
    "version": told(file(PATH, form(), 1), file("南京市/b.xlsx", form(NEW), 2)),
    "version without change": told(file(PATH, form(), 1), file(PATH, form({"A40": "　"}), 2)),
    "late": told(file(PATH, form(), 1, at=AFTER), deadline=DEADLINE),
}
SENTENCES = {
    "copy": ("F08", "I", "文件：与 2023-09-20 12:01 收到的文件“a.xlsx”完全相同，未重复处理。"),
    "version": ("F09", "W", "文件：同一联合体此前已报送（第1版），本版（第2版）已替代前一版，差异 1 处，见“问题清单”附表。"),
    "version without change": (
        "F09", "I", "文件：同一联合体此前已报送（第1版），本版（第2版）填报内容没有变化。"),
    "late": ("F11", "W", "文件：收件时间 2023-09-29 00:00 晚于截止日期 2023年9月28日，请与省厅高新处联系确认。"),
}


@pytest.mark.parametrize("name", ANNOUNCED)
def test_arrival__one_finding_in_these_words(name: str) -> None:
    (finding,) = ANNOUNCED[name]
    assert (finding.rule.code, str(finding.rule.severity), finding.message) == SENTENCES[name]
    assert (finding.sheet, finding.cells, finding.table) == ("", (), "")


QUIET = {
    "first version": (file(PATH, form(), 1),),
    "two consortia": (file(PATH, form(), 1), file("南京市/b.xlsx", other(), 2)),
    "renamed file": (file(PATH, form(), 1, present=False), file("南京市/b.xlsx", form(), 2)),
    "same bytes in two cities": (file(PATH, form(), 1), file("无锡市/a.xlsx", form(), 2)),
    "in time": (file(PATH, form(), 1, at=DEADLINE),),
}


@pytest.mark.parametrize("name", QUIET)
def test_near_miss__nothing(name: str) -> None:
    assert told(*QUIET[name], deadline=DEADLINE) == ()


def test_without_a_deadline__nothing_is_late() -> None:
    assert told(file(PATH, form(), 1, at=AFTER)) == ()


def test_deadline_within_a_day__names_its_hour() -> None:
    (finding,) = told(file(PATH, form(), 1), deadline=datetime(2023, 9, 20, 12, tzinfo=CHINA))
    assert finding.message == "文件：收件时间 2023-09-20 12:01 晚于截止日期 2023年9月20日 12:00，请与省厅高新处联系确认。"


def test_late_new_version__says_both() -> None:
    found = told(file(PATH, form(), 1), file(PATH, form(NEW), 2, at=AFTER), deadline=DEADLINE)
    assert [finding.rule.code for finding in found] == ["F09", "F11"]


def test_version_with_and_without_changes__one_finding_in_time() -> None:
    records = {finding.record for name in ("version", "version without change") for finding in ANNOUNCED[name]}
    assert records == {"F09"}


def test_older_file_put_back__replaces_what_came_after_it() -> None:
    (finding,) = told(file(PATH, form(), 1), file(PATH, form(NEW), 2, present=False))
    assert "（第2版），本版（第1版）已替代前一版，差异 1 处" in finding.message


def test_copy_of_a_withdrawn_file__counts() -> None:
    gone, kept = file(PATH, form(), 1), file("南京市/b.xlsx", form(), 2)
    gone = replace(gone, receipt=replace(gone.receipt, withdrawn="2023-09-21 报错"))
    assert [(one.receipt.path, str(one.status), one.reason) for one in submitted(gone, kept)] == [
        (PATH, "ignored", "2023-09-21 报错"), ("南京市/b.xlsx", "None", "")]


def test_decision_files__are_no_submissions() -> None:
    assert submitted(ignored=[receipt("省级裁定/待核清单.xlsx")]) == []
