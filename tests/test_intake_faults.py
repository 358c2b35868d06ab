"""Shares and disks that fail under the intake: what is said, and that nothing else is lost."""

from __future__ import annotations

import errno
import os
import shutil

import pytest
from dropping import ZIP, created, digest, drop, paths, take, take_meanwhile

from pipeline import originals
from pipeline.errors import InboxUnavailable, StorageFailed
from pipeline.intake import Taken
from pipeline.ledger import Ledger
from pipeline.settings import Settings


@pytest.fixture
def workspace(tmp_path):
    return created(tmp_path)


def test_take__no_inbox_is_not_an_empty_inbox(workspace):
    workspace.inbox.rmdir()
    with pytest.raises(InboxUnavailable, match="不是没有文件") as caught:
        take_meanwhile(workspace)
    assert (caught.value.exit_code, caught.value.transient) == (3, True)


def test_take__closed_folder_is_said_and_its_files_stand(workspace, monkeypatch):
    drop(workspace, "南京/表.xlsx")
    drop(workspace, "苏州/表.xlsx", b"other")
    first = take(workspace)
    scandir = os.scandir

    def refusing(folder: str):
        if folder.endswith("南京"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    taken = take_meanwhile(workspace)
    assert taken == Taken(first.receipts, ["南京/"], {"南京/": "暂时读不到"})


def test_take__unreadable_file_waits(workspace, monkeypatch):
    drop(workspace, "坏.xlsx")
    drop(workspace, "好.xlsx")
    opened = os.open

    def refusing(place, flags, *mode, **how):
        if os.fspath(place).endswith("坏.xlsx"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(place, flags, *mode, **how)

    monkeypatch.setattr(os, "open", refusing)
    taken = take_meanwhile(workspace)
    assert (paths(taken), taken.reasons) == (["好.xlsx"], {"坏.xlsx": "暂时读不到"})


def test_take__damaged_sector_of_the_share_costs_one_file(workspace, monkeypatch):
    bad = drop(workspace, "坏.xlsx").stat().st_ino
    drop(workspace, "好.xlsx")
    read = os.read

    def failing(source: int, size: int) -> bytes:
        if os.fstat(source).st_ino == bad:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read(source, size)

    monkeypatch.setattr(os, "read", failing)
    taken = take_meanwhile(workspace)
    assert (paths(taken), taken.reasons) == (["好.xlsx"], {"坏.xlsx": "暂时读不到"})


@pytest.mark.parametrize(("block", "at_once", "questions"), [
    (1 << 20, 1 << 20, 1), (1 << 20, 5, 7), (len(ZIP), 1 << 20, 2), (4, 4, len(ZIP) // 4 + 1),
])
def test_take__is_asked_for_more_only_until_the_end_is_seen(workspace, monkeypatch, block, at_once, questions):
    place, asked, read = drop(workspace, "表.xlsx"), [], os.read
    bureau = place.stat().st_ino

    def in_pieces(source: int, size: int) -> bytes:
        if os.fstat(source).st_ino != bureau:
            return read(source, size)
        asked.append(size)
        return read(source, min(size, at_once))

    monkeypatch.setattr(originals, "_BLOCK", block)
    monkeypatch.setattr(os, "read", in_pieces)
    (receipt,) = take_meanwhile(workspace).receipts
    assert (receipt.original.read_bytes(), receipt.sha256, len(asked)) == (ZIP, digest(ZIP), questions)


def test_take__more_than_the_share_says_there_is_waits(workspace, monkeypatch):
    """A share may tell an old size for a while: what comes beyond it is still arriving."""
    bureau, read = drop(workspace, "表.xlsx").stat().st_ino, os.read
    monkeypatch.setattr(os, "read", lambda source, size: (
        b"x" * size if os.fstat(source).st_ino == bureau else read(source, size)))
    assert take_meanwhile(workspace).reasons == {"表.xlsx": "仍在变化"}


@pytest.mark.parametrize(("call", "code", "says"), [
    ("write", errno.ENOSPC, "磁盘空间不足，没有接收新文件。"),
    ("fsync", errno.EIO, "留存文件时磁盘出错（EIO），没有接收新文件。"),
    ("replace", errno.EROFS, "留存文件夹不能写入，没有接收新文件。"),
])
def test_take__our_disk_fails(workspace, monkeypatch, call, code, says):
    drop(workspace, "表.xlsx")
    # A new ledger writes as well; this is about the copies.
    Ledger(workspace.database).close()

    def failing(*_, **__):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as broken:
        broken.setattr(os, call, failing)
        with pytest.raises(StorageFailed) as caught:
            take_meanwhile(workspace)
    assert str(caught.value).startswith(says)
    with Ledger(workspace.database) as ledger:
        assert ledger.receipts() == []
    assert paths(take(workspace)) == ["表.xlsx"]


def test_take__reserve_is_kept(workspace, monkeypatch):
    drop(workspace, "表.xlsx")
    usage = shutil.disk_usage(workspace.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=(1 << 20) + len(ZIP) - 1))
    with pytest.raises(StorageFailed, match="磁盘空间不足"):
        take(workspace, settings=Settings(reserve_mb=1))
    assert paths(take(workspace, settings=Settings(reserve_mb=0))) == ["表.xlsx"]


def test_take__inbox_that_changed_owner_needs_no_room_for_what_is_kept(workspace, monkeypatch):
    place = drop(workspace, "表.xlsx")
    first = take(workspace)
    place.chmod(0o640)
    drop(workspace, "新表.xlsx", b"other")
    usage, rooms = shutil.disk_usage(workspace.root), [len(b"other") - 1, len(b"other")]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=rooms.pop(0)))
    with pytest.raises(StorageFailed, match="磁盘空间不足"):
        take(workspace, settings=Settings(reserve_mb=0))
    later = take(workspace, settings=Settings(reserve_mb=0))
    assert (later.receipts[0], paths(later)) == (first.receipts[0], ["表.xlsx", "新表.xlsx"])
