"""成员参与明细: one row a member of an admitted consortium, as the form has it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.register.columns import CITY, COMPILED, IN_WAN, SERIAL, column
from pipeline.publish.register.consortia import placed
from pipeline.publish.register.foundation import CONSORTIUM
from pipeline.publish.sheet import Book, Column, Plan, write_plan
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


def write(book: Book, name: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write the sheet."""
    frame = placed(_with_role(tables), tables)
    left = f"{COMPILED}　　共 {frame.height} 行"
    write_plan(book, Plan(name, TITLE, COLUMNS, frame, left, IN_WAN, frozen=3))


def _with_role(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    leads = tables["sources"].filter(pl.col("role") == LEAD_ROLE).select("submission_id", "org_id").unique()
    leads = leads.with_columns(role=pl.lit(LEAD_ROLE))
    return (tables["members"].join(leads, on=["submission_id", "org_id"], how="left", maintain_order="left")
            .with_columns(pl.col("role").fill_null(MEMBER_ROLE)))
