"""Database and journal as one: what is written to the one is written to the other, and each makes the other good.

Every transaction that writes has a number, in both. A journal that is ahead holds what the database lost (a crash
before its commit, an older copy put back, no file at all): the database is filled from it. A database that is ahead
has lost nothing: the journal is written anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipeline import layout
from pipeline.errors import LedgerDamaged, RunError, StorageFailed
from pipeline.ledger import identity, lease
from pipeline.ledger.database import Database, stream_of
from pipeline.ledger.faults import DAMAGED, newer
from pipeline.ledger.journal import Header, Journal, Lines
from pipeline.ledger.migrating import bring_forward
from pipeline.ledger.replaying import replayed
from pipeline.ledger.tables import GENERATION, KEPT, META, SCHEMA_VERSION, WORKSPACE
from schemas import call

log = logging.getLogger(__name__)
# The leases that this process holds, by state folder: whatever handle a run writes through, it is the run that writes.
_OURS: dict[Path, lease.Lease] = {}
# Below this a journal is never too long.
_SHORT = 1000


class Writing:
    """A transaction under way: `put` writes whole rows to the database, and notes them for the journal."""

    def __init__(self, database: Database, connection: sa.Connection) -> None:
        self._database = database
        self.connection = connection
        self.lines = Lines()

    def put(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows, in place of those with the same keys."""
        self._database.put(self.connection, table, rows)
        self.lines.add(table.name, rows)


