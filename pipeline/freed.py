"""Giving back what a stage has used: the C library keeps what Python frees for the next time, and no stage is like
another.

With 100,000 forms that is some 150 MB from the first stage to the last. What Python has for its small objects, and the
frame library for its columns (`pipeline.__init__`), is given back otherwise.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# `M_MMAP_THRESHOLD` of mallopt(3): what is larger is got from the system, and given back, by itself. Left alone, glibc
# raises it to 32 MB with the first large thing that is freed.
_MMAP_THRESHOLD, _LARGE = -3, 4 << 20


def give_back() -> None:
    """Give back what is free now, and from now on large things as soon as they are; nothing where there is no glibc."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            libc = ctypes.CDLL("libc.so.6")
            libc.mallopt(_MMAP_THRESHOLD, _LARGE)
            libc.malloc_trim(0)
