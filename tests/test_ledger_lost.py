"""A ledger of which a part, or all, is lost: never taken for one that works, never begun anew unsaid."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline import originals
from pipeline.errors import LedgerDamaged
from pipeline.intake import Seen
from pipeline.ledger import Ledger, faults, rebuild
from pipeline.ledger.database import Database, address
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

NOON = datetime(2023, 9, 1, 12, tzinfo=CHINA)
CONTENT = b"form"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """After one run that received one file."""
    made = Workspace(tmp_path / "w")
    made.create()
    with Ledger.of(made, Settings()) as ledger:
        ledger.run_started("1", NOON)
        place = originals.place(made.originals, SHA256)
        place.parent.mkdir()
        place.write_bytes(CONTENT)
        ledger.record([Seen("南京市/a.xlsx", "南京市", SHA256, 4, NOON, 1, 1)], NOON)
        ledger.run_finished("1", NOON, "完成", {})
        ledger.let_go()
    return made


def begin(workspace: Workspace, settings: Settings | None = None) -> None:
    """The beginning of another run."""
    with Ledger.of(workspace, settings or Settings()) as ledger:
        ledger.run_started("2", NOON + timedelta(days=1))
        ledger.let_go()


def lose_all(workspace: Workspace) -> None:
    for place in (*workspace.state.glob("ledger.db*"), workspace.originals / "journal.jsonl"):
        place.unlink()


def altered(workspace: Workspace, statement: str) -> None:
    with sqlite3.connect(workspace.database) as connection:
        connection.executescript(statement)
    connection.close()


def test_text_that_is_none__is_damage(workspace) -> None:
    altered(workspace, "UPDATE receipts SET city = CAST(x'ff' AS TEXT)")
    with Ledger.of(workspace, Settings()) as ledger, pytest.raises(LedgerDamaged) as told:
        ledger.receipts()
    assert str(told.value) == faults.DAMAGED


def renamed(workspace: Workspace, statement: str) -> None:
    """The ledger with what `statement` calls XXXX named in no text at all."""
    altered(workspace, f"PRAGMA writable_schema = ON; {statement}; PRAGMA wal_checkpoint(TRUNCATE)")
    content = workspace.database.read_bytes()
    assert b"XXXX" in content
    workspace.database.write_bytes(content.replace(b"XXXX", b"\xff" * 4))


def test_name_that_is_no_text__is_damage(workspace) -> None:
    renamed(workspace, "UPDATE sqlite_schema SET name = 'XXXX' WHERE name = 'receipts'")
    with pytest.raises(LedgerDamaged) as told:
        Ledger.of(workspace, Settings())
    assert str(told.value) == faults.DAMAGED


def test_title_that_is_no_text__is_damage(workspace) -> None:
    renamed(workspace, "UPDATE sqlite_schema SET sql = replace(sql, 'city', 'XXXX') WHERE name = 'receipts'")
    opened = Database(address(workspace.database))
    with pytest.raises(LedgerDamaged) as told, opened.transaction(writing=False) as connection:
        connection.exec_driver_sql("SELECT * FROM receipts")
    opened.close()
    assert str(told.value) == faults.DAMAGED


def test_text_that_is_none__elsewhere_than_in_the_ledger_is_no_damage(workspace) -> None:
    with Ledger.of(workspace, Settings()) as ledger, pytest.raises(UnicodeDecodeError), ledger._store.reading():
        b"\xff".decode()


def test_row_that_an_index_does_not_have__is_damage(workspace) -> None:
    connection = sqlite3.connect(workspace.database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'receipts'")
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(workspace.database.read_bytes())
    [at] = [at for (page,) in pages if (at := content.find(b"/a.xlsx", (page - 1) * size, page * size)) >= 0]
    connection.close()
    content[at + 1] = ord("b")
    workspace.database.write_bytes(content)
    with pytest.raises(LedgerDamaged, match="台账已损坏"):
        Ledger.of(workspace, Settings())


@pytest.mark.parametrize("times", [1, 3])
def test_originals_of_which_nothing_is_known__stop_every_run(workspace, times) -> None:
    lose_all(workspace)
    for _ in range(times):
        with pytest.raises(LedgerDamaged, match="台账和留存记录都不见了，而留存的原件还在（1 个）.*从备份恢复.*rebuild") as told:
            begin(workspace)
    assert told.value.exit_code == 3


def test_originals_of_which_nothing_is_known__on_a_server(workspace, new_database) -> None:
    lose_all(workspace)
    with pytest.raises(LedgerDamaged, match="留存的原件还在（1 个）"):
        begin(workspace, Settings(database=new_database()))


@pytest.mark.parametrize("tried", [True, False], ids=["after a refused run", "at once"])
def test_rebuild_of_nothing__says_what_is_lost_and_lets_runs_begin(workspace, tried) -> None:
    lose_all(workspace)
    if tried:
        with pytest.raises(LedgerDamaged):
            begin(workspace)
    done = rebuild(workspace, Settings())
    assert (done.lost, done.unclaimed, done.aside) == (True, (SHA256,), "")
    assert done.lines[0].startswith("台账无从重建：台账和留存记录都已丢失，只剩原件。")
    # Of an empty ledger, made on the way, nothing is told and nothing is left.
    assert done.lines[1:] == ["下列原件没有收件记录，不知道来自哪个文件，没有计入：", f"  {SHA256}"]
    assert list(workspace.state.glob("*损坏*")) == []
    begin(workspace)


def test_rebuild_of_nothing__on_a_server(workspace, new_database) -> None:
    lose_all(workspace)
    settings = Settings(database=new_database())
    with pytest.raises(LedgerDamaged):
        begin(workspace, settings)
    assert rebuild(workspace, settings).aside == ""
    begin(workspace, settings)


def test_rebuild_of_nothing__says_where_a_ledger_is_that_cannot_be_read(workspace) -> None:
    lose_all(workspace)
    workspace.database.write_bytes(b"no ledger at all")
    done = rebuild(workspace, Settings())
    assert (done.lost, done.lines[1]) == (True, f"原来的台账已移到 {done.aside}。")
    assert (workspace.state / done.aside).read_bytes() == b"no ledger at all"


def test_journal_from_the_backup__brings_everything_back_after_all(workspace, tmp_path) -> None:
    shutil.copy(workspace.originals / "journal.jsonl", tmp_path)
    lose_all(workspace)
    with pytest.raises(LedgerDamaged):
        begin(workspace)
    rebuild(workspace, Settings())
    shutil.copy(tmp_path / "journal.jsonl", workspace.originals)
    done = rebuild(workspace, Settings())
    assert (done.lost, done.counts["receipts"], done.counts["runs"], done.unclaimed) == (False, 1, 1, ())
    begin(workspace)


def test_first_run_killed_while_it_copied__goes_on(tmp_path) -> None:
    made = Workspace(tmp_path / "w")
    made.create()
    with Ledger.of(made, Settings()) as ledger:
        ledger.run_started("1", NOON)
        ledger.let_go()
    place = originals.place(made.originals, SHA256)
    place.parent.mkdir()
    place.write_bytes(CONTENT)
    begin(made)
