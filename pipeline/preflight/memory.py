"""Less memory for the formats whose readers are known to ask for too much."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

# Of the readers, that of .xls aborts most often; no honest .xls needs as much as this.
OLD_FORMAT = 512 << 20


@contextmanager
def at_most(number: int) -> Iterator[None]:
    """Lower the address space to `number` bytes while the block runs; only in a child, which has a limit already."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft <= number:
        yield
        return
    resource.setrlimit(resource.RLIMIT_AS, (number, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
