"""Child processes with limits, in which workbooks are opened: a parser that aborts or hangs costs one file.

A chunk of items runs in one fresh child. When the child is lost, its items are run once more, each in a child
of its own, so that only the guilty one is without a value. Children are forked from a clean server process
("forkserver"), which has imported the function's module and nothing of the parent; keep polars, pandera and
prefect out of that module.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from math import ceil
from multiprocessing import popen_forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from pebble import ProcessExpired, concurrent

CRASHED, TIMEOUT, MEMORY, RAISED = "crashed", "timeout", "memory", "raised"
# Its exit code when Python itself ran out of memory in the child.
_OUT_OF_MEMORY = 86
# What a child may write before it is cut off; its last words tell a failed allocation from another abort.
_LAST_WORDS = 1 << 20
# Fewer items than this are not divided among children: starting one costs as much as reading several forms.
_WORTH_A_CHILD = 8
_ALLOCATION_FAILED = (b"memory allocation of", b"MemoryError", b"bad_alloc", b"out of memory")
# A child whose parent was killed ends by itself this long after its time is up.
_GRACE_SECONDS = 5


@dataclass(frozen=True)
class Outcome:
    """What became of item `index`: its `value`, or the `fault` CRASHED, TIMEOUT, MEMORY or RAISED.

    `detail` is for the log: an exception's class and place, a signal's name, an exit code; never content.
    """

    index: int
    value: Any = None
    fault: str = ""
    detail: str = ""


class Limits(NamedTuple):
    """What one child may use."""

    seconds: float
    memory_mb: int


def each(function: Callable[[Any], Any], items: Sequence[Any], *, workers: int = 0,
         timeout_seconds: float = 60, chunk: int = 50, memory_mb: int = 1024) -> Iterator[Outcome]:
    """Run `function` over `items` in children, at most `workers` at once (0: one a processor).

    `function` stands at the top level of an importable module. Yields one outcome an item, in their order. A
    child gets at most `chunk` items. An item has `timeout_seconds`; so has a chunk, whose items are tried one
    by one when it takes longer. Whatever the function raises is that item's fault, not the caller's.
    """
    if not items:
        return
    workers = workers or len(os.sched_getaffinity(0))
    size = min(chunk, max(_WORTH_A_CHILD, ceil(len(items) / workers)))
    numbered = list(enumerate(items))
    chunks = [numbered[start:start + size] for start in range(0, len(numbered), size)]
    with tempfile.TemporaryDirectory(prefix="consortium-") as scratch:
        children = _Children(function, Limits(timeout_seconds, memory_mb), Path(scratch))
        pool = ThreadPoolExecutor(min(workers, len(chunks)))
        try:
            for outcomes in pool.map(children.run, chunks):
                yield from outcomes
        finally:
            children.stop()
            pool.shutdown(cancel_futures=True)


class _Children:
    """Starts children for one `each` and takes their answers; used by several threads."""

    def __init__(self, function: Callable, limits: Limits, scratch: Path) -> None:
        self.function = function
        self.limits = limits
        self.scratch = scratch
        self.serial = count()
        self.stopped = False
        self.name = f"sandbox {next(_SERIAL)}"
        CONTEXT.set_forkserver_preload([__name__, function.__module__])
        self.start = concurrent.process(name=self.name, timeout=limits.seconds, context=CONTEXT)(_answers)

    def run(self, numbered: Sequence[tuple[int, Any]]) -> list[Outcome]:
        """The outcomes of one chunk, its items one by one if the child is lost."""
        answers = self._ask(numbered)
        if isinstance(answers, list):
            return answers
        if len(numbered) == 1:
            return [replace(answers, index=numbered[0][0])]
        return [outcome for one in numbered for outcome in self.run([one])]

    def _ask(self, numbered: Sequence[tuple[int, Any]]) -> list[Outcome] | Outcome:
        """The child's answers, or the one fault that took the child."""
        if self.stopped:
            return []
        words = self.scratch / str(next(self.serial))
        future = self.start(self.function, numbered, self.limits, os.fspath(words))
        if self.stopped:
            self.stop()
        error = future.exception()
        answers = _fault(error, _said(words)) if error else future.result()
        words.unlink(missing_ok=True)
        return answers

    def stop(self) -> None:
        """End what still runs: the caller wants no more answers.

        Not by cancelling: should the child answer at that moment, pebble's thread dies with a traceback.
        """
        self.stopped = True
        for child in multiprocessing.active_children():
            if child.name == self.name:
                child.terminate()


def _answers(function: Callable, numbered: Sequence[tuple[int, Any]], limits: Limits,
             words: str) -> list[Outcome]:
    """In the child: every item's outcome."""
    _confine(limits, words)
    return [_answer(function, index, item) for index, item in numbered]


def _answer(function: Callable, index: int, item: Any) -> Outcome:
    try:
        return Outcome(index, function(item))
    except MemoryError:
        # What is left of this process is not to be trusted with the next item.
        os._exit(_OUT_OF_MEMORY)
    # A Rust panic is no Exception, and a reader's fault of any kind must stay with its file.
    except BaseException as error:
        if not isinstance(error, Exception):
            return Outcome(index, fault=CRASHED, detail=type(error).__name__)
        # Not foreseen by the function, so more likely its own mistake than the item's.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return Outcome(index, fault=RAISED, detail=f"{type(error).__name__} {Path(frame.filename).name}:{frame.lineno}")


def _confine(limits: Limits, words: str) -> None:
    """Limit this process for good: memory, time, output; no core dump, which would hold a form."""
    seconds = ceil(limits.seconds)
    memory = limits.memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + _GRACE_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LAST_WORDS, _LAST_WORDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds + _GRACE_SECONDS)
    for place, stream in ((os.devnull, 1), (words, 2)):
        opened = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, stream)
        os.close(opened)


def _said(words: Path) -> bytes:
    try:
        return words.read_bytes()
    except FileNotFoundError:
        return b""


def _fault(error: BaseException, words: bytes) -> Outcome:
    if isinstance(error, TimeoutError):
        return Outcome(-1, fault=TIMEOUT, detail="wall clock")
    if not isinstance(error, ProcessExpired):
        return Outcome(-1, fault=CRASHED, detail=type(error).__name__)
    code = error.exitcode or 0
    detail = signal.Signals(-code).name if code < 0 else f"exit {code}"
    if detail in ("SIGALRM", "SIGXCPU"):
        return Outcome(-1, fault=TIMEOUT, detail=detail)
    # The kernel's own choice when memory runs out is SIGKILL.
    starved = code == _OUT_OF_MEMORY or detail == "SIGKILL"
    starved = starved or any(sign in words for sign in _ALLOCATION_FAILED)
    return Outcome(-1, fault=MEMORY if starved else CRASHED, detail=detail)


class _Popen(popen_forkserver.Popen):
    """A child whose exit status, which can be read only once, is asked for by several threads."""

    def __init__(self, process: Any) -> None:
        self._polling = threading.Lock()
        super().__init__(process)

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        with self._polling:
            return super().poll(flag)


class _Process(ForkServerProcess):
    """A child that does not import the parent's main program, which may be Prefect's own and take seconds."""

    _starting = threading.Lock()

    @staticmethod
    def _Popen(process: Any) -> _Popen:
        with _Process._starting:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return _Popen(process)
            finally:
                sys.modules["__main__"] = main


class _Context(ForkServerContext):
    Process = _Process


# For every process of ours; also for pools of such as need no limits.
CONTEXT = _Context()
_SERIAL = count()
