"""How many files may be open at once: some systems allow hundreds of thousands, some a few dozen."""

from __future__ import annotations

import resource

# Several do so at the same time, beside sockets and pipes of children.
_SHARE = 8


def at_once(most: int) -> int:
    """How many files somebody who opens several may have open, `most` at most."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return most if allowed == resource.RLIM_INFINITY else max(1, min(most, allowed // _SHARE))
