"""What must be decided: findings that forms have against each other, each with all its sides."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

import polars as pl

from pipeline.publish import terms
from schemas import call, catalogue
from schemas.conflicts import ACROSS
from schemas.form import BlockModel
from schemas.form_2023 import FORM
from schemas.rule import SEVERITY_WORDS, Rule, Severity

# Rules that give the other side's name, so that their sentence differs from side to side.
_NAMES_THE_OTHER = "other_consortium"
# The rule that knows a better code from another form, which itself has nothing to mend.
_CONFIRMED = "confirmed_code"
_MOST_SIDES = 12


class Side(NamedTuple):
    """One form's part in it: who, where, what is written there."""

    city: str | None
    consortium: str | None
    place: str
    value: str | None


class Decision(NamedTuple):
    """One matter; `said` is the sentence that all sides were told, without their own cells."""

    code: str
    level: str
    title: str
    said: str
    fix: str
    sides: tuple[Side, ...]
    more: int


def decisions(tables: Mapping[str, pl.DataFrame]) -> list[Decision]:
    """All matters still open, errors first, then by rule; `tables` in the order of `order.ordered`."""
    matters: dict[tuple, list[dict]] = {}
    for finding in _open(tables).iter_rows(named=True):
        rule = _rule_of(finding)
        if rule is not None:
            said = finding["said"].partition("：")[2]
            same = finding["value"] if _NAMES_THE_OTHER in _places(rule) else said
            matters.setdefault((rule.severity != Severity.ERROR, rule.code, rule.name, same), []).append(
                finding | {"rule": rule, "said": said})
    return [_decision(matters[key], tables) for key in sorted(matters, key=lambda key: key[:3])]


def _open(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Errors and warnings nobody has decided yet, with the name of their consortium."""
    names = tables["submissions"].unique("submission_id", keep="first", maintain_order=True).select(
        "submission_id", "consortium_name", home="sheet")
    codes = sorted({rule.code for rule in _rules()})
    undecided = pl.col("state").is_null() | pl.col("state").is_in(terms.OPEN_STATES)
    found = tables["findings"].filter(pl.col("code").is_in(codes) & undecided)
    return found.join(names, on="submission_id", how="left", maintain_order="left").with_columns(
        place=terms.place("home"), said=terms.message().fill_null(""))


def _decision(findings: list[dict], tables: Mapping[str, pl.DataFrame]) -> Decision:
    first = findings[0]
    rule: Rule = first["rule"]
    sides = [Side(each["city"], each["consortium_name"], each["place"], each["value"]) for each in findings]
    if _CONFIRMED in _places(rule):
        sides += _holders(_between(first["said"], rule, _CONFIRMED), first["submission_id"], tables)
    order = sorted(sides, key=lambda side: call.CITY_ORDER.get(side.city, len(call.CITY_ORDER)))
    return Decision(rule.code, SEVERITY_WORDS[rule.severity], rule.title, first["said"], first["suggestion"],
                    tuple(order[:_MOST_SIDES]), len(order) - len(order[:_MOST_SIDES]))


def _holders(code: str, except_for: str, tables: Mapping[str, pl.DataFrame]) -> Iterator[Side]:
    """The forms in which a code stands as it should."""
    names = dict(tables["submissions"].select("submission_id", "consortium_name").iter_rows())
    holding = tables["members"].filter((pl.col("uscc") == code) & (pl.col("submission_id") != except_for))
    short = FORM.block("members").short
    for row in holding.iter_rows(named=True):
        yield Side(row["city"], names.get(row["submission_id"]), f"{short}第 {row['seq']} 行", row["uscc"])


def _rule_of(finding: Mapping[str, str]) -> Rule | None:
    """The rule across forms that a finding is of: a code can have variants that look at one form only."""
    for rule in _rules():
        if (rule.code, str(rule.severity)) == (finding["code"], finding["severity"]) and all(
                words in finding["said"] for words, *_ in _pieces(rule)):
            return rule
    return None


@cache
def _rules() -> tuple[Rule, ...]:
    declared = {id(rule): rule for model in ACROSS.values() for rule in _declared(model)}
    return tuple(rule for rule in catalogue.rules()
                 if id(rule) in declared and rule.severity != Severity.NOTICE)


def _declared(model: type[BlockModel]) -> Iterator[Rule]:
    for item in vars(model).values():
        rule = getattr(getattr(item, "__func__", item), "rule", None)
        if isinstance(rule, Rule):
            yield rule


@cache
def _pieces(rule: Rule) -> tuple[tuple, ...]:
    return tuple(string.Formatter().parse(rule.says))


def _places(rule: Rule) -> list[str | None]:
    return [place for _, place, *_ in _pieces(rule)]


def _between(said: str, rule: Rule, place: str) -> str:
    """What stands in a sentence at one of its rule's places."""
    pieces = _pieces(rule)
    at = _places(rule).index(place)
    after = pieces[at + 1][0] if at + 1 < len(pieces) else "。"
    return said.partition(pieces[at][0])[2].partition(after)[0]
