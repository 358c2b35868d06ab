"""Child processes with limits, in which workbooks are opened: a parser that aborts or hangs costs one file.

A chunk of items runs in one fresh child. When the child is lost, its items are run once more, each in a child
of its own, so that only the guilty one is without a value. Children are forked from a clean server process that
has imported the function's module (see `pipeline.forking`).

What a child cannot do: use more memory or time than it is given, answer more than 64 MiB, write a file of more than
1 MiB or anything on our screen, leave a core dump, connect to anything or start a program (see `pipeline.barring`).
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, islice
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from pebble import ProcessExpired, concurrent

from pipeline import barring, forking, freed
from pipeline.log import cause

CRASHED, TIMEOUT, MEMORY, RAISED = "crashed", "timeout", "memory", "raised"
# Its exit codes when Python itself ran out of memory in the child, and when it has more to say than may be said.
_OUT_OF_MEMORY, _TOO_LONG = 86, 87
# What the answers of one child may be long together: the parent has to hold them.
_LONGEST_ANSWER = 64 << 20
# What a child may write before it is cut off; its last words tell a failed allocation from another abort.
_LAST_WORDS = 1 << 20
# Items after which a child clears away what readers left in circles.
_COLLECTED_AFTER = 25
# Fewer items than this are not divided among children: starting one costs as much as reading several forms.
_WORTH_A_CHILD = 8
_ALLOCATION_FAILED = (b"memory allocation of", b"MemoryError", b"bad_alloc", b"out of memory")
# Items with their places among all.
_Numbered = Sequence[tuple[int, Any]]
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
    """What one child may use; a `nice` one yields to other processes, most of all at 19."""

    seconds: float
    memory_mb: int
    nice: int = 0


class _Answered(NamedTuple):
    """What one child has answered, and in which parts others must do what it has not."""

    outcomes: Sequence[Outcome]
    left: Sequence[_Numbered] = ()


def each(function: Callable[[Any], Any], items: Iterable[Any], *, workers: int = 0,
         timeout_seconds: float = 60, chunk: int = 50, memory_mb: int = 1024, nice: int = 0) -> Iterator[Outcome]:
    """Run `function` over `items` in children, at most `workers` at once (0: one a processor).

    `function` stands at the top level of an importable module, which may name others that its children need at once as
    PRELOADED. Yields one outcome an item, in their order. Items are asked for, and answers held, for a few children at
    a time, each of at most `chunk` items: what it has no time or room for, it leaves to another, which starts when its
    own answers have been taken. An item has `timeout_seconds`; so has a chunk, whose items are tried one by one when it
    takes longer. Whatever the function raises is that item's fault, not the caller's.
    """
    workers = workers or len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="consortium-") as scratch:
        children = _Children(function, Limits(timeout_seconds, memory_mb, nice), Path(scratch))
        pool = ThreadPoolExecutor(workers)
        start = partial(pool.submit, children.run)
        begun: deque[Future[_Answered]] = deque()
        try:
            for numbered in _chunks(items, chunk, workers):
                begun.append(start(numbered))
                # One waits behind those that run: it starts when a child ends, whatever the caller does meanwhile.
                if len(begun) > workers:
                    yield from _first_of(begun, start)
            while begun:
                yield from _first_of(begun, start)
        finally:
            children.stop()
            pool.shutdown(cancel_futures=True)


def _chunks(items: Iterable[Any], chunk: int, workers: int) -> Iterator[_Numbered]:
    """The items, numbered, in chunks; what the last chunks have to do, they have in equal parts."""
    numbered = enumerate(items)
    while part := list(islice(numbered, chunk * workers)):
        size = min(chunk, max(_WORTH_A_CHILD, ceil(len(part) / workers)))
        yield from (part[start:start + size] for start in range(0, len(part), size))


def _first_of(begun: deque[Future[_Answered]], start: Callable[[_Numbered], Future[_Answered]]) -> Iterator[Outcome]:
    """The outcomes of the first chunk, which is taken out; of what its child has left, a part starts when all before it
    has been yielded and is no longer held."""
    waiting: deque[_Numbered] = deque()
    outcomes, left = begun.popleft().result()
    while True:
        yield from outcomes
        waiting.extendleft(reversed(left))
        if not waiting:
            return
        del outcomes
        outcomes, left = start(waiting.popleft()).result()


def warm(function: Callable[[Any], Any]) -> None:
    """Have the server of the function's children load while this process loads something else."""
    forking.begin(_name(function))


