"""What a journal says in the end: the last row of every key, line by line, whatever became of some of the lines."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from pipeline.errors import StorageFailed
from pipeline.ledger.faults import newer
from pipeline.ledger.journal import Header, closing_of, header_of, parsed
from pipeline.ledger.tables import KEPT, RECEIPTS, SCHEMA_VERSION, key_of, whole


# What each column may hold, and whether it may be empty.
_KINDS = {name: [(column.name, (column.type.python_type, *([type(None)] if column.nullable else [])))
                 for column in table.c] for name, table in KEPT.items()}


class Contents(NamedTuple):
    """The rows of each table by key, the last transaction, and how many lines or transactions were damaged."""

    header: Header | None
    rows: dict[str, dict[tuple, dict[str, Any]]]
    number: int
    damaged: int


def replayed(journal: Path) -> Contents:
    """Read a whole journal. LedgerDamaged only if a newer edition wrote it; rows never closed do not count."""
    header, number, damaged = None, 0, 0
    rows: dict[str, dict[tuple, dict[str, Any]]] = {name: {} for name in KEPT}
    crc, open_rows, broken = 0, [], 0
    for place, line in enumerate(_lines(journal)):
        if place == 0 and (header := header_of(line)):
            if header.edition > SCHEMA_VERSION:
                raise newer(header.edition, SCHEMA_VERSION)
        elif closing := closing_of([line]):
            damaged += max(broken, crc != closing.crc, len(open_rows) != closing.rows)
            for table, row in open_rows:
                rows[table.name][key_of(table, row)] = row
            number = max(number, closing.number)
            crc, open_rows, broken = 0, [], 0
        else:
            crc = zlib.crc32(line, crc)
            row = _row(parsed(line))
            open_rows += [row] if row else []
            broken += not row
    rows[RECEIPTS.name] = _once(rows[RECEIPTS.name])
    return Contents(header, rows, number, damaged + (header is None))


def _once(receipts: dict[tuple, dict[str, Any]]) -> dict[tuple, dict[str, Any]]:
    """One receipt for a path and its bytes, which only a damaged journal has twice: the earlier one."""
    first: dict[tuple, tuple] = {}
    for key, row in sorted(receipts.items()):
        first.setdefault((row["path"], row["sha256"]), key)
    return {key: receipts[key] for key in first.values()}


def _lines(journal: Path) -> list[bytes]:
    try:
        return journal.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageFailed("留存记录读不出来，没有重建台账。请检查磁盘和权限。") from error


def _row(said: Any) -> tuple[sa.Table, dict[str, Any]] | None:
    if not isinstance(said, dict) or not isinstance(said.get("row"), Mapping):
        return None
    table = KEPT.get(str(said.get("table")))
    if table is None:
        return None
    row = whole(table, said["row"])
    return (table, row) if all(isinstance(row[name], kinds) for name, kinds in _KINDS[table.name]) else None
