"""The rules across forms (X…, and those of B, L, M, P, J that look at other forms), and what they need derived.

They run over all current forms at once. Each form that takes part gets its own finding at its own cells; what it is
shown of others is names of organisations and consortia and amounts, never persons.
"""

from __future__ import annotations

import re

import pandera.polars as pa
import polars as pl

from schemas import call, uscc
from schemas.column import NOTE
from schemas.form import BlockModel
from schemas.form_2023.across import READABLE
from schemas.form_2023.members import MONEY_FIELDS
from schemas.frame import with_mapped
from schemas.rule import rule
from schemas.similar import near_twins

DAMAGED = ("number", "checksum", "character", "length")
# How far a slip of units moves an amount: 元, 千元 or 亿元 for 万元.
UNIT_SLIPS = (10, 10_000)


class AcrossConsortia(BlockModel):
    """One row a current form."""

    @rule("X01", "W", on="lead_unit", clause=call.CLAUSE_SUBMISSION,
          says="“{value}”同时牵头{led_names}", fix="请核对是否重复报送；“成熟一个、推荐一个”，确需同时牵头的请在说明栏写明")
    def leads_several() -> pl.Expr:
        """同一单位牵头几个联合体"""
        return pl.col("led_names").is_null()

    @rule("X04", "E", on="name", clause=call.CLAUSE_SUBMISSION,
          says="“{value}”由{same_name_cities}分别报送，一个联合体只能由一个市报送", fix="请与对方市协调，由一个市报送，另一市撤回或更名")
    def reported_by_two_cities() -> pl.Expr:
        """两个市报送了同名联合体"""
        return pl.col("same_name_cities").is_null()

    @rule("X08", "I", on="phone", clause=call.CLAUSE_FORM,
          says="联系电话“{value}”同时是另一牵头单位的联系电话", fix="仅提示，无误可不改")
    def phone_shared() -> pl.Expr:
        """不同牵头单位留了同一个电话"""
        return ~pl.col("phone_shared")

    @rule("L05", "I", on="governance", clause=call.CLAUSE_FORM,
          says="与“{same_text_as}”的文字高度相同", fix="仅提示，请核对是否为本联合体的内容")
    def governance_copied() -> pl.Expr:
        """决策及运行机制与另一联合体高度相同"""
        return pl.col("same_text_as").is_null()


class AcrossMembers(BlockModel):
    """One row a member of a current form; the amounts are named because two rules judge each by itself."""

    revenue_wan: float = pa.Field(nullable=True)
    rd_spend_wan: float = pa.Field(nullable=True)

    @rule("X02", "W", on="name", clause=call.CLAUSE_USCC,
          says="代码 {uscc} 对应几个名称：{names_of_code}", fix="请以证照上的名称为准；更名的请注明原名称")
    def code_with_several_names() -> pl.Expr:
        """同一代码在不同表中名称不同"""
        return pl.col("names_of_code").is_null()

    @rule("X03", "W", on="uscc", clause=call.CLAUSE_USCC,
          says="“{name}”在不同表中对应几个代码：{codes_of_name}", fix="请与证照核对代码；确为两个单位的请写明全称加以区别")
    def name_with_several_codes() -> pl.Expr:
        """同一名称在不同表中代码不同"""
        return pl.col("codes_of_name").is_null()

    @rule("X05", "W", each=MONEY_FIELDS, clause=call.CLAUSE_FORM,
          says="“{name}”在不同表中的{label}为 {amounts} 万元，应一致", fix="请与该单位核实后统一；无误的请在说明栏写明",
          facts=lambda row: {"amounts": row[f"amounts_{row['field']}"]})
    def money_differs(field: str) -> pl.Expr:
        """同一单位在不同表中的金额不同"""
        return pl.col(f"differs_{field}") != "amount"

    @rule("M26", "W", each=MONEY_FIELDS, clause=call.CLAUSE_FORM,
          says="“{name}”在不同表中的{label}为 {amounts} 万元，恰差十倍或一万倍，疑似按“元”“千元”或“亿元”填写",
          fix="请核对单位，统一按万元填写", facts=lambda row: {"amounts": row[f"amounts_{row['field']}"]})
    def money_differs_by_unit(field: str) -> pl.Expr:
        """同一单位在不同表中的金额恰差十倍或一万倍"""
        return pl.col(f"differs_{field}") != "unit"

    @rule("X06", "I", says="“{name}”参与 {consortia_of_code} 个联合体", fix="仅提示", clause=call.CLAUSE_MEMBERS, on="name")
    def member_of_many() -> pl.Expr:
        """同一单位参与三个以上联合体"""
        return pl.col("consortia_of_code") < call.MANY_CONSORTIA

    @rule("X07", "W", on="uscc", clause=call.CLAUSE_USCC,
          says="“{name}”在其他表中的代码为 {confirmed_code}（校验通过）", fix="建议据此更正为 {confirmed_code}，并与证照核对")
    def code_known_elsewhere() -> pl.Expr:
        """损坏的代码在其他表中有正确写法"""
        return pl.col("confirmed_code").is_null()


class AcrossPlatforms(BlockModel):
    """One row a platform of a current form."""

    @rule("P05", "W", on="name", clause=call.CLAUSE_FORM,
          says="“{value}”在“{other_consortium}”的表中也有，而依托单位不同", fix="请核对平台名称和依托单位；无误的请在说明栏写明")
    def platform_elsewhere() -> pl.Expr:
        """同名平台在两个联合体中依托单位不同"""
        return pl.col("other_consortium").is_null()


