"""2.组织合作情况 without its table: what the consortium works on, how it decides — and the L rules."""

from __future__ import annotations

import polars as pl

from schemas import call
from schemas.column import NOTE, column
from schemas.form import BlockModel
from schemas.kind import LONG_TEXT
from schemas.rule import required, rule

GOVERNANCE_HINT = f"决策执行机制、科技成果归属、利益分配等，不超过{call.GOVERNANCE_LIMIT}字"


class Cooperation(BlockModel):
    """One row a form."""

    rd_directions: str = column(
        "重点研发方向", LONG_TEXT, width=80, example="面向新型电力系统的宽禁带功率器件及装备",
        spellings=("研发方向", "主要研发方向", "重点研究方向", "重点研发方向及内容", "主攻方向", "重点研发内容", "研究方向", "重点攻关方向"),
        help="填写联合体重点研发方向，可分条列出。")
    governance: str = column(
        "联合体决策及运行机制", LONG_TEXT, required=True, width=80, hint=GOVERNANCE_HINT,
        example="设理事会和专家委员会，理事会每季度议事……",
        spellings=("决策及运行机制", "创新联合体决策及运行机制", "运行机制", "决策和运行机制", "联合体决策与运行机制", "决策运行机制",
                   "联合体运行机制", "决策与运行机制", "联合体决策和运行机制", "联合体决策运行机制", "联合体决策机制及运行机制",
                   "创新联合体决策与运行机制", "组织决策及运行机制"),
        help=f"写明决策执行机制、科技成果归属、利益分配等，不超过 {call.GOVERNANCE_LIMIT} 字（不计空格）。")

    l02 = required("L02", "E", each=("governance",), clause=call.CLAUSE_FORM,
                   says="没有填写，本栏必填",
                   fix=f"请填写决策执行机制、科技成果归属、利益分配等内容，不超过 {call.GOVERNANCE_LIMIT} 字")
    l04 = required("L04", "W", each=("rd_directions",), clause=call.CLAUSE_FORM,
                   says="没有填写", fix="请填写联合体重点研发方向，如“宽禁带功率器件”")

    @rule("L01", "E", on="governance", clause=call.CLAUSE_FORM, title=f"决策及运行机制超过 {call.GOVERNANCE_LIMIT} 字",
          says=f"限 {call.GOVERNANCE_LIMIT} 字，现约 {{governance_length}} 字（不计空格）", fix="请删减 {over} 字以上",
          facts=lambda row: {"over": row["governance_length"] - call.GOVERNANCE_LIMIT})
    def governance_too_long() -> pl.Expr:
        """By more than a matter of how one counts."""
        return pl.col("governance_length") <= call.GOVERNANCE_TOLERANCE

    @rule("L01", "W", on="governance", clause=call.CLAUSE_FORM, title=f"决策及运行机制略超 {call.GOVERNANCE_LIMIT} 字",
          says=f"限 {call.GOVERNANCE_LIMIT} 字，现约 {{governance_length}} 字（不计空格），略超", fix="请删减 {over} 字以上",
          facts=lambda row: {"over": row["governance_length"] - call.GOVERNANCE_LIMIT})
    def governance_slightly_too_long() -> pl.Expr:
        """By a few, which may be a matter of how one counts."""
        length = pl.col("governance_length")
        return ~length.is_between(call.GOVERNANCE_LIMIT + 1, call.GOVERNANCE_TOLERANCE)

    @rule("L03", "W", on="governance", clause=call.CLAUSE_FORM,
          says="栏内仍是模板提示语“{value}”", fix="请删去提示语，写明本联合体的决策执行机制、科技成果归属和利益分配办法")
    def governance_is_hint() -> pl.Expr:
        """决策及运行机制栏内仍是模板提示语"""
        return pl.col("governance" + NOTE) != "hint"


