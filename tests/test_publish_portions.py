"""Answers are written in portions: each is flushed before it takes its place, whatever else is being written."""

from __future__ import annotations

import errno
import os

import pytest

from pipeline.publish import atomic, disk, handed_back
from pipeline.publish.handed_back import Answer
from pipeline.publish.standing import Standing


def test_put_all__all_are_flushed_before_any_takes_its_place(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(disk, "_OPEN_AT_MOST", 2)
    done = []
    for name in ("fsync", "replace"):
        step = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *given, name=name, step=step: done.append(name) or step(*given))
    atomic.put_all((tmp_path / str(number), b"1" * number) for number in range(5))
    assert done == ["fsync"] * 5 + ["replace"] * 5 + ["fsync"]
    assert {path.name: path.stat().st_size for path in tmp_path.iterdir()} == {str(n): n for n in range(5)}


def test_put_all__a_disk_that_is_full_is_left_as_it_was(tmp_path, monkeypatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="full"):
        atomic.put_all([(tmp_path / "new", b"1")])
    assert list(tmp_path.iterdir()) == []


def test_together__what_is_the_same_leaves_nothing_aside(tmp_path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    with atomic.together():
        for name in ("old", "new"):
            with atomic.replacing(tmp_path / name) as aside:
                aside.write_bytes(name.encode())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old": b"old", "new": b"new"}


@pytest.mark.parametrize(("most", "held", "portions"), [(2, 100, [2, 2, 1]), (100, 20, [2, 2, 1]), (100, 100, [5])])
def test_answers__are_written_in_portions(tmp_path, monkeypatch, most, held, portions) -> None:
    monkeypatch.setattr(handed_back, "_WRITTEN_AT_ONCE", most)
    monkeypatch.setattr(handed_back, "_HELD_AT_MOST", held)
    put, written = atomic.put_all, []
    monkeypatch.setattr(atomic, "put_all", lambda contents: written.append(len(contents)) or put(contents))
    with handed_back._Writer(Standing(None, tmp_path)) as writer:
        for number in range(5):
            writer.put(Answer(tmp_path, (), [], "", tmp_path / str(number)), b"1" * 10)
    assert sorted(written, reverse=True) == portions
    assert len(list(tmp_path.iterdir())) == 5


def test_answers__a_fault_of_the_disk_in_any_portion_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(handed_back, "_WRITTEN_AT_ONCE", 1)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError), handed_back._Writer(Standing(None, tmp_path)) as writer:
        for place in ("file/below", "a", "b", "c", "d", "e"):
            writer.put(Answer(tmp_path, (), [], "", tmp_path / place), b"1")
