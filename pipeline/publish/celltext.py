"""Text that is safe and legible in a cell: nothing invisible that misleads, nothing longer than a cell holds.

What a spreadsheet would execute is no matter here: workbooks are written with `write_string` alone, and
`tables` takes care of the CSV.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite

import polars as pl

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
# What `visible` changes; and what a text has, if anything is done to it.
INVISIBLE = _HARMFUL.replace("[", r"[\r\u2028\u2029", 1)
_ODD = INVISIBLE.replace("[", r"[\t", 1) + "|<r>"
_FOUND_ODD = re.compile(_ODD)
# Up to so many rows plain Python is faster than a question to polars.
FEW = 1_024


def visible(text: pl.Expr) -> pl.Expr:
    """`text` with harmful characters shown as �, and line ends of every kind as \\n."""
    return text.str.replace_all(r"\r\n?|[\u2028\u2029]", "\n").str.replace_all(_HARMFUL, REPLACEMENT)


def presentable(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` as cells can hold it: texts visible, and cut with a mark that says so; numbers finite.

    An empty text and a number that is none are null, a blank cell.
    """
    if not frame.height:
        return frame
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    odd, blank, endless = _looked_at(frame, texts, floats)
    changed = [_finite(pl.col(endless))] * bool(endless) + [_without_blanks(pl.col(blank))] * bool(blank)
    if odd:
        plain = visible(pl.col(odd)).str.replace_all("\t", " ", literal=True).str.replace(_RAW, "$0 ")
        changed.append(_without_blanks(plain))
    frame = frame.with_columns(changed) if changed else frame
    long = [name for name in odd if (frame[name].str.len_bytes().max() or 0) > CELL_LIMIT]
    return frame.with_columns(pl.col(name).map_elements(cut, pl.String) for name in long) if long else frame


def _finite(number: pl.Expr) -> pl.Expr:
    return pl.when(number.is_finite()).then(number)


def _without_blanks(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _looked_at(frame: pl.DataFrame, texts: Sequence[str],
               floats: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """The few columns that have to be changed: odd texts, others with blanks among them, numbers that are none."""
    if frame.height <= FEW:
        columns = {name: frame[name].to_list() for name in texts}
        odd = [name for name, cells in columns.items() if _is_odd(cells)]
        endless = [name for name in floats if not all(map(isfinite, frame[name].drop_nulls()))]
        return odd, [name for name, cells in columns.items() if name not in odd and "" in cells], endless
    cell, looks = pl.col(texts), []
    if texts:
        looks += [(cell.str.contains(_ODD) | (cell.str.len_bytes() > CELL_LIMIT)).any().name.prefix("odd "),
                  (cell == "").any().name.prefix("blank ")]
    if floats:
        looks.append((~pl.col(floats).is_finite()).any().name.prefix("endless "))
    found = {name for name, true in frame.select(looks).row(0, named=True).items() if true} if looks else set()
    odd = [name for name in texts if "odd " + name in found]
    return (odd, [name for name in texts if "blank " + name in found and name not in odd],
            [name for name in floats if "endless " + name in found])


def _is_odd(cells: Sequence[str | None]) -> bool:
    every = "\n".join(cell for cell in cells if cell)
    return len(every) > CELL_LIMIT // 4 and max(map(len, filter(None, cells))) > CELL_LIMIT // 4 or bool(
        _FOUND_ODD.search(every))


def shown(text: str) -> str:
    """One text as `presentable` makes it."""
    # Almost every text: nothing but letters, digits, signs, spaces and line ends, and short.
    if text.replace("\n", "").isprintable() and len(text) < CELL_LIMIT // 2 and not text.startswith("<r>"):
        return text
    visible_text = re.sub(_HARMFUL, REPLACEMENT, re.sub(r"\r\n?|[\u2028\u2029]", "\n", text))
    visible_text = re.sub(_HALF, REPLACEMENT, visible_text)
    # Unlike that of polars, the dollar of `re` is content with a line end behind it.
    return cut(re.sub(_RAW.replace("$", r"\Z"), r"\g<0> ", visible_text.replace("\t", " ")))


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
    return text.str.split("\n").list.eval(wrapped(pl.element(), room)).list.sum()


def wrapped(line: pl.Expr, room: float) -> pl.Expr:
    """The same of texts without a line end, which need not be taken apart."""
    needed = width(line)
    return pl.when(needed <= room - 1).then(1.0).otherwise((needed / (room * FILLED)).ceil())
