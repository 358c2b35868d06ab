"""Forms judged while others are read: the stage of judging keeps one processor busy, and finds most of its work done.

Only where nothing is kept of an earlier night, and only whole portions. What is found lies beside the judgings kept, where
`pipeline.kept` takes it for the forms that count. Whatever fails here is left to that stage, which knows what to tell.
"""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.held import Head
    from pipeline.judgings import Judgings
    from pipeline.submissions import FileReading
    from pipeline.validate import About

log = logging.getLogger(__name__)


class Ahead:
    """Judges what is read in a thread of its own, in the order in which it comes, for as long as the block lasts."""

    def __init__(self, judgings: Judgings | None) -> None:
        self._judgings = judgings
        self._waiting: list[tuple[str, Head, About]] = []
        self._beside: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        # Unlike `Path.exists`, this raises nothing where the disk refuses.
        if self._judgings and not os.path.exists(self._judgings.file):
            self._beside = ThreadPoolExecutor(1)
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        if self._beside:
            self._beside.shutdown(cancel_futures=fault is not None)

    def seen(self, readings: Sequence[FileReading]) -> Sequence[FileReading]:
        """The same readings; their forms are judged as soon as there are enough for a portion."""
        if self._beside:
            try:
                self._beside.submit(self._take, readings)
            except RuntimeError as error:
                # The system has no thread left.
                _tell(error)
        return readings

    def _take(self, readings: Sequence[FileReading]) -> None:
        import polars as pl

        try:
            self._judge(readings)
        except (Exception, pl.exceptions.PanicException) as error:
            _tell(error)

    def _judge(self, readings: Sequence[FileReading]) -> None:
        from pipeline import bounded
        from pipeline.kept import name_of
        from pipeline.validate import About
        from schemas.form_2023 import FORM

        for reading in readings:
            about = About.of(reading.receipt)
            self._waiting += [(name, head, about) for head in reading.forms if (name := name_of(head, about))]
        size = bounded.FORMS_AT_A_TIME
        while len(self._waiting) >= size:
            portion, self._waiting = self._waiting[:size], self._waiting[size:]
            names, heads, facts = zip(*portion, strict=True)
            self._judgings.ahead.append((names, bounded.judged_part(FORM, heads, facts)))


def _tell(error: BaseException) -> None:
    log.warning("有一批表没有提前校验（%s），留到校验时", type(error).__name__)
