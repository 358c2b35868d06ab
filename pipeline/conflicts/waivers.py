"""The rules that forms still break, one row a form and rule: what may be waived, and under which number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipeline.conflicts.conflict import Conflict
from pipeline.publish import terms
from pipeline.publish.order import by_city, ordered
from schemas.decision import WAIVER, identity
from schemas.register import Status
from schemas.rule import Severity

_NUMBERED = ("consortium_id", "code", "severity", "written")


def waivable(tables: Mapping[str, pl.DataFrame], conflicts: Sequence[Conflict]) -> pl.DataFrame:
    """One row a current form and rule, errors of returned forms first; what a conflict is about is left out.

    `finding_ids` are the findings that it stands for, `number` is that of `schemas.decision.identity`.
    """
    found = _findings(tables, conflicts).with_columns(message=terms.message())
    more = pl.when(pl.len() > 1).then(pl.format("\n（同类问题共 {} 处。）", pl.len())).otherwise(pl.lit(""))
    frame = found.group_by("submission_id", "code", "severity", maintain_order=True).agg(
        pl.col("city", "file", "sheet", "consortium_id", "consortium_name").first(),
        message=(pl.col("message").fill_null("").first() + more).first(),
        cell=pl.col("cell").replace("", None).drop_nulls().head(3).str.join(","),
        value=pl.col("value").replace("", None).drop_nulls().unique(maintain_order=True).head(3).str.join("\n"),
        written=pl.col("value").fill_null("").sort(), finding_ids=pl.col("finding_id"))
    numbers = [identity(WAIVER, [consortium, code, severity], written)
               for consortium, code, severity, written in frame.select(_NUMBERED).iter_rows()]
    return frame.with_columns(pl.Series("number", numbers, dtype=pl.String)).sort(
        terms.by_severity(), by_city(), "consortium_name", "code", "submission_id", nulls_last=True,
        maintain_order=True)


def _findings(tables: Mapping[str, pl.DataFrame], conflicts: Sequence[Conflict]) -> pl.DataFrame:
    """Findings on the forms that count, without mere notices and without those that a conflict gathers."""
    forms = tables["submissions"].filter(
        terms.of_status(Status.RETURNED, Status.ACCEPTED_WITH_WARNINGS),
        pl.col("consortium_id").is_not_null(), pl.col("city").is_not_null())
    forms = forms.unique("submission_id", keep="first", maintain_order=True).select(
        "submission_id", "consortium_id", "consortium_name")
    gathered = {(place.submission_id, place.table, place.row, place.field, code)
                for conflict in conflicts for place in conflict.places for code in conflict.dispute.rules}
    keys = ("submission_id", "table", "row", "field", "code")
    schema = {key: tables["findings"].schema[key] for key in keys}
    decided = pl.DataFrame(sorted(gathered), schema=schema, orient="row")
    asked = ordered({"findings": tables["findings"].filter(pl.col("severity") != Severity.NOTICE)})["findings"]
    return asked.join(
        forms, on="submission_id", maintain_order="left").join(decided, on=keys, how="anti", maintain_order="left")
