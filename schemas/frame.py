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
    results, rows = each(frame, columns, function)
    return pl.Series(results, dtype=dtype)[rows]


def each(frame: pl.DataFrame, columns: str | Sequence[str],
         function: Callable[..., Any]) -> tuple[list[Any], pl.Series]:
    """(`function` of each distinct combination, for each row the place of its own among them).

    No line of Python runs for a row: its values are looked up by functions that are written in C.
    """
    names = [columns] if isinstance(columns, str) else list(columns)
    if not frame.height:
        return [], pl.Series(dtype=pl.UInt32)
    # How cells are stored, and units, are nearly always the same all the way down.
    same = {name: frame[name][0] for name in names if frame[name].n_unique() == 1}
    several = [name for name in names if name not in same] or names[:1]
    if len(several) == 1:
        texts = frame[several[0]].to_list()
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        at = names.index(several[0])
        before, after = ([same[name] for name in part] for part in (names[:at], names[at + 1:]))
        results = [function(*before, text, *after) for text in places]
        return results, pl.Series(list(map(places.__getitem__, texts)), dtype=pl.UInt32)
    rows = list(zip(*(frame[name].to_list() for name in names), strict=True))
    places = {row: place for place, row in enumerate(dict.fromkeys(rows))}
    return [function(*row) for row in places], pl.Series(list(map(places.__getitem__, rows)), dtype=pl.UInt32)


def with_parts(frame: pl.DataFrame, columns: str | Sequence[str], function: Callable[..., Sequence[Any]],
               **parts: Any) -> pl.DataFrame:
    """`frame` with the columns `name=dtype` added, which `function` of `columns` gives together."""
    results, rows = each(frame, columns, function)
    return frame.with_columns(pl.Series(name, [found[place] for found in results], dtype=dtype)[rows]
                              for place, (name, dtype) in enumerate(parts.items()))


def with_mapped(frame: pl.DataFrame, **derived: tuple) -> pl.DataFrame:
    """`frame` with columns `name=(columns, function, dtype)` added, each by `mapped`."""
    return frame.with_columns([mapped(frame, *how).alias(name) for name, how in derived.items()])


def earlier(frame: pl.DataFrame, keys: Sequence[str], where: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """(row index, seq) of the first row with the same `keys` in each group, null on that row itself and where
    `where` is false. `frame` needs columns `index` and `seq`."""
    first = pl.col("index").filter(where).first().over(keys)
    later = where & (pl.col("index") > first)
    return (pl.when(later).then(first), pl.when(later).then(pl.col("seq").filter(where).first().over(keys)))
