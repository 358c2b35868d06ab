"""The N-loop: a run is hurt at its Nth system call of a kind, then run again; its outputs must be those of a quiet run.

Needs strace. A run is taken hold of when its modules are loaded, so N counts what the run itself does, in each of
its threads and children for itself. What may differ afterwards is what tells of the run: its log, the ledger's list of
runs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import RunError
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from tests.faults import small
from tests.faults.one_run import READY
from tests.faults.state import hashes, receipts, untouched, whole

# What a run does to the disk, and how it can be hurt there.
CALLS = ("openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "mkdir", "ftruncate", "close")
HURTS = {"kill": "signal=SIGKILL", "io": "error=EIO", "full": "error=ENOSPC"}
# Calls that cannot fail for a full disk are not made to.
_MAY_BE_FULL = ("openat", "write", "pwrite64", "mkdir", "rename", "fsync")
ROOT = Path(__file__).parents[2]
_CHINESE = re.compile("[\u4e00-\u9fff]")
KILLED, FAILED, HUNG = -9, 3, 999
# What says nothing of when and how anything came to be known.
_REGISTER = tuple(f"省级/data/{name}.csv" for name in ("consortia", "members", "platforms", "projects", "organisations"))
# polars wakes its own threads by writing to an eventfd, which no disk can make fail.
_NO_DISK = "failed to wake I/O driver"


@dataclass(frozen=True)
class Blow:
    """One way of hurting a run: which call, how, and which one of them in each thread."""

    call: str
    hurt: str
    number: int

    def __str__(self) -> str:
        return f"{self.hurt}@{self.call}#{self.number}"


@dataclass(frozen=True)
class Wounded:
    """How a hurt run ended: exit code (negative for a signal) and what it said."""

    code: int
    said: str


@dataclass(frozen=True)
class Scene:
    """A workspace to be run in, what its outbox holds before, and what a quiet run makes of it."""

    workspace: Path
    old: dict[str, str]
    right: dict[str, str]
    receipts: list[tuple]


@dataclass
class Tally:
    """What came of all blows: exit codes, and what was wrong."""

    codes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def blows(numbers: Iterable[int], hurts: Sequence[str] = tuple(HURTS), calls: Sequence[str] = CALLS) -> Iterator[Blow]:
    """Every blow at those numbers that makes sense."""
    return (Blow(call, hurt, number) for number in numbers for call in calls for hurt in hurts
            if hurt != "full" or call in _MAY_BE_FULL)


def possible() -> str:
    """Why runs cannot be hurt on this machine; "" if they can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "-e", "inject=getcwd:error=EIO", "true"],
                           capture_output=True, timeout=60, check=False)
    return "" if tried.returncode == 0 else "strace may not trace here (ptrace)"


def scenes(folder: Path) -> list[Scene]:
    """A second night over the outputs of a first, and the same inbox in a new workspace."""
    second = small.built(folder / "second")
    return [_scene(second, folder), _scene(small.as_new(second, folder / "new"), folder)]


def _scene(workspace: Path, folder: Path) -> Scene:
    tried = small.copied(workspace, folder / "tried")
    done = subprocess.run(_command(tried), cwd=ROOT, capture_output=True, timeout=300, check=False)
    if done.returncode != 1:
        raise RuntimeError(f"the quiet run ended with {done.returncode}: {done.stderr.decode()}")
    return Scene(workspace, hashes(workspace / "outbox"), hashes(tried / "outbox"), receipts(tried))


def _command(workspace: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "tests.faults.one_run", str(workspace), small.SECOND.isoformat(), *words]


def hurt(workspace: Path, blow: Blow, seconds: float = 90) -> Wounded:
    """Run under strace with a blow."""
    with subprocess.Popen(_command(workspace, "--wait"), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as running:
        if running.stdout.readline() != READY:
            raise RuntimeError(f"the run did not start: {running.stderr.read().decode()}")
        inject = f"inject={blow.call}:{HURTS[blow.hurt]}:when={blow.number}"
        with subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={blow.call}", "-e", inject,
                               "-p", str(running.pid)], stderr=subprocess.DEVNULL) as tracer:
            try:
                _held(running.pid, tracer)
                _, said = running.communicate(b"\n", timeout=seconds)
                code = running.returncode
            except subprocess.TimeoutExpired:
                running.kill()
                code, said = HUNG, running.communicate()[1]
            finally:
                running.kill()
                # Children that outlive the run end by themselves; nobody need watch them.
                tracer.kill()
    return Wounded(code, said.decode(errors="replace"))


def _held(pid: int, tracer: subprocess.Popen) -> None:
    """Wait until every thread is traced."""
    while tracer.poll() is None:
        threads = Path(f"/proc/{pid}/task").iterdir()
        traced = [b"TracerPid:\t0\n" not in (thread / "status").read_bytes() for thread in threads]
        if all(traced):
            return
        time.sleep(0.02)
    raise RuntimeError("strace could not take hold of the run")


