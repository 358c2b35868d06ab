"""A worksheet that takes the rows of a table as a frame: they become XML in bulk, and are not kept in memory.

xlsxwriter keeps a tuple for each cell and writes each with all its checks. What a table holds was checked for all its
rows at once (`celltext.presentable`), so here whole columns become XML, and that of a long table is packed as soon as
it is there: `packing` puts it into the file as it is. Headings and notes are xlsxwriter's own cells, before and after.
Besides, `spans` is left off the rows; it only helps a program to reserve room. xlsxwriter's version is locked, a test
compares what is read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple
from xml.sax.saxutils import escape

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from pipeline.publish import few, packing
from pipeline.publish.celltext import FEW

# Rows whose XML is larger are packed at once.
_IN_MEMORY = 1 << 20
# What xlsxwriter writes for an underscore before what reads as an escape.
_ESCAPED, _ESCAPE = "(_x[0-9a-fA-F]{4}_)", "_x005F${1}"
# Most texts have none of these.
_SIGNS = "[&<>]|_x"


class Look(NamedTuple):
    """How a column's cells are written: as numbers or texts, in a format."""

    numeric: bool
    format: Format


class _Block(NamedTuple):
    """Rows of a table from `top` to before `end`: as XML, or packed already."""

    top: int
    end: int
    xml: bytes | packing.Waiting


class RowSheet(packing.Sheet):
    """A worksheet with `put_rows`, and `link` instead of xlsxwriter's `write_url`."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[_Block] = []
        self._links: list[tuple[int, int, str]] = []

    def link(self, row: int, place: int, url: str) -> None:
        """Have a cell lead to `url` ("external:…" of `publish.links`); its text is written separately."""
        self._links.append((row, place, url))
        self.hlink_count += 1

    def put_rows(self, top: int, frame: pl.DataFrame, heights: pl.Series, looks: Sequence[Look],
                 links: Mapping[int, pl.Series], linked: Format, most_links: int, *, inline: bool = False) -> None:
        """The rows of `frame` from `top` on (null: blank), each column in its look, heights in points.

        `links` has the targets of some columns; past `most_links` on the sheet a text stays a text. `inline` has texts
        stand in their cells and not in the table that all sheets share: a larger file, but that table is in memory.
        Texts must be presentable, numbers finite. What is put below must come later.
        """
        if not frame.height:
            return
        marked = self._linked(top, frame, links, most_links)
        self._check_dimensions(top, 0)
        self._check_dimensions(top + frame.height - 1, len(looks) - 1)
        if frame.height <= FEW and not inline:
            # A format gets its number where it is first used.
            cells = [few.Cells(look.numeric, look.format._get_xf_index(), marked.get(place, ()),
                               linked._get_xf_index() if place in marked else 0) for place, look in enumerate(looks)]
            xml = few.xml(top, frame, heights.to_list(), cells, self.str_table._get_shared_string_index).encode()
        else:
            xml = self._xml(top, frame, heights, looks, marked, linked, inline)
        self._blocks.append(_Block(top, top + frame.height, xml if len(xml) <= _IN_MEMORY else self.pack(xml)))

    def _xml(self, top: int, frame: pl.DataFrame, heights: pl.Series, looks: Sequence[Look],
             marked: Mapping[int, Collection[int]], linked: Format, inline: bool) -> bytes:
        """One line a row; a cell's address and format, then what it holds."""
        number = pl.int_range(top + 1, top + 1 + pl.len()).cast(pl.String)
        given = frame.with_columns(heights.alias(_HEIGHT), number.alias(_NUMBER))
        parts: list[str | pl.Expr] = ['<row r="', pl.col(_NUMBER), '" ht="', _points(), '" customHeight="1">']
        texts = [series for series, look in zip(frame, looks, strict=True) if inline and not look.numeric]
        signs, spaces = _odd(texts)
        for place, (series, look) in enumerate(zip(frame, looks, strict=True)):
            style: list[str | pl.Expr] = [str(look.format._get_xf_index())]
            if place in marked:
                is_marked = pl.Series(range(frame.height)).is_in(marked[place])
                there = pl.lit(str(linked._get_xf_index()))
                style = [pl.when(is_marked).then(there).otherwise(pl.lit(style[0]))]
            name = series.name
            if look.numeric:
                inside = ["><v>", pl.col(name).cast(pl.String).str.strip_suffix(".0"), "</v></c>"]
            elif inline:
                inside = [' t="inlineStr"><is>', *_inline(name, name in signs, name in spaces), "</t></is></c>"]
            else:
                inside = [' t="s"><v>', self._shared(series), "</v></c>"]
            address = [f'<c r="{xl_col_to_name(place)}', pl.col(_NUMBER)]
            parts += [*address, '" s="', *style, '"', *_or_blank(series, inside)]
        # A line end of each row's own: to put one behind them all would copy them all.
        return given.select(_joined([*parts, "</row>\n"]).str.join().cast(pl.Binary)).item()

    def _linked(self, top: int, frame: pl.DataFrame, links: Mapping[int, pl.Series],
                most_links: int) -> dict[int, list[int]]:
        """Give cells their links, row by row as long as the sheet holds more; by column the rows that have one."""
        found = _targets(frame, links, max(0, most_links - self.hlink_count))
        self._links += [(top + row, place, url) for row, place, url in found]
        self.hlink_count += len(found)
        given: dict[int, list[int]] = {}
        for row, place, _ in found:
            given.setdefault(place, []).append(row)
        return given

    def _shared(self, texts: pl.Series) -> pl.Expr:
        """The places of the texts in the workbook's table of texts."""
        table, every = self.str_table, texts.drop_nulls()
        different = every.unique(maintain_order=True)
        places = [str(table._get_shared_string_index(text)) for text in different]
        # It counts a text each time it is used.
        table.count += len(every) - len(different)
        return pl.col(texts.name).replace_strict(different, places, default=None, return_dtype=pl.String)

    def _write_rows(self) -> None:
        """Ours between xlsxwriter's, which it would otherwise look for in every row of the sheet."""
        last, at = self.dim_rowmax, self.dim_rowmin
        for block in self._blocks:
            self._write_own(at, block.top - 1)
            if isinstance(block.xml, bytes):
                self.fh.write(block.xml.decode())
            else:
                self.stuff(self.fh.tell(), block.xml)
            at = block.end
        self._write_own(at, last)

    def _write_own(self, first: int, last: int) -> None:
        if first <= last:
            self.dim_rowmin, self.dim_rowmax = first, last
            super()._write_rows()

    def _write_hyperlinks(self) -> None:
        """All links, those to one file under one number: thousands lead to few files."""
        if not self._links:
            super()._write_hyperlinks()
            return
        columns = {place: xl_col_to_name(place) for place in {place for _, place, _ in self._links}}
        numbers: dict[str, int] = {}
        where = {"": ""}
        cells = []
        for row, place, url in self._links:
            file, _, location = url.partition("#")
            if file not in numbers:
                numbers[file] = self.rel_count = self.rel_count + 1
                self.external_hyper_links.append(["/hyperlink", _target(file), "External"])
            if location not in where:
                where[location] = f' location="{escape(location, _QUOTE)}"'
            cells.append(f'<hyperlink ref="{columns[place]}{row + 1}" r:id="rId{numbers[file]}"{where[location]}/>')
        self.fh.write(f"<hyperlinks>{''.join(cells)}</hyperlinks>")

    def _calculate_spans(self) -> None:
        self.row_spans = {}


