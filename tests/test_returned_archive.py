"""Parts of a package that are not changed are copied as they lie in it, once they are found undamaged."""

from __future__ import annotations

import io
import random
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from pipeline.publish.returned.archive import Archive
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.scan import Unmarkable
from tests.returned_forms import demo, judged, workbook

CHANGED = "docProps/core.xml"
LEFT_ALONE = "xl/worksheets/sheet1.xml"


class Unseekable(io.RawIOBase):
    """A stream to which zipfile writes sizes behind the data."""

    def __init__(self) -> None:
        self.data = io.BytesIO()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        return self.data.write(data)


def packed(method: int = zipfile.ZIP_DEFLATED, level: int = 9, name: str = "{}", stream: bool = False,
           version: int = zipfile.DEFAULT_VERSION) -> bytes:
    """A workbook's parts packed in another way; `name` is what each part's name becomes."""
    source = zipfile.ZipFile(io.BytesIO(demo("无锡/先进封装")))
    target = Unseekable() if stream else io.BytesIO()
    with zipfile.ZipFile(target, "w", method, compresslevel=level) as package:
        for entry in source.infolist():
            info = zipfile.ZipInfo(name.format(entry.filename))
            # Python 3.11.2, which Debian has, would else write records of zip64 and say that they are none.
            info.compress_type, info._compresslevel, info.extract_version = method, level, version
            with package.open(info, "w", force_zip64=version >= zipfile.ZIP64_VERSION) as part:
                part.write(source.read(entry))
    return target.data.getvalue() if stream else target.getvalue()


def raw(data: bytes, name: str) -> bytes:
    """An entry's bytes as they lie in an archive."""
    entry = zipfile.ZipFile(io.BytesIO(data)).getinfo(name)
    name_length, extra_length = struct.unpack_from("<2H", data, entry.header_offset + 26)
    start = entry.header_offset + 30 + name_length + extra_length
    return data[start:start + entry.compress_size]


def saved(data: bytes) -> bytes:
    """The package with one part changed."""
    package = Package(data)
    package.put(CHANGED, package.read(CHANGED) + b"<!-- -->")
    return package.save()


@pytest.mark.parametrize("make", [
    packed, lambda: packed(zipfile.ZIP_STORED), lambda: packed(level=1), lambda: packed(stream=True),
], ids=["deflated", "stored", "fast", "sizes behind the data"])
def test_unchanged_part__keeps_its_packed_bytes(make: Callable[[], bytes]) -> None:
    given = make()
    answer = saved(given)
    before, after = (zipfile.ZipFile(io.BytesIO(data)) for data in (given, answer))
    assert after.testzip() is None
    assert after.namelist() == before.namelist()
    assert raw(answer, LEFT_ALONE) == raw(given, LEFT_ALONE)
    assert after.getinfo(LEFT_ALONE).compress_type == before.getinfo(LEFT_ALONE).compress_type
    assert {n for n in after.namelist() if after.read(n) != before.read(n)} == {CHANGED}
    assert after.getinfo(LEFT_ALONE).flag_bits & 0x0008 == 0
    assert openpyxl.load_workbook(io.BytesIO(answer)).sheetnames == workbook(given).sheetnames
    assert saved(given) == answer


def test_name_in_chinese__stays(tmp_path: Path) -> None:
    given = io.BytesIO(packed())
    with zipfile.ZipFile(given, "a") as package:
        package.writestr("附件/说明.txt", "甲" * 50)
    answer = zipfile.ZipFile(io.BytesIO(saved(given.getvalue())))
    assert answer.read("附件/说明.txt").decode() == "甲" * 50


@pytest.mark.parametrize(("make", "copied"), [
    (lambda: packed(), True), (lambda: packed(stream=True), True),
    (lambda: packed(version=zipfile.ZIP64_VERSION), False),
    (lambda: packed(zipfile.ZIP_BZIP2), False), (lambda: packed(zipfile.ZIP_LZMA), False),
], ids=["deflated", "sizes behind the data", "zip64", "bzip2", "lzma"])
def test_only_plain_packing__is_copied(make: Callable[[], bytes], copied: bool) -> None:
    given = make()
    archive = Archive(given)
    assert [archive.entry(info).packed is not None for info in archive.entries] == [copied] * len(archive.entries)
    answer = zipfile.ZipFile(io.BytesIO(saved(given)))
    assert answer.testzip() is None
    assert {info.compress_type for info in answer.infolist()} == {zipfile.ZIP_DEFLATED}


def test_damage__in_any_byte_of_a_part_that_is_only_copied__is_found() -> None:
    given = packed(zipfile.ZIP_STORED)
    at = given.index(raw(given, LEFT_ALONE))
    for shift in random.Random(1).sample(range(len(raw(given, LEFT_ALONE))), 20):
        broken = bytearray(given)
        broken[at + shift] ^= 0x10
        with pytest.raises(Unmarkable):
            saved(bytes(broken))


@pytest.mark.parametrize("shift", [0, 1, 50, 400])
def test_damage__in_packed_bytes__is_found(shift: int) -> None:
    given = packed()
    broken = bytearray(given)
    broken[given.index(raw(given, LEFT_ALONE)) + shift] ^= 0x55
    with pytest.raises(Unmarkable):
        saved(bytes(broken))


@pytest.mark.parametrize(("place", "value"), [(16, 1), (20, 7), (24, 9)], ids=["checksum", "packed size", "size"])
def test_directory_that_says_something_else__is_damage(place: int, value: int) -> None:
    given = bytearray(packed())
    directory = given.rindex(b"PK\x01\x02", 0, given.rindex(LEFT_ALONE.encode()))
    given[directory + place:directory + place + 4] = value.to_bytes(4, "little")
    with pytest.raises(Unmarkable):
        saved(bytes(given))


def test_encrypted_entry__is_not_marked() -> None:
    given = bytearray(packed())
    directory = given.rindex(b"PK\x01\x02", 0, given.rindex(LEFT_ALONE.encode()))
    given[directory + 8] |= 1
    with pytest.raises(Unmarkable):
        saved(bytes(given))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="没有 LibreOffice")
def test_libreoffice__opens_what_was_copied(tmp_path: Path) -> None:
    for name, data in (("a", packed(stream=True)), ("b", packed(zipfile.ZIP_STORED))):
        (tmp_path / f"{name}.xlsx").write_bytes(judged(data, tmp_path).answer())
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods",
         "--outdir", str(tmp_path / "saved"), *map(str, tmp_path.glob("?.xlsx"))], check=True, capture_output=True,
         timeout=180)
    assert sorted(path.name for path in (tmp_path / "saved").iterdir()) == ["a.ods", "b.ods"]
