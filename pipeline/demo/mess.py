"""What people do to a right form: harmless habits, and mistakes with the rules (E and W) that they raise.

Each entry changes a form as `consortia.right_form` gives it, in place. Rows count from 0; row 0 of the
members is the lead. A mistake is made so that it raises its own rule and no other.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.demo.consortia import COUNTS, Filled, consortia, right_form
from schemas import call
from schemas.current import FORM
from schemas.uscc import calc_check_digit, diagnose


@dataclass(frozen=True)
class Mess:
    """`about` is a clause for people; `rules` are names such as M05/E, none where the form stays right."""

    about: str
    apply: Callable[[Filled, random.Random], None]
    rules: frozenset[str] = frozenset()


def _mess(about: str, rules: str, apply: Callable[[Filled, random.Random], None]) -> Mess:
    return Mess(about, apply, frozenset(rules.split()))


def put(about: str, rules: str, block: str, row: int, field: str, content: object) -> Mess:
    """`content` stands in one cell; `row` is ignored for the consortium's own cells."""
    def apply(filled: Filled, rng: random.Random) -> None:
        record = filled[block] if block == "consortium" else filled[block][row]
        record[field] = content
    return _mess(about, rules, apply)


def basic(about: str, rules: str, field: str, content: object) -> Mess:
    """`content` stands in a cell of the consortium's own."""
    return put(about, rules, "consortium", 0, field, content)


def code(about: str, rules: str, row: int, spoil: Callable[[str], object]) -> Mess:
    """A member's code, spoilt."""
    def apply(filled: Filled, rng: random.Random) -> None:
        filled["members"][row]["uscc"] = spoil(filled["members"][row]["uscc"])
    return _mess(about, rules, apply)


def letter_o(row: int) -> Mess:
    """0 typed as O."""
    return code("一个成员代码里的 0 录成了字母 O", "M05/E", row,
                lambda good: good[:3] + good[3:].replace("0", "O", 1))


def swapped(row: int, extra: str = "") -> Mess:
    """Two neighbouring characters exchanged."""
    def spoil(good: str) -> str:
        slips = (good[:at] + good[at + 1] + good[at] + good[at + 2:] for at in range(15, 8, -1))
        return next(slip for slip in slips if diagnose(slip).fault == "checksum")
    return code("一个成员代码有两位录颠倒", f"M08/E {extra}", row, spoil)


def as_number(row: int, extra: str = "") -> Mess:
    """A code of digits in a number cell: Excel keeps fifteen of them."""
    return code("一个成员代码被存成数字", f"M06/E {extra}", row, lambda good: float(good[:15] + "000"))


def one_missing(row: int) -> Mess:
    """A character left out."""
    return code("一个成员代码少录一位", "M04/E", row, lambda good: good[:12] + good[13:])


def organisation_code(row: int) -> Mess:
    """The nine characters of before 2015."""
    return code("一个成员仍填 9 位组织机构代码", "M04/E", row, lambda good: f"{good[8:16]}-{good[16]}")


def inner_digit(row: int) -> Mess:
    """Position 17 wrong while the last character fits."""
    def spoil(good: str) -> str:
        other = "1" if good[16] != "1" else "2"
        return good[:16] + other + calc_check_digit(good[:16] + other)
    return code("一个成员代码中组织机构代码的校验位不符", "M10/W", row, spoil)


def personal_id(row: int) -> Mess:
    """An identity number of nobody: born on the first day of 1901."""
    return code("一个成员代码栏填了身份证号", "M11/E", row, lambda good: "320106190101010020")


def no_code(row: int) -> Mess:
    """A domestic member without a code."""
    return code("一个境内成员没有代码", "M02/E", row, lambda good: "")


def twice(row: int) -> Mess:
    """A member listed again in the last row, and counted again."""
    def apply(filled: Filled, rng: random.Random) -> None:
        members = filled["members"]
        members.append({**members[row], "serial": len(members) + 1})
        recount(filled, total=1, enterprise=1)
    return _mess("一个企业在成员表里列了两次", "M15/E", apply)


def renamed(row: int) -> Mess:
    """The company under its new name, the code unchanged."""
    def change(name: str) -> str:
        if "股份" in name:
            return name.replace("股份有限公司", "有限公司")
        return name.replace("有限责任公司", "有限公司").replace("有限公司", "股份有限公司")
    return _other_name(row, "一个企业填了更名后的名称", "X02/W", change)


def branch(row: int, place: str) -> Mess:
    """A branch in place of the legal person."""
    return _other_name(row, "一个成员填的是分公司", "M17/W", lambda name: f"{name}{place}分公司")


def _other_name(row: int, about: str, rules: str, change: Callable[[str], str]) -> Mess:
    def apply(filled: Filled, rng: random.Random) -> None:
        old = filled["members"][row]["name"]
        filled["members"][row]["name"] = change(old)
        for block, field in (("platforms", "host_unit"), ("projects", "undertaker")):
            for record in filled[block]:
                record[field] = change(old) if record[field] == old else record[field]
    return _mess(about, rules, apply)


