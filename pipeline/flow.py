"""The Prefect flow: the stages as tasks, retried where that helps, and a summary for the board.

The only file that imports Prefect; its server is loaded by name, in the child of `pipeline.server`. Frames pass between
tasks in memory: nothing is persisted, cached or walked through by Prefect (`quote`), so that no cell value leaves this
process.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefect import flow, get_client, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.filters import (
    FlowRunFilter, FlowRunFilterDeploymentId, FlowRunFilterExpectedStartTime, FlowRunFilterState,
    FlowRunFilterStateType)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import TerminationSignal
from prefect.flows import EntrypointType
from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL
from prefect.states import Cancelled
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from pipeline import cluster, ending, job, log, remote, unattended
from pipeline.errors import WorkspaceHeld
from pipeline.nights import cron
from pipeline.report import in_markdown
from pipeline.run import HERE, Stages, run
from pipeline.settings import DASK_HERE, Settings, Workspace
from pipeline.unattended import AT_NIGHT, BY_HAND, NAME
from pipeline.watch import take_settled
from schemas.call import CHINA

if TYPE_CHECKING:
    from prefect.runner import Runner

DEPLOYMENT = "夜间汇总"
ZONE = "Asia/Shanghai"
# How often due runs are asked for: a dropped file is to be answered within a minute.
POLL_SECONDS = 3
# Reading has its own child processes; more chunks at a time would only compete for the same processors.
CHUNKS_AT_A_TIME = 1

# What the server gives at once; a year's nights come nowhere near.
AT_MOST = 200
_OPEN = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
_LEAVING = threading.Event()

IN_MEMORY = {"cache_policy": NO_CACHE, "persist_result": False}


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Only what may be over in a moment (a share that was away) is worth another try."""
    return getattr(state.result(raise_on_failure=False), "transient", False)


AGAIN = {"retries": 2, "retry_delay_seconds": [2, 10], "retry_condition_fn": _may_pass}


@task(name="收件", task_run_name="收件", **AGAIN, **IN_MEMORY)
def intake(workspace: Workspace, settings: Settings, now: datetime) -> Any:
    """Private copies and receipts."""
    return HERE.intake(workspace, settings, now)


@task(name="收件", task_run_name="收件", **AGAIN, **IN_MEMORY)
def intake_settled(workspace: Workspace, settings: Settings, now: datetime) -> Any:
    """The same where nobody is watching: what may still be arriving waits."""
    return log.guarded(take_settled)(workspace, settings, now)


@task(name="读表", task_run_name="读表 第 {number} 批", **IN_MEMORY)
def read(number: int, chunk: list, settings: Settings) -> list:
    """One chunk of files."""
    return log.guarded(job.read)(chunk, settings)


@task(name="读表", task_run_name="读表 工作进程 第 {number} 份", **AGAIN, **IN_MEMORY)
def read_elsewhere(number: int, order: bytes) -> list[bytes | None]:
    """Some files, on a Dask worker: their readings packed."""
    return log.guarded(remote.answers)(order)


@task(name="校验", task_run_name="校验", **IN_MEMORY)
def validate(readings: list, taken: Any, settings: Settings) -> Any:
    """All forms at once."""
    return HERE.validate(readings, taken, settings)


@task(name="汇总", task_run_name="汇总", **IN_MEMORY)
def resolve(judged: Any, memory: Any, round_: Any) -> Any:
    """The register's tables."""
    return HERE.resolve(judged, memory, round_)


@task(name="发布", task_run_name="发布", **AGAIN, **IN_MEMORY)
def publish(resolved: Any, workspace: Workspace, now: datetime) -> Any:
    """What is answered."""
    return HERE.publish(resolved, workspace, now)


def _quoted(stage: Any) -> Callable[..., Any]:
    return lambda *arguments: stage(*map(quote, arguments))


def _read_chunks(chunks: list[list], settings: Settings) -> Iterator[list]:
    futures = [read.submit(number, quote(chunk), quote(settings)) for number, chunk in enumerate(chunks, 1)]
    for future in futures:
        yield future.result()


@contextmanager
def _team(address: str, settings: Settings) -> Iterator[cluster.Team]:
    """The workers of a scheduler, or of a cluster that lasts as long as the block."""
    from prefect_dask import DaskTaskRunner

    where: dict[str, Any] = {"address": address}
    if address == DASK_HERE:
        where = {"cluster_class": "distributed.LocalCluster", "cluster_kwargs": cluster.local(settings.workers)}
    with DaskTaskRunner(**where, client_kwargs={"timeout": cluster.CONNECT_SECONDS}) as runner:
        def send(number: int, order: bytes, told: bool) -> cluster.Sent:
            if told:
                future = runner.submit(read_elsewhere, {"number": number, "order": order})
                return cluster.Sent(future.wrapped_future, future.result)
            # A worker to which this machine's Prefect cannot be reached does the same, only not as a task.
            plain = runner.client.submit(read_elsewhere.fn, number, order, pure=False, retries=AGAIN["retries"])
            return cluster.Sent(plain, plain.result)

        yield cluster.Team(runner.client, send, PREFECT_API_URL.value() or "")


def _read_with_workers(address: str, place: Workspace) -> Callable[[list, Settings], Iterable[list]]:
    """The stage of reading with Dask's workers before it, one portion after another."""
    def read_chunks(chunks: list[list], settings: Settings) -> Iterator[list]:
        where = cluster.places(place, settings)
        with closing(cluster.brought(chunks, settings, where, lambda: _team(address, settings))) as coming:
            for number, chunk in enumerate(chunks, 1):
                next(coming)
                yield read(number, quote(chunk), quote(settings))
    return read_chunks


