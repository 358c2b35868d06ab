"""Identity numbers of persons in the register's tables: hidden wherever a form holds one, not in its code column alone."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schemas import uscc

# Codes that were read as such, places and digests: nothing that a clerk types freely.
_KEPT = ("uscc", "file", "sha256")
# An identity number has fifteen digits, or seventeen and an X.
_DIGIT, _LEAST = r"\d", 14
# What is one code and nothing else hides a person only if its digits hold a day of birth, or if it has fifteen of them.
_CODE = r"^[0-9A-Z]{18}$"
_PERSON = r"^[1-8][0-9]{5}(?:19|20)[0-9]{9}[0-9X]$|(?:^|[^0-9X])[0-9X]{15}(?:[^0-9X]|$)"


def masked(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables with every identity number hidden but for three digits and two."""
    return {name: _masked(frame) for name, frame in tables.items()}


def _masked(frame: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String and name not in _KEPT]
    if not texts or not frame.height:
        return frame
    suspected = frame.select(_suspected(name).any() for name in texts).row(0, named=True)
    return frame.with_columns(_hidden(name) for name, is_so in suspected.items() if is_so)


def _suspected(name: str) -> pl.Expr:
    text = pl.col(name)
    plain_code = text.str.contains(_CODE) & ~text.str.contains(_PERSON)
    return (text.str.count_matches(_DIGIT) >= _LEAST) & ~plain_code


def _hidden(name: str) -> pl.Expr:
    """Only texts that may hold one are looked at in Python."""
    return pl.coalesce(pl.when(_suspected(name)).then(name).map_elements(uscc.mask, pl.String), name)
