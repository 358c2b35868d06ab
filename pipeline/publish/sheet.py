"""A sheet with one or several tables: title, line under it, header, rows as high as their text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.publish import style
from pipeline.publish.celltext import FILLED, lines, presentable, shown, widest_line
from pipeline.publish.links import LINKS_A_SHEET, URL
from pipeline.publish.rows import RowSheet

LINE_POINTS = 15.5
PADDING_POINTS = 5
# Excel's limits: a row is at most 409 points high, a sheet 1,048,576 rows long (some left for the heading).
HIGHEST_ROW = 409
ROWS_A_SHEET = 1_048_000
# A column grows past `most` only as far as this, to keep its longest text within the highest row.
WIDEST_COLUMN = 64
# Above this number of rows in a table a workbook is written with one row at a time in memory: it is slower and
# larger so, but 100,000 rows then take no more memory than these.
LARGE = 20_000
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

    The `beside` columns go on to the right of the table, for the screen only: they are not printed.
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


class Book:
    """An open workbook with its formats."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.workbook = workbook
        self.formats = style.formats(workbook)

    def sheet(self, name: str, widths: Sequence[float], paper: str = "A4") -> Worksheet:
        """A new sheet set up for print, with these column widths."""
        sheet = self.workbook.add_worksheet(name, None if self.workbook.constant_memory else RowSheet)
        style.landscape(sheet, paper)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        return sheet


def write_plan(book: Book, plan: Plan) -> None:
    """Write the sheet; a table longer than a sheet goes on in further sheets, numbered."""
    frame = presentable(plan.frame.select(fields_of((*plan.columns, *plan.beside))))
    for part, piece in enumerate(frame.iter_slices(ROWS_A_SHEET) if frame.height else [frame], start=1):
        _write_sheet(book, plan, plan.name if part == 1 else f"{plan.name}（续{part - 1}）", piece)


def fields_of(columns: Sequence[Column]) -> list[str]:
    """The columns of a frame that a table is written from: the targets of its links stand last."""
    return [column.field for column in columns] + [column.field + URL for column in columns if column.style == "link"]


def _write_sheet(book: Book, plan: Plan, name: str, frame: pl.DataFrame) -> None:
    columns = (*plan.columns, *plan.beside)
    every = column_widths(columns, frame)
    widths = every[:len(plan.columns)]
    sheet = book.sheet(name, every, plan.paper)
    top = write_heading(book, sheet, plan.title, plan.left, plan.right, widths)
    for text, named in plan.notes:
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


def write_table(book: Book, sheet: Worksheet, top: int, columns: Sequence[Column], frame: pl.DataFrame,
                widths: Sequence[float]) -> int:
    """Header in row `top`, then the rows of a presentable `frame` of `fields_of(columns)`; the next free row."""
    write_header(book, sheet, top, columns, widths)
    if not frame.height:
        sheet.set_row(top + 1, 24)
        across(sheet, top + 1, 0, len(columns) - 1, "（无）", book.formats["centre"])
        return top + 2
    texts = [column.field for column in columns]
    heights = _heights(columns, frame, widths)
    links = {place: frame[column.field + URL].to_list() for place, column in enumerate(columns)
             if column.style == "link"}
    cells = [(column.style in NUMERIC, book.formats["text" if column.style == "link" else column.style])
             for column in columns]
    rows, linked = frame.select(texts), book.formats["link"]
    if isinstance(sheet, RowSheet):
        sheet.put_rows(top + 1, heights, rows.iter_rows(), cells, links, linked, LINKS_A_SHEET)
    else:
        _write_rows(sheet, top + 1, rows, heights, cells, links, linked)
    return top + 1 + frame.height


def write_header(book: Book, sheet: Worksheet, row: int, columns: Sequence[Column], widths: Sequence[float]) -> None:
    """The titles of the columns."""
    sheet.set_row(row, _header_height(columns, widths))
    for place, column in enumerate(columns):
        sheet.write_string(row, place, column.title, book.formats["header"])


def _write_rows(sheet: Worksheet, top: int, frame: pl.DataFrame, heights: Iterable[float],
                cells: Sequence[tuple[bool, Format]], links: Mapping[int, list[str | None]], linked: Format) -> None:
    set_row, string, number, blank = sheet.set_row, sheet.write_string, sheet.write_number, sheet.write_blank
    for row, (height, values) in enumerate(zip(heights, frame.iter_rows(), strict=True), start=top):
        set_row(row, height)
        for place, (value, (numeric, look)) in enumerate(zip(values, cells, strict=True)):
            if value is None:
                blank(row, place, None, look)
            elif numeric:
                number(row, place, value, look)
            elif place in links:
                write_link(sheet, row, place, value, links[place][row - top], linked, look)
            else:
                string(row, place, value, look)


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
    common = frame.select(_usual_width(column) for column in columns).row(0)
    longest = frame.select(_longest(column).alias(column.field) for column in columns).row(0)
    rows = (HIGHEST_ROW - PADDING_POINTS) // LINE_POINTS - 1
    widths = []
    for column, usual, long in zip(columns, common, longest, strict=True):
        fitting = min(max((usual or 0) + 1.5, _header_width(column), column.least), column.most)
        widths.append(float(max(fitting, min(WIDEST_COLUMN, ceil((long or 0) / (rows * FILLED))))))
    return widths


def _usual_width(column: Column) -> pl.Expr:
    if column.style not in NUMERIC:
        return widest_line(pl.col(column.field)).quantile(0.9, "higher")
    # Of numbers the longest counts: digits, a separator for each three, sign and decimals; digits of a
    # replacement font are wider.
    digits = pl.col(column.field).abs().max().clip(1).log10().floor() + 1
    return (digits * 4 / 3 + (4 if column.style == "money" else 1)) * 1.15


def _longest(column: Column) -> pl.Expr:
    text = pl.col(column.field)
    return pl.lit(0) if column.style in NUMERIC else (text.str.len_bytes() + text.str.len_chars()).max() / 2


def _header_width(column: Column) -> float:
    # Short titles in one line, longer ones wrapped to four or five.
    needed = _width(column.title)
    return needed + 2 if needed <= 4 else max(6.5, ceil(needed / 4) + 2)


def _header_height(columns: Sequence[Column], widths: Sequence[float]) -> float:
    # Whole Chinese characters a line.
    most = max(ceil(_width(column.title) / (2 * ((width - 0.5) // 2)))
               for column, width in zip(columns, widths, strict=False))
    return max(24, most * LINE_POINTS + PADDING_POINTS)


def _heights(columns: Sequence[Column], frame: pl.DataFrame, widths: Sequence[float]) -> list[float]:
    texts = [lines(pl.col(column.field), width)
             for column, width in zip(columns, widths, strict=False) if column.style not in NUMERIC]
    most = frame.select(pl.max_horizontal(*texts, pl.lit(1))).to_series()
    return ((most * LINE_POINTS + PADDING_POINTS).clip(20, HIGHEST_ROW)).to_list()


def _width(text: str) -> float:
    return (len(text.encode()) + len(text)) / 2
