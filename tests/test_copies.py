"""`pipeline.copies`: the same bytes under several names, moved, taken away, put back, withdrawn; which form counts."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import polars as pl
import pytest

from pipeline.publish import terms
from pipeline.submissions import FileReading, Submission
from schemas.register import Status
from tests.drawn import form, other
from tests.received import file, receipt, register_of, submitted

FOLDERS = {"南": "南京市", "无": "无锡市", "材": "材料"}
WORDS = {None: "counts", Status.SUPERSEDED: "old", Status.IGNORED: "copy", Status.UNREADABLE: "unreadable"}


@cache
def read(content: str) -> FileReading:
    """1, 2, 3 are versions of one consortium's form, w is another consortium's, 0 a blank form."""
    books = {"1": form(), "2": form({"F7": "教授"}), "3": form({"F7": "院士"}), "w": other()}
    return file("x.xlsx", books[content]) if content in books else FileReading(receipt("x.xlsx"), blank=True)


def received(sequence: int, told: str) -> FileReading:
    """A file: folder (南 where none is named), name, content; - where it is gone, ! where it was withdrawn."""
    name, _, content = told.rstrip("-!").partition("=")
    folder, name = (FOLDERS[name[0]], name[1:]) if name[0] in FOLDERS else ("南京市", name)
    of_file = receipt(f"{folder}/{name}.xlsx", sequence, f"content {content}", present="-" not in told)
    return replace(read(content), receipt=replace(of_file, withdrawn="已撤回" if "!" in told else ""))


def stand(script: str) -> list[Submission]:
    return submitted(*(received(place, told) for place, told in enumerate(script.split(), 1)))


def fates(script: str) -> str:
    """What becomes of each file, a version with its number."""
    return " ".join(WORDS[one.status] + (str(one.version) if one.has_form else "") for one in stand(script))


# name: (files in order of arrival, what becomes of each)
ONE_CONTENT = {
    "a copy beside it": ("a=1 b=1", "counts1 copy"),
    "the copy taken away": ("a=1 b=1-", "counts1 copy"),
    "the original taken away, or moved": ("a=1- b=1", "old1 counts1"),
    "both taken away": ("a=1- b=1-", "counts1 copy"),
    "three, the first gone": ("a=1- b=1 c=1", "old1 counts1 copy"),
    "three, the middle gone": ("a=1 b=1- c=1", "counts1 copy copy"),
    "three, the last alone is left": ("a=1- b=1- c=1", "old1 old1 counts1"),
    "three, all gone": ("a=1- b=1- c=1-", "counts1 copy copy"),
}
TWO_VERSIONS = {
    "corrected under another name": ("a=1 b=2", "old1 counts2"),
    "a copy of the old one": ("a=1 b=2 c=1", "old1 counts2 copy"),
    "that copy taken away": ("a=1 b=2 c=1-", "old1 counts2 copy"),
    "the old one moved to a folder of its own": ("a=1- b=2 旧版/a=1", "old1 counts2 old1"),
    "moved, then taken away": ("a=1- b=2 旧版/a=1-", "old1 counts2 copy"),
    "the old one gone, a copy of it left": ("a=1- b=1 c=2", "old1 old1 counts2"),
    "a copy of the new one, the new one gone": ("a=1 b=2- c=2", "old1 old2 counts2"),
    "a copy of the new one taken away": ("a=1 b=2 c=2-", "old1 counts2 copy"),
    "copies of both, all originals gone": ("a=1- b=2- c=2 d=1", "old1 old2 counts2 old1"),
    "everything gone": ("a=1- b=2- c=1- d=2-", "old1 counts2 copy copy"),
    "three versions, a copy of the first": ("a=1 b=2 c=3 d=1", "old1 old2 counts3 copy"),
    "the folder's name changed": ("a=1- b=2- 新/a=1 新/b=2", "old1 old2 old1 counts2"),
    "two names exchanged": ("a=1- b=2- c=1- a=2 b=1", "old1 old2 old1 counts2 old1"),
}
UNDER_ONE_NAME = {
    "corrected in place": ("a=1- a=2", "old1 counts2"),
    "a copy from before": ("a=1- b=1 a=2", "old1 old1 counts2"),
    "that copy taken away": ("a=1- b=1- a=2", "old1 old1 counts2"),
    "a copy dropped afterwards": ("a=1- a=2 b=1", "old1 counts2 old1"),
    "that copy taken away as well": ("a=1- a=2 b=1-", "old1 counts2 old1"),
    "put back": ("a=1 a=2-", "counts1 old2"),
    "put back, a copy of the new one left": ("a=1 a=2- b=2", "counts1 old2 old2"),
    "put back, a copy of itself beside": ("a=1 a=2- b=1", "counts1 old2 copy"),
    "put back where it was a copy": ("b=1 a=1 a=2-", "counts1 copy old2"),
    "put back, then a new version under another name": ("a=1 a=2- b=3", "old1 old2 counts3"),
    "names exchanged and exchanged again": ("a=1 b=2 c=1- a=2-", "old1 counts2 copy copy"),
    "its name taken by another, itself moved": ("a=1- b=1 a=w", "old1 counts1 counts1"),
    "moved and then taken away": ("a=1- b=1- a=w", "old1 counts1 counts1"),
    "a blank form in its place": ("a=1- a=0", "counts1 copy"),
    "a blank form in its place, a copy left": ("a=1- b=1 a=0", "old1 counts1 copy"),
    "a copy that became another version": ("a=1 b=1- b=2", "old1 copy counts2"),
    "written over a wrong one": ("b=2 a=1- a=2", "counts1 old2 copy"),
    "written over a wrong one, the first taken away": ("b=2- a=1- a=2", "old1 old2 counts1"),
    "written over one that lies elsewhere": ("b=2 a=1- c=1 a=2", "old1 old2 counts2 copy"),
    "written over what was only a copy": ("c=1- b=2 d=3 a=1- a=2", "old1 old2 counts3 copy copy"),
}
CITIES = {
    "the same in two cities": ("南a=1 无a=1", "counts1 counts1"),
    "moved to another city: both, until one is withdrawn": ("南a=1- 无a=1", "counts1 counts1"),
    "withdrawn where it was": ("南a=1-! 无a=1", "copy counts1"),
    "a copy in another city is none": ("南a=1 无a=1 南b=1-", "counts1 counts1 copy"),
    "moved out of a folder of no city": ("材a=1- 南a=1", "copy counts1"),
    "still in a folder of no city": ("材a=1 南a=1", "counts1 counts1"),
}
WITHDRAWN = {
    "alone": ("a=1!", "copy"),
    "a copy of it is there": ("a=1! b=1", "copy counts1"),
    "its copy had been taken away": ("a=1! b=1-", "copy copy"),
    "the copy, of which the original counts": ("a=1 b=1!", "counts1 copy"),
    "the copy, and then the original is gone": ("a=1- b=1!", "counts1 copy"),
    "both": ("a=1! b=1!", "copy copy"),
    "the new version": ("a=1 b=2!", "counts1 copy"),
    "the new version, a copy of the old one gone": ("a=1 b=2! c=1-", "counts1 copy copy"),
    "the new version, a copy of it gone": ("a=1 b=2! c=2-", "counts1 copy copy"),
    "the old version, a copy of it there": ("a=1! b=2 c=1", "copy counts2 old1"),
    "the new bytes of a name": ("a=1- a=2!", "counts1 copy"),
    "the old bytes of a name, a copy corrected": ("a=1! b=1- b=2", "copy old1 counts2"),
}
TABLES = ONE_CONTENT, TWO_VERSIONS, UNDER_ONE_NAME, CITIES, WITHDRAWN
CASES = [pytest.param(*case, id=name) for table in TABLES for name, case in table.items()]


@pytest.mark.parametrize(("script", "expected"), CASES)
def test_same_bytes__are_no_newer_under_another_name(script: str, expected: str) -> None:
    assert fates(script) == expected


@pytest.mark.parametrize("contents", ["".join(each) for each in product("12", repeat=4)])
def test_taking_files_away__never_changes_what_counts(contents: str) -> None:
    newest = list(dict.fromkeys(contents))[-1]
    for gone in product(("", "-"), repeat=4):
        script = " ".join(f"{name}={content}{mark}" for name, content, mark in zip("abcd", contents, gone, strict=True))
        counted = [contents["abcd".index(one.receipt.path[-6])] for one in stand(script) if one.current]
        assert counted == [newest], script


@pytest.mark.parametrize("writes", [2, 3, 4])
def test_writing_files_over__never_leaves_what_lies_nowhere_to_count(writes: int) -> None:
    """Of any files written under two names, and over each other, what counts is among what is there in the end."""
    for written in product(product("ab", "12"), repeat=writes):
        there = dict(written)
        files = [f"{name}={content}{'' if there[name] == content else '-'}" for name, content in dict.fromkeys(written)]
        counted = [files[one.receipt.sequence - 1][2] for one in stand(" ".join(files)) if one.current]
        assert len(counted) == 1 and counted[0] in there.values(), files


def test_copy__says_of_which_file() -> None:
    of_itself, of_moved = stand("a=1 b=1-"), stand("材a=1- 南b=1")
    assert of_itself[1].reason == "与 2023-09-20 12:01 收到的文件“a.xlsx”完全相同，未重复处理"
    assert of_moved[0].reason == "与 2023-09-20 12:02 收到的文件“b.xlsx”完全相同，未重复处理"


REPLACED, TAKEN, MOVED = "已由第 {} 版替代", "已由同名文件的新内容替代", "文件已改名或移走，内容即现行的第 {} 版"
SAME = "内容与第 {0} 版完全相同，仍以第 {1} 版为准；确要恢复第 {0} 版的，请打开后重新保存，再放入本市收件夹"


@pytest.mark.parametrize(("script", "reasons"), [
    ("a=1- b=2 c=1", [REPLACED.format(2), None, SAME.format(1, 2)]),
    ("a=1- b=2 c=3 d=1", [REPLACED.format(3), REPLACED.format(3), None, SAME.format(1, 3)]),
    ("a=1 a=2- b=2", [None, TAKEN, SAME.format(2, 1)]),
    ("a=1- b=1 c=2", [REPLACED.format(2), REPLACED.format(2), None]),
    ("a=1 a=2- c=3", [REPLACED.format(3), REPLACED.format(3), None]),
    ("a=1- b=1- c=1", [MOVED.format(1), MOVED.format(1), None]), ("a=1- b=1 a=w", [MOVED.format(1), None, None]),
    ("a=1- a=w", [TAKEN, None])])
def test_bytes_that_came_again_and_do_not_count__are_said_to_be_of_which_version(script, reasons) -> None:
    """Whoever hands in an old version again under another name is told why it does not count, and what to do."""
    readings = [received(place, told) for place, told in enumerate(script.split(), 1)]
    frame = register_of(*readings)["submissions"].with_columns(said=pl.lit(""))
    assert frame.select(terms.reason("consortium_id")).to_series().to_list() == reasons
