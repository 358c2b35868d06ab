"""Identity numbers of persons in the register's tables: hidden wherever a form holds one, not in its code column
alone."""

from __future__ import annotations

import polars as pl

from schemas import uscc

# Codes that were read as such, places and digests: nothing that a clerk types freely.
_KEPT = ("uscc", "file", "sha256")
# An identity number has fifteen digits, or seventeen and an X.
_MANY_DIGITS = r"\d(?:\D*\d){13}"
# What is one code and nothing else hides a person only if its digits hold a day of birth, or if it has fifteen of them.
_CODE = r"^[0-9A-Z]{18}$"
_PERSON = r"^[1-8][0-9]{5}(?:19|20)[0-9]{9}[0-9X]$|(?:^|[^0-9X])[0-9X]{15}(?:[^0-9X]|$)"


def masked(frame: pl.DataFrame) -> pl.DataFrame:
    """A table with every identity number hidden but for three digits and two."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String and name not in _KEPT]
    # Asked of all columns at once: nearly none has any.
    many = frame.select(pl.col(texts).str.contains(_MANY_DIGITS).any())
    hidden = [column for name in texts if many[name].any() and (column := _hidden(frame[name])) is not None]
    return frame.with_columns(hidden) if hidden else frame


def _hidden(texts: pl.Series) -> pl.Series | None:
    """The texts without identity numbers; None if there is none in them. Only those that may hold one are looked at in
    Python, each once."""
    many = texts.filter(texts.str.contains(_MANY_DIGITS)).unique()
    suspected = many.filter(~(many.str.contains(_CODE) & ~many.str.contains(_PERSON)))
    words = {text: told for text in suspected if (told := uscc.mask(text)) != text}
    return texts.replace(words) if words else None
