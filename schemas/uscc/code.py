"""The code itself: cleaning, both check digits, validity (GB 32100-2015 with amendment 1, GB 11714-1997)."""

from __future__ import annotations

import re
import string
import unicodedata
from functools import lru_cache
from operator import mul

from .classes import describe_prefix

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
AUTHORITIES = "123456789ANY"
CODE_LENGTH = 18
# Of the characters before the last, and of the first eight of a 组织机构代码.
OUTER_WEIGHTS = tuple(pow(3, i, 31) for i in range(CODE_LENGTH - 1))
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_INNER_VALUES = {character: int(character, 36) for character in string.digits + string.ascii_letters}
_DIGITS = frozenset("0123456789")
_ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]")


class ValidationError(ValueError):
    """Base of the errors below, named as in `stdnum.exceptions`, whose package takes 40 ms to import."""

    message = "不是有效的统一社会信用代码"

    def __str__(self) -> str:
        return "".join(map(str, self.args[:1])) or self.message


class InvalidFormat(ValidationError):
    """A character stands where the standard does not allow it."""

    message = "代码中有不允许的字符"


class InvalidLength(InvalidFormat):
    """The number of characters is wrong."""

    message = "代码位数不对"


class InvalidComponent(ValidationError):
    """The first character names no registering authority."""

    message = "第1位不是登记管理部门代码"


class InvalidChecksum(ValidationError):
    """The last character does not follow from the others."""

    message = "代码校验不通过"


# Cyrillic and Greek capitals that cannot be told from Latin ones in print.
_LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУҮХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "ABESIJKMHOPCTYYXABEZHIKMNOPTYX",
)
_QUOTES = frozenset("\"'`´ʹʺʻʼʽˊˋ′″‵＇＂")
_DASHES = frozenset("-−ー")
_LABEL = (
    r"(?:[三五多]证合一)?(?:"
    r"(?:统一)?(?:社会)?信用(?:代码证?|编码|机构代码|号)|统一代码"
    r"|(?:组织|单位|法人|企业|机构)?(?:机构)?代码证?"
    r"|(?:工商|企业|营业执照)?注册号|营业执照(?:编号)?|纳税人识别号|税务登记证?|税号|身份证|证照|编号"
    r"|USC[CI]|(?:UNIFIED)?SOCIALCREDIT(?:CODE|IDENTIFIER)|CREDITCODE|CODE|NO(?=[.:])"
    r")(?:号码|号|编号)?"
)
_NOTE = r"(?:\(?(?:共?18位|[三五]证合一)\)?)?"
_LABEL_BEFORE = re.compile(rf"^{_LABEL}{_NOTE}(?:\({_LABEL}\))?[:.是为=]*")
_LABEL_BEHIND = re.compile(rf"(?:[(\[]?{_LABEL}|[(\[]?共?18位)$")
_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:E\+?\d+)?")
_RUN = re.compile(r"[0-9A-Z]+")
# Beside a code, something of these lengths may be another one; a telephone number is not.
_CODE_LENGTHS = frozenset({9, 13, 15, CODE_LENGTH - 1, CODE_LENGTH, CODE_LENGTH + 1, 20})
# Words that say the code beside them is not the present one.
_NOT_PRESENT = re.compile(r"原|旧|曾|注销|吊销|作废|错|变更前|待定|不是")


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    """One character in its plain form; "" for what is no content at all."""
    category = unicodedata.category(character)
    # Circled and raised digits would fold to digits as well, but nobody writes a code with them.
    if category == "No":
        return character
    folded = unicodedata.normalize("NFKC", character).upper()
    if len(folded) != 1:
        folded = character
    folded = folded.translate(_LOOK_ALIKES)
    category = unicodedata.category(folded)
    if folded in _QUOTES or folded in _DASHES or category in ("Pi", "Pf", "Pd"):
        return ""
    if category[0] in "ZC" or category == "Mn":
        return ""
    return folded


def fold(text: object) -> str:
    """The characters of any text in plain form, without spaces, invisible characters, dashes and quotes."""
    return "" if text is None else "".join(map(_fold, str(text)))


def strip_ends(text: str) -> str:
    """The text without punctuation and symbols at its ends."""
    start, end = 0, len(text)
    while start < end and unicodedata.category(text[start])[0] in "PS":
        start += 1
    while end > start and unicodedata.category(text[end - 1])[0] in "PS":
        end -= 1
    return text[start:end]


def compact(text: object) -> str:
    """The code as the standard writes it, as far as that loses nothing.

    Full width, lower case, spaces, invisible characters, dashes, quotes, Cyrillic and Greek look-alikes,
    punctuation and labels around the code are put right. A character is never exchanged for another one
    (O for 0): see `repair`.

    >>> compact(' ９１３２０１００-pdy00001xｒ ')
    '91320100PDY00001XR'
    >>> compact('统一社会信用代码：12100000466007597C。')
    '12100000466007597C'
    """
    text = "" if text is None else str(text)
    if len(text) == CODE_LENGTH and text.isascii() and text.isalnum():
        return text.upper()
    previous, rest = "", fold(text)
    while rest != previous:
        previous, rest = rest, strip_ends(rest)
        rest = _LABEL_BEFORE.sub("", rest, count=1)
        rest = _LABEL_BEHIND.sub("", rest, count=1)
    return rest if rest.isascii() and rest.isalnum() else _embedded(rest)


