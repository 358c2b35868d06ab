"""rebuild and what-if: the ledger from its originals, and changed rules tried over the live forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands import Root, workspace_at
from pipeline.exits import DONE
from pipeline.usage import WrongUsage

Rules = Annotated[Path | None, typer.Argument(metavar="规则目录", help="内有改动后的 schemas 文件夹；不写则以现行规则对照上次结果")]


def rebuild(workspace: Root = Path()) -> int:
    """台账丢失或损坏后，按留存的原件和记录重建"""
    from pipeline import ledger
    from pipeline.settings import Settings

    home = workspace_at(workspace)
    if not (home.originals.is_dir() or home.database.exists()):
        raise WrongUsage("还没有汇总过，没有可以重建的台账")
    print("\n".join(ledger.rebuild(home, Settings.of(home)).lines))
    return DONE


def what_if(folder: Rules = None, workspace: Root = Path()) -> int:
    """试算：改动后的规则会使现行各表增加、减少哪些问题；什么都不改动"""
    if folder is not None and not folder.is_dir():
        raise WrongUsage(f"没有“{folder}”这个目录")
    from pipeline import what_if as trial
    from pipeline.settings import Settings

    home = workspace_at(workspace)
    print("\n".join(trial.lines(home, Settings.of(home), folder)))
    return DONE
