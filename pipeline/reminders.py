"""Who must be reminded, and each text as it can be sent: official tone, every form by name, until when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from pipeline.publish.celltext import shown
from pipeline.publish.pages.due import Due, in_words
from schemas import call
from schemas.current import FORM
from schemas.register import TO_MEND, Status
from schemas.rule import SEVERITY_WORDS, Severity
from schemas.season import CityState

MOST_FORMS = 30
_LONGEST_NAME = 80
_MUST, _SHOULD = SEVERITY_WORDS[Severity.ERROR], SEVERITY_WORDS[Severity.WARNING]
_ANSWERS = "“报送回执”和“问题清单”"


class Reminder(NamedTuple):
    """What is sent to one bureau; `state` is that of the city, `lines` are the paragraphs."""

    city: call.City
    state: CityState
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.lines)


def reminders(tables: Mapping[str, pl.DataFrame], due: Due) -> list[Reminder]:
    """Whoever is missing, has to mend, or has to verify; in this order, and in the official order of cities.

    `tables` as in `schemas.register.TABLES`, with `cities` as of this run; settled findings count no more.
    """
    pending = _pending(tables["submissions"])
    states = dict(tables["cities"].select("city", "state").iter_rows())
    written = [_reminder(city, CityState(states[city.name]), pending.get(city.name, []), due)
               for city in call.CITIES if city.name in states]
    order = (CityState.MISSING, CityState.MENDING, CityState.CLEAN)
    return sorted(filter(None, written), key=lambda one: order.index(one.state))


def _reminder(city: call.City, state: CityState, forms: list[dict], due: Due) -> Reminder | None:
    if state == CityState.MISSING:
        return Reminder(city, state, _missing(city, due))
    if state in (CityState.NIL, CityState.GIVEN) or not forms:
        return None
    said = _mending if state == CityState.MENDING else _verifying
    listed = [f"{number}. {_named(form)}：{_asked(form)}；" for number, form in enumerate(forms[:MOST_FORMS], start=1)]
    if len(forms) > MOST_FORMS:
        listed.append(f"其余 {len(forms) - MOST_FORMS} 份见“问题清单”；")
    listed[-1] = f"{listed[-1][:-1]}。"
    opening, closing = said(city, forms, due)
    return Reminder(city, state, (opening, *listed, closing))


def _missing(city: call.City, due: Due) -> tuple[str, ...]:
    return (f"{city.bureau}：截至{in_words(due.today)}，{call.CENTRE}尚未收到贵局推荐的创新联合体《{FORM.title}》。"
            f"按{call.NOTICE}文件要求，{_until(due)}报送；确无推荐的，也请报送零申报说明（文件名写明“零申报”），放入本市收件夹即可。",)


def _mending(city: call.City, forms: list[dict], due: Due) -> tuple[str, str]:
    return (f"{city.bureau}：贵局报送的创新联合体《{FORM.title}》，截至{in_words(due.today)}尚有 {len(forms)} 份须办理：",
            f"具体位置和改法见本市{_ANSWERS}。{_until(due)}在原表中改正，重新放入本市收件夹。")


def _verifying(city: call.City, forms: list[dict], due: Due) -> tuple[str, str]:
    return (f"{city.bureau}：贵局报送的创新联合体《{FORM.title}》已入库，截至{in_words(due.today)}尚有 {len(forms)} 份须核实：",
            f"具体位置见本市{_ANSWERS}。{_until(due)}改正后重报，或在“问题清单”的说明栏写明情况后报回。")


def _until(due: Due) -> str:
    if due.passed:
        return f"报送已于{due.words}截止（{due.countdown}），请立即"
    return f"请于{due.words}前（{due.countdown}）"


def _named(form: Mapping) -> str:
    name = form["consortium_name"]
    return f"“{_plain(name)}”" if name else f"文件“{_plain(form['file'].rpartition('/')[2])}”"


def _plain(text: str) -> str:
    """A name on one line, without what would act in a terminal or a message."""
    line = " ".join(shown(text).split())
    return line if len(line) <= _LONGEST_NAME else f"{line[:_LONGEST_NAME]}……"


def _asked(form: Mapping) -> str:
    if form["status"] == Status.UNREADABLE:
        return "读不出来，请按“报送回执”所说重新报送"
    counts = ((_MUST, form["errors"]), (_SHOULD, form["warnings"]))
    return "，".join(f"{word} {number} 项" for word, number in counts if number) or "须改正"


def _pending(submissions: pl.DataFrame) -> dict[str, list[dict]]:
    """By city what counts and is not settled: to mend first, then in the order of the table."""
    mend = pl.col("status").is_in(list(map(str, TO_MEND)))
    verify = (pl.col("status") == str(Status.ACCEPTED_WITH_WARNINGS)) & (pl.col("warnings") > 0)
    held: dict[str, list[dict]] = {}
    for row in submissions.filter(mend | verify).sort(~mend, maintain_order=True).iter_rows(named=True):
        held.setdefault(row["city"], []).append(row)
    return held
