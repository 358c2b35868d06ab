"""The table of decisions: one row an entry, with what became of it, and the cells that it stands on."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.decisions.effects import Force
from pipeline.decisions.entry import Entry
from pipeline.decisions.judging import Answer, number_of
from pipeline.decisions.reading import DAY, TITLES
from pipeline.decisions.words import chosen, day_of, when
from pipeline.message import shown
from schemas import uscc
from schemas.decision import Action, Choice
from schemas.register import polars_schema
from schemas.season import DecisionState


def table(answers: Sequence[Answer], forces: Sequence[Force]) -> pl.DataFrame:
    """The table `decisions` (`schemas.season.Decisions`), in order of arrival."""
    acting = {force.entry: force for force in forces}
    return pl.DataFrame([_row(answer, acting.get(answer.entry)) for answer in answers],
                        schema=polars_schema("decisions"), orient="row")


def _row(answer: Answer, force: Force | None) -> tuple:
    entry, offer = answer.entry, force.offer if force else answer.offer
    kind, says = (offer.dispute.title, offer.says) if offer else (entry.kind, entry.says)
    until = day_of(entry.until)
    texts = (shown(number_of(entry)), shown(kind), uscc.mask(says), shown(entry.ruling), uscc.mask(entry.reason),
             shown(entry.judge), _day(entry, force), str(until) if until else shown(entry.until),
             str(answer.state), _acts(force) if force else answer.says, entry.path, entry.sheet)
    standing = answer.state in (DecisionState.APPLIED, DecisionState.LAPSED, DecisionState.EXPIRED)
    return (*(text or None for text in texts), entry.row or None, entry.sha256,
            offer.evidence if offer and standing else None)


def _day(entry: Entry, force: Force | None) -> str:
    """The day of a decision; where none can be read and it is not in force, what is written in its place."""
    if force is None and entry.day and not day_of(entry.day):
        return shown(entry.day)
    return when(entry) if entry.row else ""


def _acts(force: Force) -> str:
    """What was done, where."""
    offer = force.offer
    said = chosen(force.words, force.ruling, offer.conflict)
    effect = next(choice.effect for choice in offer.dispute.choices if _same(choice, force))
    back = "有关的表已退回。" if force.ruling.action is Action.RETURN else ""
    unread = force.entry.day and not day_of(force.entry.day)
    day = f"{TITLES[DAY]}“{shown(force.entry.day)}”读不出是哪一天，按收到之日 {when(force.entry)} 记。" if unread else ""
    return f"已办理：{said}。{effect}{back}涉及{'、'.join(offer.cities) or '各市'}共 {offer.places} 处。{day}"


def _same(choice: Choice, force: Force) -> bool:
    return choice.action is force.ruling.action and ("{}" in choice.words) is (force.ruling.option is not None)
