"""What each kind of decision does: one function a kind, each adding to the plain data that `resolve` heeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from pipeline.decisions.entry import Entry
from pipeline.decisions.offers import Offer
from pipeline.decisions.rulings import Acts, Removed, Row, Rulings
from pipeline.decisions.words import by, chosen, reasoned, spelling
from pipeline.memory import Disposition
from schemas.decision import Action, Ruling
from schemas.kinds.text import fold_name
from schemas.register import Status
from schemas.season import FindingState


class Force(NamedTuple):
    """A decision in force: what was chosen of an offer that stands, and the table `members` that the offer is about."""

    entry: Entry
    offer: Offer
    ruling: Ruling
    words: str
    members: pl.DataFrame

    @property
    def said(self) -> str:
        """What was chosen, with what its name in the list stands for."""
        return chosen(self.words, self.ruling, self.offer.conflict)

    @property
    def reasoned(self) -> str:
        """The whole decision in one sentence."""
        return reasoned(self.entry, self.said)

    def forms(self, *, adopted: bool) -> set[str]:
        """submission_id of the forms that stand for the chosen option, or of those that stand for another."""
        lines = [line for line in self.offer.conflict.evidence if line.place]
        return {line.place.submission_id for line in lines if (line.option == self.ruling.option) is adopted}

    def rows(self) -> Iterator[Row]:
        """Rows of the tables that take part."""
        yield from sorted({(place.submission_id, place.table, place.row) for place in self.offer.conflict.places})


@dataclass(frozen=True)
class Effects(Acts):
    """`Rulings` in the making."""

    def settle(self, force: Force, state: FindingState = FindingState.DECIDED,
               forms: set[str] | None = None) -> None:
        """Nothing more is asked about the findings, or about those of these forms."""
        for form, number in force.offer.stands:
            if forms is None or form in forms:
                self.settled[number] = Disposition(state, force.reasoned)

    def send_back(self, force: Force, forms: set[str] | None = None) -> None:
        """The forms, or these, go back for what stands in them."""
        for form, number in force.offer.stands:
            if forms is None or form in forms:
                self.returned[number] = force.reasoned

    def note(self, code: str, force: Force, what: str) -> None:
        """Say in the register, at the organisation of a code, what was decided there."""
        self.notes[code] = (*self.notes.get(code, ()), f"{what}：{by(force.entry)}{force.said}")

    def rulings(self, still_open: set[str]) -> Rulings:
        """The finished data; what another, undecided conflict asks about too stays open."""
        settled = {number: how for number, how in self.settled.items()
                   if number not in self.returned and number not in still_open}
        return Rulings(**{**vars(self), "settled": settled})


def effects_of(forces: Sequence[Force], still_open: set[str]) -> Rulings:
    """What all decisions in force do together."""
    effects = Effects()
    # Names before amounts: an amount belongs to one of the organisations that a code was divided into.
    for force in sorted(forces, key=lambda force: _ORDER.index(force.offer.dispute.key)):
        if force.ruling.action is Action.RETURN:
            effects.send_back(force)
        elif force.ruling.action is Action.WAIVE:
            effects.settle(force, FindingState.WAIVED)
        elif force.ruling.action is not Action.REFUSE:
            _EFFECTS[force.offer.dispute.key](effects, force)
    return effects.rulings(still_open)


def _city(effects: Effects, force: Force) -> None:
    if force.ruling.action is Action.ADOPT:
        for form in force.forms(adopted=False):
            effects.removed[form] = Removed(Status.IGNORED, force.reasoned)
    effects.settle(force)


def _renamed(effects: Effects, force: Force) -> None:
    if force.ruling.action is Action.SUPERSEDE:
        older = force.offer.conflict.options[0]
        for line in force.offer.conflict.evidence:
            if line.option == older and line.place:
                effects.removed[line.place.submission_id] = Removed(Status.SUPERSEDED, force.reasoned)
    effects.settle(force)


def _leads(effects: Effects, force: Force) -> None:
    if force.ruling.action is not Action.ADOPT:
        effects.settle(force)
        return
    effects.settle(force, forms=force.forms(adopted=True))
    others = force.forms(adopted=False)
    effects.send_back(force, others)
    effects.insisted.update(number for form, number in force.offer.stands if form in others)


def _code(effects: Effects, force: Force) -> None:
    """A damaged or doubtful code: another is read in its rows, or it is read as it is written."""
    written, rows = _written(force), {place[:3] for place in force.offer.conflict.asked}
    for form, table, row in rows:
        code = force.ruling.option if force.ruling.action is Action.ADOPT else written.get((form, row))
        if code:
            effects.codes[form, table, row] = code
    for code in sorted({effects.codes[row] for row in rows if row in effects.codes}):
        effects.note(code, force, "代码")
    effects.settle(force)


def _written(force: Force) -> dict[tuple[str, int], str | None]:
    return {(form, row): code for form, row, code in force.members.select("submission_id", "seq", "uscc").iter_rows()}


def _names(effects: Effects, force: Force) -> None:
    code = force.offer.conflict.subjects[0]
    if force.ruling.action is Action.ADOPT:
        effects.names[code] = force.ruling.option
    else:
        rows = force.members.filter(pl.col("org_id") == code).select("submission_id", "seq", "name").rows()
        keys = sorted({fold_name(name) for _, _, name in rows} - {""})
        for form, row, name in rows:
            if fold_name(name):
                effects.apart[form, "members", row] = f"{code}-{keys.index(fold_name(name)) + 1}"
    effects.note(code, force, "名称")
    effects.settle(force)


def _codes(effects: Effects, force: Force) -> None:
    if force.ruling.action is Action.ADOPT:
        written = _written(force)
        for form, table, row in force.rows():
            if written.get((form, row)) != force.ruling.option:
                effects.merged[form, table, row] = force.ruling.option
        effects.note(force.ruling.option, force, "代码")
    else:
        for code in force.offer.conflict.options:
            effects.note(code, force, "代码")
    effects.settle(force)


def _amount(effects: Effects, force: Force) -> None:
    code, column = force.offer.conflict.subjects[0], _COLUMNS[force.offer.dispute.key]
    for line in force.offer.conflict.evidence:
        if line.option == force.ruling.option and line.place:
            row = (line.place.submission_id, line.place.table, line.place.row)
            effects.amounts[effects.apart.get(row, code), column] = float(force.ruling.option)
    effects.note(code, force, force.offer.dispute.title.removesuffix("不一致"))
    effects.settle(force)


def _unit(effects: Effects, force: Force) -> None:
    if force.ruling.action is Action.ADOPT:
        unit = spelling(force.offer.conflict, force.ruling.option)
        effects.units.update(dict.fromkeys(force.rows(), unit))
    effects.settle(force)


_COLUMNS = {"revenue": "revenue_wan", "rd_spend": "rd_spend_wan"}
_EFFECTS: Mapping[str, Callable[[Effects, Force], None]] = {
    "cities": _city, "renamed": _renamed, "leads": _leads, "damaged": _code, "doubtful": _code, "names": _names,
    "codes": _codes, "revenue": _amount, "rd_spend": _amount, "platforms": _unit, "projects": _unit,
}
_ORDER = (*_EFFECTS, "waiver")
