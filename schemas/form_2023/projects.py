"""牵头及成员单位近三年承担省级以上重大科技计划 — and the J rules."""

from __future__ import annotations

import polars as pl

from schemas import call
from schemas.column import NOTE, column, part
from schemas.form import BlockModel
from schemas.form_2023 import listed
from schemas.kind import PERIOD, TEXT
from schemas.rule import BLANK_NOTES, rule
from schemas.wording import month_in_words


class Projects(BlockModel):
    """One row a project; columns in sheet order."""

    serial: str = listed.serial_column()
    name: str = column(
        "项目名称", TEXT, required=True, width=32, example="大功率宽禁带器件关键技术研发",
        spellings=("科技计划项目名称", "计划名称", "项目", "课题名称", "项目（课题）名称", "承担项目名称", "项目全称", "名称", "科技计划名称",
                   "计划项目名称", "重大科技计划名称", "科技项目名称"),
        help="填写立项文件上的项目全称。")
    industry: str = listed.industry_column("第三代半导体")
    level: str = listed.level_column("项目", "国家级", "计划级别")
    period: str = column(
        "实施期", PERIOD, width=20, example="2021.01-2023.12",
        spellings=("实施期限", "实施年限", "起止时间", "起止年月", "起止年限", "项目实施期", "执行期", "执行期限", "实施周期", "项目起止时间", "研究期限",
                   "实施时间", "起止日期", "项目周期", "实施起止时间", "项目执行期", "实施期间", "建设周期", "项目期限", "合同期限", "合同期", "研究周期",
                   "项目实施期限", "项目实施起止时间", "任务期限"),
        halves=(("开始时间", "起始时间", "开始日期", "起始日期", "开始年月", "起始年月", "开始", "起始", "实施期开始", "立项时间", "实施期起"),
                ("结束时间", "截止时间", "终止时间", "结束日期", "截止日期", "结束年月", "截止年月", "结束", "截止", "终止", "实施期结束",
                 "完成时间", "实施期止", "终止日期")),
        help="填写起止年月，如“2021.01-2023.12”。")
    undertaker: str = column(
        "承担单位", TEXT, required=True, width=28, example="江苏某某科技股份有限公司",
        spellings=("项目承担单位", "承担单位名称", "牵头承担单位", "主要承担单位", "实施单位", "项目单位", "承担（参与）单位", "项目实施单位", "承担单位全称", "主持单位",
                   "主持（承担）单位", "主持承担单位", "项目主持单位"),
        help="填写承担项目的牵头单位或成员单位全称；几个单位承担的用“、”隔开。")
    period_start: str = part("period", "开始年月")
    period_end: str = part("period", "结束年月")

    j07 = listed.name_missing("J07", "项目")

    level_unlisted = listed.level_unlisted("J01", "项目")

    undertaker_not_member = listed.unit_not_member("J02", "undertaker", "承担单位")

    undertaker_missing = listed.unit_missing("J02", "undertaker", "承担单位", "承担项目")

    undertaker_is_department = listed.unit_is_department("J02", "undertaker", "承担单位")

    @rule("J03", "W", on="period", clause=call.CLAUSE_FORM,
          says="{given}，本栏应写明起止年月", fix="请写成“{example}”这样的起止年月",
          facts=lambda row: {"given": f"填的是“{row['value']}”" if row["value"] else "没有填写"})
    def period_unreadable() -> pl.Expr:
        """实施期没有填写或看不出起止年月"""
        return ~pl.col("period" + NOTE).is_in(
            ["unreadable", "duration", "single", "ambiguous", "template", "year_only", *BLANK_NOTES])

    @rule("J03", "W", on="period", clause=call.CLAUSE_FORM,
          says="实施期“{value}”的结束早于开始", fix="请核对起止年月，写成“{example}”")
    def period_backwards() -> pl.Expr:
        """实施期结束早于开始"""
        return pl.col("period_end") >= pl.col("period_start")

    @rule("J03", "W", on="period", clause=call.CLAUSE_FORM, title=f"实施期超过 {call.LONGEST_PROJECT_YEARS} 年",
          says=f"实施期“{{value}}”超过 {call.LONGEST_PROJECT_YEARS} 年，少见", fix="请核对起止年月，写成“{example}”；无误的请在说明栏写明")
    def period_too_long() -> pl.Expr:
        """From the month in which it begins to that in which it ends."""
        def months(column: str) -> pl.Expr:
            pieces = pl.col(column).str.split("-")
            return pieces.list.get(0).cast(pl.Int32) * 12 + pieces.list.get(1, null_on_oob=True).cast(pl.Int32)
        return months("period_end") - months("period_start") < call.LONGEST_PROJECT_YEARS * 12

    industry_unlisted = listed.industry_unlisted("J04", "项目")

    project_repeated = listed.repeated("J05", "项目")

    @rule("J06", "W", on="period", clause=call.CLAUSE_FORM,
          says=f"实施期“{{value}}”不在近三年（{'至'.join(map(month_in_words, call.PROJECT_WINDOW))}）内",
          fix="请核对实施期；不属近三年的项目请从本表删去")
    def period_outside_window() -> pl.Expr:
        """实施期不在近三年内"""
        first, last = call.PROJECT_WINDOW
        start, end = pl.col("period_start"), pl.col("period_end")
        # An open end (至今) overlaps whatever lies after its start.
        overlaps = (start <= last) & ((end >= first) | (end.is_null() & (pl.col("period" + NOTE) == "open")))
        return overlaps | (end < start).fill_null(False)
