"""`pipeline.organisations`: kind and division are those of the code and of the name that is kept."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from schemas import uscc
from tests.deciding import decided
from tests.received import register_of
from tests.test_organisations import grid, micro, nano


@pytest.mark.parametrize("changes", [{}, {"C15": "江苏某某大学", "D15": "12320000PDY000319W"}, {"C15": "某某研究院"}])
def test_kind_and_division__by_code_and_name(changes: dict[str, str]) -> None:
    organisations = register_of(grid(), nano(**changes), micro(**changes))["organisations"]
    told = organisations.filter(pl.col("org_id").str.len_chars() == 18).select(
        "org_id", "name", "kind", "division_code", "division_name").rows()
    assert len(told) > 6
    for code, name, *found in told:
        division = uscc.division(code)
        assert found == [uscc.kind_of(code, name or ""), division.code, division.full_name]


@pytest.mark.parametrize("words", ["采用名称一", "采用名称二"])
def test_names__kind_and_name_agree(tmp_path: Path, words: str) -> None:
    """A code that leaves open what its unit is: the name says it, and here it is the one that was adopted."""
    institute = "12320000PDY000319W"
    found = decided(tmp_path, [grid(), nano(C15="江苏某某大学", D15=institute, G15=None, H15=None)], words, "同码异名")
    unit = found.organisation(institute)
    assert unit["kind"] == uscc.kind_of(institute, unit["name"]) == {"大学": "高校"}.get(unit["name"][-2:], "科研院所")
