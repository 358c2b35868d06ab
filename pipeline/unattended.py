"""A run that nobody is watching: it waits for its turn, and tells those who should know how it ended."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from pipeline import nights, notify
from pipeline.errors import RunError, SettingsWrong, WorkspaceHeld
from pipeline.job import Summary
from pipeline.ledger import Ledger
from pipeline.log import writing
from pipeline.report import in_morning
from pipeline.run import OUTCOME_DONE, Stages, run
from pipeline.settings import Settings, Workspace
from schemas import call
from schemas.call import CHINA

NAME = f"{call.PROVINCE}创新联合体名录"
# What starts a run; the last three are nobody's hand.
BY_HAND, AT_NIGHT, ARRIVED, MADE_UP = "手工", "夜间", "来件", "补跑"
# Only these are told in the morning; what a single file changed stands in its city's receipt.
MORNING = (AT_NIGHT, MADE_UP)
# A run by hand takes minutes at most; whoever finds the workspace held for longer leaves it for the next time.
TURN_SECONDS = 3600
LOOK_AGAIN_SECONDS = 5
_CLOCKS_DIFFER = timedelta(minutes=1)


def outdated(workspace: Workspace, scheduled: datetime) -> bool:
    """Whether a later night has come since this one was scheduled, as when the machine slept."""
    return nights.latest(Settings.of(workspace).nightly, datetime.now(CHINA)) > scheduled + _CLOCKS_DIFFER


def carry_out(workspace: Workspace, trigger: str, stages: Stages, ended: type[BaseException]) -> Summary:
    """One run, when the workspace is free; WorkspaceHeld if it is not within TURN_SECONDS.

    A failure is told and raised again, unless its cause is `ended`: whoever serves has ended the run. That a night
    found the run before it still at work for so long is told too: it may be hanging, and the deadline does not wait.
    """
    settings = Settings.of(workspace)
    try:
        before = _before(workspace, settings)
        summary = _in_turn(workspace, settings, stages)
    except WorkspaceHeld as held:
        if trigger in MORNING:
            tell_failure(workspace, trigger, f"{str(held).rstrip('。')}。已等 {TURN_SECONDS / 60:g} 分钟，本次不再等，留待下次")
        raise
    except RunError as error:
        if not isinstance(error.__context__, ended):
            tell_failure(workspace, trigger, str(error))
        raise
    if trigger in MORNING and settings.notify:
        now = datetime.now(CHINA)
        _tell(workspace, settings, f"{NAME}：{now:%Y-%m-%d} {trigger}汇总",
              "\n".join(in_morning(summary, before, settings.due, now)))
    return summary


def _before(workspace: Workspace, settings: Settings) -> dict[str, int] | None:
    with Ledger.of(workspace, settings) as ledger:
        return nights.counts_before(ledger.runs(), OUTCOME_DONE, settings.nightly, datetime.now(CHINA))


def _in_turn(workspace: Workspace, settings: Settings, stages: Stages) -> Summary:
    until = time.monotonic() + TURN_SECONDS
    while True:
        try:
            return run(workspace, settings, datetime.now(CHINA), stages)
        except WorkspaceHeld:
            if time.monotonic() > until:
                raise
        time.sleep(LOOK_AGAIN_SECONDS)


def tell_failure(workspace: Workspace, trigger: str, sentence: str) -> None:
    """Tell that a run, or the service, has failed; `sentence` says why."""
    try:
        settings = Settings.of(workspace)
    except SettingsWrong:
        return
    day = datetime.now(CHINA).date()
    _tell(workspace, settings, f"{NAME}：{trigger}汇总失败", f"{NAME}：{day} {trigger}汇总失败。{sentence.rstrip('。')}。")


def _tell(workspace: Workspace, settings: Settings, title: str, body: str) -> None:
    with writing(workspace.logs):
        notify.send(settings.notify, NAME, title, body)
