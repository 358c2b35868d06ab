"""Conflicts over consortia: one unit leads several, one was renamed, two report one name, one platform or project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from pipeline.conflicts.conflict import UNNAMED, Conflict, conflict_of
from pipeline.conflicts.forms import Forms
from pipeline.publish.order import by_city
from schemas import call
from schemas.decision import CITIES, LEADS, PLATFORMS, PROJECTS, RENAMED
from schemas.kinds.text import fold_name


# So large a part of the members in common, and two forms of one lead are likely one consortium under a new name.
MOSTLY_SAME = 0.6


def renamed(forms: Forms) -> Iterator[Conflict]:
    """Pairs of forms of one city and lead with mostly the same members; the options are the older and the newer."""
    for code, rows in _led(forms):
        for older, newer in _pairs(forms, rows):
            lines = [forms.line("consortia", row, "lead_unit", row["consortium_id"], row["name"] or UNNAMED)
                     for row in (older, newer)]
            yield conflict_of(
                RENAMED, [code, *sorted((older["consortium_id"], newer["consortium_id"]))],
                [older["consortium_id"], newer["consortium_id"]], lines, city=newer["city"],
                name=newer["lead_unit"] or UNNAMED, earlier=older["name"] or UNNAMED, later=newer["name"] or UNNAMED)


def _pairs(forms: Forms, rows: list[dict[str, Any]]) -> list[tuple[dict, dict]]:
    """Each form with the last one before it that has mostly its members, in order of arrival."""
    rows = sorted(rows, key=lambda row: forms.arrived(row["submission_id"]))
    units = {row["submission_id"]: forms.units_of(row["submission_id"]) for row in rows}
    found = []
    for place, newer in enumerate(rows):
        mine = units[newer["submission_id"]]
        for older in reversed(rows[:place]):
            theirs = units[older["submission_id"]]
            if older["city"] == newer["city"] and len(mine & theirs) >= MOSTLY_SAME * max(len(mine), len(theirs), 1):
                found.append((older, newer))
                break
    return found


def _led(forms: Forms) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Leads' codes with a finding that they lead several, each with its consortia by city and name."""
    rows = forms.led.sort(by_city(), "name", "consortium_id", nulls_last=True)
    for (code,), group in sorted(rows.partition_by("lead_uscc", as_dict=True).items()):
        yield code, group.rows(named=True)


def leads(forms: Forms) -> Iterator[Conflict]:
    """Units that lead several consortia, renamed ones counted once; the options are the consortia's numbers."""
    for code, rows in _led(forms):
        options = list(dict.fromkeys(row["consortium_id"] for row in rows))
        if len(options) - len(_pairs(forms, rows)) > 1:
            lines = [forms.line("consortia", row, "lead_unit", row["consortium_id"], row["name"] or UNNAMED)
                     for row in rows]
            yield conflict_of(LEADS, [code], options, lines, name=rows[0]["lead_unit"] or UNNAMED)


def cities(forms: Forms) -> Iterator[Conflict]:
    """Consortia of one name from several cities; the options are the cities."""
    names = forms.rows("consortia", forms.flagged("consortium", "name", CITIES.rules).select("submission_id"))["name"]
    keys = {fold_name(name) for name in names.drop_nulls()} - {""}
    by_key = _by_key(forms.named("consortia", keys))
    for key in sorted(keys):
        same = [row for row in by_key[key] if row["city"] in call.CITY_ORDER]
        options = sorted({row["city"] for row in same}, key=call.CITY_ORDER.__getitem__)
        if len(options) > 1:
            lines = [forms.line("consortia", row, "name", row["city"], row["name"]) for row in same]
            yield conflict_of(CITIES, [key], options, lines, name=same[0]["name"], cities="、".join(options))


def foundation(forms: Forms) -> Iterator[Conflict]:
    """Platforms and projects that two forms claim for different units."""
    for dispute, table, unit in ((PLATFORMS, "platforms", "host_unit"), (PROJECTS, "projects", "undertaker")):
        found = forms.rows(table, forms.flagged(table, "name", dispute.rules))
        keys = {fold_name(name) for name in found["name"].drop_nulls()} - {""}
        by_key = _by_key(forms.named(table, keys).filter(pl.col(unit).is_not_null()))
        for key in sorted(by_key):
            same = by_key[key]
            options = sorted({fold_name(row[unit]) for row in same})
            if len(options) > 1 and len({row["submission_id"] for row in same}) > 1:
                lines = [forms.line(table, row, "name", fold_name(row[unit]), row[unit]) for row in same]
                yield conflict_of(dispute, [key], options, lines, name=same[0]["name"])


def _by_key(rows: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Rows by their folded name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(fold_name(row["name"]), []).append(row)
    return found
