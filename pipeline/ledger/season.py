"""Rounds, findings, explanations, declarations and decisions in the ledger."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from pipeline.errors import WorkspaceHeld
from pipeline.ledger.database import in_parts, rows_of, stream_of
from pipeline.ledger.moments import moment_of, text_of
from pipeline.ledger.store import Writing
from pipeline.ledger.tables import DECISIONS, EXPLANATIONS, FINDINGS, NILS, ROUNDS, key_of

# Its words for the states come from a module that needs polars, which not every command has to load.
if TYPE_CHECKING:
    from pipeline.memory import Explanation, Memory, Nil, Past, Round

# As many as one question may have.
_AT_A_TIME = 5_000
_MOMENTS = frozenset(("first_at", "last_at", "given_at", "declared_at", "began_at"))


def memory_of(connection: sa.Connection) -> Memory:
    """Everything remembered."""
    from pipeline.memory import Explanation, Memory, Round

    number, key, began_at = next(iter(_rows(connection, ROUNDS, ROUNDS.c.number == _last(connection))), (0, "", ""))
    return Memory(
        Round(number, key, moment_of(began_at)) if number else None,
        {past.finding_id: past for past in map(_past, _streamed(connection, FINDINGS))},
        {row[0]: Explanation(*row[:4], moment_of(row[4])) for row in _rows(connection, EXPLANATIONS)},
        nils_of(connection))


def _past(row: sa.Row) -> Past:
    """A finding in a row. What the findings of a form have in common is held once."""
    from pipeline.memory import Past

    number, city, consortium, name, code, severity, *rounds, first_at, last_at, mended, back, state, note = row
    return Past(number, _once(city), _once(consortium), _once(name), _once(code), _once(severity), *rounds,
                moment_of(first_at), moment_of(last_at), mended, back, _once(state), note)


def _once(text: str | None) -> str | None:
    return text and sys.intern(text)


def nils_of(connection: sa.Connection) -> dict[str, Nil]:
    """The declarations in force, by city."""
    from pipeline.memory import Nil

    return {city: Nil(city, reason, moment_of(at))
            for city, reason, at, _ in _rows(connection, NILS, NILS.c.revoked_at.is_(None))}


def declare(writing: Writing, city: str, why: str, now: datetime) -> None:
    """Note a declaration; the same one again changes nothing."""
    standing = nils_of(writing.connection).get(city)
    if standing is None or standing.reason != why:
        writing.put(NILS, [{"city": city, "reason": why, "declared_at": text_of(now), "revoked_at": None}])


def revoke(writing: Writing, city: str, now: datetime) -> bool:
    """Take a declaration back; False if there is none."""
    rows = rows_of(writing.connection, NILS, NILS.c.city == city, NILS.c.revoked_at.is_(None))
    writing.put(NILS, [row | {"revoked_at": text_of(now)} for row in rows])
    return bool(rows)


def begin(writing: Writing, round_: Round) -> None:
    """Note a round. WorkspaceHeld if it is neither the last one nor the next: others have been at work since."""
    last = rows_of(writing.connection, ROUNDS, ROUNDS.c.number == _last(writing.connection))
    number, key = (last[0]["number"], last[0]["key"]) if last else (0, "")
    if (round_.number, round_.key) != (number, key):
        if round_.number != number + 1:
            raise WorkspaceHeld(f"另一次运行已记下第 {number} 期，本次结果没有记入台账。请重新运行。")
        writing.put(ROUNDS, [_row(round_, ROUNDS)])


def remember(writing: Writing, table: sa.Table, facts: Iterable[Past | Explanation]) -> None:
    """Write findings or explanations as they now are; what is not among them stays."""
    _renew(writing, table, (_row(one, table) for one in facts))


def decide(writing: Writing, decisions: Iterable[Mapping[str, Any]], round_: Round) -> None:
    """Write the decisions of a round; the time of the round that first had one stays with it."""
    first = {key_of(DECISIONS, row): row["recorded_at"] for row in rows_of(writing.connection, DECISIONS)}
    rows = []
    for one in decisions:
        row = {column.name: _clean(one.get(column.name)) for column in DECISIONS.c}
        row |= {name: row[name] or "" for name in ("file", "sha256", "sheet")} | {"row": row["row"] or 0}
        began = first.get(key_of(DECISIONS, row), text_of(round_.began_at))
        rows.append(row | {"recorded_at": began, "last_round": round_.number})
    _renew(writing, DECISIONS, rows)


def _renew(writing: Writing, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    """Write the rows that are new or otherwise than before, the last of each key; never all of them at once."""
    first, *more = table.primary_key
    for part in in_parts(rows, _AT_A_TIME):
        given = {key_of(table, row): row for row in part}
        among = [] if more else [first.in_([key for key, in given])]
        before = {key_of(table, row): row for row in stream_of(writing.connection, table, *among)}
        writing.put(table, [row for key, row in given.items() if row != before.get(key)])


def _row(one: Any, table: sa.Table) -> dict[str, Any]:
    names, values, moments = _columns(table)
    row = dict(zip(names, map(_clean, values(one)), strict=True))
    for name in moments:
        row[name] = text_of(row[name])
    return row


@cache
def _columns(table: sa.Table) -> tuple[list[str], Callable[[Any], tuple], list[str]]:
    """A table's columns, how to get them of a fact, and those of them that are moments."""
    names = table.c.keys()
    return names, attrgetter(*names), [name for name in names if name in _MOMENTS]


def _clean(value: Any) -> Any:
    """PostgreSQL keeps no NUL in a text, and an old workbook may hold one; an enumeration's word becomes plain text."""
    return str(value).replace("\0", "") if isinstance(value, str) else value


def _last(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.max(ROUNDS.c.number))) or 0


def _streamed(connection: sa.Connection, table: sa.Table) -> Iterator[sa.Row]:
    """The rows of a table one after another: there may be a hundred thousand."""
    yield from connection.execute(sa.select(table).order_by(*table.primary_key))


def _rows(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> list[tuple]:
    return list(map(tuple, connection.execute(sa.select(table).where(*where).order_by(*table.primary_key))))
