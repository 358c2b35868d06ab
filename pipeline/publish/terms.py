"""Words for what stands in the tables: severities, states, places, rules. All of them come from `schemas`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from schemas import catalogue
from schemas.current import FORM
from schemas.register import ADMITTED, STATUS_WORDS, Status
from schemas.rule import SEVERITY_WORDS, Severity
from schemas.season import SETTLED, FindingState

# A finding's state before anybody has decided.
OPEN_STATES = ("", *(str(state) for state in FindingState if state not in SETTLED))
OPEN_WORD = "待核"
# Of bytes that came before: their version, the one that counts, what to do.
_SAME_BYTES = "内容与第 {} 版完全相同，仍以第 {} 版为准；确要恢复第 {} 版的，请打开后重新保存，再放入本市收件夹"
_MOVED = "文件已改名或移走，内容即现行的第 {} 版"
_ADDRESSES = r"（[A-Z]{1,3}\d{1,7}(、[A-Z]{1,3}\d{1,7})*）："


def severity(column: str = "severity") -> pl.Expr:
    """须改正, 需核实 or 提示."""
    return pl.col(column).replace({str(level): words for level, words in SEVERITY_WORDS.items()})


def by_severity(column: str = "severity") -> pl.Expr:
    """Errors first, then warnings, then notices."""
    order = {str(level): place for place, level in enumerate(Severity)}
    return pl.col(column).replace_strict(order, default=len(order), return_dtype=pl.Int32)


def status(column: str = "status") -> pl.Expr:
    """What became of a submission, in words."""
    return pl.col(column).replace({str(status): words for status, words in STATUS_WORDS.items()})


def of_status(*statuses: Status) -> pl.Expr:
    """Whether a submission has one of these."""
    return pl.col("status").is_in([str(status) for status in statuses])


def admitted() -> pl.Expr:
    """Whether a submission is in the register."""
    return of_status(*ADMITTED)


def table(column: str = "table") -> pl.Expr:
    """The block's short name as messages call it; another word stays as it is."""
    return pl.col(column).replace({block.name: block.short for block in FORM.blocks})


def by_table(column: str = "table") -> pl.Expr:
    """The block's place in the form; a finding on the file or a sheet comes first."""
    order = {block.name: place for place, block in enumerate(FORM.blocks)}
    return pl.col(column).replace_strict(order, default=-1, return_dtype=pl.Int32)


def cells(column: str = "cell") -> pl.Expr:
    """Addresses with 、 between them."""
    return pl.col(column).str.replace_all(r"\s*,\s*", "、")


def place(home: str) -> pl.Expr:
    """Table and cells of a finding: 成员表 D12、E12; the sheet where it is not that of column `home`."""
    elsewhere = (pl.col("sheet") != "") & pl.col("sheet").ne_missing(pl.col(home))
    sheet = pl.when(elsewhere).then("（" + pl.col("sheet") + "）").otherwise(pl.lit(""))
    return pl.concat_str(pl.concat_str(table().fill_null(""), sheet), cells(), separator=" ",
                         ignore_nulls=True).str.strip_chars()


def message() -> pl.Expr:
    """A finding's sentence without the addresses in it, where they stand in a column of their own."""
    return pl.col("message").str.replace(_ADDRESSES, "：")


def reason(key: str) -> pl.Expr:
    """Why a submission does not count: what is `said` of it, or its later version under the same `key`."""
    latest = pl.col("version").max().over(key)
    newer = pl.when(latest > pl.col("version")).then(pl.format("已由第 {} 版替代", latest)).otherwise(
        pl.lit("已由同名文件的新内容替代"))
    explained = of_status(Status.UNREADABLE, Status.IGNORED)
    same = pl.when(_came_before(key)).then(pl.format(_SAME_BYTES, "version", _counting(key, "version"), "version"))
    moved = pl.when(pl.col("version") == _counting(key, "version")).then(pl.format(_MOVED, "version"))
    return pl.when(explained).then("said").when(of_status(Status.SUPERSEDED)).then(
        pl.coalesce(same, moved, newer))


def _came_before(key: str) -> pl.Expr:
    """Whether the bytes of an earlier version have been handed in again since the version that counts: nobody has
    replaced these, they never counted."""
    arrived = pl.col("received_at")
    return ((pl.col("version") != _counting(key, "version")) & (arrived > arrived.min().over(key, "version"))
            & (arrived > _counting(key, "received_at")))


def _counting(key: str, column: str) -> pl.Expr:
    """Of the version that counts under the same `key`; null where none does."""
    counts = ~of_status(Status.SUPERSEDED, Status.UNREADABLE, Status.IGNORED)
    return pl.col(column).filter(counts).first().over(key)


def first_message(findings: pl.DataFrame, ignored: pl.DataFrame) -> pl.DataFrame:
    """submission_id and what is `said` of it: its gravest finding, or why it is not counted."""
    found = findings.sort(by_severity(), maintain_order=True).unique(
        "submission_id", keep="first", maintain_order=True).select("submission_id", said="message")
    return pl.concat([ignored.select("submission_id", said="reason"), found]).unique(
        "submission_id", keep="first", maintain_order=True)


@cache
def rule_titles() -> Mapping[tuple[str, str], str]:
    """Titles by code and severity; a code with several variants has them one after another.

    One that several codes have (必填栏没有填写) is told with the columns of each.
    """
    codes: dict[str, set[str]] = {}
    for rule in catalogue.rules():
        codes.setdefault(rule.title, set()).add(rule.code)
    titles: dict[tuple[str, str], str] = {}
    for rule in catalogue.rules():
        key = (rule.code, str(rule.severity))
        told = rule.title if len(codes[rule.title]) == 1 else f"{rule.title}（{'、'.join(catalogue.labels_of(rule))}）"
        titles[key] = f"{titles[key]}；{told}" if key in titles else told
    return titles
