"""`pipeline.held`: a form's head is held, the form is had on demand; `pipeline.portions` keeps what was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import portions
from pipeline.errors import StorageFailed
from pipeline.held import InMemory, InStore, head_of
from pipeline.portions import Answer, Portion, known, taken
from pipeline.read.packed import pack, tables_of, unpack
from pipeline.read.record import FormReading, Opened, Spotted, Value
from pipeline.readings import Readings
from pipeline.settings import Settings
from pipeline.submissions import submissions_of
from tests.received import receipt

FIRST = FormReading("表一", {"consortium": [{"name": Value(" 甲联合体 ", "B4"), "lead_unit": Value("甲厂", "B6")}],
                           "members": [{"name": Value("甲厂", "C14")}, {"name": Value("乙厂", "C15")}]},
                    [Spotted("F05", "表一")], {"blank": 1}, {"members": {"": 2, "blank": 1}})
SECOND = FormReading("表二", {"consortium": [{}]})
OPENED = Opened((FIRST, SECOND), (Spotted("F07"),))
PLACE = receipt("南京市/甲.xlsx")


@pytest.fixture
def kept(tmp_path: Path) -> Readings:
    kept = Readings(tmp_path / "readings", "e" * 64)
    kept.prune()
    return kept


def test_head__says_what_tells_forms_apart() -> None:
    head = head_of(FIRST)
    assert (head.sheet, head.name, head.lead, head.account) == (
        "表一", " 甲联合体 ", "甲厂", '{"members":{"":2,"blank":1}}')
    assert (head.unpacked(), head.tables()) == (FIRST, tables_of(FIRST))
    assert head_of(head) is head


def test_taken__kept_in_the_store_and_known_again(kept) -> None:
    (reading,) = taken([Answer(PLACE, pack(OPENED))], kept)
    again, new = known(Portion((PLACE,), kept))
    assert (again, new) == ([reading], [])
    assert {type(head.file) for head in reading.forms} == {InStore}
    assert [head.unpacked() for head in reading.forms] == [FIRST, SECOND]
    assert (reading.spotted, reading.blank) == (OPENED.spotted, False)


def test_taken__what_may_go_better_next_time_is_not_kept(kept) -> None:
    (reading,) = taken([Answer(PLACE, pack(OPENED), lasting=False)], kept)
    assert ([type(head.file) for head in reading.forms], kept.has(PLACE)) == ([InMemory] * 2, False)
    assert known(Portion((PLACE,), kept)) == ([], [PLACE])


@pytest.mark.parametrize("refusing", [True, False], ids=["a disk that refuses", "no store"])
def test_taken__in_memory_where_nothing_is_stored(tmp_path, refusing) -> None:
    (tmp_path / "readings").write_bytes(b"in the way")
    store = Readings(tmp_path / "readings", "e" * 64) if refusing else None
    (reading,) = taken([Answer(PLACE, pack(OPENED))], store)
    assert [head.unpacked() for head in reading.forms] == [FIRST, SECOND]


def test_stored_reading_that_is_gone__the_run_fails_and_says_so(kept) -> None:
    (reading,) = taken([Answer(PLACE, pack(OPENED))], kept)
    kept.close()
    kept.file.unlink()
    with pytest.raises(StorageFailed, match="^保存的读取结果已读不出来。请重新运行，有关文件会重新读取。$"):
        reading.forms[0].unpacked()


def test_submission__unpacks_on_demand_and_hands_out_the_packed_file(kept) -> None:
    first, second = submissions_of(taken([Answer(PLACE, pack(OPENED))], kept), [PLACE])
    assert [(one.has_form, one.sheet, one.place, one.name) for one in (first, second)] == [
        (True, "表一", 0, "甲联合体"), (True, "表二", 1, "")]
    assert (first.reading, unpack(second.packed).forms[second.place]) == (FIRST, SECOND)


def test_read__what_one_child_answered_is_kept_before_the_next_has(kept, monkeypatch) -> None:
    later = receipt("南京市/乙.xlsx")
    seen = []

    def one_by_one(receipts, *_):
        for one in receipts:
            seen.append([kept.has(other) for other in receipts])
            yield Answer(one, pack(OPENED))

    monkeypatch.setattr(portions, "opened", one_by_one)
    monkeypatch.setattr(portions, "_CHILD_FILES", 1)
    found = portions.read(Portion((later, PLACE), kept), Settings())
    assert ([one.receipt for one in found], seen) == ([later, PLACE], [[False, False], [True, False]])


def test_damaged_bytes_from_elsewhere__as_a_reader_that_broke() -> None:
    (reading,) = taken([Answer(PLACE, b"cut off")], None)
    assert (reading.forms, [one.rule for one in reading.spotted]) == ((), ["F01"])
