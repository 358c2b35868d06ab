"""The job as one paragraph. The stages are called directly, or handed in as Prefect's tasks by flow.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from pipeline import job, log
from pipeline.errors import RunError
from pipeline.intake import Receipt
from pipeline.ledger import Ledger, hold
from pipeline.progress import shown
from pipeline.report import counts, in_words
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

DONE, FAILED = "完成", "失败"


class Stages(NamedTuple):
    """What to call for each stage; as in job.py, but `read` takes all chunks and yields their readings."""

    intake: Callable[..., Any]
    read: Callable[[list[list[Receipt]], Settings], Iterable[list[Any]]]
    validate: Callable[..., Any]
    resolve: Callable[..., Any]
    publish: Callable[..., Any]


def _read(chunks: list[list[Receipt]], settings: Settings) -> Iterator[list[Any]]:
    for chunk in chunks:
        yield log.guarded(job.read)(chunk, settings)


HERE = Stages(log.guarded(job.intake), _read, log.guarded(job.validate), log.guarded(job.resolve),
              log.guarded(job.publish))


def run(workspace: Workspace, settings: Settings, now: datetime, stages: Stages = HERE) -> job.Summary:
    """The whole job in `workspace`, from inbox to outbox. WorkspaceHeld if another run is at it."""
    workspace.create()
    with hold(workspace), log.writing(workspace.state / "logs"), Ledger(workspace.database) as ledger:
        run_id = uuid4().hex
        ledger.run_started(run_id, now)
        try:
            summary = _through(stages, workspace, settings, now)
        except RunError:
            ledger.run_finished(run_id, datetime.now(CHINA), FAILED, {})
            raise
        ledger.run_finished(run_id, datetime.now(CHINA), DONE, counts(summary))
        log.LOGGER.info("完成：%s", "".join(in_words(summary)))
        return summary


def _through(stages: Stages, workspace: Workspace, settings: Settings, now: datetime) -> job.Summary:
    _stage("收件")
    taken = stages.intake(workspace, settings, now)
    if taken.waiting:
        shown().say(f"有 {len(taken.waiting)} 个文件还在写入或没有内容，留待下次。")
    chunks = log.guarded(job.chunks)(taken, settings)
    _stage("读表", len(chunks))
    readings = [reading for part in stages.read(chunks, settings) for reading in _advanced(part)]
    _stage("校验")
    judged = stages.validate(readings, taken, settings)
    _stage("汇总")
    resolved = stages.resolve(judged)
    _stage("发布")
    return stages.publish(resolved, workspace, now)


def _stage(title: str, total: int | None = None) -> None:
    shown().stage(title, total)
    log.LOGGER.info(title if total is None else f"{title}，共 {total} 批")


def _advanced(part: list[Any]) -> list[Any]:
    shown().advance()
    return part
