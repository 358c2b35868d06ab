"""Entries → rulings: first what is decided of codes and forms, then of the names and amounts that are left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from pipeline.conflicts import Agenda, agenda_of
from pipeline.conflicts.agenda import matter
from pipeline.decisions.effects import Force, effects_of
from pipeline.decisions.entry import Entry
from pipeline.decisions.judging import Answer, judged
from pipeline.decisions.offers import Offer, offers_of
from pipeline.decisions.rulings import Rulings
from pipeline.decisions.table import table
from pipeline.decisions.words import by
from schemas.decision import CITIES, CODES, DAMAGED, DOUBTFUL, LEADS, RENAMED, WAIVER, Action
from schemas.season import DecisionState

Tables = Mapping[str, pl.DataFrame]
# Which forms count and which organisation a row is: decided first, because names and amounts are asked of the result.
FIRST = (CITIES, RENAMED, LEADS, DAMAGED, DOUBTFUL, CODES, WAIVER)


def ruled(entries: Sequence[Entry], tables: Tables, day: date,
          again: Callable[[Rulings], Tables] | None = None) -> Rulings:
    """See `pipeline.decisions.ruled`."""
    agenda = agenda_of(tables)
    if not entries:
        return Rulings(agenda=agenda)
    offers = offers_of(agenda, tables)
    answers = judged(entries, offers, _standing(offers), day)
    early = _forces([answer for answer in answers if _applied(answer) and answer.offer.dispute in FIRST], tables)
    rulings = effects_of(early, set())
    if again is not None and rulings.moves:
        later = again(rulings)
        agenda = agenda_of(later)
        now = offers_of(agenda, later)
        standing = _standing(now) | {force.offer.matter: force.offer for force in early}
        answers = judged(entries, offers | now, standing, day)
        early = [force for force in early if any(
            _applied(answer) and answer.entry is force.entry for answer in answers)]
    else:
        later = tables
    done = {force.entry for force in early}
    forces = early + _forces([answer for answer in answers if _applied(answer) and answer.entry not in done], later)
    return _finished(forces, answers, agenda, offers_of(agenda, later))


def _standing(offers: Mapping[str, Offer]) -> dict[str, Offer]:
    return {offer.matter: offer for offer in offers.values()}


def _applied(answer: Answer) -> bool:
    return answer.state is DecisionState.APPLIED


def _forces(answers: Sequence[Answer], tables: Tables) -> list[Force]:
    return [Force(answer.entry, answer.offer, answer.ruling, answer.words, tables["members"]) for answer in answers]


def _finished(forces: Sequence[Force], answers: Sequence[Answer], agenda: Agenda,
              offers: Mapping[str, Offer]) -> Rulings:
    decided = {force.offer.matter for force in forces}
    still_open = {number for offer in offers.values() if offer.matter not in decided and offer.conflict
                  for _, number in offer.stands}
    asked_again = {force.offer.matter: f"原裁定“{force.words}”（{by(force.entry)}），有关市已作说明，请再裁定。"
                   for force in forces if force.ruling.action is Action.RETURN}
    conflicts = tuple(conflict for conflict in agenda.conflicts
                      if matter(conflict.number) not in decided or matter(conflict.number) in asked_again)
    waivers = agenda.waivers.filter(~pl.col("number").str.split("-").list.first().is_in(list(decided)))
    return replace(effects_of(forces, still_open), table=table(answers, forces),
                   agenda=Agenda(conflicts, waivers, _notes(answers), asked_again))


def _notes(answers: Sequence[Answer]) -> dict[str, str]:
    """What is said in the list of what was decided before and has to be decided again."""
    said = {DecisionState.LAPSED: "依据已变化，需复核。", DecisionState.EXPIRED: "有效期已过，需复核。"}
    return {answer.offer.matter: f"原裁定“{answer.entry.ruling}”（{by(answer.entry)}），{said[answer.state]}"
            for answer in answers if answer.state in said}
