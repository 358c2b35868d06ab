"""Numbers as people write them: grouped Arabic digits and Chinese numerals, strictly. What has two readings
has none here."""
from __future__ import annotations

import re
from decimal import Decimal

# Groups of three only: "12,34" or "1,2" may be a slip or two numbers.
AMOUNT = r"(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(?:\.[0-9]*)?"
CHINESE = "[零〇○一二两三四五六七八九十百千万亿壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億廿卅]"
_LONGEST = 40
_LONGEST_CHINESE = 20

_SIMPLE = str.maketrans("〇○两壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億", "零零二一二二三三四五六六七八九十百千万亿")
_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")}
_ONE_TO_NINE = "([一二三四五六七八九])"
_SECTION = f"(?:{_ONE_TO_NINE}千)?零?(?:{_ONE_TO_NINE}百)?零?(?:{_ONE_TO_NINE}?(十))?零?{_ONE_TO_NINE}?"


def to_decimal(amount: str) -> Decimal | None:
    """The value of a text that fits AMOUNT; None when it is longer than any real figure."""
    return Decimal(amount.replace(",", "").replace(" ", "").rstrip(".")) if len(amount) <= _LONGEST else None


def tight(typed: str) -> str:
    """`typed` (from half_width) without blanks, except those between two digits: gluing these could join two
    numbers."""
    return re.sub(r"(?<![0-9])\s|\s(?![0-9])", "", typed)


def _section(text: str) -> int | None:
    """A numeral below 万. "一千二" and "三百五" are refused: speech means 1200 and 350, a form may mean otherwise."""
    parts = re.fullmatch(_SECTION, text)
    if not text or not parts or (text.endswith("零") and text != "零"):
        return None
    thousand, hundred, tens, ten, one = parts.groups()
    if one and (thousand or hundred) and not ten and "零" not in text:
        return None
    value = 1000 * _DIGIT.get(thousand, 0) + 100 * _DIGIT.get(hundred, 0) + _DIGIT.get(one, 0)
    return value + (10 * _DIGIT.get(tens, 1) if ten else 0)


def parse_chinese(text: str) -> int | None:
    """The integer a Chinese numeral says (一千二百, 壹拾贰, 十二万, 二〇二三); None when it is none, or has two readings."""
    if len(text) > _LONGEST_CHINESE:
        return None
    simple = text.translate(_SIMPLE).replace("廿", "二十").replace("卅", "三十")
    if re.fullmatch("[零一二三四五六七八九]{3,9}", simple):
        return int("".join(str(_DIGIT[char]) for char in simple))
    for mark, factor in (("亿", 10**8), ("万", 10**4)):
        if mark in simple:
            high, low = simple.split(mark, 1)
            return _joined(parse_chinese(high), low, factor)
    return _section(simple)


def _joined(high: int | None, low: str, factor: int) -> int | None:
    if high is None or not low:
        return None if high is None else high * factor
    # "一万二" means 12000 in speech; only "一万零二" is safe.
    rest = None if len(low) == 1 else parse_chinese(low)
    return None if rest is None or rest >= factor else high * factor + rest
