"""What a bureau is told of its files' arrival: received twice (F08), another version replaced (F09), too late (F11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline import versions
from pipeline.read import Spotted
from schemas import call

if TYPE_CHECKING:
    from pipeline.intake import Receipt
    from pipeline.submissions import Submission


def copied(original: Receipt) -> Spotted:
    """F08 for a file whose bytes were received before."""
    return Spotted("F08", facts=(("time", minute(original.received_at)), ("file", _within(original))))


def announced(found: Sequence[Submission], deadline: datetime | None) -> list[Submission]:
    """The submissions; those that count say which version they replace and, given a `deadline`, that they are late."""
    earlier = {now.submission_id: before for now, before in versions.replaced(found)}
    told = []
    for submission in found:
        spotted: tuple[Spotted, ...] = ()
        if submission.submission_id in earlier:
            spotted += (_replacement(submission, earlier[submission.submission_id]),)
        if submission.current and deadline is not None and submission.receipt.received_at > deadline:
            spotted += (_lateness(submission.receipt.received_at, deadline),)
        told.append(replace(submission, spotted=(*submission.spotted, *spotted)) if spotted else submission)
    return told


def _replacement(now: Submission, before: Submission) -> Spotted:
    versions_told = (("n", str(before.version)), ("m", str(now.version)))
    count = len(versions.differences(before.reading, now.reading))
    if not count:
        return Spotted("F09_SAME", facts=versions_told)
    return Spotted("F09", facts=(*versions_told, ("count", str(count))))


def _lateness(received_at: datetime, deadline: datetime) -> Spotted:
    last = deadline.astimezone(call.CHINA)
    day = f"{last.year}年{last.month}月{last.day}日"
    # The call's day ends at 24:00; only another hour needs to be said.
    hour = "" if (last.hour, last.minute) == (23, 59) else f" {last:%H:%M}"
    return Spotted("F11", facts=(("t", minute(received_at)), ("day", day + hour)))


def minute(moment: datetime) -> str:
    """A moment as the bureaus' clocks show it."""
    return f"{moment.astimezone(call.CHINA):%Y-%m-%d %H:%M}"


def _within(receipt: Receipt) -> str:
    """A file as its bureau knows it: its path under the city's folder."""
    folder, _, rest = receipt.path.partition("/")
    return rest or folder
