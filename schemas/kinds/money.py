"""A sum of money in 万元, whatever unit it was typed in. What is no single sum is asked about, never read as 0.

Sources: domain.md §3.5; rules.md M20, M21, M26, M27. An existing merge tool turns "2000万" into 0 silently:
ours may not.
"""
from __future__ import annotations

import re
from decimal import Decimal

from schemas.kinds.numeral import AMOUNT, CHINESE, parse_chinese, tight, to_decimal
from schemas.kinds.reading import Reading
from schemas.kinds.text import half_width, is_placeholder, is_void

NOTES = frozenset({"", "converted", "about", "void", "unreadable"})

_UNREADABLE = Reading(None, "unreadable")
# What nearly every cell holds: a number as short as any real sum, to be taken as it stands.
PLAIN = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_PLAIN = re.compile(PLAIN)
_DECIMALS = 6
_LONGEST = 80
# Far beyond all the money there is; what is longer cannot be rounded (Decimal counts 28 digits).
_NO_SUM = Decimal(10) ** 20
_WAN_PER_UNIT = {
    "万亿元": Decimal(10**8), "千亿元": Decimal(10**7), "百亿元": Decimal(10**6), "十亿元": Decimal(10**5), 
    "亿元": Decimal(10**4),
    "千万元": Decimal(1000), "百万元": Decimal(100), "十万元": Decimal(10), "万元": Decimal(1), "千元": Decimal("0.1"),
    "百元": Decimal("0.01"), "元": Decimal("0.0001"),
}
_WITHHELD = (
    "涉密|保密|不公开|不便公开|不予公开|不宜公开|商业秘密|商业机密|非企业(?:单位|成员)?(?:不填|无需填写|不适用)?|"
    "(?:事业单位|高校|科研院所)(?:不填|无需填写|不适用)|(?:尚|暂|目前)?(?:无|没有)(?:销售|营业|主营)?(?:收入|投入|研发投入)"
)
_BEFORE = (
    "(?:(?P<about>约为?|大约|大概|近|将近|逾|超过?|高于|大于等于|大于|不少于|不低于|不小于|至少|>=?|≥|≧|≈|~)"
    "|20[0-9]{2}年度?:|人民币|rmb|cny|¥|:)"
)
_AFTER = (
    "(?P<about>左右|以上|上下|余|多|\\+)"
    "|\\((?:20[0-9]{2}年度?|审计数?|经审计|未审计|合并(?:口径|报表)?|不?含税|人民币|rmb)\\)|元?整|人民币|[。,;，；]"
)
_UNIT = "(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?(?:元|圆|块)|万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千"
_TERM = (
    rf"(?P<amount>{AMOUNT})(?:e(?P<exponent>[+-]?[0-9]{{1,2}}))?"
    rf"(?P<odd>[余多])?(?P<unit>\(?(?:{_UNIT})\)?)?(?P<odd_late>[余多])?"
)
_SIMPLER = str.maketrans({"萬": "万", "億": "亿", "仟": "千", "佰": "百", "−": "-", "–": "-", "﹣": "-"})


def _unit_name(typed: str) -> str:
    """The unit in the words of _WAN_PER_UNIT, or "" when it is none of them."""
    bare = re.sub(r"人民币|rmb|单位|[()\s:]", "", half_width(typed).lower()).translate(_SIMPLER)
    name = re.sub("[元圆块]$", "", bare) + "元" if bare else ""
    return name if name in _WAN_PER_UNIT else ""


def _peel(typed: str) -> tuple[str, bool]:
    """`typed` without currency signs, closing words and words for "about", and whether there were any of the
    last."""
    about = False
    while match := re.match(_BEFORE, typed):
        about, typed = about or bool(match["about"]), typed[match.end() :]
    while match := re.search(rf"(?:{_AFTER})$", typed):
        about, typed = about or bool(match["about"]), typed[: match.start()]
    return typed, about


def _chinese_to_digits(typed: str) -> str:
    """ "五千万元" → "5000万元". The last 万 or 亿 of a numeral is left as the unit it is."""
    def digits(match: re.Match[str]) -> str:
        value = parse_chinese(match[0])
        return match[0] if value is None else str(value)
    return re.sub(f"(?<![0-9.])(?:(?![万亿]){CHINESE})+(?=$|[万亿元圆块(])", digits, typed)


def _sum(typed: str, unit: str) -> tuple[Decimal, str, bool] | None:
    """The value in 万元, the largest unit typed, and whether it said 余/多; None where the text is no single sum."""
    terms = list(re.finditer(_TERM, typed))
    if not terms or "".join(term[0] for term in terms) != typed:
        return None
    names = [_unit_name(term["unit"]) if term["unit"] else unit for term in terms]
    sizes = [_WAN_PER_UNIT.get(name, Decimal(0)) for name in names]
    # "12亿5000万元" is one sum; "5万12亿" or "1亿2" is not.
    falling = all(left > right for left, right in zip(sizes, sizes[1:]))
    falling = falling and (len(terms) == 1 or all(term["unit"] for term in terms))
    amounts = [to_decimal(term["amount"]) for term in terms]
    if not falling or 0 in sizes or None in amounts:
        return None
    shifts = [int(term["exponent"] or 0) for term in terms]
    total = sum(amount.scaleb(shift) * size for amount, shift, size in zip(amounts, shifts, sizes))
    return total, names[0], any(term["odd"] or term["odd_late"] for term in terms)


def _split_sign(typed: str) -> tuple[int, str]:
    """Accounting brackets and every minus: "（5）", "-5", "−5"."""
    if bracket := re.fullmatch(r"\(([0-9][0-9,.]*)\)(.*)", typed):
        return -1, bracket[1] + bracket[2]
    return (-1, typed[1:]) if re.match("-[0-9.]", typed) else (1, typed.removeprefix("+"))


def read(text: str | None, stored: str = "text", unit: str = "万元") -> Reading[float]:
    """A sum in 万元; a number without a unit is in `unit` (the column's header). Rounded to 6 decimals.

    Notes: converted (detail: the unit typed), about ("约", "≥"; detail: the unit, if converted), void ("/",
    "涉密"), unreadable.
    """
    if unit == "万元" and stored in ("text", "number") and _PLAIN.fullmatch(text or ""):
        return Reading(float(text))
    # An apostrophe typed before the number, meant for Excel, may have become part of the text.
    typed = tight(half_width(text).lower()).lstrip("'`‘’").translate(_SIMPLER)
    if not typed or is_placeholder(typed):
        return Reading(None)
    if is_void(typed) or re.fullmatch(_WITHHELD, typed.strip("()。")):
        return Reading(None, "void")
    if stored in ("date", "bool") or len(typed) > _LONGEST:
        return _UNREADABLE
    bare, about = _peel(typed)
    sign, bare = _split_sign(bare)
    found = _sum(_chinese_to_digits(bare), _unit_name(unit or "万元"))
    return _reading(sign, found, about) if found else _UNREADABLE


def _reading(sign: int, found: tuple[Decimal, str, bool], about: bool) -> Reading[float]:
    exact, unit, odd = found
    if abs(exact) >= _NO_SUM:
        return _UNREADABLE
    value = float(round(exact, _DECIMALS))
    if exact and not value:
        return _UNREADABLE
    converted = unit if unit != "万元" else ""
    note = "about" if about or odd else "converted" if converted else ""
    return Reading(sign * value if value else 0.0, note, converted)
