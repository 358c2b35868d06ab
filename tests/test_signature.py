"""`pipeline.signature`: what a file is, by its content."""

from __future__ import annotations

import io
import pickle

import msoffcrypto
import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from workbooks import ods, sheet_of, text_cell, xls, xls_text, xlsx, zipped

from pipeline.demo import ole
from pipeline.grid import open_workbook
from pipeline.signature import REASONS, Refused, kind_of

XLSX = xlsx(sheet_of(text_cell("A1", "甲")))
XLS = xls(xls_text(0, 0, "甲"))
ODS = ods('<table:table table:name="表1"><table:table-row/></table:table>')
ODT, ODP = (f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "presentation"))
HTML = "<html><table><tr><td>单位名称</td></tr></table></html>".encode("gbk")


@pytest.mark.parametrize(("data", "kind"), [
    (XLSX, "xlsx"), (XLS, "xls"), (ODS, "ods"), (zipped({"xl/workbook.bin": b"", "xl/worksheets/sheet1.bin": b""}),
                                                 "xlsb"),
    (zipped({"XL\\Workbook.xml": ""}), "xlsx"), (zipped({"content.xml": ""}), "ods"),
    (ole.container({"Book": bytes(9)}), "xls"),
], ids=["xlsx", "xls", "ods", "xlsb", "backslashes", "ods without type", "Excel 5"])
def test_kind_of__workbooks(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


FOREIGN = {
    "Word": zipped({"word/document.xml": ""}), "PPT": zipped({"ppt/presentation.xml": ""}),
    "OFD": zipped({"OFD.xml": ""}),
    "压缩包（ZIP）": zipped({"表.xlsx": XLSX}), "Word（ODT）": ods("", mimetype=ODT), "演示文稿（ODP）": ods("", mimetype=ODP),
    "PDF": b"%PDF-1.7\n", "图片（PNG）": b"\x89PNG\r\n\x1a\n", "图片（JPG）": b"\xff\xd8\xff\xe0", "图片（GIF）": b"GIF89a",
    "图片（BMP）": b"BM" + bytes(60), "图片（TIFF）": b"II*\x00" + bytes(60), "压缩包（RAR）": b"Rar!\x1a\x07",
    "压缩包（7Z）": b"7z\xbc\xaf\x27\x1c",
    "压缩包（GZ）": b"\x1f\x8b\x08", "Word（RTF）": rb"{\rtf1}", "Word（DOC、WPS）": ole.container({"WordDocument": b"x"}),
}


@pytest.mark.parametrize(("kind", "data"), FOREIGN.items(), ids=FOREIGN)
def test_kind_of__foreign_files_are_named(kind: str, data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        kind_of(data)
    assert (refusal.value.reason, refusal.value.kind) == ("foreign", kind)


def encrypted_xlsx() -> bytes:
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(XLSX)).encrypt("1234", target)
    return target.getvalue()


REFUSED = {
    "nothing": (b"", "empty"), "only zeros": (bytes(4096), "empty"), "page named xls": (HTML, "not_a_workbook"),
    "text": ("单位名称,代码\n".encode(), "not_a_workbook"),
    "container without a workbook": (ole.container({"Other": b"x"}), "not_a_workbook"),
    "cut zip": (XLSX[:-50], "damaged"), "head of a zip": (b"PK\x03\x04", "damaged"),
    "cut container": (XLS[:700], "damaged"),
    "head of a container": (ole.MAGIC, "damaged"), "encrypted xlsx": (encrypted_xlsx(), "encrypted"),
    "encrypted, least container": (ole.container({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "encrypted"),
    "encrypted ods": (ods("", manifest="<manifest:encryption-data/>"), "encrypted"),
    "Excel 4": (b"\x09\x04\x06\x00\x00\x04\x10\x00", "not_a_workbook"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_kind_of__refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        kind_of(data)
    assert (refusal.value.reason, refusal.value.kind) == (reason, "")
    assert reason in REASONS


def test_kind_of__encrypted_xls() -> None:
    """A password to open the file: BIFF8 with a FILEPASS record."""
    from workbooks import record

    locked = XLS.replace(record(0x0042, b"\xb0\x04"), record(0x002F, bytes(2)), 1)
    assert len(locked) == len(XLS) and msoffcrypto.OfficeFile(io.BytesIO(locked)).is_encrypted()
    with pytest.raises(Refused) as refusal:
        kind_of(locked)
    assert refusal.value.reason == "encrypted"


def test_kind_of__protection_is_no_encryption() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "甲"
    book.active.protection.set_password("1234")
    book.security.workbookPassword = "1234"
    book.security.lockStructure = True
    target = io.BytesIO()
    book.save(target)
    assert [cell.text for cell in open_workbook(target.getvalue()).grids[0]] == ["甲"]


@pytest.mark.parametrize(("reason", "kind"), [("foreign", "PDF"), ("encrypted", "")])
def test_refused__passes_between_processes(reason: str, kind: str) -> None:
    copy = pickle.loads(pickle.dumps(Refused(reason, kind)))
    assert (type(copy), copy.reason, copy.kind, str(copy)) == (Refused, reason, kind, reason)
