"""What files were found to hold, kept from run to run, so that only what is new is opened.

`<folder>/<edition of the reader>.db` is one SQLite file: by a file's SHA-256 the packed reading, behind a head with the
same two names. All of it can be made again: an entry or a file that is damaged, foreign or of another edition is as
good as none, a disk that refuses costs time and nothing else. Entries hold what stands in forms, so the folder is
closed to other users.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.ahead import JudgedAhead
from pipeline.edition import reader_edition, rules_edition
from pipeline.intake import Receipt
from pipeline.judgings import Judgings
from pipeline.read.packed import pack, unpack
from pipeline.read.record import Opened
from pipeline.settings import Workspace

# A power cut may tear the file, which is then made anew; a killed run leaves it as it was before its last portion.
_WRITING = ("PRAGMA page_size = 16384", "PRAGMA journal_mode = DELETE", "PRAGMA synchronous = OFF",
            "CREATE TABLE IF NOT EXISTS readings (name TEXT PRIMARY KEY, packed BLOB NOT NULL)")
_BUSY_SECONDS = 5
log = logging.getLogger(__name__)


def of(workspace: Workspace) -> Readings:
    """The readings and judgings kept in a workspace, cleared of what other editions left."""
    kept = Readings(workspace.readings, reader_edition(), judgings=Judgings(workspace.judgings, rules_edition()))
    kept.prune()
    kept.judgings.prune()
    return kept


class Readings:
    """The readings of one edition of the reader, below `folder`; not `lasting`, nothing is added to them.

    May be used by several threads. What the forms in them are judged to be is kept in `judgings`, if anywhere;
    what was found of them in this run before they were asked for, in `judged_ahead`.
    """

    def __init__(self, folder: Path, edition: str, lasting: bool = True, judgings: Judgings | None = None) -> None:
        self.judgings = judgings
        self.judged_ahead = JudgedAhead()
        self._lasting = lasting
        self._folder = folder
        self._edition = edition
        self._connection: sqlite3.Connection | None = None
        # Files that were dropped or deleted meanwhile: what a run has taken from them, it may still ask for.
        self._gone: list[sqlite3.Connection] = []
        self._one_at_a_time = threading.RLock()

    @property
    def file(self) -> Path:
        """Where they are kept."""
        return self._folder / f"{self._edition}.db"

    def has(self, receipt: Receipt) -> bool:
        """Whether there is an entry, whatever it is worth."""
        return bool(self._asked("SELECT 1 FROM readings WHERE name = ?", _name(receipt)))

    def get(self, receipt: Receipt) -> Opened | None:
        """What those bytes were found to hold; None if that is not known, or the entry is not to be trusted."""
        packed = self.packed(receipt)
        try:
            return None if packed is None else unpack(packed)
        except ValueError:
            log.warning("保存的读取结果已损坏，重新读取这个文件")
            return None

    def packed(self, receipt: Receipt) -> bytes | None:
        """The packed reading of the receipt's bytes, not yet proved whole; None as in `get`."""
        head = self._head(receipt)
        found = self._asked("SELECT packed FROM readings WHERE name = ?", _name(receipt))
        whole = bytes(found[0][0]) if found and isinstance(found[0][0], bytes) else b""
        return whole[len(head):] if whole.startswith(head) else None

    def put(self, receipt: Receipt, opened: Opened | bytes) -> bool:
        """Keep one reading, packed or not; whether it is kept."""
        return self.put_all([(receipt, opened if isinstance(opened, bytes) else pack(opened))])

    def put_all(self, packed: Sequence[tuple[Receipt, bytes]]) -> bool:
        """Keep the readings of a portion, all or none; whether they are kept. Not flushed to the disk."""
        if not self._lasting:
            return False
        rows = [(_name(receipt), self._head(receipt) + data) for receipt, data in packed]
        stored = self._tried(lambda connection: _write(connection, rows))
        if stored is None:
            log.warning("读取结果没有存下，下次重新读取")
        return bool(stored)

    def prune(self) -> None:
        """Make the folder, closed to others, and drop what other editions of the reader left in it."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            for left in self._folder.iterdir():
                if not left.name.startswith(self.file.name):
                    shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        except OSError:
            log.warning("以前的读取结果没有清理")

    def close(self) -> None:
        """Let the file go; it is opened again when it is next asked."""
        with self._one_at_a_time:
            self._leave()
            while self._gone:
                self._gone.pop().close()

    def _head(self, receipt: Receipt) -> bytes:
        return f"{self._edition} {_name(receipt)}\n".encode()

    def _asked(self, question: str, name: str) -> list[tuple]:
        def ask(connection: sqlite3.Connection) -> list[tuple]:
            return connection.execute(question, (name,)).fetchall()

        with self._one_at_a_time:
            found = self._tried(ask)
            for connection in () if found else reversed(self._gone):
                with suppress(sqlite3.Error):
                    found = found or ask(connection)
        return found or []

    def _tried(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """What the work gives; None where the file or the disk refuses. A damaged file is dropped, and made anew."""
        with self._one_at_a_time, suppress(OSError, sqlite3.OperationalError, sqlite3.InterfaceError):
            try:
                return work(self._opened())
            except sqlite3.OperationalError:
                self._leave()
                raise
            except sqlite3.DatabaseError:
                log.warning("保存的读取结果已损坏，重新读取")
                if self._lasting:
                    self.file.unlink(missing_ok=True)
                self._leave()
                if self._lasting:
                    with suppress(sqlite3.DatabaseError):
                        return work(self._opened())
        return None

    def _leave(self) -> None:
        """Open the file anew when it is next asked; the one we have, if it is gone from its folder, is kept for
        reading."""
        if self._connection is None:
            return
        if self._lasting and not self.file.exists():
            self._gone.append(self._connection)
        else:
            self._connection.close()
        self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            if self._lasting:
                # Closed to others from its first byte on; SQLite gives what it writes beside it the same mode. One that
                # is there is not opened: to close it again would end the locks that this process has on it.
                with suppress(FileExistsError):
                    os.close(os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            self._connection = sqlite3.connect(
                f"file:{quote(os.fspath(self.file))}?mode={'rw' if self._lasting else 'ro'}", uri=True,
                timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            for statement in _WRITING if self._lasting else ():
                self._connection.execute(statement)
        return self._connection


def _name(receipt: Receipt) -> str:
    """By what a reading is known. As a decision file the same bytes are read otherwise."""
    return f"{receipt.sha256}.d" if receipt.is_decision else receipt.sha256


def _write(connection: sqlite3.Connection, rows: Sequence[tuple[str, bytes]]) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return True
