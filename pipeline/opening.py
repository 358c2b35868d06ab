"""One file in a child process: bytes → forms. Imports no frame library, so that a child starts in milliseconds."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipeline.grid import open_workbook
from pipeline.read.drift import is_blank_form
from pipeline.read.forms import read_workbook
from pipeline.read.labels import Labels
from pipeline.read.record import FormReading, Spotted
from pipeline.signature import REASONS, Refused

_RULES = {"encrypted": "F02", "foreign": "F03"}


class Opened(NamedTuple):
    """The forms of a file, or what is wrong with it; `blank` if it is a form in which nothing was filled in."""

    forms: tuple[FormReading, ...] = ()
    spotted: tuple[Spotted, ...] = ()
    blank: bool = False


def open_file(item: tuple[Labels, Path]) -> Opened:
    """Read the forms of the file at a path."""
    labels, path = item
    try:
        forms, spotted = read_workbook(open_workbook(path.read_bytes()), labels)
    except Refused as refusal:
        return refused(refusal.reason, refusal.kind)
    if forms and all(is_blank_form(form, labels) for form in forms):
        return Opened(blank=True)
    return Opened(tuple(forms), tuple(spotted))


def refused(reason: str, kind: str = "") -> Opened:
    """What is told of a file that could not be read, for one of `pipeline.signature.REASONS`."""
    facts = (("kind", kind),) if reason == "foreign" else (("reason", REASONS[reason]),)
    return Opened(spotted=(Spotted(_RULES.get(reason, "F01"), facts=facts),))
