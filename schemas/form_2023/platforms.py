"""牵头及成员单位已建省级以上创新平台 — and the P rules."""

from __future__ import annotations

import polars as pl

from schemas import call
from schemas.column import NOTE, column
from schemas.form import BlockModel
from schemas.form_2023.basics import field_facts
from schemas.kind import FIELD, LEVEL, MONTH, TEXT
from schemas.rule import BLANK_NOTES, required, rule

LEVEL_SPELLINGS = ("国家级/省级", "国家级或省级", "国家/省级", "国家级省级", "级别类别", "所属级别", "级别(国家级/省级)", "等级", "层级", "级别（国家级、省级）", "类别级别")
UNREADABLE = ("below_province", "ministry", "both", "unreadable", *BLANK_NOTES)


def level_facts(row) -> dict[str, str]:
    """What the level cell holds, in words."""
    given = f"填的是“{row['value']}”" if row["value"] else "没有填写"
    below = "，市级及以下不在本表范围" if row["level__note"] == "below_province" else ""
    return {"given": given, "below": below}


class Platforms(BlockModel):
    """One row a platform; columns in sheet order."""

    serial: str = column("序号", TEXT, width=6, spellings=("编号", "No", "NO.", "序", "行号", "顺序号"), help="从 1 起连续编号。")
    name: str = column(
        "平台名称", TEXT, required=True, width=32, example="江苏省智能电网重点实验室",
        spellings=("创新平台名称", "平台", "已建平台名称", "创新平台", "平台全称", "名称", "已建创新平台名称"),
        help="填写批复文件上的平台全称。")
    industry: str = column(
        "产业领域", FIELD, width=20, choices=call.FIELDS, example="新型电力装备",
        spellings=("所属产业领域", "所属领域", "领域", "产业方向", "技术领域", "所属产业", "行业领域"),
        help="从《通知》所列 24 个领域中选填。")
    level: str = column(
        "级别", LEVEL, required=True, width=12, choices=call.LEVELS, example="省级",
        spellings=("平台级别", *LEVEL_SPELLINGS, "平台等级", "级别（国家/省级）"),
        help="只填“国家级”或“省级”；市级平台不填入本表。")
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

    p07 = required("P07", "E", each=("name",), clause=call.CLAUSE_FORM,
                   says="没有填写，而本行其他栏有内容", fix="请填写平台名称；多余的行请整行清空")

    @rule("P01", "E", on="level", clause=call.CLAUSE_FORM, facts=level_facts,
          says="{given}，级别只能是“国家级”或“省级”{below}", fix="请填“国家级”或“省级”；市级平台请从本表删去")
    def level_unlisted() -> pl.Expr:
        """平台级别不是国家级或省级"""
        return ~pl.col("level" + NOTE).is_in(UNREADABLE)

    @rule("P02", "E", on="host_unit", clause=call.CLAUSE_FORM,
          says="“{strangers}”不是本联合体的牵头单位或成员单位", fix="请核对单位名称，与成员表写法一致；确为成员的请在成员表补列")
    def host_not_member() -> pl.Expr:
        """依托单位不是本联合体成员"""
        return pl.col("stranger") != "stranger"

    @rule("P02", "E", on="host_unit", clause=call.CLAUSE_FORM,
          says="没有填写，本栏必填", fix="请填写依托的牵头单位或成员单位全称")
    def host_missing() -> pl.Expr:
        """依托单位没有填写"""
        return ~pl.col("host_unit" + NOTE).is_in(BLANK_NOTES)

    @rule("P02", "W", on="host_unit", clause=call.CLAUSE_FORM,
          says="“{strangers}”像是成员单位的内设部门", fix="请填写成员单位全称，与成员表写法一致")
    def host_is_department() -> pl.Expr:
        """依托单位像是成员的内设部门"""
        return pl.col("stranger") != "department"

    @rule("P03", "W", on="established", clause=call.CLAUSE_FORM,
          says="{given}，本栏应写明年月", fix="请写成“{example}”这样的年月",
          facts=lambda row: {"given": f"时间“{row['value']}”无法确定" + (
              f"（可能是{row['established__detail']}）" if row["established__note"] == "ambiguous" else "")
              if row["value"] else "没有填写"})
    def established_unreadable() -> pl.Expr:
        """建设时间没有填写或无法确定"""
        return ~pl.col("established" + NOTE).is_in(
            ["ambiguous", "unreadable", "year_only", "template", "duration", *BLANK_NOTES])

    @rule("P03", "W", on="established", clause=call.CLAUSE_FORM,
          says="时间“{value}”早于 1980 年或晚于收件日期", fix="请核对建设时间，写成“{example}”这样的年月")
    def established_out_of_range() -> pl.Expr:
        """建设时间早于 1980 年或在将来"""
        latest = pl.col("received").dt.strftime("%Y-%m")
        month = pl.col("established")
        return (month >= call.EARLIEST_PLATFORM) & (month <= latest)

    @rule("P04", "W", on="industry", clause=call.CLAUSE_FIELDS, facts=field_facts,
          says="{given}，本栏应为《通知》所列 24 个领域之一{near}", fix="请从 24 个领域中选填一个；确属其他领域的请在说明栏写明")
    def industry_unlisted() -> pl.Expr:
        """平台产业领域不在所列 24 个领域内"""
        return ~pl.col("industry" + NOTE).is_in(["unlisted", "several", *BLANK_NOTES])

    @rule("P05", "W", on="name", clause=call.CLAUSE_FORM,
          says="“{value}”与第 {same_name_seq} 行重复", fix="请删去重复的一行；确为两个平台的请写明全称")
    def platform_repeated() -> pl.Expr:
        """平台在本表重复"""
        return pl.col("same_name_seq").is_null()

    @rule("P06", "W", on=("name", "level"), clause=call.CLAUSE_FORM,
          says="名称“{value}”与所填级别“{level}”不一致", fix="请对照批复文件核对平台名称和级别")
    def level_unlike_name() -> pl.Expr:
        """平台名称与级别不一致"""
        name = pl.col("name")
        national = name.str.contains("^国家|全国重点|国家重点|国家级|国家工程|国家技术|国家企业技术中心|国家地方联合")
        provincial = name.str.contains("^江苏省|^省|省级|省重点实验室|省工程")
        return ~((national & (pl.col("level") == call.PROVINCIAL))
                 | (provincial & ~national & (pl.col("level") == call.NATIONAL)))
