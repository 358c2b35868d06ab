"""One run at a time: the lock, the heartbeat, the lease and its fence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.errors import WorkspaceHeld
from pipeline.ledger import INTERRUPTED, Ledger, hold, lease, lock
from pipeline.ledger.lease import Holder
from pipeline.memory import Round
from pipeline.run import OUTCOME_DONE
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA
from tests.faults import small
from tests.faults.state import hashes

NOW = datetime(2023, 9, 20, 2, tzinfo=CHINA)
ROOT = Path(__file__).parent.parent
FIRST, SECOND = Holder("甲机", 11, "1"), Holder("乙机", 11, "1")


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = Workspace(tmp_path)
    made.create()
    return made


@pytest.fixture
def handles(workspace, ledger_url) -> Iterator[tuple[Ledger, Ledger]]:
    """Two handles to one ledger, as two machines would have."""
    with Ledger(workspace.database, ledger_url) as first, Ledger(workspace.database, ledger_url) as second:
        yield first, second
        first.let_go()
        second.let_go()


def writes(ledger: Ledger) -> dict[str, Callable[[], object]]:
    return {"record": lambda: ledger.record([], NOW, ["南京/甲.xlsx"]),
            "commit": lambda: ledger.commit(Round(1, "k", NOW), [], [], []),
            "finished": lambda: ledger.run_finished("first", NOW, OUTCOME_DONE, {}), "beat": ledger.beat,
            "look": ledger.check_lease}


def test_lease__of_a_living_run_on_another_machine_is_respected(handles) -> None:
    first, second = handles
    first.run_started("first", NOW, FIRST)
    with pytest.raises(WorkspaceHeld, match="进程 11，主机 甲机"):
        second.run_started("second", NOW, SECOND)
    first.run_finished("first", NOW, OUTCOME_DONE, {})
    assert [run.outcome for run in first.runs()] == [OUTCOME_DONE]


def test_lease__given_back_is_free(handles) -> None:
    first, second = handles
    first.run_started("first", NOW, FIRST)
    first.run_finished("first", NOW, OUTCOME_DONE, {})
    first.let_go()
    second.run_started("second", NOW, SECOND)
    assert [run.outcome for run in second.runs()] == [OUTCOME_DONE, ""]


@pytest.mark.parametrize("name", ["record", "commit", "finished", "beat", "look"])
def test_late_writer__is_refused_everything(handles, monkeypatch, name) -> None:
    first, second = handles
    first.run_started("first", NOW, FIRST)
    writes(first)[name]()
    monkeypatch.setattr(lock, "STALE_SECONDS", -1)
    second.run_started("second", NOW, SECOND)
    before = second.rows()
    with pytest.raises(WorkspaceHeld, match="已由另一次运行接手"):
        writes(first)[name]()
    assert second.rows() == before
    assert [run.outcome for run in second.runs()][-1] == ""


def test_heartbeat__keeps_a_lease(handles, monkeypatch) -> None:
    first, second = handles
    monkeypatch.setattr(lock, "STALE_SECONDS", 0.5)
    first.run_started("first", NOW, FIRST)
    for _ in range(4):
        time.sleep(0.2)
        first.beat()
    with pytest.raises(WorkspaceHeld):
        second.run_started("second", NOW, SECOND)


def test_lease__of_a_dead_process_of_this_machine_is_nobodys(handles) -> None:
    first, second = handles
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    here = lease.this_process()
    first.run_started("first", NOW, here._replace(pid=ended.pid))
    second.run_started("second", NOW, here._replace(pid=os.getppid(), born="another that had this number"))
    first.run_started("third", NOW)
    assert [run.outcome for run in first.runs()] == [INTERRUPTED, INTERRUPTED, ""]


def test_hold__whose_heart_has_stopped_loses_the_file(workspace, monkeypatch) -> None:
    monkeypatch.setattr(lock, "BEAT_SECONDS", 3600)
    with hold(workspace) as first:
        with pytest.raises(WorkspaceHeld, match=f"进程 {os.getpid()}"), hold(workspace):
            pass
        os.utime(workspace.state / "lock", (1, 1))
        first.check()
        with hold(workspace) as second:
            second.check()
            with pytest.raises(WorkspaceHeld, match="已由另一次运行接手"):
                first.check()
    with hold(workspace) as third:
        third.check()


def test_hold__beats(workspace, monkeypatch) -> None:
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.05)
    beats: list[float] = []
    with hold(workspace) as held:
        os.utime(workspace.state / "lock", (1, 1))
        with held.also(lambda: beats.append(time.monotonic())):
            time.sleep(0.5)
        told = len(beats)
        time.sleep(0.2)
        assert (workspace.state / "lock").stat().st_mtime > 1
    assert len(beats) == told >= 2


# A run with a quick heart (slower if it is to stop) that stops itself in `where` of pipeline.publish.atomic, when it
# comes to the output `name`, and takes others for dead after `patience` seconds.
PAUSED = """
import os, signal, sys
from pipeline.ledger import lock
where, name, patience, *words = sys.argv[1:]
# Stopped in the middle of a heartbeat it would keep the ledger's own lock: no other run could do anything but say so.
lock.BEAT_SECONDS, lock.STALE_SECONDS = 0.1 if not name else 3.0, float(patience)
from pipeline.publish import atomic
from tests.faults import one_run
step = getattr(atomic, where)
def pausing(*given):
    if given[-1].name == name:
        os.kill(os.getpid(), signal.SIGSTOP)
    return step(*given)
