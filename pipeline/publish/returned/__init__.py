"""退改/<file>: the bureau's own form handed back, wrong cells coloured and commented, 问题清单 in front.

Dropped into the inbox again it reads as the original would: colours, comments and our sheet are no data.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import polars as pl

from pipeline.publish.atomic import replacing
from pipeline.publish.returned.earlier import explanations
from pipeline.publish.returned.fallback import Transfer
from pipeline.publish.returned.lines import entries_of
from pipeline.publish.returned.marking import marked
from pipeline.publish.returned.scan import Unmarkable
from pipeline.publish.returned.sheet import Page
from pipeline.read import FormReading
from pipeline.signature import Refused, kind_of
from schemas.rule import SEVERITY_WORDS, Severity

__all__ = ["answer", "explanations", "name_of", "verdict", "write"]

_KINDS = {
    "xls": "97-2003 版（.xls、.et）",
    "ods": "开放文档（.ods）",
    "xlsb": "二进制（.xlsb）",
    "xlsx": "特殊",
}
_MOVED = (
    "原文件为{kind}格式，无法在原表上标注，已将贵单位填写的内容原样转入省里下发的模板并标注（模板以外的内容没有转入）。"
    "请在本文件中改正后报送。"
)
_NOTHING_READ = "原文件中没有读到可转入的内容，后面附的是省里下发的空白模板，请填写后报送。"
_SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm")


def write(
    original: bytes, forms: Sequence[FormReading], findings: pl.DataFrame, verdict: str, target: Path
) -> None:
    """Write the answer to one file, in one step; same file and findings, same bytes.

    `findings` are rows of `schemas.register.Findings` about this file, `forms` what was read from it.
    `target` should be named as `name_of` says.
    """
    data = answer(original, forms, findings, verdict)
    with replacing(target) as aside:
        aside.write_bytes(data)


def answer(original: bytes, forms: Sequence[FormReading], findings: pl.DataFrame, verdict: str) -> bytes:
    """The bytes of the answer: the original marked, else the official template with its contents."""
    entries = entries_of(findings.iter_rows(named=True))
    page = Page(verdict, entries, _subject(forms))
    kind = _kind(original)
    # A file that broke its reader is not opened again here, nor handed back.
    readable = forms or any(entry.sheet for entry in entries)
    if kind == "xlsx" and readable:
        try:
            return marked(original, page)
        except Unmarkable:
            page = Page(verdict, entries, page.subject)
    transfer = Transfer(forms)
    page.note = _MOVED.format(kind=_KINDS.get(kind, "")) if forms else _NOTHING_READ
    page.entries = [transfer.entry(entry) for entry in entries]
    return marked(transfer.workbook(), page)


def verdict(errors: int, warnings: int, admitted: bool) -> str:
    """How a form stands, in one sentence: 须改正 3 处，需核实 2 处。"""
    if not errors and not warnings and admitted:
        return "0 项问题，已入库。"
    counted = (
        f"{SEVERITY_WORDS[Severity.ERROR]} {errors} 处，{SEVERITY_WORDS[Severity.WARNING]} {warnings} 处。"
    )
    return counted + ("已入库，请核实后改正或说明。" if admitted else "未入库，请改正后重新报送。")


def name_of(original: bytes, file: str) -> str:
    """The answer's file name: the file's own, unless what is in it does not go with its ending."""
    name, kind = PurePosixPath(file), _kind(original)
    if kind == "xlsx" and name.suffix.lower() in _SUFFIXES:
        return name.name
    return f"{name.stem}（{'转为 xlsx 格式' if kind else '空白模板'}）.xlsx"


def _kind(original: bytes) -> str:
    """The kind of workbook, "" for what is none."""
    try:
        return kind_of(original)
    except Refused:
        return ""


def _subject(forms: Sequence[FormReading]) -> str:
    """The names of the forms in the file."""
    names = [
        value.text.strip()
        for form in forms
        for record in form.blocks.get("consortium", ())[:1]
        if (value := record.get("name")) and value.text.strip()
    ]
    return "、".join(names)
