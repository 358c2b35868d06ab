"""Intake killed at every step, and any order of drops and runs: never a receipt without its copy."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pipeline import intake
from pipeline.intake import Receipt
from pipeline.ledger import Ledger
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

NOON = datetime(2023, 9, 1, 12, tzinfo=CHINA)
SETTINGS = Settings(stability_seconds=0, second_look_seconds=0)
NAMES = ("南京/甲.xlsx", "南京/乙.xlsx", "苏州/甲.xlsx")
KILLED = 9


def take(workspace: Workspace, now: datetime = NOON) -> list[Receipt]:
    with Ledger(workspace.database) as ledger:
        return intake.take(workspace, ledger, now, SETTINGS).receipts


def filled(root: Path) -> Workspace:
    workspace = Workspace(root)
    workspace.create()
    for number, name in enumerate(NAMES):
        place = workspace.inbox / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"PK" + bytes([number // 2]) * 5000)
        os.utime(place, (1_690_000_000 + number,) * 2)
    return workspace


def facts(receipts: list[Receipt]) -> list[tuple]:
    return [(one.sequence, one.path, one.city, one.sha256, one.present) for one in receipts]


def copies(workspace: Workspace) -> dict[str, str]:
    return {place.name: hashlib.sha256(place.read_bytes()).hexdigest()
            for place in workspace.originals.glob("??/*") if place.is_file()}


def killed_before(step: int, workspace: Workspace) -> bool:
    """Run an intake in a child that dies uncleaned right before its `step`-th change of the disk."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED
    left = step

    def counted(call):
        def dying(*arguments, **named):
            nonlocal left
            left -= 1
            if not left:
                os._exit(KILLED)
            return call(*arguments, **named)
        return dying

    for name in ("write", "fsync", "replace", "mkdir", "unlink"):
        setattr(os, name, counted(getattr(os, name)))
    Ledger.record = counted(Ledger.record)
    take(workspace)
    os._exit(0)


def test_take__killed_at_every_step_converges(tmp_path):
    expected = filled(tmp_path / "whole")
    receipts = facts(take(expected))
    step = 1
    while True:
        workspace = filled(tmp_path / str(step))
        killed = killed_before(step, workspace)
        assert all(name == digest for name, digest in copies(workspace).items())
        with Ledger(workspace.database) as ledger:
            assert all(one.sha256 in copies(workspace) for one in ledger.receipts())
        assert facts(take(workspace)) == receipts
        assert copies(workspace) == copies(expected)
        assert list((workspace.originals / "incoming").iterdir()) == []
        if not killed:
            break
        step += 1
    # At the least: two copies, three writes, two names, the folders made durable, the receipts.
    assert step > 12


class Drops(RuleBasedStateMachine):
    """Clerks drop, replace, withdraw and touch files between runs; the clock may be set back."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.workspace = Workspace(Path(self.folder.name))
        self.workspace.create()
        self.now = NOON
        self.arrived: dict[tuple[str, str], datetime] = {}
        self.receipts: list[Receipt] = []

    def teardown(self) -> None:
        self.folder.cleanup()

    def files(self) -> dict[str, str]:
        inbox = self.workspace.inbox
        return {place.relative_to(inbox).as_posix(): hashlib.sha256(place.read_bytes()).hexdigest()
                for place in inbox.rglob("*") if place.is_file()}

    @rule(name=st.sampled_from(NAMES), content=st.sampled_from([b"one", b"two", b"three"]),
          day=st.integers(0, 3))
    def drop(self, name: str, content: bytes, day: int) -> None:
        place = self.workspace.inbox / name
        place.parent.mkdir(exist_ok=True)
        # A new file every time, as Excel saves: another inode.
        aside = self.workspace.root / "aside"
        aside.write_bytes(content)
        os.utime(aside, (1_690_000_000 + day * 86_400,) * 2)
        aside.replace(place)

    @rule(name=st.sampled_from(NAMES))
    def withdraw(self, name: str) -> None:
        (self.workspace.inbox / name).unlink(missing_ok=True)

    @rule(hours=st.integers(-5, 30))
    def run(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.receipts = take(self.workspace, self.now)
        for file in self.files().items():
            self.arrived.setdefault(file, self.now)
        assert {one.path: one.sha256 for one in self.receipts if one.present} == self.files()

    @invariant()
    def every_submission_has_one_receipt(self) -> None:
        assert {(one.path, one.sha256): one.received_at for one in self.receipts} == self.arrived
        assert [one.sequence for one in self.receipts] == list(range(1, len(self.arrived) + 1))

    @invariant()
    def every_receipt_has_its_copy(self) -> None:
        assert copies(self.workspace) == {one.sha256: one.sha256 for one in self.receipts}


def test_take__file_with_the_size_time_and_number_of_the_last_is_another(tmp_path):
    """A number that has come free is given to the next file; what was changed with it nobody can set back."""
    workspace = Workspace(tmp_path)
    workspace.create()
    place, times = workspace.inbox / "表.xlsx", (1_690_000_000, 1_690_000_000)
    place.write_bytes(b"one")
    os.utime(place, times)
    first, inode = take(workspace), place.stat().st_ino
    place.write_bytes(b"two")
    os.utime(place, times)
    assert place.stat().st_ino == inode
    second = take(workspace)
    assert [(one.sha256, one.present) for one in second] == [
        (first[0].sha256, False), (hashlib.sha256(b"two").hexdigest(), True)]


Drops.TestCase.settings = examples(max_examples=20, stateful_step_count=15, deadline=None)
test_take__any_order_of_drops_and_runs = Drops.TestCase
