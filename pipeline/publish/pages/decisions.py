"""What must be decided, as the board shows it: the conflicts of 待核清单, each with its sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import polars as pl

from pipeline.conflicts import Agenda, Conflict, agenda_of
from pipeline.conflicts.conflict import Evidence
from pipeline.inbox import NO_CITY
from pipeline.publish.order import InOrder
from pipeline.publish.pending.workbook import still_asked
from schemas import call, uscc
from schemas.current import FORM

# The board shows so many, and of each so many sides; all of them are in the list.
MOST_DECISIONS = 100
MOST_SIDES = 12


class Side(NamedTuple):
    """One line of the list: who, where, what is written there. What no form says has neither city nor place."""

    city: str
    consortium: str
    place: str
    value: str


class Decision(NamedTuple):
    """One matter under its `number` in the list; `said` is its sentence there, `hint` what to look at.

    `more` are the places that are not among its `sides`.
    """

    number: str
    title: str
    said: str
    hint: str
    sides: tuple[Side, ...]
    more: int


class Matters(NamedTuple):
    """The first matters of the list, and how many there are in all."""

    listed: tuple[Decision, ...]
    count: int

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame], agenda: Agenda | None = None) -> Self:
        """Those that the list has, in its order; `agenda` as in `pipeline.publish.pending.write`."""
        tables = InOrder(tables)
        found = still_asked(agenda or agenda_of(tables), tables["findings"])
        return cls(tuple(map(_decision, found[:MOST_DECISIONS])), len(found))

    @classmethod
    def read(cls, plain: Sequence[Any]) -> Self:
        """What JSON has made of one. TypeError or ValueError of anything else."""
        listed, count = plain
        if not isinstance(count, int):
            raise TypeError("no number of matters")
        return cls(tuple(Decision(*facts, tuple(Side(*side) for side in sides), more)
                         for *facts, sides, more in listed), count)


def _decision(conflict: Conflict) -> Decision:
    shown = _of_each_option([line for line in conflict.evidence if not line.more])
    places = sum(line.more or line.place is not None for line in conflict.evidence)
    return Decision(conflict.number, conflict.dispute.title, uscc.mask(conflict.says), conflict.dispute.hint,
                    tuple(map(_side, shown)), places - sum(line.place is not None for line in shown))


def _of_each_option(lines: Sequence[Evidence]) -> list[Evidence]:
    """The most lines that the board has room for, from each option in turn, in the list's order."""
    turns: Counter[str | None] = Counter()
    turn_of = []
    for line in lines:
        turn_of.append(turns[line.option])
        turns[line.option] += 1
    first = sorted(range(len(lines)), key=turn_of.__getitem__)[:MOST_SIDES]
    return [lines[place] for place in sorted(first)]


def _side(line: Evidence) -> Side:
    city = line.city if line.city in call.CITY_ORDER else NO_CITY if line.place else ""
    return Side(city, uscc.mask(line.consortium or ""), _place(line), uscc.mask(line.value))


def _place(line: Evidence) -> str:
    if line.place is None:
        return ""
    sheet = f"（{line.sheet}）" if line.sheet and line.sheet != FORM.sheet else ""
    block = next((block.short for block in FORM.blocks if block.name == line.place.table), "")
    cell = f" {line.cell}" if line.cell else f"第 {line.place.row} 行" if line.place.row else ""
    return f"{block}{sheet}{cell}"
