"""`consortium check`: files judged by themselves, in less than a second, most of which is loading libraries.

The child that opens the files starts first and loads what it needs while this process loads what judges them; what
opens files is loaded there alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline import sandbox
from pipeline.loading import loading
from schemas import call

if TYPE_CHECKING:
    from pipeline.read import FormReading, Labels
    from pipeline.read.record import Opened
    from schemas.rule import Finding

# What the server has loaded besides, see `pipeline.sandbox.each`.
PRELOADED = ("pipeline.opening", "pipeline.read.first")


class CheckedFile(NamedTuple):
    """One file's findings, form by form: (consortium name, findings)."""

    path: Path
    forms: list[tuple[str, list[Finding]]]


def check(paths: Sequence[Path], deadline: datetime = call.DEADLINE) -> list[CheckedFile]:
    """Judge files by themselves, without workspace: no city, no other forms, no history; `deadline` is that in
    force."""
    sandbox.warm(opened)
    with loading():
        from pipeline.message import of_file
        from pipeline.read.labels import labels_of
        from pipeline.validate import About, day_in_china, validate as judge
        from schemas.current import FORM

    labels = labels_of(FORM)
    files = [outcome.value or _refused(outcome.fault) for outcome in sandbox.each(
        opened, [(labels, path) for path in paths])]
    about = About(None, day_in_china(datetime.now(call.CHINA)), day_in_china(deadline))
    forms = [(place, form) for place, file in enumerate(files) for form in file.forms]
    validated = judge(FORM, [form for _, form in forms], [about] * len(forms))
    found = []
    for place, (path, file) in enumerate(zip(paths, files, strict=True)):
        of_forms = [(_name(form), [f for f in validated.findings if f.submission == number])
                    for number, (owner, form) in enumerate(forms) if owner == place]
        of_files = [("", [of_file(0, spotted) for spotted in file.spotted])] if file.spotted else []
        found.append(CheckedFile(path, of_files + of_forms))
    return found


def opened(item: tuple[Labels, Path]) -> Opened:
    """In the child: what a file holds, or what is wrong with it."""
    from pipeline.opening import open_file

    return open_file(item)


def _refused(fault: str) -> Opened:
    from pipeline.opening import refused

    return refused(fault)


def _name(form: FormReading) -> str:
    value = form.blocks["consortium"][0].get("name")
    return value.text.strip() if value else ""
