"""Taking what bureaus dropped: a private copy of every file first, then a receipt; the inbox stays as it was.

A receipt is for a path and the bytes found there: the same bytes under two names are two receipts and one
copy, new bytes under an old name are a new receipt, and the old one stays.
"""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import inbox, originals
from pipeline.inbox import Look
from pipeline.watchdog import Watchdog
from schemas import call

# The reading child imports this module; it needs neither the database nor the settings.
if TYPE_CHECKING:
    from pipeline.ledger import Ledger
    from pipeline.settings import Settings, Workspace

log = logging.getLogger(__name__)

BEYOND = "超过单次接收上限，下次继续"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One file received, or one entry ignored.

    `path` is under the inbox and as shown to people; `received_at` is when this path first had these bytes,
    `modified_at` the file's own time then, both +08:00. `sequence` is the order of arrival from 1: a later
    run comes later even if the clock was set back; within a run by `modified_at`, then `path`. `present`
    means still there with these bytes. Where `ignored` says why it does not count, `sha256` is "" and
    `original` None. `withdrawn` says since when and why it no longer counts, by command.
    """

    path: str
    city: str | None
    sha256: str
    size: int
    received_at: datetime
    modified_at: datetime
    sequence: int
    present: bool
    ignored: str = ""
    original: Path | None = None
    withdrawn: str = ""

    @property
    def is_decision(self) -> bool:
        """Whether the provincial centre's decisions are in it, and not a bureau's form."""
        return inbox.is_decision(self.path)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found at `path`. By `size`, `mtime_ns`, `identity` the next run knows it without reading."""

    path: str
    city: str | None
    sha256: str
    size: int
    modified_at: datetime
    mtime_ns: int
    identity: int
    ignored: str = ""


@dataclass(frozen=True)
class Taken:
    """Everything ever received, in order of arrival; the paths that wait for the next run, and why."""

    receipts: list[Receipt]
    waiting: list[str] = field(default_factory=list)
    reasons: Mapping[str, str] = field(default_factory=dict)


def take(workspace: Workspace, ledger: Ledger, now: datetime, settings: Settings, *,
         watching: bool = False) -> Taken:
    """Take what is in the inbox. `now` (with a zone) becomes the arrival of what is seen for the first time.

    A run by hand gives files younger than the stability window one second look together; `watching` a share,
    they wait. Raises InboxUnavailable, StorageFailed, LedgerDamaged.
    """
    listing, looked = inbox.look(workspace.inbox), time.monotonic()
    latest, kept = ledger.latest(), originals.names(workspace.originals)
    looks = [_limited(one, settings.largest_copy_mb) for one in listing.looks]
    fresh = [one for one in looks if not _known(one, latest.get(one.path), kept)]
    readable, beyond = _in_turn([one for one in fresh if not one.ignored], settings)
    young, waiting = _young(readable, settings, watching)
    copied = []
    if any(one.path not in waiting for one in readable):
        new = (one.size for one in readable if not _alike(one, latest.get(one.path), kept))
        needed = sum(new) + (settings.reserve_mb << 20)
        parts = _settled(readable, young, waiting, looked + settings.second_look_seconds)
        copied = originals.keep(parts, workspace.originals, young, needed)

    waiting |= {one.look.path: one.waits for one in copied if one.waits}
    waiting |= dict.fromkeys(listing.closed, originals.UNREADABLE) | dict.fromkeys(beyond, BEYOND)
    seen = [_seen(one) for one in fresh if one.ignored]
    seen += [_seen(one.look, one.sha256) for one in copied if one.sha256]
    standing = {one.path for one in looks} - {one.path for one in fresh} | {one.path for one in seen}
    missing = [path for path in latest if path not in standing and not _withheld(path, waiting)]
    if latest and not looks:
        log.warning("收件箱是空的，此前有 %d 个文件", len(latest))
    ledger.note(seen, now, missing)
    log.info("新收或有变化 %d 个，等待 %d 个，撤走 %d 个", len(seen), len(waiting), len(missing))
    return Taken(ledger.receipts(), sorted(waiting), waiting)