def warm_for(module: str) -> None:
    """The same for functions of a module that this process has not loaded yet, and that names no PRELOADED."""
    forking.begin(forking.named(__name__, module))


def _name(function: Callable) -> str:
    """A name for the processes in which a function runs; their server has loaded what they need."""
    needed = getattr(sys.modules[function.__module__], "PRELOADED", ())
    return forking.named(__name__, function.__module__, *needed)


class _Children:
    """Starts children for one `each` and takes their answers; used by several threads."""

    def __init__(self, function: Callable, limits: Limits, scratch: Path) -> None:
        self.function = function
        self.limits = limits
        self.scratch = scratch
        self.serial = count()
        self.stopped = False
        self.name = _name(function)
        self.start = concurrent.process(name=self.name, timeout=limits.seconds, context=forking.CONTEXT)(_answers)

    def run(self, numbered: _Numbered) -> _Answered:
        """What a child makes of one chunk: what it leaves undone is for another; items go one by one if it is lost."""
        answers = self._ask(numbered)
        if isinstance(answers, list):
            rest = numbered[len(answers):] if answers else ()
            return _Answered(answers, [rest] if rest else ())
        if len(numbered) == 1:
            return _Answered([replace(answers, index=numbered[0][0])])
        return _Answered((), [[one] for one in numbered])

    def _ask(self, numbered: _Numbered) -> list[Outcome] | Outcome:
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


def _answers(function: Callable, numbered: _Numbered, limits: Limits, words: str) -> list[Outcome]:
    """In the child: the items' outcomes, of the first at least; not of those for which there is no more time or
    room."""
    _confine(limits, words)
    late = time.monotonic() + limits.seconds / 2
    # A collection would look through every module of the parent again and again; what items leave behind is little.
    gc.freeze()
    gc.disable()
    outcomes, length = [], 0
    for place, (index, item) in enumerate(numbered, 1):
        if not place % _COLLECTED_AFTER:
            gc.collect()
        outcome = _answer(function, index, item)
        value = outcome.value
        length += len(value) if isinstance(value, bytes) else len(pickle.dumps(value))
        if length > _LONGEST_ANSWER:
            if outcomes:
                break
            os._exit(_TOO_LONG)
        outcomes.append(outcome)
        if time.monotonic() > late:
            break
    return outcomes


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
        return Outcome(index, fault=RAISED, detail=cause(error))


def _confine(limits: Limits, words: str) -> None:
    """Limit this process for good: memory, time, output, what it may reach; no core dump, which would hold a form."""
    sys.dont_write_bytecode = True
    os.nice(limits.nice)
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
    # What one item leaves is used for the next.
    freed.keep()
    barring.bar()


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
    if code == _TOO_LONG:
        return Outcome(-1, fault=MEMORY, detail="answer")
    detail = signal.Signals(-code).name if code < 0 else f"exit {code}"
    if detail in ("SIGALRM", "SIGXCPU"):
        return Outcome(-1, fault=TIMEOUT, detail=detail)
    # The kernel's own choice when memory runs out is SIGKILL.
    starved = code == _OUT_OF_MEMORY or detail == "SIGKILL"
    starved = starved or any(sign in words for sign in _ALLOCATION_FAILED)
    return Outcome(-1, fault=MEMORY if starved else CRASHED, detail=detail)
