"""An output that is open in Excel on Windows: tried again, then written under a new name, said, and put right."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pipeline import manifest
from pipeline.publish import atomic
from pipeline.publish.atomic import replacing
from pipeline.report import in_markdown, in_words
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from tests.faults import small
from tests.faults.state import hashes

REGISTER = "省级/江苏省创新联合体名录.xlsx"
BESIDE = "省级/江苏省创新联合体名录_新1.xlsx"
RETURNED = "徐州市/退改/02（改正）.xlsx"


class Opened:
    """Files that somebody has open: replacing them fails as often as is said, with the system's error."""

    def __init__(self, monkeypatch) -> None:
        self.times: dict[str, int] = {}
        self.error = PermissionError(errno.EACCES, "denied")
        self.waited: list[float] = []
        replace = os.replace

        def held(old: Path, new: Path) -> None:
            if self.times.get(Path(new).name, 0) > 0:
                self.times[Path(new).name] -= 1
                raise self.error
            replace(old, new)

        monkeypatch.setattr(os, "replace", held)
        monkeypatch.setattr("pipeline.publish.atomic.time.sleep", self.waited.append)


@pytest.fixture
def opened(monkeypatch) -> Opened:
    return Opened(monkeypatch)


def put(target: Path, content: bytes) -> Path:
    with replacing(target) as aside:
        aside.write_bytes(content)
    return atomic.place_of(target)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY])
def test_open_file__that_is_closed_in_time_is_replaced(tmp_path, opened, number) -> None:
    target = tmp_path / "名录.xlsx"
    target.write_bytes(b"old")
    opened.error, opened.times = OSError(number, "in use"), {target.name: 3}
    assert put(target, b"new") == target
    assert (target.read_bytes(), opened.waited) == (b"new", [0.1, 0.3, 1])
    assert list(tmp_path.iterdir()) == [target]


def test_open_file__that_stays_open_is_left_and_the_new_one_lies_beside(tmp_path, opened) -> None:
    target = tmp_path / "名录.xlsx"
    target.write_bytes(b"old")
    opened.times = {target.name: 99}
    assert put(target, b"new") == tmp_path / "名录_新1.xlsx"
    assert opened.waited == list(atomic.WAITS_SECONDS) == [0.1, 0.3, 1, 3, 10]
    assert put(target, b"new") == tmp_path / "名录_新1.xlsx"
    assert put(target, b"newer") == tmp_path / "名录_新2.xlsx"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "名录.xlsx": b"old", "名录_新1.xlsx": b"new", "名录_新2.xlsx": b"newer"}
    opened.times = {}
    assert put(target, b"newer") == target


def test_other_errors__are_not_tried_again(tmp_path, opened) -> None:
    opened.error, opened.times = OSError(errno.ENOSPC, "full"), {"a.xlsx": 1}
    with pytest.raises(OSError, match="full"):
        put(tmp_path / "a.xlsx", b"new")
    assert (opened.waited, list(tmp_path.iterdir())) == ([], [])


def test_asking__who_may_not_write_leaves_the_old_file(tmp_path) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    asked = []

    def never(place: Path) -> None:
        asked.append(place)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError), atomic.asking(never):
        put(target, b"new")
    assert (asked, target.read_bytes(), list(tmp_path.iterdir())) == ([target], b"old", [target])
    assert put(target, b"new") == target


def test_sweep__takes_what_killed_runs_left_and_nothing_else(tmp_path) -> None:
    kept = tmp_path / "南京市" / "~报表.tmp"
    kept.parent.mkdir()
    kept.write_bytes(b"")
    (tmp_path / "南京市" / ".~0123456789abcdef.tmp").write_bytes(b"half")
    atomic.sweep(tmp_path)
    assert list(kept.parent.iterdir()) == [kept]


@pytest.mark.slow
def test_run__says_where_the_new_files_are_and_puts_them_right_the_next_night(tmp_path, opened) -> None:
    workspace = Workspace(small.built(tmp_path / "workspace"))
    free = Workspace(small.copied(workspace.root, tmp_path / "free"))
    settings = Settings.of(workspace)
    run(free, settings, small.SECOND)
    right, old = hashes(free.outbox), hashes(workspace.outbox)[REGISTER]

    opened.times = {Path(REGISTER).name: 99, Path(RETURNED).name: 99}
    summary = run(workspace, settings, small.SECOND)
    assert summary.elsewhere == ((RETURNED, "徐州市/退改/02（改正）_新1.xlsx"), (REGISTER, BESIDE))
    assert in_words(summary)[-1] == (
        f"“{REGISTER}”正被打开，没有替换，新的已另存为“{BESIDE}”。请关闭后再运行一次，届时写回原名。")
    assert "02（改正）\\_新1.xlsx" in in_markdown(summary)
    shown = hashes(workspace.outbox)
    assert (shown[REGISTER], shown[BESIDE]) == (old, right[REGISTER])
    assert f"{right[REGISTER]}  {BESIDE}\n" in (workspace.province_outbox / manifest.NAME).read_text("utf-8")
    assert not manifest.intact(manifest.read(workspace), workspace.outbox)

    opened.times = {}
    summary = run(workspace, settings, small.SECOND)
    assert (summary.elsewhere, summary.unchanged_since) == ((), None)
    assert hashes(workspace.outbox) == right
    assert manifest.read(workspace).spare == ()
