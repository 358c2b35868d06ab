"""Work on a share that may hang in the kernel: done in threads that are left behind when nothing comes back any more.

A call into a share whose server is gone returns never (a hard mount) and cannot be broken off. The thread that made it
is given up, not waited for, and lets go with the process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock, Thread
from typing import Any, TypeVar

from pipeline.errors import InboxUnavailable

# A share that has come to life again within this time costs nothing but the time.
SILENT_SECONDS = 60.0
# What watches an inbox comes again and again: with so many threads given up it need not lose another to know.
_MOST_LOST = 8
_LOST: list[Thread] = []
Item = TypeVar("Item")
Result = TypeVar("Result")


class Watchdog:
    """Waits for work for as long as it shows signs of life; InboxUnavailable after `silent_seconds` without one."""

    def __init__(self, silent_seconds: float | None = None) -> None:
        self._silent = SILENT_SECONDS if silent_seconds is None else silent_seconds
        self._beats = 0

    def beat(self) -> None:
        """A sign of life, from any thread."""
        self._beats += 1

    def each(self, function: Callable[[Item], Result], items: Sequence[Item], threads: int = 1) -> list[Result]:
        """The function's results in the order of the items; the first error that it raised, if it did.

        The end of each item is a sign of life, and those that the function gives itself.
        """
        found: dict[int, Any] = {}
        errors: list[BaseException] = []
        left, taking = iter(list(enumerate(items))), Lock()

        def work() -> None:
            while not errors:
                with taking:
                    number, item = next(left, (None, None))
                if number is None:
                    return
                try:
                    found[number] = function(item)
                # Whatever it is, it is the caller's, who raises it again.
                except BaseException as error:
                    errors.append(error)
                self.beat()

        _LOST[:] = [one for one in _LOST if one.is_alive()]
        if len(_LOST) >= _MOST_LOST:
            raise self._unanswered()
        workers = [Thread(target=work, name="inbox", daemon=True) for _ in range(min(threads, len(items)))]
        for worker in workers:
            worker.start()
        for worker in workers:
            self._await(worker)
        if errors:
            raise errors[0]
        return [found[number] for number in range(len(items))]

    def _await(self, worker: Thread) -> None:
        before = None
        while worker.is_alive():
            if before == self._beats:
                _LOST.append(worker)
                raise self._unanswered()
            before = self._beats
            worker.join(self._silent)

    def _unanswered(self) -> InboxUnavailable:
        return InboxUnavailable(f"收件箱所在的共享目录没有响应（已等 {self._silent:g} 秒），本次没有完成。"
                                "收件箱里的文件没有变动，请检查网络盘，恢复后重新运行。")