def _target(url: str) -> str:
    """A file's address as Excel has it; `publish.links` has encoded what must be."""
    return url.removeprefix("external:").replace("/", "\\")


_QUOTE = {'"': "&quot;"}
_HEIGHT, _NUMBER, _SPACE = "\0height", "\0number", "\0space"


def _targets(frame: pl.DataFrame, links: Mapping[int, pl.Series], most: int) -> Sequence[tuple[int, int, str]]:
    """Row, column and target of the first texts that have one, row by row."""
    if not links or not most:
        return ()
    if frame.height <= FEW:
        return sorted((row, place, url) for place, urls in links.items() for row, (url, text) in enumerate(
            zip(urls.to_list(), frame.to_series(place).to_list(), strict=True)) if url and text)[:most]
    row, there = pl.int_range(frame.height, dtype=pl.UInt32), pl.col("url") != ""
    found = [pl.select(row=row, place=pl.lit(place, pl.UInt32), url=urls).filter(
        there & frame.to_series(place).is_not_null())
        for place, urls in links.items() if urls.null_count() < frame.height]
    return pl.concat(found).sort("row", "place").head(most).rows() if found else ()


def _points() -> pl.Expr:
    """As xlsxwriter does: whole pixels, three quarters of a point each."""
    return ((pl.col(_HEIGHT) * 4 / 3 + 0.5).floor() * 0.75).cast(pl.String)


def _odd(texts: Sequence[pl.Series]) -> tuple[set[str], set[str]]:
    """The few columns with texts that must be escaped, and those with spaces to be kept at an end."""
    frame = pl.DataFrame([series for series in texts if series.null_count() < len(series)])
    if not frame.width:
        return set(), set()
    every = pl.all()
    found = frame.select(every.str.contains(_SIGNS).any(), (every.str.strip_chars() != every).any().name.prefix(_SPACE))
    true = {name for name, is_so in found.row(0, named=True).items() if is_so}
    return true, {name.removeprefix(_SPACE) for name in true if name.startswith(_SPACE)}


def _inline(name: str, signs: bool, spaces: bool) -> list[str | pl.Expr]:
    """A text in its cell, with what stands before it."""
    text = pl.col(name)
    space = pl.when(text.str.strip_chars() == text).then(pl.lit("<t>")).otherwise(pl.lit('<t xml:space="preserve">'))
    return [space if spaces else "<t>", _escaped(text) if signs else text]


def _or_blank(series: pl.Series, inside: Sequence[str | pl.Expr]) -> Sequence[str | pl.Expr]:
    """What a cell holds; for nulls that it is blank."""
    if not series.null_count():
        return inside
    if series.null_count() == len(series):
        return ["/>"]
    return [_joined(inside).fill_null("/>")]


def _joined(parts: Sequence[str | pl.Expr]) -> pl.Expr:
    """All parts of each row; null if one of them is. Constants that follow each other are one: each takes as long."""
    runs = groupby(parts, lambda part: isinstance(part, str))
    return pl.concat_str(part for constant, run in runs for part in ([pl.lit("".join(run))] if constant else run))


def _escaped(text: pl.Expr) -> pl.Expr:
    text = text.str.replace_all(_ESCAPED, _ESCAPE)
    for plain, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.str.replace_all(plain, entity, literal=True)
    return text
