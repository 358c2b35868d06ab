"""Positions 3–8: the division of the registering office.

Names come from `stdnum`'s cn/loc table, which keeps retired codes with their years: a file, read at the first
question, and the only one that anything in `schemas` reads. Of 140,326 real Jiangsu codes 4.2 % carry the number of
a development zone that no edition of GB/T 2260 has; those are listed here, named after the registered addresses of
the firms seen with them. So an unknown division is never an error.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

CURRENT, RETIRED, ZONE, UNKNOWN = ("现行", "已停用", "开发区", "未知")
NATIONAL = "100000"

PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46"
    " 50 51 52 53 54 61 62 63 64 65 71 81 82".split()
)
CITIES = {
    "3201": "南京市",
    "3202": "无锡市",
    "3203": "徐州市",
    "3204": "常州市",
    "3205": "苏州市",
    "3206": "南通市",
    "3207": "连云港市",
    "3208": "淮安市",
    "3209": "盐城市",
    "3210": "扬州市",
    "3211": "镇江市",
    "3212": "泰州市",
    "3213": "宿迁市",
}
ZONES = {
    "320191": "南京江北新区（南京高新区）",
    "320192": "南京经济技术开发区",
    "320193": "南京化学工业园（江北新区）",
    "320292": "无锡经济开发区",
    "320293": "江阴—靖江工业园区",
    "320592": "张家港保税区",
    "320594": "苏州工业园区",
    "320691": "南通经济技术开发区",
    "320692": "通州湾示范区",
    "320791": "连云港经济技术开发区",
    "320805": "淮安工业园区",
    "320891": "淮安经济技术开发区",
    "320913": "盐城盐南高新区（城南新区）",
    "320991": "盐城经济技术开发区",
    "321016": "扬州市开发区（名称待核）",
    "321091": "扬州经济技术开发区",
    "321191": "镇江新区",
    "321192": "镇江高新区",
    "321291": "泰州医药高新区",
    "321292": "泰州农业开发区",
    "321391": "宿迁经济技术开发区",
    "321392": "宿迁湖滨新区",
    "321393": "宿迁洋河新区",
    "321395": "苏州宿迁工业园区",
}

# The municipalities, and Jiangsu outside CITIES (its 地区 of before 1983).
_WITHOUT_PREFECTURES = frozenset({"11", "12", "31", "50", "32"})
_SPELL = re.compile(r"(?:\[(?P<since>\d*)-(?P<until>\d*)\])?(?P<name>[^,]+)")


class Division(NamedTuple):
    """Six digits, the division's own name, its prefecture or None, its status (CURRENT …), its province."""

    code: str
    name: str
    city: str | None
    status: str
    province: str = ""

    @property
    def full_name(self) -> str:
        """Province, prefecture and name in one, each once."""
        parts = dict.fromkeys((self.province, self.city or "", self.name))
        return self.name if self.status == ZONE else "".join(parts)


def division(code: str) -> Division:
    """The division of an 18-character code, or of six digits.

    >>> division('91320594PDY000028K').name, division('320602').status, division('320106').full_name
    ('苏州工业园区', '已停用', '江苏省南京市鼓楼区')
    """
    return _division(code[2:8] if len(code) > 8 else code[:6])


@lru_cache(maxsize=8192)
def _division(digits: str) -> Division:
    if digits == NATIONAL:
        return Division(digits, "国家登记机关", None, CURRENT)
    if digits in ZONES:
        return Division(digits, ZONES[digits], CITIES[digits[:4]], ZONE, "江苏省")
    province, spells = _lookup(digits)
    if not spells:
        return Division(digits, "", None, UNKNOWN, province)
    name, status = _latest(spells)
    return Division(digits, name, _prefecture(digits), status, province)


def city_of(code: str) -> str | None:
    """The Jiangsu prefecture (南京市 …) of a code; None if national, provincial, outside Jiangsu or unknown.

    A development zone has the city of its first four digits; look at the status not to lean on that.
    """
    found = division(code)
    return found.city if found.code[:4] in CITIES else None


def is_known_province(code: str) -> bool:
    """Whether positions 3–4 are those of a province, or positions 3–8 the national registrar's."""
    return code[2:4] in PROVINCES or code[2:8] == NATIONAL


def _prefecture(digits: str) -> str | None:
    if digits[:4] in CITIES:
        return CITIES[digits[:4]]
    # …00 is the province, …90 are counties without a prefecture between.
    if digits[:2] in _WITHOUT_PREFECTURES or digits[2:4] in ("00", "90"):
        return None
    above = _lookup(digits[:4] + "00")[1]
    return _latest(above)[0] if above else None


def _lookup(digits: str) -> tuple[str, str]:
    """The province's name and the table's text for six digits, "" for what the table lacks."""
    if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
        return "", ""
    found = _province(digits[:2]).info(digits)
    province = found[0][1].get("province", "")
    return province, found[1][1].get("county", "") if len(found) > 1 else ""


@lru_cache(maxsize=1)
def _table() -> str:
    import stdnum

    return Path(stdnum.__file__).with_name("cn").joinpath("loc.dat").read_text("utf-8")


@lru_cache(maxsize=64)
def _province(digits: str):
    """The table of one province: reading all of it takes 60 ms, which a command that meets a few codes should not
    pay."""
    from stdnum import numdb

    found = re.search(rf"^{digits} .*(?:\n[ #].*)*", _table(), re.M)
    return numdb.read(found[0].splitlines() if found else ())


def _latest(spells: str) -> tuple[str, str]:
    """Name and status of a table text such as `[1983-1999]郊区,[2000-]滨湖区`."""
    last = list(_SPELL.finditer(spells))[-1]
    return last["name"], RETIRED if last["until"] else CURRENT
