"""A decision as it was handed in: one row of a workbook that lies in the folder of the centre's decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline import layout

if TYPE_CHECKING:
    from datetime import date

    from pipeline.submissions import FileReading

NO_COLUMNS = "文件里没有找到“编号”“裁定”两栏，没有可办理的裁定；请在待核清单上填写。"
NO_TITLES = ("工作表“{sheet}”里有待核事项，但没有找到{missing}栏的标题，这张表没有办理；请恢复标题行，"
             f"重新放入收件夹“{layout.DECISIONS}”。")
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

    What lies under a path now comes after all that has lain there: an earlier file put back is the last word again.

    A file that is no longer in the inbox counts as before; a withdrawn one does not. Of a file that was handed in
    again under its name both count: a fresh list does not repeat what was decided on the one before.
    """
    files = [one for one in readings if one.receipt.is_decision and not one.receipt.withdrawn
             and not one.receipt.ignored]
    latest: dict[str, int] = {}
    for file in files:
        latest[file.receipt.path] = max(file.receipt.sequence, latest.get(file.receipt.path, 0))

    def turn(file: FileReading) -> tuple[int, bool]:
        receipt = file.receipt
        return (latest[receipt.path] if receipt.present else receipt.sequence), receipt.present

    return tuple(entry for file in sorted(files, key=turn) for entry in _rows(file))


def _rows(file: FileReading) -> list[Entry]:
    from schemas import call

    receipt = file.receipt
    whose = (receipt.path, receipt.sha256, receipt.sequence, receipt.received_at.astimezone(call.CHINA).date())
    rows = [_entry(whose, one) for one in file.entries]
    return rows or [Entry(*whose, fault=_fault(file))]


def _entry(whose: tuple[str, str, int, date], one: Sequence[str]) -> Entry:
    """A row as its reader found it; with row 0 a sheet of which it says what titles are missing."""
    from pipeline.message import shown

    sheet, row, *texts = one
    if int(row):
        return Entry(*whose, sheet, int(row), *texts)
    return Entry(*whose, sheet, fault=NO_TITLES.format(sheet=shown(sheet), missing=texts[-1]))


def _fault(file: FileReading) -> str:
    from pipeline.message import of_file

    if file.spotted:
        return "".join(of_file(0, spotted).message for spotted in file.spotted)
    return NOTHING_FILLED if file.blank else NO_COLUMNS
