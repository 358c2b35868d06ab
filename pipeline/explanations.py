"""What bureaus write in 说明: which warnings it settles, for as long as their cells stay as they are; what is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

import polars as pl

from pipeline.history import EXPLAINED, Tables
from pipeline.memory import Disposition, Explanation, Memory, Round
from pipeline.message import WHERE
from pipeline.read import FormReading
from pipeline.read.remarks import Remark
from pipeline.submissions import Submission
from pipeline.versions import differences, plain
from schemas.conflicts import ACROSS
from schemas.register import Status
from schemas.rule import Severity, judged
from schemas.season import FindingState

GENERAL = "“说明”栏所写“{text}”过于笼统，不作为说明；请写明具体原因和依据，如“按合并报表口径填报，已与审计报告核对”。"
LAPSED = "此前的说明“{text}”是就原来的内容作的，现内容已有变化，请核对；仍需说明的，请就现在的内容另行写明。"
ERROR = "说明“{text}”已收到；本项属“须改正”，不能以说明代替，改正后才能入库。"
# What may stand in every explanation and explains nothing by itself.
_SAYS_NOTHING = re.compile(
    "核实|核对|核查|复核|查实|查对|确认|检查|审核|比对|无误|有误|属实|准确|正确|真实|实际|合规|正常|情况|数据|信息|内容|填写|填报|"
    "以上|同上|上述|如上|同前|本项|此项|该项|没有|不存在|问题|错误|不用|不需要?|无需|无须|修改|改动|更改|更正|改正|"
    "okay|ok|yes|none|null|na|好的?|是的?|对的?|可以|通过|知悉|收到|说明|备注|附件|详见|"
    "本单位|我单位|本局|我局|认真|反复|多次|再次|[经已均都全皆系为的了请予见无没误错改略暂再]")
# Fewer characters than these, other than such words, are no reason.
_LEAST_CHARACTERS, _LEAST_DIFFERENT = 4, 3
_ROWS = re.compile(r"第\s*\d[\d、\s]*行")


@dataclass(frozen=True)
class Explained:
    """`settled` findings with the bureau's text, `refused` ones with what is told of it, what is to be remembered."""

    settled: Mapping[str, Disposition] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    stored: tuple[Explanation, ...] = ()


@dataclass(frozen=True)
class _Given:
    """A text about a finding, the file it came with, and the version of the form that it was written about."""

    text: str
    sha256: str
    about: Submission


def taken(findings: pl.DataFrame, submissions: Sequence[Submission], memory: Memory, round_: Round) -> Explained:
    """Take the explanations that came with forms and lists, beside those remembered.

    A text stands for what was in the cells when it was first handed in: it comes back with every later version of a
    returned form, and does not by that explain another value.
    """
    forms = {s.submission_id: s for s in submissions if s.current}
    asked = findings.filter(pl.col("severity") != Severity.NOTICE, pl.col("submission_id").is_in(list(forms)))
    given = _given(asked, submissions, forms)
    # A form's findings stand together.
    unpacked = lru_cache(maxsize=4)(lambda form: forms[form].reading)
    settled: dict[str, Disposition] = {}
    refused, stored = {}, dict(memory.explanations)
    for row in asked.filter(pl.col("finding_id").is_in([*given, *stored])).iter_rows(named=True):
        number, form = row["finding_id"], forms[row["submission_id"]]
        reading = unpacked(form.submission_id)
        one = _explanation(row, given.get(number), memory.explanations.get(number), (form, reading), round_)
        if row["severity"] == Severity.ERROR:
            refused[number] = ERROR.format(text=one.text)
        elif is_general(one.text):
            refused[number] = GENERAL.format(text=one.text)
        else:
            stored[number] = one
            if one.value_digest == value_digest(row, reading):
                settled[number] = Disposition(FindingState.EXPLAINED, one.text)
            else:
                refused[number] = LAPSED.format(text=one.text)
    return Explained(settled, refused, tuple(stored[number] for number in sorted(stored)))


def _explanation(row: Mapping[str, Any], given: _Given | None, known: Explanation | None,
                 now: tuple[Submission, FormReading], round_: Round) -> Explanation:
    """The explanation remembered, unless the bureau has written another one since; `now` is the form as it is."""
    form, reading = now
    digest = value_digest(row, reading)
    if known is not None and (given is None or _words(given.text) == _words(known.text)):
        return known
    if known is not None and known.value_digest == digest and is_general(given.text):
        # Nothing is lost by typing 无误 over what was explained well.
        return known
    same = given.about.submission_id == form.submission_id
    unchanged = same or not _changed(row, given.about.reading, reading)
    return Explanation(row["finding_id"], digest if unchanged else "", given.text, given.sha256, round_.began_at)


