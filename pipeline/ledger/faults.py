"""What the ledger's faults are called. A driver's own sentence is English, may quote a cell, and stays here."""

from __future__ import annotations

import sqlite3

from pipeline import layout
from pipeline.errors import LedgerBusy, LedgerDamaged, RunError, StorageFailed

DAMAGED = (f"台账已损坏，没有继续运行。请运行“consortium rebuild”，由 {layout.STATE}/{layout.ORIGINALS} 中的原件和留存记录重建台账；"
           "收件箱里的文件没有变动。")
LOST = ("台账和留存记录都不见了，而留存的原件还在（{count} 个），没有继续运行：从头开始，各表会重新算作今天收到，版次、说明和裁定也会丢失。"
        f"请先从备份恢复 {layout.STATE}/{layout.LEDGER} 或 {layout.STATE}/{layout.ORIGINALS}/{layout.JOURNAL}；"
        "没有备份的，请运行“consortium rebuild”。")
_LOCKED = "台账正被其他程序占用，请关闭打开它的程序后重新运行。"
_FAILED = "台账写不进去，请检查磁盘空间和权限后重新运行。"
_AWAY = "台账数据库连不上，请检查数据库服务和 consortium.toml 中的 database 设置后重新运行。"
_REFUSED = "台账数据库没有所需的权限，请检查数据库用户的权限后重新运行。"
_FULL = "台账数据库写不进去，请检查数据库服务器的磁盘空间后重新运行。"
# PostgreSQL, by SQLSTATE or its class: https://www.postgresql.org/docs/current/errcodes-appendix.html
_BUSY_STATES = ("55P03", "40001", "40P01")
_DAMAGED_STATES = ("XX001", "XX002", "42P01", "42703")
_REFUSED_STATES = ("42501", "25006")
_AWAY_CLASSES = ("08", "28", "3D", "57")
_FULL_CLASSES = ("53",)


class LedgerAway(StorageFailed):
    """The database server does not answer, or does not let us in."""

    transient = True


class LedgerForeign(LedgerDamaged):
    """The ledger belongs to another workspace."""


def newer(version: int, known: int) -> LedgerDamaged:
    """The ledger was made by a newer edition of the program."""
    return LedgerDamaged(f"台账是第 {version} 版，本程序只认第 {known} 版。请使用与台账相符的程序。")


def told(error: BaseException | None) -> RunError:
    """What to raise instead of a driver's error."""
    # Text that is none: the driver finds it, not SQLite, and so it has no code.
    if isinstance(error, UnicodeDecodeError) or (
            isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode")):
        return LedgerDamaged(DAMAGED)
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return _of_postgresql(getattr(error, "sqlstate", None) or "")


def _of_sqlite(code: int) -> RunError:
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LedgerDamaged(DAMAGED)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerBusy(_LOCKED)
    return StorageFailed(_FAILED)


def _of_postgresql(state: str) -> RunError:
    if state in _BUSY_STATES:
        return LedgerBusy(_LOCKED)
    if state in _DAMAGED_STATES:
        return LedgerDamaged(DAMAGED)
    if state in _REFUSED_STATES:
        return StorageFailed(_REFUSED)
    if not state or state[:2] in _AWAY_CLASSES:
        return LedgerAway(_AWAY)
    return StorageFailed(_FULL if state[:2] in _FULL_CLASSES else _FAILED)
