"""The job as one paragraph. The stages are called directly, or handed in as Prefect's tasks by flow.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from pipeline import freed, job, log, sandbox, unchanged
from pipeline import readings as readings_
from pipeline.ahead import Ahead
from pipeline.errors import LedgerDamaged, NoChildren, RunError, StorageFailed
from pipeline.intake import BEYOND, Receipt
from pipeline.ledger import Hold, Ledger, hold
from pipeline.memory import Memory
from pipeline.opening import open_packed
from pipeline.progress import shown
from pipeline.publish import atomic
from pipeline.report import counts, in_words
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

# How a run ended, as the ledger has it; one that never came to its end is `ledger.INTERRUPTED`.
OUTCOME_DONE, OUTCOME_FAILED = "完成", "失败"


class Stages(NamedTuple):
    """What to call for each stage; as in job.py, but `read` takes all portions and yields their readings."""

    intake: Callable[..., Any]
    read: Callable[[list[job.Portion], Settings], Iterable[list[Any]]]
    validate: Callable[..., Any]
    resolve: Callable[..., Any]
    publish: Callable[..., Any]


def _read(portions: list[job.Portion], settings: Settings) -> Iterator[list[Any]]:
    for portion in portions:
        yield log.guarded(job.read)(portion, settings)


HERE = Stages(log.guarded(job.intake), _read, log.guarded(job.validate), log.guarded(job.resolve),
              log.guarded(job.publish))


def run(workspace: Workspace, settings: Settings, now: datetime, stages: Stages = HERE) -> job.Summary:
    """The whole job in `workspace`, from inbox to outbox. WorkspaceHeld if another run is at it."""
    workspace.create()
    with hold(workspace) as held, log.writing(workspace.logs), Ledger.of(workspace, settings) as ledger:
        run_id = uuid4().hex
        ledger.run_started(run_id, now)
        with _leased(workspace, held, ledger):
            try:
                summary = _through(stages, workspace, settings, now, ledger)
            except RunError:
                # The first failure is the one to tell, unless the run is not the workspace's any more.
                with suppress(StorageFailed, LedgerDamaged):
                    ledger.run_finished(run_id, datetime.now(CHINA), OUTCOME_FAILED, {})
                raise
            ledger.run_finished(run_id, datetime.now(CHINA), OUTCOME_DONE, counts(summary))
        log.LOGGER.info("完成：%s", "".join(in_words(replace(summary, elsewhere=()))))
        if summary.elsewhere:
            log.LOGGER.warning("%d 个输出文件正被打开，已另存", len(summary.elsewhere))
        return summary


@contextmanager
def _leased(workspace: Workspace, held: Hold, ledger: Ledger) -> Iterator[None]:
    """Keep the lease alive, and let no output be replaced, least of all the manifest, once another run has taken it."""
    def may_write(target: Path) -> None:
        held.check()
        if target == workspace.manifest:
            ledger.check_lease()

    with held.also(ledger.beat), atomic.asking(may_write):
        try:
            yield
        finally:
            with suppress(RunError):
                ledger.let_go()


def _through(stages: Stages, workspace: Workspace, settings: Settings, now: datetime, ledger: Ledger) -> job.Summary:
    _stage("收件")
    # What reads loads while files are copied; that it cannot is told when they have been received.
    with suppress(NoChildren):
        sandbox.warm(open_packed)
    taken = stages.intake(workspace, settings, now)
    beyond = [path for path, reason in taken.reasons.items() if reason == BEYOND]
    if len(taken.waiting) > len(beyond):
        shown().say(f"有 {len(taken.waiting) - len(beyond)} 个文件还在写入或没有内容，留待下次。")
    if beyond:
        shown().say(f"有 {len(beyond)} 个文件{BEYOND}。")
    if taken.receipts and not any(one.present for one in taken.receipts):
        shown().say(f"收件箱是空的，此前有 {len(taken.receipts)} 个文件，仍按已收到的计。请检查网络盘是否连接。")
    memory = ledger.memory()
    known = log.guarded(unchanged.basis)(taken.receipts, memory, settings)
    standing = log.guarded(unchanged.standing)(workspace, memory, known, now)
    if standing:
        return log.guarded(unchanged.repeat)(workspace, settings, standing, now, _last(ledger, memory),
                                             taken.reasons)
    # What marks the forms loads while they are read.
    sandbox.warm_for(job.MARKING)
    kept = log.guarded(readings_.of)(workspace)
    portions = log.guarded(job.chunks)(taken, settings, kept)
    _stage("读表", len(portions))
    with Ahead(kept, settings.due) as ahead:
        readings = [reading for part in stages.read(portions, settings) for reading in _advanced(ahead.seen(part))]
    _stage("校验")
    judged = stages.validate(readings, taken, settings)
    round_ = unchanged.round_of(memory, unchanged.key(known, judged.turns, now, job.broken(readings)), now)
    _stage("汇总")
    resolved = stages.resolve(judged, memory, round_)
    # What was judged is as large as what is published, and not needed any more.
    del judged, readings, memory
    _stage("发布")
    summary = stages.publish(resolved, workspace, now)
    log.guarded(_commit)(ledger, resolved)
    return summary


def _commit(ledger: Ledger, resolved: job.Resolved) -> None:
    """Remember the round. Only now: a run that was killed before leaves the memory as it was, and is repeated."""
    from pipeline import history

    ledger.commit(resolved.round, history.pasts(resolved.tables["finding_history"]), resolved.explanations,
                  resolved.tables["decisions"].to_dicts())


def _last(ledger: Ledger, memory: Memory) -> datetime:
    """When the run before this one began that came to its end."""
    done = [one.started_at for one in ledger.runs() if one.outcome == OUTCOME_DONE]
    return done[-1] if done else memory.round.began_at


def _stage(title: str, total: int | None = None) -> None:
    freed.give_back()
    shown().stage(title, total)
    log.LOGGER.info(title if total is None else f"{title}，共 {total} 批")


def _advanced(part: Sequence[Any]) -> Sequence[Any]:
    shown().advance()
    return part
