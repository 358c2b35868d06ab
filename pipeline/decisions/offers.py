"""What can be decided, conflicts and waivers alike, each under its number with the findings and cells it stands on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from pipeline.conflicts import Agenda, Conflict
from pipeline.conflicts.agenda import matter
from pipeline.conflicts.gathering import findings_of
from schemas.catalogue import rules
from schemas.decision import WAIVER, Dispute, Ruling, offered

_MOST_CELLS = 12


class Stand(NamedTuple):
    """A finding that an offer gathers: whose, and its number."""

    submission_id: str
    finding_id: str


class Offer(NamedTuple):
    """One thing that can be decided. `cells` are the places it stands on, with digests; `conflict` is None of a waiver.

    `cities` are those that take part, in the order of the lines, and `places` the number of lines.
    """

    dispute: Dispute
    number: str
    says: str
    choices: Mapping[str, Ruling]
    stands: tuple[Stand, ...]
    cells: tuple[str, ...]
    cities: tuple[str, ...]
    places: int
    conflict: Conflict | None = None

    @property
    def matter(self) -> str:
        """Which conflict it is, whatever it stands on."""
        return matter(self.number)

    @property
    def evidence(self) -> str:
        """The cells it stands on: file, sheet, cell and a digest of what is written there."""
        more = f"；……等 {len(self.cells)} 处" if len(self.cells) > _MOST_CELLS else ""
        return "；".join(self.cells[:_MOST_CELLS]) + more


def offers_of(agenda: Agenda, tables: Mapping[str, pl.DataFrame]) -> dict[str, Offer]:
    """Every offer of an agenda by its number; `tables` are those that the agenda was made from."""
    stands = findings_of(agenda.conflicts, tables["findings"])
    owners = dict(tables["findings"].select("finding_id", "submission_id").iter_rows())
    offers = [_of_conflict(conflict, [Stand(owners[number], number) for number in sorted(stands[conflict.number])])
              for conflict in agenda.conflicts]
    offers += [_of_waiver(row) for row in agenda.waivers.iter_rows(named=True)]
    return {offer.number: offer for offer in offers}


def _of_conflict(conflict: Conflict, stands: Sequence[Stand]) -> Offer:
    lines = [line for line in conflict.evidence if line.place]
    return Offer(
        conflict.dispute, conflict.number, conflict.says, offered(conflict.dispute, conflict.options), tuple(stands),
        tuple(_cell(line.file, line.sheet, line.cell, line.value) for line in lines),
        tuple(dict.fromkeys(line.city for line in lines if line.city)), len({line.place for line in lines}), conflict)


def _of_waiver(row: Mapping) -> Offer:
    # The message itself may quote a telephone number.
    says = f"“{row['consortium_name'] or '（名称未填）'}”（{row['city']}）：规则 {row['code']} {_titles().get(row['code'], '')}"
    cells = [_cell(row["file"], row["sheet"], cell, value) for cell, value in
             zip((row["cell"] or "").split(","), [*row["written"], *[""] * 3], strict=False)]
    return Offer(WAIVER, row["number"], says, offered(WAIVER, ()),
                 tuple(Stand(row["submission_id"], number) for number in row["finding_ids"]), tuple(cells),
                 (row["city"],), len(row["finding_ids"]))


def _cell(file: str | None, sheet: str | None, cell: str | None, value: str | None) -> str:
    digest = hashlib.sha256((value or "").encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{file or ''} {sheet or ''}!{cell or ''} #{digest}"


def _titles() -> dict[str, str]:
    titles: dict[str, str] = {}
    for rule in rules():
        titles.setdefault(rule.code, rule.title)
    return titles