class AcrossProjects(BlockModel):
    """One row a project of a current form."""

    @rule("J05", "W", on="name", clause=call.CLAUSE_FORM,
          says="“{value}”在“{other_consortium}”的表中也有，而承担单位不同", fix="请核对项目名称和承担单位；无误的请在说明栏写明")
    def project_elsewhere() -> pl.Expr:
        """同名项目在两个联合体中承担单位不同"""
        return pl.col("other_consortium").is_null()


ACROSS = {"consortium": AcrossConsortia, "members": AcrossMembers, "platforms": AcrossPlatforms,
          "projects": AcrossProjects}


def enrich(typed: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """`typed` with the columns that the rules above look at."""
    consortium = _consortia(typed["consortium"])
    return {"consortium": consortium, "members": _members(typed["members"]),
            "platforms": _elsewhere(typed["platforms"], "host_unit", consortium),
            "projects": _elsewhere(typed["projects"], "undertaker", consortium)}


def _listed(column: str, template: str, by: str) -> pl.Expr:
    """The distinct values in a group, each put into `template`, sorted and joined."""
    left, right = template.split("{}")
    words = pl.concat_str([pl.lit(left), pl.col(column), pl.lit(right)])
    return words.drop_nulls().unique().sort().str.join("").over(by)


def _several(column: str, by: str) -> pl.Expr:
    return (pl.col(column).drop_nulls().n_unique().over(by) > 1) & pl.col(by).is_not_null()


def _consortia(consortium: pl.DataFrame) -> pl.DataFrame:
    consortium = with_mapped(consortium, phone_key=("phone", _digits, pl.String))
    texts = consortium["governance"].to_list()
    names = consortium["name"].to_list()
    twins = near_twins(texts, call.SAME_TEXT_RATIO)
    return consortium.with_columns(
        led_names=pl.when(_several("name_key", "lead_uscc")).then(_listed("name", "“{}”", "lead_uscc")),
        same_name_cities=pl.when(_several("city", "name_key")).then(
            pl.col("city").drop_nulls().unique().sort().str.join("、").over("name_key")),
        phone_shared=_several("lead_unit_key", "phone_key").fill_null(False),
        same_text_as=pl.Series([names[t] or "另一联合体" if t is not None else None for t in twins], dtype=pl.String))


def _digits(phone: str | None) -> str | None:
    digits = re.sub(r"\D", "", phone or "")
    return digits if len(digits) >= 7 else None


def _members(members: pl.DataFrame) -> pl.DataFrame:
    good = pl.col("uscc" + NOTE).is_in(READABLE) & pl.col("uscc").is_not_null()
    members = members.with_columns(good_code=pl.when(good).then("uscc"))
    members = with_mapped(members, confirmed_code=(("uscc__raw", "stored", "uscc" + NOTE, "known_codes"),
                                                   _confirmed, pl.String))
    # Within one form the same is M15's and M16's to say.
    elsewhere = pl.col("submission").n_unique().over("name_key") > 1
    shared = pl.col("submission").n_unique().over("good_code") > 1
    codes = pl.col("uscc").filter(good).unique().sort().str.join("、").over("name_key")
    members = members.with_columns(
        names_of_code=pl.when(shared & _several("name_key", "good_code")).then(_listed("name", "“{}”", "good_code")),
        codes_of_name=pl.when(good & elsewhere & _several("good_code", "name_key")).then(codes),
        consortia_of_code=pl.when(good).then(pl.col("submission").n_unique().over("good_code")))
    return members.with_columns([column for field in MONEY_FIELDS for column in _amounts(field)])


def _confirmed(text: str | None, stored: str | None, note: str, known: str | None) -> str | None:
    """The code that stands elsewhere under the same name and that this damaged one can have been."""
    if note not in DAMAGED or not known:
        return None
    codes = frozenset(known.split("、"))
    return next((code for code in uscc.candidates(text or "", stored or "text", known=codes) if code in codes), None)


def _amounts(field: str) -> list[pl.Expr]:
    """`differs_…` ("", amount or unit) and `amounts_…` (the amounts in words) of a money column."""
    value = pl.when(pl.col(field) > 0).then(field)
    low, high = value.min().over("good_code"), value.max().over("good_code")
    apart = (high > low * (1 + call.MONEY_TOLERANCE)) & pl.col("good_code").is_not_null() & value.is_not_null()
    slip = pl.any_horizontal(*[(high / (low * slip) - 1).abs() <= call.MONEY_TOLERANCE for slip in UNIT_SLIPS])
    words = value.drop_nulls().unique().sort().cast(pl.String).str.strip_suffix(".0").str.join("、").over("good_code")
    across = pl.col("submission").n_unique().over("good_code") > 1
    differs = pl.when(~(apart & across).fill_null(False)).then(pl.lit("")).when(slip).then(pl.lit("unit"))
    return [differs.otherwise(pl.lit("amount")).alias(f"differs_{field}"), words.alias(f"amounts_{field}")]


def _elsewhere(frame: pl.DataFrame, unit: str, consortium: pl.DataFrame) -> pl.DataFrame:
    frame = frame.join(consortium.select("submission", pl.col("name").alias("consortium_name")), on="submission",
                       how="left", maintain_order="left")
    shared = (pl.col("submission").n_unique().over("name_key") > 1) & _several(unit, "name_key")
    first, last = (getattr(pl.col("consortium_name"), end)().over("name_key") for end in ("first", "last"))
    other = pl.when(first != pl.col("consortium_name")).then(first).otherwise(last)
    return frame.with_columns(other_consortium=pl.when(shared & pl.col("name_key").is_not_null()).then(other))
