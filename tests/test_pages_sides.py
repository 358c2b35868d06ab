"""What the board must not leave out: the dissenting side of a matter, and decisions that were taken back."""

from __future__ import annotations

from datetime import timedelta

import pending_tables
import pytest
from pending_tables import GOOD
from test_pages_board import AT, arrival, form, write


@pytest.mark.parametrize(("names", "shown", "more"), [
    # 16 forms write one name of a code or another; of each name the list itself shows twelve.
    ("乙" + "甲" * 15, "乙" + "甲" * 11, 4), ("甲" * 15 + "乙", "乙" + "甲" * 11, 4), ("甲" * 8 + "乙" * 8, "乙" * 6 + "甲" * 6, 4),
    ("甲" * 6 + "乙" * 6, "乙" * 6 + "甲" * 6, 0), ("甲" * 14 + "乙丙", "丙乙" + "甲" * 10, 4),
    ("".join(map(chr, range(0x4E00, 0x4E10))), "".join(map(chr, range(0x4E00, 0x4E0C))), 4)])
def test_decision__shows_every_side_and_counts_the_places_that_it_does_not(tmp_path, names, shown, more):
    forms = [pending_tables.form(place, name=f"{place:02d}") for place in range(len(names))]
    page = write(tmp_path, pending_tables.tables(
        forms, members=[pending_tables.member(of, 1, name, GOOD) for of, name in zip(forms, names, strict=True)],
        findings=[pending_tables.finding(of, "X02", "name", "C13", 1) for of in forms]))
    _, *sides = page.tables[1]
    assert sorted(side[-1] for side in sides) == sorted(shown)
    told = page.section("二、待裁定的事项", " 三、")
    assert ("另有" in told, f"另有 {more} 处，见“待核清单”。" in told) == (bool(more), bool(more))
    assert len(sides) + more == len(names)


def test_files__withdrawn_decisions_come_first(tmp_path):
    """Of a file that was taken back no decision is in any list: that it was there is told here."""
    at_the_centre = dict(city=None, received_at=AT, modified_at=AT - timedelta(hours=1))
    page = write(tmp_path, submissions=[form("a", "南京市", sha256="a")], arrivals=[
        arrival("a", "南京市", present=False),
        at_the_centre | dict(file="省级裁定/二.xlsx", sha256="2", sequence=3, present=True, withdrawn="已撤回（2023-09-19，填错）"),
        at_the_centre | dict(file="省级裁定/一.xlsx", sha256="1", sequence=4, present=False, withdrawn="已撤回（2023-09-19，重复）"),
        at_the_centre | dict(file="省级裁定/三.xlsx", sha256="3", sequence=5, present=False)])
    assert page.section("须留意的文件").startswith("（3 项）")
    assert [row[:2] + row[-1:] for row in page.tables[1][1:]] == [
        ["省级", "省级裁定/一.xlsx", "已撤回（2023-09-19，重复）；所载裁定不再生效"],
        ["省级", "省级裁定/二.xlsx", "已撤回（2023-09-19，填错）；所载裁定不再生效"],
        ["南京市", "南京市/a.xlsx", "收件夹里已找不到该文件，仍按已收到的计；确要撤回请告知省里"]]
