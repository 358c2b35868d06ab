"""规则豁免: the rules that a form still breaks, one row a form and rule, for the centre to waive until a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from pipeline import layout
from pipeline.conflicts import Agenda
from pipeline.conflicts.agenda import matter
from pipeline.publish import terms
from pipeline.publish.links import linked
from pipeline.publish.order import numbered
from pipeline.publish.pending.columns import DAY, RULING, UNTIL, WAIVER_COLUMNS, address
from pipeline.publish.pending.entry import days, drop_downs
from pipeline.publish.register.columns import COMPILED
from pipeline.publish.sheet import Book, Plan, write_sheet
from schemas import call
from schemas.decision import WAIVER, offered
from schemas.season import SETTLED_NAMES

TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体规则豁免清单"
GUIDE = ("一般不用填：各市改正或说明即可。确有理由暂不按某条规则退回或提示某张表的，选“同意豁免”，写明有效期至哪一天、理由、裁定人和日期。"
         f"填好后用任何文件名存入收件夹“{layout.DECISIONS}”。前一张表里已列为待核事项的，这里不再列。")


def write(book: Book, name: str, listed: pl.DataFrame, submissions: pl.DataFrame, folder: Path,
          answers: Mapping[str, Collection[str]] | None = None) -> None:
    """Write the sheet of the `listed` rows; `folder` is where the workbook will lie and `answers` what is handed back,
    for the links."""
    frame = linked(listed, submissions, folder, "cell", answers)
    frame = frame.with_columns(cell=address())
    sheet, after = write_sheet(book, Plan(name, TITLE, WAIVER_COLUMNS, frame, f"{COMPILED}　　共 {frame.height} 项",
                                          notes=((GUIDE, "remark"),), frozen=3, paper="A3"))
    if frame.height:
        first = after - frame.height
        places = [WAIVER_COLUMNS.index(column) for column in (RULING, UNTIL, DAY)]
        drop_downs(sheet, places[0], {tuple(offered(WAIVER, ())): range(first, after)})
        days(sheet, places[1:], first, after - 1)


def rows(agenda: Agenda, findings: pl.DataFrame) -> pl.DataFrame:
    """The rules that may be waived and are not settled otherwise, with what was decided of them before."""
    standing = findings.filter(~pl.col("state").fill_null("").is_in(SETTLED_NAMES))["finding_id"]
    frame = agenda.waivers.filter(pl.col("finding_ids").list.eval(
        pl.element().is_in(standing.implode())).list.any())
    notes = [agenda.notes.get(matter(number)) for number in frame["number"]]
    said = pl.Series("note", notes, dtype=pl.String)
    frame = frame.with_columns(said).with_columns(
        pl.when(pl.col("note").is_null()).then("message").otherwise(pl.format("{}\n（{}）", "message", "note")).alias(
            "message"), severity=terms.severity(),
        **{column.field: pl.lit(None, pl.String) for column in WAIVER_COLUMNS if column.style.startswith("entry")})
    return numbered(frame)
