"""A decision as it was handed in: one row of a workbook that lies in the folder of the centre's decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from pipeline.submissions import FileReading

NO_COLUMNS = "文件里没有找到“编号”“裁定”两栏，没有可办理的裁定；请在待核清单上填写。"
NOTHING_FILLED = "“裁定”栏都空着，没有可办理的裁定。"


class Entry(NamedTuple):
    """One row, as texts; `row` counts from 1, 0 for a file that holds no row. `fault` says why there is none.

    `received` is the day on which the file was first seen, `sequence` its place in the order of arrival.
    """

    path: str
    sha256: str
    sequence: int
    received: date
    sheet: str = ""
    row: int = 0
    number: str = ""
    kind: str = ""
    says: str = ""
    ruling: str = ""
    reason: str = ""
    judge: str = ""
    day: str = ""
    until: str = ""
    fault: str = ""


def entries_of(readings: Sequence[FileReading]) -> tuple[Entry, ...]:
    """The rows of all decision files in order of arrival; a file without any gives one that says why.

    A file that is no longer in the inbox counts as before; a withdrawn one does not. Of a file that was handed in
    again under its name both count: a fresh list does not repeat what was decided on the one before.
    """
    files = sorted((one for one in readings if one.receipt.is_decision and not one.receipt.withdrawn
                    and not one.receipt.ignored), key=lambda one: one.receipt.sequence)
    return tuple(entry for file in files for entry in _rows(file))


def _rows(file: FileReading) -> list[Entry]:
    from schemas import call

    receipt = file.receipt
    whose = (receipt.path, receipt.sha256, receipt.sequence, receipt.received_at.astimezone(call.CHINA).date())
    rows = [Entry(*whose, sheet, int(row), *texts) for sheet, row, *texts in file.entries]
    return rows or [Entry(*whose, fault=_fault(file))]


def _fault(file: FileReading) -> str:
    from pipeline.message import of_file

    if file.spotted:
        return "".join(of_file(0, spotted).message for spotted in file.spotted)
    return NOTHING_FILLED if file.blank else NO_COLUMNS