def _limited(one: Look, largest_mb: int) -> Look:
    """A file so large that copying it would endanger the run is not even copied."""
    if one.ignored or one.size <= largest_mb << 20:
        return one
    return replace(one, ignored=f"文件大于 {largest_mb} MB，没有接收")


def _in_turn(looks: list[Look], settings: Settings) -> tuple[list[Look], list[str]]:
    """What is received now, and the paths that wait: a city that floods the inbox must not keep the others waiting."""
    files, sizes = Counter[str | None](), Counter[str | None]()
    now, beyond = [], []
    for one in looks:
        if inbox.is_decision(one.path):
            now.append(one)
            continue
        city = inbox.city_of(one.path)
        files[city] += 1
        sizes[city] += one.size
        # The first is taken whatever its size, or it would wait for ever.
        if files[city] > settings.nightly_files or (files[city] > 1 and sizes[city] > settings.nightly_mb << 20):
            beyond.append(one.path)
        else:
            now.append(one)
    return now, beyond


def _known(one: Look, latest: Seen | None, kept: Collection[str]) -> bool:
    """The ledger has this file as it is now, and we its copy, so it need not be read again."""
    if latest is None or one.ignored or latest.ignored:
        return latest is not None and one.ignored == latest.ignored
    return one.identity == latest.identity and _alike(one, latest, kept)


def _alike(one: Look, latest: Seen | None, kept: Collection[str]) -> bool:
    """Most likely the bytes of which we have a copy: so is a whole inbox whose owner or place on the disk has
    changed."""
    return latest is not None and (one.size, one.mtime_ns) == (latest.size, latest.mtime_ns) and latest.sha256 in kept


def _young(looks: list[Look], settings: Settings, watching: bool) -> tuple[set[str], dict[str, str]]:
    """The paths that may still be arriving, and those that wait for that reason alone."""
    clock = time.time()
    ages = {one.path: clock - one.mtime_ns / 1e9 for one in looks}
    young = {path for path, age in ages.items() if age < settings.stability_seconds}
    # A time in the future is the share's clock or a whim; such a file must not wait for ever.
    waiting = {path: originals.CHANGING for path in young
               if watching and ages[path] > -settings.stability_seconds}
    return young, waiting


def _settled(looks: list[Look], young: set[str], waiting: dict[str, str], again_at: float) -> Iterator[list[Look]]:
    """The files to read now: the old ones at once, the young ones when a second look `again_at` finds them the same.

    The others are put among those that wait, or are gone. The clock is `time.monotonic`: while the old ones are being
    copied it goes on.
    """
    yield [one for one in looks if one.path not in young]
    again = [one for one in looks if one.path in young and one.path not in waiting]
    if not again:
        return
    time.sleep(max(0, again_at - time.monotonic()))
    changes = Watchdog().each(_change, again)
    waiting |= {one.path: change for one, change in zip(again, changes, strict=True) if change}
    yield [one for one, change in zip(again, changes, strict=True) if change == ""]


def _change(one: Look) -> str | None:
    """What a second look finds: "" for the same file as before, CHANGING, None for nothing any more."""
    try:
        return "" if one.same_as(os.lstat(one.place)) else originals.CHANGING
    except FileNotFoundError:
        return None
    except OSError:
        return originals.UNREADABLE


def _seen(one: Look, sha256: str = "") -> Seen:
    return Seen(one.path, inbox.city_of(one.path), sha256, one.size, _time(one.mtime_ns),
                one.mtime_ns, one.identity, one.ignored)


def _time(mtime_ns: int) -> datetime:
    """The file's time at +08:00; a time that no calendar has (a share can report any number) is 1970."""
    try:
        return (_EPOCH + timedelta(microseconds=mtime_ns // 1000)).astimezone(call.CHINA)
    except OverflowError:
        return _EPOCH.astimezone(call.CHINA)


def _withheld(path: str, waiting: Collection[str]) -> bool:
    """Nothing can be said of this path now: it waits itself, or one of its folders could not be listed."""
    return path in waiting or any(place.endswith("/") and path.startswith(place) for place in waiting)
