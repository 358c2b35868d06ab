"""Small operations on frames that the rules share. No form label and no rule stands here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl


def mapped(frame: pl.DataFrame, columns: str | Sequence[str], function: Callable[..., Any],
           dtype: Any) -> pl.Series:
    """`function` of one or several columns, row by row, called once for each distinct combination of values.

    Names, codes and texts repeat across forms, and most of the work of reading them is Python.
    """
    return pl.Series(each(frame, columns, function), dtype=dtype)


def each(frame: pl.DataFrame, columns: str | Sequence[str], function: Callable[..., Any]) -> list[Any]:
    """What `mapped` makes a series of."""
    names = [columns] if isinstance(columns, str) else list(columns)
    seen: dict[tuple, Any] = {}
    values = []
    for row in zip(*(frame[name].to_list() for name in names), strict=True):
        if row not in seen:
            seen[row] = function(*row)
        values.append(seen[row])
    return values


def with_mapped(frame: pl.DataFrame, **derived: tuple) -> pl.DataFrame:
    """`frame` with columns `name=(columns, function, dtype)` added, each by `mapped`."""
    return frame.with_columns([mapped(frame, *how).alias(name) for name, how in derived.items()])


def earlier(frame: pl.DataFrame, keys: Sequence[str], where: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """(row index, seq) of the first row with the same `keys` in each group, null on that row itself and where
    `where` is false. `frame` needs columns `index` and `seq`."""
    first = pl.col("index").filter(where).first().over(keys)
    later = where & (pl.col("index") > first)
    return (pl.when(later).then(first), pl.when(later).then(pl.col("seq").filter(where).first().over(keys)))
