"""What the person at the screen sees while the job runs: stages with their counts, now and then a sentence.

The stages report to `shown()`; whoever starts a run decides what stands behind it, so that the job is the
same with and without Prefect, on a terminal, in a log file and at night.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Progress(Protocol):
    """Where a run reports to."""

    def stage(self, title: str, total: int | None = None) -> None:
        """A new stage of `total` steps (None: not known) begins; the one before is done."""

    def advance(self) -> None:
        """One step of the present stage is done."""

    def say(self, sentence: str) -> None:
        """A sentence that stays on the screen."""


class Silent:
    """Nobody is watching."""

    def stage(self, title: str, total: int | None = None) -> None:
        """Nothing."""

    def advance(self) -> None:
        """Nothing."""

    def say(self, sentence: str) -> None:
        """Nothing."""


class Lines:
    """One line a stage on standard error: for log files and pipes."""

    def stage(self, title: str, total: int | None = None) -> None:
        """The stage's title."""
        print(f"{title}……", file=sys.stderr, flush=True)

    def advance(self) -> None:
        """Nothing: a log file needs no steps."""

    def say(self, sentence: str) -> None:
        """The sentence."""
        print(sentence, file=sys.stderr, flush=True)


class Bars:
    """rich bars on a terminal."""

    def __init__(self, bars) -> None:
        self._bars, self._task = bars, None

    def stage(self, title: str, total: int | None = None) -> None:
        """A new bar; the one before is filled."""
        self.finish()
        self._task = self._bars.add_task(title, total=total)

    def advance(self) -> None:
        """One step."""
        if self._task is not None:
            self._bars.advance(self._task)

    def say(self, sentence: str) -> None:
        """The sentence above the bars; square brackets in it are text."""
        self._bars.console.print(sentence, markup=False, highlight=False)

    def finish(self) -> None:
        """Fill the present bar."""
        if self._task is not None:
            total = next(task.total for task in self._bars.tasks if task.id == self._task) or 1
            self._bars.update(self._task, total=total, completed=total)


_SHOWN: ContextVar[Progress] = ContextVar("shown", default=Silent())


def shown() -> Progress:
    """Where the run in this context reports to; nowhere unless `showing` said otherwise."""
    return _SHOWN.get()


@contextmanager
def showing() -> Iterator[Progress]:
    """Report to standard error until the end of the block: bars on a terminal, lines elsewhere."""
    if sys.stderr.isatty():
        with _bars() as bars:
            yield from _set(Bars(bars))
    else:
        yield from _set(Lines())


def _set(progress: Progress) -> Iterator[Progress]:
    token = _SHOWN.set(progress)
    try:
        yield progress
        if isinstance(progress, Bars):
            progress.finish()
    finally:
        _SHOWN.reset(token)


def _bars():
    from rich.console import Console
    from rich import progress as rich

    return rich.Progress(
        rich.SpinnerColumn(finished_text="✓"), rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(bar_width=24), rich.MofNCompleteColumn(), rich.TimeElapsedColumn(),
        console=Console(stderr=True))
