"""What files were found to hold, kept from run to run, so that only what is new is opened.

`<folder>/<edition of the reader>/<first two digits>/<sha256>`: the packed reading behind a head with the same two
names. All of it can be made again: an entry that is damaged, foreign or of another edition is as good as none, a disk
that refuses costs time and nothing else. Entries hold what stands in forms, so the folder is closed to other users.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import threading
from pathlib import Path

from pipeline.edition import reader_edition
from pipeline.intake import Receipt
from pipeline.read.packed import pack, unpack
from pipeline.read.record import Opened
from pipeline.settings import Workspace

log = logging.getLogger(__name__)


def of(workspace: Workspace) -> Readings:
    """The readings kept in a workspace, cleared of what other editions of the reader left."""
    kept = Readings(workspace.readings, reader_edition())
    kept.prune()
    return kept


class Readings:
    """The readings of one edition of the reader, below `folder`; not `lasting`, nothing is added to them."""

    def __init__(self, folder: Path, edition: str, lasting: bool = True) -> None:
        self._lasting = lasting
        self._root = folder
        self._edition = edition
        self._folder = folder / edition[:16]

    def place(self, receipt: Receipt) -> Path:
        """Where the reading of the receipt's bytes is kept. As a decision file the same bytes are read otherwise."""
        name = f"{receipt.sha256}.d" if receipt.is_decision else receipt.sha256
        return self._folder / receipt.sha256[:2] / name

    def has(self, receipt: Receipt) -> bool:
        """Whether there is an entry, whatever it is worth."""
        return self.place(receipt).is_file()

    def get(self, receipt: Receipt) -> Opened | None:
        """What those bytes were found to hold; None if that is not known, or the entry is not to be trusted."""
        try:
            kept = self.place(receipt).read_bytes()
        except OSError:
            return None
        head = self._head(receipt)
        if not kept.startswith(head):
            return None
        try:
            return unpack(kept[len(head):])
        except ValueError:
            log.warning("保存的读取结果已损坏，重新读取这个文件")
            return None

    def put(self, receipt: Receipt, opened: Opened | bytes) -> None:
        """Keep a reading, packed or not. Not flushed: what a power cut leaves torn is read anew."""
        if not self._lasting:
            return
        target = self.place(receipt)
        aside = target.with_name(f".{receipt.sha256[:16]}-{os.getpid()}-{threading.get_ident()}")
        packed = opened if isinstance(opened, bytes) else pack(opened)
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(self._head(receipt) + packed)
            os.replace(aside, target)
        except OSError:
            log.warning("读取结果没有存下，下次重新读取")
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)

    def prune(self) -> None:
        """Make the folder, closed to others, and drop what other editions of the reader left in it."""
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._root.chmod(0o700)
            for left in self._root.iterdir():
                if left != self._folder:
                    shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        except OSError:
            log.warning("以前的读取结果没有清理")

    def _head(self, receipt: Receipt) -> bytes:
        return f"{self._edition} {self.place(receipt).name}\n".encode()
