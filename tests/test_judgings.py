"""What forms were judged to be, kept from night to night: trusted only as far as it proves itself, and never seen."""

from __future__ import annotations

import random
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline import bounded
from pipeline.held import Head, InStore, heads
from pipeline.judgings import Judgings
from pipeline.read.packed import headings, mark_of
from pipeline.readings import Readings
from pipeline.validate import About
from tests.judged_forms import EDITION, FIRST_DAY, NANJING, SHEETS, file_of, held, judge, same, store_in
from tests.received import receipt

FRAMES = bounded.frames_of


@pytest.fixture
def store(tmp_path: Path) -> Readings:
    return store_in(tmp_path)


@pytest.fixture
def judged(monkeypatch) -> list[int]:
    """How many forms are judged, portion by portion."""
    seen: list[int] = []
    monkeypatch.setattr(bounded, "frames_of", lambda form, tables, about: seen.append(len(tables)) or FRAMES(
        form, tables, about))
    return seen


@pytest.mark.parametrize("seed", range(6))
def test_any_nights__as_if_all_were_judged_anew(store, judged, seed) -> None:
    """Forms come, go, come in another order, of another city or day; some are not stored."""
    drawn = random.Random(seed)
    before: set[tuple] = set()
    for _ in range(4):
        numbers = drawn.choices(range(len(SHEETS)), k=drawn.randrange(12))
        about = [About(drawn.choice(["南京市", "苏州市", None]), FIRST_DAY + timedelta(drawn.randrange(2)))
                 for _ in numbers]
        stored = [drawn.random() < 0.8 for _ in numbers]
        heads = [file_of([number], store if is_stored else None)[0]
                 for number, is_stored in zip(numbers, stored, strict=True)]
        at_a_time = drawn.choice([2, 3, 100])
        judged.clear()
        found = judge(heads, about, at_a_time)
        new = sum(judged)
        assert same(found, judge(held(numbers), about))
        now = [pair for pair, is_stored in zip(zip(numbers, about, strict=True), stored, strict=True) if is_stored]
        # The same form twice, of one city and day, is kept once.
        assert new == len(numbers) - len(set(now) & before)
        before = set(now)


def test_night_without_new_forms__judges_and_writes_nothing(store, judged) -> None:
    first = judge(held(range(8), store))
    written = store.judgings.file.stat()
    judged.clear()
    assert same(judge(held(range(8), store)), first)
    assert (judged, store.judgings.file.stat().st_mtime_ns) == ([], written.st_mtime_ns)


def test_forms_of_one_file__are_told_apart_by_their_place(store, judged) -> None:
    first = judge(file_of([0, 1], store))
    judged.clear()
    assert same(judge(file_of([0, 1], store)), first) and judged == []
    assert same(judge(file_of([0, 1], store)[1:]), judge(held([1])))


@pytest.mark.parametrize("change", [
    lambda head: (head._replace(file=head.file._replace(mark=b"1234")), NANJING),
    lambda head: (head._replace(file=head.file._replace(mark=b"")), NANJING),
    lambda head: (head, About("苏州市", FIRST_DAY)), lambda head: (head, About(None, FIRST_DAY)),
    lambda head: (head, About("南京市", FIRST_DAY + timedelta(1))),
    lambda head: (head, replace(NANJING, due=NANJING.due + timedelta(1)))],
    ids=["read otherwise", "no checksum", "another city", "no city", "another day", "another deadline"])
def test_form_of_which_anything_else_is_known__is_judged_anew(store, judged, change) -> None:
    judge(held([0, 1], store))
    judged.clear()
    first, second = held([0, 1], store)
    head, about = change(second)
    judge([first, head], [NANJING, about])
    assert judged == [1]


def test_right_code_comes_with_another_form__the_kept_finding_is_worded_anew(store, judged) -> None:
    def told(heads: list[Head]) -> str:
        return judge(heads).findings.filter(code="M08")["suggestion"][0].partition("。")[0]

    alone = "请对照营业执照（法人证书）改正；证照确系此号的，请上传证照并注明"
    assert told(held([1], store)) == alone
    judged.clear()
    assert told(held([1, 0], store)) == "可能应为：91320100PDY000204N"
    assert judged == [1]
    assert told(held([1], store)) == alone
    assert judged == [1]


def test_worded_as_before__is_not_unpacked(store, monkeypatch) -> None:
    first = judge(held(range(8), store))
    monkeypatch.setattr(Head, "tables", lambda head: pytest.fail("unpacked"))
    assert same(judge(held(range(8), store)), first)


