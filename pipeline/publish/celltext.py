"""Text that is safe and legible in a cell: nothing invisible that misleads, nothing longer than a cell holds.

What a spreadsheet would execute is no matter here: workbooks are written with `write_string` alone, and
`tables` takes care of the CSV.
"""

from __future__ import annotations

import re

import polars as pl
import polars.selectors as cs

# Excel's limit, counted in UTF-16 units; XlsxWriter cuts silently past it.
CELL_LIMIT = 32_767
_MARK_ROOM = 60
# Part of a line that text fills before it wraps: words and closing punctuation are not broken anywhere.
FILLED = 0.88
# Control characters, non-characters, marks that turn the direction of writing (cod.exe shown as exe.doc).
_HARMFUL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
# Half a character, which no file can hold; polars has none.
_HALF = "[\ud800-\udfff]"
REPLACEMENT = "\ufffd"
# XlsxWriter writes such a text as XML of its own, unescaped; a space behind it makes it a text like any other.
_RAW = r"(?s)^<r>.*</r>$"


def visible(text: pl.Expr) -> pl.Expr:
    """`text` with harmful characters shown as �, and line ends of every kind as \\n."""
    return text.str.replace_all(r"\r\n?|[\u2028\u2029]", "\n").str.replace_all(_HARMFUL, REPLACEMENT)


def presentable(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` as cells can hold it: texts visible, and cut with a mark that says so; numbers finite.

    An empty text and a number that is none are null, a blank cell.
    """
    frame = frame.with_columns(pl.when(cs.float().is_finite()).then(cs.float()))
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if not texts:
        return frame
    plain = visible(pl.col(texts)).str.replace_all("\t", " ", literal=True)
    plain = plain.str.replace(_RAW, "$0 ")
    frame = frame.with_columns(pl.when(plain != "").then(plain))
    lengths = frame.select(pl.col(texts).str.len_bytes().max()).row(0)
    long = [name for name, length in zip(texts, lengths, strict=True) if (length or 0) > CELL_LIMIT]
    return frame.with_columns(pl.col(name).map_elements(cut, pl.String) for name in long)


def shown(text: str) -> str:
    """One text as `presentable` makes it."""
    # Almost every text: nothing but letters, digits, signs and spaces, and short.
    if text.isprintable() and len(text) < CELL_LIMIT // 2 and not text.startswith("<r>"):
        return text
    visible_text = re.sub(_HARMFUL, REPLACEMENT, re.sub(r"\r\n?|[\u2028\u2029]", "\n", text))
    visible_text = re.sub(_HALF, REPLACEMENT, visible_text)
    return cut(re.sub(_RAW, r"\g<0> ", visible_text.replace("\t", " ")))


def cut(text: str) -> str:
    """`text` as far as a cell holds it, ending with how much was left out."""
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * CELL_LIMIT:
        return text
    kept = encoded[:2 * (CELL_LIMIT - _MARK_ROOM)].decode("utf-16-le", "ignore")
    return f"{kept}……〔原文共 {len(text)} 字，单元格放不下，后 {len(text) - len(kept)} 字已截去，全文见原件〕"


def width(text: pl.Expr) -> pl.Expr:
    """Width in half-width characters: ASCII 1, Chinese 2 (three bytes of UTF-8), letters between 1.5."""
    return (text.str.len_bytes() + text.str.len_chars()) / 2


def widest_line(text: pl.Expr) -> pl.Expr:
    """Width of the widest of the lines of each text."""
    return text.str.split("\n").list.eval(width(pl.element())).list.max()


def lines(text: pl.Expr, room: float) -> pl.Expr:
    """Lines that each text takes in a column `room` half-width characters wide."""
    needed = width(pl.element())
    wrapped = pl.when(needed <= room - 1).then(1.0).otherwise((needed / (room * FILLED)).ceil())
    return text.str.split("\n").list.eval(wrapped).list.sum()
