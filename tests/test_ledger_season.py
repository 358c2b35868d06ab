"""What the ledger remembers of a season: withdrawals, declarations, rounds, findings, explanations, decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipeline.errors import WorkspaceHeld
from pipeline.intake import Seen
from pipeline.ledger import Ledger, tables
from pipeline.memory import Explanation, Memory, Nil, Past, Round
from schemas.call import CHINA
from schemas.season import Decisions

NOON = datetime(2023, 9, 1, 12, tzinfo=CHINA)
DAY = timedelta(days=1)
A, B = "a" * 64, "b" * 64
FORM, OTHER = "南京市/表.xlsx", "苏州市/表.xlsx"
SAYS = "已撤回（2023-09-02，重复报送）"
FIRST, SECOND = Round(1, "k1", NOON), Round(2, "k2", NOON + DAY)
PAST = Past("f1", "南京市", "JS001", "未来网络创新联合体", "M08", "E", 1, 1, NOON, NOON)
EXPLAINED = Explanation("f1", "digest", "以营业执照为准", A, NOON)
DECISION = {"number": "01-1", "kind": "同名", "says": "是否同一单位", "ruling": "合并", "reason": "同一法人", "judge": "张三",
            "day": "2023-09-01", "until": None, "state": "applied", "answer": "已办理", "file": "省级裁定/待核清单.xlsx",
            "sheet": "同名", "row": 5, "sha256": B, "evidence": "南京市/表.xlsx C5"}


def seen(path: str = FORM, sha256: str = A, **other) -> Seen:
    return Seen(**{"path": path, "city": "南京市", "sha256": sha256, "size": 9, "modified_at": NOON, "mtime_ns": 1,
                   "identity": 1} | other)


@pytest.fixture
def ledger(tmp_path, ledger_url):
    with Ledger(tmp_path / "ledger.db", ledger_url) as opened:
        yield opened


def standing(ledger: Ledger) -> list[tuple]:
    return [(one.path, one.sha256[:1], one.withdrawn) for one in ledger.receipts()]


def test_withdraw__takes_every_version_of_the_path(ledger):
    ledger.record([seen(), seen(OTHER)], NOON)
    ledger.record([seen(sha256=B)], NOON)
    done = ledger.withdraw([FORM, "没有/这个.xlsx"], "重复报送", NOON + DAY)
    assert ([one.sequence for one in done.receipts], done.unknown) == ([1, 3], ["没有/这个.xlsx"])
    assert standing(ledger) == [(FORM, "a", SAYS), (OTHER, "a", ""), (FORM, "b", SAYS)]


def test_withdraw__again_keeps_the_first_reason(ledger):
    ledger.record([seen()], NOON)
    first = ledger.withdraw([FORM], "重复报送", NOON + DAY)
    assert ledger.withdraw([FORM], "别的原因", NOON + 2 * DAY) == first


def test_withdraw__what_never_counted_is_unknown(ledger):
    ledger.record([seen("~$表.xlsx", "", ignored="临时文件")], NOON)
    assert ledger.withdraw(["~$表.xlsx"], "重复报送", NOON) == ([], ["~$表.xlsx"])


def test_withdraw__same_bytes_stay_withdrawn_and_new_ones_count(ledger):
    ledger.record([seen()], NOON)
    ledger.withdraw([FORM], "重复报送", NOON + DAY)
    ledger.record([], NOON, [FORM])
    ledger.record([seen(identity=9)], NOON + DAY)
    assert standing(ledger) == [(FORM, "a", SAYS)]
    ledger.record([seen(sha256=B)], NOON + DAY)
    ledger.record([seen()], NOON + DAY)
    assert standing(ledger) == [(FORM, "a", SAYS), (FORM, "b", "")]


@pytest.mark.parametrize("undo", [
    lambda ledger: ledger.withdraw([FORM], "", NOON, undo=True), lambda ledger: ledger.restore([FORM], NOON),
])
def test_withdraw__undone(ledger, undo):
    received = ledger.record([seen()], NOON)
    ledger.withdraw([FORM], "重复报送", NOON + DAY)
    assert undo(ledger) == (received, [])
    assert ledger.receipts() == received


def test_nils__declared_revoked_declared(ledger):
    ledger.declare_nil("宿迁市", "没有推荐", NOON)
    ledger.declare_nil("宿迁市", "没有推荐", NOON + DAY)
    assert ledger.nils() == ledger.memory().nils == {"宿迁市": Nil("宿迁市", "没有推荐", NOON)}
    assert (ledger.revoke_nil("宿迁市", NOON), ledger.revoke_nil("宿迁市", NOON), ledger.nils()) == (True, False, {})
    ledger.declare_nil("宿迁市", "没有推荐", NOON + DAY)
    assert ledger.nils()["宿迁市"].declared_at == NOON + DAY


def test_memory__empty_before_the_first_round(ledger):
    assert ledger.memory() == Memory()


def test_commit__remembered_as_given(ledger):
    mended = replace(PAST, finding_id="f2", city=None, mended_round=1, back_round=1, note="已改正")
    ledger.commit(FIRST, [PAST, mended], [EXPLAINED], [DECISION])
    assert ledger.memory() == Memory(FIRST, {"f1": PAST, "f2": mended}, {"f1": EXPLAINED})
    row, = ledger.rows()["decisions"]
    assert row == DECISION | {"recorded_at": "2023-09-01T12:00:00+08:00", "last_round": 1}


def test_commit__twice_is_once(ledger):
    ledger.commit(FIRST, [PAST], [EXPLAINED], [DECISION])
    once, number = ledger.rows(), ledger._store.journal.last()
    ledger.commit(FIRST, [PAST], [EXPLAINED], [DECISION])
    assert (ledger.rows(), ledger._store.journal.last()) == (once, number)


def test_commit__next_round_brings_up_to_date_and_keeps_the_rest(ledger):
    other = replace(PAST, finding_id="f2")
    ledger.commit(FIRST, [PAST, other], [EXPLAINED], [DECISION])
    ledger.commit(SECOND, [replace(PAST, last_round=2)], [], [DECISION | {"state": "lapsed", "answer": None}])
    memory = ledger.memory()
    assert (memory.round, memory.findings) == (SECOND, {"f1": replace(PAST, last_round=2), "f2": other})
    assert memory.explanations == {"f1": EXPLAINED}
    row, = ledger.rows()["decisions"]
    assert (row["state"], row["answer"], row["recorded_at"], row["last_round"]) == (
        "lapsed", None, "2023-09-01T12:00:00+08:00", 2)


@pytest.mark.parametrize("stale", [Round(1, "k1", NOON), Round(2, "other", NOON), Round(4, "k4", NOON)])
def test_commit__stale_run_is_refused(ledger, stale):
    ledger.commit(FIRST, [PAST], [], [])
    ledger.commit(SECOND, [], [], [])
    with pytest.raises(WorkspaceHeld, match="另一次运行已记下第 2 期，本次结果没有记入台账"):
        ledger.commit(stale, [replace(PAST, note="错")], [], [])
    assert ledger.memory() == Memory(SECOND, {"f1": PAST})


def test_commit__decision_without_place_and_text_with_a_null_character(ledger):
    unread = dict.fromkeys(DECISION) | {"state": "refused", "file": "省级裁定/坏.xlsx", "sha256": A}
    ledger.commit(FIRST, [], [replace(EXPLAINED, text="以\0执照为准")], [unread])
    assert ledger.memory().explanations["f1"].text == "以执照为准"
    assert [(row["file"], row["sheet"], row["row"]) for row in ledger.rows()["decisions"]] == [("省级裁定/坏.xlsx", "", 0)]


def test_decisions__columns_are_those_of_the_table():
    ours = set(tables.DECISIONS.c.keys()) - {"recorded_at", "last_round"}
    assert ours == set(Decisions.to_schema().columns)


def test_commit__killed_half_way_leaves_nothing(ledger):
    with pytest.raises(ZeroDivisionError):
        ledger.commit(FIRST, [PAST], [EXPLAINED], (1 / 0 for _ in "x"))
    assert ledger.memory() == Memory()
    ledger.commit(FIRST, [PAST], [], [])
    assert ledger.memory().findings == {"f1": PAST}


def test_many_forms__one_statement_takes_a_portion(ledger):
    many = [seen(f"{number}.xlsx", f"{number:064}", mtime_ns=number) for number in range(1203)]
    assert [one.path for one in ledger.record(many, NOON)] == [one.path for one in many]
    assert ledger.record(many, NOON) == sorted(ledger.receipts(), key=lambda one: int(one.path[:-5]))
    assert len(ledger.latest()) == 1203
