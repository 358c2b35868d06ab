"""How much of a form's problems its bureau is shown at once: a list of a hundred thousand opens in no program.

All of them are counted, and all are in the data tables.
"""

from __future__ import annotations

import polars as pl

from pipeline.publish import terms

MOST = 2_000
NOTE = f"问题太多，每份表先列出 {MOST:,} 处；请改正后重新报送，再列其余。"


def is_cut(findings: pl.DataFrame) -> bool:
    """Whether a form has more findings than are listed."""
    return bool(findings.height > MOST and findings.group_by("submission_id").len()["len"].max() > MOST)


def cut(findings: pl.DataFrame) -> set[tuple[str | None, str]]:
    """City and path of the files with a form that has more findings than are listed."""
    counts = findings.group_by("city", "file", "submission_id").len().filter(pl.col("len") > MOST)
    return set(counts.select("city", "file").iter_rows())


def listed(findings: pl.DataFrame) -> pl.DataFrame:
    """The findings that are listed, in their order: of each form the gravest, of those the first."""
    if not is_cut(findings):
        return findings
    place = pl.int_range(pl.len()).over("submission_id")
    ranked = findings.with_row_index("_at").sort(terms.by_severity(), "_at").with_columns(_place=place)
    return ranked.filter(pl.col("_place") < MOST).sort("_at").drop("_at", "_place")