def test_form_that_no_longer_stands__leaves_nothing(store) -> None:
    judge(held(range(8), store))
    assert "只在这一份里的单位".encode() in store.judgings.file.read_bytes()
    judge(held([0, 1, 2], store))
    assert "只在这一份里的单位".encode() not in store.judgings.file.read_bytes()


def test_not_lasting__nothing_is_taken_or_kept(store, tmp_path, judged) -> None:
    judge(held(range(3), store))
    written = store.judgings.file.read_bytes()
    judged.clear()
    looking = Readings(tmp_path / "readings", EDITION, lasting=False)
    file = replace(receipt("南京市/a.xlsx"), sha256=f"{0:0>64}")
    packed = looking.packed(file)
    judge(heads(headings(packed).forms, InStore(looking, file, mark_of(packed))))
    assert (judged, store.judgings.file.read_bytes()) == ([1], written)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"", "cut": lambda data: data[:-1], "head only": lambda data: data[:65],
    "half": lambda data: data[:len(data) // 2], "foreign": lambda data: b"x" * len(data),
    "shifted": lambda data: b"x" + data, "longer": lambda data: data + b"x",
    "no pieces": lambda data: data[:65] + data[-40:],
    "another edition": lambda data: b"f" + data[1:],
    **{f"one bit at {at}%": lambda data, at=at: flipped(data, len(data) * at // 100) for at in range(0, 100, 7)},
    "last byte": lambda data: flipped(data, len(data) - 1),
}


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1:]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_file__is_none_and_is_made_anew(store, judged, damage) -> None:
    first = judge(held(range(4), store))
    whole = store.judgings.file.read_bytes()
    store.judgings.file.write_bytes(damage(whole))
    judged.clear()
    assert same(judge(held(range(4), store)), first)
    assert (judged, store.judgings.file.read_bytes()) == ([4], whole)


def test_other_edition__knows_nothing_and_drops_the_older(store, judged, tmp_path) -> None:
    judge(held(range(3), store))
    later = Readings(tmp_path / "readings", EDITION, judgings=Judgings(tmp_path / "judgings", "f" * 64))
    (tmp_path / "judgings" / f"{EDITION}.new").write_bytes(b"of a killed run")
    (tmp_path / "judgings" / "stray").mkdir()
    later.judgings.prune()
    judged.clear()
    judge(held(range(3), later))
    assert (judged, list((tmp_path / "judgings").iterdir())) == ([3], [later.judgings.file])


def test_folder_and_file__are_closed_to_others(store, tmp_path) -> None:
    (tmp_path / "judgings").chmod(0o755)
    store.judgings.prune()
    judge(held([0], store))
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "judgings", store.judgings.file)}
    assert modes == {0o700, 0o600}


def test_folder_that_is_none__costs_nothing_but_time(store, tmp_path, judged) -> None:
    (tmp_path / "judgings").rmdir()
    (tmp_path / "judgings").write_bytes(b"in the way")
    store.judgings.prune()
    assert same(judge(held(range(3), store)), judge(held(range(3))))
    judged.clear()
    judge(held(range(3), store))
    assert judged == [3]


def test_disk_that_gets_full__leaves_neither_half_a_file_nor_an_old_one(store, monkeypatch) -> None:
    judge(held([5], store))

    def full(*_) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.judgings._write", full)
    assert same(judge(held(range(3), store)), judge(held(range(3))))
    assert list(store.judgings.file.parent.iterdir()) == []


def test_file_that_cannot_be_opened__is_none(store, judged) -> None:
    store.judgings.file.mkdir()
    assert same(judge(held(range(3), store)), judge(held(range(3))))
    assert judged == [3, 3]


def test_frames__come_back_as_they_were_saved_in_pieces(store, monkeypatch) -> None:
    monkeypatch.setattr("pipeline.judgings._ROWS", 2)
    frame = pl.DataFrame({"a": ["甲", None, "乙", "", "丙"], "b": [1.5, None, -0.0, 3.0, 4.0],
                          "c": [True, None, False] + [None] * 2,
                          "d": pl.Series(["x", "y", None, "x", "z"], dtype=pl.Categorical)})
    saved = {"one": frame, "empty": frame.clear()}
    assert store.judgings.save(saved)
    found = store.judgings.load()
    assert [(name, one.schema, one.rows()) for name, one in found.items()] == [
        (name, one.schema, one.rows()) for name, one in saved.items()]
