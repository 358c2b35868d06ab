"""A label as it is compared: bureaus retype the form, so white space, colons, numbering and brackets do not count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# A value that is every cell right of its label (ticks, counts) is one text, its cells joined with this.
CELL_BREAK = "\x1f"

_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_BRACKETS = re.compile(r"[(\[{<〔【《][^()\[\]{}<>〔〕【】《》]*[)\]}>〕】》]")
_OPEN_BRACKET = re.compile(r"[(\[〔【][^)\]〕】]*$")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]{1,3}[、.．,，:]|第[一二三四五六七八九十]{1,3}(?:部分|[、章节])|"
                        r"[0-9]{1,2}(?:\.[0-9]{1,2})*(?:[、.．,，):]|(?=[^\d\s.年月]))|"
                        r"\([一二三四五六七八九十0-9]{1,3}\)[、.]?|[①-⑳])")
_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff:*★☆※_,，。.;；、/\\|\"'“”‘’·\-—]+")

# In a text of these alone there is nothing to take out, unless it begins or ends with one of the two below.
_BARE = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff0-9A-Z]*|[0-9]{3}[0-9A-Z]*")

# A figure or a date: of these there is only punctuation to take out, because no numbering has three digits.
_FIGURE = re.compile(r"[0-9]{3}[0-9A-Z./~-]*")
_WITHOUT_PUNCTUATION = str.maketrans("", "", "./-")

# A unit of money behind a label, without brackets (近一年销售收入/万元).
_UNIT = re.compile(r"(?<=..)(?:单位)?(?:亿元|百万元|万元|千元|元)$")


@lru_cache(maxsize=65_536)
def label_key(text: str) -> str:
    """NFKC, without white space, punctuation, brackets with units or hints, numbering; upper-case.

    >>> label_key("1．近一年 销售收入\\n（万元）：")
    '近一年销售收入'
    """
    if _BARE.fullmatch(text) and text[0] != "第" and text[-1] != "元":
        return text
    if _FIGURE.fullmatch(text):
        return text.translate(_WITHOUT_PUNCTUATION)
    return _folded(text)


def _folded(text: str) -> str:
    """The key of any text."""
    folded = _SPACE.sub("", unicodedata.normalize("NFKC", text)).lstrip("*★☆※●■◆▲")
    folded = _NUMBERING.sub("", folded)
    bare = _BRACKETS.sub("", folded)
    bare = _OPEN_BRACKET.sub("", bare) or bare
    key = _NOISE.sub("", bare or folded).upper()
    return _UNIT.sub("", key) or key
