"""Pictures of what a run makes, for the README: `python -m pipeline.pictures FOLDER` (make pictures).

The demo's outputs, printed by LibreOffice and drawn by pdftoppm, as a person would see them on paper.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pipeline import demo, template
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from schemas import call

DOTS_PER_INCH = 70
_SECONDS = 180


class Picture(NamedTuple):
    """One page of one workbook; `source` is under the outbox, None for the blank form."""

    name: str
    source: str | None
    page: int


PICTURES = (
    Picture("overview", f"省级/{call.PROVINCE}创新联合体名录.xlsx", 1),
    Picture("register", f"省级/{call.PROVINCE}创新联合体名录.xlsx", 3),
    Picture("problems", "苏州市/问题清单.xlsx", 1),
    Picture("template", None, 1),
)


def draw(folder: Path) -> list[Path]:
    """Run the demo and draw its pages into `folder`; needs soffice and pdftoppm on the path."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace(Path(scratch) / "demo")
        workspace.create()
        demo.build(workspace)
        run(workspace, Settings.of(workspace), datetime(call.YEAR, 9, 20, 12, tzinfo=call.CHINA))
        return [_page(picture, workspace, Path(scratch), folder) for picture in PICTURES]


def _page(picture: Picture, workspace: Workspace, scratch: Path, folder: Path) -> Path:
    book = scratch / f"{picture.name}.xlsx"
    if picture.source is None:
        template.write(book)
    else:
        shutil.copyfile(workspace.outbox / picture.source, book)
    _call("soffice", "--headless", f"-env:UserInstallation=file://{scratch}/office", "--convert-to", "pdf",
          "--outdir", str(scratch), str(book))
    page = str(picture.page)
    _call("pdftoppm", "-png", "-r", str(DOTS_PER_INCH), "-f", page, "-l", page, "-singlefile",
          str(book.with_suffix(".pdf")), str(folder / picture.name))
    return folder / f"{picture.name}.png"


def _call(*command: str) -> None:
    subprocess.run(command, check=True, timeout=_SECONDS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    if not shutil.which("soffice") or not shutil.which("pdftoppm"):
        sys.exit("画图需要 LibreOffice（soffice）和 poppler-utils（pdftoppm），请先安装")
    for drawn in draw(Path(sys.argv[1])):
        print(drawn)
