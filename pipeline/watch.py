"""The watcher: looks at the inbox again and again, and orders a run when something in it is complete.

It lists and compares, because shares report no changes. What is answered already is the ledger's knowledge, not
this process's: a restart forgets nothing, and a run that failed to take a file is tried again, ever more rarely.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from threading import Event
from typing import NamedTuple

from pipeline import inbox
from pipeline.errors import InboxUnavailable, RunError
from pipeline.inbox import Listing
from pipeline.intake import Seen, Taken, take
from pipeline.ledger import Ledger
from pipeline.log import guarded, writing
from pipeline.settings import Settings, Workspace

log = logging.getLogger(__name__)

# A file that a run did not take (a share's clock, no end, no access) is tried after this, then after twice this, …
AGAIN_SECONDS = 60
SELDOM_SECONDS = 6 * 3600


class Mark(NamedTuple):
    """What tells one state of a file from another; None instead of one: the file is gone."""

    size: int
    mtime_ns: int


Pending = Mapping[str, Mark | None]


def unanswered(listing: Listing, latest: Mapping[str, Seen]) -> dict[str, Mark | None]:
    """What differs from what the ledger knows, by path. What is not counted anyway (temporary files) is left out."""
    found = {one.path: Mark(one.size, one.mtime_ns) for one in listing.looks}
    wanted = {one.path for one in listing.looks if not one.ignored}
    known = {path: Mark(seen.size, seen.mtime_ns) for path, seen in latest.items()}
    new = {path: found[path] for path in wanted if known.get(path) != found[path]}
    hidden = tuple(place for place in listing.closed if place.endswith("/"))
    gone = [path for path, seen in latest.items() if path not in found and path not in listing.closed
            and not path.startswith(hidden) and not seen.ignored]
    return new | dict.fromkeys(gone)


class Patience:
    """When to order a run: all at rest for the window, or one complete for as long again.

    So many files dropped one after another give few runs, and a busy inbox keeps nobody waiting. Moments are
    seconds of any clock that only goes forward.
    """

    def __init__(self, window_seconds: float) -> None:
        self._window = window_seconds
        self._since: dict[tuple[str, Mark | None], float] = {}
        self._tries: dict[tuple[str, Mark | None], int] = {}
        self._ready: dict[tuple[str, Mark | None], float] = {}

    def due(self, pending: Pending, now: float) -> bool:
        """Whether to order a run, given what is `pending` at the moment `now`."""
        present = set(pending.items())
        self._since = {one: self._since.get(one, now) for one in present}
        self._tries = {one: tries for one, tries in self._tries.items() if one in present}
        self._ready = {one: self._ready.get(one, self._since[one] + self._window) for one in present}
        complete = [self._ready[one] for one in present if self._ready[one] <= now]
        moving = any(now - since < self._window for since in self._since.values())
        return bool(complete) and (not moving or now - min(complete) >= self._window)

    def ordered(self, now: float) -> None:
        """A run was ordered at `now`: what is complete is not to be ordered for again soon."""
        for one, ready in self._ready.items():
            if ready <= now:
                tries = self._tries[one] = self._tries.get(one, 0) + 1
                self._ready[one] = now + min(AGAIN_SECONDS * 2 ** (tries - 1), SELDOM_SECONDS) + self._window


class Watcher:
    """Polls one inbox. `order` orders a run and returns true, or false if one is ordered or at work already."""

    def __init__(self, workspace: Workspace, settings: Settings, order: Callable[[], bool],
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._workspace, self._order, self._clock = workspace, order, clock
        self._settings = settings
        self._every = settings.watch_seconds
        self._patience = Patience(settings.stability_seconds)
        self._answered: Listing | None = None
        self._trouble = ""

    def run(self, stop: Event) -> None:
        """Until `stop` is set."""
        while not stop.wait(self._every):
            with writing(self._workspace.logs):
                self.look()

    def look(self) -> None:
        """Look once, and order a run if one is due. No error gets out; the same trouble is written down once."""
        try:
            pending = guarded(self._pending)()
            self._note("")
            now = self._clock()
            if self._patience.due(pending, now):
                self._order_for(pending, now)
        except RunError as error:
            self._note(type(error).__name__)

    def _pending(self) -> Pending:
        """A share that is away is no deletion, whether it cannot be listed or shows an empty folder."""
        listing = inbox.look(self._workspace.inbox)
        if listing == self._answered:
            return {}
        with Ledger.of(self._workspace, self._settings) as ledger:
            latest = ledger.latest()
        if latest and not listing.looks:
            raise InboxUnavailable("收件箱是空的。")
        pending = unanswered(listing, latest)
        self._answered = None if pending else listing
        return pending

    def _order_for(self, pending: Pending, now: float) -> None:
        try:
            placed = guarded(self._order)()
        except RunError:
            self._patience.ordered(now)
            raise
        if placed:
            self._patience.ordered(now)
            log.info("收件箱有变化 %d 处，已安排汇总", len(pending))

    def _note(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            log.warning("收件箱这次没有看成，稍后再看：%s", trouble)
        elif self._trouble and not trouble:
            log.info("收件箱恢复正常")
        self._trouble = trouble


def take_settled(workspace: Workspace, settings: Settings, now: datetime) -> Taken:
    """The intake of a run that nobody started by hand: files younger than the stability window wait."""
    with Ledger.of(workspace, settings) as ledger:
        return take(workspace, ledger, now, settings, watching=True)
