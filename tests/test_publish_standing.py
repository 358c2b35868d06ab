"""Outputs from night to night: what would be made from the same again, and lies there as it was left, is not made."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline import edition, manifest
from pipeline.layout import BOARD, RECEIPT
from pipeline.ledger import Ledger
from pipeline.publish import answers, atomic, pages, pending, problems, recommendation, register, standing, tables
from pipeline.publish.standing import Contents, digest, source
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from schemas import call
from tests.faults import small
from tests.faults.state import hashes
from tests.season import Season, city_of

DATA = tuple(answers.TABLES)


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """A workspace after two nights on which its forms were there: nothing is new any more, one form is wrong."""
    season = small.begun(tmp_path_factory.mktemp("standing") / "workspace", small.FIRST - timedelta(days=1),
                         to_explain=False)
    season.send(5)
    season.night()
    return season.workspace.root


@pytest.fixture
def season(first: Path, tmp_path: Path) -> Season:
    """That workspace on the next day."""
    return small.next_day(first, tmp_path / "workspace")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is made: paths under the outbox, tables by their names."""
    names: list[str] = []

    def noted(owner: object, name: str, told: Callable[..., str]) -> None:
        write = getattr(owner, name)

        def writing(*given: object) -> None:
            names.append(told(*given))
            write(*given)

        monkeypatch.setattr(owner, name, writing)

    noted(register, "write_aside", lambda *_: answers.REGISTER)
    noted(pending, "write", lambda _, target, *__: target.name)
    noted(pages.board, "write", lambda _, target, *__: target.name)
    noted(problems, "write", lambda _, city, *__: f"{city}/{answers.PROBLEMS}")
    noted(recommendation, "write_listed", lambda _, city, *__: f"{city}/{answers.RECOMMENDATION}")
    noted(pages.receipt, "write", lambda _, city, *__: f"{city}/{RECEIPT}")
    noted(tables, "write", lambda frames, _, names: names[0])
    return names


def night(season: Season) -> None:
    run(season.workspace, Settings.of(season.workspace), season.now)


def of_city(number: int) -> set[str]:
    return {f"{city_of(number).name}/{name}" for name in (answers.PROBLEMS, answers.RECOMMENDATION, RECEIPT)}


def as_if_nothing_was_there(season: Season, target: Path) -> dict[str, str]:
    """What the night would give had nothing been published before."""
    plain = Workspace(small.copied(season.workspace.root, target))
    plain.manifest.unlink()
    shutil.rmtree(plain.outbox)
    run(plain, Settings.of(plain), season.now)
    return hashes(plain.outbox)


def nil(season: Season) -> None:
    with Ledger.of(season.workspace, season.settings) as ledger:
        ledger.declare_nil(city_of(9).name, "没有符合条件的", season.now)


def withdrawn(season: Season) -> None:
    with Ledger.of(season.workspace, season.settings) as ledger:
        ledger.withdraw([f"{city_of(1).name}/01.xlsx"], "报错了", season.now)


def tomorrow(season: Season) -> None:
    season.now += timedelta(days=1)
    season.send(7)


def after_the_deadline(season: Season) -> None:
    season.workspace.settings_file.write_text(
        small.SETTINGS.replace("2099-12-31", "2023-09-10"), encoding="utf-8")


@pytest.mark.parametrize("change", [
    lambda season: season.send(4), lambda season: season.send(2), lambda season: season.send(0, small._large),
    lambda season: season.path(3).unlink(), lambda season: season.put(season.path(6, "说明.txt"), b"note"),
    lambda season: season.put(season.path(6, "06.xlsx"), b"PK\x03\x04 no workbook PK\x05\x06" + bytes(18)),
    nil, withdrawn, tomorrow, after_the_deadline,
], ids=["new form", "corrected", "worse", "gone", "note", "unreadable", "nil", "withdrawn", "tomorrow", "deadline"])
def test_night_that_leaves_outputs_as_they_are__gives_the_bytes_of_one_that_makes_all(season, tmp_path, change) -> None:
    night(season)
    change(season)
    expected = as_if_nothing_was_there(season, tmp_path / "plain")
    night(season)
    assert hashes(season.workspace.outbox) == expected


def test_city_that_sent_nothing__keeps_its_lists(season, made) -> None:
    night(season)
    made.clear()
    season.send(4)
    night(season)
    others = {f"{city}/{name}" for city in call.CITY_ORDER
              for name in (answers.PROBLEMS, answers.RECOMMENDATION, RECEIPT)}
    assert others & set(made) == of_city(4)


@pytest.mark.parametrize(("path", "again"), [
    (f"省级/{answers.REGISTER}", {answers.REGISTER}), (f"省级/{answers.PENDING}", {answers.PENDING}),
    (f"省级/{BOARD}", {BOARD}), (f"{city_of(2).name}/{answers.PROBLEMS}", {f"{city_of(2).name}/{answers.PROBLEMS}"}),
    (f"{city_of(2).name}/{RECEIPT}", {f"{city_of(2).name}/{RECEIPT}"}),
    (f"{city_of(0).name}/{answers.RECOMMENDATION}", {f"{city_of(0).name}/{answers.RECOMMENDATION}"}),
    ("省级/data/members.csv", {"members"}), ("省级/data/rows.parquet", {"rows"}),
    (f"{city_of(1).name}/退改/01.xlsx", set()),
])
@pytest.mark.parametrize("touch", [lambda path: path.write_bytes(bytes(path.stat().st_size)), Path.unlink],
                         ids=["altered", "gone"])
