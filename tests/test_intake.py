"""Taking files: receipts, private copies, arrival order, and that the inbox is never touched."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from dropping import NOON, OLD, ZIP, created, digest, drop, take

from pipeline import originals
from pipeline.intake import Receipt


@pytest.fixture
def workspace(tmp_path):
    return created(tmp_path)


def test_take__receipt_and_private_copy(workspace):
    drop(workspace, "南京/表.xlsx", b"form")
    copy = workspace.originals / digest(b"form")[:2] / digest(b"form")
    assert take(workspace).receipts == [
        Receipt("南京/表.xlsx", "南京市", digest(b"form"), 4, NOON, OLD, 1, True, "", copy)]
    assert copy.read_bytes() == b"form"
    assert copy.stat().st_mode & 0o777 == 0o400
    assert list((workspace.originals / "incoming").iterdir()) == []


def test_take__nothing_changed_reads_nothing(workspace, monkeypatch):
    drop(workspace, "南京/表.xlsx")
    drop(workspace, "~$表.xlsx")
    first = take(workspace)
    monkeypatch.setattr(originals, "keep", lambda looks, *_: [] if not looks else pytest.fail("read again"))
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("looked again"))
    assert take(workspace, NOON + timedelta(days=1)) == first


def test_take__touched_file_keeps_its_receipt(workspace):
    place = drop(workspace, "南京/表.xlsx")
    first = take(workspace)
    os.utime(place, (0, 0))
    assert take(workspace, NOON + timedelta(days=1)) == first


def test_take__lost_copy_is_made_again(workspace):
    drop(workspace, "南京/表.xlsx")
    copy = take(workspace).receipts[0].original
    copy.unlink()
    take(workspace)
    assert copy.read_bytes() == ZIP


def test_take__damaged_copy_is_replaced(workspace):
    place = drop(workspace, "南京/表.xlsx")
    copy = take(workspace).receipts[0].original
    copy.chmod(0o600)
    copy.write_bytes(b"half")
    os.utime(place, (0, 0))
    take(workspace)
    assert copy.read_bytes() == ZIP


def test_take__same_bytes_twice_are_two_receipts_and_one_copy(workspace):
    for path in ("南京/表.xlsx", "南京/表 (1).xlsx", "苏州/表.xlsx"):
        drop(workspace, path)
    taken = take(workspace)
    assert sorted((one.path, one.city) for one in taken.receipts) == [
        ("南京/表 (1).xlsx", "南京市"), ("南京/表.xlsx", "南京市"), ("苏州/表.xlsx", "苏州市")]
    copy = originals.place(workspace.originals, digest(ZIP))
    assert {one.original for one in taken.receipts} == {copy}
    assert [place for place in workspace.originals.glob("*/*") if place.is_file()] == [copy]


def test_take__new_bytes_under_old_name(workspace):
    drop(workspace, "南京/表.xlsx", b"first")
    take(workspace)
    drop(workspace, "南京/表.xlsx", b"second", OLD + timedelta(hours=1))
    taken = take(workspace, NOON + timedelta(hours=2))
    assert [(one.sequence, one.original.read_bytes(), one.present, one.received_at)
            for one in taken.receipts] == [
        (1, b"first", False, NOON), (2, b"second", True, NOON + timedelta(hours=2))]


def test_take__same_size_and_time_but_another_file(workspace):
    place = drop(workspace, "南京/表.xlsx", b"first")
    take(workspace)
    drop(workspace, "南京/新.xlsx", b"other").replace(place)
    assert [(one.sha256, one.present) for one in take(workspace).receipts] == [
        (digest(b"first"), False), (digest(b"other"), True)]


def test_take__withdrawn_and_back(workspace):
    place = drop(workspace, "南京/表.xlsx")
    first = take(workspace)
    place.rename(workspace.root / "aside")
    assert [one.present for one in take(workspace).receipts] == [False]
    (workspace.root / "aside").rename(place)
    assert take(workspace, NOON + timedelta(days=1)) == first


def test_take__moved_file_is_another_receipt(workspace):
    place = drop(workspace, "表.xlsx")
    take(workspace)
    (workspace.inbox / "无锡市").mkdir()
    place.rename(workspace.inbox / "无锡市" / "表.xlsx")
    assert [(one.path, one.city, one.present) for one in take(workspace).receipts] == [
        ("表.xlsx", None, False), ("无锡市/表.xlsx", "无锡市", True)]


def test_take__order_of_arrival(workspace):
    drop(workspace, "乙.xlsx", b"1", OLD)
    drop(workspace, "甲.xlsx", b"2", OLD + timedelta(minutes=1))
    drop(workspace, "丙.xlsx", b"3", OLD)
    take(workspace)
    drop(workspace, "早.xlsx", b"4", OLD - timedelta(days=9))
    taken = take(workspace, NOON + timedelta(minutes=1))
    assert [(one.sequence, one.path) for one in taken.receipts] == [
        (1, "丙.xlsx"), (2, "乙.xlsx"), (3, "甲.xlsx"), (4, "早.xlsx")]
