"""The form's single values as one block, one row a form, with what stands on its cover — and the D rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from schemas import call
from schemas.column import NOTE, column
from schemas.form_2023.basics import Basics
from schemas.form_2023.cooperation import Cooperation
from schemas.form_2023.foundation import Foundation
from schemas.kind import DAY, TEXT
from schemas.rule import BLANK_NOTES, rule


def _period(row: Mapping[str, Any]) -> dict[str, str]:
    """The first and the last day for a date, with their years where it is not all one year."""
    days = call.ISSUED, row["due"]
    plain = {day.year for day in (*days, row["fill_date"])} == {call.ISSUED.year}
    return {name: f"{day:%-m月%-d日}" if plain else f"{day:%Y年%-m月%-d日}"
            for name, day in zip(("first", "last"), days, strict=True)}


class Consortium(Basics, Cooperation, Foundation):
    """Sections 1, 2 and 3 in sheet order; the cover's two cells are read where a cover is."""

    cover_name: str = column("封面创新联合体名称", TEXT, help="封面上的创新联合体名称，应与基础信息表一致。")
    fill_date: pl.Date = column(
        "填报日期", DAY, required=True, width=20, example="2023年9月18日",
        spellings=("填表日期", "申报日期", "填报时间", "填表时间", "报送日期", "申报时间"),
        help="填写填报日期，应在《通知》印发日至截止日之间。")

    @rule("D01", "E", on="fill_date", clause=call.CLAUSE_FORM,
          says="{given}，本栏应写明年月日", fix="请填写填报日期，如“2023年9月18日”",
          facts=lambda row: {"given": f"填的是“{row['value']}”" if row["value"] else "没有填写"})
    def fill_date_unreadable() -> pl.Expr:
        """填报日期没有填写或无法识别"""
        missing = [note for note in BLANK_NOTES if note != "absent"]
        return ~pl.col("fill_date" + NOTE).is_in(["unreadable", "ambiguous", "year_only", "template", *missing])

    @rule("D02", "W", on="fill_date", clause=call.CLAUSE_SUBMISSION,
          says="填报日期“{value}”晚于收件日期 {received:%Y年%-m月%-d日}", fix="请核对填报日期")
    def fill_date_after_receipt() -> pl.Expr:
        """填报日期晚于收件时间"""
        return pl.col("fill_date") <= pl.col("received")

    @rule("D03", "W", on="fill_date", clause=call.CLAUSE_SUBMISSION,
          facts=_period, says="填报日期“{value}”不在《通知》印发日（{first}）至截止日（{last}）之间", fix="请核对填报日期")
    def fill_date_outside_call() -> pl.Expr:
        """填报日期不在通知印发日至截止日之间"""
        return pl.col("fill_date").is_between(call.ISSUED, pl.col("due")) | (
            pl.col("fill_date") > pl.col("received"))


