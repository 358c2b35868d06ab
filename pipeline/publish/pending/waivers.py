"""规则豁免: the rules that a form still breaks, one row a form and rule, for the centre to waive until a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from pipeline.publish import terms
from pipeline.publish.celltext import presentable
from pipeline.publish.links import linked
from pipeline.publish.order import by_city, numbered
from pipeline.publish.pending.columns import DAY, RULING, UNTIL, WAIVER_COLUMNS, address
from pipeline.publish.pending.conflict import Conflict
from pipeline.publish.pending.entry import days, drop_downs
from pipeline.publish.register.columns import COMPILED
from pipeline.publish.sheet import Book, column_widths, fields_of, write_heading, write_note, write_table
from schemas import call
from schemas.decision import WAIVER, identity, offered
from schemas.register import Status
from schemas.rule import Severity

TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体规则豁免清单"
GUIDE = ("一般不用填：各市改正或说明即可。确有理由暂不按某条规则退回或提示某张表的，选“同意豁免”，写明有效期至哪一天、理由、裁定人和日期。"
         "前一张表里已列为待核事项的，这里不再列。")


def write(book: Book, name: str, tables: Mapping[str, pl.DataFrame], conflicts: Sequence[Conflict],
          folder: Path) -> None:
    """Write the sheet; `folder` is where the workbook will lie, for the links."""
    frame = linked(rows(tables, conflicts), tables["submissions"], folder, "cell")
    frame = presentable(frame.with_columns(cell=address()).select(fields_of(WAIVER_COLUMNS)))
    widths = column_widths(WAIVER_COLUMNS, frame)
    sheet = book.sheet(name, widths, "A3")
    top = write_heading(book, sheet, TITLE, f"{COMPILED}　　共 {frame.height} 项", "", widths)
    top = write_note(book, sheet, top, GUIDE, "remark", widths)
    sheet.freeze_panes(top + 1, 3)
    sheet.repeat_rows(top)
    after = write_table(book, sheet, top, WAIVER_COLUMNS, frame, widths)
    if frame.height:
        sheet.autofilter(top, 0, after - 1, len(WAIVER_COLUMNS) - 1)
        places = [WAIVER_COLUMNS.index(column) for column in (RULING, UNTIL, DAY)]
        drop_downs(sheet, places[0], {tuple(offered(WAIVER, ())): range(top + 1, after)})
        days(sheet, places[1:], top + 1, after - 1)


def rows(tables: Mapping[str, pl.DataFrame], conflicts: Sequence[Conflict]) -> pl.DataFrame:
    """One row a current form and rule, errors of returned forms first; what a conflict is about is left out."""
    found = _findings(tables, conflicts).with_columns(message=terms.message())
    more = pl.when(pl.len() > 1).then(pl.format("\n（同类问题共 {} 处。）", pl.len())).otherwise(pl.lit(""))
    frame = found.group_by("submission_id", "code", "severity", maintain_order=True).agg(
        pl.col("city", "file", "sheet", "consortium_id", "consortium_name").first(),
        message=(pl.col("message").fill_null("").first() + more).first(),
        cell=pl.col("cell").replace("", None).drop_nulls().head(3).str.join(","),
        value=pl.col("value").replace("", None).drop_nulls().unique(maintain_order=True).head(3).str.join("\n"),
        written=pl.col("value").fill_null("").sort())
    numbers = [identity(WAIVER, [consortium, code], written)
               for consortium, code, written in frame.select("consortium_id", "code", "written").iter_rows()]
    frame = frame.with_columns(pl.Series("number", numbers, dtype=pl.String), **{
        column.field: pl.lit(None, pl.String) for column in WAIVER_COLUMNS if column.style.startswith("entry")})
    frame = frame.sort(terms.by_severity(), by_city(), "consortium_name", "code", "submission_id", nulls_last=True,
                       maintain_order=True)
    return numbered(frame.with_columns(severity=terms.severity()))


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
    return tables["findings"].filter(pl.col("severity") != Severity.NOTICE).join(
        forms, on="submission_id", maintain_order="left").join(decided, on=keys, how="anti", maintain_order="left")
