"""The Prefect flow: a real run on a server of its own, the same outputs without it."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import sqlite3
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

from pipeline import demo, launch, nights, server
from pipeline.report import escaped, in_markdown
from pipeline.settings import Settings, Workspace

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Workspace:
    """A workspace with one right form and one that is returned."""
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    workspace.create()
    right = next(planned for planned in demo.PLAN if not planned.rules and planned.status == ("accepted",))
    wrong = next(planned for planned in demo.PLAN if planned.status == ("returned",))
    for planned in (right, wrong):
        target = workspace.inbox / planned.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(planned.make())
    return workspace


def outputs(workspace: Workspace) -> dict[str, str]:
    """Path and SHA-256 of everything in the outbox, which is then emptied."""
    found = {}
    for file in sorted(workspace.outbox.rglob("*")):
        if file.is_file():
            found[str(file.relative_to(workspace.outbox))] = hashlib.sha256(file.read_bytes()).hexdigest()
            file.unlink()
    return found


def stages(done: subprocess.CompletedProcess) -> list[str]:
    return done.stderr.decode().splitlines()


PLAIN = ["收件……", "读表……", "校验……", "汇总……", "发布……"]
WITHOUT = "Prefect 服务没有启动或中途停止，已改为直接运行，结果相同。"


@pytest.mark.slow
def test_run__with_and_without_prefect_gives_the_same_bytes(filled, command) -> None:
    with_prefect = command("run", "-w", filled.root)
    made = outputs(filled)
    without = command("run", "--no-prefect", "-w", filled.root)
    assert (with_prefect.returncode, stages(with_prefect)) == (1, ["启动 Prefect 服务……", *PLAIN])
    assert (without.returncode, stages(without)) == (1, PLAIN)
    assert with_prefect.stdout == without.stdout
    assert outputs(filled) == made != {}
    assert list(command.home.iterdir()) == []
    _board_shows(filled)


def _board_shows(workspace: Workspace) -> None:
    """What Prefect keeps: named runs, a summary, no log lines, and nothing of what stands in the forms."""
    home = workspace.state / "prefect"
    board = sqlite3.connect(home / "prefect.db")
    try:
        ((name, state),) = board.execute("select name, state_type from flow_run").fetchall()
        assert re.fullmatch(r"创新联合体名录 \d{4}-\d\d-\d\d \d\d:\d\d 手工", name)
        assert state == "COMPLETED"
        tasks = board.execute("select name, state_type from task_run order by start_time").fetchall()
        assert tasks == [(task, "COMPLETED") for task in ("收件", "读表 第 1 批", "校验", "汇总", "发布")]
        assert board.execute("select key from artifact").fetchall() == [("consortium-summary",)]
        assert board.execute("select count(*) from log").fetchone() == (0,)
    finally:
        board.close()
    kept = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    for value in _values(workspace):
        assert value.encode() not in kept
        # SQLite holds JSON with escapes.
        assert value.encode("unicode-escape") not in kept
    assert (home / "server.log").read_bytes() == b""


def _values(workspace: Workspace) -> set[str]:
    """Codes and names of the members, as the ledger's copies hold them."""
    from pipeline import checking

    files = [file for file in workspace.inbox.rglob("*") if file.is_file()]
    forms = [form for checked in checking.check(files) for form in checked.forms]
    values = {finding.value for _, found in forms for finding in found} | {name for name, _ in forms}
    return {value for value in values if len(value) > 4}


@pytest.mark.slow
@pytest.mark.parametrize("broken", [
    {"PREFECT_SERVER_DATABASE_CONNECTION_URL": "sqlite+aiosqlite:////proc/absent/prefect.db"},
    {"PREFECT_API_URL": "http://127.0.0.1:9/api"},
], ids=["server dies", "server is away"])
def test_run__goes_on_without_a_server(filled, command, broken) -> None:
    outputs(filled)
    done = command("run", "-w", filled.root, **broken)
    assert done.returncode == 1
    assert stages(done) == ["启动 Prefect 服务……", WITHOUT, *PLAIN]
    assert outputs(filled) != {}


