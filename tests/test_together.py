"""Watching, nightly and by-hand runs at the same time on one workspace, each a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from season import Season
from test_serve_real import serving

from pipeline import manifest
from pipeline.ledger import Ledger
from pipeline.run import OUTCOME_DONE, run
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA
from tests.faults.state import hashes, receipts

ROOT = Path(__file__).parent.parent
FORMS = 12
# Nobody serves here: what `serve` does when it finds something in the inbox, and what it does at night.
LOOP = """
import sys, time
from datetime import datetime
from pathlib import Path
from pipeline import unattended
from pipeline.errors import WorkspaceHeld
from pipeline.run import HERE
from pipeline.settings import Settings, Workspace
from pipeline.watch import Watcher, take_settled
from schemas.call import CHINA

unattended.LOOK_AGAIN_SECONDS = 0.1
workspace, trigger, until = Workspace(Path(sys.argv[1])), sys.argv[2], time.monotonic() + float(sys.argv[3])
stages = HERE._replace(intake=take_settled)

def once():
    unattended.carry_out(workspace, trigger, stages, KeyboardInterrupt)
    print(trigger, flush=True)
    return True

watcher = Watcher(workspace, Settings.of(workspace), once)
while time.monotonic() < until:
    watcher.look() if trigger == "来件" else once()
    time.sleep(0.2)
"""
SETTINGS = "stability_seconds = 0.5\nsecond_look_seconds = 0\nwatch_seconds = 0.2\n"


def settled(workspace: Workspace) -> None:
    """A last run in quiet, over which the others must not have left anything wrong."""
    run(workspace, Settings.of(workspace), datetime.now(CHINA))


def one_truth(workspace: Workspace, wanted: set[str], folder: Path) -> None:
    """Every file has one receipt, and the outbox is what follows from the ledger alone."""
    told = receipts(workspace.root)
    assert [one[0] for one in told] == list(range(1, len(told) + 1))
    assert sorted(one[1] for one in told) == sorted(wanted)
    standing = manifest.read(workspace)
    assert standing and manifest.intact(standing, workspace.outbox)
    assert [path.name for path in workspace.outbox.rglob(".~*")] == []
    again = Workspace(folder / "again")
    shutil.copytree(workspace.root, again.root)
    shutil.rmtree(again.outbox)
    shutil.rmtree(again.readings)
    again.manifest.unlink()
    settled(again)
    assert hashes(again.outbox) == hashes(workspace.outbox)


def runs_of(workspace: Workspace) -> list[tuple[datetime, datetime | None, str]]:
    with Ledger.of(workspace, Settings.of(workspace)) as ledger:
        return [(one.started_at, one.finished_at, one.outcome) for one in ledger.runs()]


def never_two_at_once(runs: list[tuple[datetime, datetime | None, str]]) -> None:
    """A run's beginning is read from the clock right before it asks for the workspace."""
    for (_, ended, _), (begun, _, _) in zip(runs, runs[1:], strict=False):
        assert ended is not None and begun > ended - timedelta(seconds=1)


@pytest.mark.slow
def test_processes__watching_at_night_and_by_hand_leave_one_truth(tmp_path: Path) -> None:
    season = Season(tmp_path / "workspace")
    workspace = season.workspace
    workspace.settings_file.write_text(SETTINGS, "utf-8")
    season.send(0)
    loops = [subprocess.Popen([sys.executable, "-c", LOOP, workspace.root, trigger, "20"], cwd=ROOT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) for trigger in ("来件", "夜间")]
    by_hand: list[int] = []
    for number in range(1, FORMS):
        season.send(number)
        hand = subprocess.run([sys.executable, "-m", "pipeline", "run", "--no-prefect", "-w", workspace.root], cwd=ROOT,
                              capture_output=True, timeout=120, check=False)
        by_hand.append(hand.returncode)
    ends = [(loop.communicate(timeout=120), loop.returncode) for loop in loops]
    assert [(told[1], code) for told, code in ends] == [("", 0)] * 2
    assert {word for told, _ in ends for word in told[0].split()} >= {"夜间"}
    assert set(by_hand) <= {0, 4}
    runs = runs_of(workspace)
    assert {outcome for _, _, outcome in runs} == {OUTCOME_DONE} and len(runs) > by_hand.count(0)
    never_two_at_once(runs)
    settled(workspace)
    one_truth(workspace,
              {season.path(number).relative_to(workspace.inbox).as_posix() for number in range(FORMS)}, tmp_path)


@pytest.mark.slow
def test_serve__with_a_night_owed_and_runs_by_hand_leaves_one_truth(command, tmp_path: Path) -> None:
    """The command itself: the watcher and the night by Prefect's server, the hand without it."""
    season = Season(tmp_path / "workspace")
    workspace = season.workspace
    long_ago = datetime.now(CHINA) - timedelta(days=2)
    with Ledger(workspace.database) as ledger:
        ledger.run_started("earlier", long_ago)
        ledger.run_finished("earlier", long_ago, OUTCOME_DONE, {})
        ledger.let_go()
    season.send(0)
    by_hand: list[int] = []
    with serving(command, workspace) as one:
        one.until(one.begun)
        for sent in range(1, FORMS):
            season.send(sent)
            by_hand.append(command("run", "--no-prefect", "-w", workspace.root).returncode)
        one.until(lambda: {state for states in one.runs().values() for state in states} == {"Completed"}
                  and "补跑" in one.runs())
    assert set(by_hand) <= {0, 4} and 0 in by_hand
    runs = runs_of(workspace)
    assert {outcome for _, _, outcome in runs} == {OUTCOME_DONE}
    never_two_at_once(runs)
    settled(workspace)
    one_truth(workspace,
              {season.path(number).relative_to(workspace.inbox).as_posix() for number in range(FORMS)}, tmp_path)
