"""The centre's decisions: read from 待核清单.xlsx as it comes back, matched with what is to be decided, answered.

The reading child imports this package, so the frame library is imported only where decisions are matched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.decisions.entry import Entry, entries_of

if TYPE_CHECKING:
    import polars as pl

    from pipeline.decisions.rulings import Rulings

__all__ = ["Entry", "entries_of", "ruled"]


def ruled(entries: Sequence[Entry], tables: Mapping[str, pl.DataFrame], day: date,
          again: Callable[[Rulings], Mapping[str, pl.DataFrame]] | None = None) -> Rulings:
    """What the entries, in order of arrival, decide of the tables in which nothing is decided yet, on this day.

    `again` makes the tables anew with the decisions on codes and forms in force, so that names and amounts are asked
    of the organisations as they then are; without it all is matched against `tables`.
    """
    from pipeline.decisions.matching import ruled as matched

    return matched(entries, tables, day, again)
