"""The rules across forms (X…, and those of B, L, M, P, J that look at other forms), and what they need derived.

They run over all current forms at once. Each form that takes part gets its own finding at its own cells; what it is
shown of others is names of organisations and consortia and amounts, never persons.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandera.polars as pa
import polars as pl

from schemas import call, uscc
from schemas.column import DETAIL, NOTE
from schemas.current import MONEY_FIELDS, READABLE, UNITS
from schemas.form import BlockModel
from schemas.frame import mapped, with_mapped
from schemas.rule import rule
from schemas.similar import near_twins
from schemas.wording import numeral

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
        # Of so large an amount the form's own rule says the same.
        return (pl.col(f"differs_{field}") != "unit") | (pl.col(field) > call.LARGEST_MONEY_WAN)

    @rule("X06", "I", says="“{name}”参与 {consortia_of_code} 个联合体", fix="仅提示", clause=call.CLAUSE_MEMBERS, on="name",
          title=f"同一单位参与{numeral(call.MANY_CONSORTIA)}个以上联合体")
    def member_of_many() -> pl.Expr:
        """So many, or more."""
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


# What of the typed frames the rules across forms, their words and the register look at beside the tables' own columns.
LOOKED_AT = {
    "consortium": ("city", "name_key", "lead_unit_key", "lead_row",
                   *(f"member_counts_{part}" for part in ("total", "enterprise", "university", "institute", "other"))),
    "members": ("name_key", "uscc" + NOTE, "uscc" + DETAIL, "uscc__raw", "stored", "kind", "is_lead", "name__at",
                "name__written"),
    "platforms": ("name_key",), "projects": ("name_key",),
}


def enrich(typed: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """`typed` with the columns that the rules above look at."""
    return {name: compared(name, typed) for name in ACROSS}


def compared(name: str, typed: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One block of `typed` with the columns that its rules above look at."""
    if name in UNITS:
        return _elsewhere(typed[name], UNITS[name], typed["consortium"])
    return _consortia(typed[name]) if name == "consortium" else _members(typed[name].drop("task", "duty", strict=False))


def _listed(column: str, template: str) -> pl.Expr:
    """The distinct values in a group, each put into `template`, sorted and joined."""
    left, right = template.split("{}")
    return pl.concat_str([pl.lit(left), pl.col(column), pl.lit(right)]).drop_nulls().unique().sort().str.join("")


def _number(column: str) -> pl.Expr:
    """How many distinct values there are in a group."""
    return pl.col(column).drop_nulls().n_unique()


def _among(frame: pl.DataFrame, by: str, where: pl.Expr, **said: pl.Expr) -> pl.DataFrame:
    """`frame` with what is `said` of each group of rows that agree on `by` and for which `where` holds; null elsewhere.

    Groups are counted first, which is quick, so that texts are put together for the few of which there is something to
    say, and not for a million organisations.
    """
    # Asked for lazily, so that no column is copied that has no part in it.
    known = frame.lazy().filter(pl.col(by).is_not_null())
    concerned = known.group_by(by).agg(where.alias("concerned")).filter("concerned").select(by).collect()
    told = known.join(concerned.lazy(), on=by, how="semi", maintain_order="left").group_by(by).agg(**said).collect()
    return frame.with_columns(frame.select(by).join(told, on=by, how="left", maintain_order="left").drop(by))


def _consortia(consortium: pl.DataFrame) -> pl.DataFrame:
    consortium = with_mapped(consortium, phone_key=("phone", _digits, pl.String))
    texts = consortium["governance"].to_list()
    names = consortium["name"].to_list()
    twins = near_twins(texts, call.SAME_TEXT_PERCENT)
    consortium = _among(consortium, "lead_uscc", _number("name_key") > 1, led_names=_listed("name", "“{}”"))
    consortium = _among(consortium, "name_key", _number("city") > 1,
                        same_name_cities=pl.col("city").drop_nulls().unique().sort().str.join("、"))
    consortium = _among(consortium, "phone_key", _number("lead_unit_key") > 1, phone_shared=pl.lit(True))
    return consortium.with_columns(
        pl.col("phone_shared").fill_null(False),
        same_text_as=pl.Series([names[t] or "另一联合体" if t is not None else None for t in twins], dtype=pl.String))


