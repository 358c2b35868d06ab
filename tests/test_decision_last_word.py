"""Of several decisions on one matter the last word counts, and what was out of date when handed in is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from schemas.call import CHINA
from tests.deciding import decide, handed_in, run
from tests.test_decision_answers import FILES, WARNED, A, B
from tests.test_organisations import nano


def test_old_row_handed_in_again__leaves_the_one_in_force(tmp_path: Path) -> None:
    """A workbook that is kept up and handed in whole repeats what has lapsed since."""
    old = decide(run(tmp_path, *FILES), A, kind="同码异名", name="累计1.xlsx")
    files = (*FILES, nano(60, C15="南京某某半导体集团"))
    new = decide(run(tmp_path, *files, handed_in(old)), B, kind="同码异名", name="复核.xlsx")
    (tmp_path / "累计2.xlsx").write_bytes(old.read_bytes())
    found = run(tmp_path, *files, handed_in(old), handed_in(new, 70), handed_in(tmp_path / "累计2.xlsx", 71))
    assert found.states() == [(A, "superseded"), (B, "applied"), (A, "superseded")]
    assert (found.answers()[0], found.answers()[2]) == (
        "已被后来的裁定替代（省级裁定/复核.xlsx 待核事项 第 5 行）。",
        "依据已变化，不再使用；此事仍按现行的裁定办理（省级裁定/复核.xlsx 待核事项 第 5 行）。")
    assert found.asked() == []


@pytest.mark.parametrize(("files", "in_force"), [
    # (name, ruling, sequence, whether it lies there)
    ([("甲", A, 51, False), ("甲", B, 52, True)], B),
    ([("甲", A, 51, True), ("甲", B, 52, False)], A),
    ([("甲", A, 51, False), ("甲", B, 52, False)], B),
    ([("甲", A, 51, True), ("甲", B, 52, False), ("乙", B, 53, True)], B),
    ([("甲", A, 51, True), ("乙", B, 52, True), ("甲", B, 53, False)], A),
    ([("甲", A, 51, True), ("乙", B, 52, False)], B)],
    ids=["replaced", "put back", "gone", "another file since", "put back after another file", "two files"])
def test_earlier_file_put_back__is_the_last_word_of_its_name(tmp_path: Path, files, in_force: str) -> None:
    before = run(tmp_path, *FILES)
    received = []
    for name, ruling, sequence, present in files:
        path = decide(before, ruling, kind="同码异名", name=f"{name}.xlsx", 理由=f"第{sequence}号")
        received.append(handed_in(path, sequence, present=present))
    found = run(tmp_path, *FILES, *received)
    assert [ruling for ruling, state in found.states() if state == "applied"] == [in_force]


@pytest.mark.parametrize(("rows", "states"), [
    # (until, day after 2023-09-10 on which it was received)
    ([("2023-09-12", 0), ("2023-12-31", 3)], ["superseded", "applied"]),
    ([("2023-09-12", 0), ("2023-12-31", 3), ("2023-09-12", 4)], ["superseded", "applied", "superseded"]),
    ([("2023-12-31", 0), ("2023-09-15", 3)], ["superseded", "expired"]),
    ([("2023-09-12", 0), ("2023-09-14", 1)], ["superseded", "expired"])],
    ids=["prolonged", "prolonged, then the old row again", "cut short", "both are over"])
def test_waiver_that_was_over_when_handed_in__replaces_none(tmp_path: Path, rows, states: list[str]) -> None:
    plain = run(tmp_path, *WARNED)
    received = []
    for place, (until, day) in enumerate(rows):
        path = decide(plain, "同意豁免", kind="M28", sheet="规则豁免", name=f"{place}.xlsx", 有效期至=until)
        ruling = handed_in(path, 50 + place)
        at = datetime(2023, 9, 10 + day, 2, tzinfo=CHINA)
        received.append(replace(ruling, receipt=replace(ruling.receipt, received_at=at)))
    found = run(tmp_path, *WARNED, *received)
    assert [state for _, state in found.states()] == states
    assert found.findings("M28") == [("南京市", "W", "waived" if "applied" in states else "new")]
    if len(rows) == 3:
        assert found.answers()[2] == "有效期已过，不再使用；此事仍按现行的裁定办理（省级裁定/1.xlsx 规则豁免 第 5 行）。"
