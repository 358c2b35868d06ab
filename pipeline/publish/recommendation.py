"""推荐汇总表.xlsx: one city's admitted consortia in official order, ready to print and stamp."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipeline import cities
from pipeline.publish import style, terms
from pipeline.publish.atomic import replacing
from pipeline.publish.order import numbered, ordered
from pipeline.publish.register.columns import SERIAL, column
from pipeline.publish.register.consortia import admitted
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from schemas import call
from schemas.register import TO_MEND

SHEET = "推荐汇总表"
COLUMNS = (
    SERIAL,
    column("consortia", "name", least=18, most=22),
    column("consortia", "industry", "centre", 9, 10),
    column("consortia", "lead_unit", least=18, most=22),
    column("consortia", "lead_type", "centre", 11, 11),
    column("members", "uscc", "code", 20, 20),
    Column("composition", "成员总数及构成", "text", 15, 15),
    column("consortia", "lead_scientist", "centre", 9, 10),
    column("consortia", "contact", "centre", 8, 9),
    column("consortia", "phone", "centre", 15, 16),
    column("consortia", "rd_directions", least=28, most=36),
)
SIGNATURE = "填表人：　　　　　　　　审核人：　　　　　　　　联系电话：　　　　　　　　　　日期：　　　　年　　月　　日"
_KINDS = dict(zip(("enterprise_count", "university_count", "institute_count", "other_count"), call.MEMBER_KINDS,
                  strict=True))


def write(tables: Mapping[str, pl.DataFrame], city: str, target: Path) -> None:
    """Write one city's table, in one step; same rows, same bytes. `city` is an official name, as 南京市."""
    write_listed(tables, city, target, rows(ordered({"consortia": tables["consortia"]}), city))


def write_listed(tables: Mapping[str, pl.DataFrame], city: str, target: Path, frame: pl.DataFrame) -> None:
    """Write the `rows` of one city; `submissions` and `cities` are looked at where there are none."""
    title = f"{city}创新联合体建设试点推荐汇总表"
    notes = () if frame.height else ((nothing(tables, city), "heading"),)
    bureau = next((known.bureau for known in call.CITIES if known.name == city), city)
    with replacing(target) as aside, style.workbook(aside, title) as workbook:
        write_plan(Book(workbook), Plan(
            SHEET, title, COLUMNS, frame, f"填报单位（盖章）：{bureau}", f"共 {frame.height} 个", notes, frozen=2,
            signature=SIGNATURE))


def rows(tables: Mapping[str, pl.DataFrame], city: str) -> pl.DataFrame:
    """The city's admitted consortia by field of the call, then name, with serial numbers."""
    return numbered(of_all(tables).filter(pl.col("city") == city))


def of_all(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rows of all cities, city by city, without numbers.

    `schemas.register.Consortia` with `uscc` and `composition`.
    """
    # One telephone number a line: it is not broken at its hyphen then.
    return admitted(tables).with_columns(
        pl.col("phone").str.replace_all(r"[、，,；;]\s*", "\n"),
        uscc="lead_uscc", composition=_composition())


def _composition() -> pl.Expr:
    """12 个：企业 6，高校 3 … as filled in; a kind that was left empty is left out."""
    parts = [pl.format("{} {}", pl.lit(kind), pl.col(field)) for field, kind in _KINDS.items()]
    listed = pl.concat_list(parts).list.drop_nulls().list.join("\n")
    return pl.concat_str(pl.format("共 {} 个", pl.col("member_count")), listed.replace("", None), separator="\n",
                         ignore_nulls=True)


def nothing(tables: Mapping[str, pl.DataFrame], city: str) -> str:
    """Why the table is empty: nothing came, nothing that came is admitted yet, or nothing is asked of the city."""
    forms = tables["submissions"].filter(pl.col("city") == city)
    mending = forms.filter(terms.of_status(*TO_MEND)).height
    if mending:
        return f"本市目前没有入库的创新联合体：已报送的 {mending} 份须改正后重报，改正内容见“问题清单”。"
    why = cities.excused(tables["cities"]).get(city, "尚未收到可计入的报送材料。")
    return f"本市目前没有入库的创新联合体：{why}"
