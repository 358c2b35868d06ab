"""`pipeline.privacy`: no identity number of a person in a table, whatever stands around it."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.privacy import masked

# Made up: there is no division 320199.
PERSON, OLD, CODE = "320199199003070059", "320199900307005", "91320100PDY000204N"


@pytest.mark.parametrize(("text", "told"), [
    (PERSON, "320***********59"), (f"联系人 {PERSON}，电话 15400000000", "联系人 320***********59，电话 15400000000"),
    ("320199 19900307 0059", "320***********59"), ("３２０１９９１９９００３０７００５９", "320***********59"),
    (f"{CODE}（{PERSON}）", f"{CODE}（320***********59）"), (CODE, CODE),
    ("共 12 项，2021 年 3 月至 2022 年 12 月 31 日，34 家", ) * 2,
    ("", ""), (None, None),
])
def test_masked__wherever_it_stands(text: str | None, told: str | None) -> None:
    frame = pl.DataFrame({"name": [text, "江苏某某大学", None], "n": [1, 2, 3]}, schema_overrides={"name": pl.String})
    assert masked(frame)["name"].to_list() == [told, "江苏某某大学", None]


def test_masked__in_the_columns_that_hold_one_and_no_other() -> None:
    frame = pl.DataFrame({"name": [None, "江苏某某大学"], "duty": ["牵头", PERSON], "code": [CODE, CODE]})
    assert masked(frame).rows() == [(None, "牵头", CODE), ("江苏某某大学", "320***********59", CODE)]
    assert masked(pl.DataFrame({"n": [1]})).rows() == [(1,)]


def test_nothing_to_hide__the_same_table() -> None:
    frame = pl.DataFrame({"name": ["江苏某某大学"], "uscc": [PERSON], "n": [1.5]})
    assert masked(frame) is frame


def test_codes_and_digests__as_they_were_read() -> None:
    frame = pl.DataFrame({"uscc": [PERSON], "file": [f"{PERSON}.xlsx"], "sha256": [PERSON], "name": [PERSON]})
    assert masked(frame).row(0) == (PERSON, f"{PERSON}.xlsx", PERSON, "320***********59")
