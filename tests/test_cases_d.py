"""Fault cases D, races and names on shares: those that no other test has. See docs/faults.md for all of them."""

from __future__ import annotations

import errno
import os
import unicodedata

import pytest
from dropping import NOON, ZIP, created, digest, drop, paths, take, take_meanwhile
from received import file, submitted
from drawn import form

from pipeline import inbox, intake, originals, run
from pipeline.intake import Taken
from pipeline.ledger import Ledger
from pipeline.settings import Settings

OTHER = ZIP + b"other"
OPENED = "办公软件打开文件时的临时文件"


@pytest.fixture
def workspace(tmp_path):
    return created(tmp_path)


def between(monkeypatch, act) -> None:
    """Have something done to the share after the listing and before the first file is opened."""
    look = inbox.look

    def looked(folder):
        listing = look(folder)
        act()
        return listing

    monkeypatch.setattr(inbox, "look", looked)


def test_d51__as_large_as_it_will_be_but_still_zeros(workspace) -> None:
    """A share may lay out the whole size first: a young file of zeros or without an end waits."""
    drop(workspace, "全零.xlsx", bytes(50_000), at=None)
    drop(workspace, "半零.xlsx", b"PK\x03\x04" + b"x" * 9_000 + bytes(90_000), at=None)
    assert take(workspace).reasons == {"全零.xlsx": originals.UNFINISHED, "半零.xlsx": originals.UNFINISHED}
    drop(workspace, "全零.xlsx")
    drop(workspace, "半零.xlsx", bytes(50_000))
    assert [(one.path, one.size) for one in take(workspace).receipts] == [("全零.xlsx", len(ZIP)), ("半零.xlsx", 50_000)]


def test_d52__replaced_between_look_and_read(workspace, monkeypatch) -> None:
    place = drop(workspace, "表.xlsx")

    def replace() -> None:
        newer = place.with_name("newer")
        newer.write_bytes(OTHER)
        newer.replace(place)

    with monkeypatch.context() as racing:
        between(racing, replace)
        assert take_meanwhile(workspace) == Taken([], ["表.xlsx"], {"表.xlsx": originals.CHANGING})
    assert [one.sha256 for one in take(workspace).receipts] == [digest(OTHER)]


def test_d52__written_while_it_is_read(workspace, monkeypatch) -> None:
    """What is kept is what one look of the file was, or nothing."""
    place = drop(workspace, "表.xlsx", ZIP * 50_000)
    read, turns = os.read, []

    def reading(source: int, size: int) -> bytes:
        turns.append(size)
        if len(turns) == 2:
            with place.open("r+b") as file:
                file.write(b"changed!")
        return read(source, size)

    monkeypatch.setattr(os, "read", reading)
    assert take_meanwhile(workspace) == Taken([], ["表.xlsx"], {"表.xlsx": originals.CHANGING})
    assert list(workspace.originals.glob("??/*")) == []


def test_d53_d62__taken_away_before_it_is_opened(workspace, monkeypatch) -> None:
    """By its bureau, or by a virus scanner: no receipt, no fault, and the others are received."""
    place = drop(workspace, "走.xlsx")
    drop(workspace, "留.xlsx", OTHER)
    between(monkeypatch, place.unlink)
    taken = take_meanwhile(workspace)
    assert (paths(taken), taken.waiting) == (["留.xlsx"], [])


def test_d53_d62__taken_away_while_it_is_read(workspace, monkeypatch) -> None:
    """Once open it is read to its end: received, and gone the next night."""
    place = drop(workspace, "走.xlsx")
    gone = place.stat().st_ino
    drop(workspace, "留.xlsx", OTHER)
    read = os.read

    def reading(source: int, size: int) -> bytes:
        if os.fstat(source).st_ino == gone:
            place.unlink(missing_ok=True)
        return read(source, size)

    with monkeypatch.context() as racing:
        racing.setattr(os, "read", reading)
        taken = take_meanwhile(workspace)
    assert sorted(paths(taken, present=True)) == ["留.xlsx", "走.xlsx"]
    assert paths(take(workspace), present=True) == ["留.xlsx"]


