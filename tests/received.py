"""Drawn workbooks as files received, and the register they make: no inbox, no file, no run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from pipeline.bounded import validate
from pipeline.inbox import city_of
from pipeline.intake import Receipt
from pipeline.read import labels_of, read_workbook
from pipeline.read.drift import is_blank_form
from pipeline.resolve import resolve
from pipeline.submissions import FileReading, Submission, submissions_of
from pipeline.validate import About
from schemas.call import CHINA, DEADLINE
from schemas.form_2023 import FORM
from tests.drawn import Book, workbook

NOON = datetime(2023, 9, 20, 12, tzinfo=CHINA)


def receipt(
    path: str,
    sequence: int = 1,
    content: object = "",
    at: datetime | None = None,
    present: bool = True,
    ignored: str = "",
) -> Receipt:
    """The receipt of a file with some content, received `sequence` minutes after noon or `at`."""
    sha256 = "" if ignored else hashlib.sha256(repr(content or path).encode()).hexdigest()
    received_at = at or NOON + timedelta(minutes=sequence)
    return Receipt(path, city_of(path), sha256, 20_000, received_at, received_at, sequence, present, ignored)


def file(path: str, book: Book, sequence: int = 1, **how: object) -> FileReading:
    """A workbook received under a path, read as `pipeline.job` reads it."""
    labels = labels_of(FORM)
    forms, spotted = read_workbook(workbook(book), labels)
    blank = bool(forms) and all(is_blank_form(form, labels) for form in forms)
    found = receipt(path, sequence, book, **how)
    return FileReading(found, blank=True) if blank else FileReading(found, tuple(forms), tuple(spotted))


def submitted(*files: FileReading, ignored: Sequence[Receipt] = ()) -> list[Submission]:
    """All submissions, files in the order of their arrival."""
    receipts = sorted([*(one.receipt for one in files), *ignored], key=lambda one: one.sequence)
    return submissions_of(files, receipts)


def register_of(
    *files: FileReading, ignored: Sequence[Receipt] = (), deadline: datetime = DEADLINE
) -> dict[str, pl.DataFrame]:
    """The register's tables, as a run would make them."""
    submissions = submitted(*files, ignored=ignored)
    current = [one for one in submissions if one.current]
    about = [About(one.receipt.city, one.receipt.received_at.date()) for one in current]
    return resolve(FORM, submissions, validate(FORM, [one.reading for one in current], about), deadline)
