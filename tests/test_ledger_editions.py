"""Ledgers of earlier editions, brought forward; whose ledger it is, and where it may lie."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.errors import LedgerDamaged, SettingsWrong, StorageFailed
from pipeline.intake import Receipt
from pipeline.ledger import INTERRUPTED, Ledger, LedgerAway, LedgerForeign, Run, identity, migrating
from pipeline.ledger.mounts import kind_of, refuse_share
from pipeline.memory import Memory
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

NOON = datetime(2023, 9, 1, 12, tzinfo=CHINA)
A = "a" * 64
# What the first edition made, word for word.
FIRST_EDITION = f"""
CREATE TABLE schema_version (version INTEGER NOT NULL);
CREATE TABLE receipts (sequence INTEGER NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, city TEXT,
    size INTEGER NOT NULL, received_at TEXT NOT NULL, modified_at TEXT NOT NULL, mtime_ns TEXT NOT NULL,
    inode TEXT NOT NULL, present BOOLEAN NOT NULL, ignored TEXT NOT NULL, PRIMARY KEY (sequence),
    UNIQUE (path, sha256));
CREATE TABLE runs (run_id TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, outcome TEXT NOT NULL,
    counts TEXT NOT NULL, PRIMARY KEY (run_id));
INSERT INTO schema_version VALUES (1);
INSERT INTO receipts VALUES (1, '南京市/表.xlsx', '{A}', '南京市', 9, '2023-09-01T12:00:00+08:00',
    '2023-08-31T12:00:00+08:00', '1', '18446744073709551615', 1, '');
