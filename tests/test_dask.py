"""Reading on Dask's workers, with a real scheduler: the same bytes, whatever becomes of the workers."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from dask_cluster import ROOT, Cluster, cluster, program_with, read_anew

from pipeline import crew, demo, server
from pipeline import cluster as cluster_
from pipeline.settings import Workspace
from tests.faults.state import hashes

pytestmark = pytest.mark.slow
ALL, FEW = 46, 12
SETTINGS = "second_look_seconds = 0\ndeadline = 2099-12-31\n"
BEFORE, AFTER = ["启动 Prefect 服务……", "收件……", "读表……"], ["校验……", "汇总……", "发布……"]


@pytest.fixture(scope="module")
def prefect(tmp_path_factory) -> Iterator[dict[str, str]]:
    """A standing Prefect server, as `command` takes it."""
    with server.Server(tmp_path_factory.mktemp("prefect")) as standing:
        standing.wait()
        yield {"PREFECT_API_URL": standing.address}


@pytest.fixture(scope="module")
def standing(tmp_path_factory) -> Iterator[Cluster]:
    """Two workers for those tests that leave them alone."""
    with cluster(tmp_path_factory.mktemp("standing") / "dask", ROOT, ROOT) as dask:
        yield dask


@pytest.fixture
def root(tmp_path) -> Path:
    """A workspace in which nothing has run; its path has letters that an address would write otherwise."""
    made = Workspace(tmp_path / "工作 目录")
    made.inbox.mkdir(parents=True)
    right = [planned for planned in demo.PLAN if planned.status in (("accepted",), ("accepted_with_warnings",))]
    wrong = next(planned for planned in demo.PLAN if planned.status == ("returned",))
    for planned in (wrong, *right[:FEW - 1]):
        target = made.inbox / planned.file
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(planned.make())
    made.settings_file.write_text(SETTINGS, encoding="utf-8")
    return made.root


def said(done: subprocess.CompletedProcess) -> list[str]:
    return done.stderr.decode().splitlines()


def used(workers: int, files: int = FEW) -> str:
    return cluster_.USED.format(workers=workers, files=files)


def test_run__with_workers_gives_the_same_bytes(command, tmp_path, standing) -> None:
    workspace = Workspace(tmp_path / "demo")
    workspace.create()
    demo.build(workspace)
    workspace.settings_file.write_text(SETTINGS, encoding="utf-8")
    done = command("run", "--dask", standing.address, "-w", workspace.root)
    assert (done.returncode, said(done)) == (1, [*BEFORE, used(2, ALL), *AFTER])
    made = hashes(workspace.outbox)
    _board_shows(workspace)
    assert read_anew(workspace.root, command) == made
    assert len(made) > 70


def _board_shows(workspace: Workspace) -> None:
    """The parts as tasks that came to their end, and nothing of what stands in the forms."""
    home = workspace.state / "prefect"
    board = sqlite3.connect(home / "prefect.db")
    try:
        parts = board.execute("select name, state_type from task_run where name like '读表 工作进程%'").fetchall()
    finally:
        board.close()
    assert sorted(parts) == sorted((f"读表 工作进程 第 {number} 份", "COMPLETED") for number in range(1, len(parts) + 1))
    assert len(parts) > 4
    kept = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    codes = set(pl.read_parquet(workspace.data_outbox / "members.parquet")["uscc"].drop_nulls())
    assert len(codes) > 100 and [code for code in codes if code.encode() in kept] == []


def test_worker__killed_in_the_middle_costs_nothing(root, command, prefect, tmp_path) -> None:
    with cluster(tmp_path / "dask", ROOT) as dask:
        lone = dask.join(ROOT, "--no-nanny")
        running = command.start("run", "--dask", dask.address, "-w", root, **prefect)
        assert _with_death(running, lone, lone) == [*BEFORE, used(2), *AFTER]
        assert lone.wait() == -signal.SIGKILL
    made = hashes(root / "outbox")
    assert read_anew(root, command) == made


def _with_death(running: subprocess.Popen, victim: subprocess.Popen, worker: subprocess.Popen) -> list[str]:
    """What a run says in which the victim is killed as soon as the worker has children that read."""
    tasks = Path(f"/proc/{worker.pid}/task")
    while running.poll() is None:
        if any((task / "children").read_text("ascii").strip() for task in tasks.iterdir()):
            os.kill(victim.pid, signal.SIGKILL)
            break
        time.sleep(0.005)
    _, told = running.communicate(timeout=300)
    assert running.returncode == 1
    return told.decode().splitlines()


def test_scheduler__killed_in_the_middle_reading_goes_on_here(root, command, prefect, tmp_path) -> None:
    with cluster(tmp_path / "dask") as dask:
        lone = dask.join(ROOT, "--no-nanny")
        running = command.start("run", "--dask", dask.address, "-w", root, **prefect)
        assert _with_death(running, dask.scheduler, lone) == [*BEFORE, used(1), crew.LOST, *AFTER]
        assert dask.scheduler.wait() == -signal.SIGKILL
    made = hashes(root / "outbox")
    assert read_anew(root, command) == made


def test_file__that_kills_every_worker_is_read_here(root, command, prefect, tmp_path) -> None:
    poisoned = program_with(tmp_path / "program", "pipeline/remote.py", '''

def _read(order, receipts, lost, read=_read):
    if any(receipt.path.startswith("常州市/") for receipt in receipts):
        os.kill(os.getpid(), 9)
    return read(order, receipts, lost)
''')
    with cluster(tmp_path / "dask", poisoned, poisoned) as dask:
        done = command("run", "--dask", dask.address, "-w", root, **prefect)
    told = said(done)
    assert done.returncode == 1, told
    assert (told[:4], told[5:]) == ([*BEFORE, used(2)], AFTER)
    count = int(told[4].removeprefix("有 ").partition(" ")[0])
    assert told[4] == cluster_.UNANSWERED.format(count=count) and 0 < count < FEW
    made = hashes(root / "outbox")
    assert read_anew(root, command) == made


def test_workers__of_another_edition_are_not_used(root, command, prefect, tmp_path) -> None:
    other = program_with(tmp_path / "program", "pipeline/signature.py", "\nOTHERWISE = True\n")
    with cluster(tmp_path / "dask", other, ROOT) as dask:
        done = command("run", "--dask", dask.address, "-w", root, **prefect)
        assert (done.returncode, said(done)) == (1, [*BEFORE, crew.FOREIGN.format(count=1), used(1), *AFTER])
        # With nobody else there, nothing is given to it either.
        dask.workers.pop().terminate()
        (root / "inbox" / "南京市" / "再来一份.xlsx").write_bytes(b"PK\x03\x04 no workbook PK\x05\x06" + bytes(18))
        again = command("run", "--dask", dask.address, "-w", root, **prefect)
        assert (again.returncode, said(again)) == (
            1, [*BEFORE, crew.FOREIGN.format(count=1), crew.NOBODY, *AFTER])
    made = hashes(root / "outbox")
    assert read_anew(root, command) == made


@pytest.mark.parametrize(("places", "sentences"), [
    ({"CONSORTIUM_ORIGINALS_URL": "file:///nowhere"}, [used(2)]),
    ({"CONSORTIUM_ORIGINALS_URL": "absent://nowhere"}, [crew.BLIND.format(count=2), crew.NOBODY]),
], ids=["read from the inbox", "nothing to be fetched"])
def test_workers__that_see_no_originals(root, command, prefect, standing, places, sentences) -> None:
    done = command("run", "--dask", standing.address, "-w", root, **prefect, **places)
    assert (done.returncode, said(done)) == (1, [*BEFORE, *sentences, *AFTER])


def test_address__where_nobody_is_costs_nothing(root, command, prefect) -> None:
    done = command("run", "--dask", "tcp://127.0.0.1:9", "-w", root, **prefect)
    assert (done.returncode, said(done)) == (1, [*BEFORE, cluster_.UNREACHED, *AFTER])


def test_run__with_a_local_cluster_from_the_settings(root, command, prefect) -> None:
    done = command("run", "-w", root, CONSORTIUM_DASK="local", CONSORTIUM_READ_WORKERS="2", **prefect)
    assert (done.returncode, said(done)) == (1, [*BEFORE, used(2), *AFTER])
    made = hashes(root / "outbox")
    assert read_anew(root, command) == made
