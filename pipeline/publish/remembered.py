"""What is remembered from round to round, as the bureaus' lists show it: states, what is mended, what has changed."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline import history
from pipeline.publish import terms
from pipeline.publish.order import numbered
from pipeline.publish.sheet import Column
from schemas.current import FORM
from schemas.rule import Severity
from schemas.season import SETTLED_NAMES, STATE_WORDS, FindingState

_LABELS = {f"{block.name}.{field}": column.label for block in FORM.blocks for field, column in block.columns.items()}
# A row that was added or removed as a whole.
_WHOLE_ROW = "整行"
MENDED_COLUMNS = (
    Column("serial", "序号", "centre", 5, 6), Column("consortium_name", "联合体", "text", 24, 30),
    Column("note", "问题", "text", 50, 60), Column("severity", "级别", "centre", 8, 8),
    Column("code", "规则编号", "centre", 6.5, 6.5), Column("first_seen", "首次发现", "centre", 12, 12),
    Column("last_seen", "最近发现", "centre", 12, 12), Column("when", "改正情况", "centre", 12, 12),
)
CHANGE_COLUMNS = (
    Column("serial", "序号", "centre", 5, 6), Column("consortium_name", "创新联合体", "text", 24, 30),
    Column("versions", "版次", "centre", 12, 14), Column("kind", "变动", "centre", 6.5, 6.5),
    Column("place", "位置", "text", 28, 34), Column("earlier", "原来填写", "text", 30, 44),
    Column("now", "现在填写", "text", 30, 44),
)


def settled(column: str = "state") -> pl.Expr:
    """Whether nothing more is asked about a finding."""
    return pl.col(column).is_in(SETTLED_NAMES)


def state_words(column: str = "state") -> pl.Expr:
    """新发现, 仍未改 and their like."""
    return pl.col(column).replace({str(state): words for state, words in STATE_WORDS.items()})


def with_history(findings: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`findings` with the day each was `first_seen` and the bureau's own `explanation` where one is taken."""
    known = tables["finding_history"].select("finding_id", "note", first_seen=_day("first_at"))
    taken = pl.when(pl.col("state") == str(FindingState.EXPLAINED)).then("note")
    return findings.join(known, on="finding_id", how="left", maintain_order="left").with_columns(
        explanation=taken).drop("note")


def mended(tables: Mapping[str, pl.DataFrame], city: str) -> pl.DataFrame:
    """The E and W findings of a city that were mended, those of this round first."""
    told = tables["finding_history"]
    rows = told.filter(pl.col("city") == city, pl.col("severity") != Severity.NOTICE,
                       pl.col("state") == str(FindingState.MENDED))
    if not rows.height:
        return rows
    now = pl.col("mended_round") == history.latest_round(told)
    rows = rows.sort(~now, "consortium_name", terms.by_severity(), "code", "finding_id", nulls_last=True)
    return numbered(rows.with_columns(
        severity=terms.severity(), first_seen=_day("first_at"), last_seen=_day("last_at"),
        when=pl.when(now).then(pl.lit("本期改正")).otherwise(pl.lit("以前改正"))))


def changes(tables: Mapping[str, pl.DataFrame], city: str) -> pl.DataFrame:
    """What the current forms of a city say otherwise than the versions before them, in the form's order."""
    rows = tables["changes"].filter(pl.col("city") == city)
    if not rows.height:
        return rows
    names = tables["submissions"].select("submission_id", "consortium_name").unique("submission_id", keep="first")
    key = pl.concat_str("table", "field", separator=".")
    field = key.replace_strict(_LABELS, default=None, return_dtype=pl.String).fill_null(_WHOLE_ROW)
    record = "“" + pl.col("record").replace("", None) + "”"
    cell = "（" + terms.cells() + "）"
    place = pl.concat_str(terms.table(), record.fill_null(""), " " + field, cell.fill_null(""), ignore_nulls=True)
    rows = rows.join(names, on="submission_id", how="left", maintain_order="left")
    return numbered(rows.sort("consortium_name", "submission_id", nulls_last=True, maintain_order=True).with_columns(
        place=place, versions=pl.format("第 {} 版→第 {} 版", "earlier_version", "version")))


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d")
