"""Identity numbers of persons in the register's tables: hidden wherever a form holds one, not in its code column alone."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schemas import uscc

# Codes that were read as such, places and digests: nothing that a clerk types freely.
_KEPT = ("uscc", "file", "sha256")
# An identity number has fifteen digits at least.
_DIGITS, _LEAST = r"[0-9０-９]", 14


def masked(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables with every identity number hidden but for three digits and two."""
    return {name: _masked(frame) for name, frame in tables.items()}


def _masked(frame: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String and name not in _KEPT]
    if not texts or not frame.height:
        return frame
    suspected = frame.select(pl.col(texts).str.count_matches(_DIGITS).max() >= _LEAST).row(0, named=True)
    return frame.with_columns(pl.col(name).map_elements(uscc.mask, pl.String) for name, is_so in suspected.items() if is_so)