def other_money(row: int) -> Mess:
    """Figures unlike those of the same company in another form."""
    def apply(filled: Filled, rng: random.Random) -> None:
        member = filled["members"][row]
        member["revenue_wan"] = round(member["revenue_wan"] * 1.35, 2)
        member["rd_spend_wan"] = round(member["rd_spend_wan"] * 1.2, 2)
    return _mess("一个企业的收入、研发投入与另一张表不同", "X05/W", apply)


def in_yuan(row: int) -> Mess:
    """元 typed where 万元 is asked for."""
    def apply(filled: Filled, rng: random.Random) -> None:
        member = filled["members"][row]
        for field in ("revenue_wan", "rd_spend_wan"):
            member[field] = round(member[field] * 10_000)
    return _mess("一个企业的金额按“元”填写", "M26/W", apply)


def exchanged(about: str, rules: str, first: str, second: str) -> Mess:
    """Two of the form's figures in each other's cell."""
    def apply(filled: Filled, rng: random.Random) -> None:
        record = filled["consortium"]
        record[first], record[second] = record[second], record[first]
    return _mess(about, rules, apply)


def lead_left_out() -> Mess:
    """The lead is not among the members, nor counted."""
    def apply(filled: Filled, rng: random.Random) -> None:
        del filled["members"][0]
        for place, member in enumerate(filled["members"], 1):
            member["serial"] = place
        recount(filled, total=-1, enterprise=-1)
    return _mess("成员表没有列牵头单位", "M18/W", apply)


def counted(about: str, rules: str, **by: int) -> Mess:
    """Numbers of members off by so many."""
    return _mess(about, rules, lambda filled, rng: recount(filled, **by))


def recount(filled: Filled, **by: int) -> None:
    """The phrase of member counts with numbers changed: total, enterprise, university, institute, other."""
    kinds = ("total", "enterprise", "university", "institute", "other")
    numbers = [int(digits) for digits in _digits(filled["consortium"]["member_counts"])]
    changed = [number + by.get(kind, 0) for kind, number in zip(kinds, numbers, strict=True)]
    filled["consortium"]["member_counts"] = COUNTS.format(*changed)


def _digits(phrase: str) -> list[str]:
    return "".join(character if character.isdigit() else " " for character in phrase).split()


def governance_of(about: str, rules: str, length: int) -> Mess:
    """The governance text drawn out to `length` characters."""
    def apply(filled: Filled, rng: random.Random) -> None:
        text = filled["consortium"]["governance"]
        while len(text) < length:
            text += text
        filled["consortium"]["governance"] = text[:length - 1] + "。"
    return _mess(about, rules, apply)


def governance_of_another(key: str) -> Mess:
    """Another consortium's text with only the lead's name changed, as from one consultant for both."""
    def apply(filled: Filled, rng: random.Random) -> None:
        text = right_form(key)["consortium"]["governance"]
        lead = filled["consortium"]["lead_unit"]
        filled["consortium"]["governance"] = text.replace(consortia()[key].lead.name, lead)
    return _mess("运行机制与另一联合体的文字几乎相同", "", apply)


def worded_counts(words: str) -> Mess:
    """The phrase of member counts in other words, with five places for the numbers."""
    def apply(filled: Filled, rng: random.Random) -> None:
        total, *kinds = _digits(filled["consortium"]["member_counts"])
        filled["consortium"]["member_counts"] = words.format(total, *kinds)
    return _mess("", "", apply)


def _loose_codes(filled: Filled, rng: random.Random) -> None:
    wide = str.maketrans({chr(point): chr(point + 0xFEE0) for point in range(0x21, 0x7F)})
    label = FORM.block("members").columns["uscc"].label
    ways = (str.lower, lambda good: good.translate(wide),
            lambda good: " ".join((good[:6], good[6:12], good[12:])),
            lambda good: f"{label}：{good}", lambda good: f"\u00a0{good}\t", lambda good: f"'{good}")
    for place, member in enumerate(filled["members"]):
        if member["uscc"][:1].isdigit():
            member["uscc"] = ways[place % len(ways)](member["uscc"])


def _worded_money(filled: Filled, rng: random.Random) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    ways = (lambda wan: f"{wan:,.2f}", lambda wan: f"{wan / 10_000:.6f}亿元", lambda wan: f"{wan}万元",
            lambda wan: f"{wan}".translate(wide), lambda wan: f"￥{wan}万")
    for place, member in enumerate(filled["members"]):
        for field in ("revenue_wan", "rd_spend_wan"):
            if isinstance(member[field], float):
                member[field] = ways[place % len(ways)](member[field])


def _worded_figures(filled: Filled, rng: random.Random) -> None:
    for field, column in FORM.block("consortium").columns.items():
        if column.unit and isinstance(filled["consortium"].get(field), int):
            filled["consortium"][field] = f"{filled['consortium'][field]:,}{column.unit}"


LOOSE_CODES = _mess("代码有全角、小写、空格", "", _loose_codes)
WORDED_MONEY = _mess("金额带千分位、“亿元”“万元”", "", _worded_money)
WORDED_FIGURES = _mess("人数、项数带单位", "", _worded_figures)
LEAD_TWICE_TICKED = basic("牵头单位类型勾了两项", "B09/E", "lead_type",
                          (call.LEADING_ENTERPRISE, call.BACKBONE_ENTERPRISE))
HINT_LEFT = basic("运行机制栏留着提示语", "L03/W", "governance", FORM.block("consortium").columns["governance"].hint)
