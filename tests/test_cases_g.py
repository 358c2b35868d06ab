"""Fault cases E, G and H, ends, clocks and the database: those that no other test has. See docs/faults.md."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from dropping import NOON, ZIP, created, drop, paths, take
from season import Season
from template_forms import GOOD

from pipeline.ledger import Ledger
from pipeline.run import HERE, run
from pipeline.settings import Workspace
from pipeline.template import write
from schemas.call import CHINA, DEADLINE
from tests.faults.crash import hashes

ROOT = Path(__file__).parent.parent
MOMENT = "2023-09-20T02:00:00+08:00"


@pytest.fixture
def workspace(tmp_path):
    return created(tmp_path)


def started(workspace: Workspace) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "tests.faults.one_run", str(workspace.root), MOMENT], cwd=ROOT,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def filled(root: Path) -> Workspace:
    workspace = created(root)
    place = workspace.inbox / "南京市" / "表.xlsx"
    place.parent.mkdir()
    write(place, filled=GOOD)
    os.utime(place, (1_690_000_000, 1_690_000_000))
    return workspace


@pytest.mark.slow
def test_e72__told_to_end_at_any_time_and_run_again(tmp_path) -> None:
    right, hurt = filled(tmp_path / "right"), filled(tmp_path / "hurt")
    assert started(right).wait(timeout=120) == 0
    for place in (hurt.originals / "incoming", hurt.outbox / "省级"):
        process, until = started(hurt), time.monotonic() + 60
        while not place.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    assert started(hurt).wait(timeout=120) == 0
    assert hashes(hurt.outbox) == hashes(right.outbox)
    with Ledger(hurt.database) as ledger:
        assert [(one.path, one.sequence) for one in ledger.receipts()] == [("南京市/表.xlsx", 1)]


def test_g80__begun_before_midnight_and_whole_after_it(workspace) -> None:
    """It arrives when it is whole; the file's own time stands beside it."""
    place = drop(workspace, "南京市/表.xlsx", b"PK\x03\x04 half", at=None)
    before, after = DEADLINE, DEADLINE + timedelta(seconds=30)
    assert take(workspace, before).waiting == ["南京市/表.xlsx"]
    place.write_bytes(ZIP)
    os.utime(place, (before.timestamp(), before.timestamp()))
    received, = take(workspace, after).receipts
    assert (received.received_at, received.modified_at) == (after, before)


@pytest.mark.parametrize("zone", [timezone.utc, timezone(timedelta(hours=-7)), timezone(timedelta(hours=8))])
def test_g82__moments_are_kept_in_china_s_time_whatever_the_machine_s_zone(workspace, zone: timezone) -> None:
    drop(workspace, "表.xlsx")
    received, = take(workspace, NOON.astimezone(zone)).receipts
    assert received.received_at.isoformat() == "2023-09-01T12:00:00+08:00"


def test_g82__clock_set_back_changes_no_order(workspace) -> None:
    for number, now in enumerate((NOON, NOON - timedelta(days=400), NOON + timedelta(hours=1))):
        drop(workspace, f"{number}.xlsx", b"%d" % number)
        take(workspace, now)
    assert paths(take(workspace)) == ["0.xlsx", "1.xlsx", "2.xlsx"]


@pytest.mark.parametrize("year", [1971, 1980, 2019, 2099])
def test_g83__a_file_s_own_time_decides_nothing(workspace, year: int) -> None:
    drop(workspace, "表.xlsx", at=datetime(year, 1, 1, tzinfo=CHINA))
    received, = take(workspace).receipts
    assert (received.received_at, received.modified_at.year, received.present) == (NOON, year, True)


@pytest.mark.slow
def test_g85__run_belongs_to_the_moment_at_which_it_began(tmp_path) -> None:
    """The end of a leap February and of a year."""
    season = Season(tmp_path)
    season.send(0)
    moments = {"2023-12-31T23:59:59": "2023年12月31日", "2024-01-01T00:00:01": "2024年1月1日",
               "2024-02-29T23:59:59": "2024年2月29日"}
    days = list(moments.values())
    for moment, day in moments.items():
        season.now = datetime.fromisoformat(f"{moment}+08:00")
        season.night()
        page = (season.workspace.city_outbox("南京市") / "报送回执.html").read_text("utf-8")
        assert [each for each in days if each in page] == [day]


def test_h88__write_ahead_log_deleted_before_it_was_taken_over(workspace) -> None:
    """What the last transactions wrote is in the journal as well."""
    drop(workspace, "先.xlsx")
    take(workspace)
    database = workspace.database
    with Ledger(database) as ledger:
        ledger.run_started("一", NOON)
        without = database.with_name("copy.db")
        shutil.copyfile(database, without)
        rows = ledger.rows()
    for place in database.parent.glob("ledger.db*"):
        place.unlink()
    without.rename(database)
    with Ledger(database) as ledger:
        assert ledger.rows() == rows


def test_h90__ledger_put_back_from_a_backup_while_the_inbox_went_on(workspace) -> None:
    """Received again nothing, numbered twice nothing: the journal knows what the older copy does not."""
    drop(workspace, "一.xlsx", b"1")
    take(workspace)
    backup = workspace.database.read_bytes()
    drop(workspace, "二.xlsx", b"2")
    before = take(workspace)
    for place in workspace.state.glob("ledger.db*"):
        place.unlink()
    workspace.database.write_bytes(backup)
    drop(workspace, "三.xlsx", b"3")
    after = take(workspace, NOON + timedelta(days=1))
    assert after.receipts[:2] == before.receipts
    assert [(one.path, one.sequence) for one in after.receipts] == [("一.xlsx", 1), ("二.xlsx", 2), ("三.xlsx", 3)]


@pytest.mark.slow
def test_g84__run_that_outlasts_the_deadline_makes_nothing_late_and_shows_nothing_half(tmp_path) -> None:
    """On time is what lay there when the run began; the old register stands until the whole new one does."""
    season = Season(tmp_path)
    season.send(0)
    season.now = DEADLINE - timedelta(days=1)
    season.night()
    before = hashes(season.workspace.outbox)
    season.now = DEADLINE - timedelta(seconds=1)
    season.send(1)
    seen = []

    def judging(*given):
        season.send(2)
        seen.append(hashes(season.workspace.outbox))
        return HERE.validate(*given)

    run(season.workspace, season.settings, season.now, HERE._replace(validate=judging))
    assert seen == [before]
    assert season.table("submissions").sort("city").select("city", "late").rows() == [("南京市", False), ("无锡市", False)]
    season.now = DEADLINE + timedelta(seconds=1)
    season.night()
    assert dict(season.table("submissions").select("city", "late").rows()) == {"南京市": False, "无锡市": False, "徐州市": True}


@pytest.mark.slow
def test_g84__run_that_is_ended_at_the_deadline_goes_on_where_it_was(tmp_path) -> None:
    """What was read is not read again: the run that follows needs only the rest of the time."""
    season = Season(tmp_path)
    season.send(0)
    season.send(1)

    def ended(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(season.workspace, season.settings, season.now, HERE._replace(validate=ended))
    season.night()
    told = "".join(file.read_text("utf-8") for file in (season.workspace.state / "logs").iterdir())
    assert (told.count("读表，共 1 批"), told.count("打开 2 个文件"), told.count("打开 ")) == (2, 1, 1)
    assert season.summary.admitted == 2