def test_output_that_somebody_touched__is_alone_made_again(season, made, path, again, touch) -> None:
    night(season)
    right = hashes(season.workspace.outbox)
    made.clear()
    touch(season.workspace.outbox / path)
    night(season)
    assert (hashes(season.workspace.outbox), set(made)) == (right, again)


def test_another_edition__makes_all_anew(season, made, monkeypatch) -> None:
    night(season)
    made.clear()
    monkeypatch.setattr(edition, "rules_edition", lambda: "another")
    night(season)
    assert set(made) == {answers.REGISTER, answers.PENDING, BOARD, *DATA,
                         *(name for number in range(13) for name in of_city(number))}


def test_output_altered_while_the_run_lasts__is_not_taken_for_ours(season, monkeypatch) -> None:
    """Not even by a night that has nothing to do: written or left, it is known as it ought to be."""
    written, left = (season.workspace.outbox / path
                     for path in (f"{city_of(4).name}/{RECEIPT}", f"{city_of(0).name}/退改/00.xlsx"))
    season.send(4)
    write = manifest.write

    def late(*given: object) -> None:
        for path in (written, left):
            right[path] = path.read_bytes()
            path.write_bytes(b"saved by hand")
        write(*given)

    right: dict[Path, bytes] = {}
    monkeypatch.setattr(manifest, "write", late)
    night(season)
    monkeypatch.setattr(manifest, "write", write)
    assert not manifest.intact(manifest.read(season.workspace), season.workspace.outbox)
    night(season)
    assert {path: path.read_bytes() for path in right} == right
    assert manifest.intact(manifest.read(season.workspace), season.workspace.outbox)


def test_stray_among_the_answers__goes_on_a_night_with_nothing_to_do(season) -> None:
    night(season)
    before = hashes(season.workspace.outbox)
    stray = season.returned(1).with_name("改好了.xlsx")
    stray.write_bytes(b"dropped in the wrong folder")
    night(season)
    assert hashes(season.workspace.outbox) == before


def test_stamp__is_of_what_was_written(tmp_path) -> None:
    target = tmp_path / "a"
    atomic.put_all([(target, b"first")])
    first = atomic.stamp_of(str(target))
    target.write_bytes(b"by hand")
    assert (first, atomic.stamp_of(str(target))) == (first, first)
    assert (first.size, first.sha256[:8]) == (5, "a7937b64")
    with atomic.asking(lambda _: None):
        assert atomic.stamp_of(str(target)) is None


@pytest.mark.parametrize("at_once", [2, 100])
def test_digest__is_of_the_rows_however_they_came(monkeypatch, at_once) -> None:
    monkeypatch.setattr(standing, "_ROWS", at_once)
    rows = pl.DataFrame({"a": ["一", None, "二"], "b": [1, None, 3], "c": [True, None, False]})
    doubled = pl.concat([rows, rows.with_columns(b=pl.col("b") + 1)], rechunk=False)
    assert digest(doubled.head(3)) == digest(rows) == digest(doubled.filter(pl.int_range(6) < 3))
    assert digest(rows) == digest(doubled.reverse(), pl.Series([5, 4, 3]))
    others = (rows.head(2), rows.reverse(), rows.rename({"a": "d"}), rows.clear(), rows.clear().drop("c"),
              rows.with_columns(pl.col("a").fill_null("")), rows.with_columns(pl.col("b").cast(pl.Float64)))
    assert len({digest(frame) for frame in (rows, *others)}) == 8


def test_contents_of_a_city__change_with_its_rows_alone() -> None:
    def contents(*cities: str) -> list[str]:
        frame = pl.DataFrame({"city": cities}, schema={"city": pl.String})
        return Contents({"arrivals": frame}).of_city("甲", ["arrivals"])

    assert contents("甲", "乙") == contents("乙", "甲", "乙")
    assert contents("甲") != contents("甲", "甲") != contents()


def test_contents_of_a_city__do_not_change_because_a_finding_still_stands() -> None:
    def contents(**other: object) -> list[str]:
        past = {"city": "甲", "state": "open", "first_round": 1, "last_round": 2, "mended_round": None,
                "back_round": None,
                "first_at": small.FIRST, "last_at": small.FIRST} | other
        return Contents({"finding_history": pl.DataFrame(
            [past], schema_overrides={"mended_round": pl.Int64, "back_round": pl.Int64})}).of_city("甲",
            ["finding_history"])

    assert contents() == contents(last_round=3, last_at=small.SECOND)
    mended = {"state": "mended", "last_round": 2}
    assert len({*contents(), *contents(back_round=2), *contents(**mended, mended_round=3),
                *contents(**mended, mended_round=1),
                *contents(**mended, mended_round=1, last_at=small.SECOND)}) == 5


def test_source__is_the_same_in_whatever_order_a_set_comes() -> None:
    assert source(frozenset("abcdefgh")) == source(frozenset("hgfedcba")) != source(frozenset("abcdefg"))
