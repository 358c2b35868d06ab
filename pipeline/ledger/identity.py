"""Whose ledger it is: a workspace has a random name of its own, and so has its ledger."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from pipeline import layout
from pipeline.errors import StorageFailed
from pipeline.ledger.faults import LedgerForeign

FILE = "workspace-id"
_NAME = re.compile(r"[0-9a-f]{32}")
_FOREIGN_SERVER = ("database 所指的数据库里是另一个工作目录的台账，没有继续运行。一个工作目录用一个数据库，"
                   "请检查 consortium.toml 中的 database 设置。")
_FOREIGN_FILE = (f"这是另一个工作目录的台账，没有继续运行。请把本工作目录自己的 {layout.STATE}/{layout.LEDGER} 放回；"
                 "没有的，请运行“consortium rebuild”重建。")


def of(state: Path, held: str, journaled: str, local: bool) -> str:
    """The name of the workspace whose state is in `state`, made where there is none.

    `held` is its ledger's ("" if new). Where the file with the name was lost, the journal or a ledger in the same
    folder (`local`) knows it. LedgerForeign if the ledger has another.
    """
    written = known(state)
    ours = written or journaled or (held if local else "")
    if held:
        claimed(held, ours, local)
    ours = ours or secrets.token_hex(16)
    return ours if written == ours else _written(state / FILE, ours)


def claimed(held: str, ours: str, local: bool) -> None:
    """LedgerForeign if a ledger that is `held` by one workspace is not `ours`."""
    if held != ours:
        raise LedgerForeign(_FOREIGN_FILE if local else _FOREIGN_SERVER)


def known(state: Path) -> str:
    """The name in the file; "" if there is none, or none that could be one. StorageFailed if it cannot be read."""
    try:
        found = (state / FILE).read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    except OSError as error:
        raise StorageFailed("工作目录的标识读不出来，请检查磁盘和权限。") from error
    return found if _NAME.fullmatch(found) else ""


def _written(file: Path, name: str) -> str:
    """Write the file; the name that stands in it then: of two processes that are the first, one names the workspace."""
    aside = file.with_name(f"{FILE}.{os.getpid()}.part")
    try:
        with aside.open("w", encoding="ascii") as opened:
            opened.write(name + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        return _put(aside, file, name)
    except OSError as error:
        raise StorageFailed("工作目录的标识写不进去，请检查磁盘空间和权限。") from error


def _put(aside: Path, file: Path, name: str) -> str:
    try:
        os.link(aside, file)
    except FileExistsError:
        if first := known(file.parent):
            aside.unlink()
            return first
    except OSError:
        # A share that knows no hard links: there is no telling who is the first.
        pass
    else:
        aside.unlink()
        return name
    os.replace(aside, file)
    return name
