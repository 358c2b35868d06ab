"""The short forms of the N-loop (a run hurt at eight places, then run again) and of the state machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults import crash, machine, small
from tests.faults.crash import Blow, Scene
from tests.faults.state import opens, run_states

# Where a blow can be told from a miss: the kind of call, how, which one, and the exit codes that may follow.
BLOWS = (
    Blow("rename", "kill", 2), Blow("rename", "kill", 17), Blow("fsync", "kill", 3), Blow("pwrite64", "kill", 5),
    Blow("fsync", "io", 12), Blow("rename", "full", 20), Blow("fsync", "full", 1), Blow("write", "full", 3),
)


@pytest.fixture(scope="module")
def staged(tmp_path_factory) -> Iterator[list[Scene]]:
    reason = crash.possible()
    if reason:
        pytest.skip(reason)
    return crash.scenes(tmp_path_factory.mktemp("scenes"))


@pytest.mark.slow
@pytest.mark.parametrize(("turn", "blow"), list(enumerate(BLOWS)), ids=list(map(str, BLOWS)))
def test_run__hurt_and_run_again_gives_the_same_outputs(staged, tmp_path, turn, blow) -> None:
    _, wrong = crash.verdict(staged[turn % 2], tmp_path / "hurt", blow)
    assert wrong == []


@pytest.mark.slow
def test_blows__do_hit(staged, tmp_path) -> None:
    """A loop that hits nothing would find nothing."""
    killed = crash.hurt(small.copied(staged[0].workspace, tmp_path / "hurt"), Blow("rename", "kill", 30))
    states = run_states(tmp_path / "hurt")
    assert (killed.code, states[-1]) == (crash.KILLED, "")


@pytest.mark.parametrize(("name", "right", "torn"), [
    ("a.html", b"<html></html>\n", b"<html></ht"), ("a.csv", b"\xef\xbb\xbfa\r\n", b"\xef\xbb\xbfa,b"),
    ("a.sha256", b"0" * 64 + b"  a\n", b"0" * 64 + b"  a\n" + b"0" * 20), ("a.bin", None, b"")])
def test_opens__tells_a_torn_file(tmp_path: Path, name, right, torn) -> None:
    file = tmp_path / name
    file.write_bytes(torn)
    assert not opens(file)
    if right is not None:
        file.write_bytes(right)
        assert opens(file)


@pytest.mark.slow
def test_machine__any_order_of_drops_runs_deaths_and_clocks() -> None:
    run_state_machine_as_test(machine.Season, settings=settings(
        max_examples=5, stateful_step_count=6, derandomize=True, database=None, **machine.LIMITS))
