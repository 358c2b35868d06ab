"""Real codes, from files that are not part of the repository."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from schemas import uscc
from schemas.uscc.divisions import ZONES
from schemas.uscc.repair import ALIKE

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="真实代码样本不在本仓库内")


def rows(name):
    path = DATA / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


CODES = rows("real_uscc.tsv")
GOOD = [row["uscc"].upper() for row in CODES if row["stdnum_upper"] == "ok"]
SOUND = [row["uscc"].upper() for row in CODES if row["stdnum_upper"] == row["gb11714"] == "ok"]
JIANGSU = [code for code in SOUND if code[2:4] == "32"]


def test_diagnose__no_good_code_is_an_error():
    faults = {row["uscc"]: uscc.diagnose(row["uscc"]).fault for row in CODES if row["stdnum_upper"] == "ok"}
    assert len(faults) > 600
    assert {code: fault for code, fault in faults.items() if fault not in ("", "inner")} == {}
    expected = {row["uscc"] for row in CODES if row["stdnum_upper"] == "ok" and row["gb11714"] == "bad"}
    assert {code for code, fault in faults.items() if fault == "inner"} == expected


def test_diagnose__good_codes_in_other_writing():
    for code in GOOD:
        wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
        for written in (code.lower(), wide, f"‘{code[:8]} {code[8:]}\u200b", f"统一社会信用代码：{code}；"):
            assert uscc.compact(written) == code
            assert uscc.diagnose(written).fault in ("", "inner")


def test_diagnose__failing_codes_by_kind():
    failing = [row for row in CODES if row["stdnum_upper"] != "ok"]
    for row in failing:
        expected = "character" if row["stdnum_upper"] == "InvalidFormat" else "checksum"
        assert uscc.diagnose(row["uscc"]).fault == ("complement" if row["complement_variant"] else expected)
    assert sum(bool(row["complement_variant"]) for row in failing) == 161


def test_diagnose__legacy_numbers_by_kind():
    legacy = rows("legacy_codes.tsv")
    assert len(legacy) == 60
    for row in legacy:
        found = uscc.diagnose(row["code"])
        assert (found.fault, found.detail) == ("length", "15位工商注册号")
        assert uscc.diagnose(row["code"], "number")[1:3] == ("length", "15位工商注册号")
        assert uscc.registration_check(row["code"])


def test_division__as_in_the_list():
    for row in rows("js_divisions.tsv"):
        found = uscc.division(row["code"])
        zone = row["status"].startswith("开发区")
        assert found.status == ("开发区" if zone else row["status"])
        assert found.name == (ZONES[row["code"]] if zone else row["name"])


def test_division__of_every_jiangsu_code_is_known():
    assert {code[2:8] for code in JIANGSU if uscc.division(code).status == "未知"} == set()


def test_mask__leaves_real_codes():
    assert [code for code in GOOD if uscc.mask(code) != code] == []


def test_kind_of__universities_and_institutes():
    national = [row for row in CODES if row["uscc"].startswith("12100000")]
    kinds = {row["name"]: uscc.kind_of(row["uscc"], row["name"]) for row in national}
    assert len(kinds) > 10
    assert {name: kind for name, kind in kinds.items() if kind != "高校"} == {
        "中国科学院软件研究所": "科研院所",
        "中国科学院计算技术研究所": "科研院所",
        "北京大学口腔医院": "其它",
    }


def alike(code, rng):
    place = rng.choice([place for place, character in enumerate(code) if character in ALIKE])
    return code[:place] + rng.choice(ALIKE[code[place]]) + code[place + 1 :]


def swapped(code, rng):
    place = rng.choice([place for place in range(17) if code[place] != code[place + 1]])
    return code[:place] + code[place + 1] + code[place] + code[place + 2 :]


def missing(code, rng):
    place = rng.randrange(18)
    return code[:place] + code[place + 1 :]


def extra(code, rng):
    place = rng.randrange(19)
    return code[:place] + rng.choice(uscc.ALPHABET) + code[place:]


def replaced(code, rng):
    place = rng.randrange(18)
    return code[:place] + rng.choice(uscc.ALPHABET.replace(code[place], "")) + code[place + 1 :]


# Shares of Jiangsu codes whose list holds the true code, and has it first; measured 1.00 and 0.89–1.00.
@pytest.mark.parametrize(
    ("damage", "first"), [(alike, 0.95), (swapped, 0.95), (missing, 0.8), (extra, 0.95), (replaced, 0.8)]
)
def test_candidates__find_the_true_code(damage, first):
    rng = random.Random(32100)
    lists = {code: uscc.candidates(damage(code, rng)) for code in JIANGSU}
    assert sum(code in found for code, found in lists.items()) / len(lists) >= 0.99
    assert sum(found[:1] == [code] for code, found in lists.items()) / len(lists) >= first


def test_candidates__find_what_excel_lost():
    digits = [code for code in SOUND if code.isdigit()]
    lists = [(code, uscc.candidates(f"{code[:15]}000", "number")) for code in digits]
    assert sum(code in found for code, found in lists) / len(lists) >= 0.98
    assert 2.9 < sum(len(found) for _, found in lists) / len(lists) < 3.6
    rounded = [(code, uscc.candidates(repr(float(code)), "number")) for code in digits]
    assert [code for code, found in rounded if code not in found] == []
    assert sum(found == [code] for code, found in rounded) / len(rounded) > 0.6
