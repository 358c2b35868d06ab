from __future__ import annotations

import pytest

from schemas import uscc
from schemas.uscc import divisions
from schemas.uscc.divisions import CITIES, ZONES


@pytest.mark.parametrize(
    ("digits", "name", "city", "status"),
    [
        ("320106", "鼓楼区", "南京市", "现行"),
        ("320100", "南京市", "南京市", "现行"),
        ("320213", "梁溪区", "无锡市", "现行"),
        ("320211", "滨湖区", "无锡市", "现行"),
        # changes of 2015 to 2020, old and new
        ("320482", "金坛市", "常州市", "已停用"),
        ("320413", "金坛区", "常州市", "现行"),
        ("320602", "崇川区", "南通市", "已停用"),
        ("320613", "崇川区", "南通市", "现行"),
        ("320684", "海门市", "南通市", "已停用"),
        ("320614", "海门区", "南通市", "现行"),
        ("320621", "海安县", "南通市", "已停用"),
        ("320685", "海安市", "南通市", "现行"),
        ("320829", "洪泽县", "淮安市", "已停用"),
        ("320813", "洪泽区", "淮安市", "现行"),
        ("320982", "大丰市", "盐城市", "已停用"),
        ("320904", "大丰区", "盐城市", "现行"),
        ("320800", "淮安市", "淮安市", "现行"),
        ("320594", "苏州工业园区", "苏州市", "开发区"),
        ("320000", "江苏省", None, "现行"),
        ("100000", "国家登记机关", None, "现行"),
        ("320199", "", None, "未知"),
        ("990000", "", None, "未知"),
        ("440300", "深圳市", "深圳市", "现行"),
        ("350102", "鼓楼区", "福州市", "现行"),
        ("310115", "浦东新区", None, "现行"),
        ("110108", "海淀区", None, "现行"),
    ],
)
def test_division__name_city_and_status(digits, name, city, status):
    found = uscc.division(f"91{digits}PDY00001XR")
    assert (found.code, found.name, found.city, found.status) == (digits, name, city, status)
    assert uscc.division(digits) == found


@pytest.mark.parametrize(
    ("digits", "full_name"),
    [
        ("320106", "江苏省南京市鼓楼区"),
        ("320100", "江苏省南京市"),
        ("320000", "江苏省"),
        ("320594", "苏州工业园区"),
        ("310115", "上海市浦东新区"),
        ("100000", "国家登记机关"),
        ("320199", "江苏省"),
        ("", ""),
    ],
)
def test_full_name__says_each_part_once(digits, full_name):
    assert uscc.division(digits).full_name == full_name


@pytest.mark.parametrize(
    ("digits", "city"),
    [
        ("320682", "南通市"),
        ("321395", "宿迁市"),
        ("320000", None),
        ("100000", None),
        ("440300", None),
        ("320199", None),
    ],
)
def test_city_of__jiangsu_only(digits, city):
    assert uscc.city_of(f"91{digits}PDY00001XR") == city


def test_division__of_one_province_is_that_of_the_whole_table():
    from stdnum import numdb

    whole = numdb.get("cn/loc")
    known = [low + inner for _, low, _, _, children in whole.prefixes for _, inner, _, _, _ in children]
    # Beside those in the table: provinces it has not, and codes that it has not.
    digits = [*known, *(f"{number:06d}" for number in range(0, 1_000_000, 997))]
    expected = []
    for each in digits:
        (_, province), *rest = whole.info(each)
        expected.append((province.get("province", ""), rest[0][1].get("county", "") if rest else ""))
    assert [divisions._lookup(each) for each in digits] == expected
    assert len(known) > 6_000


def test_zones__lie_in_a_city_and_in_no_edition_of_the_standard():
    from stdnum import numdb

    official = {"32" + low for _, low, _, _, _ in _jiangsu(numdb.get("cn/loc"))}
    assert len(ZONES) == 24
    assert ZONES.keys() & official == set()
    assert {digits[:4] for digits in ZONES} <= CITIES.keys()


def _jiangsu(table):
    return next(children for _, low, _, _, children in table.prefixes if low == "32")
