"""牵头及成员单位已建省级以上创新平台 — and the P rules."""

from __future__ import annotations

import polars as pl

from schemas import call
from schemas.column import NOTE, column
from schemas.form import BlockModel
from schemas.form_2023 import listed
from schemas.kind import MONTH, TEXT
from schemas.rule import BLANK_NOTES, rule


class Platforms(BlockModel):
    """One row a platform; columns in sheet order."""

    serial: str = listed.serial_column()
    name: str = column(
        "平台名称", TEXT, required=True, width=32, example="江苏省智能电网重点实验室",
        spellings=("创新平台名称", "平台", "已建平台名称", "创新平台", "平台全称", "名称", "已建创新平台名称"),
        help="填写批复文件上的平台全称。")
    industry: str = listed.industry_column("新型电力装备")
    level: str = listed.level_column("平台", "省级")
    host_unit: str = column(
        "依托单位", TEXT, required=True, width=28, example="东南大学",
        spellings=("依托单位名称", "建设单位", "承建单位", "平台依托单位", "依托建设单位", "依托法人单位", "依托（建设）单位", "所在单位", "依托单位全称", "主持单位",
                   "依托机构"),
        help="填写依托的牵头单位或成员单位全称；几个单位共建的用“、”隔开。")
    established: str = column(
        "建设时间", MONTH, width=14, example="2021年10月",
        spellings=("建立时间", "成立时间", "批准时间", "获批时间", "批复时间", "建设年月", "认定时间", "建成时间", "批准建设时间", "建设日期", "组建时间",
                   "立项时间", "建设年份", "批建时间", "建成年月", "获批年月", "批准年月", "成立年月", "建成时间年月"),
        help="填写批准建设的年月，如“2021年10月”。")

    p07 = listed.name_missing("P07", "平台")

    level_unlisted = listed.level_unlisted("P01", "平台")

    host_not_member = listed.unit_not_member("P02", "host_unit", "依托单位")

    host_missing = listed.unit_missing("P02", "host_unit", "依托单位", "依托")

    host_is_department = listed.unit_is_department("P02", "host_unit", "依托单位")

    @rule("P03", "W", on="established", clause=call.CLAUSE_FORM,
          says="{given}，本栏应写明年月", fix="请写成“{example}”这样的年月",
          facts=lambda row: {"given": f"时间“{row['value']}”无法确定" + (
              f"（可能是{row['established__detail']}）" if row["established__note"] == "ambiguous" else "")
              if row["value"] else "没有填写"})
    def established_unreadable() -> pl.Expr:
        """建设时间没有填写或无法确定"""
        return ~pl.col("established" + NOTE).is_in(
            ["ambiguous", "unreadable", "year_only", "template", "duration", *BLANK_NOTES])

    @rule("P03", "W", on="established", clause=call.CLAUSE_FORM, title=f"建设时间早于 {call.EARLIEST_PLATFORM_YEAR} 年或在将来",
          says=f"时间“{{value}}”早于 {call.EARLIEST_PLATFORM_YEAR} 年或晚于收件日期", fix="请核对建设时间，写成“{example}”这样的年月")
    def established_out_of_range() -> pl.Expr:
        """The month of receipt is not in the future."""
        latest = pl.col("received").dt.strftime("%Y-%m")
        month = pl.col("established")
        return (month >= f"{call.EARLIEST_PLATFORM_YEAR}-01") & (month <= latest)

    industry_unlisted = listed.industry_unlisted("P04", "平台")

    platform_repeated = listed.repeated("P05", "平台")

    @rule("P06", "W", on=("name", "level"), clause=call.CLAUSE_FORM,
          says="名称“{value}”与所填级别“{level}”不一致", fix="请对照批复文件核对平台名称和级别")
    def level_unlike_name() -> pl.Expr:
        """平台名称与级别不一致"""
        name = pl.col("name")
        national = name.str.contains("^国家|全国重点|国家重点|国家级|国家工程|国家技术|国家企业技术中心|国家地方联合")
        provincial = name.str.contains("^江苏省|^省|省级|省重点实验室|省工程")
        return ~((national & (pl.col("level") == call.PROVINCIAL))
                 | (provincial & ~national & (pl.col("level") == call.NATIONAL)))
