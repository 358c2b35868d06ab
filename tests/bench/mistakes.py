"""What goes wrong in one form of twenty: one mistake each, which raises its own rule and no other."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import NamedTuple

from pipeline.demo.consortia import COUNTS
from schemas import call
from schemas.uscc import diagnose
from tests.bench.contents import OWN, Filled, ticks


class Mistake(NamedTuple):
    """`rule` with its severity (M08/E); `apply` spoils a right form in place."""

    rule: str
    apply: Callable[[Filled, random.Random], None]


def mistake_of(seed: int, number: int, share: float) -> Mistake | None:
    """The mistake in form `number`, if it has one; `share` of all forms have."""
    rng = random.Random(f"{seed} mistake {number}")
    return rng.choice(MISTAKES) if rng.random() < share else None


def spoil(filled: Filled, mistake: Mistake, seed: int, number: int) -> None:
    """Plant the mistake."""
    mistake.apply(filled, random.Random(f"{seed} spoilt {number}"))


def _put(rule: str, block: str, field: str, content: object, row: int = 0) -> Mistake:
    def apply(filled: Filled, rng: random.Random) -> None:
        record = filled[block] if block == "consortium" else filled[block][row]
        record[field] = content
    return Mistake(rule, apply)


def _code(rule: str, change: Callable[[str, random.Random], str | None]) -> Mistake:
    def apply(filled: Filled, rng: random.Random) -> None:
        member = filled["members"][rng.choice(OWN)]
        member["uscc"] = change(member["uscc"], rng)
    return Mistake(rule, apply)


def _swapped(rule: str, first: str, second: str) -> Mistake:
    def apply(filled: Filled, rng: random.Random) -> None:
        record = filled["consortium"]
        record[first], record[second] = record[second], record[first]
    return Mistake(rule, apply)


def _wrong_last(good: str, rng: random.Random) -> str:
    """Another last character, such as no issuer ever computed."""
    others = [good[:17] + last for last in "0123456789ABCDEFGH"]
    return rng.choice([code for code in others if diagnose(code).fault == "checksum"])


def _miscounted(filled: Filled, rng: random.Random) -> None:
    total = len(filled["members"])
    companies, *others = map(int, re.findall(r"\d+", filled["consortium"]["member_counts"])[1:])
    filled["consortium"]["member_counts"] = COUNTS.format(total, companies + 1, *others)


def _long_winded(filled: Filled, rng: random.Random) -> None:
    text = filled["consortium"]["governance"]
    while len(text) < 640:
        text += text
    filled["consortium"]["governance"] = text[:639] + "。"


MISTAKES = (
    _code("M08/E", _wrong_last),
    _code("M05/E", lambda good, rng: good[:3] + good[3:].replace("0", "O", 1)),
    _code("M04/E", lambda good, rng: good[:12] + good[13:]),
    _code("M02/E", lambda good, rng: None),
    _put("M28/E", "members", "task", None, OWN[0]),
    _put("M20/E", "members", "revenue_wan", None, OWN[0]),
    Mistake("B12/E", _miscounted),
    _put("B09/E", "consortium", "lead_type", ticks(call.LEADING_ENTERPRISE, call.BACKBONE_ENTERPRISE)),
    _put("B06/E", "consortium", "contact", None),
    _put("B08/W", "consortium", "phone", "8335925"),
    Mistake("L01/E", _long_winded),
    _swapped("T02/E", "staff_count", "technical_staff_count"),
    _swapped("T03/E", "ip_count", "invention_patent_count"),
    _put("P01/E", "platforms", "level", "市级"),
    _put("P03/W", "platforms", "established", "2021年"),
    _put("J02/E", "projects", "undertaker", "江苏砺屿未列入科技有限公司"),
    _put("J03/W", "projects", "period", "2023.12-2021.01"),
)
