"""How a decision is told: to the bureau beside its finding, in the register, in the list of what became of it."""

from __future__ import annotations

from collections import Counter
from datetime import date

from pipeline.conflicts import Conflict
from pipeline.decisions.entry import Entry
from pipeline.message import shown
from schemas import uscc
from schemas.decision import Ruling
from schemas.kinds.date import read_day


def day_of(text: str) -> date | None:
    """The day that a cell means, in any spelling that the form's own dates may have."""
    return read_day(text).value if text else None


def when(entry: Entry) -> str:
    """The day of a decision: as it says itself, else when it was received."""
    return str(day_of(entry.day) or entry.received)


def at(entry: Entry) -> str:
    """Where a decision stands."""
    return f"{entry.path} {entry.sheet} 第 {entry.row} 行" if entry.row else entry.path


def by(entry: Entry) -> str:
    """省里裁定 with its day and who took it."""
    return f"省里裁定（{when(entry)} {shown(entry.judge)}）"


def chosen(words: str, ruling: Ruling, conflict: Conflict | None) -> str:
    """What was chosen, with what the option's name stands for: 采用名称一（甲厂）."""
    if conflict is None or ruling.option is None or ruling.option in words:
        return words
    return f"{words}（{spelling(conflict, ruling.option)}）"


def spelling(conflict: Conflict, option: str) -> str:
    """An option as most lines write it."""
    written = Counter(line.value for line in conflict.evidence if line.option == option and line.place)
    return min(written, key=lambda value: (-written[value], value), default=option)


def reasoned(entry: Entry, said: str) -> str:
    """The whole of a decision in one sentence, identity numbers masked."""
    return f"{by(entry)}：{said}。理由：{uscc.mask(entry.reason).rstrip('。')}。"
