"""What is sealed after the deadline says so on its pages, though the last run was before it."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest

from pipeline import manifest
from pipeline.sealing import freezing, proof
from schemas import call
from schemas.call import CHINA
from tests.page_text import Page
from tests.season import Season

LAST_NIGHT, AFTER = (datetime(2023, 9, day, hour, 30, tzinfo=CHINA) for day, hour in ((28, 2), (29, 0)))

pytestmark = pytest.mark.slow


@pytest.fixture
def season(tmp_path) -> Season:
    """A workspace after its last run on the day of the deadline."""
    played = Season(tmp_path / "w")
    played.now = LAST_NIGHT
    played.send(0)
    played.night()
    return played


def countdown(folder) -> str:
    return Page(folder / "省级/报送情况.html").section("报送截止：2023年9月28日24时（", "）")


def test_sealed_pages__are_of_the_day_of_sealing(season, tmp_path) -> None:
    assert countdown(season.workspace.outbox) == "今日截止"
    done = freezing.seal(season.workspace, season.settings, tmp_path / "封存", AFTER)
    assert done.after_deadline
    assert countdown(done.folder / "结果") == "已截止 1 天"
    receipt = Page(done.folder / "结果/南京市/报送回执.html").text
    assert "（已截止 1 天）" in receipt and "回执日期 2023年9月29日" in receipt
    assert proof.verify(done.folder).holds
    # The outbox is what was sealed, and whole.
    assert countdown(season.workspace.outbox) == "已截止 1 天"
    stands = manifest.read(season.workspace)
    assert manifest.intact(stands, season.workspace.outbox)
    assert stands.stand.clock == manifest.clock(call.DEADLINE, AFTER)


def test_pages_of_the_same_hour__are_sealed_as_they_are(season, tmp_path) -> None:
    board = season.workspace.province_outbox / "报送情况.html"
    before = board.stat().st_mtime_ns
    freezing.seal(season.workspace, season.settings, tmp_path / "封存", LAST_NIGHT + timedelta(hours=1))
    assert board.stat().st_mtime_ns == before


def test_page_that_cannot_be_replaced__is_not_sealed(season, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("pipeline.publish.atomic.WAITS_SECONDS", ())
    replace = os.replace

    def open_in_a_browser(aside, target) -> None:
        if str(target).endswith("报送情况.html"):
            raise PermissionError(13, "")
        replace(aside, target)

    monkeypatch.setattr("pipeline.publish.atomic.os.replace", open_in_a_browser)
    with pytest.raises(freezing.NotSealable, match="有结果文件正被打开"):
        freezing.seal(season.workspace, season.settings, tmp_path / "封存", AFTER)
    assert not (tmp_path / "封存").exists()
