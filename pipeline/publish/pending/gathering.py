"""All conflicts in the register's tables, in the order of the list."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.order import ordered
from pipeline.publish.pending import codes, consortia, units
from pipeline.publish.pending.conflict import Conflict
from pipeline.publish.pending.forms import Forms
from schemas import call
from schemas.decision import DISPUTES

_GATHERED = (consortia.cities, consortia.leads, codes.damaged, units.names, units.codes, units.money,
             consortia.foundation)


def conflicts(tables: Mapping[str, pl.DataFrame]) -> list[Conflict]:
    """The conflicts: by kind, then by the first city that takes part, then by what they are about."""
    forms = Forms(ordered(tables))
    found = [conflict for gather in _GATHERED for conflict in gather(forms)]
    return sorted(found, key=_place)


def _place(conflict: Conflict) -> tuple:
    cities = [call.CITY_ORDER[line.city] for line in conflict.evidence if line.city in call.CITY_ORDER]
    return DISPUTES.index(conflict.dispute), min(cities, default=len(call.CITIES)), conflict.subjects
