"""Forms judged while others are read: the stage of judging keeps one processor busy, and finds most of its work done.

Only where nothing is kept of an earlier night, and only whole portions. What is found lies beside what is kept, where
`pipeline.kept` takes it for the forms that count. Whatever fails here is left to that stage, which knows what to tell.
"""

from __future__ import annotations

import logging
import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from pipeline.log import cause

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipeline.held import Head
    from pipeline.kept import Part
    from pipeline.readings import Readings
    from pipeline.submissions import FileReading
    from pipeline.validate import About

log = logging.getLogger(__name__)


class JudgedAhead:
    """What portions of forms were found to be, by the forms' names, until it is asked for: then it lies here no more.

    One thread adds to it, and another takes from it when the first has ended.
    """

    def __init__(self) -> None:
        self._found: list[tuple[Sequence[str], Part]] = []

    def add(self, names: Sequence[str], part: Part) -> None:
        """Keep what was found of forms of these names, in their order."""
        self._found.append((names, part))

    def taken(self) -> list[tuple[Sequence[str], Part]]:
        """All that was added and not yet taken."""
        found, self._found = self._found, []
        return found


class Ahead:
    """Judges what is read in a thread of its own, in the order in which it comes, for as long as the block lasts."""

    def __init__(self, kept: Readings, deadline: datetime) -> None:
        self._kept, self._deadline = kept, deadline
        self._waiting: list[tuple[str, Head, About]] = []
        self._beside: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        # Unlike `Path.exists`, this raises nothing where the disk refuses.
        if self._kept.judgings and not os.path.exists(self._kept.judgings.file):
            self._beside = ThreadPoolExecutor(1)
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        if self._beside:
            self._beside.shutdown(cancel_futures=fault is not None)

    def seen(self, readings: Sequence[FileReading]) -> Sequence[FileReading]:
        """The same readings; their forms are judged as soon as there are enough for a portion."""
        if self._beside:
            try:
                self._beside.submit(self._judge, readings).add_done_callback(_ended)
            except RuntimeError as error:
                # The system has no thread left.
                _tell(error)
        return readings

    def _judge(self, readings: Sequence[FileReading]) -> None:
        from pipeline import bounded
        from pipeline.kept import name_of
        from pipeline.validate import About
        from schemas.current import FORM

        for reading in readings:
            about = About.of(reading.receipt, self._deadline)
            self._waiting += [(name, head, about) for head in reading.forms if (name := name_of(head, about))]
        whole = len(self._waiting) - len(self._waiting) % bounded.FORMS_AT_A_TIME
        ready, self._waiting = self._waiting[:whole], self._waiting[whole:]
        for portion in bounded.portions_of(ready, bounded.FORMS_AT_A_TIME):
            names, heads, facts = zip(*portion, strict=True)
            self._kept.judged_ahead.add(names, bounded.judged_part(FORM, heads, facts))


def _ended(judging: Future[None]) -> None:
    error = None if judging.cancelled() else judging.exception()
    if error:
        _tell(error)


def _tell(error: BaseException) -> None:
    log.warning("有一批表没有提前校验（%s），留到校验时", cause(error))
