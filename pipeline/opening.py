"""One file in a child process: bytes → forms. Imports no frame library, so that a child starts in milliseconds."""

from __future__ import annotations

from pathlib import Path

# Not used by this name, but loaded once by the server process instead of by each child that it forks.
import pipeline.details.xlsx  # noqa: F401
from pipeline.grid import address, open_workbook
from pipeline.read.drift import is_blank_form
from pipeline.read.forms import read_workbook
from pipeline.read.labels import Labels
from pipeline.read.packed import pack
from pipeline.read.record import Opened, Spotted
from pipeline.read.remarks import is_list, remarks_in
from pipeline.signature import ARCHIVE, REASONS, Refused, kind_of

__all__ = ["Opened", "kind_at", "open_again", "open_file", "open_packed", "refused"]

# What the server has loaded besides, see `pipeline.sandbox.each`.
PRELOADED = ("pipeline.read.first",)
_RULES = {"encrypted": "F02", "foreign": "F03"}


def open_packed(item: tuple[Labels, Path]) -> bytes:
    """What `open_file` gives, as `pipeline.read.packed.unpack` takes it: as bytes it passes between processes
    sooner."""
    return pack(open_file(item))


def open_again(item: tuple[Labels, Path]) -> bytes | None:
    """As `open_packed`, of a file on which the first reader broke; None if it is not known better than that."""
    opened = open_file(item, second=True)
    return None if opened == refused("crashed") else pack(opened)


def open_file(item: tuple[Labels, Path], *, second: bool = False) -> Opened:
    """Read the forms of the file at a path; `second` as in `open_workbook`."""
    labels, path = item
    try:
        book = open_workbook(path.read_bytes(), second=second)
        forms, spotted = read_workbook(book, labels)
    except Refused as refusal:
        return _told(refusal)
    remarks = remarks_in(book, labels.answer_sheet)
    if not forms and is_list(book, labels.answer_sheet):
        return Opened(remarks=remarks)
    if forms and all(is_blank_form(form, labels) for form in forms):
        return Opened(blank=True, remarks=remarks)
    return Opened(tuple(forms), tuple(spotted), remarks=remarks, kind=book.kind)


def kind_at(path: Path) -> str:
    """The kind of workbook at a path, "" for what is none; for a child process, as everything here."""
    try:
        return kind_of(path.read_bytes())
    except Refused:
        return ""


def refused(reason: str, kind: str = "", sheet: str = "", at: str = "") -> Opened:
    """What is told of a file that could not be read, for one of `pipeline.signature.REASONS`."""
    facts = (("kind", kind),) if reason == "foreign" else (("reason", REASONS[reason]),)
    rule = "F03_ARCHIVE" if kind.startswith(ARCHIVE) else _RULES.get(reason, "F01")
    return Opened(spotted=(Spotted(rule, sheet, at, facts),))


def _told(refusal: Refused) -> Opened:
    return refused(refusal.reason, refusal.kind, refusal.sheet, address(*refusal.place) if refusal.place else "")
