"""How a run is started: by hand with or without Prefect, or every night by Prefect's schedule."""

from __future__ import annotations

import os
from datetime import datetime

from pipeline import log
from pipeline.errors import RunError
from pipeline.job import Summary
from pipeline.ledger import hold
from pipeline.progress import showing, shown
from pipeline.run import run
from pipeline.server import HOST, Server, ServerDown, answers, environment
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA


def by_hand(workspace: Workspace, prefect: bool) -> Summary:
    """The whole job, as a Prefect flow if possible; without Prefect the same stages run all the same."""
    settings = Settings.of(workspace)
    workspace.create()
    # Another run at work is told at once, not after a server has started.
    with hold(workspace):
        pass
    with showing():
        if prefect:
            with log.writing(workspace.state / "logs"):
                summary = _as_flow(workspace)
            if summary is not None:
                return summary
            shown().say("Prefect 服务没有启动或中途停止，已改为直接运行，结果相同。")
        return run(workspace, settings, datetime.now(CHINA))


def _as_flow(workspace: Workspace) -> Summary | None:
    """The flow's summary; None if Prefect, not the job, failed."""
    home = workspace.state / "prefect"
    given = os.environ.get("PREFECT_API_URL", "")
    os.environ.update(environment(home))
    shown().stage("启动 Prefect 服务")
    try:
        if given:
            if not answers(given):
                raise ServerDown
            return _consolidate(workspace)
        with Server(home) as server:
            os.environ["PREFECT_API_URL"] = server.address
            _load()
            server.wait()
            return _consolidate(workspace)
    except RunError:
        raise
    except ServerDown:
        log.LOGGER.warning("Prefect 服务没有启动")
    # What else the flow raises is Prefect's own: every error of a stage is a RunError by then (log.guarded).
    except Exception as error:
        log.fault(error)
    finally:
        if not given:
            os.environ.pop("PREFECT_API_URL", None)
    return None


def _load() -> None:
    """Import Prefect's client while the server starts in its own process."""
    from pipeline import flow  # noqa: F401


def _consolidate(workspace: Workspace) -> Summary:
    from pipeline import flow

    return flow.consolidate(str(workspace.root), flow.BY_HAND)


def every_night(workspace: Workspace, port: int) -> None:
    """Keep a server (or use the one at PREFECT_API_URL) and the nightly deployment until interrupted."""
    workspace.create()
    home = workspace.state / "prefect"
    given = os.environ.get("PREFECT_API_URL") or f"http://{HOST}:{port}/api"
    os.environ.update(environment(home) | {"PREFECT_API_URL": given})
    if answers(given):
        return _nightly(workspace, given)
    with Server(home, port, lasting=True) as server:
        try:
            server.wait()
        except ServerDown as down:
            raise RunError(f"Prefect 服务没有启动，请查看 {home / 'server.log'}") from down
        _nightly(workspace, server.address)


def _nightly(workspace: Workspace, address: str) -> None:
    from pipeline.flow import NIGHTLY, serve_nightly

    hour = int(NIGHTLY["cron"].split()[1])
    print(f"每天 {hour:02d}:00（北京时间）自动汇总 {workspace.root}。网页：{address.removesuffix('/api')}。"
          "按 Ctrl+C 结束。", flush=True)
    serve_nightly(workspace.root)
