"""填写说明: what can be decided on each kind of conflict and what follows from it, and what each column is."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipeline.publish.pending.columns import COLUMNS, UNTIL
from pipeline.publish.register.columns import COMPILED
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from schemas import call
from schemas.decision import DISPUTES, WAIVER

TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体待核清单填写说明"
GUIDE_COLUMNS = (Column("part", "部分", "centre", 14, 14), Column("item", "条目", "text", 26, 30),
                 Column("says", "说明", "text", 80, 80))


def write(book: Book, name: str) -> None:
    """Write the sheet."""
    frame = pl.DataFrame([*_choices(), *_columns()], orient="row",
                         schema={"part": pl.String, "item": pl.String, "says": pl.String})
    write_plan(book, Plan(name, TITLE, GUIDE_COLUMNS, frame, left=COMPILED))


def _choices() -> Iterator[tuple[str, str, str]]:
    for dispute in (*DISPUTES, WAIVER):
        yield dispute.title, "怎么判断", dispute.hint
        for choice in dispute.choices:
            yield dispute.title, choice.words.format(f"{dispute.noun}一" if dispute.noun else "某市"), choice.effect


def _columns() -> Iterator[tuple[str, str, str]]:
    for column in (*COLUMNS, UNTIL):
        yield "栏目", column.title, column.meaning
