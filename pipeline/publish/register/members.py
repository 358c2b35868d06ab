"""成员参与明细: one row a member of an admitted consortium, as the form has it."""

from __future__ import annotations

import polars as pl

from pipeline.publish.register.columns import CITY, COMPILED, IN_WAN, SERIAL, column, read_of
from pipeline.publish.register.consortia import ROW, placed
from pipeline.publish.register.foundation import CONSORTIUM
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from pipeline.shelf import Shelf
from schemas import call
from schemas.register import LEAD_ROLE, MEMBER_ROLE

TITLE = f"{call.PROVINCE}创新联合体成员参与明细表"
COLUMNS = (
    SERIAL, CITY, CONSORTIUM,
    Column("role", "角色", "centre", 6, 6, f"{LEAD_ROLE}单位或{MEMBER_ROLE}单位。"),
    column("members", "name", most=30, least=20),
    column("members", "uscc", "code", 20, 20),
    column("members", "task", most=32, least=14),
    column("members", "duty", most=32, least=14),
    column("members", "revenue_wan", "money", 15.5, 22),
    column("members", "rd_spend_wan", "money", 15.5, 22),
)


LISTED = {"members": read_of("members", COLUMNS, *ROW, "org_id")}


def write(book: Book, name: str, tables: Shelf) -> None:
    """Write the sheet."""
    members = tables["members"].with_columns(_leads(tables))
    role = pl.when("leads").then(pl.lit(LEAD_ROLE)).otherwise(pl.lit(MEMBER_ROLE))
    frame, fill = placed(members, tables, role=role)
    left = f"{COMPILED}　　共 {frame.height} 行"
    write_plan(book, Plan(name, TITLE, COLUMNS, frame, left, IN_WAN, frozen=3, fill=fill))


def _leads(tables: Shelf) -> pl.Series:
    """Whether each member leads the consortium of its form."""
    sources = tables.columns("sources", ("submission_id", "org_id", "role"))
    leads = sources.filter(pl.col("role") == LEAD_ROLE).drop("role").unique()
    return tables["members"].select("submission_id", "org_id").join(
        leads.with_columns(leads=True), on=["submission_id", "org_id"], how="left", maintain_order="left")["leads"]
