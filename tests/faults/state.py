"""What a workspace shows: hashes of its outputs, its receipts, and whether anything in it is half."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import polars as pl

from pipeline import manifest
from pipeline.errors import RunError
from pipeline.ledger import Ledger
from pipeline.settings import Settings, Workspace


def hashes(folder: Path) -> dict[str, str]:
    """Path → SHA-256 of every file in a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def receipts(root: Path) -> list[tuple]:
    """Order, path, bytes and presence of every receipt."""
    workspace = Workspace(root)
    with Ledger.of(workspace, Settings.of(workspace)) as ledger:
        return [(one.sequence, one.path, one.sha256, one.present, one.received_at) for one in ledger.receipts()]


def untouched(before: Path, after: Path) -> list[str]:
    """What is wrong where an inbox is not as it was: bytes, times and modes."""
    same = hashes(before) == hashes(after) and _looks(before) == _looks(after)
    return [] if same else ["the inbox was changed"]


def _looks(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_mode)
            for path in folder.rglob("*") if path.is_file()}


def whole(root: Path, old: dict[str, str], right: dict[str, str]) -> list[str]:
    """What is half or torn in an outbox that a hurt run left: each file is an old one, a right one, or opens.

    A manifest that says the outbox is complete must be true.
    """
    workspace = Workspace(root)
    if not workspace.outbox.is_dir():
        return []
    wrong = []
    found = {name: digest for name, digest in hashes(workspace.outbox).items() if not _aside(name)}
    for name, digest in found.items():
        if digest not in (old.get(name), right.get(name)) and not opens(workspace.outbox / name):
            wrong.append(f"{name} is torn")
    standing = manifest.read(workspace)
    if standing and manifest.intact(standing, workspace.outbox):
        differ = [name for name, output in standing.outputs.items() if found.get(name) != output.sha256]
        if differ:
            wrong.append(f"the manifest fits and is wrong about {differ[:3]}")
    return wrong


def _aside(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.startswith(".~") and last.endswith(".tmp")


def opens(path: Path) -> bool:
    """Whether an output is a whole file of its kind."""
    data = path.read_bytes()
    match path.suffix:
        case ".xlsx":
            try:
                with zipfile.ZipFile(path) as package:
                    return package.testzip() is None
            except zipfile.BadZipFile:
                return False
        case ".parquet":
            try:
                pl.read_parquet(path)
            except (pl.exceptions.PolarsError, OSError):
                return False
            return True
        case ".html":
            return data.rstrip().endswith(b"</html>")
        case ".csv":
            return data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\r\n")
        case ".sha256":
            digests = [line.split(b"  ", 1)[0].lstrip(b"\\") for line in data.splitlines()]
            return data.endswith(b"\n") and all(len(digest) == 64 for digest in digests)
    return False


def run_states(root: Path) -> list[str]:
    """The outcomes of the ledger's runs, the earliest first; an unreadable ledger says so."""
    workspace = Workspace(root)
    try:
        with Ledger.of(workspace, Settings.of(workspace)) as ledger:
            return [one.outcome for one in ledger.runs()]
    except RunError as error:
        return [str(error)]
