"""The ledger's tables. Moments are texts at +08:00; whatever is written is written as whole rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

SCHEMA_VERSION = 2
GENERATION, WORKSPACE, BEGUN_ANEW = "generation", "workspace", "begun_anew"

_ALL = sa.MetaData()


def _text(name: str, *, key: bool = False, empty: bool = False, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.Text, primary_key=key, nullable=empty, default=default, server_default=default)


def _number(name: str, *, key: bool = False, empty: bool = False, default: int | None = None) -> sa.Column:
    server = None if default is None else str(default)
    return sa.Column(name, sa.BigInteger, primary_key=key, autoincrement=False, nullable=empty, default=default,
                     server_default=server)


VERSION = sa.Table("schema_version", _ALL, sa.Column("version", sa.Integer, nullable=False))
# How many transactions there have been, and whose ledger it is.
META = sa.Table("meta", _ALL, _text("key", key=True), _text("value"))
RECEIPTS = sa.Table(
    "receipts", _ALL, _number("sequence", key=True), _text("path"), _text("sha256"), _text("city", empty=True),
    _number("size"), _text("received_at"), _text("modified_at"),
    # As text: a share may report numbers that 64 bits with a sign do not hold.
    _text("mtime_ns"), _text("inode"),
    sa.Column("present", sa.Boolean, nullable=False), _text("ignored"), _text("withdrawn", default=""),
    sa.UniqueConstraint("path", "sha256"))
RUNS = sa.Table(
    "runs", _ALL, _text("run_id", key=True), _text("started_at"), _text("finished_at", empty=True), _text("outcome"),
    _text("counts"), _number("number", default=0))
ROUNDS = sa.Table("rounds", _ALL, _number("number", key=True), _text("key"), _text("began_at"))
# As pipeline.memory.Past.
FINDINGS = sa.Table(
    "findings", _ALL, _text("finding_id", key=True), _text("city", empty=True), _text("consortium_id", empty=True),
    _text("consortium_name", empty=True), _text("code"), _text("severity"), _number("first_round"),
    _number("last_round"), _text("first_at"), _text("last_at"), _number("mended_round", empty=True),
    _number("back_round", empty=True), _text("state"), _text("note"))
# As pipeline.memory.Explanation.
EXPLANATIONS = sa.Table(
    "explanations", _ALL, _text("finding_id", key=True), _text("value_digest"), _text("text"), _text("sha256"),
    _text("given_at"))
# As pipeline.memory.Nil; one that was revoked keeps its row.
NILS = sa.Table(
    "nils", _ALL, _text("city", key=True), _text("reason"), _text("declared_at"), _text("revoked_at", empty=True))
# As schemas.season.Decisions; in the key, "" and 0 stand for what is not known.
DECISIONS = sa.Table(
    "decisions", _ALL, _text("file", key=True), _text("sha256", key=True), _text("sheet", key=True),
    _number("row", key=True), *(_text(name, empty=True) for name in (
        "number", "kind", "says", "ruling", "reason", "judge", "day", "until")),
    _text("state"), _text("answer", empty=True), _text("evidence", empty=True),
    _text("recorded_at"), _number("last_round"))

# What the journal repeats, in this order.
KEPT: dict[str, sa.Table] = {table.name: table for table in (
    RECEIPTS, RUNS, ROUNDS, FINDINGS, EXPLANATIONS, NILS, DECISIONS)}


def create(connection: sa.Connection) -> None:
    """Make all tables in an empty database."""
    _ALL.create_all(connection)


def drop(connection: sa.Connection) -> None:
    """Take away what there is of the tables, with all that is in them."""
    _ALL.drop_all(connection)


def names() -> set[str]:
    """Names of all tables."""
    return set(_ALL.tables)


_KEYS = {table.name: tuple(column.name for column in table.primary_key) for table in KEPT.values()}
_EMPTY = {table.name: {column.name: column.default.arg if column.default else None for column in table.c}
          for table in KEPT.values()}


def key_of(table: sa.Table, row: Mapping[str, Any]) -> tuple:
    """The primary key of a row."""
    return tuple([row[name] for name in _KEYS[table.name]])


def whole(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as an older edition wrote it, with what has since been added to the table."""
    return {name: row.get(name, default) for name, default in _EMPTY[table.name].items()}
