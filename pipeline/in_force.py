"""The deadline in force, for commands that need nothing else of a workspace, and often stand in none."""

from __future__ import annotations

import os
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.errors import SettingsWrong
from schemas import call

SETTINGS_FILE = "consortium.toml"
ENVIRONMENT_PREFIX = "CONSORTIUM_"
_DEADLINE = "deadline"


def deadline(folder: Path) -> datetime:
    """The deadline in force for whoever works in `folder`: that of the call, unless settings say otherwise.

    Raises SettingsWrong if they cannot be read, or this one is wrong; the others may be as they like. What checks
    settings takes longer to load than a form to check, so it is only where this one is given.
    """
    told = any(name.upper() == f"{ENVIRONMENT_PREFIX}{_DEADLINE.upper()}" for name in os.environ)
    if not told and _DEADLINE not in written(folder / SETTINGS_FILE):
        return call.DEADLINE
    from pipeline.settings import Due, Workspace

    return Due.of(Workspace(folder)).due


def written(file: Path) -> dict[str, Any]:
    """The settings that stand in a file, as they are written; none if there is no such file. Raises SettingsWrong."""
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsWrong(f"{file.name} 打不开，请检查该文件和所在目录的读取权限。") from error
    # No text in UTF-8, or no TOML.
    except ValueError as error:
        raise SettingsWrong(f"{file.name} 读不出来，请检查写法（TOML 格式，UTF-8 编码）。") from error
