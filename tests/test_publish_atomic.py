"""Outputs appear whole or not at all."""

from __future__ import annotations

import os

import pytest
from pipeline.publish.atomic import replacing


def put(target, content: bytes) -> None:
    with replacing(target) as aside:
        aside.write_bytes(content)


def test_new_file__appears_alone_in_a_new_folder(tmp_path):
    target = tmp_path / "outbox" / "南京市" / "问题清单.xlsx"
    put(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_aside__is_a_hidden_file_beside_the_target(tmp_path):
    with replacing(tmp_path / "a.xlsx") as aside:
        assert (aside.parent, aside.name[:2]) == (tmp_path, ".~")
        aside.write_bytes(b"")


def test_other_bytes__replace_the_old_file(tmp_path):
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    put(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_same_bytes__leave_the_old_file_untouched(tmp_path):
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"same")
    os.utime(target, ns=(1, 1))
    before = target.stat()
    put(target, b"same")
    after = target.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, 1)
    assert list(tmp_path.iterdir()) == [target]


def test_error_while_writing__keeps_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="stopped"), replacing(target) as aside:
        aside.write_bytes(b"ha")
        raise RuntimeError("stopped")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_full_disk_at_the_flush__keeps_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_order__is_flush_rename_flush_of_the_folder(tmp_path, monkeypatch):
    seen = []
    fsync, replace = os.fsync, os.replace

    def flushed(descriptor):
        seen.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        fsync(descriptor)

    def renamed(old, new):
        seen.append("rename")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", renamed)
    put(tmp_path / "a.xlsx", b"new")
    assert seen == ["file", "rename", "folder"]


def test_remains_of_a_killed_run__are_overwritten(tmp_path):
    target = tmp_path / "a.xlsx"
    with replacing(target) as aside:
        aside.write_bytes(b"x")
    aside.write_bytes(b"half of a longer file")
    put(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_longest_file_name__is_no_hindrance(tmp_path):
    target = tmp_path / ("表" * 83 + ".xlsx")
    put(target, b"new")
    assert target.read_bytes() == b"new"


def test_new_file__can_be_read_by_others_as_the_umask_allows(tmp_path):
    old = os.umask(0o022)
    try:
        put(tmp_path / "a.xlsx", b"new")
    finally:
        os.umask(old)
    assert (tmp_path / "a.xlsx").stat().st_mode & 0o777 == 0o644
