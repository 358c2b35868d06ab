"""报送情况: the thirteen cities in official order, then every file received."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from xlsxwriter.worksheet import Worksheet

from pipeline import arrivals
from pipeline.inbox import NO_CITY
from pipeline.publish import terms
from pipeline.publish.celltext import presentable
from pipeline.publish.measures import column_widths
from pipeline.publish.order import by_city, numbered
from pipeline.publish.plan import Printed
from pipeline.publish.register.columns import CITY, COMPILED, SERIAL, column
from pipeline.publish.sheet import Book, Column, Plan, across, write_heading, write_note, write_within
from pipeline.shelf import Shelf
from schemas import call
from schemas.register import Status
from schemas.season import CITY_STATE_WORDS, CityState

TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体报送情况表"
NOTHING, NIL, GIVEN, MENDING, PASSED = STATES = tuple(CITY_STATE_WORDS.values())
TOTAL = "合计"
_COUNTS = {
    "received": ("收到表数", "收到的表，含已替代的，不含未计入的文件。"), "admitted": ("入库", "进入名录的表。"),
    "returned": ("退回", "退回待改的表。"), "unreadable": ("无法读取", "打不开或找不到基础信息表的文件。"),
    "superseded": ("已被替代", "由同一联合体的新版替代的表。"), "ignored": ("未计入", "不作为报送材料的文件。"),
    "errors": ("须改正", "各现行表须改正的问题数。"), "warnings": ("需核实", "各现行表需核实的问题数。"),
    "notices": ("提示", "各现行表的提示数。"),
}
CITIES = (
    SERIAL, CITY, Column("state", "报送状态", "centre", 14, 16, "、".join(STATES) + "。"),
    *(Column(field, title, "count", 8, 10, meaning) for field, (title, meaning) in _COUNTS.items()),
    Column("remark", "备注", "text", 34, 46, "退回待改的创新联合体，零申报的说明。"),
)
FILES = (
    SERIAL, CITY, column("submissions", "status", "centre", 14, 16, "系统对该表的处理结果。"),
    column("submissions", "version", "count", 8, 10, "同一联合体第几次报送。"),
    Column("late_word", "是否逾期", "centre", 8, 10, "是否晚于截止时间收到。"),
    *(Column(f"{table}_rows", title, "count", 8, 10, f"从表中读到的{title}。") for table, title in (
        ("members", "成员行数"), ("platforms", "平台行数"), ("projects", "项目行数"))),
    *(Column(field, _COUNTS[field][0], "count", 8, 10, f"该表{_COUNTS[field][0]}的项数。")
      for field in ("errors", "warnings", "notices")),
    Column("sha", "校验值前8位", "centre", 11, 11, "文件 SHA-256 校验值的前 8 位，用于核对是否同一文件。"),
    column("submissions", "file", most=46, least=34, meaning="收件夹中的文件。"),
    column("submissions", "sheet", most=18, least=12, meaning="基础信息表所在的工作表。"),
    column("submissions", "consortium_name", most=30, least=20, meaning="表中所填名称，读不出的空着。"),
    Column("reason", "原因", "text", 30, 40, "无法读取、未计入或被替代的原因，文件已不在收件夹的说明。"),
)


def write(book: Book, name: str, tables: Shelf) -> None:
    """Write the sheet: the cities on the first page, then the files."""
    cities = city_rows(tables)
    files = file_rows(tables)
    widths = column_widths(Printed(FILES, files))
    sheet = book.sheet(name, widths, "A3")
    top = write_heading(book, sheet, TITLE, COMPILED, "", widths)
    top = write_note(book, sheet, top, f"一、各市报送情况（{_summary(cities)}）", "heading", widths)
    top = _write_cities(book, sheet, top, presentable(cities.select([column.field for column in CITIES])))
    top = write_note(book, sheet, top + 1, f"二、收到的文件（{files.height} 份）", "heading", widths)
    sheet.repeat_rows(top)
    sheet.freeze_panes(0, 3)
    after = write_within(book, sheet, top, Plan("收到的文件", f"{TITLE}：收到的文件", FILES, files, COMPILED, paper="A3"), widths)
    if files.height == after - top - 1:
        sheet.autofilter(top, 0, after - 1, len(FILES) - 1)


def _write_cities(book: Book, sheet: Worksheet, row: int, cities: pl.DataFrame) -> int:
    """The cities and their total on the columns of the files below; the remark runs to the last of them."""
    totals = [cities[shown.field].sum() if shown.field in _COUNTS else None for shown in CITIES]
    totals[CITIES.index(CITY)] = TOTAL
    headers = tuple(shown.title for shown in CITIES)
    numbers, words = {"header": "header", "total": "total"}, {"header": "header", "total": "total_text"}
    rows = [("", values) for values in cities.iter_rows()]
    for line, values in (("header", headers), *rows, ("total", totals)):
        sheet.set_row(row, 24)
        for place, (shown, value) in enumerate(zip(CITIES, values, strict=True)):
            look = book.formats[(numbers if shown.field in _COUNTS else words).get(line, shown.style)]
            last = len(FILES) - 1 if shown is CITIES[-1] else place
            if isinstance(value, int):
                sheet.write_number(row, place, value, look)
            else:
                across(sheet, row, place, last, value or "", look)
        row += 1
    return row


def _summary(cities: pl.DataFrame) -> str:
    states = cities.filter(pl.col("city") != NO_CITY)["state"]
    counts = {state: (states == state).sum() for state in STATES}
    # Most calls see no declaration and no such decision at all; the other states are always told.
    return "，".join(f"{state} {number} 市" for state, number in counts.items() if number or state not in (NIL, GIVEN))


def city_rows(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row a city in official order, and one for what no city can be told of, if there is any."""
    submissions = tables["submissions"]
    unknown = pl.col("city").is_null() | ~pl.col("city").is_in(list(call.CITY_ORDER))
    known = submissions.with_columns(
        city=pl.when(unknown).then(pl.lit(NO_CITY)).otherwise("city"))
    every = pl.DataFrame({"city": [city.name for city in call.CITIES]})
    if known["city"].is_in([NO_CITY]).any():
        every = every.vstack(pl.DataFrame({"city": [NO_CITY]}))
    frame = every.join(_counted(known), on="city", how="left", maintain_order="left").join(
        _declared(tables["cities"]), on="city", how="left", maintain_order="left")
    mending = pl.col("returned") + pl.col("unreadable") > 0
    nothing = pl.col("received") == 0
    nil, given = ((pl.col("declared") == one).fill_null(False) for one in (CityState.NIL, CityState.GIVEN))
    state = pl.when(nil).then(pl.lit(NIL)).when(given).then(pl.lit(GIVEN)).when(nothing).then(
        pl.lit(NOTHING)).when(mending).then(pl.lit(MENDING)).otherwise(pl.lit(PASSED))
    remark = pl.concat_str("remark", "nil_reason", separator="；", ignore_nulls=True)
    return numbered(frame.with_columns(pl.col(list(_COUNTS)).fill_null(0)).with_columns(
        state=state, remark=pl.when(remark != "").then(remark)))