class Store:
    """The ledger's rows at `url`, for the workspace whose state is in the folder `state`.

    A `damaged` journal fills a database only if that is asked for: what can be read of it is then all there is.
    """

    def __init__(self, url: sa.URL, state: Path, *, damaged: bool = False) -> None:
        self.state = state
        self._lease: lease.Lease | None = None
        self._database = Database(url)
        self._damaged = damaged
        with ExitStack() as undo:
            undo.callback(self.close)
            self.journal = Journal(_made(state / layout.ORIGINALS) / layout.JOURNAL)
            bring_forward(self._database)
            self._own()
            undo.pop_all()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One moment of the ledger."""
        with self._database.transaction(writing=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction, in the journal before it is in the database; all of it or, after an error, nothing."""
        size, journaled = None, 0
        try:
            with self._database.transaction(writing=True) as connection:
                self._fenced(connection)
                number, before = self._agreed(connection)
                writing = Writing(self._database, connection)
                yield writing
                if writing.lines.number:
                    self._database.put(connection, META, [{"key": GENERATION, "value": str(number + 1)}])
                    size = self.journal.append(writing.lines, number + 1, before)
                    journaled = before + writing.lines.number
        except RunError:
            if size is not None:
                self.journal.take_back(size)
            raise
        if journaled > _SHORT:
            self._shorten(journaled)

    def mark(self, writing: Writing, key: str) -> None:
        """Note something of this database alone: it is not in the journal."""
        self._database.put(writing.connection, META, [{"key": key, "value": "1"}])

    def take(self, writing: Writing, run_id: str, number: int, holder: lease.Holder) -> None:
        """Take the ledger's lease for run number `number`, in its first transaction; WorkspaceHeld as `lease.take`."""
        self._lease = lease.take(self._database, writing.connection, run_id, number, holder)
        _OURS[self.state.resolve()] = self._lease

    def forget_lease(self) -> None:
        """A run of this process that never came to its end has nothing more to write."""
        self._lease = None
        _OURS.pop(self.state.resolve(), None)

    def beat(self) -> None:
        """One heartbeat of the lease that this process holds, if it does. Nothing of it is in the journal."""
        if self._held:
            with self._database.transaction(writing=True) as connection:
                lease.renew(self._database, connection, self._held)

    def check_lease(self) -> None:
        """WorkspaceHeld if the lease that this process held has been taken."""
        with self.reading() as connection:
            self._fenced(connection)

    def let_go(self) -> None:
        """Give the lease back."""
        held = self._held
        self.forget_lease()
        if held:
            with self._database.transaction(writing=True) as connection:
                lease.release(connection, held)

    @property
    def _held(self) -> lease.Lease | None:
        return self._lease or _OURS.get(self.state.resolve())

    def _fenced(self, connection: sa.Connection) -> None:
        if self._held:
            lease.check(connection, self._held)

    def _own(self) -> None:
        """See that the ledger is this workspace's, and that database and journal say the same."""
        with self.reading() as connection:
            held, number = _meta(connection, WORKSPACE), _generation(connection)
        header, last = self.journal.header(), self.journal.last()
        ours = identity.of(self.state, held, header.workspace if header else "", self._database.local)
        sound = header == Header(ours, SCHEMA_VERSION)
        if sound and held == ours and last and last.number == number:
            return
        if header and header.edition > SCHEMA_VERSION:
            raise newer(header.edition, SCHEMA_VERSION)
        with self._database.transaction(writing=True) as connection:
            self._database.put(connection, META, [{"key": WORKSPACE, "value": ours}])
            same = last and last.number == _generation(connection)
            if header and header.workspace != ours or (same and not sound):
                self._set_aside()
            self._agreed(connection)

    def _agreed(self, connection: sa.Connection) -> tuple[int, int]:
        """The number of the last transaction, and how many rows the journal has; both sides have the same."""
        number, last = _generation(connection), self.journal.last()
        if last and last.number == number:
            return number, last.total
        if last and last.number > number:
            return self._filled(connection, last.total)
        if self.journal.path.exists():
            self._set_aside()
        return self._anew(connection, number)

    def _filled(self, connection: sa.Connection, total: int) -> tuple[int, int]:
        contents = replayed(self.journal.path)
        if contents.damaged and not self._damaged:
            raise LedgerDamaged(DAMAGED)
        for name, table in KEPT.items():
            connection.execute(table.delete())
            self._database.put(connection, table, list(contents.rows[name].values()))
        self._database.put(connection, META, [{"key": GENERATION, "value": str(contents.number)}])
        log.warning("台账落后于留存记录，已补到第 %d 次写入", contents.number)
        if contents.damaged or contents.header is None or contents.header.edition != SCHEMA_VERSION:
            self._set_aside()
            return self._anew(connection, contents.number)
        return contents.number, total

    def _anew(self, connection: sa.Connection, number: int) -> tuple[int, int]:
        """Write the journal from the database. Only an empty ledger has number 0: the loss of another is noticed."""
        if not number and any(map(partial(_count, connection), KEPT.values())):
            number = 1
            self._database.put(connection, META, [{"key": GENERATION, "value": str(number)}])
        rows = ((name, row) for name, table in KEPT.items() for row in stream_of(connection, table))
        return number, self.journal.replace(Header(_meta(connection, WORKSPACE), SCHEMA_VERSION), rows, number)

    def _set_aside(self) -> None:
        moment = datetime.now(call.CHINA)
        try:
            self.journal.path.rename(self.journal.path.with_name(f"journal-{moment:%Y%m%d-%H%M%S-%f}.jsonl"))
        except OSError as error:
            raise StorageFailed("留存记录改不了名，没有继续运行。请检查磁盘和权限。") from error
        log.warning("留存记录与台账不符，已另存，并重新写过")

    def _shorten(self, journaled: int) -> None:
        """A journal of more than twice the rows there are is written anew; if that fails, the long one is as good."""
        try:
            with self._database.transaction(writing=True) as connection:
                if journaled > 2 * sum(map(partial(_count, connection), KEPT.values())):
                    self._anew(connection, self._agreed(connection)[0])
        except StorageFailed:
            log.warning("留存记录这次没有压缩成")


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageFailed("台账文件夹建不起来，请检查磁盘和权限。") from error
    return folder


def _meta(connection: sa.Connection, key: str) -> str:
    return connection.scalar(sa.select(META.c.value).where(META.c.key == key)) or ""


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table))


def _generation(connection: sa.Connection) -> int:
    held = _meta(connection, GENERATION) or "0"
    if not held.isdecimal():
        raise LedgerDamaged(DAMAGED)
    return int(held)
