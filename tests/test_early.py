"""`pipeline.early`: what is opened while files are copied counts as read, and whatever else there is is read later."""

from __future__ import annotations

import hashlib
import re
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from pipeline import demo, early, flow, inbox, originals, readings
from pipeline.early import Copy, Early
from pipeline.intake import Receipt
from pipeline.opening import open_file
from pipeline.read.labels import labels_of
from pipeline.run import HERE, run
from pipeline.sandbox import CRASHED, Outcome
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA
from schemas.form_2023 import FORM
from tests.received import receipt

NOON = datetime(2023, 9, 20, 12, tzinfo=CHINA)
# No workbooks, and so found to be none: that is known of them as well as what a form holds.
FILES = {f"南京市/{name}.xlsx": f"表{name}".encode() for name in "甲乙丙丁戊"}


@pytest.fixture(autouse=True)
def two_at_a_time(monkeypatch) -> None:
    monkeypatch.setattr(early, "FILES_AT_A_TIME", 2)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    place = Workspace(tmp_path)
    place.create()
    return place


@pytest.fixture
def asked(monkeypatch) -> list[Copy]:
    """What children were asked to open."""
    seen: list[Copy] = []
    opened = early.first_opened

    def noted(copies, *how):
        return opened((seen.append(copy) or copy for copy in copies), *how)

    monkeypatch.setattr(early, "first_opened", noted)
    return seen


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def received(path: str, data: bytes) -> Receipt:
    return replace(receipt(path), sha256=sha256(data))


def copy(workspace: Workspace, beside: Early, path: str, data: bytes, size: int = 0) -> None:
    """What copying a file does."""
    place = originals.place(workspace.originals, sha256(data))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    beside.copied(inbox.Look(path, path, size, 0, 0, 0), sha256(data))


def known(workspace: Workspace) -> list[str]:
    """The files of which a reading is kept, as the stage of reading finds it."""
    labels = labels_of(FORM)
    with closing(readings.of(workspace)) as kept:
        found = {path: kept.get(received(path, data)) for path, data in FILES.items()}
    for path, opened in found.items():
        place = originals.place(workspace.originals, sha256(FILES[path]))
        assert opened is None or opened == open_file((labels, place))
    return [path[-6] for path, opened in found.items() if opened]


def told(caplog) -> list[str]:
    """What was told, without the number of the line in which an error was raised."""
    return [re.sub(r":\d+）", "）", record.getMessage()) for record in caplog.records
            if record.name == "pipeline.early"]


def test_whole_portions__are_known_when_the_block_ends(workspace, caplog) -> None:
    caplog.set_level("INFO")
    with Early(workspace, Settings()) as beside:
        for path, data in FILES.items():
            copy(workspace, beside, path, data)
        # All portions are asked for: none is left because the block ended before.
        while not beside._portions.empty():
            pass
    assert known(workspace) == ["甲", "乙", "丙", "丁"]
    assert told(caplog) == ["收件时已打开 4 个文件"]


def test_few_files__nothing_is_started(workspace, asked, caplog) -> None:
    caplog.set_level("INFO")
    with Early(workspace, Settings()) as beside:
        copy(workspace, beside, "南京市/甲.xlsx", b"1")
    assert asked == [] and told(caplog) == []
    assert not readings.of(workspace).file.exists()


def test_decisions_and_what_is_too_large__are_left(workspace, asked) -> None:
    with Early(workspace, Settings(max_file_mb=1)) as beside:
        copy(workspace, beside, f"{inbox.DECISIONS}/裁定.xlsx", b"1")
        copy(workspace, beside, "南京市/大.xlsx", b"2", size=1_000_001)
        copy(workspace, beside, "南京市/甲.xlsx", b"3", size=1_000_000)
        assert beside._reading is None
        copy(workspace, beside, "南京市/乙.xlsx", b"4")
        while not beside._portions.empty():
            pass
    assert [one.sha256 for one in asked] == [sha256(b"3"), sha256(b"4")]


