"""A realistic workspace: what thirteen bureaus would drop into the inbox, right and wrong.

All organisations, persons and figures are fictional. The same bytes every time.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pipeline.demo.plan import CLEAN_CITY, NOT_REPORTED, PLAN
from pipeline.demo.recipe import Planned

if TYPE_CHECKING:
    from pipeline.settings import Workspace

__all__ = ["CLEAN_CITY", "NOT_REPORTED", "PLAN", "Planned", "build"]


def build(workspace: Workspace) -> list[str]:
    """Fill the inbox of `workspace`; the files' paths under it, in the order of the plan.

    A file's time is its day of arrival, so that a form sent again is the later one.
    """
    for city in NOT_REPORTED:
        (workspace.inbox / city).mkdir(parents=True, exist_ok=True)
    for planned in PLAN:
        target = workspace.inbox / planned.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(planned.make())
        os.utime(target, (planned.day.timestamp(), planned.day.timestamp()))
    return [planned.file for planned in PLAN]
