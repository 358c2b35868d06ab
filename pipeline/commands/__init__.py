"""The commands by which centre and operator take part in the season; `pipeline.cli` registers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.usage import WrongUsage

Root = Annotated[Path, typer.Option("--workspace", "-w", metavar="目录", help="工作目录，内有 inbox 和 outbox；默认为当前目录")]


def workspace_at(folder: Path, new: bool = False):
    """The workspace in `folder`; WrongUsage if there is no such folder, unless it is to be made."""
    from pipeline.settings import Workspace

    return Workspace((folder if new else existing(folder)).resolve())


def existing(folder: Path) -> Path:
    """`folder`; WrongUsage if there is no such folder."""
    if not folder.is_dir():
        raise WrongUsage(f"没有“{folder}”这个目录")
    return folder
