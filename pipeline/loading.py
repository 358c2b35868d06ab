"""Loading modules without looking for garbage among them.

Python looks for what nobody uses again and again while modules are loaded, sees all that is there each time, and finds
nothing: it takes a third of the time. What has been loaded stays to the end and is not looked at again.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """A block in which modules are imported, and little else is done."""
    before, enabled = len(sys.modules), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > before:
            gc.freeze()
        if enabled:
            gc.enable()


def unsearched_at_the_end() -> None:
    """Have this process end without looking through everything once more: what is left, the system takes back."""
    atexit.register(gc.freeze)
