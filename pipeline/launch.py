"""How a run is started: by hand with or without Prefect, or every night by Prefect's schedule."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from pipeline import log, nights
from pipeline.errors import RunError, WorkspaceHeld
from pipeline.job import Summary
from pipeline.ledger import Ledger, hold
from pipeline.loading import loading
from pipeline.progress import showing, shown
from pipeline.run import OUTCOME_DONE, run
from pipeline.server import HOST, Server, ServerDown, answers, environment, taken
from pipeline.settings import Settings, Workspace
from pipeline.watch import Watcher
from schemas.call import CHINA

if TYPE_CHECKING:
    from pipeline.flow import Deployment


def by_hand(workspace: Workspace, prefect: bool, dask: str = "") -> Summary:
    """The whole job, as a Prefect flow if possible; without Prefect the same stages run all the same.

    `dask` is the scheduler whose workers read, instead of the one in the settings.
    """
    settings = Settings.of(workspace)
    workspace.create()
    # Another run at work is told at once, not after a server has started.
    with hold(workspace):
        pass
    with showing():
        if prefect:
            with log.writing(workspace.logs):
                summary = _as_flow(workspace, dask)
            if summary is not None:
                return summary
            shown().say("Prefect 服务没有启动或中途停止，已改为直接运行，结果相同。")
        return run(workspace, settings, datetime.now(CHINA))


def _as_flow(workspace: Workspace, dask: str) -> Summary | None:
    """The flow's summary; None if Prefect, not the job, failed."""
    home = workspace.prefect
    given = os.environ.get("PREFECT_API_URL", "")
    os.environ.update(environment(home))
    shown().stage("启动 Prefect 服务")
    try:
        if given:
            if not answers(given):
                raise ServerDown
            _load()
            return _consolidate(workspace, dask)
        with Server(home) as server:
            os.environ["PREFECT_API_URL"] = server.address
            _load()
            _load_stages()
            server.wait()
            return _consolidate(workspace, dask)
    except RunError:
        raise
    except ServerDown:
        log.LOGGER.warning("Prefect 服务没有启动")
    # What else the flow raises is Prefect's own: every error of a stage is a RunError by then (log.guarded). It has no
    # class in common: httpx, anyio, pydantic and sqlite3 each raise theirs, and none of them may cost a night.
    except Exception as error:
        log.fault(error)
    finally:
        if not given:
            os.environ.pop("PREFECT_API_URL", None)
    return None


def _load() -> None:
    """Import Prefect's client while the server starts in its own process."""
    with loading():
        from pipeline import flow  # noqa: F401


def _load_stages() -> None:
    """Import what the stages would import when they begin: the server is not there yet."""
    with loading():
        from pipeline import bounded, resolve  # noqa: F401
        from pipeline.publish import answers  # noqa: F401


def _consolidate(workspace: Workspace, dask: str) -> Summary:
    from pipeline import flow, unattended

    return flow.consolidate(str(workspace.root), unattended.BY_HAND, dask)


def every_night(workspace: Workspace, port: int) -> None:
    """Keep a server (or use the one at PREFECT_API_URL), the nightly deployment and the watcher until interrupted.

    WorkspaceHeld if another process does so already; RunError if that server does not answer, the port is taken, or our
    server does not start.
    """
    settings = Settings.of(workspace)
    workspace.create()
    with _serving(workspace):
        home = workspace.prefect
        given = os.environ.get("PREFECT_API_URL", "")
        own = f"http://{HOST}:{port}/api"
        os.environ.update(environment(home) | {"PREFECT_API_URL": given or own})
        if given:
            if not answers(given):
                raise RunError("指定的 Prefect 服务（PREFECT_API_URL）没有应答")
            return _nightly(workspace, settings, given)
        if taken(port):
            raise RunError(f"端口 {port} 已被占用，请用 --port 换一个")
        with Server(home, port, lasting=True) as server:
            _load()
            try:
                server.wait()
            except ServerDown as down:
                raise RunError(f"Prefect 服务没有启动，请查看 {home / 'server.log'}") from down
            _nightly(workspace, settings, server.address)


@contextmanager
def _serving(workspace: Workspace) -> Iterator[None]:
    """Only one process serves a workspace; the kernel lets go when it ends, however it ends."""
    with (workspace.state / "serving").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkspaceHeld("这个工作目录已有一个 consortium serve 在值守，不必再开一个") from error
        yield


def _nightly(workspace: Workspace, settings: Settings, address: str) -> None:
    from pipeline import flow, unattended

    for line in _announced(workspace, settings, address):
        print(line, flush=True)
    with log.writing(workspace.logs), _aside(workspace.prefect / "runs.log"):
        try:
            log.guarded(flow.serve_nightly)(
                workspace.root, settings.nightly, lambda deployment: _watched(workspace, settings, deployment))
        except RunError as error:
            unattended.tell_failure(workspace, "值守", f"{error}")
            raise
    # It may be the end of the terminal that ended us.
    with suppress(OSError):
        print("已停止值守。", flush=True)


@contextmanager
def _aside(file: Path) -> Iterator[None]:
    """What Prefect and the processes of runs print goes to `file`; one ended while it loads prints a traceback."""
    sys.stdout.flush()
    sys.stderr.flush()
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = [(number, os.dup(number)) for number in (1, 2)]
    try:
        with file.open("wb") as target:
            for number, _ in kept:
                os.dup2(target.fileno(), number)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, own in kept:
            os.dup2(own, number)
            os.close(own)


def _announced(workspace: Workspace, settings: Settings, address: str) -> list[str]:
    reached = f"汇总结果和失败通知到 {len(settings.notify)} 个地址" if settings.notify else "没有设置通知地址"
    return [f"每天 {settings.nightly}（北京时间）自动汇总 {workspace.root}。网页：{address.removesuffix('/api')}。",
            f"每 {settings.watch_seconds:g} 秒看一次收件箱，来件放稳 {settings.stability_seconds:g} 秒后即行汇总。{reached}。",
            "按 Ctrl+C 结束。"]


@contextmanager
def _watched(workspace: Workspace, settings: Settings, deployment: Deployment) -> Iterator[None]:
    """One run that is owed, if any, and then the watcher until the end of the block."""
    from pipeline import unattended

    with Ledger.of(workspace, settings) as ledger:
        owed = nights.owed(ledger.runs(), OUTCOME_DONE, settings.nightly, datetime.now(CHINA))
    if owed:
        deployment.order(unattended.MADE_UP)
    stop = Event()
    watcher = Watcher(workspace, settings, lambda: deployment.order(unattended.ARRIVED))
    thread = Thread(target=watcher.run, args=(stop,), name="watcher", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
