"""Every row with content in the area of a form's tables: read, or skipped for a reason that is told (P6)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

import polars as pl

from pipeline.read import skipped
from pipeline.submissions import Submission
from schemas.current import FORM
from schemas.register import polars_schema

REASONS = {
    skipped.TOTAL: "合计行", skipped.EXAMPLE: "示例行", skipped.REMARK: "说明文字", skipped.HEADER: "重复的表头",
    skipped.BLANK: "只有序号", skipped.VOID: "各栏均填“无”", skipped.DOTS: "未填写的提示文字",
}
TAKEN = ""
_ORDER = {block.short: place for place, block in enumerate(FORM.blocks)}


def table(submissions: Sequence[Submission]) -> pl.DataFrame:
    """`schemas.season.Rows`: one row a table of every form that was read, in the order of the form."""
    schema = polars_schema("rows")
    columns: dict[str, list] = {name: [] for name in schema}
    into = [column.append for column in columns.values()]
    for s in submissions:
        for told in _told(s.head.account) if s.head else ():
            row = (s.submission_id, s.receipt.city, s.receipt.path, s.sheet, *told)
            for append, value in zip(into, row, strict=True):
                append(value)
    return pl.DataFrame(columns, schema=schema)


@lru_cache(maxsize=4096)
def _told(account: str) -> tuple[tuple, ...]:
    """Table by table what became of the rows; nearly all forms have one of a few accounts."""
    rows = json.loads(account)
    return tuple((block.short, *_counted(counts)) for block in FORM.blocks if (counts := rows.get(block.name)))


def _counted(counts: Mapping[str, int]) -> tuple[int, int, int, str | None]:
    """Rows seen, taken, skipped, and the reasons in words."""
    seen, taken = sum(counts.values()), counts.get(TAKEN, 0)
    reasons = "、".join(f"{words} {counts[reason]}" for reason, words in REASONS.items() if reason in counts)
    return seen, taken, seen - taken, reasons or None


def in_words(rows: pl.DataFrame) -> dict[str, str]:
    """By form (`submission_id`), what became of its tables' rows, in one line, tables as in the form."""
    said: dict[str, list[str]] = {}
    for row in sorted(rows.iter_rows(named=True), key=lambda row: _ORDER.get(row["table"], 0)):
        besides = f"，跳过 {row['rows_skipped']} 行（{row['reasons']}）" if row["rows_skipped"] else ""
        said.setdefault(row["submission_id"], []).append(
            f"{row['table']} {row['rows_seen']} 行：读入 {row['rows_taken']} 行{besides}")
    return {form: "；".join(lines) for form, lines in said.items()}
