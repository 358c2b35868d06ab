"""Which outputs need not be made again: what each is made from is known before it is made, as a digest.

The manifest remembers the digest with the output's hash. An output that would be made from the same again, and lies
there as it was left, stays as it is; one that was altered or is gone is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pipeline import edition, history, manifest
from schemas.season import FindingState

if TYPE_CHECKING:
    from pipeline.manifest import Manifest
    from pipeline.settings import Workspace

# What is written out at once, so that it does not depend on the length of a table.
_ROWS_AT_ONCE = 100_000
# Rows that are put into bytes at once: a long frame takes no more memory than its own and theirs.
_ROWS = 50_000
_MOMENT = "%Y-%m-%dT%H:%M:%S%.6f%:z"
# All that a bureau's own lists are made from; of each table no more than its own rows.
OF_A_CITY = ("submissions", "consortia", "findings", "ignored", "arrivals", "rows", "finding_history",
             "changes", "cities")


class Standing:
    """The outputs as the last complete run left them, and what those of this run are made from.

    `sources` are the digests by path under the outbox, as `manifest.write` takes them.
    """

    def __init__(self, last: Manifest | None, outbox: Path) -> None:
        self.last = last
        self.sources: dict[str, str] = {}
        self._outbox = outbox

    @classmethod
    def of(cls, workspace: Workspace) -> Standing:
        """What the manifest of a workspace says."""
        return cls(manifest.read(workspace), workspace.outbox)

    def holds(self, target: Path, source: str) -> bool:
        """Whether an output stands as it would be made from `source`; that it is made from it is noted then."""
        held = self.last is not None and self.last.made_from(target, self._outbox, source)
        if held:
            self.made(target, source)
        return held

    def to_make(self, target: Path, source: str) -> bool:
        """Whether an output must be made, from `source`: as is noted at once."""
        held = self.holds(target, source)
        self.made(target, source)
        return not held

    def made(self, target: Path, source: str) -> None:
        """Note what an output is made from."""
        self.sources[manifest.under(self._outbox, target)] = source


class Contents:
    """Digests of a round's tables: of each as a whole, and of the rows of each city."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self._tables = tables
        self._digests: dict[str, str] = {}
        self._of_cities: dict[str, dict[str | None, str]] = {}

    def of(self, name: str) -> str:
        """Of a table."""
        if name not in self._digests:
            self._digests[name] = digest(self._tables[name])
        return self._digests[name]

    def whole(self) -> list[str]:
        """Of all tables, by name."""
        return [f"{name} {self.of(name)}" for name in sorted(self._tables)]

    def of_city(self, city: str, names: Iterable[str] = OF_A_CITY) -> list[str]:
        """Of the rows that a city has in some tables, as its lists show them."""
        return [f"{name} {self._by_city(name).get(city, '')}" for name in names]

    def _by_city(self, name: str) -> dict[str | None, str]:
        if name not in self._of_cities:
            frame = self._tables[name]
            frame = _as_shown(frame) if name == "finding_history" else frame
            places = frame.select("city").with_row_index("place").group_by("city").agg("place")
            self._of_cities[name] = {city: digest(frame, pl.Series(rows)) for city, rows in places.iter_rows()}
        return self._of_cities[name]


def _as_shown(told: pl.DataFrame) -> pl.DataFrame:
    """A history without what every round changes and no list shows: of rounds it is told only whether they are this
    one, and of what still stands not when it was last seen."""
    latest = history.latest_round(told)
    rounds = [pl.col(name) == latest for name in ("first_round", "last_round", "mended_round", "back_round")]
    return told.with_columns(*rounds, pl.when(pl.col("state") == str(FindingState.MENDED)).then("last_at"))


def source(*facts: object) -> str:
    """64 hex digits for what an output is made from, this program included; of long frames give a `digest`."""
    told = json.dumps((edition.rules_edition(), *facts), ensure_ascii=True, default=_plain)
    return hashlib.sha256(told.encode("ascii")).hexdigest()


def _plain(fact: object) -> object:
    if isinstance(fact, pl.DataFrame):
        return [repr(fact.schema), fact.rows()]
    # What has no order of its own has another in every process.
    return sorted(map(repr, fact)) if isinstance(fact, frozenset) else repr(fact)


def digest(frame: pl.DataFrame, rows: pl.Series | None = None) -> str:
    """64 hex digits for a frame's columns and rows (or those at these places), in their order."""
    found = hashlib.sha256(repr(frame.schema).encode())
    number = frame.height if rows is None else len(rows)
    for start in range(0, number, _ROWS):
        part = frame[start:start + _ROWS] if rows is None else frame[rows[start:start + _ROWS]]
        written = BytesIO()
        # As text rows that are equal are so to the byte; in memory, there may be anything where nothing is.
        part.write_csv(written, include_header=False, datetime_format=_MOMENT)
        found.update(written.getbuffer())
    return found.hexdigest()