INSERT INTO runs VALUES ('z', '2023-09-01T12:00:00+08:00', NULL, '中断', '{{}}');
INSERT INTO runs VALUES ('a', '2023-09-01T12:00:00+08:00', '2023-09-01T12:00:00+08:00', '完成', '{{"forms": 3}}');
"""


@pytest.fixture
def first_edition(tmp_path) -> Path:
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.executescript(FIRST_EDITION)
    connection.close()
    return tmp_path / "ledger.db"


def schema(place: Path) -> dict[str, list[tuple]]:
    connection = sqlite3.connect(place)
    names = [name for name, in connection.execute("select name from sqlite_master where type = 'table' order by 1")]
    found = {name: sorted((column, bool(needed), bool(key)) for _, column, _, needed, _, key in
                          connection.execute(f"pragma table_info({name})")) for name in names}
    connection.close()
    return found


def edition(place: Path) -> int:
    connection = sqlite3.connect(place)
    number, = connection.execute("select version from schema_version").fetchone()
    connection.close()
    return number


def test_first_edition__everything_is_kept(first_edition, tmp_path):
    with Ledger(first_edition) as ledger:
        assert ledger.receipts() == [Receipt("南京市/表.xlsx", "南京市", A, 9, NOON, datetime(2023, 8, 31, 12, tzinfo=CHINA),
                                             1, True, "", tmp_path / "originals" / "aa" / A)]
        assert ledger.runs() == [Run("z", NOON, None, INTERRUPTED, {}), Run("a", NOON, NOON, "完成", {"forms": 3})]
        assert ledger.memory() == Memory()
        ledger.run_started("b", NOON)
        assert [run.run_id for run in ledger.runs()] == ["z", "a", "b"]


def test_first_edition__lost_right_after_it_was_brought_forward(first_edition):
    with Ledger(first_edition) as ledger:
        rows = ledger.rows()
    first_edition.unlink()
    with Ledger(first_edition) as ledger:
        assert ledger.rows() == rows


def test_first_edition__has_the_tables_of_a_new_ledger(first_edition, tmp_path):
    Ledger(first_edition).close()
    Ledger(tmp_path / "new" / "ledger.db").close()
    assert schema(first_edition) == schema(tmp_path / "new" / "ledger.db")
    assert edition(first_edition) == 2


def test_step__that_fails_leaves_the_edition_before(first_edition, monkeypatch):
    monkeypatch.setattr(migrating, "STEPS", {1: migrating._run(*migrating._TO_2[:4], "nonsense")})
    before = schema(first_edition)
    with pytest.raises(StorageFailed):
        Ledger(first_edition)
    assert (schema(first_edition), edition(first_edition)) == (before, 1)
    monkeypatch.undo()
    with Ledger(first_edition) as ledger:
        assert [one.path for one in ledger.receipts()] == ["南京市/表.xlsx"]


def test_steps__crash_between_two_goes_on_where_it_stopped(first_edition, monkeypatch):
    steps = dict(migrating.STEPS)
    monkeypatch.setattr(migrating, "SCHEMA_VERSION", 3)
    monkeypatch.setattr(migrating, "STEPS", steps | {2: migrating._run("nonsense")})
    with pytest.raises(StorageFailed):
        Ledger(first_edition)
    assert edition(first_edition) == 2
    monkeypatch.setattr(migrating, "STEPS", {2: migrating._run("UPDATE receipts SET city = '苏州市'")})
    with Ledger(first_edition) as ledger:
        assert [one.city for one in ledger.receipts()] == ["苏州市"]
    assert edition(first_edition) == 3


def test_first_edition__stopped_while_it_made_its_tables(tmp_path):
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.executescript(FIRST_EDITION.partition("CREATE TABLE runs")[0])
    connection.close()
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.receipts() == []


def test_newer_edition__is_refused(tmp_path, ledger_url):
    with Ledger(tmp_path / "ledger.db", ledger_url) as ledger, ledger._store.writing() as writing:
        writing.connection.exec_driver_sql("update schema_version set version = 9")
    with pytest.raises(LedgerDamaged, match="^台账是第 9 版，本程序只认第 2 版。请使用与台账相符的程序。$"):
        Ledger(tmp_path / "ledger.db", ledger_url)


def test_missing_table__is_damage(tmp_path, ledger_url):
    with Ledger(tmp_path / "ledger.db", ledger_url) as ledger, ledger._store.writing() as writing:
        writing.connection.exec_driver_sql("drop table findings")
    with pytest.raises(LedgerDamaged, match="台账已损坏.*consortium rebuild"):
        Ledger(tmp_path / "ledger.db", ledger_url)


def test_server__refuses_another_workspace(tmp_path, new_database):
    url = new_database()
    Ledger(tmp_path / "one" / "ledger.db", url).close()
    with pytest.raises(LedgerForeign, match="另一个工作目录的台账") as caught:
        Ledger(tmp_path / "two" / "ledger.db", url)
    assert "postgres" not in str(caught.value)
    Ledger(tmp_path / "one" / "ledger.db", url).close()


def test_file__of_another_workspace_is_refused(tmp_path):
    for name in ("one", "two"):
        Ledger(tmp_path / name / "ledger.db").close()
    (tmp_path / "one" / "ledger.db").replace(tmp_path / "two" / "ledger.db")
    with pytest.raises(LedgerForeign, match="这是另一个工作目录的台账"):
        Ledger(tmp_path / "two" / "ledger.db")


def test_workspace_id__of_two_processes_that_are_the_first_one_names_the_workspace(tmp_path, monkeypatch):
    def named_meanwhile(size: int) -> str:
        (tmp_path / identity.FILE).write_text("a" * 2 * size + "\n")
        return "b" * 2 * size

    monkeypatch.setattr(identity.secrets, "token_hex", named_meanwhile)
    assert identity.of(tmp_path, "", "", local=True) == "a" * 32
    assert [file.name for file in tmp_path.iterdir()] == [identity.FILE]


def test_workspace_id__lost_and_known_from_the_journal(tmp_path, ledger_url):
    Ledger(tmp_path / "ledger.db", ledger_url).close()
    name = (tmp_path / "workspace-id").read_text()
    (tmp_path / "workspace-id").unlink()
    Ledger(tmp_path / "ledger.db", ledger_url).close()
    assert (tmp_path / "workspace-id").read_text() == name


def test_of__settings_say_where(tmp_path, new_database):
    workspace = Workspace(tmp_path)
    with Ledger.of(workspace, Settings(database=new_database())) as ledger:
        ledger.run_started("一", NOON)
    assert not workspace.database.exists()
    with Ledger.of(workspace, Settings()) as ledger:
        assert [run.run_id for run in ledger.runs()] == ["一"]


@pytest.mark.parametrize("url", ["sqlite:///geheim.db", "postgresql://u:geheim@h", "mysql://u:geheim@h/db", "geheim",
                                 "postgresql://u:geheim@h:x/db"])
def test_address__that_is_none_of_ours(tmp_path, url):
    with pytest.raises(SettingsWrong, match="^设置有误：database。请写成 postgresql://用户@主机/数据库") as caught:
        Ledger(tmp_path / "ledger.db", url)
    assert "geheim" not in f"{caught.value!r} {Settings(database=url)!r}"
    assert caught.value.__cause__ is None and (caught.value.__suppress_context__ or not caught.value.__context__)


def test_server__that_is_away(tmp_path):
    with pytest.raises(LedgerAway, match="台账数据库连不上") as caught:
        Ledger(tmp_path / "ledger.db", f"postgresql://u:geheim@/db?host={tmp_path}")
    assert caught.value.transient and caught.value.exit_code == 3
    assert "geheim" not in str(caught.value) and caught.value.__suppress_context__


MOUNTS = r"""/dev/sda1 / ext4 rw 0 0
server:/share /mnt/share nfs4 rw 0 0
//server/报送 /mnt/with\040space cifs rw 0 0
/dev/sdb1 /mnt/share/local ext4 rw 0 0
clerk@host: /mnt/far fuse.sshfs rw 0 0
C:\134 /mnt/c 9p rw 0 0
portal /mnt/portal fuse.portal rw 0 0
"""


@pytest.mark.parametrize(("folder", "kind", "refused"), [
    ("/srv/w/.consortium", "ext4", False), ("/mnt/share/w/.consortium", "nfs4", True), ("/mnt/shared", "ext4", False),
    ("/mnt/with space/w", "cifs", True), ("/mnt/share/local/w", "ext4", False), ("/mnt/far", "fuse.sshfs", True),
    ("/mnt/c/w", "9p", True), ("/mnt/portal/w", "fuse.portal", False),
])
def test_share__holds_no_ledger(folder, kind, refused):
    assert kind_of(Path(folder), MOUNTS) == kind
    if refused:
        with pytest.raises(StorageFailed, match=rf"在网络共享盘上（{kind}）.*没有继续运行。请把工作目录移到本机磁盘"):
            refuse_share(Path(folder), MOUNTS)
    else:
        refuse_share(Path(folder), MOUNTS)
