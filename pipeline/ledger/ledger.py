"""The ledger as the pipeline knows it: receipts, runs, and what is remembered from round to round."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from pipeline import layout, originals
from pipeline.errors import LedgerDamaged
from pipeline.intake import Receipt, Seen
from pipeline.ledger import receipts, season
from pipeline.ledger.database import address, rows_of, stream_of
from pipeline.ledger.faults import LOST
from pipeline.ledger.lease import Holder, this_process
from pipeline.ledger.moments import moment_of, text_of
from pipeline.ledger.mounts import refuse_share
from pipeline.ledger.receipts import Withdrawal
from pipeline.ledger.store import Store
from pipeline.ledger.tables import BEGUN_ANEW, EXPLANATIONS, FINDINGS, KEPT, META, RECEIPTS, RUNS
from pipeline.settings import Settings, Workspace

if TYPE_CHECKING:
    from pipeline.memory import Explanation, Memory, Nil, Past, Round

INTERRUPTED = "中断"


@dataclass(frozen=True)
class Run:
    """One run; `outcome` is "" while it is under way, INTERRUPTED if it never came to its end."""

    run_id: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    counts: Mapping[str, int]


class Ledger:
    """The ledger in the file `database`, or on the server at `url`; copies and journal are in `originals/` beside.

    Every method is one transaction. LedgerDamaged if it is no ledger of ours, StorageFailed if the disk fails, lies
    on a network, or another program keeps the ledger locked. Use it as a context manager, or `close` it.
    """

    def __init__(self, database: Path, url: str = "", *, damaged: bool = False) -> None:
        if not url:
            refuse_share(database.parent)
        self._copies = database.parent / layout.ORIGINALS
        self._store = Store(address(database, url), database.parent, damaged=damaged)

    @classmethod
    def of(cls, workspace: Workspace, settings: Settings) -> Self:
        """The ledger of `workspace`, where `settings` say it is."""
        return cls(workspace.database, settings.database.get_secret_value())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it."""
        self._store.close()

    def record(self, seen: Sequence[Seen], now: datetime, missing: Collection[str] = ()) -> list[Receipt]:
        """Write what a scan found; returns the receipts of `seen`, in its order. A known one stays as it was.

        Older receipts of the same paths and those of `missing` paths are no longer present. Withdrawn ones stay so.
        """
        rows = self.note(seen, now, missing)
        return [receipts.receipt_of(rows[one.path, one.sha256], self._copies) for one in seen]

    def note(self, seen: Sequence[Seen], now: datetime, missing: Collection[str] = ()) -> receipts.Known:
        """The same for whoever asks for all `receipts` anyway: the rows of the paths concerned."""
        if not seen and not missing:
            return {}
        with self._store.writing() as writing:
            return receipts.record(writing, seen, now, missing)

    def receipts(self) -> list[Receipt]:
        """Everything ever received, in order of arrival."""
        with self._store.reading() as connection:
            return [receipts.receipt_of(row, self._copies) for row in stream_of(connection, RECEIPTS)]

    def latest(self) -> dict[str, Seen]:
        """What is in the inbox as far as is known, by path."""
        with self._store.reading() as connection:
            return {row["path"]: receipts.seen_of(row) for row in stream_of(connection, RECEIPTS, RECEIPTS.c.present)}

    def withdraw(self, paths: Sequence[str], why: str, now: datetime, *, undo: bool = False) -> Withdrawal:
        """Let nothing that came under the paths count any more; `undo` lets it count again.

        What is withdrawn keeps its day and reason. Of a withdrawn path only bytes never seen there count.
        """
        says = "" if undo else receipts.withdrawn(why, now)
        with self._store.writing() as writing:
            rows, unknown = receipts.withdraw(writing, paths, says)
        return Withdrawal([receipts.receipt_of(row, self._copies) for row in rows], unknown)

    def restore(self, paths: Sequence[str], now: datetime) -> Withdrawal:
        """`withdraw` undone."""
        return self.withdraw(paths, "", now, undo=True)

    def declare_nil(self, city: str, why: str, now: datetime) -> None:
        """Note that `city` (official name) recommends nothing. The same words again keep their first day."""
        with self._store.writing() as writing:
            season.declare(writing, city, why, now)

    def revoke_nil(self, city: str, now: datetime) -> bool:
        """Take the declaration back; False if there is none."""
        with self._store.writing() as writing:
            return season.revoke(writing, city, now)

    def nils(self) -> dict[str, Nil]:
        """The declarations in force, by city."""
        with self._store.reading() as connection:
            return season.nils_of(connection)

    def memory(self) -> Memory:
        """Everything remembered from the rounds before."""
        with self._store.reading() as connection:
            return season.memory_of(connection)

    def commit(self, round_: Round, pasts: Iterable[Past], explanations: Iterable[Explanation],
               decisions: Iterable[Mapping[str, Any]]) -> None:
        """Remember a round: its findings as they now stand, explanations, rows of the table `decisions`.

        The same round twice is as once; what is not given stays. WorkspaceHeld if it is neither last nor next.
        """
        with self._store.writing() as writing:
            season.begin(writing, round_)
            season.remember(writing, FINDINGS, pasts)
            season.remember(writing, EXPLANATIONS, explanations)
            season.decide(writing, decisions, round_)

    def run_started(self, run_id: str, now: datetime, holder: Holder | None = None) -> None:
        """Open a run and take the lease for it (this process, or `holder`): an older one without an end was
        interrupted.

        Until `let_go` everything that is written for this workspace from this process is written for this run:
        WorkspaceHeld where its lease has been taken. WorkspaceHeld at once if another lives that has the lease.
        LedgerDamaged where there are originals of which this ledger, a new one, knows nothing.
        """
        self._store.forget_lease()
        with self._store.writing() as writing:
            self._refuse_new_one(writing.connection)
            runs = rows_of(writing.connection, RUNS, RUNS.c.outcome == "")
            number = writing.connection.scalar(sa.select(sa.func.max(RUNS.c.number))) or 0
            self._store.take(writing, run_id, number + 1, holder or this_process())
            writing.put(RUNS, [*(row | {"outcome": INTERRUPTED} for row in runs), {
                "run_id": run_id, "started_at": text_of(now), "finished_at": None, "outcome": "", "counts": "{}",
                "number": number + 1}])

    def begin_anew(self) -> None:
        """Have runs begin although all that was known of the originals is lost."""
        with self._store.writing() as writing:
            self._store.mark(writing, BEGUN_ANEW)

    def _refuse_new_one(self, connection: sa.Connection) -> None:
        # The very first run may have been killed after it copied files: it is in the journal from before that.
        if any(connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in (RUNS, RECEIPTS)):
            return
        kept = originals.names(self._copies)
        if kept and not connection.scalar(sa.select(META.c.value).where(META.c.key == BEGUN_ANEW)):
            raise LedgerDamaged(LOST.format(count=len(kept)))

    def run_finished(self, run_id: str, now: datetime, outcome: str, counts: Mapping[str, int]) -> None:
        """Close a run with its outcome in a word and its counts."""
        said = {"finished_at": text_of(now), "outcome": outcome,
                "counts": json.dumps(dict(counts), ensure_ascii=False)}
        with self._store.writing() as writing:
            writing.put(RUNS, [row | said for row in rows_of(writing.connection, RUNS, RUNS.c.run_id == run_id)])

    def beat(self) -> None:
        """One heartbeat; WorkspaceHeld if the lease has been taken."""
        self._store.beat()

    def check_lease(self) -> None:
        """WorkspaceHeld if the lease of the run has been taken."""
        self._store.check_lease()

    def let_go(self) -> None:
        """Give the lease back: the run is over, however it ended."""
        self._store.let_go()

    def runs(self) -> list[Run]:
        """All runs, the earliest first."""
        with self._store.reading() as connection:
            rows = rows_of(connection, RUNS)
        return [Run(row["run_id"], moment_of(row["started_at"]),
                    moment_of(row["finished_at"]) if row["finished_at"] else None, row["outcome"],
                    json.loads(row["counts"])) for row in sorted(rows, key=lambda row: row["number"])]

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of every table as one moment has them, in order of their keys."""
        with self._store.reading() as connection:
            return {name: rows_of(connection, table) for name, table in KEPT.items()}
