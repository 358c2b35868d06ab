"""A sheet with one or several tables: title, line under it, header, rows as high as their text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.publish import parts, style
from pipeline.publish.celltext import FILLED, shown
from pipeline.publish.links import LINKS_A_SHEET, URL
from pipeline.publish.measures import (
    HIGHEST_ROW, LINE_POINTS, PADDING_POINTS, header_height, heights, measured, width_of)
from pipeline.publish.plan import NUMERIC, Column, Plan, Printed
from pipeline.publish.rows import Look, RowSheet

# Above this number of texts a table's stand in its cells, and not in the workbook's table of texts, which is in memory
# and written one by one; some programs for telephones show only the latter.
LARGE = 50_000


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
        write_sheet(book, plan)
        return
    sheets = []
    for label, frame in parts.divided(plan.frame, room, plan.by):
        name, title = (f"{text}（{label}）" for text in (plan.name, plan.title))
        write_sheet(book, replace(plan, name=name, title=title, frame=frame, left=f"{plan.left}，本表 {frame.height} 行"))
        sheets.append((name, frame.height))
    book.divisions.append(parts.Division(plan.name, plan.frame.height, sheets))


def write_within(book: Book, sheet: RowSheet, top: int, plan: Plan, widths: Sequence[float], below: int = 0) -> int:
    """The plan's table on a sheet that has more, `below` rows of it further down; the next free row.

    Where there is no room for it, a sentence says on which sheets it is.
    """
    if plan.frame.height <= parts.ROWS_A_SHEET - top - 1 - below:
        return write_table(book, sheet, top, plan.printed(), widths)
    write_plan(book, plan)
    if not any(division.table == plan.name for division in book.divisions):
        book.divisions.append(parts.Division(plan.name, plan.frame.height, [(plan.name, plan.frame.height)]))
    return write_note(book, sheet, top, book.divisions[-1].words, "remark", widths)


def write_sheet(book: Book, plan: Plan) -> tuple[RowSheet, int]:
    """A sheet with one table, whatever its length; the sheet, and the row below the table's last."""
    printed = plan.printed()
    every, links = measured(printed)
    widths = every[:len(plan.columns)]
    sheet = book.sheet(plan.name, every, plan.paper)
    top = write_heading(book, sheet, plan.title, plan.left, plan.right, widths)
    for text, named in (*plan.notes, *_too_many(links)):
        top = write_note(book, sheet, top, text, named, widths)
    sheet.freeze_panes(top + 1, plan.frozen)
    sheet.repeat_rows(top)
    after = write_table(book, sheet, top, printed, every)
    if printed.height:
        sheet.autofilter(top, 0, after - 1, len(widths) - 1)
    if plan.beside:
        sheet.print_area(0, 0, after + 1, len(widths) - 1)
    if plan.signature:
        sheet.set_row(after + 1, 24)
        sheet.write_string(after + 1, 0, plan.signature, book.formats["left"])
    return sheet, after


def _too_many(links: int) -> list[tuple[str, str]]:
    return [(f"本表有 {links} 处可以链接，一张工作表只能设 {LINKS_A_SHEET} 个链接，其余只有文字。", "remark")] * (links > LINKS_A_SHEET)


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
    needed = sum(max(1, ceil(width_of(line) * points / (sum(widths) * FILLED))) for line in text.split("\n"))
    sheet.set_row(row, min(HIGHEST_ROW, needed * LINE_POINTS * points + PADDING_POINTS))
    across(sheet, row, 0, len(widths) - 1, text, book.formats[named])
    return row + 1


def write_table(book: Book, sheet: RowSheet, top: int, printed: Printed, widths: Sequence[float]) -> int:
    """Header in row `top`, then the rows; the next free row."""
    columns = printed.columns
    write_header(book, sheet, top, columns, widths)
    if not printed.height:
        sheet.set_row(top + 1, 24)
        across(sheet, top + 1, 0, len(columns) - 1, "（无）", book.formats["centre"])
        return top + 2
    looks = [Look(column.style in NUMERIC, book.formats["text" if column.style == "link" else column.style])
             for column in columns]
    row, fields = top + 1, [column.field for column in columns]
    inline = printed.height * sum(not look.numeric for look in looks) > LARGE
    for portion in printed:
        links = {place: portion[column.field + URL] for place, column in enumerate(columns) if column.style == "link"}
        sheet.put_rows(row, portion.select(fields), heights(columns, portion, widths), looks, links,
                       book.formats["link"], LINKS_A_SHEET, inline=inline)
        row += portion.height
    return row


def write_header(book: Book, sheet: Worksheet, row: int, columns: Sequence[Column], widths: Sequence[float]) -> None:
    """The titles of the columns."""
    sheet.set_row(row, header_height(columns, widths))
    for place, column in enumerate(columns):
        sheet.write_string(row, place, column.title, book.formats["header"])


def write_link(sheet: RowSheet, row: int, place: int, text: str, url: str | None, linked: Format,
               plain: Format) -> None:
    """A text that leads to `url`; the text alone where there is none, or where the sheet holds no more links."""
    if url is None or sheet.hlink_count >= LINKS_A_SHEET:
        sheet.write_string(row, place, text, plain)
    else:
        sheet.write_string(row, place, text, linked)
        sheet.link(row, place, url)
