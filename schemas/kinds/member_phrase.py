"""The member-count phrase: "12个，其中：企业6个，高校3个，科研院所2个，其它1个" in the wordings clerks give it.

The phrase becomes a string of marks, one letter a token, and each clause has to fit one of a few patterns:
K a kind of member, N a number, T a word for the total, U a unit or another sign that a blank was left.
Whatever fits none
is not guessed at. Source: form.md (基础信息表, 创新联合体成员情况); rules.md B12.
"""
from __future__ import annotations

import re
from typing import NamedTuple

from schemas.kinds.numeral import parse_chinese
from schemas.kinds.reading import Reading
from schemas.kinds.text import DASHES, half_width

KINDS = ("total", "enterprise", "university", "institute", "other")
_MOST_DIGITS = 6
_KIND = {
    "enterprise": "企业(?:成员单位|单位|成员|类)?|公司",
    "university": "高等院校|高等学校|高职院校|大专院校|大中专院校|高校(?:单位|成员|类)?|大学|院校|学校",
    "institute": "科研院所(?:单位|成员|类)?|科研机构|科研单位|科研所|科研院|研究院所|研究机构|研究院|研究所|院所",
    "other": "其[它他](?:类型|类)?(?:成员单位|单位|机构|组织|成员)?",
}
_NUMBER = "[0-9]+(?:\\.[0-9]+)?|[零〇○一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰]+"
_TOTAL = (
    "(?:共|计|总|合计|总数|总量|一共|总体|累计|=|创新联合体|联合体|成员|单位|参与单位|全部|数量?|情况|现有|拥有|由|有|组成|构成)+"
)
_TOKEN = "(?s)" + "|".join([
    *(f"(?P<{name}>{words})" for name, words in _KIND.items()),
    f"(?P<number>{_NUMBER})", f"(?P<total>{_TOTAL})",
    "(?P<respectively>分别)", "(?P<unit>[个家所名户位]|无|没有|_+)",
    rf"(?P<slash>[/\\{re.escape(DASHES)}]+)", "(?P<stop>[,，;；、。.|+()\n]|其中)", "(?P<colon>:)",
    "(?P<filler>包括|包含|含|涵盖|以及|另有|另外|还有|参与|本|为|是|类|的|和|及|与| )", "(?P<fuzzy>[约近余多超逾几]|左右|以上|>|<|≥|≤|~|至|到)",
    "(?P<word>.)",
])
_LIST_NUMBER = r"(?:^|(?<=[;,，；。:\n]))(?:\(?([0-9]{1,2})[)、.](?![0-9])|[①-⑳])\s*(?=[^\W\d])"
_LONGEST = 500


def kind_named(text: str) -> str:
    """The kind of members that a text is a word for and nothing else, as in KINDS, else ""."""
    bare = re.sub("成员单位$", "", text)
    return next((kind for kind, words in _KIND.items() if re.fullmatch(rf"(?:{words})类?", bare)), "")


class _Token(NamedTuple):
    mark: str
    kind: str = ""
    number: int | None = None


_MARKS = {"total": "T", "respectively": "R", "unit": "U", "slash": "S", "stop": "|", "colon": ":",
          "fuzzy": "F", "word": "W"}


def _number(text: str) -> int | None:
    if not text[0].isascii():
        return parse_chinese(text)
    return int(text) if text.isdigit() and len(text) <= _MOST_DIGITS else None


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in re.finditer(_TOKEN, text):
        name = match.lastgroup or ""
        if name in _KIND:
            found.append(_Token("K", name))
        elif name == "number":
            number = _number(match[0])
            found.append(_Token("F" if number is None else "N", number=number))
        elif name != "filler":
            found.append(_Token(_MARKS[name]))
    return found


def _without_list_numbers(text: str) -> str:
    """ "1、企业6个；2、高校3个", "①企业…": taken off only where the numbers run 1, 2, 3: else they are values."""
    said = [int(match[1]) for match in re.finditer(_LIST_NUMBER, text) if match[1]]
    runs = len(said) != 1 and said == list(range(1, len(said) + 1))
    return re.sub(_LIST_NUMBER, "", text) if runs else text


def _drop_remarks(text: str) -> str:
    """Brackets that name no number, or break one kind's number down, are remarks; a bracket round a number is
    none."""
    def keep(match: re.Match[str]) -> str:
        marks = "".join(token.mark for token in _tokens(match[1]))
        if re.fullmatch("U?NU?", marks):
            return f" {match[1]} "
        before = "".join(token.mark for token in _tokens(text[: match.start()]))
        breaks_down = "W" in marks and re.search("(?:KS?:?U?NU?|NU?KU?)$", before)
        return " " if "N" not in marks and "F" not in marks or breaks_down else f"({match[1]})"
    return re.sub(r"\(([^()]*)\)", keep, text)


