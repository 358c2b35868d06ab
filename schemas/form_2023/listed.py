"""What the tables have in common: columns, and rules of platforms and projects that differ by code and noun only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from schemas import call
from schemas.column import NOTE, column
from schemas.form_2023.basics import CHOOSE_A_FIELD, field_facts
from schemas.kind import FIELD, LEVEL, TEXT
from schemas.rule import BLANK_NOTES, required, rule

_LEVEL_SPELLINGS = ("国家级/省级", "国家级或省级", "国家/省级", "国家级省级", "级别类别", "所属级别", "级别(国家级/省级)", "等级", "层级",
                    "级别（国家级、省级）", "类别级别", "级别（国家/省级）")
_UNREADABLE = ("below_province", "ministry", "both", "unreadable", *BLANK_NOTES)


def serial_column() -> Any:
    """The column 序号 of every table."""
    return column("序号", TEXT, width=6, spellings=("编号", "No", "NO.", "序", "行号", "顺序号"), help="从 1 起连续编号。")


def industry_column(example: str) -> Any:
    """The column 产业领域 of a table."""
    return column("产业领域", FIELD, width=20, choices=call.FIELDS, example=example,
                  spellings=("所属产业领域", "所属领域", "领域", "产业方向", "技术领域", "所属产业", "行业领域"),
                  help=f"从《通知》所列 {len(call.FIELDS)} 个领域中选填。")


def level_column(noun: str, example: str, *spellings: str) -> Any:
    """The column 级别 of a table of `noun` (平台, 项目)."""
    return column("级别", LEVEL, required=True, width=12, choices=call.LEVELS, example=example,
                  spellings=(f"{noun}级别", f"{noun}等级", *spellings, *_LEVEL_SPELLINGS),
                  help=f"只填“国家级”或“省级”；市级{noun}不填入本表。")


def name_missing(code: str, noun: str) -> Any:
    """P07, J07: a used row without a name."""
    return required(code, "E", each=("name",), clause=call.CLAUSE_FORM,
                    says="没有填写，而本行其他栏有内容", fix=f"请填写{noun}名称；多余的行请整行清空")


def level_unlisted(code: str, noun: str) -> Any:
    """P01, J01: a level that is neither of the two."""
    return rule(code, "E", on="level", clause=call.CLAUSE_FORM, facts=_level_facts, once=True,
                title=f"{noun}级别不是国家级或省级", says="{given}，级别只能是“国家级”或“省级”{below}",
                fix=f"请填“国家级”或“省级”；市级{noun}请从本表删去")(lambda: ~pl.col("level" + NOTE).is_in(_UNREADABLE))


def _level_facts(row: Mapping[str, Any]) -> dict[str, str]:
    """What the level cell holds, in words."""
    given = f"填的是“{row['value']}”" if row["value"] else "没有填写"
    below = "，市级及以下不在本表范围" if row["level__note"] == "below_province" else ""
    return {"given": given, "below": below}


def unit_not_member(code: str, unit: str, label: str) -> Any:
    """P02, J02: a unit that is no member of the consortium."""
    return rule(code, "E", on=unit, clause=call.CLAUSE_FORM, title=f"{label}不是本联合体成员",
                says="“{strangers}”不是本联合体的牵头单位或成员单位",
                fix="请核对单位名称，与成员表写法一致；确为成员的请在成员表补列")(lambda: pl.col("stranger") != "stranger")


def unit_missing(code: str, unit: str, label: str, what: str) -> Any:
    """P02, J02: no unit at all."""
    return rule(code, "E", on=unit, clause=call.CLAUSE_FORM, title=f"{label}没有填写", once=True,
                says="没有填写，本栏必填", fix=f"请填写{what}的牵头单位或成员单位全称")(
        lambda: ~pl.col(unit + NOTE).is_in(BLANK_NOTES))


def unit_is_department(code: str, unit: str, label: str) -> Any:
    """P02, J02: a unit that contains a member's name."""
    return rule(code, "W", on=unit, clause=call.CLAUSE_FORM, title=f"{label}像是成员的内设部门",
                says="“{strangers}”像是成员单位的内设部门", fix="请填写成员单位全称，与成员表写法一致")(
        lambda: pl.col("stranger") != "department")


def industry_unlisted(code: str, noun: str) -> Any:
    """P04, J04: a field that the call does not list."""
    return rule(code, "W", on="industry", clause=call.CLAUSE_FIELDS, facts=field_facts,
                title=f"{noun}产业领域不在所列 {len(call.FIELDS)} 个领域内",
                says=f"{{given}}，本栏应为《通知》所列 {len(call.FIELDS)} 个领域之一{{near}}", fix=CHOOSE_A_FIELD)(
        lambda: ~pl.col("industry" + NOTE).is_in(["unlisted", "several", *BLANK_NOTES]))


def repeated(code: str, noun: str) -> Any:
    """P05, J05: the same name twice in one form."""
    return rule(code, "W", on="name", clause=call.CLAUSE_FORM, title=f"{noun}在本表重复",
                says="“{value}”与第 {same_name_seq} 行重复", fix=f"请删去重复的一行；确为两个{noun}的请写明全称")(
        lambda: pl.col("same_name_seq").is_null())