setattr(atomic, where, pausing)
sys.exit(one_run.main(*words))
"""


def started(workspace: Path, where: str = "_same", name: str = "", patience: float = 120) -> subprocess.Popen:
    words = [where, name, str(patience), str(workspace), small.SECOND.isoformat()]
    return subprocess.Popen([sys.executable, "-c", PAUSED, *words], cwd=ROOT, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE)


def ended(process: subprocess.Popen) -> tuple[int, str]:
    said = process.communicate(timeout=180)[1].decode()
    return process.returncode, said.strip()


def stopped(process: subprocess.Popen) -> None:
    """Wait until the process has stopped itself."""
    for _ in range(600):
        if process.poll() is not None:
            raise AssertionError("it ended before")
        if Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "T":
            return
        time.sleep(0.1)
    raise AssertionError("it never came so far")


@pytest.mark.slow
@pytest.mark.parametrize(("where", "name"), [
    ("_same", "待核清单.xlsx"), ("_replaced", "江苏省创新联合体名录.xlsx"), ("_same", "outbox.manifest")])
def test_paused_run__that_wakes_late_ends_with_4_and_changes_nothing(tmp_path, where, name) -> None:
    workspace = small.built(tmp_path / "workspace")
    paused = started(workspace, where, name)
    try:
        stopped(paused)
        code, said = ended(started(workspace))
        assert (code, "另一次运行正在使用这个工作区" in said) == (4, True)
        assert ended(started(workspace, patience=1)) == (1, "")
        outputs = hashes(workspace / "outbox")
        paused.send_signal(signal.SIGCONT)
        assert ended(paused) == (4, lock.LOST)
    finally:
        paused.kill()
        paused.wait()
        paused.stderr.close()
    with Ledger.of(Workspace(workspace), Settings()) as ledger:
        assert [run.outcome for run in ledger.runs()] == [OUTCOME_DONE, INTERRUPTED, OUTCOME_DONE]
    now = hashes(workspace / "outbox")
    # Its one step under way may have been done: the next run finds that the outbox is not what the manifest says.
    assert sum(now.get(name) != digest for name, digest in outputs.items()) <= 1
    assert ended(started(workspace)) == (1, "")
    assert hashes(workspace / "outbox") == outputs
