"""The list's workbook: the conflicts, the rules that may be waived, and how to fill both in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipeline.publish import style
from pipeline.publish.atomic import replacing
from pipeline.publish.order import ordered
from pipeline.publish.pending import blocks, guide, waivers
from pipeline.publish.pending.gathering import conflicts
from pipeline.publish.sheet import Book

CONFLICTS, WAIVERS, GUIDE = SHEETS = ("待核事项", "规则豁免", "填写说明")


def write(tables: Mapping[str, pl.DataFrame], target: Path) -> None:
    """Write the list from the tables of `schemas.register.TABLES`, in one step.

    Same rows, same bytes, in whatever order they come. Where the bureaus' returned forms lie beside the target, each
    line has a link to its cell.
    """
    tables = ordered(tables)
    found = conflicts(tables)
    with replacing(target) as aside, style.workbook(aside, blocks.TITLE) as workbook:
        book = Book(workbook)
        blocks.write(book, CONFLICTS, found, tables["submissions"], target.parent)
        waivers.write(book, WAIVERS, tables, found, target.parent)
        guide.write(book, GUIDE)