def _changed(row: Mapping[str, Any], before: FormReading, now: FormReading) -> bool:
    """Whether a finding's cells, or its whole row, were otherwise in an earlier version."""
    cells = set((row["cell"] or "").split(",")) - {""}
    return any(cells & set(change.cell.split(",")) or (not change.field and (change.table, change.row) ==
                                                       (row["table"], row["row"]) and change.now)
               for change in differences(before, now))


def _given(asked: pl.DataFrame, submissions: Sequence[Submission],
           forms: Mapping[str, Submission]) -> dict[str, _Given]:
    """By finding, the last text that came for it, and what it was first written about."""
    if not any(s.remarks for s in submissions):
        return {}
    whose = {number: (city, forms[form]) for number, city, form in
             asked.select("finding_id", "city", "submission_id").iter_rows()}
    found: dict[str, _Given] = {}
    latest: dict[str, Submission] = {}
    for receipt, group in groupby(submissions, key=lambda s: s.receipt):
        of_file = list(group)
        latest.update({s.consortium_id: s for s in of_file if s.has_form})
        for number, text in _told(of_file, asked):
            city, form = whose.get(number, (None, None))
            if form is None or city != receipt.city:
                continue
            if number in found and _words(found[number].text) == _words(text):
                continue
            found[number] = _Given(text, receipt.sha256, latest.get(form.consortium_id, form))
    return found


def _told(of_file: Sequence[Submission], asked: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """(finding, text) of what stands in the lists of one file."""
    remarks = [Remark(*remark) for remark in of_file[0].remarks]
    if any(not remark.number for remark in remarks):
        here = asked.filter(pl.col("submission_id").is_in([s.submission_id for s in of_file if s.current]))
        numbers = {(code, WHERE.fullmatch(message)["where"] if "：" in message else ""): number
                   for number, code, message in here.select("finding_id", "code", "message").iter_rows()}
        remarks = [remark if remark.number else remark._replace(number=numbers.get(remark.place, ""))
                   for remark in remarks]
    said: set[str] = set()
    for remark in remarks:
        if remark.number and remark.number not in said:
            said.add(remark.number)
            yield remark.number, plain(remark.text)


def is_general(text: str) -> bool:
    """Whether a text gives no reason: 核实无误, 情况属实, 同上, OK and their like, however dressed up."""
    rest = _SAYS_NOTHING.sub("", _words(text))
    return len(rest) < _LEAST_CHARACTERS or len(set(rest)) < _LEAST_DIFFERENT


def _words(text: str) -> str:
    """A text without white space, punctuation and case, as programs and clerks change it in passing."""
    return re.sub(r"[\W_]", "", text).lower()


def value_digest(row: Mapping[str, Any], reading: FormReading) -> str:
    """A digest of what stands in a finding's cells; across forms also of the names and amounts it names."""
    texts = _texts(row, reading)
    if not texts or row["code"] in _across():
        told = WHERE.fullmatch(row["message"] or "")
        texts += [row["value"] or "", _ROWS.sub("", told["rest"] if told else row["message"] or "")]
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogateescape")).hexdigest()


def _texts(row: Mapping[str, Any], reading: FormReading) -> list[str]:
    cells = {cell: place for place, cell in enumerate((row["cell"] or "").split(",")) if cell}
    found: dict[int, str] = {}
    for records in reading.blocks.values():
        for record in records:
            for value in record.values():
                for address in value.at.split(","):
                    sheet, _, cell = address.rpartition("!")
                    if cell in cells and (sheet or reading.sheet) == row["sheet"]:
                        found[cells[cell]] = plain(value.text)
    return [found[place] for place in sorted(found)]


@cache
def _across() -> frozenset[str]:
    return frozenset(rule.code for model in ACROSS.values() for rule in judged(model).values())


def said(tables: Tables, explained: Explained) -> Tables:
    """The tables; what is explained repeats the text in place of what to do, what is refused says why."""
    findings, number = tables["findings"], pl.col("finding_id")
    texts = {key: EXPLAINED + disposition.note for key, disposition in explained.settled.items()}
    text = number.replace_strict(texts, default=None, return_dtype=pl.String)
    why = number.replace_strict(dict(explained.refused), default="", return_dtype=pl.String)
    told = (pl.when(pl.col("state") == str(FindingState.EXPLAINED)).then(pl.coalesce(text, "suggestion"))
            .when(pl.col("state") == str(FindingState.OPEN)).then(pl.col("suggestion").fill_null("") + why)
            .otherwise("suggestion"))
    return tables | {"findings": findings.with_columns(suggestion=told)}
