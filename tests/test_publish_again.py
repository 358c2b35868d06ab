"""Forms handed back from night to night: what would be made from the same again, and lies there, stays as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from pipeline import edition, manifest, originals
from pipeline.errors import RunError
from pipeline.publish import atomic, handed_back
from pipeline.publish.handed_back import Answer
from pipeline.publish.standing import Standing
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from tests.faults import small
from tests.faults.state import hashes
from tests.season import Season

NIGHT = timedelta(days=1)


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """A workspace after one night: four forms, of which number 2 has an error and number 3 something to explain."""
    return small.begun(tmp_path_factory.mktemp("again") / "workspace").workspace.root


@pytest.fixture
def season(first: Path, tmp_path: Path) -> Season:
    """That workspace, on the next day."""
    return small.next_day(first, tmp_path / "workspace")


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the forms that are marked."""
    names = []
    write = handed_back._write

    def noted(answers: Iterable[Answer], known: Standing) -> None:
        write((names.append(answer.target.name) or answer for answer in answers), known)

    monkeypatch.setattr(handed_back, "_write", noted)
    return names


def night(season: Season) -> None:
    run(season.workspace, Settings.of(season.workspace), season.now)


def forms(workspace: Workspace) -> dict[str, Path]:
    return {path.name: path for path in workspace.outbox.glob("*/退改/*")}


def stands(workspace: Workspace) -> dict[str, tuple[int, int]]:
    """Which file it is and when it was written, by name."""
    return {name: (path.stat().st_ino, path.stat().st_mtime_ns) for name, path in forms(workspace).items()}


def as_if_nothing_was_there(season: Season, target: Path) -> dict[str, str]:
    """What the next night would give had nothing been published before."""
    plain = Workspace(small.copied(season.workspace.root, target))
    plain.manifest.unlink()
    for path in plain.outbox.rglob("*"):
        if path.is_file():
            path.unlink()
    run(plain, Settings.of(plain), season.now)
    return hashes(plain.outbox)


def test_new_form__is_marked_alone(season, marked, tmp_path) -> None:
    before = stands(season.workspace)
    season.send(4)
    expected = as_if_nothing_was_there(season, tmp_path / "plain")
    assert len(marked) == 5
    marked.clear()
    night(season)
    assert len(marked) == 1 and marked[0] not in before
    after = stands(season.workspace)
    assert {name: after[name] for name in before} == before
    # A finding that was new is open now, in the lists, the page and the tables; the forms do not tell.
    assert hashes(season.workspace.outbox) == expected


def test_new_version__is_marked_anew(season, marked) -> None:
    before = stands(season.workspace)
    changed = season.path(2).name
    season.send(2)
    night(season)
    assert marked == [changed]
    after = stands(season.workspace)
    assert [name for name in before if after[name] != before[name]] == [changed]


def test_finding_that_is_settled__marks_its_form_anew(season, marked) -> None:
    assert season.decide("裁定.xlsx", lambda row: ("同意豁免", "情况属实") if row["工作表"] == "规则豁免" else None)
    night(season)
    assert marked == [season.path(3).name]


@pytest.mark.parametrize("touch", [
    lambda path: path.write_bytes(path.read_bytes() + b" "), Path.unlink,
    lambda path: path.write_bytes(bytes(path.stat().st_size))], ids=["longer", "gone", "as long"])
def test_form_touched_by_hand__is_restored(season, marked, touch) -> None:
    path = forms(season.workspace)[season.path(1).name]
    right = path.read_bytes()
    touch(path)
    season.send(4)
    night(season)
    assert sorted(marked) == sorted([season.path(1).name, season.path(4).name])
    assert path.read_bytes() == right


def test_form_whose_time_alone_changed__stays(season, marked) -> None:
    path = forms(season.workspace)[season.path(1).name]
    path.touch()
    season.send(4)
    night(season)
    assert marked == [season.path(4).name]


def test_another_edition__marks_all_anew_and_leaves_what_is_the_same(season, marked, monkeypatch) -> None:
    before = stands(season.workspace)
    monkeypatch.setattr(edition, "rules_edition", lambda: "another")
    night(season)
    assert sorted(marked) == sorted(before)
    assert stands(season.workspace) == before


def test_run_that_ends_before_its_manifest__is_made_good(season, marked, monkeypatch) -> None:
    season.send(2)
    season.send(4)
    write = manifest.write
    monkeypatch.setattr(manifest, "write", lambda *_: (_ for _ in ()).throw(OSError("no")))
    with pytest.raises(RunError):
        night(season)
    made = stands(season.workspace)
    monkeypatch.setattr(manifest, "write", write)
    marked.clear()
    night(season)
    # Theirs are the bytes that no manifest vouches for; what they are made into is the same.
    assert sorted(marked) == sorted([season.path(2).name, season.path(4).name])
    assert stands(season.workspace) == made


