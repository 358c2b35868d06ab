"""Links from a workbook of the province to the form that a bureau got back: `../南京市/退改/表.xlsx`, sheet and cell.

Every part of a link is ours or checked: the city is one of the thirteen, the file is there, the address is one. Text
out of a cell never becomes a link.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

import polars as pl

from schemas import call

RETURNED = "退改"
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
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def linked(frame: pl.DataFrame, submissions: pl.DataFrame, folder: Path, column: str,
           answers: Mapping[str, Collection[str]] | None = None) -> pl.DataFrame:
    """`frame` (city, file, sheet, cell) with `<column>_url`, seen from a workbook in `folder`; null: no such file.

    `answers` are the names of the forms handed back by city, for a workbook that is written at the same time as they;
    None: those that are there.
    """
    wanted = set(frame.select("city", "file").unique().rows())
    targets = dict(_targets(wanted, submissions, folder, answers))
    # Few files of many are handed back: only their places are looked at one by one.
    answered = pl.DataFrame(list(targets), schema={"city": pl.String, "file": pl.String}, orient="row")
    row = pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
    places = frame.select(row, "city", "file", "sheet", "cell").join(answered, on=["city", "file"], how="semi")
    urls = [(number, _located(*targets[city, file], sheet, cell)) for number, city, file, sheet, cell in places.rows()]
    found = pl.DataFrame(urls, schema={"row": pl.UInt32, column + URL: pl.String}, orient="row")
    return frame.with_columns(frame.select(row).join(found, on="row", how="left", maintain_order="left")[column + URL])


def _targets(wanted: Collection[tuple[str, str]], submissions: pl.DataFrame, folder: Path,
             known: Mapping[str, Collection[str]] | None) -> Iterator[tuple[tuple[str, str], tuple[str, bool]]]:
    """(city, file), the address of its answer, and whether the cells there are those of the file.

    Only answers that are there, and where there is no doubt whose they are.
    """
    if not wanted:
        return
    files = submissions.select("city", "file").unique().filter(pl.col("city").is_in(list(call.CITY_ORDER))).rows()
    claims = Counter((city, name) for city, file in files for name, _ in _answers(file))
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
    name = PurePosixPath(file).name
    stem = PurePosixPath(name).stem
    return (name, True), (f"{stem}{NO_MACROS}.xlsx", True), (f"{stem}{MOVED}.xlsx", False)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        # A name that is too long for this file system, or that holds a NUL.
        return False


def _encoded(name: str) -> str:
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", name)


def _located(target: str, same_cells: bool, sheet: str | None, cells: str | None) -> str:
    """XlsxWriter's form of the link, to the first of the cells."""
    address = re.split(r"[,、]", cells or "")[0].strip()
    named = sheet and len(sheet) <= _SHEET_NAME_LIMIT and not _NO_SHEET_NAME.search(sheet)
    if not same_cells or not named or not _ADDRESS.fullmatch(address):
        return f"external:{target}"
    quoted = sheet.replace("'", "''")
    return f"external:{target}#'{quoted}'!{address}"
