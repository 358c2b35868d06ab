"""A sheet with one or several tables: title, line under it, header, rows as high as their text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.publish import few, parts, style
from pipeline.publish.celltext import FEW, FILLED, lines, presentable, shown, widest_line
from pipeline.publish.links import LINKS_A_SHEET, URL
from pipeline.publish.rows import Look, RowSheet

LINE_POINTS = 15.5
PADDING_POINTS = 5
# Excel's limit for the height of a row, in points.
HIGHEST_ROW = 409
# A column grows past `most` only as far as this, to keep its longest text within the highest row.
WIDEST_COLUMN = 64
# Above this number of rows the texts of a table stand in its cells, and not in the workbook's table of texts, which is
# in memory; some programs for telephones show only the latter.
LARGE = 20_000
# Rows that are looked at together: what is made of them for the sheet is in memory.
ROWS_AT_ONCE = 16_384
NUMERIC = ("count", "money")


@dataclass(frozen=True)
class Column:
    """A column of a printed table: `style` names a format, widths are in half-width characters.

    A "link" is a text whose target, from `publish.links`, stands in the frame's column `<field>_url`.
    """

    field: str
    title: str
    style: str = "text"
    least: float = 6
    most: float = 30
    meaning: str = ""


@dataclass(frozen=True)
class Plan:
    """One sheet with one table. `left` and `right` stand under the title, `notes` above the header.

    The `beside` columns go on to the right of the table, for the screen only: they are not printed. A table longer than
    a sheet is divided by the cities in the frame's column `by`.
    """

    name: str
    title: str
    columns: Sequence[Column]
    frame: pl.DataFrame
    left: str = ""
    right: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    frozen: int = 2
    paper: str = "A4"
    signature: str = ""
    beside: Sequence[Column] = ()
    by: str = "city"


class Book:
    """An open workbook with its formats, and the tables in it that are on several sheets."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.workbook = workbook
        self.formats = style.formats(workbook)
        self.divisions: list[parts.Division] = []
        self._reserved: dict[str, RowSheet] = {}

    def reserve(self, name: str) -> None:
        """A place among the sheets for one that is written later."""
        self._reserved[name] = self.workbook.add_worksheet(name, RowSheet)

    def sheet(self, name: str, widths: Sequence[float], paper: str = "A4") -> RowSheet:
        """A new sheet set up for print, with these column widths."""
        sheet = self._reserved.pop(name, None) or self.workbook.add_worksheet(name, RowSheet)
        style.landscape(sheet, paper)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        return sheet


def write_plan(book: Book, plan: Plan) -> None:
    """Write the sheet; a table longer than a sheet goes onto several, and `book.divisions` says so."""
    # Above the table title, line, notes and header; below it an empty row and the signature.
    room = parts.ROWS_A_SHEET - (2 + len(plan.notes) + 1 + 1) - 2 * bool(plan.signature)
    if plan.frame.height <= room:
        return _write_sheet(book, plan)
    sheets = []
    for label, frame in parts.divided(plan.frame, room, plan.by):
        name, title = (f"{text}（{label}）" for text in (plan.name, plan.title))
        _write_sheet(book, replace(plan, name=name, title=title, frame=frame, left=f"{plan.left}，本表 {frame.height} 行"))
        sheets.append((name, frame.height))
    book.divisions.append(parts.Division(plan.name, plan.frame.height, sheets))


def write_within(book: Book, sheet: RowSheet, top: int, plan: Plan, widths: Sequence[float], below: int = 0) -> int:
    """The plan's table on a sheet that has more, `below` rows of it further down; the next free row.

    Where there is no room for it, a sentence says on which sheets it is.
    """
    if plan.frame.height <= parts.ROWS_A_SHEET - top - 1 - below:
        return write_table(book, sheet, top, plan.columns, plan.frame, widths)
    write_plan(book, plan)
    if not any(division.table == plan.name for division in book.divisions):
        book.divisions.append(parts.Division(plan.name, plan.frame.height, [(plan.name, plan.frame.height)]))
    return write_note(book, sheet, top, book.divisions[-1].words, "remark", widths)


def fields_of(columns: Sequence[Column]) -> list[str]:
    """The columns of a frame that a table is written from: the targets of its links stand last."""
    return [column.field for column in columns] + [column.field + URL for column in columns if column.style == "link"]


