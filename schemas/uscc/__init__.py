"""统一社会信用代码: the Unified Social Credit Code of organisations in China.

Eighteen characters from `0123456789ABCDEFGHJKLMNPQRTUWXY` (no I, O, S, V, Z):

* 1: registering authority (`1`–`9`, `A`, `N`, `Y`); 2: class of body under that authority (a digit);
* 3–8: division of the registering office after GB/T 2260, retired ones and development zones included;
* 9–17: 组织机构代码, eight characters and a check digit of their own (GB 11714-1997, modulo 11: the inner check);
* 18: check character over the seventeen before it (modulo 31: the outer check).

A code stays the same for life. Of 2,994,416 published codes 0.006 % fail the outer check and as many the
inner one. So validity here is the outer check alone, the inner check is a warning, and a person can let a
failing code pass.

Sources: GB 32100-2015 with amendment 1 of 2016 (csres.com/detail/274489.html), GB 11714-1997
(zh.wikisource.org), GB 11643-1999 for personal numbers, GS15-2006 for 15-digit registration numbers, and
counts over registry dumps published up to 2019. Most examples use organisation codes from PDY00001 on, which
the standard keeps for private use.

>>> validate('12100000466007597c')
'12100000466007597C'
>>> validate('12100000466007597A')
Traceback (most recent call last):
    ...
schemas.uscc.code.InvalidChecksum: 代码校验不通过
>>> diagnose('9132O100PDY00001XR')
Diagnosis(code='9132O100PDY00001XR', fault='character', detail='第5位“O”', cleaned=False)
>>> candidates('9132O100PDY00001XR')
['91320100PDY00001XR']
>>> describe_prefix('12100000466007597C'), division('91320594PDY000028K').name
('事业单位', '苏州工业园区')
"""

from __future__ import annotations

from .classes import CLASSES, KINDS, Class, describe_prefix, is_unusual_prefix, kind_of
from .code import (
    ALPHABET,
    CODE_LENGTH,
    InvalidChecksum,
    InvalidComponent,
    InvalidFormat,
    InvalidLength,
    ValidationError,
    calc_check_digit,
    calc_organisation_check_digit,
    compact,
    inner_ok,
    is_complement_variant,
    is_organisation_code,
    is_valid,
    validate,
)
from .diagnosis import Diagnosis, diagnose
from .divisions import Division, city_of, division
from .foreign import is_foreign_name
from .legacy import registration_check
from .privacy import is_personal_id, mask
from .repair import bad_characters, candidates

__all__ = [
    "ALPHABET",
    "CLASSES",
    "CODE_LENGTH",
    "KINDS",
    "Class",
    "Diagnosis",
    "Division",
    "InvalidChecksum",
    "InvalidComponent",
    "InvalidFormat",
    "InvalidLength",
    "ValidationError",
    "bad_characters",
    "calc_check_digit",
    "calc_organisation_check_digit",
    "candidates",
    "city_of",
    "compact",
    "describe_prefix",
    "diagnose",
    "division",
    "inner_ok",
    "is_complement_variant",
    "is_foreign_name",
    "is_organisation_code",
    "is_personal_id",
    "is_unusual_prefix",
    "is_valid",
    "kind_of",
    "mask",
    "registration_check",
    "validate",
]
