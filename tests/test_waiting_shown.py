"""What was not received this time stands in its bureau's receipt, and nowhere else: every other output stays as it
was."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_text import Page
from season import Season

from pipeline import run
from tests.faults.state import hashes

UNFINISHED = b"PK\x03\x04 a workbook of which the end has not come yet"


@pytest.fixture
def season(tmp_path: Path) -> Season:
    """A workspace after a night with one form."""
    made = Season(tmp_path)
    made.send(0)
    made.night()
    return made


def again(season: Season) -> dict[str, str]:
    """Run once more on the day of the last run; the outputs' hashes."""
    season.summary = run.run(season.workspace, season.settings, season.now)
    return hashes(season.workspace.outbox)


def receipt_of(season: Season, city: str) -> Page:
    return Page(season.workspace.city_outbox(city) / "报送回执.html")


@pytest.mark.slow
def test_file_that_waits__stands_in_its_receipt_until_it_is_received_or_gone(season: Season) -> None:
    quiet = again(season)
    place = season.path(1, "新.xlsx")
    place.parent.mkdir(parents=True)
    place.write_bytes(UNFINISHED)
    waiting = again(season)
    city = place.parent.name
    assert receipt_of(season, city).section("被其他程序打开：", "二、") == f"{city}/新.xlsx：还没有传完"
    assert {name for name in quiet if quiet[name] != waiting[name]} == {f"{city}/报送回执.html", "省级/清单.sha256"}
    looks = {path: path.stat().st_mtime_ns for path in season.workspace.outbox.rglob("*") if path.is_file()}
    assert again(season) == waiting
    assert {path: path.stat().st_mtime_ns for path in looks} == looks
    place.unlink()
    assert again(season) == quiet


@pytest.mark.slow
def test_file_beyond_the_limit__stands_in_its_receipt_and_is_received_the_next_time(season: Season) -> None:
    season.settings = season.settings.model_copy(update={"nightly_files": 1})
    season.send(1)
    season.send(14, name="二.xlsx")
    again(season)
    city = season.path(1).parent.name
    assert receipt_of(season, city).section("被其他程序打开：", "二、") == f"{city}/二.xlsx：超过单次接收上限，下次继续"
    again(season)
    assert "被其他程序打开" not in receipt_of(season, city).text
    assert receipt_of(season, city).section("收到的文件（", " 个") == "2"
