"""What is wrong with the text of a code cell, in a closed vocabulary; the caller words the message."""

from __future__ import annotations

import re
from typing import NamedTuple

from . import excel
from .classes import CLASSES
from .code import (
    AUTHORITIES,
    CODE_LENGTH,
    calc_check_digit,
    calc_organisation_check_digit,
    compact,
    fold,
    inner_ok,
    is_complement_variant,
    passes,
    passes_both,
    strip_ends,
)
from .divisions import is_known_province
from .foreign import is_pending_word, no_code_word
from .legacy import describe_length, is_tax_number, registration_check
from .privacy import is_personal_id, looks_like_personal_id
from .repair import bad_characters

_RUN = re.compile(r"[0-9A-Z]{8,}")


class Diagnosis(NamedTuple):
    """What stands in a code cell.

    `code` is the compact text, "" where there is none or it may not be shown; `fault` is "" or one of blank, foreign,
    length, several, character, number, checksum, complement, inner and personal_id; `detail` what a message needs;
    `cleaned` whether the code differs from what was written, outer white space aside.
    """

    code: str
    fault: str = ""
    detail: str = ""
    cleaned: bool = False


def diagnose(text: object, stored: str = "text") -> Diagnosis:
    """The first thing wrong with a cell's text; `stored` is how the cell keeps it, "text" or "number".

    >>> diagnose('统一社会信用代码:91320100pdy00001xr')
    Diagnosis(code='91320100PDY00001XR', fault='', detail='', cleaned=True)
    >>> diagnose('9.13201E+17').fault, diagnose('99000012-1').detail
    ('number', '9位组织机构代码')
    """
    written = "" if text is None else str(text)
    number = excel.read(written, stored)
    if number and len(number.digits) >= 15:
        return _of_number(number)
    code = number.digits if number else compact(written)
    cleaned = code != written.strip()
    # Nearly every code is sound: none of the looks below would find anything.
    if passes_both(code) and code[0] in AUTHORITIES and is_known_province(code):
        return Diagnosis(code, cleaned=cleaned)
    for look in (_without_code, _several, _personal, _length, _characters, _checks):
        found = look(code, written)
        if found and found[0] in _UNSHOWN:
            return Diagnosis("", *found)
        if found:
            return Diagnosis(code, *found, cleaned)
    return Diagnosis(code, cleaned=cleaned)


_UNSHOWN = frozenset({"blank", "foreign", "personal_id"})
Finding = tuple[str, str] | None


def _of_number(number: excel.Number) -> Diagnosis:
    digits = number.digits
    if len(digits) == 15 and (registration_check(digits) or is_tax_number(digits)):
        # Fifteen digits are all that Excel keeps, so nothing was lost.
        return Diagnosis(digits, "length", describe_length(digits))
    # Hardly any code has a birth date in the middle, and it would be wrong in a number cell anyway.
    if looks_like_personal_id(digits):
        return Diagnosis("", "personal_id")
    return Diagnosis(digits, "number", f"{len(digits)}位数字")


def _without_code(code: str, written: str) -> Finding:
    word = no_code_word(written)
    if word:
        return "foreign", word
    if not code or not any(character.isalnum() for character in code):
        return "blank", ""
    return ("blank", strip_ends(fold(written))) if is_pending_word(written) else None


def _several(code: str, written: str) -> Finding:
    if len(code) <= 20:
        return None
    runs = _RUN.findall(code)
    joined = "".join(runs)
    inside, place = 0, 0
    while place + CODE_LENGTH <= len(joined):
        found = passes_both(joined[place : place + CODE_LENGTH])
        inside, place = inside + found, place + (CODE_LENGTH if found else 1)
    count = max(inside, len(runs), round(len(joined) / CODE_LENGTH))
    return ("several", f"{count}个代码") if count > 1 else None


def _personal(code: str, written: str) -> Finding:
    sure = passes_both(code) and is_known_province(code)
    if sure or not looks_like_personal_id(code):
        return None
    # A mistyped identity number shows as a code whose class or province does not exist.
    impossible = not passes(code) and not (code[:2] in CLASSES and is_known_province(code))
    return ("personal_id", "") if is_personal_id(code) or impossible else None


def _length(code: str, written: str) -> Finding:
    """Eighteen characters of which one or two are no letters or digits are a code with a slip, not another text."""
    strange = sum(not (character.isascii() and character.isalnum()) for character in code)
    return None if len(code) == CODE_LENGTH and strange <= 2 else ("length", describe_length(code))


def _characters(code: str, written: str) -> Finding:
    bad = [f"第{position}位“{character}”" for position, character, _ in bad_characters(code)]
    if not bad and code[0] not in AUTHORITIES:
        bad = [f"第1位“{code[0]}”"]
    return ("character", "、".join(bad)) if bad else None


def _checks(code: str, written: str) -> Finding:
    if inner_ok(code) and passes(code):
        return None
    if passes(code):
        return "inner", f"第17位按算法应为“{calc_organisation_check_digit(code[8:16])}”"
    fault = "complement" if is_complement_variant(code) else "checksum"
    return fault, f"第{CODE_LENGTH}位按算法应为“{calc_check_digit(code[:-1])}”"
