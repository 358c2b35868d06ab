"""The codes that are sound, a whole column at a time: what `diagnosis` asks of each, as arithmetic on columns."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from .classes import CLASSES
from .code import _INNER_VALUES, _VALUES, ALPHABET, AUTHORITIES, CODE_LENGTH, INNER_WEIGHTS, OUTER_WEIGHTS
from .divisions import NATIONAL, PROVINCES

_SHAPE = (
    rf"\A(?:{'|'.join(sorted(prefix for prefix in CLASSES if prefix[0] in AUTHORITIES))})"
    rf"(?:(?:{'|'.join(sorted(PROVINCES))})[0-9]{{4}}|{NATIONAL})[{ALPHABET}]{{8}}[0-9X][{ALPHABET}]\z"
)


def _by_sign(values: dict[str, int]) -> pl.Series:
    """What a sign counts, at the place of its number in ASCII; 0 for those that stand in no such code."""
    return pl.Series([values.get(chr(number), 0) for number in range(128)], dtype=pl.Int16)


def _weights(before: int, weights: Sequence[int]) -> pl.Series:
    row = [0] * before + [*weights]
    return pl.Series([row + [0] * (CODE_LENGTH - len(row))], dtype=pl.Array(pl.Int16, CODE_LENGTH))


_OUTER = _by_sign(_VALUES), _weights(0, (*OUTER_WEIGHTS, 1))
_INNER = _by_sign(_INNER_VALUES), _weights(8, INNER_WEIGHTS)
# The ninth character of an organisation's own code, by what is left over.
_NINTH = pl.Series(list(b"0X987654321"), dtype=pl.UInt8)


def sound(texts: pl.Series) -> pl.Series:
    """Where a text is a code of which `diagnose` finds nothing wrong, just as it stands; elsewhere it may be either.

    >>> sound(pl.Series(["91320100PDY00001XR", "91320100PDY00001XA", "无", None])).to_list()
    [True, False, False, False]
    """
    shaped = texts.str.contains(_SHAPE).fill_null(False)
    signs = texts.filter(shaped).cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, CODE_LENGTH)).explode()
    ninth = signs.gather_every(CODE_LENGTH, CODE_LENGTH - 2)
    passing = (_sum(signs, *_OUTER) % 31 == 0) & (_NINTH.gather(_sum(signs, *_INNER) % 11) == ninth)
    return shaped.scatter(shaped.arg_true(), passing)


def _sum(signs: pl.Series, values: pl.Series, weights: pl.Series) -> pl.Series:
    """The weighted sum of each code's characters."""
    return (values.gather(signs).reshape((-1, CODE_LENGTH)) * weights).arr.sum()
