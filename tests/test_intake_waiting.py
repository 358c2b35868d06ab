"""Files that may still be arriving: the second look, the window, and what has no end yet."""

from __future__ import annotations

import os
import time
from datetime import datetime

import pytest
from dropping import OLD, ZIP, created, digest, drop, paths, take, take_meanwhile

from pipeline import originals
from pipeline.intake import Taken
from pipeline.settings import Settings
from schemas.call import CHINA


@pytest.fixture
def workspace(tmp_path):
    return created(tmp_path)


def test_take__young_and_still_is_taken_after_one_pause(workspace, monkeypatch):
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    for number in range(3):
        drop(workspace, f"{number}.xlsx", at=None)
    drop(workspace, "旧.xlsx")
    taken = take(workspace, settings=Settings())
    assert (len(taken.receipts), taken.waiting, len(pauses)) == (4, [], 1)
    assert 0.5 < pauses[0] < 1


def test_take__old_files_are_copied_while_the_pause_lasts(workspace, monkeypatch):
    young = drop(workspace, "新.xlsx", at=None)
    drop(workspace, "旧.xlsx")
    events, copy, lstat = [], originals._Store.copy, os.lstat

    def copied(store, look, *young):
        if look.path == "旧.xlsx":
            time.sleep(0.3)
        events.append(f"copied {look.path}")
        return copy(store, look, *young)

    def looked(place, *how):
        if os.fspath(place) == os.fspath(young):
            events.append("looked again")
        return lstat(place, *how)

    monkeypatch.setattr(originals._Store, "copy", copied)
    monkeypatch.setattr(os, "lstat", looked)
    with monkeypatch.context() as asleep:
        pauses, sleep = [], time.sleep
        asleep.setattr(time, "sleep", lambda seconds: (pauses.append(seconds), sleep(seconds)))
        taken = take_meanwhile(workspace, settings=Settings(second_look_seconds=0.2))
    # The copying alone took longer than the pause has to be.
    assert (len(taken.receipts), pauses, events) == (2, [0.3, 0], ["copied 旧.xlsx", "looked again", "copied 新.xlsx"])


def test_take__old_files_need_no_pause(workspace, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("looked again"))
    drop(workspace, "旧.xlsx")
    assert paths(take(workspace)) == ["旧.xlsx"]


def test_take__changing_file_waits(workspace, monkeypatch):
    place = drop(workspace, "南京/表.xlsx", at=None)
    drop(workspace, "南京/好.xlsx", at=None)
    monkeypatch.setattr(time, "sleep", lambda _: place.write_bytes(ZIP + ZIP))
    taken = take_meanwhile(workspace)
    assert (paths(taken), taken.waiting, taken.reasons) == (
        ["南京/好.xlsx"], ["南京/表.xlsx"], {"南京/表.xlsx": "仍在变化"})
    monkeypatch.setattr(time, "sleep", lambda _: None)
    assert take(workspace).waiting == []


def test_take__taken_away_between_the_looks(workspace, monkeypatch):
    place = drop(workspace, "南京/表.xlsx", at=None)
    monkeypatch.setattr(time, "sleep", lambda _: place.unlink())
    assert take_meanwhile(workspace) == Taken([], [], {})


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a workbook", b"PK\x03\x04" + bytes(200_000)])
def test_take__without_an_end_waits_while_young(workspace, content):
    place = drop(workspace, "表.xlsx", content, at=None)
    assert take(workspace) == Taken([], ["表.xlsx"], {"表.xlsx": "还没有传完"})
    os.utime(place, (OLD.timestamp(), OLD.timestamp()))
    assert [(one.size, one.ignored) for one in take(workspace).receipts] == [(len(content), "")]


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0 old form", ZIP, ZIP + b"c" * 60_000,
                                     ZIP[:-18] + bytes(2_000_000) + ZIP[-22:]])
def test_take__with_an_end_is_taken_while_young(workspace, content):
    drop(workspace, "表.xlsx", content, at=None)
    taken = take(workspace)
    assert [one.sha256 for one in taken.receipts] == [digest(content)]


def test_take__waiting_version_leaves_the_earlier_one_standing(workspace):
    drop(workspace, "表.xlsx")
    first = take(workspace)
    drop(workspace, "表.xlsx", b"", at=None)
    taken = take(workspace)
    assert (taken.receipts, taken.waiting) == (first.receipts, ["表.xlsx"])


def test_take__watching_uses_the_window(workspace, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    drop(workspace, "新.xlsx", at=None)
    drop(workspace, "旧.xlsx")
    drop(workspace, "2099年.xlsx", at=datetime(2099, 1, 1, tzinfo=CHINA))
    taken = take(workspace, watching=True)
    assert (sorted(paths(taken)), taken.waiting) == (["2099年.xlsx", "旧.xlsx"], ["新.xlsx"])
