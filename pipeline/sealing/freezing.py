"""Freezing a register: everything copied and hashed aside, the folder renamed into place when it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pipeline import inbox, manifest, unchanged
from pipeline.errors import RunError, StorageFailed
from pipeline.ledger import Ledger, hold
from pipeline.ledger.extract import extract
from pipeline.publish import atomic
from pipeline.run import OUTCOME_DONE
from pipeline.sealing import proof
from pipeline.sealing.content import OUTPUTS, Matter, matters, originals, written
from pipeline.settings import Settings, Workspace
from schemas import call

FOLDER = "封存"
_RUN_FIRST = "请先运行“consortium run”，再封存"


class NotSealable(RunError):
    """The outputs are not those of the present inputs, or the place is taken; nothing was sealed."""


class Sealed(NamedTuple):
    """What was sealed: where, its 封存码, how many files, and whether the deadline had passed."""

    folder: Path
    code: str
    files: int
    after_deadline: bool


def default_folder(workspace: Workspace, settings: Settings) -> Path:
    """封存/<day of the deadline> in the workspace."""
    return workspace.root / FOLDER / f"{settings.due.astimezone(call.CHINA):%Y-%m-%d}"


def seal(workspace: Workspace, settings: Settings, folder: Path, now: datetime) -> Sealed:
    """Freeze the register as it stands into `folder`, which must not exist; it appears whole or not at all.

    The pages that show the day are made again before, if they are of another day or from before the deadline.

    NotSealable where the outputs are not those of the inputs; WorkspaceHeld while a run is at work; StorageFailed if
    the folder cannot be written.
    """
    if folder.exists() or folder.is_symlink():
        raise NotSealable(f"已有“{folder}”，没有覆盖。请换一个位置（-o），或先把它移走")
    if not workspace.state.is_dir():
        raise NotSealable(f"还没有汇总过。{_RUN_FIRST}")
    with hold(workspace) as held, Ledger.of(workspace, settings) as ledger, atomic.asking(lambda _: held.check()):
        matter = _matter(workspace, settings, ledger, now)
        try:
            with _aside(folder) as aside:
                code, files = _fill(aside, matter)
        except OSError as error:
            raise StorageFailed("封存文件夹写不进去，没有封存。请检查磁盘空间和权限。") from error
    return Sealed(folder, code, files, now > settings.due)


def _matter(workspace: Workspace, settings: Settings, ledger: Ledger, now: datetime) -> Matter:
    runs, receipts, memory = ledger.runs(), ledger.receipts(), ledger.memory()
    if not runs:
        raise NotSealable(f"还没有汇总过。{_RUN_FIRST}")
    if runs[-1].outcome != OUTCOME_DONE:
        raise NotSealable(f"上一次汇总没有完成。{_RUN_FIRST}")
    moved = _moved(workspace, ledger)
    if moved:
        raise NotSealable(f"上次汇总以后，收件夹里有 {len(moved)} 个文件新增、改动或移走（如“{moved[0]}”）。{_RUN_FIRST}")
    basis = unchanged.basis(receipts, memory, settings)
    outputs = unchanged.standing(workspace, memory, basis, now)
    if outputs is None:
        raise NotSealable(f"现有结果不是按现在的撤回、零申报、设置和程序版本做的，或有文件被改动。{_RUN_FIRST}")
    # No file waits: one that has not been received was told of above.
    if outputs.stand.clock != manifest.clock(settings.due, now):
        unchanged.repeat(workspace, settings, outputs, now, runs[-1].started_at, {})
        outputs = unchanged.standing(workspace, memory, basis, now)
    if outputs is None or atomic.moved():
        raise NotSealable("有结果文件正被打开，不能换成今天的。请关闭后再封存")
    return Matter(workspace, settings, now, outputs, receipts, memory, extract(ledger))


def _moved(workspace: Workspace, ledger: Ledger) -> list[str]:
    """Paths that are not as the last run saw them."""
    listing, latest = inbox.look(workspace.inbox), ledger.latest()
    now = {one.path: (one.size, one.mtime_ns, one.identity) for one in listing.looks if not one.ignored}
    then = {path: (one.size, one.mtime_ns, one.identity) for path, one in latest.items() if one.sha256}
    refused = {path for path, one in latest.items() if not one.sha256}
    return sorted(path for path in now.keys() | then.keys()
                  if path not in refused and now.get(path) != then.get(path)) + listing.closed


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder beside the one to be, which takes its name at the end; nothing is left of it on an error."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".~{folder.name}.tmp")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        yield aside
        os.rename(aside, folder)
        _flush(folder.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _fill(aside: Path, matter: Matter) -> tuple[str, int]:
    """Write everything, the list of hashes last but for the note that shows its hash; the 封存码 and how many files."""
    hashes = dict(_copied(aside, matter))
    for name, content in written(matter):
        hashes[name] = _put(aside, name, content)
    said = matters(matter, len(hashes)).encode()
    hashes[proof.MATTERS] = _put(aside, proof.MATTERS, said)
    manifest = proof.listed(hashes)
    code = proof.code_of(manifest)
    _put(aside, proof.LIST, manifest)
    _put(aside, proof.NOTE, proof.note(said, code))
    for place, _, _ in os.walk(aside):
        _flush(Path(place))
    return code, len(hashes)


def _copied(aside: Path, matter: Matter) -> Iterator[tuple[str, str]]:
    """Copy outputs and originals; name and hash of each, which must be the known one."""
    for path, output in matter.outputs.outputs.items():
        yield f"{OUTPUTS}/{path}", _copy(matter.workspace.outbox / path, aside / OUTPUTS / path, output.sha256)
    for name, receipt in originals(matter.receipts).items():
        yield name, _copy(receipt.original, aside / name, receipt.sha256)


def _copy(source: Path, target: Path, right: str) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError as error:
        raise NotSealable(f"缺少文件“{source.name}”，没有封存。请从备份恢复后重新运行") from error
    if proof.digest(target) != right:
        raise NotSealable(f"文件“{source.name}”的内容与台账记载的校验值不符，没有封存。请从备份恢复后重新运行")
    _freeze(target)
    return right


def _put(aside: Path, name: str, content: bytes) -> str:
    target = aside / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    _freeze(target)
    return proof.digest(target)


def _freeze(file: Path) -> None:
    """On the disk, and to be read only."""
    _flush(file)
    file.chmod(0o444)


def _flush(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
