"""One way to SQLite and PostgreSQL: an engine, transactions, and faults in our own words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from pipeline import layout
from pipeline.errors import LedgerDamaged, RunError, SettingsWrong
from pipeline.ledger import identity
from pipeline.ledger.faults import DAMAGED, told
from pipeline.ledger.tables import META, WORKSPACE, names

BUSY_SECONDS = 30
_CONNECT_SECONDS = 10
_ROWS_AT_ONCE = 10_000
# Any number will do, as long as all writers of a database agree on it.
_WRITERS = 20230928
_SERVER = ("postgresql", "postgres", "postgresql+psycopg")
_WRONG = ("设置有误：database。请写成 postgresql://用户@主机/数据库 的形式；"
          f"不写则台账保存在 {layout.STATE}/{layout.LEDGER}。")
Part = TypeVar("Part")


class Database:
    """The database at `url`. LedgerDamaged, LedgerBusy, LedgerAway or StorageFailed where it fails us."""

    def __init__(self, url: sa.URL) -> None:
        self.local = url.get_backend_name() == "sqlite"
        given: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS}
        if self.local:
            # Transactions begin where we say so (see `_begun`), not where the driver thinks fit.
            given = {"timeout": BUSY_SECONDS, "isolation_level": None}
        self._engine = sa.create_engine(url, connect_args=given, hide_parameters=True)
        if self.local:
            sa.event.listen(self._engine, "connect", _configure)
        sa.event.listen(self._engine, "handle_error", _no_text)

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    @contextmanager
    def transaction(self, *, writing: bool) -> Iterator[sa.Connection]:
        """A view of one moment, or the only writer; undone if the block fails.

        What the driver raises, in the block too, becomes an error of the ledger (`faults.told`):
        LedgerDamaged, LedgerBusy, LedgerAway or StorageFailed. Any other error of the block goes on as it is.
        """
        try:
            with self._engine.connect() as connection:
                if not (self.local or writing):
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    self._begun(connection, writing)
                    yield connection
        except sa.exc.DBAPIError as error:
            raise told(error.orig) from None
        except sqlite3.DatabaseError as error:
            raise told(error) from None

    def _begun(self, connection: sa.Connection, writing: bool) -> None:
        if self.local:
            # A reader that becomes a writer may find that another was quicker, and is not let wait.
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
        elif writing:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(BUSY_SECONDS * 1000)}")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")

    def check(self, connection: sa.Connection) -> None:
        """LedgerDamaged if the pages of the file do not fit together, or an index does not have every row."""
        if self.local and connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() != "ok":
            raise LedgerDamaged(DAMAGED)

    def put(self, connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        """Write whole rows, in place of those with the same keys."""
        if not rows:
            return
        if self.local:
            # By the driver itself: to prepare each row's values takes longer than to write them.
            names = table.c.keys()
            connection.exec_driver_sql(_replacing(table), [tuple([row[name] for name in names]) for row in rows])
            return
        # Only the dialect that is spoken is loaded: the other would cost every command 20 ms.
        from sqlalchemy.dialects.postgresql import ARRAY, insert as inserting
        insert = inserting(table)
        rest = {column.name: insert.excluded[column.name] for column in table.c if not column.primary_key}
        # Column by column in arrays: a server takes thousands of rows so in the time of a few hundred.
        for part in in_parts(rows, _ROWS_AT_ONCE):
            columns = [sa.cast([row[column.name] for row in part], ARRAY(column.type))
                       for column in table.c]
            chosen = insert.from_select(table.c.keys(), sa.select(*map(sa.func.unnest, columns)))
            connection.execute(
                chosen.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest))


def _replacing(table: sa.Table) -> str:
    """SQLite's words for writing a whole row, its values in the order of the columns."""
    names, keys = ([f'"{column.name}"' for column in columns] for columns in (table.c, table.primary_key))
    rest = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    return (f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))}) '
            f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {rest}")


def stream_of(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """The rows of a table for which all of `where` is true, in order of their keys, one after another."""
    found = connection.execute(sa.select(table).where(*where).order_by(*table.primary_key))
    names = list(found.keys())
    return (dict(zip(names, row, strict=True)) for row in found)


def rows_of(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    """The same all at once."""
    return list(stream_of(connection, table, *where))


def in_parts(values: Iterable[Part], size: int = 500) -> Iterator[list[Part]]:
    """The values in portions that one statement takes."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def set_aside(database: Database, name: str, ours: str) -> str:
    """Move the ledger's tables on a server into a new schema `name`; returns it, "" if there are none.

    LedgerForeign if they are another workspace's than `ours`.
    """
    with database.transaction(writing=True) as connection:
        found = names() & set(sa.inspect(connection).get_table_names())
        if META.name in found:
            held = connection.scalar(sa.select(META.c.value).where(META.c.key == WORKSPACE))
            identity.claimed(held or ours, ours, local=False)
        if not found:
            return ""
        connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')
        for table in sorted(found):
            connection.exec_driver_sql(f'ALTER TABLE "{table}" SET SCHEMA "{name}"')
    return name


def address(database: Path, given: str = "") -> sa.URL:
    """Where the ledger is: the file, or the server `given`. SettingsWrong, which never quotes the address."""
    if not given:
        return sa.URL.create("sqlite", database=os.fspath(database))
    try:
        url = sa.make_url(given)
    except (sa.exc.ArgumentError, ValueError):
        raise SettingsWrong(_WRONG) from None
    if url.drivername not in _SERVER or not url.database:
        raise SettingsWrong(_WRONG)
    return url.set(drivername="postgresql+psycopg")


def _configure(connection: sqlite3.Connection, _: object) -> None:
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
    except UnicodeDecodeError as error:
        raise told(error) from None


def _no_text(context: sa.ExceptionContext) -> RunError | None:
    """What to raise where the driver finds that a name in the file is no text: in a column's title, or in a sentence of
    SQLite's."""
    return told(context.original_exception) if isinstance(context.original_exception, UnicodeDecodeError) else None
