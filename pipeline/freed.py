"""Giving back what a stage has used: the C library keeps what Python frees for the next time, and no stage is like
another.

With 100,000 forms that is some 150 MB from the first stage to the last. What Python has for its small objects, and the
frame library for its columns (`pipeline.__init__`), is given back otherwise.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# `M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD` of mallopt(3). When more than the former is free at the end, it is given
# back: left alone, glibc does so from 128 KB on, and gets it from the system again page by page. What is larger than
# the latter is got, and given back, by itself: left alone, glibc raises it to 32 MB with the first such thing freed.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
# Measured: with 16 MB kept for the next list, publishing takes a tenth less time; with 64 MB no less.
_SPARE, _LARGE = 16 << 20, 4 << 20
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
            libc.mallopt(_TRIM_THRESHOLD, spare)
            libc.mallopt(_MMAP_THRESHOLD, large)
            if trim:
                libc.malloc_trim(0)
