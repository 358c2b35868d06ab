"""Several files received together: written first, flushed then, named last; and each in its own place and order."""

from __future__ import annotations

import errno
import os

import pytest
from dropping import created, digest, drop, paths, take_meanwhile

from pipeline import originals
from pipeline.errors import StorageFailed
from pipeline.intake import Taken


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setattr(originals, "_COPIERS", 1)
    return created(tmp_path)


def opened(folder: str) -> list[str]:
    """The files in a folder of which this process has one open."""
    targets = (os.readlink(f"/proc/self/fd/{one}") for one in os.listdir("/proc/self/fd")
               if os.path.exists(f"/proc/self/fd/{one}"))
    return [target for target in targets if target.startswith(f"{folder}/")]


def test_take__waits_for_the_disk_when_all_are_written(workspace, monkeypatch):
    for number in range(3):
        drop(workspace, f"南京/{number}.xlsx", b"%d" % number)
    incoming, calls = f"{workspace.originals}/incoming/", []

    def noted(name):
        call = getattr(os, name)

        def noting(target, *rest):
            place = os.readlink(f"/proc/self/fd/{target}") if isinstance(target, int) else os.fspath(target)
            if place.startswith(incoming):
                calls.append(name)
            return call(target, *rest)
        return noting

    for name in ("write", "fsync", "replace"):
        monkeypatch.setattr(os, name, noted(name))
    assert len(take_meanwhile(workspace).receipts) == 3
    assert calls == ["write"] * 3 + ["fsync"] * 3 + ["replace"] * 3


def test_take__more_than_are_open_at_once_and_some_that_wait(workspace, monkeypatch):
    monkeypatch.setattr(originals, "_TOGETHER", 2)
    monkeypatch.setattr(originals, "_COPIERS", 3)
    for number in range(9):
        drop(workspace, f"南京/{number}.xlsx", b"%d" % (number // 2))
    copy, most = originals._Store.copy, []

    def copied(store, look, young, written):
        if look.path == "南京/4.xlsx":
            os.utime(look.place, (0, 0))
        if look.path == "南京/5.xlsx":
            os.unlink(look.place)
        found = copy(store, look, young, written)
        most.append(len(written))
        return found

    monkeypatch.setattr(originals._Store, "copy", copied)
    taken = take_meanwhile(workspace)
    assert taken == Taken(taken.receipts, ["南京/4.xlsx"], {"南京/4.xlsx": originals.CHANGING})
    assert paths(taken) == [f"南京/{number}.xlsx" for number in (0, 1, 2, 3, 6, 7, 8)]
    assert [one.sha256 for one in taken.receipts] == [digest(b"%d" % (int(one.path[3]) // 2)) for one in taken.receipts]
    assert all(one.original.read_bytes() == b"%d" % (int(one.path[3]) // 2) for one in taken.receipts)
    assert max(most) == 2


@pytest.mark.parametrize("call", ["write", "posix_fadvise", "fsync", "replace"])
def test_take__whose_disk_fails_leaves_nothing_open_and_no_receipt(workspace, monkeypatch, call):
    for number in range(3):
        drop(workspace, f"南京/{number}.xlsx", b"%d" % number)
    usual, first = getattr(os, call), []

    def failing(target, *rest):
        place = os.readlink(f"/proc/self/fd/{target}") if isinstance(target, int) else os.fspath(target)
        if "/incoming/" not in place:
            return usual(target, *rest)
        if first:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        first.append(place)
        return usual(target, *rest)

    with monkeypatch.context() as broken:
        broken.setattr(os, call, failing)
        with pytest.raises(StorageFailed, match="EIO"):
            take_meanwhile(workspace)
    assert opened(f"{workspace.originals}/incoming") == []
    assert len(take_meanwhile(workspace).receipts) == 3
    assert os.listdir(workspace.originals / "incoming") == []
