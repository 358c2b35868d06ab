"""Links from a workbook of the province to the form that a bureau got back: `../南京市/退改/表.xlsx`, sheet and cell.

Every part of a link is ours or checked: the city is one of the thirteen, the file is there, the address is one. Text
out of a cell never becomes a link.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import polars as pl

from pipeline.layout import RETURNED
from schemas import call

# Marks the answer to a file whose format cannot be marked: its contents stand in the official form.
MOVED = "（转为 xlsx 格式）"
# Marks the answer to a workbook with macros, which are not handed back; its cells are where they were.
NO_MACROS = "（不含宏）"
URL = "_url"
# Excel's limits: links on a sheet (a little below), characters of a target.
LINKS_A_SHEET = 65_000
_LONGEST = 1_000
_SHEET_NAME_LIMIT = 31
# Only ASCII is encoded: Windows reads the octets of a file's address in its own code page, so Chinese stays as it is.
_UNSAFE = re.compile(r"[\x00-\x20\"#%<>?\[\\\]^`{|}\x7f]")
_ADDRESS = "^[A-Z]{1,3}[1-9][0-9]{0,6}$"
_NO_SHEET_NAME = r"[\[\]:*?/\\\x00-\x1f]"
_ANSWERED = {"city": pl.String, "file": pl.String, "target": pl.String, "same_cells": pl.Boolean}


def linked(frame: pl.DataFrame, submissions: pl.DataFrame, folder: Path, column: str,
           answers: Mapping[str, Collection[str]] | None = None) -> pl.DataFrame:
    """`frame` (city, file, sheet, cell) with `<column>_url`, seen from a workbook in `folder`; null: no such file.

    `answers` are the names of the forms handed back by city, for a workbook that is written at the same time as they;
    None: those that are there.
    """
    return with_links(frame, answered(frame, submissions, folder, answers), column)


def answered(frame: pl.DataFrame, submissions: pl.DataFrame, folder: Path,
             answers: Mapping[str, Collection[str]] | None = None) -> pl.DataFrame:
    """The files of `frame` (city, file) that have an answer: its address (`target`), whether it has the
    `same_cells`."""
    wanted = set(frame.select("city", "file").unique().rows())
    found = [(*file, *target) for file, target in _targets(wanted, submissions, folder, answers)]
    return pl.DataFrame(found, schema=_ANSWERED, orient="row")


def with_links(frame: pl.DataFrame, answered: pl.DataFrame, column: str) -> pl.DataFrame:
    """`frame` (city, file, sheet, cell) with `<column>_url`, XlsxWriter's form of a link to the first of the cells."""
    sheet, address = pl.col("sheet"), pl.col("cell").str.extract("^([^,、]*)").str.strip_chars()
    located = pl.col("same_cells") & sheet.str.len_chars().is_between(1, _SHEET_NAME_LIMIT) & ~sheet.str.contains(
        _NO_SHEET_NAME) & address.str.contains(_ADDRESS)
    file = "external:" + pl.col("target")
    url = pl.when(located).then(pl.concat_str(
        file, pl.lit("#'"), sheet.str.replace_all("'", "''", literal=True), pl.lit("'!"), address)).otherwise(file)
    places = frame.select("city", "file", "sheet", "cell").join(
        answered, on=["city", "file"], how="left", maintain_order="left")
    return frame.with_columns(places.select(url.alias(column + URL)))


def _targets(wanted: Collection[tuple[str, str]], submissions: pl.DataFrame, folder: Path,
             known: Mapping[str, Collection[str]] | None) -> Iterator[tuple[tuple[str, str], tuple[str, bool]]]:
    """(city, file), the address of its answer, and whether the cells there are those of the file.

    Only answers that are there, and where there is no doubt whose they are.
    """
    if not wanted:
        return
    files = submissions.select("city", "file").unique().filter(pl.col("city").is_in(list(call.CITY_ORDER))).rows()
    # What is not there needs no counting.
    claims = Counter((city, name) for city, file in files for name, _ in _answers(file)
                     if known is None or name in known.get(city, ()))
    for city, file in files:
        for name, same_cells in _answers(file) if (city, file) in wanted else ():
            target = f"../{city}/{RETURNED}/{_encoded(name)}"
            there = name in known.get(city, ()) if known is not None else _is_there(
                folder.absolute().parent / city / RETURNED / name)
            if claims[city, name] == 1 and len(target) < _LONGEST and there:
                yield (city, file), (target, same_cells)
                break


def _answers(file: str) -> tuple[tuple[str, bool], ...]:
    """What the answer to a file may be called: as the file, or what its contents were moved to, onto other cells."""
    name = file.rpartition("/")[2]
    dot = name.rfind(".")
    stem = name[:dot] if 0 < dot < len(name) - 1 else name
    return (name, True), (f"{stem}{NO_MACROS}.xlsx", True), (f"{stem}{MOVED}.xlsx", False)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        # A name that is too long for this file system, or that holds a NUL.
        return False


def _encoded(name: str) -> str:
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", name)