def _declared(cities: pl.DataFrame) -> pl.DataFrame:
    """By city its state and what it declared, in words; a declaration that does not hold says so."""
    held = pl.col("state") == CityState.NIL
    said = pl.when(held).then(pl.format("零申报：{}", "nil_reason")).otherwise(
        pl.format("另有零申报说明，因已报送材料不生效：{}", "nil_reason"))
    return cities.select("city", declared="state", nil_reason=said)


def _counted(known: pl.DataFrame) -> pl.DataFrame:
    current = ~terms.of_status(Status.SUPERSEDED)
    returned = pl.col("consortium_name").filter(terms.of_status(Status.RETURNED))
    names = returned.drop_nulls().unique(maintain_order=True)
    return known.group_by("city", maintain_order=True).agg(
        received=(~terms.of_status(Status.IGNORED)).sum().cast(pl.Int64),
        admitted=terms.admitted().sum().cast(pl.Int64),
        **{status.value: terms.of_status(status).sum().cast(pl.Int64)
           for status in (Status.RETURNED, Status.UNREADABLE, Status.SUPERSEDED, Status.IGNORED)},
        **{field: pl.col(field).filter(current).sum() for field in ("errors", "warnings", "notices")},
        remark=pl.when(names.len() > 0).then("退回：" + names.str.join("、")))


def file_rows(tables: Shelf) -> pl.DataFrame:
    """One row a form or file received, with the rows read in it and the reason where it is not counted."""
    frame = arrivals.of_submissions(tables).drop("remark", "modified_at", "present", "withdrawn")
    for table in ("members", "platforms", "projects"):
        name = f"{table}_rows"
        counted = tables.columns(table, ("submission_id",)).group_by("submission_id").len(name).cast({name: pl.Int64})
        frame = frame.join(counted, on="submission_id", how="left", maintain_order="left")
    said = terms.first_message(tables["findings"], tables["ignored"])
    frame = frame.join(said, on="submission_id", how="left", maintain_order="left").sort(
        by_city(), "file", "sheet", "version", nulls_last=True, maintain_order=True)
    return numbered(frame.with_columns(
        late_word=pl.when("late").then(pl.lit("逾期")).otherwise(pl.lit("")), sha=pl.col("sha256").str.head(8),
        reason=pl.concat_str(terms.reason("consortium_id"), pl.when("vanished").then(pl.lit(arrivals.VANISHED)),
                             separator="；", ignore_nulls=True), status=terms.status()))
