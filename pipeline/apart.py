"""Portions of forms, judged so that a form on which the program fails costs itself and no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import polars as pl

from pipeline.errors import RunError
from pipeline.log import cause

if TYPE_CHECKING:
    from pipeline.held import Head
    from pipeline.kept import Part
    from pipeline.validate import About

# The machine's faults, and those that say themselves what to do: no form is to blame for them.
_NOT_OF_A_FORM = (RunError, OSError, MemoryError)
# As many forms as this, without one that can be judged, and all alike: it is the program that is broken.
_SUSPICIOUSLY_MANY = 3
# How many of them are tried before that is taken for certain.
_ENOUGH = 20
log = logging.getLogger(__name__)


class Portions:
    """What was found of portion after portion: by `judged` of several forms, by `instead` of one that cannot be.

    `proven` if this same program has judged forms before.
    """

    def __init__(self, judged: Callable[[Sequence[Head], Sequence[About]], Part],
                 instead: Callable[[Head, About], Part], proven: bool = False) -> None:
        self._proven = proven
        self._judged = judged
        self._instead = instead
        self._causes: set[str] = set()
        self.done: list[Part] = []
        # The numbers of the forms that could not be judged.
        self.unreadable: list[int] = []

    def judge(self, numbers: Sequence[int], heads: Sequence[Head], about: Sequence[About],
              strict: bool = False) -> None:
        """Judge forms that have these numbers; by halves where something in them makes the program fail.

        If `strict`, what it raises is raised.
        """
        try:
            part = self._judged(heads, about)
        except _NOT_OF_A_FORM:
            raise
        # Whatever a form's contents make the program raise, polars' panics too: all other forms would go with it.
        except (Exception, pl.exceptions.PanicException) as error:
            if strict or not heads:
                raise
            if len(heads) > 1:
                middle = len(heads) // 2
                for half in (slice(middle), slice(middle, None)):
                    self.judge(numbers[half], heads[half], about[half])
                return
            self._blame(numbers, error)
            part = self._instead(heads[0], about[0])
        self.done.append(part.numbered(pl.Series(numbers, dtype=pl.Int64)))

    def heed(self, least: int = _SUSPICIOUSLY_MANY) -> None:
        """RuntimeError if no form could be judged, and all for the same cause: that is our own fault."""
        number = len(self.unreadable)
        if not self._proven and least <= number == len(self.done) and len(self._causes) == 1:
            raise RuntimeError("every form broke the program in the same way")

    def _blame(self, numbers: Sequence[int], error: BaseException) -> None:
        self.heed(_ENOUGH)
        of_error = cause(error)
        log.warning("校验一份表时出错：%s", of_error)
        self.unreadable += numbers
        self._causes.add(of_error)