def _digits(phone: str | None) -> str | None:
    digits = re.sub(r"\D", "", phone or "")
    return digits if len(digits) >= 7 else None


def _members(members: pl.DataFrame) -> pl.DataFrame:
    good = pl.col("uscc" + NOTE).is_in(READABLE) & pl.col("uscc").is_not_null()
    members = members.with_columns(good_code=pl.when(good).then("uscc"))
    damaged = members.filter(pl.col("uscc" + NOTE).is_in(DAMAGED), pl.col("known_codes").is_not_null())
    confirmed = mapped(damaged, ("uscc__raw", "stored", "known_codes"), _confirmed, pl.String)
    members = members.join(damaged.select("submission", "seq", confirmed_code=confirmed), on=["submission", "seq"],
                           how="left", maintain_order="left")
    # Within one form the same is M15's and M16's to say.
    elsewhere = pl.col("submission").n_unique() > 1
    members = _among(members, "good_code", elsewhere & (_number("name_key") > 1), names_of_code=_listed("name", "“{}”"))
    members = _among(members, "name_key", elsewhere & (_number("good_code") > 1),
                     codes_of_name=pl.col("good_code").drop_nulls().unique().sort().str.join("、"))
    members = _among(members, "good_code", elsewhere, consortia_of_code=pl.col("submission").n_unique())
    for field in MONEY_FIELDS:
        members = _amounts(members, field)
    return members.with_columns(
        codes_of_name=pl.when(good).then("codes_of_name"),
        consortia_of_code=pl.when(good).then(pl.col("consortia_of_code").fill_null(1)))


def _confirmed(text: str | None, stored: str | None, known: str) -> str | None:
    """The code that stands elsewhere under the same name and that this damaged one can have been."""
    codes = frozenset(known.split("、"))
    return next((code for code in uscc.candidates(text or "", stored or "text", known=codes) if code in codes), None)


def _amounts(members: pl.DataFrame, field: str) -> pl.DataFrame:
    """`differs_…` ("", amount or unit) and `amounts_…` (the amounts in words) of a money column."""
    # Of an enterprise 0 is a sum; elsewhere it is written for nothing.
    value = pl.when((pl.col(field) > 0) | ((pl.col(field) == 0) & (pl.col("kind") == call.ENTERPRISE))).then(field)
    low, high = value.min(), value.max()
    slip = pl.any_horizontal(*[(high / (low * slip) - 1).abs() <= call.MONEY_TOLERANCE for slip in UNIT_SLIPS])
    apart = (pl.col("submission").n_unique() > 1) & (high > low * (1 + call.MONEY_TOLERANCE))
    words = value.drop_nulls().unique().sort().cast(pl.String).str.strip_suffix(".0").str.join("、")
    members = _among(members, "good_code", apart.fill_null(False), **{
        f"differs_{field}": pl.when(slip).then(pl.lit("unit")).otherwise(pl.lit("amount")), f"amounts_{field}": words})
    differs = pl.when(value.is_not_null()).then(f"differs_{field}").fill_null("")
    return members.with_columns(differs.alias(f"differs_{field}"))


def _elsewhere(frame: pl.DataFrame, unit: str, consortium: pl.DataFrame) -> pl.DataFrame:
    frame = frame.join(consortium.select("submission", pl.col("name").alias("consortium_name")), on="submission",
                       how="left", maintain_order="left")
    shared = (pl.col("submission").n_unique() > 1) & (_number(unit) > 1)
    name = pl.col("consortium_name")
    frame = _among(frame, "name_key", shared, first=name.first(), last=name.last())
    other = pl.when(pl.col("first") != pl.col("consortium_name")).then("first").otherwise("last")
    return frame.with_columns(other_consortium=other).drop("first", "last")
