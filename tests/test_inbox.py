"""What stands in an inbox: whose it is, what is ignored and why, and names and times of any kind."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from dropping import ZIP, created, digest, drop, paths, take, take_meanwhile

from pipeline.inbox import city_of, shown
from pipeline.intake import Taken
from pipeline.settings import Settings


@pytest.fixture
def workspace(tmp_path):
    return created(tmp_path)


@pytest.mark.parametrize(("path", "city"), [
    ("南京/表.xlsx", "南京市"),
    ("320100/表.xlsx", "南京市"),
    ("南京市科技局/第二批/表.xlsx", "南京市"),
    # The outermost folder that names a city, whatever the file is called.
    ("报送/苏州/南京的表.xlsx", "苏州市"),
    ("收件/连云港市基础信息表.xlsx", "连云港市"),
    ("南京和苏州/表.xlsx", None),
    ("表.xlsx", None),
    # An extension is no part of the name.
    ("表.320100", None),
])
def test_city_of(path, city):
    assert city_of(path) == city


@pytest.mark.parametrize(("path", "reason"), [
    ("南京/~$表.xlsx", "办公软件打开文件时的临时文件"),
    ("南京/.~表.xlsx", "办公软件打开文件时的临时文件"),
    ("南京/.~lock.表.xlsx#", "办公软件打开文件时的临时文件"),
    ("~WRL0001.tmp", "办公软件的临时文件"),
    ("南京/表.TMP", "临时文件"),
    ("Thumbs.db", "系统文件"),
    ("Desktop.ini", "系统文件"),
    (".DS_Store", "系统文件"),
    ("._表.xlsx", "系统文件"),
    (".gitkeep", "隐藏文件"),
    ("南京/表.xlsx.lnk", "快捷方式，不是文件本身"),
    ("README.md", "说明文件"),
    ("readme", "说明文件"),
    ("省级裁定/~$裁定.xlsx", "办公软件打开文件时的临时文件"),
])
def test_take__ignored_and_listed(workspace, path, reason):
    drop(workspace, path)
    received, = take(workspace).receipts
    assert (received.path, received.ignored, received.original, received.sha256) == (path, reason, None, "")
    assert take(workspace).receipts == [received]


@pytest.mark.parametrize("path",
                         ["南京/表.et", "表.pdf", "照片.JPG", "没有后缀", "$表.xlsx", "省级裁定.xlsx", "~表.xlsx", "省级裁定/裁定.xlsx"])
def test_take__odd_names_are_taken(workspace, path):
    drop(workspace, path)
    assert [(one.path, one.ignored) for one in take(workspace).receipts] == [(path, "")]


@pytest.mark.parametrize(("make", "reason"), [
    (lambda place: place.symlink_to("/etc/hostname"), "链接，不是文件本身"),
    (lambda place: place.symlink_to("/etc", target_is_directory=True), "链接，不是文件本身"),
    (lambda place: os.mkfifo(place), "不是普通文件"),
])
def test_take__links_and_pipes_are_not_followed(workspace, make: Callable[[Path], None], reason):
    make(workspace.inbox / "表.xlsx")
    assert [(one.path, one.ignored) for one in take(workspace).receipts] == [("表.xlsx", reason)]


def test_take__folder_named_like_a_workbook(workspace):
    drop(workspace, "南京/表.xlsx/里面.xlsx")
    drop(workspace, "__MACOSX/._里面.xlsx")
    assert [(one.path, one.ignored) for one in take(workspace).receipts] == [
        ("南京/表.xlsx/里面.xlsx", ""), ("__MACOSX", "系统文件")]


def test_take__pipe_that_took_a_files_place(workspace, monkeypatch):
    place = drop(workspace, "表.xlsx", at=None)

    def meanwhile(_: float) -> None:
        look = place.lstat()
        place.unlink()
        os.mkfifo(place)
        monkeypatch.setattr(os, "lstat", lambda _: look)

    monkeypatch.setattr(time, "sleep", meanwhile)
    assert take_meanwhile(workspace) == Taken([], ["表.xlsx"], {"表.xlsx": "仍在变化"})


@pytest.mark.parametrize(("name", "visible"), [
    # 南 as GB18030 writes it.
    (b"\xc4\xcf.xlsx", r"\xc4\xcf.xlsx"),
    ("表\n2.xlsx".encode(), r"表\x0a2.xlsx"),
    ("表\u202excod.xlsx".encode(), r"表\u202excod.xlsx"),
    (b"a\\b.xlsx", r"a\\b.xlsx"),
    ("\U00020bb7野家.xlsx".encode(), "\U00020bb7野家.xlsx"),
])
def test_take__strange_names_are_taken_and_shown_escaped(workspace, name, visible):
    with open(os.fsencode(workspace.inbox) + b"/" + name, "wb") as file:
        file.write(ZIP)
    taken = take(workspace)
    assert [(one.path, one.original.read_bytes()) for one in taken.receipts] == [(visible, ZIP)]
    assert take(workspace) == taken


def test_shown__two_names_are_never_alike():
    assert shown("a\udcc6") == r"a\xc6"
    assert shown(r"a\xc6") == r"a\\xc6"


def test_take__folders_deeper_than_the_stack(workspace):
    drop(workspace, "表.xlsx")
    folders = [workspace.inbox / "/".join("a" * depth) for depth in range(1, 1100)]
    for folder in folders:
        folder.mkdir()
    assert paths(take_meanwhile(workspace)) == ["表.xlsx"]
    # pytest's own clearing up would run out of stack.
    for folder in reversed(folders):
        folder.rmdir()


@pytest.mark.parametrize("seconds", [-62_135_596_800, 13_000_000_000, 253_402_300_799])
def test_take__times_of_no_calendar(workspace, seconds):
    place = drop(workspace, "表.xlsx")
    try:
        os.utime(place, (0, seconds))
    except OSError:
        pytest.skip("the file system does not hold this time")
    assert take(workspace).waiting == []


def test_take__too_large_is_not_copied(workspace):
    with drop(workspace, "大.xlsx").open("r+b") as file:
        file.truncate((1 << 20) + 1)
    drop(workspace, "小.xlsx")
    settings = Settings(second_look_seconds=0, largest_copy_mb=1)
    taken = take_meanwhile(workspace, settings=settings)
    assert {one.path: (one.ignored, one.sha256) for one in taken.receipts} == {
        "大.xlsx": ("文件大于 1 MB，没有接收", ""), "小.xlsx": ("", digest(ZIP))}
