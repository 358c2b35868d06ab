"""Everything that can be decided now, each under its number, with the findings that a decision settles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from pipeline.conflicts.conflict import Conflict
from pipeline.conflicts.gathering import conflicts
from pipeline.conflicts.waivers import waivable


class Agenda(NamedTuple):
    """The conflicts in the order of the list, the rules that may be waived, one row a form and rule.

    `notes` is what is said besides of a conflict or rule that was decided before on other evidence, by the first part
    of its number; `again` are those sent back to the bureaus, which may come back explained.
    """

    conflicts: tuple[Conflict, ...]
    waivers: pl.DataFrame
    notes: Mapping[str, str] = {}
    again: Mapping[str, str] = {}


def agenda_of(tables: Mapping[str, pl.DataFrame]) -> Agenda:
    """What the tables of `schemas.register.TABLES` leave to be decided, as if nothing had been decided yet."""
    found = tuple(conflicts(tables))
    return Agenda(found, waivable(tables, found))


def matter(number: str) -> str:
    """The first part of a number: which conflict it is, whatever it stands on."""
    return number.partition("-")[0]
