"""退改/<file>: the bureau's own form handed back, wrong cells coloured and commented, 问题清单 in front.

Dropped into the inbox again it reads as the original would: colours, comments and our sheet are no data.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

import polars as pl

from pipeline.held import Head
from pipeline.publish.atomic import place_of, replacing
from pipeline.publish.links import MOVED, NO_MACROS
from pipeline.publish.returned.earlier import explanations
from pipeline.publish.returned.fallback import Transfer
from pipeline.publish.returned.lines import TOLD, Entry, entries_of
from pipeline.publish.returned.marking import marked
from pipeline.publish.returned.scan import Unmarkable
from pipeline.publish.returned.sheet import Page
from pipeline.read import FormReading
from pipeline.signature import Refused, kind_of
from schemas import call
from schemas.rule import SEVERITY_WORDS, Severity

__all__ = ["TOLD", "answer", "blank", "entries_of", "explanations", "mark", "moved", "name_of", "put", "subject",
           "verdict", "write"]

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
_SPARED = "原文件无法标注，后面附的是省里下发的空白模板；请对照下面的问题在原文件中改正后报送。"
_NOTHING_READ = "原文件中没有读到可转入的内容，后面附的是省里下发的空白模板，请填写后报送。"
_BLANK = "（空白模板）"
_ZIP = b"PK"
_SUFFIXES, _WITH_MACROS = (".xlsx", ".xltx"), (".xlsm", ".xltm")


def write(
    original: bytes, forms: Sequence[FormReading], findings: pl.DataFrame, verdict: str, target: Path
) -> None:
    """Write the answer to one file, in one step; same file and findings, same bytes.

    `findings` are rows of `schemas.register.Findings` about this file, `forms` what was read from it.
    `target` should be named as `name_of` says.
    """
    put(answer(original, forms, findings, verdict), target)


def put(data: bytes, target: Path) -> Path:
    """Write an answer's bytes, in one step; where they are, which is another place if the target is open."""
    with replacing(target) as aside:
        aside.write_bytes(data)
    return place_of(target)


def answer(original: bytes, forms: Sequence[FormReading], findings: pl.DataFrame, verdict: str) -> bytes:
    """The bytes of the answer: the original marked, else the official template with its contents."""
    entries = entries_of(findings.iter_rows(named=True))
    in_place = mark(original, subject(forms), entries, verdict, proven=bool(forms))
    return in_place or moved(original, forms, entries, verdict)


def moved(original: bytes, forms: Sequence[FormReading], entries: Sequence[Entry], verdict: str,
          due: datetime = call.DEADLINE) -> bytes:
    """The official template with the file's contents, marked; `due` is the deadline that its notes name."""
    transfer = Transfer(forms)
    page = Page(verdict, entries, subject(forms) or "")
    page.note = _MOVED.format(kind=_KINDS.get(_kind(original), "")) if forms else _NOTHING_READ
    page.entries = [transfer.entry(entry) for entry in page.entries]
    return marked(transfer.workbook(due), page)


def blank(subject: str | None, entries: Sequence[Entry], verdict: str, due: datetime = call.DEADLINE) -> bytes:
    """问题清单 before a blank template: the answer to a file that breaks what we would do with its contents."""
    without = [entry._replace(sheet="", cells=()) for entry in entries]
    return marked(Transfer(()).workbook(due), Page(verdict, without, subject or "", _SPARED))


def mark(original: bytes, subject: str | None, entries: Sequence[Entry], verdict: str, *,
         proven: bool = False) -> bytes | None:
    """The original marked, None if that cannot be done; `subject` names the forms in it, None if there is none.

    `proven`: these very bytes were read to the end, and their cells found undamaged, as `Package.save` has it. Of
    others every part is looked into.
    """
    # A file that broke its reader is not opened again here, nor handed back.
    readable = subject is not None or any(entry.sheet for entry in entries)
    if not readable or not original.startswith(_ZIP):
        return None
    try:
        return marked(original, Page(verdict, entries, subject or ""), proven=proven)
    except Unmarkable:
        return None


def verdict(errors: int, warnings: int, admitted: bool) -> str:
    """How a form stands, in one sentence: 须改正 3 处，需核实 2 处。"""
    if not errors and not warnings and admitted:
        return "0 项问题，已入库。"
    counted = (
        f"{SEVERITY_WORDS[Severity.ERROR]} {errors} 处，{SEVERITY_WORDS[Severity.WARNING]} {warnings} 处。"
    )
    return counted + ("已入库，请核实后改正或说明。" if admitted else "未入库，请改正后重新报送。")


def name_of(kind: str, file: str) -> str:
    """The answer's file name: the file's own, unless what is in it does not go with its ending; `kind` "" for no
    workbook."""
    name = PurePosixPath(file)
    if kind == "xlsx" and name.suffix.lower() in _SUFFIXES:
        return name.name
    if kind == "xlsx" and name.suffix.lower() in _WITH_MACROS:
        return f"{name.stem}{NO_MACROS}.xlsx"
    return f"{name.stem}{MOVED if kind else _BLANK}.xlsx"


def _kind(original: bytes) -> str:
    """The kind of workbook, "" for what is none."""
    try:
        return kind_of(original)
    except Refused:
        return ""


def subject(forms: Sequence[Head | FormReading]) -> str | None:
    """The names of the forms in the file, None if there is no form."""
    return "、".join(name for form in forms if (name := _name(form).strip())) if forms else None


def _name(form: Head | FormReading) -> str:
    if isinstance(form, Head):
        return form.name
    value = next((record.get("name") for record in form.blocks.get("consortium", ())[:1]), None)
    return value.text if value else ""