def test_file_that_breaks_its_reader__is_left_to_the_stage_of_reading(workspace, monkeypatch, caplog) -> None:
    opened = early.first_opened

    def breaking(copies, *how):
        for number, (one, outcome) in enumerate(opened(copies, *how)):
            yield one, Outcome(number, fault=CRASHED) if number == 1 else outcome

    caplog.set_level("INFO")
    monkeypatch.setattr(early, "first_opened", breaking)
    with Early(workspace, Settings()) as beside:
        for path, data in FILES.items():
            copy(workspace, beside, path, data)
        while not beside._portions.empty():
            pass
    assert known(workspace) == ["甲", "丙", "丁"]
    assert told(caplog) == ["收件时已打开 3 个文件"]


def test_reading_fails__is_told_and_left(workspace, monkeypatch, caplog) -> None:
    def failing(*_):
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(early, "first_opened", failing)
    with Early(workspace, Settings()) as beside:
        copy(workspace, beside, "南京市/甲.xlsx", b"1")
        copy(workspace, beside, "南京市/乙.xlsx", b"2")
    assert told(caplog) == ["没有在收件时提前读表（OSError test_early.py），留到读表时"]


def test_no_thread_left__is_told_once_and_left(workspace, monkeypatch, caplog) -> None:
    def refused(*_) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch, Early(workspace, Settings()) as beside:
        patch.setattr("threading.Thread.start", refused)
        for path, data in FILES.items():
            copy(workspace, beside, path, data)
    assert told(caplog) == ["没有在收件时提前读表（RuntimeError test_early.py），留到读表时"]


def test_copying_fails__the_run_ends_as_without(workspace, asked) -> None:
    with pytest.raises(KeyError, match="share"), Early(workspace, Settings()) as beside:
        for path, data in FILES.items():
            copy(workspace, beside, path, data)
        raise KeyError("share")
    assert len(asked) <= 4


def test_copy_that_comes_late__is_not_heeded(workspace, asked) -> None:
    """A thread that a share held up may come to life again when all is over."""
    with Early(workspace, Settings()) as beside:
        pass
    copy(workspace, beside, "南京市/甲.xlsx", b"1")
    copy(workspace, beside, "南京市/乙.xlsx", b"2")
    assert asked == [] and beside._reading is None


def outputs(workspace: Workspace) -> dict[str, str]:
    return {path.relative_to(workspace.outbox).as_posix(): sha256(path.read_bytes())
            for path in sorted(workspace.outbox.rglob("*")) if path.is_file()}


def test_run__answers_the_same_whether_forms_were_read_early_or_not(tmp_path, asked) -> None:
    early_, late = Workspace(tmp_path / "early"), Workspace(tmp_path / "late")
    for place, stages in ((early_, HERE), (late, HERE._replace(reads_here=False))):
        place.create()
        demo.build(place)
        run(place, Settings.of(place), NOON, stages)
    assert outputs(early_) == outputs(late)
    assert asked and {one.original.parent.parent for one in asked} == {early_.originals}
    assert len({one.sha256 for one in asked}) == len(asked)


def test_known_copies__are_not_told_of_again(tmp_path, asked) -> None:
    workspace = Workspace(tmp_path)
    workspace.create()
    demo.build(workspace)
    run(workspace, Settings.of(workspace), NOON)
    del asked[:]
    for path in workspace.inbox.rglob("*.xlsx"):
        path.touch()
    run(workspace, Settings.of(workspace), NOON)
    assert asked == []


@pytest.mark.parametrize(("dask", "here"), [("tcp://elsewhere:8786", False), ("local", False), ("", True)])
def test_forms_read_elsewhere__are_not_read_here_before(workspace, dask, here) -> None:
    assert flow._stages(flow.TASKS, workspace, dask).reads_here is here
