"""The nights: when a run is due, and whether one is owed because nobody was there to make it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from schemas.call import CHINA

if TYPE_CHECKING:
    from pipeline.ledger import Run

# A night's run begins within a moment of its time.
_BY_THEN = timedelta(hours=1)


def cron(nightly: str) -> str:
    """The schedule for `nightly` (HH:MM, Asia/Shanghai)."""
    hour, minute = map(int, nightly.split(":"))
    return f"{minute} {hour} * * *"


def latest(nightly: str, now: datetime) -> datetime:
    """The last time a nightly run was due, at or before `now`."""
    today = datetime.combine(now.astimezone(CHINA).date(), time.fromisoformat(nightly), CHINA)
    return today if today <= now else today - timedelta(days=1)


def owed(runs: Sequence[Run], done: str, nightly: str, now: datetime) -> bool:
    """Whether one run must make up: a night has passed since the last run that was `done`, or the very last was not.

    A workspace in which nothing ever ran owes nothing.
    """
    if not runs:
        return False
    last = runs[-1]
    return last.outcome != done or last.started_at < latest(nightly, now)


def counts_before(runs: Sequence[Run], done: str, nightly: str, now: datetime) -> dict[str, int] | None:
    """The counts of which people last heard in a morning; None if there was no run.

    That is the first run `done` after the night before the latest one was due, else the last one before it.
    """
    night = latest(nightly, now) - timedelta(days=1)
    ended = [run for run in runs if run.outcome == done]
    told = [run for run in ended if night <= run.started_at < night + _BY_THEN]
    chosen = told[:1] or [run for run in ended if run.started_at < night][-1:] or ended[:1]
    return dict(chosen[0].counts) if chosen else None
