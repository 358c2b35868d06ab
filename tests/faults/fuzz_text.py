"""Our own parsers fed with anything: none raises, none takes long, the same input gives the same answer.

`python -m tests.faults text --seconds 600`: each target for so long, guided by coverage where atheris is installed (it
is no dependency: `pip install atheris`), else by chance alone. An input that breaks a promise is printed and ends the
target.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import random
import subprocess
import sys
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FunctionType

from pipeline import inbox
from pipeline.grid import Cell, Grid
from pipeline.preflight import cfb, package
from pipeline.publish import celltext
from pipeline.read.remarks import on_sheet
from pipeline.signature import Refused, kind_of
from schemas import uscc
from schemas.kinds import choice, count, date, money, phone, text, ticks
from schemas.label import label_key
from tests.test_kinds_robust import FIELDS, OPTIONS, PIECES

SECONDS_A_CALL = 2.0
# What it costs to have every branch taken noted.
WATCHED_IS_SLOWER = 5
_TOLD = ("stat::number_of_executed_units", "AssertionError", "==", "SUMMARY", "MS: ", "Base64", "ALARM")
_STORED = ("text", "number", "date", "bool")
_TITLES = ("序号", "表·单元格", "问题", "规则编号", "说明", "编号", "B1a2b3", "基础信息表 C19", "M05")
_CODES = ("91320100PDY00001XR", "12100000466007597C", "9132", "0", "O", "I", "Z", "1e30", "9" * 32, "e+99", "统一社会信用代码",
          "320106190101010020", "E+17", "Ｘ", "-")
_PIECES = (*PIECES, *_TITLES, *_CODES, "=", "'", "_x0041_", "\u202e", "<b>", "&amp;", "\r\n", "\t", "９", "Ⅷ", "㈠",
           "ﬁ", "İ", "ß")


def text_of(data: bytes) -> str:
    """Bytes as a text: letter by letter, or piece by piece of what forms hold."""
    if data[:1] and data[0] % 2:
        return "".join(_PIECES[byte % len(_PIECES)] for byte in data[1:])
    return data[1:].decode("utf-8", "surrogateescape")


def _signature(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")):
        try:
            assert kind_of(start + data) in ("xlsx", "xlsb", "ods", "xls")
        except Refused as refusal:
            assert refusal.reason


def _package(data: bytes) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/workbook.xml", data[:200])
        container.writestr("xl/x.xml", data)
    packed = bytearray(made.getvalue())
    for place, byte in zip(data[::2], data[1::2], strict=False):
        packed[-1 - place % min(len(packed), 200)] = byte
    try:
        entries = zipfile.ZipFile(io.BytesIO(packed)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return
    assert isinstance(package.fault(bytes(packed), entries), str)
    _signature(bytes(packed))


def _cfb(data: bytes) -> None:
    header = bytearray(512)
    header[:8], header[30:34] = bytes.fromhex("d0cf11e0a1b11ae1"), b"\x09\x00\x06\x00"
    header[44:76], header[76:512] = data[:32].ljust(32, b"\0"), data[32:468].ljust(436, b"\xff")
    assert isinstance(cfb.fault(bytes(header) + data[468:].ljust(1024, b"\0")), str)
    assert isinstance(cfb.fault(data), str)


def _label(data: bytes) -> None:
    key = label_key(text_of(data))
    assert key == label_key(text_of(data))
    celltext.shown(key)


def _kinds(data: bytes) -> None:
    written, stored = text_of(data), _STORED[data[0] % len(_STORED)] if data else "text"
    for read in (count.read, money.read, date.read_month, date.read_day, date.read_period, phone.read):
        assert read(written, stored) == read(written, stored)
    for read in (count.read_phrase, choice.read_level):
        read(written)
    choice.read_field(written, FIELDS)
    cells = written.split("、")
    found = ticks.read_options(cells, OPTIONS)
    assert set(found.ticked) <= set(found.seen)


def _uscc(data: bytes) -> None:
    written = text_of(data)
    for stored in ("text", "number"):
        diagnosis = uscc.diagnose(written, stored)
        assert diagnosis == uscc.diagnose(written, stored)
        for code in uscc.candidates(written, stored):
            assert uscc.is_valid(code)
    masked = uscc.mask(written)
    assert uscc.mask(masked) == masked


def _names(data: bytes) -> None:
    written = text_of(data)
    for tidy in (text.trim, text.compact, text.fold_name):
        once = tidy(written)
        assert tidy(once) == once, tidy.__name__
    for told in (text.is_blank, text.is_placeholder, text.is_void):
        assert isinstance(told(written), bool)


def _cells(data: bytes) -> None:
    shown = celltext.shown(text_of(data))
    assert celltext.shown(shown) == shown and len(shown.encode("utf-16-le", "surrogatepass")) <= 2 * celltext.CELL_LIMIT


def _remarks(data: bytes) -> None:
    lines = [line.split("、") for line in text_of(data).split("\n")]
    cells = {(row, col): Cell(row, col, content, "text") for row, line in enumerate(lines)
             for col, content in enumerate(line) if content}
    on_sheet(Grid("问题清单", cells=cells))


def _file_names(data: bytes) -> None:
    name = data.replace(b"\0", b"").replace(b"/", b"").decode("utf-8", "surrogateescape")
    shown = inbox.shown(name)
    assert shown.isprintable() or not shown.isascii()
    shown.encode("utf-8")
    inbox.city_of(shown)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "signature": _signature, "package": _package, "cfb": _cfb, "label": _label, "kinds": _kinds, "uscc": _uscc,
    "names": _names, "cells": _cells, "remarks": _remarks, "file_names": _file_names}


def tried(name: str, data: bytes, most_seconds: float = SECONDS_A_CALL) -> str:
    """What is wrong with a target's answer to an input; "" if nothing."""
    began = time.process_time()
    try:
        TARGETS[name](data)
    # Whatever it is, a run would have met it.
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = next((frame for frame in reversed(frames) if "/pipeline/" in frame.filename
                     or "/schemas/" in frame.filename), frames[-1])
        return f"{type(error).__name__}: {error}"[:200] + f" ({Path(ours.filename).name}:{ours.lineno})"
    spent = time.process_time() - began
    return f"took {spent:.1f} s" if spent > most_seconds else ""


