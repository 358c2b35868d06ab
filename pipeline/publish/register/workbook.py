"""The register's workbook: nine sheets, each from the tables of `schemas.register`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from pipeline.publish import style
from pipeline.publish.atomic import replacing
from pipeline.publish.links import answered
from pipeline.publish.order import keys, ordered
from pipeline.publish.register import (
    consortia, foundation, members, notes, organisations, overview, progress, review, sources)
from pipeline.publish.sheet import Book
from pipeline.shelf import Shelf
from schemas import call

# They stand in this order, though the first is written last.
SHEETS = {
    "总览": overview.write, "创新联合体汇总表": consortia.write, "成员单位名录": organisations.write,
    "成员参与明细": members.write, "创新平台": foundation.write_platforms, "科技计划项目": foundation.write_projects,
    "退回与待核": review.write, "报送情况": progress.write, "数据说明": notes.write,
}
# What sheets read of tables as long as the season, put in order only for the sheet that lists them: the others count
# their rows.
LISTED: Mapping[str, Mapping[str, Sequence[str]]] = {
    "创新联合体汇总表": consortia.LISTED, "成员单位名录": organisations.LISTED, "成员参与明细": members.LISTED,
    "创新平台": foundation.PLATFORMS_LISTED, "科技计划项目": foundation.PROJECTS_LISTED}
# What the sheets that list nothing of that show or count: they come after the others.
COUNTED = ("findings", "ignored", "arrivals", "cities")
# What all sheets need of the consortia: without the long texts, half of all that is in the forms.
_OF_CONSORTIA = tuple(dict.fromkeys((*consortia.PLACED_BY, *review.LED_BY, *sources.NAMED_BY)))
TITLE = f"{call.PROVINCE}创新联合体名录"


def write(tables: Mapping[str, pl.DataFrame], target: Path) -> None:
    """Write the register from the tables of `schemas.register.TABLES`, in one step.

    Same rows, same bytes, in whatever order they come: no time of the run and none of arrival is in it. Where the
    bureaus' returned forms lie beside the target, the organisations have links to their cells.
    """
    with replacing(target) as aside:
        write_aside(tables, aside)


def write_aside(tables: Mapping[str, pl.DataFrame], aside: Path,
                answers: Mapping[str, Collection[str]] | None = None) -> None:
    """Write it to a file beside the target, while the `answers` to be linked to (names by city) are still being
    written."""
    lying = Shelf.of(tables)
    # What is laid over the tables, so that the long ones are not all there from the first sheet to the last.
    laid = ordered({"submissions": lying["submissions"], "consortia": lying.columns("consortia", _OF_CONSORTIA)})
    first, *others = SHEETS
    with style.workbook(aside, TITLE) as workbook:
        book = Book(workbook)
        answers_to = partial(answered, submissions=laid["submissions"], folder=aside.parent, answers=answers)
        # The first sheet says which tables went onto several.
        book.reserve(first)
        for name in (*others, first):
            if name not in LISTED and COUNTED[0] not in laid:
                laid |= ordered({table: lying[table] for table in COUNTED})
            SHEETS[name](book, name, lying.under(laid).under(_listed(name, lying, answers_to)))


def _listed(name: str, lying: Shelf, answers_to: Callable[[pl.DataFrame], pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """What one sheet lists. Nobody holds it when the sheet is written: it is gone before that of the next is there."""
    listed = {}
    for table, columns in LISTED.get(name, {}).items():
        unread = [key for key in keys(table) if key not in columns]
        listed[table] = ordered({table: lying.columns(table, (*columns, *unread))})[table].drop(unread)
    if "sources" in listed:
        listed[sources.ANSWERED] = answers_to(listed["sources"])
    return listed
