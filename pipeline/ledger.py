"""The ledger: receipts and runs in SQLite, and the lock that lets one run hold a workspace.

It keeps paths, hashes, times and counts, never the content of a cell. Only this file imports SQLAlchemy.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from pipeline import originals
from pipeline.errors import LedgerBusy, LedgerDamaged, StorageFailed, WorkspaceHeld
from pipeline.intake import Receipt, Seen
from pipeline.settings import Workspace
from schemas import call

SCHEMA_VERSION = 1
BUSY_SECONDS = 30
INTERRUPTED = "中断"

_TABLES = sa.MetaData()
_VERSION = sa.Table("schema_version", _TABLES, sa.Column("version", sa.Integer, nullable=False))
_RECEIPTS = sa.Table(
    "receipts", _TABLES,
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("city", sa.Text),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("modified_at", sa.Text, nullable=False),
    # As text: a share may report numbers that 64 bits with a sign do not hold.
    sa.Column("mtime_ns", sa.Text, nullable=False),
    sa.Column("inode", sa.Text, nullable=False),
    sa.Column("present", sa.Boolean, nullable=False),
    sa.Column("ignored", sa.Text, nullable=False),
    sa.UniqueConstraint("path", "sha256"),
)
_RUNS = sa.Table(
    "runs", _TABLES,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("finished_at", sa.Text),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("counts", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Run:
    """One run; `outcome` is "" while it is under way, INTERRUPTED if it never came to its end."""

    run_id: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    counts: Mapping[str, int]


class Ledger:
    """The ledger in the file `database`; the private copies are kept beside it in `originals/`.

    Every method is one transaction. LedgerDamaged if the file is no ledger of ours, StorageFailed if the disk
    fails or another program keeps it locked. Use it as a context manager, or `close` it.
    """

    def __init__(self, database: Path) -> None:
        self._originals = database.parent / "originals"
        try:
            database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailed("台账文件夹建不起来，请检查磁盘和权限。") from error
        self._engine = sa.create_engine(sa.URL.create("sqlite", database=os.fspath(database)),
                                        connect_args={"timeout": BUSY_SECONDS})
        sa.event.listen(self._engine, "connect", _configure)
        with ExitStack() as undo:
            undo.callback(self.close)
            self._open()
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _open(self) -> None:
        with self._transaction() as connection:
            if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
                raise LedgerDamaged(_DAMAGED)
            _TABLES.create_all(connection)
            version = connection.scalar(sa.select(_VERSION.c.version))
            if version is None:
                connection.execute(_VERSION.insert().values(version=SCHEMA_VERSION))
            elif version != SCHEMA_VERSION:
                raise LedgerDamaged(f"台账是第 {version} 版，本程序只认第 {SCHEMA_VERSION} 版。请使用与台账相符的程序。")

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.DatabaseError as error:
            raise _told(error.orig) from error
        except sqlite3.DatabaseError as error:
            raise _told(error) from error

    def record(self, seen: Sequence[Seen], now: datetime, missing: Collection[str] = ()) -> list[Receipt]:
        """Write what a scan found; returns the receipts of `seen`, in its order. A known one stays as it was.

        Older receipts of the same paths and those of `missing` paths are no longer present.
        """
        if not seen and not missing:
            return []
        with self._transaction() as connection:
            known = {(row.path, row.sha256): row for row in connection.execute(sa.select(_RECEIPTS))}
            new = [one for one in dict.fromkeys(seen) if (one.path, one.sha256) not in known]
            left = {one.path for one in seen} | set(missing)
            _leave(connection, [row.sequence for row in known.values() if row.present and row.path in left])
            _insert(connection, new, now, max((row.sequence for row in known.values()), default=0))
            _see_again(connection, [(known[one.path, one.sha256].sequence, one) for one in seen
                                    if (one.path, one.sha256) in known])
            rows = {(row.path, row.sha256): row for row in connection.execute(sa.select(_RECEIPTS))}
        return [self._receipt(rows[one.path, one.sha256]) for one in seen]

    def receipts(self) -> list[Receipt]:
        """Everything ever received, in order of arrival."""
        with self._transaction() as connection:
            rows = connection.execute(sa.select(_RECEIPTS).order_by(_RECEIPTS.c.sequence)).all()
        return [self._receipt(row) for row in rows]

    def latest(self) -> dict[str, Seen]:
        """What is in the inbox as far as is known, by path."""
        with self._transaction() as connection:
            rows = connection.execute(sa.select(_RECEIPTS).where(_RECEIPTS.c.present)).all()
        return {row.path: Seen(row.path, row.city, row.sha256, row.size, _time(row.modified_at),
                               int(row.mtime_ns), int(row.inode), row.ignored) for row in rows}

    def run_started(self, run_id: str, now: datetime) -> None:
        """Open a run. Whoever does holds the workspace, so an older one without an end was interrupted."""
        with self._transaction() as connection:
            connection.execute(_RUNS.update().where(_RUNS.c.outcome == "").values(outcome=INTERRUPTED))
            connection.execute(_RUNS.insert().values(
                run_id=run_id, started_at=_text(now), outcome="", counts="{}"))

    def run_finished(self, run_id: str, now: datetime, outcome: str, counts: Mapping[str, int]) -> None:
        """Close a run with its outcome in a word and its counts."""
        with self._transaction() as connection:
            connection.execute(_RUNS.update().where(_RUNS.c.run_id == run_id).values(
                finished_at=_text(now), outcome=outcome, counts=json.dumps(dict(counts), ensure_ascii=False)))

    def runs(self) -> list[Run]:
        """All runs, the earliest first."""
        with self._transaction() as connection:
            rows = connection.execute(sa.select(_RUNS).order_by(sa.text("rowid"))).all()
        return [Run(row.run_id, _time(row.started_at), _time(row.finished_at) if row.finished_at else None,
                    row.outcome, json.loads(row.counts)) for row in rows]

    def _receipt(self, row: Any) -> Receipt:
        original = originals.place(self._originals, row.sha256) if row.sha256 else None
        return Receipt(row.path, row.city, row.sha256, row.size, _time(row.received_at),
                       _time(row.modified_at), row.sequence, row.present, row.ignored, original)


def _insert(connection: sa.Connection, new: Sequence[Seen], now: datetime, last: int) -> None:
    arrived = sorted(new, key=attrgetter("modified_at", "path"))
    rows = [{"sequence": sequence, "path": one.path, "sha256": one.sha256, "city": one.city, "size": one.size,
             "received_at": _text(now), "modified_at": _text(one.modified_at), "mtime_ns": str(one.mtime_ns),
             "inode": str(one.inode), "present": True, "ignored": one.ignored}
            for sequence, one in enumerate(arrived, last + 1)]
    if rows:
        connection.execute(_RECEIPTS.insert(), rows)


def _see_again(connection: sa.Connection, again: Sequence[tuple[int, Seen]]) -> None:
    """The same bytes once more: only what is needed to recognise the file unread is brought up to date."""
    rows = [{"of": sequence, "mtime_ns": str(one.mtime_ns), "inode": str(one.inode), "present": True,
             "ignored": one.ignored} for sequence, one in again]
    if rows:
        connection.execute(_RECEIPTS.update().where(_RECEIPTS.c.sequence == sa.bindparam("of")).values(
            {name: sa.bindparam(name) for name in rows[0] if name != "of"}), rows)


def _leave(connection: sa.Connection, sequences: Sequence[int]) -> None:
    if sequences:
        chosen = _RECEIPTS.c.sequence == sa.bindparam("of")
        connection.execute(_RECEIPTS.update().where(chosen).values(present=False),
                           [{"of": sequence} for sequence in sequences])


def _configure(connection: sqlite3.Connection, _: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _text(moment: datetime) -> str:
    return moment.astimezone(call.CHINA).isoformat()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(call.CHINA)


_DAMAGED = "台账已损坏，没有继续运行。请从备份恢复 .consortium 文件夹后重新运行；收件箱里的文件没有变动。"
_LOCKED = "台账正被其他程序占用，请关闭打开它的程序后重新运行。"
_FAILED = "台账写不进去，请检查磁盘空间和权限后重新运行。"


def _told(error: BaseException | None) -> StorageFailed | LedgerDamaged:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LedgerDamaged(_DAMAGED)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerBusy(_LOCKED)
    return StorageFailed(_FAILED)


@contextmanager
def hold(workspace: Workspace) -> Iterator[None]:
    """Hold `workspace` for one run; WorkspaceHeld at once if another run has it.

    The kernel lets go when the process ends, however it ends: no lock is stale, a stopped run keeps its own.
    """
    try:
        workspace.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(workspace.state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageFailed("工作区不能写入，请检查磁盘和权限。") from error
    try:
        _lock(lock)
        yield
    finally:
        os.close(lock)


def _lock(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "host": socket.gethostname(),
                                    "since": _text(datetime.now(call.CHINA))}).encode(), 0)
    except BlockingIOError as error:
        raise WorkspaceHeld(_holder(os.pread(lock, 4096, 0))) from error
    except OSError as error:
        raise StorageFailed("工作区锁不住，请把工作区放在本机磁盘上，并检查磁盘空间。") from error


def _holder(written: bytes) -> str:
    try:
        by = json.loads(written)
        since = f"{_time(by['since']):%Y-%m-%d %H:%M:%S}"
        return f"另一次运行正在使用这个工作区（{since} 开始，进程 {by['pid']}，主机 {by['host']}）。请等它结束后再运行。"
    except (ValueError, KeyError, TypeError):
        # The other run has only just begun.
        return "另一次运行正在使用这个工作区，请等它结束后再运行。"
