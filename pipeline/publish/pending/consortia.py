"""Conflicts over consortia: one unit leads several, two cities report one name, two claim a platform or project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import polars as pl

from pipeline.publish.order import by_city
from pipeline.publish.pending.conflict import UNNAMED, Conflict, conflict_of
from pipeline.publish.pending.forms import Forms
from schemas import call
from schemas.decision import CITIES, LEADS, PLATFORMS, PROJECTS
from schemas.kinds.text import fold_name


def leads(forms: Forms) -> Iterator[Conflict]:
    """Units that lead several consortia; the options are the consortia's numbers."""
    consortia = forms.tables["consortia"]
    concerned = consortia.join(forms.flagged("consortium", "lead_unit", LEADS.rules), on="submission_id")["lead_uscc"]
    rows = consortia.filter(pl.col("lead_uscc").is_in(concerned.drop_nulls().unique().implode())).sort(
        by_city(), "name", "consortium_id", nulls_last=True)
    for (code,), group in sorted(rows.partition_by("lead_uscc", as_dict=True).items()):
        options = list(dict.fromkeys(group["consortium_id"]))
        if len(options) > 1:
            lines = [forms.line("consortia", row, "lead_unit", row["consortium_id"], row["name"] or UNNAMED)
                     for row in group.iter_rows(named=True)]
            yield conflict_of(LEADS, [code], options, lines, name=group["lead_unit"][0] or UNNAMED)


def cities(forms: Forms) -> Iterator[Conflict]:
    """Consortia of one name from several cities; the options are the cities."""
    consortia = forms.tables["consortia"]
    flagged = consortia.join(forms.flagged("consortium", "name", CITIES.rules), on="submission_id")
    keys = {fold_name(name) for name in flagged["name"].drop_nulls()} - {""}
    rows = [row for row in consortia.iter_rows(named=True) if keys and fold_name(row["name"]) in keys]
    for key in sorted(keys):
        same = [row for row in rows if fold_name(row["name"]) == key and row["city"] in call.CITY_ORDER]
        options = sorted({row["city"] for row in same}, key=call.CITY_ORDER.__getitem__)
        if len(options) > 1:
            lines = [forms.line("consortia", row, "name", row["city"], row["name"]) for row in same]
            yield conflict_of(CITIES, [key], options, lines, name=same[0]["name"], cities="、".join(options))


def foundation(forms: Forms) -> Iterator[Conflict]:
    """Platforms and projects that two forms claim for different units."""
    for dispute, table, unit in ((PLATFORMS, "platforms", "host_unit"), (PROJECTS, "projects", "undertaker")):
        frame = forms.tables[table]
        flagged = frame.join(forms.flagged(table, "name", dispute.rules), on=["submission_id", "seq"])
        keys = {fold_name(name) for name in flagged["name"].drop_nulls()} - {""}
        rows = [row for row in frame.filter(pl.col(unit).is_not_null()).iter_rows(named=True)
                if keys and fold_name(row["name"]) in keys]
        for key in sorted(keys):
            same = [row for row in rows if fold_name(row["name"]) == key]
            counts = Counter(fold_name(row[unit]) for row in same)
            options = sorted(counts, key=lambda option: (-counts[option], option))
            if len(options) > 1 and len({row["submission_id"] for row in same}) > 1:
                lines = [forms.line(table, row, "name", fold_name(row[unit]), row[unit]) for row in same]
                yield conflict_of(dispute, [key], options, lines, name=same[0]["name"])
