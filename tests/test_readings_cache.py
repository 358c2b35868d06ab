"""Readings kept from run to run: trusted only as far as they prove themselves."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from test_unchanged import FIRST_NIGHT, HOUR, RECEIPT, first, hashes, opened, season  # noqa: F401

from pipeline import readings as readings_
from pipeline.read.packed import pack
from pipeline.read.record import FormReading, Opened, Spotted, Value
from pipeline.readings import Readings
from pipeline.run import run

OPENED = Opened((FormReading("表", {"members": [{"name": Value("甲公司", "B9")}]}),), (Spotted("F05", "表"),))
OTHER = replace(RECEIPT, sha256="1" * 64)
DECISION = replace(RECEIPT, path="省级裁定/待核清单.xlsx", city=None)


def change(file: Path, question: str, *given: object) -> list[tuple]:
    """Change the file, or ask it, as another program would."""
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(question, given).fetchall()


def spoil(file: Path, name: str, damage: Callable[[bytes], bytes]) -> bytes:
    """Damage one entry; what it was."""
    ((whole,),) = change(file, "SELECT packed FROM readings WHERE name = ?", name)
    change(file, "UPDATE readings SET packed = ? WHERE name = ?", damage(whole), name)
    return whole


@pytest.fixture
def kept(tmp_path: Path) -> Readings:
    kept = Readings(tmp_path / "readings", "e" * 64)
    kept.prune()
    kept.put(RECEIPT, OPENED)
    return kept


def test_reading__comes_back_as_it_was_put(kept) -> None:
    assert kept.get(RECEIPT) == OPENED
    kept.put(OTHER, pack(OPENED))
    assert kept.get(OTHER) == OPENED


def test_bytes__are_another_matter_as_a_decision_file(kept) -> None:
    assert kept.get(DECISION) is None
    kept.put(DECISION, Opened(blank=True))
    assert (kept.get(DECISION), kept.get(RECEIPT)) == (Opened(blank=True), OPENED)


@pytest.mark.parametrize("damage", [
    lambda data: b"", lambda data: data[:-1], lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
    lambda data: b"x" + data, lambda data: data[:140]], ids=["empty", "cut", "one bit", "shifted", "head only"])
def test_damaged_entry__is_none(kept, damage) -> None:
    spoil(kept.file, RECEIPT.sha256, damage)
    assert kept.get(RECEIPT) is None


@pytest.mark.parametrize("damage", [
    lambda data: b"", lambda data: data[:-1], lambda data: data[:5_000], lambda data: b"x" * len(data),
    lambda data: data[:16_384] + b"\xff" * 16_384 + data[32_768:]], ids=["empty", "cut", "short", "foreign", "a page"])
def test_damaged_file__knows_nothing_and_is_made_anew(kept, damage) -> None:
    kept.close()
    kept.file.write_bytes(damage(kept.file.read_bytes()))
    assert kept.get(RECEIPT) in (None, OPENED)
    assert kept.put(OTHER, OPENED) and kept.put(RECEIPT, OPENED)
    kept.close()
    assert (kept.get(OTHER), kept.get(RECEIPT)) == (OPENED, OPENED)
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600


@pytest.mark.parametrize("end", ["a page is damaged", "the folder is deleted"])
def test_file_lost_meanwhile__what_was_taken_from_it_can_be_taken_again(kept, end) -> None:
    receipts = [replace(RECEIPT, sha256=f"{number:064x}") for number in range(60)]
    long = Opened(remarks=(("1", "表" * 3_000, ""),))
    assert kept.put_all([(receipt, pack(long)) for receipt in receipts])
    kept.close()
    data = kept.file.read_bytes()
    middle = len(data) // 2 // 16_384 * 16_384
    if end == "a page is damaged":
        kept.file.write_bytes(data[:middle] + b"\xff" * 16_384 + data[middle + 16_384:])
    taken = [receipt for receipt in receipts[:-1] if kept.get(receipt)]
    if end == "the folder is deleted":
        shutil.rmtree(kept.file.parent)
    kept.put(OTHER, OPENED)
    assert len(taken) > 20 and [kept.get(receipt) for receipt in taken] == [long] * len(taken)


def test_second_opening__leaves_the_lock_of_the_first(kept) -> None:
    child = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
    with closing(sqlite3.connect(kept.file, isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        second = Readings(kept.file.parent, "e" * 64)
        assert second.get(RECEIPT) == OPENED
        asked = subprocess.run([sys.executable, "-c", child, kept.file], capture_output=True, text=True, check=False)
    assert asked.stderr.endswith("database is locked\n")


def test_portion_that_was_cut_off__leaves_the_one_before(kept) -> None:
    with closing(sqlite3.connect(kept.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO readings VALUES ('a', x'00')")
    assert (kept.has(RECEIPT), kept.get(RECEIPT)) == (True, OPENED)
    assert change(kept.file, "SELECT count(*) FROM readings") == [(1,)]


def test_foreign_entry__is_none(kept) -> None:
    change(kept.file, "UPDATE readings SET name = ?", OTHER.sha256)
    assert (kept.has(OTHER), kept.get(OTHER)) == (True, None)


def test_other_edition__knows_nothing_and_drops_the_older(kept, tmp_path) -> None:
    later = Readings(tmp_path / "readings", "f" * 64)
    assert later.get(RECEIPT) is None
    (tmp_path / "readings" / "stray").write_bytes(b"")
    later.prune()
    assert list((tmp_path / "readings").iterdir()) == [later.file]


def test_editions_that_begin_alike__are_told_apart(kept, tmp_path) -> None:
    assert Readings(tmp_path / "readings", "e" * 63 + "f").get(RECEIPT) is None


def test_folder_and_entries__are_closed_to_others(kept, tmp_path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "readings", kept.file)}
    assert modes == {0o700, 0o600}


def test_disk_that_refuses__costs_nothing_but_time(tmp_path) -> None:
    (tmp_path / "readings").write_bytes(b"in the way")
    kept = Readings(tmp_path / "readings", "e" * 64)
    kept.prune()
    kept.put(RECEIPT, OPENED)
    assert kept.get(RECEIPT) is None


def test_not_lasting__adds_nothing(kept, tmp_path) -> None:
    looking = Readings(tmp_path / "readings", "e" * 64, lasting=False)
    looking.put(OTHER, OPENED)
    assert (looking.get(RECEIPT), looking.get(OTHER)) == (OPENED, None)


def test_run__reads_only_the_damaged_entry_anew(season, opened) -> None:  # noqa: F811
    before = hashes(season)
    (file,) = season.workspace.readings.iterdir()
    name = min(name for (name,) in change(file, "SELECT name FROM readings"))
    whole = spoil(file, name, lambda data: data[:100])
    shutil.rmtree(season.workspace.outbox)
    run(season.workspace, season.settings, FIRST_NIGHT + HOUR)
    again = change(file, "SELECT packed FROM readings WHERE name = ?", name)
    assert (opened, hashes(season), again) == ([name], before, [(whole,)])


def test_run_of_another_edition__reads_everything_anew(season, opened, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr(readings_, "reader_edition", lambda: "another edition, 16 letters at least")
    season.workspace.manifest.unlink()
    run(season.workspace, season.settings, FIRST_NIGHT + HOUR)
    assert len(opened) == 3
    assert [path.name for path in season.workspace.readings.iterdir()] == [
        "another edition, 16 letters at least.db"]
