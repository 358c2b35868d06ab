"""All conflicts in the register's tables, in the order of the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from pipeline.conflicts import codes, consortia, units
from pipeline.conflicts.conflict import Conflict, Place
from pipeline.conflicts.forms import RULES, Forms
from schemas import call
from schemas.decision import DISPUTES

_GATHERED = (consortia.cities, consortia.renamed, consortia.leads, codes.damaged, units.names, units.codes,
             units.money, consortia.foundation)


def conflicts(tables: Mapping[str, pl.DataFrame]) -> list[Conflict]:
    """The conflicts: by kind, then by the first city that takes part, then by what they are about."""
    forms = Forms(tables)
    found = [conflict for gather in _GATHERED for conflict in gather(forms)]
    return sorted(found, key=_place)


def findings_of(conflicts: Iterable[Conflict], findings: pl.DataFrame) -> dict[str, set[str]]:
    """The finding_ids that each conflict gathers, by the conflict's number."""
    found: dict[Place, list[tuple[str, str]]] = {}
    rows = findings.filter(pl.col("code").is_in(list(RULES))).select(
        "submission_id", "table", "row", "field", "code", "finding_id")
    for form, table, row, field, code, number in rows.iter_rows():
        found.setdefault(Place(form, table or "", row or 0, field or ""), []).append((code, number))
    return {conflict.number: {number for place in conflict.asked or conflict.places
                              for code, number in found.get(place, ()) if code in conflict.dispute.rules}
            for conflict in conflicts}


def _place(conflict: Conflict) -> tuple:
    cities = [call.CITY_ORDER[line.city] for line in conflict.evidence if line.city in call.CITY_ORDER]
    return DISPUTES.index(conflict.dispute), min(cities, default=len(call.CITIES)), conflict.subjects
