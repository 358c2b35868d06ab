"""Prefect's server dies in the middle of a run: the run is completed without it, once."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from pipeline.ledger import INTERRUPTED, Ledger
from pipeline.run import OUTCOME_DONE, OUTCOME_FAILED
from pipeline.settings import Settings, Workspace
from tests.faults import small
from tests.faults.state import hashes, receipts

REGISTER = "省级/江苏省创新联合体名录.xlsx"
WITHOUT = "Prefect 服务没有启动或中途停止，已改为直接运行，结果相同。"


def server_of(process: subprocess.Popen) -> int:
    """The process of the server that a run has started."""
    for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split():
        if b"pipeline.server" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    raise AssertionError("no server")


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["读表"])
def test_server__killed_in_the_middle_costs_nothing(command, tmp_path, stage) -> None:
    workspace = Workspace(small.built(tmp_path / "workspace"))
    kept = Workspace(small.copied(workspace.root, tmp_path / "kept"))
    assert command("run", "--no-prefect", "-w", kept.root).returncode == 1
    running = command.start("run", "-w", workspace.root)
    said = []
    for line in running.stderr:
        said.append(line.decode().strip())
        if said[-1] == f"{stage}……":
            os.kill(server_of(running), signal.SIGKILL)
            break
    out, rest = running.communicate(timeout=300)
    said += rest.decode().splitlines()
    assert running.returncode == 1, said
    assert "Traceback" not in "".join(said)
    assert WITHOUT in said
    # The two runs began at different times, of which nothing is in the register.
    right, found = hashes(kept.outbox), hashes(workspace.outbox)
    assert (found.keys(), found[REGISTER]) == (right.keys(), right[REGISTER])
    assert [one[:4] for one in receipts(workspace.root)] == [one[:4] for one in receipts(kept.root)]
    with Ledger.of(workspace, Settings()) as ledger:
        first, broken, last = (run.outcome for run in ledger.runs())
        # The job may have come to its end in the flow before Prefect noticed; then nothing was left to do.
        assert (first, last) == (OUTCOME_DONE, OUTCOME_DONE) and broken in (OUTCOME_DONE, OUTCOME_FAILED, INTERRUPTED)
        assert ledger.memory().round.number == 2
