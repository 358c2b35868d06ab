"""How many files are open at once, whatever the system allows."""

from __future__ import annotations

import resource

import pytest

from pipeline import descriptors


@pytest.mark.parametrize(("allowed", "open_"), [
    (resource.RLIM_INFINITY, 40), (1024, 40), (256, 32), (32, 4), (7, 1)])
def test_at_once__a_part_of_what_is_allowed(monkeypatch, allowed: int, open_: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (allowed, resource.RLIM_INFINITY))
    assert descriptors.at_once(40) == open_
