"""What a file is, by its content: its signature, its container, whether it is encrypted. Never by its extension."""

from __future__ import annotations

import io
import struct
import zipfile

import olefile


class Refused(Exception):
    """A file that cannot be read as a workbook. `reason` is one of REASONS; for `foreign`, `kind` says what it is."""

    def __init__(self, reason: str, kind: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind

    def __reduce__(self) -> tuple:
        return Refused, (self.reason, self.kind)


# Reason → what to tell the clerk in F01; `encrypted` and `foreign` have rules of their own (F02, F03).
REASONS = {
    "damaged": "文件打不开，可能已损坏", "empty": "文件为空（0 字节）", "not_a_workbook": "文件内容不是 Excel 工作簿，不能读取",
    "too_large": "表格区域异常大，无法处理", "crashed": "文件结构异常，读取时出错，可能已损坏", "timeout": "读取超时，文件可能已损坏",
    "memory": "文件展开后过大，无法处理", "raised": "系统读取这个文件时出错，不一定是文件本身的问题",
    "encrypted": "文件设有打开密码", "foreign": "不是表格文件",
}

_MAGIC = (
    (b"%PDF", "PDF"), (b"\x89PNG", "图片（PNG）"), (b"\xff\xd8\xff", "图片（JPG）"), (b"GIF8", "图片（GIF）"),
    (b"BM", "图片（BMP）"), (b"II*\x00", "图片（TIFF）"), (b"MM\x00*", "图片（TIFF）"), (b"Rar!", "压缩包（RAR）"),
    (b"7z\xbc\xaf", "压缩包（7Z）"), (b"\x1f\x8b", "压缩包（GZ）"), (b"{\\rtf", "Word（RTF）"), (b"OFDR", "OFD"),
)
_WORD_STREAMS, _SHEET_STREAMS = ("WordDocument",), ("Workbook", "Book", "WORKBOOK", "BOOK")


def kind_of(data: bytes) -> str:
    """xlsx, xlsb, ods or xls.

    Raises:
        Refused: `empty`, `foreign` (a Word file, a picture …), `encrypted`, `damaged`, `not_a_workbook`.
    """
    if not data.strip(b"\x00"):
        raise Refused("empty")
    if data[:2] == b"PK":
        return _zip_kind(data)
    if data[:8] == olefile.MAGIC:
        return _ole_kind(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise Refused("foreign", kind)
    raise Refused("not_a_workbook")


def _zip_kind(data: bytes) -> str:
    try:
        names = {name.replace("\\", "/").lower() for name in zipfile.ZipFile(io.BytesIO(data)).namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Refused("damaged") from None
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "content.xml" in names:
        return _odf_kind(data)
    for folder, kind in (("word/", "Word"), ("ppt/", "PPT"), ("ofd.xml", "OFD")):
        if any(name.startswith(folder) for name in names):
            raise Refused("foreign", kind)
    raise Refused("foreign", "压缩包（ZIP）")


def _odf_kind(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        mimetype = package.read("mimetype")[:100] if "mimetype" in names else b""
        manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    if b"encryption-data" in manifest:
        raise Refused("encrypted")
    if b"spreadsheet" in mimetype or not mimetype:
        return "ods"
    raise Refused("foreign", "Word（ODT）" if b"text" in mimetype else "演示文稿（ODP）")


def _ole_kind(data: bytes) -> str:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            streams = {path[0] for path in container.listdir()}
    # olefile reports damage by many exceptions; each of them means the same to the clerk.
    except (OSError, ValueError, IndexError, TypeError, AttributeError, KeyError, struct.error):
        raise Refused("damaged") from None
    if "EncryptedPackage" in streams:
        raise Refused("encrypted")
    if streams & set(_SHEET_STREAMS):
        if _is_encrypted(data):
            raise Refused("encrypted")
        return "xls"
    if streams & set(_WORD_STREAMS):
        raise Refused("foreign", "Word（DOC、WPS）")
    if "PowerPoint Document" in streams:
        raise Refused("foreign", "PPT")
    raise Refused("not_a_workbook")


def _is_encrypted(data: bytes) -> bool:
    """What msoffcrypto says of an .xls; False where it cannot tell (calamine has its own opinion later)."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, ParseError

    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except (FileFormatError, ParseError, DecryptionError, OSError, ValueError, IndexError, KeyError, TypeError,
            AttributeError, AssertionError, struct.error):
        return False
