"""A night on which nothing changed, and what makes the next round."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from season import FIRST_NIGHT, Season

from pipeline import edition, manifest, portions, sandbox, unchanged
from pipeline.intake import Receipt
from pipeline.ledger import Ledger
from pipeline.memory import Memory, Nil, Round
from pipeline.publish import pending, tables
from pipeline.report import in_markdown, in_words
from pipeline.run import run
from pipeline.settings import Settings
from schemas.call import CHINA, CITIES

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def wrong_code(filled: dict) -> None:
    right = filled["members"][2]["uscc"]
    filled["members"][2]["uscc"] = right[:-1] + ("0" if right[-1] != "0" else "1")


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Season:
    """Three forms, one of them wrong, after the first night."""
    season = Season(tmp_path_factory.mktemp("first"))
    for number in (0, 1, 2):
        season.send(number, *([wrong_code] if number == 2 else []))
    season.night()
    return season


@pytest.fixture
def season(first, tmp_path) -> Season:
    """A copy of it."""
    copy = Season(tmp_path)
    shutil.rmtree(copy.workspace.root)
    shutil.copytree(first.workspace.root, copy.workspace.root)
    copy.now, copy.summary = first.now, first.summary
    return copy


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """Names of the originals that are opened, as a run goes on."""
    names: list[str] = []
    each = sandbox.each

    def spied(function, items, **limits) -> Iterator[sandbox.Outcome]:
        names.extend(Path(item[1] if isinstance(item, tuple) else item).name for item in items)
        return each(function, items, **limits)

    monkeypatch.setattr(sandbox, "each", spied)
    return names


def hashes(season: Season) -> dict[str, str]:
    outbox = season.workspace.outbox
    return {path.relative_to(outbox).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(outbox.rglob("*")) if path.is_file()}


def times(season: Season) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in season.workspace.outbox.rglob("*") if path.is_file()}


def remembered(season: Season) -> Memory:
    with Ledger.of(season.workspace, season.settings) as ledger:
        return ledger.memory()


def test_run_on_the_same_day__opens_nothing_and_touches_no_output(season, opened) -> None:
    before = times(season)
    summary = run(season.workspace, season.settings, FIRST_NIGHT + HOUR)
    assert (opened, times(season)) == ([], before)
    assert summary == replace(season.summary, unchanged_since=FIRST_NIGHT)
    assert remembered(season).round.number == 1


def test_unchanged_night__is_said_and_counted(season) -> None:
    run(season.workspace, season.settings, FIRST_NIGHT + HOUR)
    summary = run(season.workspace, season.settings, FIRST_NIGHT + 2 * HOUR)
    said = "与上次（9月1日 03:00）相比没有变化，没有重新读取。"
    assert in_words(summary)[0] == said
    assert in_markdown(summary).splitlines()[0] == said
    with Ledger.of(season.workspace, season.settings) as ledger:
        assert [one.counts.get("unchanged", 0) for one in ledger.runs()] == [0, 1, 1]


def test_next_day__writes_the_pages_of_the_day_as_a_whole_run_would(season, opened) -> None:
    before = hashes(season)
    run(season.workspace, season.settings, FIRST_NIGHT + DAY)
    after = hashes(season)
    assert {path for path in after if after[path] != before.get(path)} == {
        "省级/报送情况.html", f"省级/{manifest.NAME}", *(f"{city.name}/报送回执.html" for city in CITIES)}
    season.workspace.manifest.unlink()
    run(season.workspace, season.settings, FIRST_NIGHT + DAY)
    assert (hashes(season), opened) == (after, [])


def test_night_after_the_pages_were_renewed__has_nothing_to_do(season) -> None:
    run(season.workspace, season.settings, FIRST_NIGHT + DAY)
    before = times(season)
    assert run(season.workspace, season.settings, FIRST_NIGHT + DAY + HOUR).unchanged_since == FIRST_NIGHT + DAY
    assert times(season) == before


def test_corrected_form__is_the_only_one_opened(season, opened) -> None:
    season.send(2)
    night = season.night()
    assert len(opened) == 1
    assert night["mended"] == ["M08"]
    assert (remembered(season).round.number, season.summary.unchanged_since) == (2, None)


def test_lost_outbox__is_made_again_from_what_is_known(season, opened) -> None:
    before, memory = hashes(season), remembered(season)
    shutil.rmtree(season.workspace.outbox)
    summary = run(season.workspace, season.settings, FIRST_NIGHT + HOUR)
    assert (hashes(season), opened, summary) == (before, [], season.summary)
    assert remembered(season) == memory


def test_lost_cache_and_outbox__give_the_same_bytes(season, opened) -> None:
    before = hashes(season)
    shutil.rmtree(season.workspace.outbox)
    shutil.rmtree(season.workspace.readings)
    run(season.workspace, season.settings, FIRST_NIGHT + HOUR)
    assert hashes(season) == before
    assert len(opened) == 3


@pytest.mark.parametrize("matters", [None, 5, "", [[["x"]], 1], [[], None], [[], "1"],
                                     [[["C1", "题", "话", "看", [["南京市"]], 0]], 1]])
def test_matters_that_are_none__are_found_anew(season, opened, matters) -> None:
    run(season.workspace, season.settings, FIRST_NIGHT + DAY)
    before = hashes(season)
    place = season.workspace.manifest
    right = json.loads(place.read_text("utf-8"))
    place.write_text(json.dumps(right | {"matters": matters}), "utf-8")
    run(season.workspace, season.settings, FIRST_NIGHT + 2 * DAY)
    assert (opened, json.loads(place.read_text("utf-8"))["matters"]) == ([], right["matters"])
    after = hashes(season)
    assert {path for path in after if after[path] != before.get(path)} == {
        "省级/报送情况.html", f"省级/{manifest.NAME}", *(f"{city.name}/报送回执.html" for city in CITIES)}


def test_output_that_somebody_changed__is_put_right(season) -> None:
    before = hashes(season)
    season.returned(2).write_bytes(b"changed")
    (season.workspace.data_outbox / "members.csv").unlink()
    run(season.workspace, season.settings, FIRST_NIGHT + HOUR)
    assert hashes(season) == before


def test_touched_but_equal_output__changes_nothing(season) -> None:
    season.returned(2).touch()
    assert run(season.workspace, season.settings, FIRST_NIGHT + HOUR).unchanged_since == FIRST_NIGHT


@pytest.mark.parametrize(("where", "what"), [
    (tables, "write"), (pending, "write"), (manifest, "write"), (Ledger, "commit"),
], ids=["tables", "list", "manifest", "memory"])
def test_run_killed_before_it_is_remembered__is_repeated(season, tmp_path_factory, monkeypatch, where, what) -> None:
    """The night after is as if the killed one had come to its end."""
    twin = Season(tmp_path_factory.mktemp("twin"))
    shutil.rmtree(twin.workspace.root)
    shutil.copytree(season.workspace.root, twin.workspace.root)
    for one in (season, twin):
        one.now = FIRST_NIGHT + DAY
        one.send(2)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(where, what, killed)
        with pytest.raises(KeyboardInterrupt):
            run(season.workspace, season.settings, season.now)
    assert remembered(season).round.number == 1
    assert season.night() == twin.night()
    assert hashes(season) == hashes(twin)
    assert remembered(season) == remembered(twin)


def test_file_whose_reader_ran_out_of_time__is_tried_every_night(season, opened, monkeypatch) -> None:
    each = sandbox.each

    def late(function, items, **limits) -> Iterator[sandbox.Outcome]:
        return (replace(one, value=None, fault=sandbox.TIMEOUT) for one in each(function, items, **limits))

    season.send(3)
    with monkeypatch.context() as slow:
        slow.setattr(sandbox, "each", late)
        nights = [season.night() for _ in range(2)]
    assert [night["status"] for night in nights] == [{"accepted": 2, "returned": 1, "unreadable": 1}] * 2
    assert (len(opened), remembered(season).round.number) == (2, 2)
    assert season.night()["status"] == {"accepted": 3, "returned": 1}
    assert (len(opened), remembered(season).round.number) == (3, 3)
    season.night()
    assert len(opened) == 3


def test_every_file_of_a_portion_broken_alike__is_our_fault_only_where_none_is_known(season, monkeypatch) -> None:
    monkeypatch.setattr(portions, "_SUSPICIOUSLY_MANY", 1)
    with pytest.raises(RuntimeError):
        portions._heed(["exit 1"], 1)
    portions._heed(["exit 1"], 2)


RECEIPT = Receipt("南京市/一.xlsx", "南京市", "0" * 64, 10, FIRST_NIGHT, FIRST_NIGHT, 1, True)


@pytest.mark.parametrize("change", [
    {"path": "南京市/二.xlsx"}, {"city": "无锡市"}, {"sha256": "1" * 64}, {"received_at": FIRST_NIGHT + HOUR},
    {"sequence": 2}, {"present": False}, {"ignored": "临时文件"}, {"withdrawn": "2023-09-01 撤回"},
], ids=lambda change: next(iter(change)))
def test_receipt__has_a_part_in_the_key(change) -> None:
    settings = Settings()
    assert unchanged.basis([RECEIPT], Memory(), settings) != unchanged.basis(
        [replace(RECEIPT, **change)], Memory(), settings)


@pytest.mark.parametrize(("name", "value", "counts"), [
    ("deadline", datetime(2023, 9, 30, tzinfo=CHINA), True), ("max_file_mb", 1, True),
    ("read_timeout_seconds", 5, True),
    ("read_workers", 7, False), ("chunk_files", 3, False), ("stability_seconds", 1, False)])
def test_settings__count_where_they_decide_what_is_found(name, value, counts) -> None:
    usual, other = (unchanged.basis([], Memory(), settings) for settings in (Settings(), Settings(**{name: value})))
    assert (usual != other) is counts


def test_declared_nil_and_editions__have_a_part_in_the_key(monkeypatch) -> None:
    nil = Memory(nils={"南京市": Nil("南京市", "无推荐", FIRST_NIGHT)})
    keys = [unchanged.basis([], Memory(), Settings()), unchanged.basis([], nil, Settings())]
    for name in ("reader_edition", "rules_edition"):
        with monkeypatch.context() as patched:
            patched.setattr(edition, name, lambda: "another")
            keys.append(unchanged.basis([], Memory(), Settings()))
    assert len(set(keys)) == 4


def test_key__is_another_on_the_day_after_a_decision_s_last(tmp_path) -> None:
    last = date(2023, 9, 20)
    noon = datetime(2023, 9, 20, 12, tzinfo=CHINA)
    keys = [unchanged.key("known", [last], moment) for moment in (noon - DAY, noon, noon + DAY, noon + 2 * DAY)]
    assert keys[0] == keys[1] != keys[2] == keys[3]
    assert unchanged.key("known", [last], noon, ["0" * 64]) != keys[1]


def test_round__is_the_last_one_again_or_the_next() -> None:
    last = Round(4, "key", FIRST_NIGHT)
    assert unchanged.round_of(Memory(), "key", FIRST_NIGHT) == Round(1, "key", FIRST_NIGHT)
    assert unchanged.round_of(Memory(last), "key", FIRST_NIGHT + DAY) == last
    assert unchanged.round_of(Memory(last), "other", FIRST_NIGHT + DAY) == Round(5, "other", FIRST_NIGHT + DAY)


def test_file_taken_away__is_another_round_but_no_reading(season, opened) -> None:
    season.path(0).unlink()
    season.night()
    assert (opened, remembered(season).round.number) == ([], 2)
