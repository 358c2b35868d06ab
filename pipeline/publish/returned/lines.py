"""Findings as the bureau reads them: lines of the list with repeats together, and comments at cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from pipeline.message import WHERE
from pipeline.publish.returned.cells import Place, place_of
from schemas.current import FORM
from schemas.rule import SEVERITY_WORDS, Severity
from schemas.season import SETTLED_NAMES

# Repeats in one group of the list, and cells of one finding that have a line each.
_MOST_REPEATS, _MOST_AREAS = 12, 10
# A cell's comment; the list has the rest.
LONGEST_COMMENT = 1_000
_MORE = "……其余见“问题清单”。"
# Codes that a fix proposes; what else it proposes stands in its sentence.
_CODES = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Z])")
_LEVELS = {str(level): level for level in Severity}
_ORDER = {level: place for place, level in enumerate(Severity)}
_TABLES = {block.name: place for place, block in enumerate(FORM.blocks, 1)}


# What an entry is made from: columns of `schemas.register.Findings` and `explanation`.
TOLD = ("severity", "code", "sheet", "table", "row", "field", "cell", "message", "value", "suggestion", "finding_id",
        "state", "explanation")


class Entry(NamedTuple):
    """One finding; `where` is its place in words, `cells` its addresses on `sheet`, `explanation` what was taken."""

    level: Severity
    code: str
    sheet: str
    table: str
    row: int
    field: str
    where: str
    cells: tuple[str, ...]
    message: str
    value: str
    suggestion: str
    number: str = ""
    state: str = ""
    explanation: str = ""

    @property
    def asked(self) -> bool:
        """Whether it is to be mended or explained."""
        return self.level != Severity.NOTICE and self.state not in SETTLED_NAMES


class Line(NamedTuple):
    """One line of the list: an entry, and one of its areas (an address or a range, "" if it has none)."""

    entry: Entry
    area: str
    # How many cells more there are than lines.
    left_out: int = 0
    first: bool = True


def entries_of(findings: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """The findings, errors first, those of one rule and column together, in the form's order."""
    found = [_entry(finding) for finding in findings]
    first: dict[tuple, tuple] = {}
    for entry in found:
        place = (_TABLES.get(entry.table, 0), entry.row)
        first[_alike(entry)] = min(place, first.get(_alike(entry), place))
    return sorted(
        found,
        key=lambda entry: (
            _ORDER[entry.level],
            first[_alike(entry)],
            entry.code,
            _alike(entry),
            entry.row,
            entry.cells,
            entry.message,
        ),
    )


def _entry(finding: Mapping[str, Any]) -> Entry:
    split = WHERE.fullmatch(finding["message"] or "")
    where, rest = (split["where"], split["rest"]) if split else ("", finding["message"] or "")
    cells = tuple(cell.strip() for cell in (finding["cell"] or "").split(",") if place_of(cell))
    return Entry(
        _LEVELS[finding["severity"]],
        finding["code"],
        finding["sheet"] or "",
        finding["table"] or "",
        finding["row"] or 0,
        finding["field"] or "",
        where,
        cells,
        rest,
        finding["value"] or "",
        finding["suggestion"] or "",
        finding["finding_id"] or "",
        finding["state"] or "",
        finding.get("explanation") or "",
    )


def _alike(entry: Entry) -> tuple:
    return entry.code, entry.sheet, entry.table, entry.field


def groups(entries: Sequence[Entry]) -> list[list[Line]]:
    """The lines of each group of repeats."""
    found: list[list[Line]] = []
    for _, alike in groupby(entries, key=lambda entry: (entry.level, *_alike(entry))):
        together = list(alike)
        for start in range(0, len(together), _MOST_REPEATS):
            found.append(
                [line for entry in together[start : start + _MOST_REPEATS] for line in _lines(entry)]
            )
    return found


def _lines(entry: Entry) -> list[Line]:
    areas = _areas(entry.cells) or [""]
    lines = [Line(entry, area, first=not n) for n, area in enumerate(areas[:_MOST_AREAS])]
    return [*lines[:-1], lines[-1]._replace(left_out=len(areas) - len(lines))]


def _areas(cells: Sequence[str]) -> list[str]:
    """Addresses with those that follow one another down a column drawn together."""
    runs: list[list[Place]] = []
    for cell in cells:
        place = place_of(cell)
        if runs and place == (runs[-1][-1][0] + 1, runs[-1][-1][1]):
            runs[-1].append(place)
        else:
            runs.append([place])
    names = {place_of(cell): cell for cell in cells}
    return [names[run[0]] if len(run) == 1 else f"{names[run[0]]}:{names[run[-1]]}" for run in runs]


def marks(entries: Sequence[Entry]) -> dict[str, dict[Place, list[Entry]]]:
    """By sheet, the cells to be marked, with what is said of each; a notice marks nothing, nor does what is settled."""
    found: dict[str, dict[Place, list[Entry]]] = {}
    for entry in entries:
        if entry.asked:
            for cell in entry.cells:
                found.setdefault(entry.sheet, {}).setdefault(place_of(cell), []).append(entry)
    return found


def gravest(entries: Sequence[Entry]) -> Severity:
    """The level by which a cell is coloured."""
    return min((entry.level for entry in entries), key=_ORDER.__getitem__)


def opening(level: Severity) -> str:
    """The first line of a comment."""
    return f"【{SEVERITY_WORDS[level]}】"


def comment(entries: Sequence[Entry]) -> str:
    """What the comment at a cell says: 问题 · 怎么改 · 建议值 · 规则编号, of each finding there."""
    texts = []
    for entry in entries:
        lines = [opening(entry.level), f"问题：{entry.message}", f"怎么改：{entry.suggestion}"]
        proposed = list(dict.fromkeys(_CODES.findall(entry.suggestion)))
        lines += [f"建议值：{'、'.join(proposed)}"] if proposed else []
        texts.append("\n".join([*lines, f"规则编号：{entry.code}"]))
    whole = "\n".join(dict.fromkeys(texts))
    return whole if len(whole) <= LONGEST_COMMENT else whole[: LONGEST_COMMENT - len(_MORE)] + _MORE
