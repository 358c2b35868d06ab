"""Fault cases E73 and I, the environment: those that no other test has. See docs/faults.md for all of them."""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from template_forms import GOOD

from pipeline import cli, log
from pipeline.settings import Workspace
from pipeline.template import write
from schemas.call import CHINA

ROOT = Path(__file__).parent.parent
MOMENT = "2023-09-20T02:00:00+08:00"


def outputs(workspace: Workspace) -> dict[str, str]:
    return {place.relative_to(workspace.outbox).as_posix(): hashlib.sha256(place.read_bytes()).hexdigest()
            for place in sorted(workspace.outbox.rglob("*")) if place.is_file()}


def filled(root: Path) -> Workspace:
    workspace = Workspace(root)
    workspace.create()
    place = workspace.inbox / "南京市" / "表.xlsx"
    place.parent.mkdir()
    write(place, filled=GOOD)
    os.utime(place, (1_690_000_000, 1_690_000_000))
    return workspace


def run(workspace: Workspace, before: str = "") -> tuple[int, bytes]:
    """(exit code, what it said on standard error) of a run at MOMENT, with these words of a shell before it."""
    words = f"{before} {sys.executable} -m tests.faults.one_run {workspace.root} {MOMENT}"
    done = subprocess.run(["bash", "-c", words], cwd=ROOT, capture_output=True, timeout=120, check=False)
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a run writes where nothing is scarce."""
    workspace = filled(tmp_path_factory.mktemp("right"))
    assert run(workspace) == (0, b"")
    return outputs(workspace)


SCARCE = {
    "few files at once": "ulimit -n 32;", "one processor, lowest priority": "taskset -c 0 nice -n 19",
    "no home, no room for temporary files": "unset HOME; export TMPDIR=/proc/absent;",
}


@pytest.mark.slow
@pytest.mark.parametrize("before", SCARCE.values(), ids=SCARCE)
def test_e73_i99__what_is_scarce_costs_time_and_no_result(tmp_path, right, before: str) -> None:
    workspace = filled(tmp_path)
    assert run(workspace, before) == (0, b"")
    assert outputs(workspace) == right


LOCALES = {
    "C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "GBK": {"LC_ALL": "zh_CN.GBK", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "gbk"},
}


@pytest.mark.slow
@pytest.mark.parametrize("locale", LOCALES.values(), ids=LOCALES)
def test_i98__names_and_reports_are_the_same_in_every_locale(tmp_path, command, right, locale: dict[str, str]) -> None:
    """The screen may show question marks; the city of a folder and what is written do not depend on it."""
    workspace = filled(tmp_path)
    done = command("run", "--no-prefect", "-w", workspace.root, **locale)
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    made, members = outputs(workspace), "省级/data/members.csv"
    assert (sorted(made), made[members]) == (sorted(right), right[members])
    if "PYTHONIOENCODING" in locale:
        assert "收到基础信息表 1 份" in done.stdout.decode("gbk")


def test_i98__begins_again_only_where_the_locale_misreads_names(monkeypatch) -> None:
    begun: list[tuple] = []
    monkeypatch.setattr(os, "execve", lambda *words: begun.append(words))
    cli._in_utf8()
    assert begun == []
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "gbk")
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "pipeline", "status"])
    monkeypatch.setenv("PYTHONIOENCODING", "gbk")
    monkeypatch.setenv("PYTHONUTF8", "0")
    cli._in_utf8()
    ((program, words, environment),) = begun
    assert (program, words) == (sys.executable, [sys.executable, "-m", "pipeline", "status"])
    assert (environment["PYTHONUTF8"], environment["PYTHONIOENCODING"]) == ("1", "gbk")
    monkeypatch.setenv("PYTHONUTF8", "1")
    cli._in_utf8()
    assert len(begun) == 1


def full_disk(folder: Path) -> None:
    """Today's log is on a device that is full."""
    folder.mkdir(parents=True)
    (folder / f"{datetime.now(CHINA):%Y-%m-%d}.log").symlink_to("/dev/full")


def test_i100__full_disk_costs_the_log_its_lines_and_the_screen_nothing(tmp_path, capsys) -> None:
    full_disk(tmp_path / "logs")
    with log.writing(tmp_path / "logs"):
        log.LOGGER.info("收件")
        logging.getLogger("pipeline.intake").warning("收件箱是空的，此前有 %d 个文件", 3)
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [full_disk, lambda folder: folder.write_bytes(b"")], ids=["full", "no folder"])
def test_i100__run_without_a_log_has_the_same_result(tmp_path, right, spoil) -> None:
    workspace = filled(tmp_path)
    spoil(workspace.state / "logs")
    assert run(workspace) == (0, b"")
    assert outputs(workspace) == right
