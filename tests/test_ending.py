"""Asked to end by the system, a run ends as by Ctrl+C: a sentence, exit code 3, nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli import ended
from tests import terminal
from tests.faults import small

SAID = "已中断，没有完成；再次运行会接着做。"
ROOT = Path(__file__).parent.parent


def left(mark: str) -> list[str]:
    """Processes that were started with this mark in their environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            marked = mark.encode() in place.read_bytes()
        except OSError:
            continue
        if marked and int(place.parent.name) != os.getpid():
            found.append(place.parent.name)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(("words", "after"), [
    (["--no-prefect"], "收件"),
    pytest.param([], "启动 Prefect", marks=pytest.mark.slow), pytest.param([], "收件", marks=pytest.mark.slow)])
def test_run__ends_as_by_hand(command, tmp_path, number, words, after) -> None:
    workspace = small.built(tmp_path / "workspace")
    mark = f"ending-{os.getpid()}-{time.monotonic_ns()}"
    child = command.start("run", *words, "-w", workspace, ENDING_MARK=mark)
    told = ""
    while after not in told:
        line = child.stderr.readline().decode()
        assert line, told
        told += line
    child.send_signal(number)
    told += child.communicate(timeout=60)[1].decode()
    assert (child.returncode, told.splitlines()[-1]) == (3, SAID)
    until = time.monotonic() + 10
    while left(mark) and time.monotonic() < until:
        time.sleep(0.1)
    assert left(mark) == []


# Stops a command at one step of it, which takes as long as it likes.
STUCK = """
import importlib, sys, time
from pipeline.__main__ import main

def stuck(*_):
    print("stuck", flush=True)
    time.sleep(60)

module, name = sys.argv.pop(1).split(":")
setattr(importlib.import_module(module), name, stuck)
main()
"""


@pytest.fixture(scope="module")
def answered(tmp_path_factory) -> Path:
    """A workspace of which every file is answered."""
    root = small.begun(tmp_path_factory.mktemp("answered") / "workspace").workspace.root
    assert ended(["run", "--no-prefect", "-w", str(root)]) == 1
    return root


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(("words", "step"), [
    (["seal", "-w", "."], "pipeline.sealing.freezing:_fill"), (["rebuild", "-w", "."], "pipeline.ledger:rebuild"),
    (["demo", "{folder}/new"], "pipeline.demo:build"), (["status", "-w", "."], "pipeline.board:lines"),
    (["serve", "-w", "."], "pipeline.launch:taken")], ids=["seal", "rebuild", "demo", "status", "serve"])
def test_command__ends_as_by_hand(answered, tmp_path, number, words, step) -> None:
    words = [word.format(folder=tmp_path) for word in words]
    child = subprocess.Popen([sys.executable, "-c", STUCK, step, *words], cwd=answered, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}, encoding="utf-8",
                             preexec_fn=terminal.heed)
    assert child.stdout.readline() == "stuck\n", child.communicate()
    child.send_signal(number)
    told = child.communicate(timeout=30)[1]
    assert (child.returncode, told.splitlines()[-1]) == (3, SAID)
    # Nothing is left of a folder that was to be sealed.
    assert list(answered.glob("封存/*")) == []


def test_ignored_signal__stays_ignored() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
         "from pipeline import ending\nending.as_by_hand()\nending.once_more()\n"
         "print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN,"
         " signal.getsignal(signal.SIGTERM) is signal.default_int_handler)"],
        cwd=ROOT, capture_output=True, check=True, text=True)
    assert said.stdout.split() == ["True", "True"]