def test_form_that_broke_its_marking__is_tried_again(season, marked, monkeypatch) -> None:
    season.send(4)
    right = handed_back.Marking.bytes
    monkeypatch.setattr(handed_back.Marking, "bytes", raises)
    night(season)
    name = season.path(4).name
    fallen_back = forms(season.workspace)[name].read_bytes()
    monkeypatch.setattr(handed_back.Marking, "bytes", right)
    season.send(5)
    marked.clear()
    night(season)
    assert sorted(marked) == sorted([name, season.path(5).name])
    assert forms(season.workspace)[name].read_bytes() != fallen_back


def test_private_copy_that_was_damaged__is_not_handed_back(season, marked) -> None:
    name = season.path(1).name
    answer = forms(season.workspace)[name]
    right = answer.read_bytes()
    content = season.path(1).read_bytes()
    copy = originals.place(season.workspace.originals, hashlib.sha256(content).hexdigest())
    copy.chmod(0o600)
    copy.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    answer.unlink()
    season.send(4)
    night(season)
    moved = answer.read_bytes()
    assert moved != right and len(openpyxl.load_workbook(answer).sheetnames) > 1
    copy.write_bytes(content)
    season.send(5)
    marked.clear()
    night(season)
    assert sorted(marked) == sorted([name, season.path(5).name])
    assert answer.read_bytes() == right


def test_form_touched_while_the_run_lasts__is_restored_by_the_next(season, marked, monkeypatch) -> None:
    answer = forms(season.workspace)[season.path(1).name]
    right = answer.read_bytes()
    write = manifest.write

    def late(*given: object) -> None:
        answer.write_bytes(b"saved by hand")
        write(*given)

    monkeypatch.setattr(manifest, "write", late)
    season.send(4)
    night(season)
    monkeypatch.setattr(manifest, "write", write)
    season.send(5)
    marked.clear()
    night(season)
    assert sorted(marked) == sorted([season.path(1).name, season.path(5).name])
    assert answer.read_bytes() == right


def test_folder_among_the_answers__stays_and_stops_nothing(season, caplog) -> None:
    folder = forms(season.workspace)[season.path(1).name].with_name("备份")
    folder.mkdir()
    (folder / "表.xlsx").write_bytes(b"theirs")
    folder.with_name("旧.xlsx").write_bytes(b"of no run")
    season.send(4)
    with caplog.at_level("WARNING"):
        night(season)
    assert (folder / "表.xlsx").read_bytes() == b"theirs" and not folder.with_name("旧.xlsx").exists()
    assert [record.message for record in caplog.records if "退改" in record.message] == [
        "退改文件夹里有一个不是程序建立的文件夹，没有移走"]


def raises(_: object) -> bytes:
    raise ArithmeticError


@pytest.mark.parametrize("damage", [
    lambda kept: {**kept, "outputs": {path: output[:3] for path, output in kept["outputs"].items()}},
    lambda kept: {**kept,
                  "outputs": {path: [*output[:2], "0" * 64, *output[3:]] for path, output in kept["outputs"].items()
                                      } | {"省级/清单.sha256": [0, 0, ""]}},
], ids=["older", "other hashes"])
def test_manifest_that_does_not_vouch_for_forms__has_all_marked(season, marked, damage) -> None:
    before = stands(season.workspace)
    kept = json.loads(season.workspace.manifest.read_text("utf-8"))
    for path in forms(season.workspace).values():
        path.touch()
    season.workspace.manifest.write_text(json.dumps(damage(kept)), "utf-8")
    season.send(4)
    night(season)
    assert set(before) < set(marked)


def test_parent__opens_no_received_file_to_name_its_answer(season, monkeypatch) -> None:
    """Where its reader found the kind, nobody looks again; else a child does."""
    def opened(path: Path) -> bytes:
        assert season.workspace.originals not in path.parents, "a received file was opened"
        return read(path)

    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", opened)
    season.put(season.path(5, "05.xlsx"), b"PK\x03\x04 no workbook PK\x05\x06" + bytes(18))
    season.send(4)
    night(season)
    assert {"05（空白模板）.xlsx", season.path(4).name} <= set(forms(season.workspace))


def test_put_all__is_replacing_each(tmp_path) -> None:
    (tmp_path / "same").write_bytes(b"1")
    (tmp_path / "other").write_bytes(b"2")
    before = (tmp_path / "same").stat().st_mtime_ns
    asked = []
    with atomic.asking(asked.append):
        atomic.put_all((tmp_path / name, b"1") for name in ("same", "other", "folder/new"))
    assert asked == [tmp_path / "other", tmp_path / "folder" / "new"]
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == {
        "same": b"1", "other": b"1", "new": b"1"}
    assert (tmp_path / "same").stat().st_mtime_ns == before


def test_together__a_fault_leaves_all_as_it_was(tmp_path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    with pytest.raises(ArithmeticError), atomic.together():
        with atomic.replacing(tmp_path / "old") as aside:
            aside.write_bytes(b"new")
        raise ArithmeticError
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("old", b"old")]
    with atomic.replacing(tmp_path / "old") as aside:
        aside.write_bytes(b"new")
    assert (tmp_path / "old").read_bytes() == b"new"
