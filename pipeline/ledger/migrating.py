"""The ledger's editions: an older one is brought forward step by step, each with its number in one transaction."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from pipeline.errors import LedgerDamaged
from pipeline.ledger.database import Database
from pipeline.ledger.faults import DAMAGED, newer
from pipeline.ledger.tables import RECEIPTS, SCHEMA_VERSION, VERSION, create, drop, names

# A step is written once and stays: it must do in years what it did when the tables were other than they are now.
_TO_2 = (
    "ALTER TABLE receipts ADD COLUMN withdrawn TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE runs ADD COLUMN number BIGINT NOT NULL DEFAULT 0",
    "UPDATE runs SET number = rowid",
    "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE rounds (number BIGINT NOT NULL PRIMARY KEY, key TEXT NOT NULL, began_at TEXT NOT NULL)",
    "CREATE TABLE findings (finding_id TEXT NOT NULL PRIMARY KEY, city TEXT, consortium_id TEXT, consortium_name TEXT,"
    " code TEXT NOT NULL, severity TEXT NOT NULL, first_round BIGINT NOT NULL, last_round BIGINT NOT NULL,"
    " first_at TEXT NOT NULL, last_at TEXT NOT NULL, mended_round BIGINT, back_round BIGINT, state TEXT NOT NULL,"
    " note TEXT NOT NULL)",
    "CREATE TABLE explanations (finding_id TEXT NOT NULL PRIMARY KEY, value_digest TEXT NOT NULL, text TEXT NOT NULL,"
    " sha256 TEXT NOT NULL, given_at TEXT NOT NULL)",
    "CREATE TABLE nils (city TEXT NOT NULL PRIMARY KEY, reason TEXT NOT NULL, declared_at TEXT NOT NULL,"
    " revoked_at TEXT)",
    "CREATE TABLE decisions (file TEXT NOT NULL, sha256 TEXT NOT NULL, sheet TEXT NOT NULL, row BIGINT NOT NULL,"
    " number TEXT, kind TEXT, says TEXT, ruling TEXT, reason TEXT, judge TEXT, day TEXT, until TEXT,"
    " state TEXT NOT NULL, answer TEXT, evidence TEXT, recorded_at TEXT NOT NULL, last_round BIGINT NOT NULL,"
    " PRIMARY KEY (file, sha256, sheet, row))",
)


def _run(*statements: str) -> Callable[[sa.Connection], None]:
    def step(connection: sa.Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)
    return step


# From each edition to the next. The first edition knew SQLite only.
STEPS: dict[int, Callable[[sa.Connection], None]] = {1: _run(*_TO_2)}


def bring_forward(database: Database) -> None:
    """Make the tables of a new database, or take an older one through every step that it has not taken.

    LedgerDamaged if it is newer than this program, or tables are missing.
    """
    while True:
        with database.transaction(writing=False) as connection:
            database.check(connection)
            version = edition_of(connection)
            whole = version != SCHEMA_VERSION or names() <= set(sa.inspect(connection).get_table_names())
        if version is not None and version > SCHEMA_VERSION:
            raise newer(version, SCHEMA_VERSION)
        if not whole:
            raise LedgerDamaged(DAMAGED)
        if version == SCHEMA_VERSION:
            return
        with database.transaction(writing=True) as connection:
            # Another process may have been here while this one waited.
            if edition_of(connection) == version:
                _step(connection, version)


def edition_of(connection: sa.Connection) -> int | None:
    """The number of the ledger's edition; None in an empty database. LedgerDamaged where it should be and is not."""
    tables = set(sa.inspect(connection).get_table_names())
    if VERSION.name not in tables:
        return None
    found = connection.execute(sa.select(VERSION.c.version)).scalars().all()
    if len(found) == 1 and isinstance(found[0], int):
        return found[0]
    if found or (RECEIPTS.name in tables and connection.scalar(sa.select(RECEIPTS.c.sequence).limit(1)) is not None):
        raise LedgerDamaged(DAMAGED)
    return None


def _step(connection: sa.Connection, version: int | None) -> None:
    if version is None:
        if sa.inspect(connection).has_table(VERSION.name):
            # The first edition made its tables one by one, and was stopped half-way.
            drop(connection)
        create(connection)
        connection.execute(VERSION.insert().values(version=SCHEMA_VERSION))
    elif version not in STEPS:
        raise LedgerDamaged(DAMAGED)
    else:
        STEPS[version](connection)
        connection.execute(VERSION.update().values(version=version + 1))
