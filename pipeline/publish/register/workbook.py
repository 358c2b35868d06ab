"""The register's workbook: nine sheets, each from the tables of `schemas.register`."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from pipeline.publish import style
from pipeline.publish.atomic import replacing
from pipeline.publish.links import answered
from pipeline.publish.order import ordered
from pipeline.publish.register import (
    consortia, foundation, members, notes, organisations, overview, progress, review)
from pipeline.publish.register.sources import ANSWERED
from pipeline.publish.sheet import Book
from pipeline.shelf import some
from schemas import call
from schemas.register import polars_schema

# In the order of the sheets.
SHEETS = {
    "总览": overview.write, "创新联合体汇总表": consortia.write, "成员单位名录": organisations.write,
    "成员参与明细": members.write, "创新平台": foundation.write_platforms, "科技计划项目": foundation.write_projects,
    "退回与待核": review.write, "报送情况": progress.write, "数据说明": notes.write,
}
# Tables as long as the season, put in order only for the sheet that lists them: the others count their rows.
LISTED = {"创新联合体汇总表": ("consortia",), "成员单位名录": ("organisations", "sources"), "成员参与明细": ("members",),
          "创新平台": ("platforms",), "科技计划项目": ("projects",)}
# What their sheets do not show of them.
_UNSHOWN = {"consortia": ("governance",), "sources": ("uscc", "name")}
# What is only asked for their order.
_ORDERING = {"sources": "submission_id"}
# Half of all that is in the forms: the sheets that only count consortia do without.
_LONG_TEXTS = ("rd_directions", "governance")
# What several sheets show or count.
COUNTED = ("submissions", "consortia", "findings", "ignored", "arrivals", "cities")
TITLE = f"{call.PROVINCE}创新联合体名录"


def write(tables: Mapping[str, pl.DataFrame], target: Path) -> None:
    """Write the register from the tables of `schemas.register.TABLES`, in one step.

    Same rows, same bytes, in whatever order they come: no time of the run and none of arrival is in it. Where the
    bureaus' returned forms lie beside the target, the organisations have links to their cells.
    """
    with replacing(target) as aside:
        write_aside(tables, aside)


def write_aside(tables: Mapping[str, pl.DataFrame], aside: Path, answers: Mapping[str, Collection[str]] | None = None) -> None:
    """Write it to a file beside the target, while the `answers` to be linked to (names by city) are still being written."""
    # What is laid over the tables, so that the long ones are not all there from the first sheet to the last.
    tables = ChainMap(ordered({name: tables[name].drop(_LONG_TEXTS, strict=False) for name in COUNTED}), tables)
    first, *others = SHEETS
    with style.workbook(aside, TITLE) as workbook:
        book = Book(workbook)
        # The first sheet says which tables went onto several.
        book.reserve(first)
        for name in (*others, first):
            SHEETS[name](book, name, ChainMap(_listed(name, tables, aside.parent, answers), tables))


def _listed(name: str, tables: Mapping[str, pl.DataFrame], folder: Path,
            answers: Mapping[str, Collection[str]] | None) -> dict[str, pl.DataFrame]:
    """What one sheet lists. Nobody holds it when the sheet is written: it is gone before that of the next is there."""
    shown = {table: [column for column in polars_schema(table) if column not in _UNSHOWN.get(table, ())]
             for table in LISTED.get(name, ())}
    listed = {table: ordered({table: some(tables.maps[-1], table, columns)})[table].drop(_ORDERING.get(table, ()))
              for table, columns in shown.items()}
    if "sources" in listed:
        listed[ANSWERED] = answered(listed["sources"], tables["submissions"], folder, answers)
    return listed
