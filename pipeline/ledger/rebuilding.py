"""A lost or damaged ledger made again from the journal and the originals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline import layout, originals
from pipeline.errors import LedgerDamaged, StorageFailed
from pipeline.ledger import identity
from pipeline.ledger.database import Database, address, set_aside
from pipeline.ledger.journal import Journal
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.lock import hold
from pipeline.ledger.mounts import refuse_share
from pipeline.ledger.replaying import replayed
from pipeline.settings import Settings, Workspace
from schemas import call

_SHOWN = 20
_WORDS = {"receipts": "收件", "runs": "运行", "rounds": "期次", "findings": "问题", "explanations": "说明", "nils": "零申报",
          "decisions": "裁定"}
_LOST = ("台账无从重建：台账和留存记录都已丢失，只剩原件。收件时间、版次、撤回、零申报、说明和裁定的记录都没有了。"
         f"有备份的，请恢复 {layout.STATE}/{layout.ORIGINALS}/{layout.JOURNAL} 后再运行一次“consortium rebuild”；"
         "没有备份的，可以重新汇总：收件箱里的文件都算作届时收到，截止以后的算逾期，裁定文件重新办理。")


@dataclass(frozen=True)
class Rebuilt:
    """What came of it: rows by table, where the old ledger now is ("" if there was none, or nothing in it), and what
    does not fit.

    `missing` are paths whose original is not there or not what was received, `unclaimed` the SHA-256 of originals
    that no receipt names, `damaged` counts the places of the journal that could not be read as written.
    """

    counts: Mapping[str, int]
    aside: str
    missing: tuple[str, ...]
    unclaimed: tuple[str, ...]
    damaged: int

    @property
    def lost(self) -> bool:
        """Whether all that was known of the originals is gone."""
        return bool(self.unclaimed) and not (self.counts["receipts"] or self.counts["runs"])

    @property
    def lines(self) -> list[str]:
        """All of it for the operator."""
        counted = "，".join(f"{_WORDS[name]} {count} 条" for name, count in self.counts.items())
        told = [_LOST if self.lost else f"台账已重建：{counted}。"]
        if self.aside:
            told.append(f"原来的台账已移到 {self.aside}。")
        if self.damaged:
            told.append(f"留存记录有 {self.damaged} 处损坏，所记的可能不全。请对照备份核实。")
        told += _listed("下列收件的原件缺失或与收到时不符，请从备份恢复", self.missing)
        return told + _listed("下列原件没有收件记录，不知道来自哪个文件，没有计入", self.unclaimed)


def rebuild(workspace: Workspace, settings: Settings) -> Rebuilt:
    """Move the ledger aside and make it again, equal to the one that was lost. Holds the workspace itself.

    Without a journal (only a ledger of the first edition had none) a ledger that can be read is its own source.
    Raises WorkspaceHeld, StorageFailed; LedgerDamaged if a newer edition wrote the journal.
    """
    given = settings.database.get_secret_value()
    with hold(workspace):
        if not given:
            refuse_share(workspace.state)
        journal = workspace.originals / layout.JOURNAL
        last = Journal(journal).last()
        # A run that was refused because all is lost has made an empty one: that is no ledger of old.
        empty = not (last and last.total) and _is_empty(workspace, settings)
        damaged = replayed(journal).damaged if journal.exists() else 0
        aside = "" if empty else _server_aside(workspace, given) if given else _file_aside(workspace.database)
        with Ledger(workspace.database, given, damaged=True) as ledger:
            counts = {name: len(rows) for name, rows in ledger.rows().items()}
            received = {one.sha256: one.path for one in ledger.receipts() if one.sha256}
            paths = [(one.path, one.sha256) for one in ledger.receipts() if one.sha256]
            kept = originals.names(workspace.originals)
            if kept and not (counts["receipts"] or counts["runs"]):
                ledger.begin_anew()
    sound = {sha256 for sha256 in received if _sound(workspace.originals, sha256)}
    return Rebuilt(counts, aside, tuple(sorted({path for path, sha256 in paths if sha256 not in sound})),
                   tuple(sorted(kept - received.keys())), damaged)


def _is_empty(workspace: Workspace, settings: Settings) -> bool:
    """Whether the ledger can be read and has no row; one with rows, and without a journal, gets one."""
    try:
        with Ledger.of(workspace, settings) as ledger:
            return not any(ledger.rows().values())
    except LedgerDamaged:
        return False


def _file_aside(database: Path) -> str:
    name = f"{database.stem}-损坏-{_moment()}{database.suffix}"
    moved = ""
    try:
        for end in ("", "-wal", "-shm"):
            part = database.with_name(database.name + end)
            if part.exists():
                part.rename(database.with_name(name + end))
                moved = name
    except OSError as error:
        raise StorageFailed("损坏的台账移不开，没有重建。请检查磁盘和权限。") from error
    return moved


def _server_aside(workspace: Workspace, given: str) -> str:
    header = Journal(workspace.originals / layout.JOURNAL).header()
    ours = identity.known(workspace.state) or (header.workspace if header else "")
    database = Database(address(workspace.database, given))
    try:
        return set_aside(database, f"ledger_{_moment().replace('-', '_')}", ours)
    finally:
        database.close()


def _moment() -> str:
    # Two within a second must not have one name: a second file would take the first one's place.
    return f"{datetime.now(call.CHINA):%Y%m%d-%H%M%S-%f}"


def _sound(copies: Path, sha256: str) -> bool:
    try:
        with originals.place(copies, sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _listed(title: str, names: Iterable[str]) -> list[str]:
    found = list(names)
    if not found:
        return []
    more = [f"……共 {len(found)} 个"] if len(found) > _SHOWN else []
    return [f"{title}：", *(f"  {name}" for name in found[:_SHOWN]), *more]