def by_chance(name: str, seconds: float, seed: int) -> tuple[int, list[tuple[bytes, str]]]:
    """Inputs tried within a time, and those with which something is wrong."""
    dice, wrong, number = random.Random(f"{name}:{seed}"), [], 0
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(wrong) < 5:
        data = dice.randbytes(dice.choice((1, 3, 8, 20, 60, 600)))
        told = tried(name, data)
        wrong += [(data, told)] if told else []
        number += 1
    return number, wrong


def _ours() -> Iterator[FunctionType]:
    """Our own functions: to have all libraries watched takes minutes before the first input."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("pipeline", "schemas"):
            for held in (module, *(one for one in vars(module).values() if isinstance(one, type))):
                yield from (one for one in vars(held).values()
                            if isinstance(one, FunctionType) and one.__module__ == name)


def guided(name: str, seconds: int) -> int:
    """One target under atheris, in this process, which ends with it."""
    import atheris

    def once(data: bytes) -> None:
        told = tried(name, data, SECONDS_A_CALL * WATCHED_IS_SLOWER)
        if told:
            raise AssertionError(told)

    for function in _ours():
        atheris.instrument_func(function)
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=800", "-timeout=60", "-verbosity=0",
                   "-print_final_stats=1", "-artifact_prefix=/tmp/"], once)
    atheris.Fuzz()
    return 0


def main(arguments: Sequence[str]) -> int:
    """Each target for some seconds; 1 if anything was wrong with one."""
    parser = argparse.ArgumentParser("python -m tests.faults text")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--target", choices=list(TARGETS))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    has_atheris = importlib.util.find_spec("atheris") is not None
    if given.target and has_atheris:
        return guided(given.target, given.seconds)
    failed = 0
    for name in [given.target] if given.target else TARGETS:
        if has_atheris:
            again = [sys.executable, "-m", "tests.faults", "text", "--target", name, "--seconds", str(given.seconds)]
            done = subprocess.run(again, capture_output=True, text=True, errors="replace", check=False)
            told = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(_TOLD)]
            failed += bool(done.returncode)
            print(f"{name}: {'wrong' if done.returncode else 'right'}", *told, sep="\n  ", flush=True)
        else:
            number, wrong = by_chance(name, given.seconds, given.seed)
            failed += bool(wrong)
            print(f"{name}: {number} inputs", *(f"{data!r} {told}" for data, told in wrong), sep="\n  ", flush=True)
    return 1 if failed else 0
