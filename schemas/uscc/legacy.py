"""Numbers that stand where the code should, told by their shape (domain facts: GS15-2006, GB 11714-1997)."""

from __future__ import annotations

import re

from .code import CODE_LENGTH, is_organisation_code, passes

_CO_OPERATIVE = re.compile(r"\d{6}NA")
_TAXPAYER = re.compile(r"[0-9A-Z]{20}")
# What the words around an old number say it is, in the order to try them.
_WORDED = (
    (re.compile(r"企.{0,8}字第"), "外资企业旧注册号（企独苏…字第…号）"),
    (re.compile(r"事证第|事业单位法人证书"), "事业单位法人证书号（事证第…号）"),
    (re.compile(r"社证字|社团登记"), "社会团体登记证号（社证字第…号）"),
    (re.compile(r"民证字"), "民办非企业单位登记证号（民证字第…号）"),
    (re.compile(r"字第"), "旧证照号（…字第…号）"),
)


def registration_check(number: str) -> bool:
    """Whether 15 digits are a 工商注册号 with the right check digit (ISO 7064 modulo 11, 10).

    >>> registration_check('320199000000423')
    True
    """
    if not (len(number) == 15 and number.isascii() and number.isdigit()):
        return False
    product = 10
    for digit in number[:14]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[14])


def is_tax_number(number: str) -> bool:
    """Whether 15 characters are the old tax number: six digits of a division and a 组织机构代码."""
    return len(number) == 15 and number[:6].isdigit() and is_organisation_code(number[6:])


def describe_length(code: str) -> str:
    """What text of a length other than 18 probably is, in Chinese; `code` is compact.

    >>> describe_length('320506NA000043X'), describe_length('3201001000123')
    ('合作社旧注册号', '13位旧注册号')
    """
    for pattern, kind in _WORDED:
        if pattern.search(code):
            return kind
    if not (code.isascii() and code.isalnum()):
        if code.isascii():
            return "不像代码"
        return "文字，不是代码" if sum(map(code.count, "0123456789")) < 6 else "代码与其他文字混填"
    describe = _BY_LENGTH.get(len(code), lambda _: "")
    return describe(code) or _difference(len(code))


def _difference(length: int) -> str:
    return f"少{CODE_LENGTH - length}位" if length < CODE_LENGTH else f"多{length - CODE_LENGTH}位"


def _of_8(code: str) -> str:
    return "缺校验位的组织机构代码或香港商业登记号" if code.isdigit() else ""


def _of_9(code: str) -> str:
    return "9位组织机构代码" if code[-1] in "0123456789X" else ""


def _of_12(code: str) -> str:
    return "12位事业单位法人证书号" if code.isdigit() and code[0] == "1" else ""


def _of_13(code: str) -> str:
    return "13位旧注册号" if code.isdigit() else ""


def _of_15(code: str) -> str:
    if _CO_OPERATIVE.match(code):
        return "合作社旧注册号"
    if is_tax_number(code) and not registration_check(code):
        return "15位税务登记号"
    return "15位工商注册号" if code.isdigit() else ""


def _of_20(code: str) -> str:
    has_code = passes(code[:CODE_LENGTH]) or passes(code[-CODE_LENGTH:])
    return "20位纳税人识别号" if _TAXPAYER.fullmatch(code) and not has_code else ""


_BY_LENGTH = {8: _of_8, 9: _of_9, 12: _of_12, 13: _of_13, 15: _of_15, 20: _of_20}