def _write_sheet(book: Book, plan: Plan) -> None:
    columns, frame = (*plan.columns, *plan.beside), plan.frame
    every = column_widths(columns, frame)
    widths = every[:len(plan.columns)]
    sheet = book.sheet(plan.name, every, plan.paper)
    top = write_heading(book, sheet, plan.title, plan.left, plan.right, widths)
    for text, named in (*plan.notes, *_too_many_links(columns, frame)):
        top = write_note(book, sheet, top, text, named, widths)
    sheet.freeze_panes(top + 1, plan.frozen)
    sheet.repeat_rows(top)
    after = write_table(book, sheet, top, columns, frame, every)
    if frame.height:
        sheet.autofilter(top, 0, after - 1, len(widths) - 1)
    if plan.beside:
        sheet.print_area(0, 0, after + 1, len(widths) - 1)
    if plan.signature:
        sheet.set_row(after + 1, 24)
        sheet.write_string(after + 1, 0, plan.signature, book.formats["left"])


def _too_many_links(columns: Sequence[Column], frame: pl.DataFrame) -> list[tuple[str, str]]:
    count = sum(frame[column.field + URL].count() for column in columns if column.style == "link")
    return [(f"本表有 {count} 处可以链接，一张工作表只能设 {LINKS_A_SHEET} 个链接，其余只有文字。", "remark")] * (count > LINKS_A_SHEET)


def write_heading(book: Book, sheet: Worksheet, title: str, left: str, right: str,
                  widths: Sequence[float]) -> int:
    """Title across the table, and the line under it; the next free row."""
    last = len(widths) - 1
    sheet.set_row(0, 38)
    across(sheet, 0, 0, last, title, book.formats["title"])
    sheet.set_row(1, 20)
    sheet.write_string(1, 0, shown(left), book.formats["left"])
    sheet.write_string(1, last, shown(right), book.formats["right"])
    return 2


def across(sheet: Worksheet, row: int, first: int, last: int, text: str, look: Format) -> None:
    """One text over the columns `first` to `last` of a row.

    `merge_range` guesses what a text is, so the text is written after it, as a text.
    """
    if last > first:
        sheet.merge_range(row, first, row, last, "", look)
    if text:
        sheet.write_string(row, first, shown(text), look)
    else:
        sheet.write_blank(row, first, None, look)


def write_note(book: Book, sheet: Worksheet, row: int, text: str, named: str, widths: Sequence[float]) -> int:
    """A sentence across the table in the format `named`; the next free row."""
    points = book.formats[named].font_size / style.BODY_POINTS
    needed = sum(max(1, ceil(_width(line) * points / (sum(widths) * FILLED))) for line in text.split("\n"))
    sheet.set_row(row, min(HIGHEST_ROW, needed * LINE_POINTS * points + PADDING_POINTS))
    across(sheet, row, 0, len(widths) - 1, text, book.formats[named])
    return row + 1


def write_table(book: Book, sheet: RowSheet, top: int, columns: Sequence[Column], frame: pl.DataFrame,
                widths: Sequence[float]) -> int:
    """Header in row `top`, then the rows of a `frame` with `fields_of(columns)`; the next free row."""
    write_header(book, sheet, top, columns, widths)
    if not frame.height:
        sheet.set_row(top + 1, 24)
        across(sheet, top + 1, 0, len(columns) - 1, "（无）", book.formats["centre"])
        return top + 2
    looks = [Look(column.style in NUMERIC, book.formats["text" if column.style == "link" else column.style])
             for column in columns]
    row, fields = top + 1, [column.field for column in columns]
    for piece in _presented(columns, frame):
        links = {place: piece[column.field + URL] for place, column in enumerate(columns) if column.style == "link"}
        sheet.put_rows(row, piece.select(fields), _heights(columns, piece, widths), looks, links,
                       book.formats["link"], LINKS_A_SHEET, inline=frame.height > LARGE)
        row += piece.height
    return row