def _clauses(tokens: list[_Token]) -> list[list[_Token]]:
    """Tokens between stops; a colon ends a clause unless it stands between a kind (or a total's word) and its
    number."""
    clauses: list[list[_Token]] = [[]]
    for token in tokens:
        last = clauses[-1][-1].mark if clauses[-1] else ""
        if token.mark == "|" or (token.mark == ":" and last in "NU"):
            clauses.append([])
        elif token.mark != ":":
            clauses[-1].append(token)
    return [clause for clause in clauses if clause]


class _Doubt(ValueError):
    """The phrase has no single reading."""


class _Clause(NamedTuple):
    pairs: tuple[tuple[str, int], ...] = ()
    bare: bool = False  # a kind is named with neither a number nor a sign that it was left blank
    number_first: bool = False


# A kind left blank shows it: "企业__个", "其它 / 个", "其它：无", "其它/".
_LEFT_BLANK = "K(?:[SU]*U[SU]*|S+$)(?=[KT]|$)"


# "企 业3个": a space between two Chinese characters parts nothing. "6家单位：3家企业…": the number of all.
_SPACED_OUT = r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])"
_UNITS_IN_ALL = r"([0-9]+[家个])(?:成员)?单位[:,，]"


def _read_clause(clause: list[_Token], first: bool) -> _Clause:
    """What one clause says. `first`: nothing has been said yet, so a number alone is the total."""
    marks = re.sub(_LEFT_BLANK, lambda run: "k" + run[0][1:], "".join(token.mark for token in clause))
    kept = [token for token, mark in zip(clause, marks) if mark in "KN"]
    full = re.sub("[^KNTW]", "", marks)
    shape = re.sub("[^KN]", "", marks)
    kinds = [token.kind for token in kept if token.kind]
    numbers = [token.number for token in kept if token.number is not None]
    if "W" in full:
        # Words not known here: "牵头单位1家" may be passed over, "民营企业4家" is not the number of enterprises.
        if "K" in shape and "N" in shape:
            raise _Doubt
        return _Clause()
    if re.fullmatch("T*(?:(?:NK)+|(?:KN)+)TN", full) or (shape == "N" and (first or "T" in full)):
        return _Clause((*zip(kinds, numbers), ("total", numbers[-1])))
    if re.fullmatch("N(?:KN)+", shape):
        return _Clause((("total", numbers[0]), *zip(kinds, numbers[1:])))
    if not re.fullmatch("(?:KN)+K*|(?:NK)+|K*", shape):
        raise _Doubt
    return _Clause(tuple(zip(kinds, numbers)), len(kinds) > len(numbers), shape.startswith("N"))


def _respectively(tokens: list[_Token]) -> dict[str, int] | None:
    """ "企业、高校、科研院所、其他分别为6、3、2、1个": as many numbers as kinds, after the word."""
    at = next((place for place, token in enumerate(tokens) if token.mark == "R"), None)
    if at is None:
        return None
    kinds = [token.kind for token in tokens[:at] if token.mark == "K"]
    before = [token.number for token in tokens[:at] if token.mark == "N"]
    numbers = [token.number for token in tokens[at:] if token.mark == "N"]
    if len(kinds) != len(numbers) or len(before) > 1 or len(set(kinds)) < len(kinds):
        raise _Doubt
    return dict(zip(kinds, numbers)) | ({"total": before[0]} if before else {})


def _said(tokens: list[_Token]) -> dict[str, int]:
    if any(token.mark == "F" for token in tokens):
        raise _Doubt
    if (listed := _respectively(tokens)) is not None:
        return listed
    said: dict[str, int] = {}
    bare = number_first = False
    for clause in (_read_clause(clause, first=not said) for clause in _clauses(tokens)):
        shared = bare and any(kind != "total" for kind, _ in clause.pairs) or number_first and clause.bare
        if shared or bare and not said and clause.pairs:
            # "高校、科研院所共5个", "5家高校、科研院所": one number for two kinds; "企业，6个": whose number?
            raise _Doubt
        bare, number_first = bare or clause.bare, number_first or clause.number_first
        for kind, number in clause.pairs:
            if said.setdefault(kind, number) != number:
                raise _Doubt
    return said


def read_phrase(text: str | None) -> Reading[dict]:
    """Numbers of members by kind, keys KINDS, None where not given ("其它 / 个", "其它：无", "其它个" included).

    Notes: "blank" (the template's own phrase, no number filled in), "unreadable" (no number, or no single
    reading).
    """
    typed = re.sub(_SPACED_OUT, "", half_width(text))
    typed = re.sub(_UNITS_IN_ALL, r"共\1，", typed)
    if not typed:
        return Reading(None)
    if len(typed) > _LONGEST:
        return Reading(None, "unreadable")
    tokens = _tokens(_drop_remarks(_without_list_numbers(typed)).replace("\n", " "))
    marks = {token.mark for token in tokens}
    if "N" not in marks:
        blank = "U" in marks and not marks & set("WFS") and "无" not in typed
        return Reading(None, "blank" if blank else "unreadable")
    try:
        said = _said(tokens)
    except _Doubt:
        return Reading(None, "unreadable")
    return Reading({kind: said.get(kind) for kind in KINDS}) if said else Reading(None, "unreadable")
