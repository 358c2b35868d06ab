"""Receipts in the ledger: recorded once, seen again, gone, withdrawn."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from pipeline import originals
from pipeline.intake import Receipt, Seen
from pipeline.ledger.database import in_parts, rows_of
from pipeline.ledger.moments import moment_of, text_of
from pipeline.ledger.store import Writing
from pipeline.ledger.tables import RECEIPTS
from schemas import call

Known = dict[tuple[str, str], dict[str, Any]]


class Withdrawal(NamedTuple):
    """The receipts of the paths that were withdrawn (or restored), by arrival, and paths that nothing came under."""

    receipts: list[Receipt]
    unknown: list[str]


def record(writing: Writing, seen: Sequence[Seen], now: datetime, missing: Collection[str]) -> Known:
    """Write what a scan found, and what it no longer found; the rows of all paths concerned, by path and bytes."""
    known = _known(writing.connection, {*(one.path for one in seen), *missing})
    found = {(one.path, one.sha256): one for one in seen}
    after = {key: row | {"present": False} for key, row in known.items()}
    for key in found.keys() & known.keys():
        after[key] = known[key] | _looks(found[key])
    new = sorted((one for key, one in found.items() if key not in known), key=attrgetter("modified_at", "path"))
    last = writing.connection.scalar(sa.select(sa.func.max(RECEIPTS.c.sequence))) or 0
    after |= {(one.path, one.sha256): _new(one, sequence, now) for sequence, one in enumerate(new, last + 1)}
    writing.put(RECEIPTS, [row for key, row in after.items() if row != known.get(key)])
    return after


def withdraw(writing: Writing, paths: Sequence[str], says: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Have everything that came under the paths withdrawn (`says` why), or counted again ("").

    What is withdrawn already keeps its reason. The rows of those paths in order of arrival, and the unknown paths.
    """
    rows = sorted((row for row in _known(writing.connection, paths).values() if not row["ignored"]),
                  key=lambda row: row["sequence"])
    after = [row if says and row["withdrawn"] else row | {"withdrawn": says} for row in rows]
    writing.put(RECEIPTS, [new for old, new in zip(rows, after, strict=True) if old != new])
    known = {row["path"] for row in rows}
    return after, [path for path in dict.fromkeys(paths) if path not in known]


def withdrawn(why: str, now: datetime) -> str:
    """The words for something withdrawn at `now`."""
    return f"已撤回（{now.astimezone(call.CHINA):%Y-%m-%d}，{why}）"


def receipt_of(row: dict[str, Any], copies: Path) -> Receipt:
    """The receipt in a row; `copies` are the originals."""
    original = originals.place(copies, row["sha256"]) if row["sha256"] else None
    # What many have in common is held once.
    city = row["city"] and sys.intern(row["city"])
    return Receipt(row["path"], city, row["sha256"], row["size"], moment_of(row["received_at"]),
                   moment_of(row["modified_at"]), row["sequence"], row["present"], sys.intern(row["ignored"]), original,
                   sys.intern(row["withdrawn"]))


def seen_of(row: dict[str, Any]) -> Seen:
    """The look in a row."""
    return Seen(row["path"], row["city"], row["sha256"], row["size"], moment_of(row["modified_at"]),
                int(row["mtime_ns"]), int(row["inode"]), row["ignored"])


def _known(connection: sa.Connection, paths: Iterable[str]) -> Known:
    return {(row["path"], row["sha256"]): row for part in in_parts(sorted(set(paths)))
            for row in rows_of(connection, RECEIPTS, RECEIPTS.c.path.in_(part))}


def _looks(one: Seen) -> dict[str, Any]:
    """What is needed to recognise a file unread; all else of a receipt stays as it was received."""
    return {"mtime_ns": str(one.mtime_ns), "inode": str(one.identity), "present": True, "ignored": one.ignored}


def _new(one: Seen, sequence: int, now: datetime) -> dict[str, Any]:
    return {"sequence": sequence, "path": one.path, "sha256": one.sha256, "city": one.city, "size": one.size,
            "received_at": text_of(now), "modified_at": text_of(one.modified_at), **_looks(one), "withdrawn": ""}
