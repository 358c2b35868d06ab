"""Any order of drops, runs, deaths, decisions and clocks: a state machine over a small workspace.

What must hold after every run: each regular file of the inbox has exactly one disposition, each path with its bytes one
receipt, the inbox is as the clerks left it. At the end, the register equals one made in an empty workspace from the
same receipts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from pipeline.ledger import Ledger
from pipeline.publish import atomic
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from pipeline.template import write
from schemas.register import Status
from tests import season
from tests.faults import small
from tests.faults.state import hashes

PLACES = ("南京市/甲.xlsx", "南京市/乙.xlsx", "苏州市/甲.xlsx", "苏州市/说明.txt", "南京市/~$甲.xlsx")
CONTENTS = ("first", "second", "wrong", "junk")
SETTINGS = Settings(second_look_seconds=0, stability_seconds=0)
_EPOCH = 1_690_000_000


class Killed(BaseException):
    """The run ends here, as if the power had gone."""


@cache
def content(name: str) -> bytes:
    """The bytes of a file that a clerk may drop."""
    if name == "junk":
        return b"PK\x03\x04 no workbook PK\x05\x06" + bytes(18)
    filled = season.form(0 if name == "first" else 1)
    if name == "wrong":
        filled["consortium"]["phone"] = ""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "form.xlsx", filled=filled)
        return (Path(folder) / "form.xlsx").read_bytes()


class Season(RuleBasedStateMachine):
    """Clerks, the centre, the clock and the power supply, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.workspace = Workspace(Path(self.folder.name) / "w")
        self.workspace.create()
        self.now = small.FIRST
        self.seen: set[tuple[str, str]] = set()
        self.dropped = 0
        self.ran = False

    def teardown(self) -> None:
        try:
            self.run()
            self.the_register_is_that_of_a_fresh_workspace()
        finally:
            self.folder.cleanup()

    def place(self, name: str) -> Path:
        path = self.workspace.inbox / name
        path.parent.mkdir(exist_ok=True)
        return path

    @rule(name=st.sampled_from(PLACES), what=st.sampled_from(CONTENTS))
    def drop(self, name: str, what: str) -> None:
        """A new file, or another in place of one, as Excel saves: another inode."""
        aside = self.workspace.root / "aside"
        aside.write_bytes(content(what))
        self.dropped += 1
        os.utime(aside, (_EPOCH + self.dropped, _EPOCH + self.dropped))
        aside.replace(self.place(name))

    @rule(name=st.sampled_from(PLACES))
    def delete(self, name: str) -> None:
        self.place(name).unlink(missing_ok=True)

    @rule(old=st.sampled_from(PLACES), new=st.sampled_from(PLACES))
    def rename(self, old: str, new: str) -> None:
        if self.place(old).exists():
            self.place(old).replace(self.place(new))

    @rule(hours=st.integers(-30, 60))
    def step_clock(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def run(self) -> None:
        before = hashes(self.workspace.inbox)
        run(self.workspace, SETTINGS, self.now)
        self.ran = True
        assert hashes(self.workspace.inbox) == before
        self.every_file_has_one_disposition(before)

    @rule(step=st.integers(1, 60))
    def kill(self, step: int) -> None:
        """A run that ends before its `step`th output is replaced, or goes through if there are fewer."""
        left, replaced = step, atomic._replaced

        def dying(aside: Path, target: Path) -> bool:
            nonlocal left
            left -= 1
            if left <= 0:
                raise Killed
            return replaced(aside, target)

        atomic._replaced = dying
        try:
            run(self.workspace, SETTINGS, self.now)
        except BaseException as error:
            if left > 0:
                raise
            assert "没有完成" in str(error) or isinstance(error, Killed)
        finally:
            atomic._replaced = replaced

    @precondition(lambda self: self.ran)
    @rule()
    def decide(self) -> None:
        """The centre fills its list and drops it."""
        player = season.Season.__new__(season.Season)
        player.workspace, player.now = self.workspace, self.now
        player.decide("裁定.xlsx", lambda row: ("接受", "已核实"))

    @precondition(lambda self: self.ran)
    @rule(name=st.sampled_from(PLACES), undo=st.booleans())
    def withdraw(self, name: str, undo: bool) -> None:
        with Ledger(self.workspace.database) as ledger:
            (ledger.restore([name], self.now) if undo else ledger.withdraw([name], "填报单位要求", self.now))

    def every_file_has_one_disposition(self, inbox: dict[str, str]) -> None:
        """Files lie as they are; those ignored by name have no bytes in their receipts."""
        with Ledger(self.workspace.database) as ledger:
            receipts = ledger.receipts()
        keys = Counter((one.path, one.sha256) for one in receipts)
        assert max(keys.values(), default=1) == 1
        assert [one.sequence for one in receipts] == list(range(1, len(receipts) + 1))
        present = {one.path: one.sha256 for one in receipts if one.present}
        assert present.keys() == inbox.keys()
        assert all(digest in ("", inbox[path]) for path, digest in present.items())
        assert self.seen <= keys.keys()
        self.seen |= keys.keys()
        told = self.dispositions()
        wanted = {one.path for one in receipts if not one.is_decision}
        assert {path for path, _ in told} == wanted

    def dispositions(self) -> set[tuple[str, str]]:
        """(path, what it is) of all files, as the tables tell; a file has one status, or several forms' statuses."""
        data = self.workspace.data_outbox
        forms = pl.read_parquet(data / "submissions.parquet").select("file", "status").rows()
        ignored = pl.read_parquet(data / "ignored.parquet")["file"].to_list()
        assert all(status in set(map(str, Status)) for _, status in forms)
        return set(forms) | {(path, "ignored") for path in ignored}

    def the_register_is_that_of_a_fresh_workspace(self) -> None:
        """What stands in the tables follows from the receipts, not from how they came to be known."""
        fresh = Workspace(Path(self.folder.name) / "fresh")
        fresh.create()
        shutil.copytree(self.workspace.originals, fresh.originals, dirs_exist_ok=True)
        shutil.copytree(self.workspace.inbox, fresh.inbox, dirs_exist_ok=True)
        for name in ("ledger.db", "workspace-id"):
            shutil.copy2(self.workspace.state / name, fresh.state / name)
        run(fresh, SETTINGS, self.now)
        for table in ("consortia", "members", "organisations", "submissions", "findings", "sources"):
            ours, theirs = (pl.read_parquet(place.data_outbox / f"{table}.parquet")
                            for place in (self.workspace, fresh))
            assert ours.equals(theirs), table


LIMITS = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def main(words: Sequence[str]) -> int:
    """`machine [--examples 200] [--steps 12]`."""
    parser = argparse.ArgumentParser(prog="machine")
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--steps", type=int, default=12)
    given = parser.parse_args(words)
    run_state_machine_as_test(Season, settings=examples(
        max_examples=given.examples, stateful_step_count=given.steps, database=None, print_blob=True, **LIMITS))
    print(f"{given.examples} examples of up to {given.steps} steps: nothing found")
    return 0
