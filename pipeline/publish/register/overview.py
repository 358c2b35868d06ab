"""总览: the figures a director asks for, charts that read in black and white, and the commonest problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.publish import terms
from pipeline.publish.celltext import shown
from pipeline.publish.register import charts
from pipeline.publish.register.columns import COMPILED
from pipeline.publish.register.consortia import admitted
from pipeline.publish.register.progress import GIVEN, NIL, NOTHING, city_rows
from pipeline.publish.register.review import to_decide
from pipeline.publish.sheet import Book, across, write_heading, write_note
from pipeline.shelf import Shelf
from schemas import call
from schemas.register import TO_MEND, Status, titles
from schemas.rule import SEVERITY_WORDS, Severity

TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体建设试点报送总览"
# Twelve equal columns: six figures of two, two charts of six, tables of four or twelve.
GRID = 12
CELL_WIDTH = 11.0
COMMONEST = 10
OTHER_KIND = "未归类"


class Counts(NamedTuple):
    """A small table of the overview: title of its first column, then names with one or two numbers each."""

    head: str
    series: tuple[str, ...]
    rows: list[tuple]


def write(book: Book, name: str, tables: Shelf) -> None:
    """Write the sheet."""
    widths = [CELL_WIDTH] * GRID
    sheet = book.sheet(name, widths)
    row = write_heading(book, sheet, TITLE, COMPILED, "", widths)
    cities = city_rows(tables)
    row = _figures(book, sheet, row, tables, cities)
    for said in (_missing(cities), *(division.brief for division in book.divisions)):
        row = write_note(book, sheet, row, said, "remark", widths)
    counts = (_by_city(cities), _by_field(tables), _by_kind(tables), _by_level(tables))
    chart_row, row = row, row + charts.ROWS
    sheet.set_h_pagebreaks([row])
    row = _problems(book, sheet, row, tables, widths)
    places = _side_by_side(book, sheet, row + 1, counts, widths)
    charts.insert(book, sheet, chart_row, name, counts, places)


def _figures(book: Book, sheet: Worksheet, row: int, tables: Shelf, cities: pl.DataFrame) -> int:
    known = cities.filter(pl.col("city").is_in(list(call.CITY_ORDER)))
    reported = (~known["state"].is_in([NOTHING, NIL])).sum()
    returned = tables["submissions"].filter(terms.of_status(*TO_MEND)).height
    figures = (
        (admitted(tables).height, "入库创新联合体（个）"),
        (tables.columns("organisations", ("org_id",)).height, "牵头及成员单位（家）"),
        (tables.columns("members", ("admitted",))["admitted"].sum(), "成员参与（家次）"),
        (f"{reported}/{known.height}", "已报送设区市"),
        (returned, "退回和无法读取（份）"),
        (to_decide(tables).filter(remark=terms.OPEN_WORD).height, "入库表需核实（项）"))
    sheet.set_row(row, 40)
    sheet.set_row(row + 1, 22)
    step = GRID // len(figures)
    for line, looks in ((0, ("figure", "figure_text")), (1, ("figure_label",) * 2)):
        for place, figure in enumerate(figures):
            look = book.formats[looks[isinstance(figure[line], str)]]
            _span(sheet, row + line, place * step, place * step + step - 1, figure[line], look)
    return row + 2


def _missing(cities: pl.DataFrame) -> str:
    held = {state: cities.filter(pl.col("state") == state)["city"].to_list() for state in (NOTHING, NIL, GIVEN)}
    said = [f"{state}：{'、'.join(names)}（{len(names)} 市）。" for state, names in held.items() if names]
    return "".join(said) or f"{len(call.CITIES)} 个设区市均已报送。"


def _by_city(cities: pl.DataFrame) -> Counts:
    rows = cities.filter(pl.col("city").is_in(list(call.CITY_ORDER))).select("city", "admitted").rows()
    return Counts("设区市", ("入库联合体",), rows)


def _by_field(tables: Mapping[str, pl.DataFrame]) -> Counts:
    frame = admitted(tables).group_by(pl.col("industry").fill_null("（未填）"), maintain_order=True).len()
    # A field of the notice's list comes in its order; all others follow, in the order in which they are met.
    order = {field: place for place, field in enumerate(call.FIELDS)}
    rows = sorted(frame.rows(), key=lambda row: order.get(row[0], len(order)))
    return Counts(titles("consortia")["industry"], ("入库联合体",), rows)


def _by_kind(tables: Shelf) -> Counts:
    kinds = tables.columns("organisations", ("kind",))["kind"].fill_null(OTHER_KIND)
    counts = dict(kinds.value_counts().iter_rows())
    names = [*call.MEMBER_KINDS, *sorted(counts.keys() - set(call.MEMBER_KINDS))]
    return Counts("单位类别", ("单位数",), [(name, counts.get(name, 0)) for name in names])


def _by_level(tables: Shelf) -> Counts:
    found = [tables.columns(table, ("admitted", "level")).filter("admitted")["level"].to_list()
             for table in ("platforms", "projects")]
    return Counts("级别", ("创新平台", "科技计划项目"),
                  [(level, *(levels.count(level) for levels in found)) for level in call.LEVELS])


def _problems(book: Book, sheet: Worksheet, row: int, tables: Mapping[str, pl.DataFrame],
              widths: Sequence[float]) -> int:
    row = write_note(book, sheet, row, "最常见的问题", "heading", widths)
    looks = book.formats
    spans = ((0, 0, "规则"), (1, 1, "级别"), (2, 9, "问题"), (10, 10, "处数"), (11, 11, "涉及表数"))
    for line, values in enumerate([tuple(title for *_, title in spans), *commonest(tables)]):
        sheet.set_row(row, 24 if line == 0 else 21)
        for (first, last, _), value in zip(spans, values, strict=True):
            look = looks["header"] if line == 0 else looks[
                "count" if isinstance(value, int) else "text" if last > first else "centre"]
            _span(sheet, row, first, last, value, look)
        row += 1
    return row


def commonest(tables: Mapping[str, pl.DataFrame]) -> list[tuple[str, str, str, int, int]]:
    """Code, level, title, findings and forms of the rules most often broken in current forms; no notices, nothing
    settled."""
    past = tables["submissions"].filter(terms.of_status(Status.SUPERSEDED)).select("submission_id")
    undecided = pl.col("state").is_null() | pl.col("state").is_in(terms.OPEN_STATES)
    frame = tables["findings"].filter(terms.by_severity() < 2, undecided).join(past, on="submission_id", how="anti",
                                                                    maintain_order="left")
    counted = frame.group_by("code", "severity", maintain_order=True).agg(
        pl.len().alias("found"), pl.col("submission_id").n_unique().alias("forms"), pl.col("message").min())
    top = counted.sort("found", "code", "severity", descending=[True, False, False]).head(COMMONEST)
    titles = terms.rule_titles()
    return [(code, SEVERITY_WORDS[Severity(level)], titles.get((code, level)) or _without_place(message),
             found, forms) for code, level, found, forms, message in top.rows()]


def _without_place(message: str | None) -> str:
    return shown(message or "").partition("：")[2][:40]


def _side_by_side(book: Book, sheet: Worksheet, row: int, counts: Sequence[Counts],
                  widths: Sequence[float]) -> list[tuple[int, int]]:
    """The numbers behind the charts, tables of three columns; row and column of each table's first name."""
    row = write_note(book, sheet, row, "图中数字", "heading", widths)
    looks = book.formats
    step = GRID // len(counts)
    for line in range(1 + max(len(table.rows) for table in counts)):
        sheet.set_row(row + line, 20)
        for place, table in enumerate(counts):
            if line > len(table.rows):
                continue
            name, *numbers = (table.head, *table.series) if line == 0 else table.rows[line - 1]
            left = place * step
            _span(sheet, row + line, left, left + step - 1 - len(numbers), shown(name),
                  looks["header" if line == 0 else "centre"])
            for column, number in enumerate(numbers, start=left + step - len(numbers)):
                _span(sheet, row + line, column, column, number, looks["header" if line == 0 else "count"])
    return [(row + 1, place * step) for place in range(len(counts))]


def _span(sheet: Worksheet, row: int, first: int, last: int, value: str | int, look: Format) -> None:
    across(sheet, row, first, last, str(value), look)
    if isinstance(value, int):
        sheet.write_number(row, first, value, look)