def test_server__that_never_answers_is_down(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(server, "APPLICATION", "pipeline.absent:application")
    with server.Server(tmp_path) as child, pytest.raises(server.ServerDown):
        child.wait(seconds=0)


def test_environment__keeps_prefect_at_home_and_silent(tmp_path) -> None:
    told = server.environment(tmp_path)
    assert told["PREFECT_HOME"] == str(tmp_path)
    assert (told["DO_NOT_TRACK"], told["PREFECT_SERVER_ANALYTICS_ENABLED"]) == ("1", "false")
    assert told["PREFECT_LOGGING_TO_API_ENABLED"] == told["PREFECT_RESULTS_PERSIST_BY_DEFAULT"] == "false"
    assert "127.0.0.1" in told["NO_PROXY"].split(",")


def test_deployment__yaml_and_serve_agree() -> None:
    """Read from the source: importing the flow takes seconds and leaves Prefect in this process."""
    source = (ROOT / "pipeline" / "flow.py").read_text("utf-8")
    (deployment,) = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    assert f'DEPLOYMENT = "{deployment["name"]}"' in source
    (schedule,) = deployment["schedules"]
    assert f'ZONE = "{schedule["timezone"]}"' in source
    assert schedule == {"cron": nights.cron(Settings().nightly), "timezone": "Asia/Shanghai", "active": True}
    file, _, function = deployment["entrypoint"].partition(":")
    assert (ROOT / file).is_file() and f"def {function}(" in source
    assert deployment["parameters"] == {"workspace": ".", "trigger": "夜间"}


@pytest.mark.slow
def test_serve__keeps_the_night_scheduled_until_interrupted(command, tmp_path) -> None:
    """Prefect 3.8's scheduler inserts nothing under SQLAlchemy 2.1, and says so only in the server's own log."""
    address = f"http://127.0.0.1:{server._free_port()}/api"
    serving = command.start("serve", "-w", tmp_path, "--port", address.split(":")[2].removesuffix("/api"))
    try:
        nights = _scheduled(address, serving)
    finally:
        serving.send_signal(signal.SIGINT)
        told, complaints = serving.communicate(timeout=60)
    assert nights[0].endswith("T18:00:00Z")
    assert told.decode().startswith("每天 02:00（北京时间）自动汇总 ")
    assert (serving.returncode, complaints) == (0, b"")
    assert not server.answers(address)
    assert (tmp_path / ".consortium" / "prefect" / "server.log").read_bytes() == b""


def _scheduled(address: str, serving: subprocess.Popen) -> list[str]:
    """When the scheduled runs start, as soon as there are any; none after two minutes or when `serve` has ended."""
    until = time.monotonic() + 120
    ask = urllib.request.Request(f"{address}/flow_runs/filter", b"{}", {"Content-Type": "application/json"})
    while time.monotonic() < until and serving.poll() is None:
        if server.answers(address):
            with urllib.request.urlopen(ask) as answer:
                runs = json.load(answer)
            if runs:
                return sorted(run["expected_start_time"] for run in runs)
        time.sleep(0.5)
    return []


def test_summary__nothing_in_it_acts_as_markup() -> None:
    from pipeline.job import Summary

    summary = Summary(1, 0, 1, 0, 0, 0, 2, 3, 4, ("淮安市",), ("省级/a|b*[x](y)<i>.xlsx",))
    lines = in_markdown(summary).splitlines()
    assert "| 须改正 | 2 项 |" in lines
    assert "| 尚未报送 | 淮安市 |" in lines
    assert lines[-1] == r"- 省级/a\|b\*\[x\](y)\<i\>.xlsx"
    assert escaped("-a\n-b") == r"\-a -b"


def test_by_hand__held_workspace_is_told_before_a_server_starts(tmp_path, monkeypatch) -> None:
    from pipeline.errors import WorkspaceHeld
    from pipeline.ledger import hold

    def started(*_: object) -> None:
        raise AssertionError("a server was started")

    monkeypatch.setattr(launch, "Server", started)
    workspace = Workspace(tmp_path)
    workspace.create()
    with hold(workspace), pytest.raises(WorkspaceHeld):
        launch.by_hand(workspace, prefect=True)
