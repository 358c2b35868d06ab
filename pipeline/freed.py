"""Giving back what a stage has used: the C library keeps what Python frees for the next time, and no stage is like
another.

With 100,000 forms that is some 150 MB from the first stage to the last. What Python has for its small objects, and the
frame library for its columns (`pipeline.__init__`), is given back otherwise.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# Parameters of mallopt(3). When more than the first is free at the end, it is given back: left alone, glibc does so
# from 128 KB on, and gets it from the system again page by page. What is larger than the second is got, and given
# back, by itself: left alone, glibc raises it to 32 MB with the first such thing freed. The third: left alone, glibc
# has an arena for nearly every thread, and each keeps its own.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
# Measured at 10,000 forms: 16 MB kept in any number of arenas are 100 MB more in all, for at most a second of fourteen.
_SPARE, _LARGE, _ARENAS = 4 << 20, 4 << 20, 2
# As much as a child may ever keep; glibc admits no higher threshold.
_ALL, _LARGEST = 256 << 20, 32 << 20


def give_back() -> None:
    """Give back what is free now, and from now on large things as soon as they are; nothing where there is no glibc."""
    _tell_malloc(_SPARE, _LARGE, trim=True)


def keep() -> None:
    """From now on keep what is freed, in a process that does the same again and again and soon ends; else as above."""
    _tell_malloc(_ALL, _LARGEST)


def _tell_malloc(spare: int, large: int, trim: bool = False) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            libc = ctypes.CDLL("libc.so.6")
            libc.mallopt(_ARENA_MAX, _ARENAS)
            libc.mallopt(_TRIM_THRESHOLD, spare)
            libc.mallopt(_MMAP_THRESHOLD, large)
            if trim:
                libc.malloc_trim(0)
