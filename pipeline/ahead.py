"""Forms judged while others are read: the stage of judging keeps one processor busy, and finds most of its work done.

Only where nothing is kept of an earlier night, and only whole portions. What is found lies beside the judgings kept, where
`pipeline.kept` takes it for the forms that count. Whatever fails here is left to that stage, which knows what to tell.
"""

from __future__ import annotations

import logging
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
        if self._judgings and not self._judgings.file.exists():
            self._beside = ThreadPoolExecutor(1)
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        if self._beside:
            self._beside.shutdown(cancel_futures=fault is not None)

    def seen(self, readings: Sequence[FileReading]) -> Sequence[FileReading]:
        """The same readings; their forms are judged as soon as there are enough for a portion."""
        if self._beside:
            self._beside.submit(self._take, readings)
        return readings

    def _take(self, readings: Sequence[FileReading]) -> None:
        from pipeline.bounded import FORMS_AT_A_TIME
        from pipeline.kept import name_of
        from pipeline.validate import About

        for reading in readings:
            about = About.of(reading.receipt)
            self._waiting += [(name, head, about) for head in reading.forms if (name := name_of(head, about))]
        while len(self._waiting) >= FORMS_AT_A_TIME:
            portion, self._waiting = self._waiting[:FORMS_AT_A_TIME], self._waiting[FORMS_AT_A_TIME:]
            self._judge(*zip(*portion, strict=True))

    def _judge(self, names: Sequence[str], heads: Sequence[Head], about: Sequence[About]) -> None:
        import polars as pl

        from pipeline import bounded
        from schemas.form_2023 import FORM

        try:
            self._judgings.ahead.append((names, bounded.judged_part(FORM, heads, about)))
        except (Exception, pl.exceptions.PanicException) as error:
            log.warning("%d 份表没有提前校验（%s），留到校验时", len(heads), type(error).__name__)