def _stages(stages: Stages, place: Workspace, dask: str) -> Stages:
    address = dask or Settings.of(place).dask
    return stages._replace(read=_read_with_workers(address, place)) if address else stages


TASKS = Stages(_quoted(intake), _read_chunks, _quoted(validate), _quoted(resolve), _quoted(publish))
UNATTENDED = TASKS._replace(intake=_quoted(intake_settled))


def _run_name() -> str:
    return f"创新联合体名录 {datetime.now(CHINA):%Y-%m-%d %H:%M} {flow_run.parameters['trigger']}"


def _crashed(flow_run: Any, **_: Any) -> None:
    """The process of an unattended run has died; Prefect calls this, by these names, in the process that serves."""
    trigger = flow_run.parameters.get("trigger", BY_HAND)
    if trigger != BY_HAND and not _LEAVING.is_set():
        unattended.tell_failure(Workspace(Path(flow_run.parameters["workspace"])), trigger, "运行被系统终止，可能是内存不足")


@flow(name=NAME, flow_run_name=_run_name, task_runner=ThreadPoolTaskRunner(max_workers=CHUNKS_AT_A_TIME),
      persist_result=False, log_prints=False, on_crashed=[_crashed])
def consolidate(workspace: str = ".", trigger: str = BY_HAND, dask: str = "") -> Any:
    """收件 → 读表 → 校验 → 汇总 → 发布；`dask` 为读表用的 Dask 调度器，不填则依设置"""
    place = Workspace(Path(workspace).resolve())
    if trigger == BY_HAND:
        # Prefect heeds SIGTERM by an error of its own, which a stage would take for an unforeseen one.
        ending.once_more()
        summary = run(place, Settings.of(place), datetime.now(CHINA), _stages(TASKS, place, dask))
    elif trigger == AT_NIGHT and unattended.outdated(place, flow_run.scheduled_start_time):
        return Cancelled(message="已过时间，由之后的一次汇总补上")
    else:
        try:
            summary = unattended.carry_out(place, trigger, _stages(UNATTENDED, place, dask), TerminationSignal)
        except WorkspaceHeld:
            return Cancelled(message="工作目录一直被另一次运行占用，留待下次")
    create_markdown_artifact(in_markdown(summary), key="consortium-summary", description=f"{NAME}：本次汇总结果")
    return summary


class Deployment:
    """The nightly deployment of one workspace on the server at PREFECT_API_URL: what is ordered, what is at work."""

    def __init__(self, workspace: Path, deployment: UUID) -> None:
        self._workspace, self._id = str(workspace), deployment

    def order(self, trigger: str) -> bool:
        """One run as soon as possible, unless one is waiting or at work already; whether it was ordered."""
        with get_client(sync_client=True) as client:
            if _LEAVING.is_set() or self._open(client, datetime.now(CHINA)):
                return False
            client.create_flow_run_from_deployment(
                self._id, parameters={"workspace": self._workspace, "trigger": trigger})
            return True

    def clear(self) -> None:
        """Before serving: runs of nights that are over must not start in a burst, and nothing is at work any more."""
        with get_client(sync_client=True) as client:
            for left in self._open(client, datetime.now(CHINA)):
                if left.state_type == StateType.SCHEDULED:
                    client.delete_flow_run(left.id)
                else:
                    client.set_flow_run_state(left.id, Cancelled(message="值守结束时没有完成"), force=True)

    def _open(self, client: Any, now: datetime) -> list[Any]:
        """Runs that are due or begun and not over; of a night to come there is no talk yet."""
        states = FlowRunFilterState(type=FlowRunFilterStateType(any_=_OPEN))
        begun = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[self._id]), state=states,
                              expected_start_time=FlowRunFilterExpectedStartTime(before_=now))
        # The synchronous client sends an empty order and limit, which the server refuses.
        return client.read_flow_runs(
            flow_run_filter=begun, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=AT_MOST)


def serve_nightly(workspace: Path, nightly: str, beside: Callable[[Deployment], AbstractContextManager]) -> None:
    """Keep the nightly deployment and run what falls due, with `beside` around it, until SIGINT, SIGTERM or SIGHUP."""
    asyncio.run(_serve(workspace, nightly, beside))


async def _serve(workspace: Path, nightly: str, beside: Callable[[Deployment], AbstractContextManager]) -> None:
    # Only who serves waits for these to load, not every run.
    from prefect.runner import Runner
    from prefect.schedules import Cron

    runner = Runner(name=DEPLOYMENT, pause_on_shutdown=False, limit=1, query_seconds=POLL_SECONDS,
                    prefetch_seconds=0)
    deployment = Deployment(workspace, await runner.aadd_flow(
        consolidate, name=DEPLOYMENT, parameters={"workspace": str(workspace), "trigger": AT_NIGHT},
        schedules=[Cron(cron(nightly), timezone=ZONE)], entrypoint_type=EntrypointType.MODULE_PATH))
    await asyncio.to_thread(deployment.clear)
    with beside(deployment):
        serving = asyncio.create_task(runner.start())
        # The runner sets its own way to end at once; ours also lets a run's process end before we do.
        await asyncio.sleep(0)
        leaving: list[asyncio.Task] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup the end of the terminal is ignored.
            if signal.getsignal(number) != signal.SIG_IGN:
                asyncio.get_running_loop().add_signal_handler(number, lambda: _leave(runner, leaving))
        # A terminal's Ctrl+C, and its end, go to every process started from it. Those of a run inherit that both are
        # blocked in this thread, and are ended by the runner; we ourselves get them through our other threads.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
        await serving


def _leave(runner: Runner, leaving: list[asyncio.Task]) -> None:
    if not leaving:
        _LEAVING.set()
        leaving.append(asyncio.create_task(runner.astop()))
