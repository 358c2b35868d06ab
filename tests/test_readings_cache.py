"""Readings kept from run to run: trusted only as far as they prove themselves."""

from __future__ import annotations

import shutil
import stat
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
    place = kept.place(RECEIPT)
    place.write_bytes(damage(place.read_bytes()))
    assert kept.get(RECEIPT) is None


def test_foreign_entry__is_none(kept) -> None:
    kept.place(OTHER).parent.mkdir()
    shutil.copyfile(kept.place(RECEIPT), kept.place(OTHER))
    assert kept.get(OTHER) is None


def test_other_edition__knows_nothing_and_drops_the_older(kept, tmp_path) -> None:
    later = Readings(tmp_path / "readings", "f" * 64)
    assert later.get(RECEIPT) is None
    (tmp_path / "readings" / "stray").write_bytes(b"")
    later.prune()
    assert list((tmp_path / "readings").iterdir()) == []


def test_editions_that_begin_alike__are_told_apart(kept, tmp_path) -> None:
    assert Readings(tmp_path / "readings", "e" * 63 + "f").get(RECEIPT) is None


def test_folder_and_entries__are_closed_to_others(kept, tmp_path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "readings", kept.place(RECEIPT))}
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
    (entry, *_) = sorted(path for path in season.workspace.readings.rglob("*") if path.is_file())
    whole = entry.read_bytes()
    entry.write_bytes(whole[:100])
    shutil.rmtree(season.workspace.outbox)
    run(season.workspace, season.settings, FIRST_NIGHT + HOUR)
    assert (opened, hashes(season), entry.read_bytes()) == ([entry.name], before, whole)


def test_run_of_another_edition__reads_everything_anew(season, opened, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr(readings_, "reader_edition", lambda: "another edition, 16 letters at least")
    season.workspace.manifest.unlink()
    run(season.workspace, season.settings, FIRST_NIGHT + HOUR)
    assert len(opened) == 3
    assert [path.name for path in season.workspace.readings.iterdir()] == ["another edition,"]
