"""Forms opened while other files are still being copied: that waits for the disk, and leaves processors idle.

Only whole portions of new copies, and only what a child opened without a fault. What was read is put where the stage of
reading finds it as known; whatever else there is, or goes wrong here, is left to that stage, which knows what to tell.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Self

from pipeline import inbox, originals
from pipeline.log import cause
from pipeline.portions import first_opened

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.inbox import Look
    from pipeline.readings import Readings
    from pipeline.settings import Settings, Workspace

# To a child: its start is shared by many, and when all is copied, what is begun is soon done.
FILES_AT_A_TIME = 100
log = logging.getLogger(__name__)


class Copy(NamedTuple):
    """A private copy of a form that is on the disk, but has no receipt yet."""

    original: Path
    sha256: str
    is_decision: bool = False


class Early:
    """Opens the copies it is told of, portion by portion, as long as the block lasts; what was begun is finished."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self._workspace, self._settings = workspace, settings
        self._seen: set[str] = set()
        self._waiting: list[Copy] = []
        self._one_at_a_time = Lock()
        self._portions: SimpleQueue[list[Copy]] = SimpleQueue()
        self._beside = ThreadPoolExecutor(1)
        self._reading: Future[None] | None = None
        self._ended = self._failed = False

    def copied(self, look: Look, sha256: str) -> None:
        """Note that there is a copy of a file; called by several threads, one of which may come late."""
        if inbox.is_decision(look.path) or look.size > self._settings.max_file_bytes:
            return
        with self._one_at_a_time:
            # Two files with the same bytes may be copied at the same time.
            if sha256 in self._seen:
                return
            self._seen.add(sha256)
            self._waiting.append(Copy(originals.place(self._workspace.originals, sha256), sha256))
            if len(self._waiting) < FILES_AT_A_TIME or self._ended:
                return
            portion, self._waiting = self._waiting, []
            self._portions.put(portion)
            try:
                self._reading = self._reading or self._beside.submit(self._read)
            except RuntimeError as error:
                # The system has no thread left.
                _tell(error)
                self._ended = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        with self._one_at_a_time:
            self._ended, self._failed = True, fault is not None
        # The reader may be waiting for another.
        self._portions.put([])
        self._beside.shutdown()
        if self._reading and (error := self._reading.exception()):
            _tell(error)

    def _read(self) -> None:
        from pipeline import readings

        with closing(readings.of(self._workspace)) as kept:
            log.info("收件时已打开 %d 个文件", self._kept(kept))

    def _kept(self, kept: Readings) -> int:
        """Open what comes and keep what was read; how many."""
        number = 0
        with closing(first_opened(self._coming(), self._settings, FILES_AT_A_TIME)) as answers:
            while not self._failed and (part := list(islice(answers, FILES_AT_A_TIME))):
                # A fault says as much of the machine as of the file; the stage of reading looks into it.
                whole = [(copy, outcome.value) for copy, outcome in part if not outcome.fault]
                number += len(whole) if whole and kept.put_all(whole) else 0
        return number

    def _coming(self) -> Iterator[Copy]:
        """Portion after portion, until the block has ended; what then waits is left."""
        while not self._ended and (portion := self._portions.get()):
            yield from portion


def _tell(error: BaseException) -> None:
    log.warning("没有在收件时提前读表（%s），留到读表时", cause(error))
