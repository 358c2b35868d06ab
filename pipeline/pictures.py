"""Pictures of what a run makes, for the README: `python -m pipeline.pictures FOLDER` (make pictures).

The demo's outputs as a person would see them: workbooks printed by LibreOffice and drawn by pdftoppm, pages by
Chromium.
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
from pipeline.layout import BOARD, PENDING, PROBLEMS, PROVINCE, RECEIPT, RECOMMENDATION, REGISTER, RETURNED
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from schemas import call

DOTS_PER_INCH = 70
_SECONDS = 180


class Picture(NamedTuple):
    """One page of one workbook, or a web page (`page` 0); `source` is under the outbox, "" for the blank form."""

    name: str
    source: str
    page: int


PICTURES = (
    Picture("overview", f"{PROVINCE}/{REGISTER}", 1),
    Picture("register", f"{PROVINCE}/{REGISTER}", 3),
    Picture("pending", f"{PROVINCE}/{PENDING}", 1),
    Picture("problems", f"苏州市/{PROBLEMS}", 1),
    Picture("recommendation", f"苏州市/{RECOMMENDATION}", 1),
    Picture("returned-list", f"连云港市/{RETURNED}/连云港-高纯石英创新联合体.xlsx", 1),
    Picture("returned-form", f"连云港市/{RETURNED}/连云港-高纯石英创新联合体.xlsx", 2),
    Picture("board", f"{PROVINCE}/{BOARD}", 0),
    Picture("receipt", f"苏州市/{RECEIPT}", 0),
    Picture("template", "", 1),
)
# A headless browser must not look for updates or ask a network that is not there.
BROWSER = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic",
           "--disable-sync",
           "--disable-background-networking", "--disable-component-update", "--hide-scrollbars")


def draw(folder: Path) -> list[Path]:
    """Run the demo and draw its pages into `folder`; needs soffice, pdftoppm and chromium on the path."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace(Path(scratch) / "demo")
        workspace.create()
        demo.build(workspace)
        run(workspace, Settings.of(workspace), datetime(call.YEAR, 9, 20, 12, tzinfo=call.CHINA))
        return [_page(picture, workspace, Path(scratch), folder) for picture in PICTURES]


def _page(picture: Picture, workspace: Workspace, scratch: Path, folder: Path) -> Path:
    target = folder / f"{picture.name}.png"
    if not picture.page:
        _call(*BROWSER, f"--user-data-dir={scratch}/browser", "--window-size=900,1200", f"--screenshot={target}",
              (workspace.outbox / picture.source).as_uri())
        return target
    book = scratch / f"{picture.name}.xlsx"
    if not picture.source:
        template.write(book)
    else:
        shutil.copyfile(workspace.outbox / picture.source, book)
    _call("soffice", "--headless", f"-env:UserInstallation=file://{scratch}/office", "--convert-to", "pdf",
          "--outdir", str(scratch), str(book))
    page = str(picture.page)
    _call("pdftoppm", "-png", "-r", str(DOTS_PER_INCH), "-f", page, "-l", page, "-singlefile",
          str(book.with_suffix(".pdf")), str(folder / picture.name))
    return target


def _call(*command: str) -> None:
    subprocess.run(command, check=True, timeout=_SECONDS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    if not all(map(shutil.which, ("soffice", "pdftoppm", "chromium"))):
        sys.exit("画图需要 LibreOffice（soffice）、poppler-utils（pdftoppm）和 Chromium，请先安装")
    for drawn in draw(Path(sys.argv[1])):
        print(drawn)
