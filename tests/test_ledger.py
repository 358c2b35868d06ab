"""The ledger: receipts that stay as received, runs, damage, and one run at a time."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import LedgerBusy, LedgerDamaged, StorageFailed, WorkspaceHeld
from pipeline.intake import Receipt, Seen
from pipeline.ledger import INTERRUPTED, Ledger, Run, database, hold
from pipeline.settings import Workspace
from schemas.call import CHINA

ROOT = Path(__file__).parent.parent
NOON = datetime(2023, 9, 1, 12, tzinfo=CHINA)
A, B = "a" * 64, "b" * 64


def seen(path: str, sha256: str = A, minute: int = 0, **other) -> Seen:
    facts = {"city": "南京市", "size": 9, "modified_at": NOON - timedelta(days=1) + timedelta(minutes=minute),
             "mtime_ns": minute, "identity": 2**128 - 1} | other
    return Seen(path=path, sha256=sha256, **facts)


@pytest.fixture
def ledger(tmp_path, ledger_url):
    with Ledger(tmp_path / "ledger.db", ledger_url) as opened:
        yield opened


def test_record__receipt_as_it_was_seen(ledger, tmp_path):
    received = ledger.record([seen("南京市/表.xlsx")], NOON)
    assert received == [Receipt("南京市/表.xlsx", "南京市", A, 9, NOON, NOON - timedelta(days=1), 1, True, "",
                                tmp_path / "originals" / "aa" / A)]
    assert received[0].received_at.isoformat() == "2023-09-01T12:00:00+08:00"
    assert ledger.receipts() == received


def test_record__ignored_has_no_copy(ledger):
    received, = ledger.record([seen("~$表.xlsx", "", ignored="临时文件", city=None)], NOON)
    assert (received.ignored, received.original, received.city) == ("临时文件", None, None)


def test_record__again_changes_nothing_that_was_received(ledger):
    first = ledger.record([seen("表.xlsx")], NOON)
    again = ledger.record([seen("表.xlsx", minute=5, identity=7)], NOON + timedelta(days=1))
    assert again == first == ledger.receipts()
    assert (ledger.latest()["表.xlsx"].mtime_ns, ledger.latest()["表.xlsx"].identity) == (5, 7)


def test_record__order_is_time_of_file_then_path(ledger):
    ledger.record([seen("c.xlsx", minute=1), seen("b.xlsx", minute=2), seen("a.xlsx", minute=2)], NOON)
    assert [(one.sequence, one.path) for one in ledger.receipts()] == [
        (1, "c.xlsx"), (2, "a.xlsx"), (3, "b.xlsx")]


def test_record__clock_set_back_keeps_order_of_arrival(ledger):
    ledger.record([seen("先.xlsx")], NOON)
    ledger.record([seen("后.xlsx")], NOON - timedelta(hours=3))
    assert [one.path for one in ledger.receipts()] == ["先.xlsx", "后.xlsx"]


def test_record__new_bytes_displace_old_receipt(ledger):
    ledger.record([seen("表.xlsx")], NOON)
    ledger.record([seen("表.xlsx", B)], NOON + timedelta(hours=1))
    assert [(one.sha256, one.present) for one in ledger.receipts()] == [(A, False), (B, True)]


def test_record__old_bytes_come_back_to_their_receipt(ledger):
    ledger.record([seen("表.xlsx")], NOON)
    ledger.record([seen("表.xlsx", B)], NOON)
    ledger.record([seen("表.xlsx")], NOON)
    assert [(one.sequence, one.sha256, one.present) for one in ledger.receipts()] == [
        (1, A, True), (2, B, False)]


def test_record__missing_path_stays_as_receipt(ledger):
    ledger.record([seen("表.xlsx"), seen("另一.xlsx")], NOON)
    assert ledger.record([], NOON, ["表.xlsx"]) == []
    assert [(one.path, one.present) for one in ledger.receipts()] == [("另一.xlsx", True), ("表.xlsx", False)]
    assert list(ledger.latest()) == ["另一.xlsx"]


def test_record__all_or_nothing(ledger):
    ledger.record([seen("表.xlsx")], NOON)
    with pytest.raises(StorageFailed):
        # A size that is no number fails in the second statement.
        ledger.record([seen("表.xlsx", B), seen("坏.xlsx", size=None)], NOON)
    assert [(one.sha256, one.present) for one in ledger.receipts()] == [(A, True)]


def test_runs__finished_and_interrupted(ledger):
    ledger.run_started("一", NOON)
    ledger.run_started("二", NOON + timedelta(hours=1))
    ledger.run_finished("二", NOON + timedelta(hours=2), "完成", {"forms": 3})
    assert ledger.runs() == [
        Run("一", NOON, None, INTERRUPTED, {}),
        Run("二", NOON + timedelta(hours=1), NOON + timedelta(hours=2), "完成", {"forms": 3}),
    ]


def test_open__second_opening_finds_what_the_first_wrote(tmp_path, ledger_url):
    # Characters that would be cut off in a database address.
    file = tmp_path / "100% 报送?#" / "ledger.db"
    with Ledger(file, ledger_url) as first:
        first.record([seen("表.xlsx")], NOON)
    with Ledger(file, ledger_url) as second:
        assert [one.path for one in second.receipts()] == ["表.xlsx"]
    assert file.exists() == (not ledger_url)


def test_open__not_a_database(tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(LedgerDamaged, match="台账已损坏"):
        Ledger(tmp_path / "ledger.db")


def test_open__damaged_page(tmp_path):
    place = tmp_path / "ledger.db"
    with Ledger(place) as ledger:
        ledger.record([seen(f"{number}.xlsx", f"{number:064}") for number in range(500)], NOON)
    with place.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 8192)
    with pytest.raises(LedgerDamaged, match="台账已损坏.*consortium rebuild"):
        Ledger(place)


def test_open__other_edition(tmp_path):
    Ledger(tmp_path / "ledger.db").close()
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("update schema_version set version = 9")
    connection.close()
    with pytest.raises(LedgerDamaged, match="台账是第 9 版，本程序只认第 2 版"):
        Ledger(tmp_path / "ledger.db")


def test_record__locked_by_another_program(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with Ledger(tmp_path / "ledger.db") as ledger:
        viewer = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        viewer.execute("begin immediate")
        with pytest.raises(LedgerBusy, match="正被其他程序占用") as caught:
            ledger.record([seen("表.xlsx")], NOON)
        viewer.close()
        assert caught.value.transient
        assert ledger.receipts() == []


def test_open__durable_settings(tmp_path):
    with Ledger(tmp_path / "ledger.db") as ledger, ledger._store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_record__locked_on_the_server(tmp_path, new_database, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    url = new_database()
    with Ledger(tmp_path / "ledger.db", url) as ledger, Ledger(tmp_path / "ledger.db", url) as other:
        with other._store.writing(), pytest.raises(LedgerBusy, match="正被其他程序占用"):
            ledger.record([seen("表.xlsx")], NOON)
        assert ledger.receipts() == []


HOLDER = """
import sys, time
from pathlib import Path
from pipeline.ledger import hold
from pipeline.settings import Workspace
with hold(Workspace(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], cwd=ROOT,
                               stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_hold__second_run_is_refused_at_once(holder, tmp_path):
    with pytest.raises(WorkspaceHeld) as caught, hold(Workspace(tmp_path)):
        pytest.fail("held twice")
    assert caught.value.exit_code == 4
    assert f"进程 {holder.pid}，" in str(caught.value)


def test_hold__stopped_run_keeps_its_workspace(holder, tmp_path):
    holder.send_signal(signal.SIGSTOP)
    with pytest.raises(WorkspaceHeld), hold(Workspace(tmp_path)):
        pytest.fail("held twice")


def test_hold__killed_run_lets_go(holder, tmp_path):
    holder.kill()
    holder.wait()
    with hold(Workspace(tmp_path)):
        pass


def test_hold__twice_in_one_process(tmp_path):
    workspace = Workspace(tmp_path)
    with hold(workspace):
        with pytest.raises(WorkspaceHeld), hold(workspace):
            pytest.fail("held twice")
    with hold(workspace):
        pass


def test_hold__other_run_has_only_just_begun(tmp_path):
    workspace = Workspace(tmp_path)
    with hold(workspace):
        (workspace.state / "lock").write_bytes(b"")
        with pytest.raises(WorkspaceHeld) as caught, hold(workspace):
            pytest.fail("held twice")
    assert str(caught.value) == "另一次运行正在使用这个工作区，请等它结束后再运行。"


def test_hold__error_inside_passes_unchanged(tmp_path):
    with pytest.raises(BlockingIOError), hold(Workspace(tmp_path)):
        raise BlockingIOError
