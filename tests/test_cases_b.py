"""Fault cases B, hostile files: those that no other test has. See docs/faults.md for all of them."""

from __future__ import annotations

import os
import socket
import sqlite3
import stat
import zipfile

import pytest
from drawn import form
from dropping import ZIP, created, drop, paths, take
from received import file, register_of
from season import Season

from pipeline.ledger import Ledger

SQL = "江苏'); DROP TABLE receipts;--创新联合体"


@pytest.fixture
def workspace(tmp_path):
    return created(tmp_path)


def test_b33__socket_in_the_inbox_is_listed_and_left_alone(workspace) -> None:
    with socket.socket(socket.AF_UNIX) as open_one:
        # A path of a socket has 107 bytes at most.
        here = os.getcwd()
        os.chdir(workspace.inbox)
        try:
            open_one.bind("表.xlsx")
        finally:
            os.chdir(here)
        assert [(one.path, one.ignored) for one in take(workspace).receipts] == [("表.xlsx", "不是普通文件")]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_b33__device_in_the_inbox_is_listed_and_left_alone(workspace) -> None:
    try:
        os.mknod(workspace.inbox / "表.xlsx", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("no devices here")
    assert [(one.path, one.ignored) for one in take(workspace).receipts] == [("表.xlsx", "不是普通文件")]


def test_b34__hard_link_to_the_ledger_is_only_read(workspace) -> None:
    drop(workspace, "先.xlsx")
    take(workspace)
    os.link(workspace.database, workspace.inbox / "表.xlsx")
    before = workspace.inbox.joinpath("表.xlsx").stat().st_nlink
    with sqlite3.connect(workspace.database) as connection:
        (rows,) = connection.execute("select count(*) from receipts").fetchone()
    connection.close()
    assert rows == 1
    with Ledger(workspace.database) as ledger:
        assert [one.path for one in ledger.receipts()] == ["先.xlsx"]
    assert workspace.inbox.joinpath("表.xlsx").stat().st_nlink == before == 2


@pytest.mark.parametrize("name", [
    "CON.xlsx", "a. ", "-rf.xlsx", "久" * 83 + ".xls", "长" * 83 + ".xlsx", "a&b<c>\"'.xlsx"])
def test_b32__names_that_other_systems_do_not_take_are_received(workspace, name: str) -> None:
    drop(workspace, name)
    receipt, = take(workspace).receipts
    assert (receipt.path, receipt.original.name) == (name, receipt.sha256)


@pytest.mark.slow
def test_b32_b36__hostile_names_and_texts_are_answered_and_do_nothing(tmp_path) -> None:
    """One night with names as long as a file system takes, twice, and SQL in names and cells."""
    season = Season(tmp_path)
    folder = season.path(0).parent
    season.send(0, lambda filled: filled["consortium"].update(name=SQL))
    long, sql = "长" * 83 + ".xlsx", "'; DROP TABLE receipts; --.xlsx"
    names = [long, f"二/{long}", "久" * 83 + ".xls", sql, "CON.xlsx"]
    for number, name in enumerate(names):
        season.put(folder / name, b"no workbook %d" % number)
    with open(os.fsencode(folder) + b"/" + b"\xc4" * 250 + b".xlsx", "wb") as strange:
        strange.write(ZIP)
    assert season.night()["status"] == {"accepted": 1, "unreadable": 6}
    assert season.table("consortia")["name"].to_list() == [SQL]
    answers = [place.name for place in season.returned(0).parent.iterdir()]
    assert len(answers) == 7 and max(len(os.fsencode(name)) for name in answers) <= 255
    with Ledger.of(season.workspace, season.settings) as ledger:
        assert len(ledger.receipts()) == 7


def test_b36__sql_in_a_cell_is_a_text_like_any_other() -> None:
    tables = register_of(file("南京市/a.xlsx", form({"B4": SQL})))
    assert tables["consortia"]["name"].to_list() == [SQL]


def test_b32__names_in_a_zip_are_never_places_on_disk(tmp_path, monkeypatch) -> None:
    """Parts called `../…` or `/etc/…` are read from memory or not at all; nothing is ever extracted."""
    from workbooks import sheet_of, text_cell, xlsx_parts, zipped

    from pipeline.grid import open_workbook

    monkeypatch.setattr(zipfile.ZipFile, "extract", lambda *_: pytest.fail("extracted"))
    monkeypatch.setattr(zipfile.ZipFile, "extractall", lambda *_: pytest.fail("extracted"))
    monkeypatch.chdir(tmp_path)
    parts = xlsx_parts(sheet_of(text_cell("A1", "甲"))) | {"../../outside.xml": "<x/>", "/etc/outside.xml": "<x/>"}
    assert [cell.text for cell in open_workbook(zipped(parts)).grids[0]] == ["甲"]
    assert list(tmp_path.iterdir()) == [] and not (tmp_path.parent.parent / "outside.xml").exists()


def test_b35__flood_of_one_bureau_leaves_no_other_out(workspace) -> None:
    """Three thousand files in one folder: all received in one go, the other city's among them."""
    folder = workspace.inbox / "南京市"
    folder.mkdir()
    for number in range(3_000):
        (folder / f"{number}.xlsx").write_bytes(b"%d" % number)
    drop(workspace, "苏州市/表.xlsx")
    received = take(workspace)
    assert len(received.receipts) + len(received.waiting) == 3_001
    assert "苏州市/表.xlsx" in paths(received)
