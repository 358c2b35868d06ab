"""A conflict between forms: the options it is about, and the lines of the forms that speak for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas import call
from schemas.decision import Dispute, identity, labels

# So many lines for an option can be read side by side with those for another; the rest is counted, not shown.
MOST_LINES = 12
UNNAMED = "（名称未填）"
# What speaks for an option: the register uses it now, or a check confirms it.
KEPT, SUGGESTED = MARKS = ("现取", "建议")


class Place(NamedTuple):
    """A cell's place in the tables: form, block, row (0 where the block has none) and column."""

    submission_id: str
    table: str
    row: int
    field: str


class Evidence(NamedTuple):
    """One line: what a form has written (`value`), who wrote it and where. `option` is None for what is in question.

    The last line of an option may stand for `more` that are not shown.
    """

    option: str | None
    value: str
    place: Place | None = None
    city: str | None = None
    consortium: str | None = None
    unit: str | None = None
    code: str | None = None
    role: str | None = None
    revenue_wan: float | None = None
    rd_spend_wan: float | None = None
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    more: int = 0


class Conflict(NamedTuple):
    """One conflict. `subjects` say which it is; `options` are in the list's order.

    `mark` is one of `MARKS` where something speaks for the option `marked`, else empty. `places` are all cells that
    take part, those of lines not shown included; `asked` are those of them that are no option but what is in question.
    """

    dispute: Dispute
    subjects: tuple[str, ...]
    says: str
    options: tuple[str, ...]
    mark: str
    evidence: tuple[Evidence, ...]
    places: frozenset[Place]
    asked: frozenset[Place] = frozenset()
    marked: str | None = None

    @property
    def number(self) -> str:
        """The stable number, see `schemas.decision.identity`."""
        return identity(self.dispute, self.subjects, self.options)

    @property
    def names(self) -> dict[str | None, str]:
        """What each option is called in the list; those past the most that can be offered have no name."""
        return dict(zip(self.options, labels(self.dispute, self.options), strict=False))


def conflict_of(dispute: Dispute, subjects: Sequence[str], options: Iterable[str], lines: Sequence[Evidence], *,
                mark: str = "", marked: str | None = None, also: Sequence[str] = (), **facts: object) -> Conflict:
    """A conflict with its lines by option, city, consortium and row, and its sentence from `facts`.

    The order of the options is part of the conflict's number, so it must not depend on who wrote first or most often.
    `marked` is the option that `mark` is for, the first unless given. `also` are columns whose cells in these rows take
    part besides those of the lines.
    """
    options = tuple(options)
    order = {option: place for place, option in enumerate(options)}
    lines = sorted(lines, key=lambda line: (order.get(line.option, len(order)), *_where(line)))
    said = dispute.says.format(places=len(lines), count=len(options), **facts)
    places = {line.place for line in lines if line.place}
    places |= {place._replace(field=field) for place in places for field in also}
    asked = frozenset(line.place for line in lines if line.place and line.option is None)
    return Conflict(dispute, tuple(subjects), said, options, mark, tuple(_shortened(lines)), frozenset(places), asked,
                    (marked or options[0]) if mark else None)


def _where(line: Evidence) -> tuple:
    return (call.CITY_ORDER.get(line.city or "", len(call.CITY_ORDER)), line.consortium or "", line.file or "",
            line.sheet or "", line.place or ("", "", 0, ""), line.value)


def _shortened(lines: Sequence[Evidence]) -> Iterable[Evidence]:
    counts, shown = Counter(line.option for line in lines), Counter()
    for line in lines:
        shown[line.option] += 1
        if shown[line.option] <= MOST_LINES:
            yield line
        elif shown[line.option] == MOST_LINES + 1:
            more = counts[line.option] - MOST_LINES
            yield Evidence(line.option, f"……另有 {more} 处，见数据表", more=more)