def quiet(workspace: Path) -> str:
    """Run without a blow, in this process; what was wrong."""
    place = Workspace(workspace)
    try:
        run(place, Settings.of(place), small.SECOND)
    except RunError as error:
        return f"the next run failed: {error}"
    return ""


def verdict(scene: Scene, workspace: Path, blow: Blow) -> tuple[str, list[str]]:
    """How the blow ended, and what is wrong after it and after a quiet run."""
    wrong: list[str] = []
    small.copied(scene.workspace, workspace)
    wounded = hurt(workspace, blow)
    wrong += _ended(wounded)
    wrong += untouched(scene.workspace / "inbox", workspace / "inbox")
    wrong += whole(workspace, scene.old, scene.right)
    told_less = wounded.code in (0, 1) and hashes(workspace / "outbox") != scene.right
    failed = quiet(workspace)
    if failed:
        wrong.append(failed)
    else:
        wrong += _right(scene, workspace, told_less)
    return f"{blow.hurt} → {wounded.code}", [f"{blow}: {one}" for one in wrong]


def _ended(wounded: Wounded) -> list[str]:
    """A run that was not killed goes on to its end (a child or a cache was hit), or fails in words of ours."""
    if wounded.code in (KILLED, 0, 1) or _NO_DISK in wounded.said:
        return []
    if wounded.code != FAILED:
        return [f"it ended with {wounded.code}: {wounded.said[-300:]}"]
    in_words = _CHINESE.search(wounded.said) and "Traceback" not in wounded.said
    return [] if in_words else [f"it said {wounded.said[-600:]!r}"]


def _right(scene: Scene, workspace: Path, told_less: bool) -> list[str]:
    """What is wrong after the next run: its outputs are those of a quiet run over the same arrivals.

    A file that the hurt run could not read waited and arrived with the next: that is another order of arrival. One that
    broke its reader was told to be unreadable in a round of its own (`told_less`): that is another history. Then the
    outputs must be those which follow from the ledger, whatever the hurt run had left, and the register itself the
    same.
    """
    found, told = hashes(workspace / "outbox"), receipts(workspace)
    reordered = told != scene.receipts and _without_order(told) == _without_order(scene.receipts)
    right = scene.right
    if reordered or told_less:
        right = _made_again(workspace) | {name: scene.right[name] for name in _REGISTER}
    differ = sorted(name for name in found.keys() | right.keys() if found.get(name) != right.get(name))
    wrong = [f"{len(differ)} outputs differ after the next run: {', '.join(differ[:5])}"] if differ else []
    return wrong + ([f"receipts differ: {told}"] if not reordered and told != scene.receipts else [])


def _without_order(told: Sequence[tuple]) -> list[tuple]:
    return sorted(one[1:] for one in told)


def _made_again(workspace: Path) -> dict[str, str]:
    """The outputs that follow from a workspace's ledger and originals alone."""
    again = small.copied(workspace, workspace.with_name("again"))
    shutil.rmtree(again / "outbox")
    shutil.rmtree(Workspace(again).readings, ignore_errors=True)
    Workspace(again).manifest.unlink(missing_ok=True)
    failed = quiet(again)
    return {failed: ""} if failed else hashes(again / "outbox")


def main(words: Sequence[str]) -> int:
    """`crash [--every K] [--from M] [--until N] [--calls a,b] [--hurts a,b]`: all blows at M, M+K, … N."""
    given = dict(zip(words[::2], words[1::2], strict=True))
    reason = possible()
    if reason:
        print(f"not possible: {reason}")
        return 2
    numbers = range(int(given.get("--from", 1)), int(given.get("--until", 30)) + 1, int(given.get("--every", 7)))
    hurts, calls = (given.get(name, ",".join(usual)).split(",")
                    for name, usual in (("--hurts", HURTS), ("--calls", CALLS)))
    every = blows(numbers, hurts, calls)
    tally, began = Tally(), time.monotonic()
    with TemporaryDirectory() as made:
        staged = scenes(Path(made))
        for turn, blow in enumerate(every):
            end, wrong = verdict(staged[turn % len(staged)], Path(made) / "hurt", blow)
            tally.codes[end] += 1
            tally.wrong += wrong
            print(f"{turn + 1} {blow}: {end}{''.join(f'{chr(10)}  WRONG {one}' for one in wrong)}", flush=True)
    codes = ", ".join(f"{end}: {times}" for end, times in sorted(tally.codes.items()))
    print(f"{tally.codes.total()} blows in {time.monotonic() - began:.0f} s ({codes}); {len(tally.wrong)} wrong")
    return 1 if tally.wrong else 0
