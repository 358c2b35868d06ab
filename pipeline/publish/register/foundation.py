"""创新平台 and 科技计划项目: what the members of admitted consortia have built and carried out."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.plan import Fill
from pipeline.publish.register.columns import CITY, COMPILED, SERIAL, column, read_of
from pipeline.publish.register.consortia import ROW, placed
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from schemas import call
from schemas.current import FORM
from schemas.register import titles

PERIOD = FORM.block("projects").columns["period"]
CONSORTIUM = Column("consortium", titles("consortia")["name"], "text", 20, 30, "所在的创新联合体。")
PLATFORM_COLUMNS = (
    SERIAL, CITY, CONSORTIUM,
    column("platforms", "name", most=40, least=24),
    column("platforms", "industry", "centre", 12, 16),
    column("platforms", "level", "centre", 8, 10),
    column("platforms", "host_unit", most=34, least=20),
    column("platforms", "established", "centre", 12, 12),
)
PROJECT_COLUMNS = (
    SERIAL, CITY, CONSORTIUM,
    column("projects", "name", most=40, least=24),
    column("projects", "industry", "centre", 12, 16),
    column("projects", "level", "centre", 8, 10),
    Column("period", PERIOD.label, "centre", 18, 20, PERIOD.help),
    column("projects", "undertaker", most=34, least=20),
)

PLATFORMS_LISTED = {"platforms": read_of("platforms", PLATFORM_COLUMNS, *ROW)}
PROJECTS_LISTED = {"projects": read_of("projects", PROJECT_COLUMNS, *ROW, "period_start", "period_end")}


def write_platforms(book: Book, name: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write 创新平台."""
    frame, fill = placed(tables["platforms"], tables, established=_month("established"))
    _write(book, name, "省级以上创新平台一览表", PLATFORM_COLUMNS, frame, fill)


def write_projects(book: Book, name: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write 科技计划项目; an end that is open stays open."""
    ends = pl.concat_str(_month("period_start"), _month("period_end").fill_null(""), separator="—")
    frame, fill = placed(tables["projects"], tables, period=ends)
    _write(book, name, "近三年承担省级以上重大科技计划一览表", PROJECT_COLUMNS, frame, fill)


def _month(field: str) -> pl.Expr:
    # YYYY-MM in the tables, 2021.10 on paper.
    return pl.col(field).str.replace("-", ".", literal=True)


def _write(book: Book, name: str, title: str, columns: tuple[Column, ...], frame: pl.DataFrame,
           fill: Fill) -> None:
    write_plan(book, Plan(name, f"{call.PROVINCE}创新联合体{title}", columns, frame,
                          left=f"{COMPILED}　　共 {frame.height} 项", frozen=3, fill=fill))
