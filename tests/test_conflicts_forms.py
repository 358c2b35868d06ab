"""`pipeline.conflicts.forms`: names by the key under which they are compared."""

from __future__ import annotations

import polars as pl

from pipeline.conflicts import forms
from schemas.kinds.text import fold_name


def test_folded__as_each_by_itself() -> None:
    # Every character that is taken to be its own key, and names that are not theirs.
    ideographs = [chr(number) for number in range(0x4E00, 0xA000)]
    others = ["江苏某某（集团）公司", "江苏某某(集团)公司 ", "○一二研究所", "Ａ公司", "甲\n", "甲\n乙", "", "㐀", "〇"]
    names = pl.Series([*ideographs, *others, None], dtype=pl.String)
    assert forms._folded(names).to_list() == [fold_name(name) for name in names]
