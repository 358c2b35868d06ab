"""创新联合体汇总表: one row an admitted consortium, by city in official order, then by field."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.order import by_city, by_field, numbered
from pipeline.publish.plan import Fill
from pipeline.publish.register.columns import CITY, COMPILED, SERIAL, UNIT_COUNT, column, read_of
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from pipeline.shelf import Shelf
from schemas import call

TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体建设试点汇总表"
SIGNATURE = "填表人：　　　　　　　　审核人：　　　　　　　　联系电话："
COLUMNS = (
    SERIAL, CITY,
    column("consortia", "name", most=20, least=20),
    column("consortia", "industry", "centre", 10, 10),
    column("consortia", "lead_unit", most=20, least=20),
    column("consortia", "lead_uscc", "code", 20, 20, "牵头单位在成员表中的统一社会信用代码。"),
    column("consortia", "lead_type", "centre", 10, 10),
    column("consortia", "legal_representative", "centre", 8, 10),
    column("consortia", "lead_scientist", "centre", 8, 10),
    column("consortia", "lead_scientist_title", "centre", 8, 10),
    column("consortia", "contact", "centre", 8, 10),
    column("consortia", "phone", "centre", 15, 16),
    column("consortia", "address", most=18, least=16),
    *(column("consortia", field, "count", 6, 8, "填报数，不是按成员表数出的数。") for field in (
        "member_count", "enterprise_count", "university_count", "institute_count", "other_count")),
    *(column("consortia", field, "count", 6.5, 10) for field in (
        "staff_count", "technical_staff_count", "ip_count", "invention_patent_count")),
    Column("platform_count", "创新平台数", "count", 6, 8, "表中所列省级以上创新平台的行数。"),
    Column("project_count", "科技计划项目数", "count", 6, 8, "表中所列省级以上重大科技计划的行数。"),
    column("consortia", "rd_directions", most=34, least=24),
    column("submissions", "warnings", "count", 6, 8, "入库但需核实的问题数，逐项见“退回与待核”。"),
)


# What tells which consortia are admitted, and in which order.
PLACED_BY = ("submission_id", "admitted", "city", "industry", "name")
# What puts a row of a form's table among those of its consortium.
ROW = ("submission_id", "city", "seq", "admitted")
LISTED = {"consortia": read_of("consortia", COLUMNS, *PLACED_BY)}


def write(book: Book, name: str, tables: Shelf) -> None:
    """Write the sheet."""
    frame = rows(tables)
    left = f"{COMPILED}　　共 {frame.height} 个"
    write_plan(book, Plan(name, TITLE, COLUMNS, frame, left, UNIT_COUNT, frozen=3, paper="A3",
                          signature=SIGNATURE))


def rows(tables: Shelf) -> pl.DataFrame:
    """Admitted consortia with serial numbers, counts of platforms and projects, and warnings."""
    counts = [tables.columns(table, ("submission_id",)).group_by("submission_id").len(name).cast({name: pl.Int64})
              for table, name in (("platforms", "platform_count"), ("projects", "project_count"))]
    frame = admitted(tables)
    for counted in counts:
        frame = frame.join(counted, on="submission_id", how="left", maintain_order="left")
    warnings = tables["submissions"].unique("submission_id", keep="first").select("submission_id", "warnings")
    frame = frame.join(warnings, on="submission_id", how="left", maintain_order="left")
    # One telephone number a line: it is not broken at its hyphen then.
    return numbered(frame.with_columns(pl.col("platform_count", "project_count").fill_null(0),
                                       pl.col("phone").str.replace_all(r"[、，,；;]\s*", "\n")))


def admitted(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Admitted consortia (`schemas.register.Consortia`) by city in official order, then by field of the call."""
    return tables["consortia"].filter("admitted").sort(by_city(), by_field(), "name", nulls_last=True,
                                                       maintain_order=True)


def placed(frame: pl.DataFrame, tables: Mapping[str, pl.DataFrame], **more: pl.Expr) -> tuple[pl.DataFrame, Fill]:
    """Admitted rows of a form's table in the order of their consortia: which they are, and what makes some of them
    whole.

    Whole they have the name of the consortium, a serial, and the columns `more`.
    """
    order = admitted(tables).select("submission_id", "name").with_row_index("consortium")
    found = frame.select(ROW).with_row_index("row").filter("admitted").join(
        order.drop("name"), on="submission_id", how="left", maintain_order="left")
    found = found.sort("consortium", "seq", nulls_last=True, maintain_order=True)
    placed_rows = found.select("row", "city", "consortium").with_row_index("serial", 1)

    def fill(some: pl.DataFrame) -> pl.DataFrame:
        return frame[some["row"]].with_columns(
            some["serial"].cast(pl.String), consortium=order["name"].gather(some["consortium"])).with_columns(**more)

    return placed_rows, fill
