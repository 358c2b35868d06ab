"""The Prefect flow: the stages as tasks, retried where that helps, and a summary for the board.

The only file that imports prefect. Frames pass between tasks in memory: nothing is persisted, cached or
walked through by Prefect (`quote`), so that no cell value leaves this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.flows import EntrypointType
from prefect.runtime import flow_run
from prefect.schedules import Cron
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from pipeline import job, log
from pipeline.report import in_markdown
from pipeline.run import HERE, Stages, run
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

NAME = "江苏省创新联合体名录"
DEPLOYMENT = "夜间汇总"
NIGHTLY = {"cron": "0 2 * * *", "timezone": "Asia/Shanghai"}
BY_HAND, AT_NIGHT = "手工", "夜间"
# Reading has its own child processes; more chunks at a time would only compete for the same processors.
CHUNKS_AT_A_TIME = 1

IN_MEMORY = {"cache_policy": NO_CACHE, "persist_result": False}


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Only what may be over in a moment (a share that was away) is worth another try."""
    return getattr(state.result(raise_on_failure=False), "transient", False)


AGAIN = {"retries": 2, "retry_delay_seconds": [2, 10], "retry_condition_fn": _may_pass}


@task(name="收件", task_run_name="收件", **AGAIN, **IN_MEMORY)
def intake(workspace: Workspace, settings: Settings, now: datetime) -> Any:
    """Private copies and receipts."""
    return HERE.intake(workspace, settings, now)


@task(name="读表", task_run_name="读表 第 {number} 批", **IN_MEMORY)
def read(number: int, chunk: list, settings: Settings) -> list:
    """One chunk of files."""
    return log.guarded(job.read)(chunk, settings)


@task(name="校验", task_run_name="校验", **IN_MEMORY)
def validate(readings: list, taken: Any, settings: Settings) -> Any:
    """All forms at once."""
    return HERE.validate(readings, taken, settings)


@task(name="汇总", task_run_name="汇总", **IN_MEMORY)
def resolve(validated: Any) -> Any:
    """The register's tables."""
    return HERE.resolve(validated)


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


TASKS = Stages(_quoted(intake), _read_chunks, _quoted(validate), _quoted(resolve), _quoted(publish))


def _run_name() -> str:
    return f"创新联合体名录 {datetime.now(CHINA):%Y-%m-%d %H:%M} {flow_run.parameters['trigger']}"


@flow(name=NAME, flow_run_name=_run_name, task_runner=ThreadPoolTaskRunner(max_workers=CHUNKS_AT_A_TIME),
      persist_result=False, log_prints=False)
def consolidate(workspace: str = ".", trigger: str = BY_HAND) -> Any:
    """收件 → 读表 → 校验 → 汇总 → 发布"""
    place = Workspace(Path(workspace).resolve())
    summary = run(place, Settings.of(place), datetime.now(CHINA), TASKS)
    create_markdown_artifact(in_markdown(summary), key="consortium-summary", description=f"{NAME}：本次汇总结果")
    return summary


def serve_nightly(workspace: Path) -> None:
    """Keep the nightly deployment and run what falls due, until interrupted."""
    consolidate.serve(
        name=DEPLOYMENT, parameters={"workspace": str(workspace), "trigger": AT_NIGHT}, limit=1,
        schedules=[Cron(NIGHTLY["cron"], timezone=NIGHTLY["timezone"])], pause_on_shutdown=False,
        print_starting_message=False, entrypoint_type=EntrypointType.MODULE_PATH)
