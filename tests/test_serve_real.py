"""Serving for real: a Prefect server, a night in a minute, a file dropped meanwhile, a night that was missed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from listening import listening
from pipeline import demo, server
from pipeline.ledger import Ledger, hold
from pipeline.run import OUTCOME_DONE
from pipeline.settings import Workspace
from schemas.call import CHINA

pytestmark = pytest.mark.slow
QUICK = {"CONSORTIUM_STABILITY_SECONDS": "2", "CONSORTIUM_WATCH_SECONDS": "1"}
RIGHT = next(planned for planned in demo.PLAN if not planned.rules and planned.status == ("accepted",))


def drop(workspace: Workspace, city: str) -> None:
    folder = workspace.inbox / city
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "基础信息表.xlsx").write_bytes(RIGHT.make())


class Serving:
    """A `consortium serve` and its flow runs as the server tells them."""

    def __init__(self, start: Callable[..., subprocess.Popen], workspace: Workspace, **environment: str) -> None:
        self.port = server._free_port()
        self.address = f"http://127.0.0.1:{self.port}/api"
        self.process = start("serve", "-w", workspace.root, "--port", self.port, **QUICK, **environment)

    def runs(self) -> dict[str, list[str]]:
        """States of the runs by trigger; a night to come is not among them."""
        if not server.answers(self.address):
            return {}
        ask = urllib.request.Request(f"{self.address}/flow_runs/filter", b"{}", {"Content-Type": "application/json"})
        with urllib.request.urlopen(ask) as answer:
            told = sorted(json.load(answer), key=lambda run: run["expected_start_time"])
        found: dict[str, list[str]] = {}
        for run in told:
            if datetime.fromisoformat(run["expected_start_time"]) <= datetime.now(CHINA):
                found.setdefault(run["parameters"]["trigger"], []).append(run["state_name"])
        return found

    def until(self, holds: Callable[[], bool], seconds: float = 120) -> None:
        until = time.monotonic() + seconds
        while not holds():
            if self.process.poll() is not None:
                told, complaints = (stream.decode() for stream in self.process.communicate())
                if complaints.startswith("Prefect 服务没有启动"):
                    pytest.skip("no Prefect server can be started here")
                pytest.fail(f"serve ended: {told}{complaints}")
            assert time.monotonic() < until, self.runs()
            time.sleep(0.3)

    def begun(self) -> bool:
        """Whether the watcher is at work: the deployment stands and nothing is being cleared any more."""
        ask = urllib.request.Request(f"{self.address}/deployments/filter", b"{}", {"Content-Type": "application/json"})
        if not server.answers(self.address):
            return False
        with urllib.request.urlopen(ask) as answer:
            return bool(json.load(answer))


@contextmanager
def serving(command, workspace: Workspace, ending: int = signal.SIGTERM, **environment: str) -> Iterator[Serving]:
    """Serve until the end of the block; then it must end cleanly, with nothing left behind."""
    one = Serving(command.start, workspace, **environment)
    try:
        yield one
    except BaseException:
        one.process.kill()
        one.process.communicate()
        raise
    one.process.send_signal(ending)
    told, complaints = one.process.communicate(timeout=60)
    assert (one.process.returncode, complaints.decode()) == (0, "")
    assert told.decode().splitlines()[-1] == "已停止值守。"
    assert not server.answers(one.address)


def test_serve__runs_for_a_dropped_file_and_at_night(command, tmp_path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    workspace.create()
    night = datetime.now(CHINA) + timedelta(seconds=95)
    with listening() as listener, serving(
            command, workspace, CONSORTIUM_NIGHTLY=f"{night:%H:%M}", CONSORTIUM_NOTIFY=listener.address) as one:
        one.until(one.begun)
        drop(workspace, "南京市")
        dropped = time.monotonic()
        one.until(lambda: one.runs().get("来件") == ["Completed"], 60)
        assert time.monotonic() - dropped < 60
        assert "基础信息表.xlsx" in (workspace.outbox / "南京市" / "报送回执.html").read_text("utf-8")
        assert listener.messages == []
        again = command("serve", "-w", workspace.root)
        assert (again.returncode, again.stderr.decode()) == (
            4, "这个工作目录已有一个 consortium serve 在值守，不必再开一个。\n")
        one.until(lambda: one.runs().get("夜间") == ["Completed"])
        assert one.runs() == {"来件": ["Completed"], "夜间": ["Completed"]}
        one.until(lambda: bool(listener.messages), 10)
    ((title, body),) = listener.messages
    assert title == f"江苏省创新联合体名录：{night:%Y-%m-%d} 夜间汇总"
    assert "收到基础信息表 1 份，入库 1 份" in body
    assert "尚未报送（12 个市）：无锡市、" in body
    assert body.splitlines()[-1].startswith("截止时间 2023年9月28日24时，已截止 ")
    _no_secret(workspace)


def _no_secret(workspace: Workspace) -> None:
    kept = [file for file in workspace.state.rglob("*") if file.is_file()]
    assert [file.name for file in kept if b"geheim" in file.read_bytes()] == []


def test_serve__makes_up_for_missed_nights_with_one_run(command, tmp_path) -> None:
    """Nights of a server that stood still, a run that was never ended, and a ledger two days old."""
    workspace = Workspace(tmp_path / "workspace")
    workspace.create()
    long_ago = datetime.now(CHINA) - timedelta(days=2)
    with Ledger(workspace.database) as ledger:
        ledger.run_started("earlier", long_ago)
        ledger.run_finished("earlier", long_ago, OUTCOME_DONE, {})
        ledger.let_go()
    with hold(workspace), serving(command, workspace) as one:
        one.until(lambda: one.runs().get("补跑") == ["Running"])
        time.sleep(3)
    _let_nights_pass(workspace)
    with listening() as listener, serving(
            command, workspace, signal.SIGHUP, CONSORTIUM_NOTIFY=listener.address) as one:
        with hold(workspace):
            # The run waits for its turn; then its process dies.
            one.until(lambda: one.runs().get("补跑") == ["Cancelled", "Running"])
            os.kill(_run_of(one.process.pid), signal.SIGKILL)
            one.until(lambda: bool(listener.messages), 30)
        drop(workspace, "苏州市")
        one.until(lambda: one.runs().get("来件") == ["Completed"], 60)
        assert one.runs() == {"补跑": ["Cancelled", "Crashed"], "来件": ["Completed"]}
    assert [body for _, body in listener.messages] == [
        f"江苏省创新联合体名录：{datetime.now(CHINA):%Y-%m-%d} 补跑汇总失败。运行被系统终止，可能是内存不足。"]


def _let_nights_pass(workspace: Workspace) -> None:
    """As if the server had stood still since its runs were scheduled."""
    board = sqlite3.connect(workspace.state / "prefect" / "prefect.db")
    with board:
        moved = board.execute(
            "update flow_run set next_scheduled_start_time = '2023-09-01 18:00:00.000000',"
            " expected_start_time = '2023-09-01 18:00:00.000000' where state_type = 'SCHEDULED'")
        assert moved.rowcount >= 3
    board.close()


def _run_of(serving_pid: int) -> int:
    """The process in which a flow runs: started by the one that serves, and not its server."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == serving_pid and b"spawn_main" in words:
                return int(entry.name)
    raise AssertionError("no run is at work")
