"""Whether a night has anything to do: the key of a round, and what is done where nothing changed.

The key names everything on which the tables depend: receipts, what cities declared, settings, editions of reader and
rules, and which decisions have lapsed. Files that broke their reader make another key, one that no night begins with,
so that they are tried again every night.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline import edition, manifest
from pipeline.manifest import Manifest
from pipeline.memory import Memory, Round
from pipeline.settings import Bearing, Settings, Workspace
from schemas import call

if TYPE_CHECKING:
    from pipeline.intake import Receipt
    from pipeline.job import Summary


def basis(receipts: Sequence[Receipt], memory: Memory, settings: Settings) -> str:
    """64 hex digits for all that is known before a file is read."""
    seen = [(r.sequence, r.path, r.sha256, r.size, r.city, r.received_at.isoformat(), r.modified_at.isoformat(),
             r.present, r.withdrawn, r.ignored) for r in receipts]
    nils = [(nil.city, nil.reason, nil.declared_at.isoformat()) for _, nil in sorted(memory.nils.items())]
    # The deadline counts as it is in force.
    limits = settings.model_dump(mode="json", include=set(Settings.bearing_on(Bearing.RESULT)))
    return _digest(seen, nils, limits, settings.due.isoformat(), edition.reader_edition(), edition.rules_edition())


def key(known: str, turns: Iterable[date], now: datetime, broken: Iterable[str] = ()) -> str:
    """The key of a round on `known` (a basis), with decisions that last until `turns` and files that broke a reader.

    `broken` are their SHA-256.
    """
    today = now.astimezone(call.CHINA).date()
    return _digest(known, sorted({day.isoformat() for day in turns if day < today}), sorted(set(broken)))


def round_of(memory: Memory, named: str, now: datetime) -> Round:
    """The round with that key: the last one once more, or the next."""
    last = memory.round
    if last and last.key == named:
        return last
    return Round(last.number + 1 if last else 1, named, now)


def standing(workspace: Workspace, memory: Memory, known: str, now: datetime) -> Manifest | None:
    """The outbox's manifest, if it shows the round that a run would come to, whole and untouched; else None."""
    found = manifest.read(workspace)
    if found is None or memory.round is None or (found.stand.round, found.stand.key) != (
            memory.round.number, memory.round.key):
        return None
    same = key(known, found.stand.turns, now) == memory.round.key
    return found if same and manifest.intact(found, workspace.outbox) and _can_be_shown(found) else None


def repeat(workspace: Workspace, settings: Settings, found: Manifest, now: datetime, since: datetime,
           waiting: Mapping[str, str]) -> Summary:
    """The summary of the outbox as it stands; only the pages that show the day are made again, on another day.

    `since` is when the run before began; the pages show what is `waiting` as well, each with the reason.
    """
    import polars as pl

    from pipeline.job import summary_of
    from pipeline.publish import answers, handed_back, pages, refusal
    from schemas.register import TABLES

    tables = {name: pl.read_parquet(workspace.data_outbox / f"{name}.parquet") for name in TABLES}
    written = answers.Written.among(found.outputs)
    with refusal.told(workspace.outbox):
        handed_back.tidy(workspace, found)
    clock = manifest.clock(settings.due, now, waiting)
    if clock != found.stand.clock:
        with refusal.told(workspace.outbox):
            answers.pages_of_day(tables, workspace, settings.due, now, waiting, pages.Matters.read(found.matters))
            manifest.write(workspace, written.everything, found.stand._replace(clock=clock), None, found)
    return replace(summary_of(tables, written.outputs), unchanged_since=since, elsewhere=answers.elsewhere(workspace))


def _can_be_shown(found: Manifest) -> bool:
    """Whether its matters are any: whoever altered the file may have put anything there."""
    from pipeline.publish import pages

    try:
        pages.Matters.read(found.matters)
    except (TypeError, ValueError):
        return False
    return True


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode("ascii")).hexdigest()