def _embedded(rest: str) -> str:
    """The one code inside other text if its check digits vouch for it, else the text as it is."""
    if _NUMBER.fullmatch(rest):
        return rest
    bare = "".join(c for c in rest if unicodedata.category(c)[0] not in "PS")
    if len(bare) == CODE_LENGTH and passes(bare):
        return bare
    runs = set(_RUN.findall(rest))
    sound = {run for run in runs if passes_both(run)}
    alone = len(sound) == 1 and not any(len(run) in _CODE_LENGTHS for run in runs - sound)
    return sound.pop() if alone and not _NOT_PRESENT.search(rest) else rest


def calc_check_digit(first17: str) -> str:
    """The 18th character for the first seventeen (outer check, modulo 31); what comes after them does not count.

    Raises InvalidLength (fewer than seventeen), InvalidFormat.

    >>> calc_check_digit('12100000466007597')
    'C'
    """
    return ALPHABET[-_outer_sum(first17) % 31]


def calc_complement_digit(first17: str) -> str:
    """The 18th character as some issuers computed it, without the subtraction from 31.

    Raises InvalidLength (fewer than seventeen characters), InvalidFormat.
    """
    return ALPHABET[_outer_sum(first17) % 31]


def _outer_sum(first17: str) -> int:
    head = compact(first17)[: CODE_LENGTH - 1]
    if len(head) < CODE_LENGTH - 1:
        raise InvalidLength()
    if any(character not in _VALUES for character in head):
        raise InvalidFormat()
    return sum(map(mul, map(_VALUES.__getitem__, head), OUTER_WEIGHTS))


def calc_organisation_check_digit(body8: str) -> str:
    """The 9th character of a 组织机构代码 (inner check, GB 11714, modulo 11; A is 10 … Z is 35, I and O counted).

    Raises InvalidLength (fewer than eight characters), InvalidFormat.

    >>> calc_organisation_check_digit('46600759')
    '7'
    """
    body = compact(body8)[: len(INNER_WEIGHTS)]
    if len(body) < len(INNER_WEIGHTS):
        raise InvalidLength()
    if not (body.isascii() and body.isalnum()):
        raise InvalidFormat()
    return _inner_digit(body)


def _inner_digit(body: str) -> str:
    remainder = -sum(map(mul, map(_INNER_VALUES.__getitem__, body), INNER_WEIGHTS)) % 11
    return "X" if remainder == 10 else str(remainder)


def validate(text: object) -> str:
    """The clean code; raises InvalidLength, InvalidFormat, InvalidComponent or InvalidChecksum.

    The class digit, the division and the inner check are not part of validity: real codes have odd ones.
    """
    code = compact(text)
    if len(code) != CODE_LENGTH:
        raise InvalidLength()
    if any(character not in _VALUES for character in code) or not _DIGITS.issuperset(code[1:8]):
        raise InvalidFormat()
    if code[0] not in AUTHORITIES:
        raise InvalidComponent()
    if not passes(code):
        raise InvalidChecksum()
    return code


def is_valid(text: object) -> bool:
    """Whether `validate` accepts the text."""
    try:
        return bool(validate(text))
    except ValidationError:
        return False


def is_organisation_code(text9: object) -> bool:
    """Whether the text is a 9-character 组织机构代码 with the right check character.

    >>> is_organisation_code('46600759-7')
    True
    """
    code = compact(text9)
    return bool(_ORGANISATION.fullmatch(code)) and code[8] == _inner_digit(code[:8])


def inner_ok(code: str) -> bool:
    """Whether positions 9–17 are a 组织机构代码 with the right check character."""
    return len(code) == CODE_LENGTH and is_organisation_code(code[8:17])


def is_complement_variant(code: str) -> bool:
    """Whether the code fails only because its issuer took S mod 31 for 31 − S mod 31.

    161 of the 190 failing codes among 2,994,416 published ones are of this kind, none of them from Jiangsu.
    """
    try:
        return len(code) == CODE_LENGTH and not is_valid(code) and code[-1] == calc_complement_digit(code[:-1])
    except ValidationError:
        return False


def passes(code: str) -> bool:
    """Shape and outer check of text that is compact already."""
    if len(code) != CODE_LENGTH or not _DIGITS.issuperset(code[1:8]):
        return False
    try:
        return (sum(map(mul, map(_VALUES.__getitem__, code), OUTER_WEIGHTS)) + _VALUES[code[-1]]) % 31 == 0
    except KeyError:
        return False


def passes_both(code: str) -> bool:
    """Both check digits and a prefix in use: what an error meets once in thousands."""
    return passes(code) and code[16] == _inner_digit(code[8:16]) and bool(describe_prefix(code))
