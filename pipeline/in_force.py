"""The deadline in force, for commands that need nothing else of a workspace, and often stand in none."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from schemas import call

SETTINGS_FILE = "consortium.toml"
ENVIRONMENT_PREFIX = "CONSORTIUM_"


def deadline(folder: Path) -> datetime:
    """The deadline in force for whoever works in `folder`: that of the call, unless settings say otherwise.

    Raises SettingsWrong. What reads settings takes longer to load than a form to check, so it is only where there are
    some.
    """
    told = any(name.upper() == f"{ENVIRONMENT_PREFIX}DEADLINE" for name in os.environ)
    if not told and not (folder / SETTINGS_FILE).exists():
        return call.DEADLINE
    from pipeline.settings import Settings, Workspace

    return Settings.of(Workspace(folder)).due
