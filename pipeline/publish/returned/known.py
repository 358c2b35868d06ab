"""What depends on a part's bytes alone, worked out once: many parts are the same in all forms on one template."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

# Larger parts are sheets and texts, which no two forms share.
SMALL = 64 * 1024
_KEPT = 64
_Given, _Result = ParamSpec("_Given"), TypeVar("_Result")


def known_by_bytes(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """`function`, whose first argument is a part, with the results for the last small ones remembered.

    It must not depend on anything else than its arguments, and nobody may change what it returns.
    """
    remembered = lru_cache(_KEPT)(function)

    @wraps(function)
    def either(data: bytes, *rest: object) -> _Result:
        return (remembered if len(data) <= SMALL else function)(data, *rest)

    return either
