"""Each entry against what can be decided: in force, or why not. No entry is left without an answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pipeline import layout
from pipeline.conflicts.agenda import matter
from pipeline.decisions.entry import Entry
from pipeline.decisions.offers import Offer
from pipeline.decisions.reading import JUDGE, REASON, TITLES, UNTIL
from pipeline.decisions.words import at, day_of
from pipeline.message import shown
from schemas.decision import DISPUTES, ITEM_NUMBER, WAIVER, Action, Ruling
from schemas.season import DecisionState

_NOISE = re.compile(r"[\s\u200b-\u200f\ufeff,，。.、;；“”\"'（）()]+")
_TITLES = frozenset(dispute.title for dispute in (*DISPUTES, WAIVER))
_ANEW = f"重新放入收件夹“{layout.DECISIONS}”。"
_AGAIN = f"请补填后{_ANEW}"
_NO_NUMBER = "编号不符：这一行没有编号，无法对应待核事项；请填在该事项的第一行，“编号”栏保留原样。"
_STRANGE = "编号不符：待核清单中没有这个编号；请用现行的待核清单填写，“编号”栏保留原样。"
_NO_RULING = "没有填“裁定”，未作办理；请从下拉列表中选一项，都不合适的请与有关市商定后再填。"
_GONE = "各表已改正或不再矛盾，此事不再需要裁定。"


class Answer(NamedTuple):
    """What becomes of an entry: its state and what is said of it; the offer it is about where there is one."""

    entry: Entry
    state: DecisionState
    says: str
    offer: Offer | None = None
    ruling: Ruling | None = None
    words: str = ""


def judged(entries: Sequence[Entry], offers: Mapping[str, Offer], standing: Mapping[str, Offer],
           day: date) -> list[Answer]:
    """An answer for each entry: of several on the same conflict, the last that can be applied counts.

    `offers` are all by number, `standing` those that stand now by the first part of it. What was out of date when it
    was handed in, or stands on other evidence, replaces nothing that is in force.
    """
    answers = [_alone(entry, offers, standing, day) for entry in entries]
    last: dict[str, int] = {}
    for place, answer in enumerate(answers):
        if answer.state is DecisionState.REFUSED:
            continue
        earlier = answers[last.get(_matter(answer.entry), place)]
        if not (earlier.state is DecisionState.APPLIED and _stale(answer)):
            last[_matter(answer.entry)] = place
    return [_beside(place, answers, last.get(_matter(answer.entry), place)) for place, answer in enumerate(answers)]


def _stale(answer: Answer) -> bool:
    """Whether it never was a word on what stands now; a waiver that has run out since was one."""
    if answer.state is DecisionState.EXPIRED:
        return day_of(answer.entry.until) < answer.entry.received
    return answer.state is DecisionState.LAPSED


def _beside(place: int, answers: Sequence[Answer], last: int) -> Answer:
    """The answer, where the one at `last` is the one that counts."""
    answer, counts = answers[place], answers[last]
    if place == last or answer.state is DecisionState.REFUSED:
        return answer
    if place < last:
        return answer._replace(state=DecisionState.SUPERSEDED, says=f"已被后来的裁定替代（{at(counts.entry)}）。")
    why = "有效期已过" if answer.state is DecisionState.EXPIRED else "依据已变化"
    return answer._replace(state=DecisionState.SUPERSEDED, says=f"{why}，不再使用；此事仍按现行的裁定办理（{at(counts.entry)}）。")


def _matter(entry: Entry) -> str:
    return matter(number_of(entry))


def number_of(entry: Entry) -> str:
    """The number as the list has it, whatever a clerk's typing made of width and case."""
    text = "".join(unicodedata.normalize("NFKC", entry.number).split())
    return text[:1].upper() + text[1:].lower()


def _alone(entry: Entry, offers: Mapping[str, Offer], standing: Mapping[str, Offer], day: date) -> Answer:
    number = number_of(entry)
    offer, now = offers.get(number), standing.get(matter(number))
    refusal = _refusal(entry, number, offer or now)
    if refusal:
        return Answer(entry, DecisionState.REFUSED, refusal, offer or now)
    if now is None:
        return Answer(entry, DecisionState.NOT_NEEDED, _GONE, offer)
    words = _chosen(entry, offer) if offer else ""
    ruling = offer.choices[words] if offer else None
    if ruling is None or (ruling.option is not None and now.conflict and ruling.option not in now.conflict.options):
        return Answer(entry, DecisionState.LAPSED, _lapsed(now), now)
    if ruling.action is Action.WAIVE and day_of(entry.until) < day:
        says = f"豁免的有效期至 {day_of(entry.until)}，已过；仍需豁免的，请在现行清单上重新裁定。"
        return Answer(entry, DecisionState.EXPIRED, says, now)
    return Answer(entry, DecisionState.APPLIED, "", now, ruling, words)


def _refusal(entry: Entry, number: str, offer: Offer | None) -> str:
    """Why this cannot be applied, whatever else was decided; "" if nothing stands against it."""
    if entry.fault:
        return entry.fault
    if not number:
        return _NO_NUMBER
    if offer is None and not (re.fullmatch(ITEM_NUMBER, number) and entry.kind in _TITLES):
        return _STRANGE
    if not entry.ruling:
        return _NO_RULING
    missing = [title for title, text in ((TITLES[REASON], entry.reason), (TITLES[JUDGE], entry.judge)) if not text]
    if missing:
        return f"缺少{'、'.join(missing)}，{_AGAIN}"
    if offer is None or offer.number != number:
        return ""
    words = _chosen(entry, offer)
    if not words:
        return f"“{shown(entry.ruling)}”不在可选之列；此事可选：{'、'.join(f'“{one}”' for one in offer.choices)}。"
    if offer.choices[words].action is Action.WAIVE:
        return _until(entry)
    return ""


def _until(entry: Entry) -> str:
    if not entry.until:
        return f"豁免须写明有效期至哪一天，{_AGAIN}"
    if day_of(entry.until):
        return ""
    return f"{TITLES[UNTIL]}“{shown(entry.until)}”读不出是哪一天，此条没有办理；请写成 2023-12-31 的样子，{_ANEW}"


def _chosen(entry: Entry, offer: Offer) -> str:
    """The words of the list that were meant; "" if they are not among them."""
    meant = _bare(entry.ruling)
    return next((words for words in offer.choices if _bare(words) == meant), "")


def _bare(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def _lapsed(now: Offer) -> str:
    return f"依据已变化，原裁定不再使用，需复核：{now.says}请在现行清单上按编号 {now.number} 重新裁定。"
