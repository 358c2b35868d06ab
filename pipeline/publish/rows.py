"""A worksheet that takes the rows of a table as a frame: they become XML in bulk, and are not kept in memory.

xlsxwriter keeps a tuple for each cell and writes each with all its checks. What a table holds was checked for all its
rows at once (`celltext.presentable`), so here whole columns become XML, and past a few megabytes they lie in a
temporary file until the workbook is closed. Headings and notes are xlsxwriter's own cells, before and after. Besides,
`spans` is left off the rows; it only helps a program to reserve room. xlsxwriter's version is locked, a test compares
what is read.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.publish import few
from pipeline.publish.celltext import FEW

# So much of a sheet stays in memory.
_IN_MEMORY = 16 << 20
# What xlsxwriter writes for an underscore before what reads as an escape.
_ESCAPED, _ESCAPE = "(_x[0-9a-fA-F]{4}_)", "_x005F${1}"
# Most texts have none of these.
_SIGNS = ("_x", "&", "<", ">")


class Look(NamedTuple):
    """How a column's cells are written: as numbers or texts, in a format."""

    numeric: bool
    format: Format


class _Block(NamedTuple):
    """Rows of a table from `top` to before `end`; their XML goes up to `until` in the file."""

    top: int
    end: int
    until: int


class RowSheet(Worksheet):
    """A worksheet with `put_rows`."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[_Block] = []
        # Closed when the workbook is.
        self._rows = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115

    def put_rows(self, top: int, frame: pl.DataFrame, heights: pl.Series, looks: Sequence[Look],
                 links: Mapping[int, pl.Series], linked: Format, most_links: int, *, inline: bool = False) -> None:
        """The rows of `frame` from `top` on (null: blank), each column in its look, heights in points.

        `links` has the targets of some columns; past `most_links` on the sheet a text stays a text. `inline` has texts
        stand in their cells and not in the table that all sheets share: a larger file, but that table is in memory.
        Texts must be presentable, numbers finite. What is put below must come later.
        """
        if not frame.height:
            return
        marked = self._linked(top, frame, links, linked, most_links)
        self._check_dimensions(top, 0)
        self._check_dimensions(top + frame.height - 1, len(looks) - 1)
        if frame.height <= FEW and not inline:
            # A format gets its number where it is first used.
            cells = [few.Cells(look.numeric, look.format._get_xf_index(), marked.get(place, ()),
                               linked._get_xf_index() if place in marked else 0) for place, look in enumerate(looks)]
            self._rows.write(few.xml(top, frame, heights.to_list(), cells, self.str_table._get_shared_string_index).encode())
        else:
            self._put_many(top, frame, heights, looks, marked, linked, inline)
        self._blocks.append(_Block(top, top + frame.height, self._rows.tell()))

    def _put_many(self, top: int, frame: pl.DataFrame, heights: pl.Series, looks: Sequence[Look],
                  marked: Mapping[int, Collection[int]], linked: Format, inline: bool) -> None:
        number = pl.int_range(top + 1, top + 1 + pl.len()).cast(pl.String)
        pieces = [pl.lit('<row r="'), number, pl.lit('" ht="'), _points(), pl.lit('" customHeight="1">')]
        for place, (name, look) in enumerate(zip(frame.columns, looks, strict=True)):
            style = pl.lit(f'" s="{look.format._get_xf_index()}"')
            if place in marked:
                style = pl.when(_LINKED + str(place)).then(pl.lit(f'" s="{linked._get_xf_index()}"')).otherwise(style)
            pieces += [pl.lit(f'<c r="{xl_col_to_name(place)}'), number, style,
                       _number(name) if look.numeric else self._text(name, frame[name], inline)]
        every = pl.Series(range(frame.height))
        extra = {_HEIGHT: heights, **{_LINKED + str(place): every.is_in(rows) for place, rows in marked.items()}}
        rows = frame.with_columns(**extra).select(pl.concat_str(*pieces, pl.lit("</row>")))
        rows.write_csv(self._rows, include_header=False, quote_style="never")

    def _linked(self, top: int, frame: pl.DataFrame, links: Mapping[int, pl.Series], linked: Format,
                most_links: int) -> dict[int, list[int]]:
        """Give cells their links, row by row as long as the sheet holds more; by column the rows that have one."""
        found = [(row, place, url, text) for place, urls in links.items()
                 for row, (url, text) in enumerate(
                     zip(urls.to_list(), frame.to_series(place).to_list(), strict=True)) if url and text]
        given: dict[int, list[int]] = {place: [] for place in links}
        # The texts of links are among the rows' own cells.
        self.ignore_write_string = True
        for row, place, url, text in islice(sorted(found), max(0, most_links - self.hlink_count)):
            self.write_url(top + row, place, url, linked, text)
            given[place].append(row)
        self.ignore_write_string = False
        return {place: rows for place, rows in given.items() if rows}

    def _text(self, name: str, texts: pl.Series, inline: bool) -> pl.Expr:
        """From a cell's style on, for a column of texts."""
        if inline:
            text = pl.col(name)
            space = pl.when(text.str.strip_chars() == text).then(pl.lit("<t>")).otherwise(
                pl.lit('<t xml:space="preserve">'))
            text = _escaped(text) if texts.str.contains_any(_SIGNS).any() else text
            inside = [pl.lit(' t="inlineStr"><is>'), space, text, pl.lit("</t></is></c>")]
        else:
            inside = [pl.lit(' t="s"><v>'), self._shared(name, texts), pl.lit("</v></c>")]
        return _or_blank(name, inside)

    def _shared(self, name: str, texts: pl.Series) -> pl.Expr:
        """The places of the texts in the workbook's table of texts."""
        table, every = self.str_table, texts.drop_nulls()
        different = every.unique(maintain_order=True)
        places = [str(table._get_shared_string_index(text)) for text in different]
        # It counts a text each time it is used.
        table.count += len(every) - len(different)
        return pl.col(name).replace_strict(different, places, default=None, return_dtype=pl.String)

    def _write_rows(self) -> None:
        """Ours between xlsxwriter's, which it would otherwise look for in every row of the sheet."""
        last, at, start = self.dim_rowmax, self.dim_rowmin, 0
        self._rows.seek(0)
        for block in self._blocks:
            self._write_own(at, block.top - 1)
            self.fh.flush()
            shutil.copyfileobj(_Part(self._rows, block.until - start), self.fh.buffer, 1 << 20)
            at, start = block.end, block.until
        self._rows.close()
        self._write_own(at, last)

    def _write_own(self, first: int, last: int) -> None:
        if first <= last:
            self.dim_rowmin, self.dim_rowmax = first, last
            super()._write_rows()

    def _calculate_spans(self) -> None:
        self.row_spans = {}


class _Part:
    """The next `size` bytes of an open file."""

    def __init__(self, file: SpooledTemporaryFile, size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int) -> bytes:
        """At most `size` of what is left."""
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        return data


_HEIGHT, _LINKED = "\0height", "\0linked"


def _points() -> pl.Expr:
    """As xlsxwriter does: whole pixels, three quarters of a point each."""
    return ((pl.col(_HEIGHT) * 4 / 3 + 0.5).floor() * 0.75).cast(pl.String)


def _number(name: str) -> pl.Expr:
    return _or_blank(name, [pl.lit("><v>"), pl.col(name).cast(pl.String).str.strip_suffix(".0"), pl.lit("</v></c>")])


def _or_blank(name: str, inside: Sequence[pl.Expr]) -> pl.Expr:
    return pl.when(pl.col(name).is_null()).then(pl.lit("/>")).otherwise(pl.concat_str(*inside))


def _escaped(text: pl.Expr) -> pl.Expr:
    text = text.str.replace_all(_ESCAPED, _ESCAPE)
    for plain, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.str.replace_all(plain, entity, literal=True)
    return text