@pytest.mark.parametrize(("left", "beside", "named"), [
    ("~$表.xlsx", "表.xlsx", "表.xlsx"), ("~$基础信息表.xlsx", "附件基础信息表.xlsx", "附件基础信息表.xlsx"),
    (".~表.xlsx", "表.xlsx", "表.xlsx"), (".~lock.表.xlsx#", "表.xlsx", "表.xlsx"),
    (".~础信息表.xlsx", "基础信息表.xlsx", "基础信息表.xlsx"),
])
def test_d54__file_that_somebody_has_open_is_taken_and_told(workspace, left: str, beside: str, named: str) -> None:
    drop(workspace, f"南京市/{left}", bytes(165))
    drop(workspace, f"南京市/{beside}")
    drop(workspace, f"苏州市/{left}", bytes(165))
    told = {one.path: one.ignored for one in take(workspace).receipts}
    assert told == {f"南京市/{left}": f"{OPENED}，“{named}”可能仍在编辑", f"南京市/{beside}": "", f"苏州市/{left}": OPENED}


def test_d54__file_that_was_closed_is_no_longer_told_to_be_open(workspace) -> None:
    drop(workspace, "~$表.xlsx", bytes(165))
    place = drop(workspace, "表.xlsx")
    assert take(workspace).receipts[0].ignored == f"{OPENED}，“表.xlsx”可能仍在编辑"
    place.unlink()
    assert [(one.ignored, one.present) for one in take(workspace).receipts] == [(OPENED, True), ("", False)]


ALIKE = ["南京市/a.xlsx", "南京市/A.xlsx", "南京市/ａ.xlsx", "南京市/a (1).xlsx", "南京市/a - 副本.xlsx"]


def test_d56__names_that_are_nearly_one_have_a_receipt_each_and_one_effect(workspace) -> None:
    forms = [unicodedata.normalize(form, "南京市/é.xlsx") for form in ("NFC", "NFD")]
    for path in (*ALIKE, *forms):
        drop(workspace, path)
    received = take(workspace)
    assert len({one.path for one in received.receipts}) == len(ALIKE) + 2
    assert len(list(workspace.originals.glob("??/*"))) == 1
    same = [file(path, form(), number) for number, path in enumerate((*ALIKE, *forms), 1)]
    found = submitted(*same)
    assert [one.current for one in found] == [True] + [False] * 6
    assert {one.reason.partition("收到的文件")[2] for one in found[1:]} == {"“a.xlsx”完全相同，未重复处理"}


def test_d59__share_that_goes_away_while_it_is_listed(workspace, monkeypatch) -> None:
    """A folder that answers nothing more is told; its files keep their receipts and are not gone."""
    drop(workspace, "南京市/表.xlsx")
    first = take(workspace)
    scandir = os.scandir

    def stale(folder: str):
        if not os.fspath(folder).endswith("inbox"):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", stale)
    assert take_meanwhile(workspace) == Taken(first.receipts, ["南京市/"], {"南京市/": originals.UNREADABLE})


class Told:
    """A screen that remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def stage(self, *_: object) -> None:
        return

    def advance(self) -> None:
        return

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


@pytest.mark.slow
def test_d59__inbox_that_is_suddenly_empty_is_told(workspace, monkeypatch) -> None:
    place = drop(workspace, "南京市/表.xlsx", b"no workbook")
    screen = Told()
    monkeypatch.setattr(run, "shown", lambda: screen)
    settings = Settings(second_look_seconds=0)
    run.run(workspace, settings, NOON)
    assert screen.said == []
    place.unlink()
    run.run(workspace, settings, NOON)
    assert screen.said == ["收件箱是空的，此前有 1 个文件，仍按已收到的计。请检查网络盘是否连接。"]


def test_d61__undecodable_name_is_the_same_file_the_next_night(workspace) -> None:
    with open(os.fsencode(workspace.inbox) + b"/\xc4\xcf.xlsx", "wb") as file:
        file.write(ZIP)
    first = take(workspace)
    with Ledger(workspace.database) as ledger:
        again = intake.take(workspace, ledger, NOON, Settings(second_look_seconds=0))
    assert (paths(again), again) == ([r"\xc4\xcf.xlsx"], first)


def test_d63__no_rename_ever_leaves_its_file_system(workspace, monkeypatch) -> None:
    """Copies are made beside the place they go to: a rename between two disks would fail with EXDEV."""
    renamed, replace = [], os.replace

    def watched(source, target, **how):
        renamed.append((os.stat(source).st_dev, os.stat(os.path.dirname(target)).st_dev))
        return replace(source, target, **how)

    monkeypatch.setattr(os, "replace", watched)
    drop(workspace, "表.xlsx")
    assert paths(take(workspace)) == ["表.xlsx"]
    assert renamed and all(here == there for here, there in renamed)