def _presented(columns: Sequence[Column], frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    return map(presentable, frame.select(fields_of(columns)).iter_slices(ROWS_AT_ONCE))


def write_header(book: Book, sheet: Worksheet, row: int, columns: Sequence[Column], widths: Sequence[float]) -> None:
    """The titles of the columns."""
    sheet.set_row(row, _header_height(columns, widths))
    for place, column in enumerate(columns):
        sheet.write_string(row, place, column.title, book.formats["header"])


def write_link(sheet: Worksheet, row: int, place: int, text: str, url: str | None, linked: Format,
               plain: Format) -> None:
    """A text that leads to `url`; the text alone where there is none, or where the sheet holds no more links."""
    if url is None or sheet.hlink_count >= LINKS_A_SHEET:
        sheet.write_string(row, place, text, plain)
    else:
        sheet.write_url(row, place, url, linked, text)


def column_widths(columns: Sequence[Column], frame: pl.DataFrame) -> list[float]:
    """Widths from the text: nine tenths of the cells fit one line if `most` allows, all of them the row."""
    if not frame.height:
        return [float(max(column.least, _header_width(column))) for column in columns]
    common, extremes = _measures(columns, frame)
    rows = (HIGHEST_ROW - PADDING_POINTS) // LINE_POINTS - 1
    widths = []
    for column, extreme in zip(columns, extremes, strict=True):
        numeric = column.style in NUMERIC
        usual = _digits(column, extreme) if numeric else (common[column.field] or 0) / 2
        longest = 0 if numeric else extreme or 0
        fitting = min(max(usual + 1.5, _header_width(column), column.least), column.most)
        widths.append(float(max(fitting, min(WIDEST_COLUMN, ceil(longest / (rows * FILLED))))))
    return widths


def _measures(columns: Sequence[Column], frame: pl.DataFrame) -> tuple[dict[str, float], Sequence[float | None]]:
    """Twice the usual width of each column of texts, and of each column what is largest in it."""
    if frame.height <= FEW:
        texts = [column.field for column in columns if column.style not in NUMERIC]
        return few.measures(presentable(frame.select(column.field for column in columns)), texts, WIDEST_COLUMN)
    pieces = [(piece.select(_widths(columns)), piece.select(map(_extreme, columns)))
              for piece in _presented(columns, frame)]
    common = pl.concat(own for own, _ in pieces).select(pl.all().quantile(0.9, "higher")).row(0, named=True)
    return common, pl.concat(most for _, most in pieces).max().row(0)


def _widths(columns: Sequence[Column]) -> list[pl.Expr]:
    """Twice the width of each text: whole numbers, small ones, because all of a table's are in memory at once."""
    return [(widest_line(pl.col(column.field)) * 2).clip(0, 2 * WIDEST_COLUMN).cast(pl.UInt8)
            for column in columns if column.style not in NUMERIC]


def _extreme(column: Column) -> pl.Expr:
    """The largest number, or the width of the longest text."""
    cell = pl.col(column.field)
    if column.style in NUMERIC:
        return cell.abs().max().cast(pl.Float64)
    return (cell.str.len_bytes() + cell.str.len_chars()).max().alias(column.field) / 2


def _digits(column: Column, largest: float | None) -> float:
    # Of numbers the longest counts: digits, a separator for each three, sign and decimals; digits of a
    # replacement font are wider.
    if largest is None:
        return 0
    digits = floor(log10(max(1, largest))) + 1
    return (digits * 4 / 3 + (4 if column.style == "money" else 1)) * 1.15


def _header_width(column: Column) -> float:
    # Short titles in one line, longer ones wrapped to four or five.
    needed = _width(column.title)
    return needed + 2 if needed <= 4 else max(6.5, ceil(needed / 4) + 2)


def _header_height(columns: Sequence[Column], widths: Sequence[float]) -> float:
    # Whole Chinese characters a line.
    most = max(ceil(_width(column.title) / (2 * ((width - 0.5) // 2)))
               for column, width in zip(columns, widths, strict=False))
    return max(24, most * LINE_POINTS + PADDING_POINTS)


def _heights(columns: Sequence[Column], frame: pl.DataFrame, widths: Sequence[float]) -> pl.Series:
    if frame.height <= FEW:
        columns_ = [(frame[column.field].to_list(), width)
                    for column, width in zip(columns, widths, strict=False) if column.style not in NUMERIC]
        heights = [line * LINE_POINTS + PADDING_POINTS for line in few.lines(columns_, frame.height)]
        return pl.Series([min(max(height, 20.0), float(HIGHEST_ROW)) for height in heights], dtype=pl.Float64)
    texts = [lines(pl.col(column.field), width)
             for column, width in zip(columns, widths, strict=False) if column.style not in NUMERIC]
    most = frame.select(pl.max_horizontal(*texts, pl.lit(1))).to_series()
    return (most * LINE_POINTS + PADDING_POINTS).clip(20, HIGHEST_ROW)


def _width(text: str) -> float:
    return (len(text.encode()) + len(text)) / 2
