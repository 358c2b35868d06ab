"""What a file is, by its content: its signature, its container, whether it is encrypted. Never by its extension."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import olefile

from pipeline.preflight import cfb


class Refused(Exception):
    """A file that cannot be read as a workbook. `reason` is one of REASONS; for `foreign`, `kind` says what it is.

    `sheet` and `place` (row and column from 0) are where it was found out, if that is on a sheet.
    """

    def __init__(self, reason: str, kind: str = "", sheet: str = "", place: tuple[int, int] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind
        self.sheet = sheet
        self.place = place

    def __reduce__(self) -> tuple:
        return Refused, (self.reason, self.kind, self.sheet, self.place)


# Reason → what to tell the clerk in F01; `encrypted` and `foreign` have rules of their own (F02, F03).
REASONS = {
    "damaged": "文件打不开，可能已损坏", "empty": "文件为空（0 字节）", "not_a_workbook": "文件内容不是 Excel 工作簿，不能读取",
    "too_large": "表格区域异常大，无法处理", "crashed": "文件结构异常，读取时出错，可能已损坏", "timeout": "读取超时，文件可能已损坏",
    "memory": "文件展开后过大，无法处理", "raised": "系统读取这个文件时出错，不一定是文件本身的问题",
    "encrypted": "文件设有打开密码", "foreign": "不是表格文件",
    "parts": "文件内部条目超过 1,000 个，无法处理", "twice": "文件内部条目异常（同名内容重复），可能已损坏或被改动",
    "overlap": "文件内部条目异常（内容互相重叠），可能已损坏或被改动",
    "swells": "文件内部压缩异常（展开后超过 512 MB，或超过压缩前的 200 倍），无法处理",
    "declares": "文件内部含有不允许的声明（文档类型声明），不是 Excel 或 WPS 正常保存的文件",
    "tables": "文件内部目录异常（长度或次序前后矛盾），可能已损坏", "sheets": "工作表超过 256 张，无法处理",
    "extent": "内容的位置过远（一张工作表最多 200,000 行、1,024 列、5,000,000 格），请删去此处多余的内容",
}

# What the kinds of file begin with in which other files are packed.
ARCHIVE = "压缩包"
_MAGIC = (
    (b"%PDF", "PDF"), (b"\x89PNG", "图片（PNG）"), (b"\xff\xd8\xff", "图片（JPG）"), (b"GIF8", "图片（GIF）"),
    (b"BM", "图片（BMP）"), (b"II*\x00", "图片（TIFF）"), (b"MM\x00*", "图片（TIFF）"), (b"Rar!", f"{ARCHIVE}（RAR）"),
    (b"7z\xbc\xaf", f"{ARCHIVE}（7Z）"), (b"\x1f\x8b", f"{ARCHIVE}（GZ）"), (b"{\\rtf", "Word（RTF）"),
    (b"OFDR", "OFD"),
)
# What a package says of itself is a few lines; more is not read.
_LONGEST_TOLD = 1 << 20
_WORD_STREAMS, _SHEET_STREAMS = ("WordDocument",), ("Workbook", "Book", "WORKBOOK", "BOOK")


def kind_of(data: bytes, package: zipfile.ZipFile | None = None) -> str:
    """xlsx, xlsb, ods or xls; `package` is the bytes' container where it is open already.

    Raises:
        Refused: `empty`, `foreign` (a Word file, a picture …), `encrypted`, `damaged`, `not_a_workbook`.
    """
    if data[:1] in (b"", b"\x00") and not data.strip(b"\x00"):
        raise Refused("empty")
    if data[:2] == b"PK":
        return _zip_kind(data, package)
    if data[:8] == olefile.MAGIC:
        return _ole_kind(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise Refused("foreign", kind)
    raise Refused("not_a_workbook")


def _zip_kind(data: bytes, package: zipfile.ZipFile | None) -> str:
    try:
        package = package or zipfile.ZipFile(io.BytesIO(data))
        names = {name.replace("\\", "/").lower() for name in package.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
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
    raise Refused("foreign", f"{ARCHIVE}（ZIP）")


def _odf_kind(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        mimetype = _told(package, "mimetype")[:100]
        manifest = _told(package, "META-INF/manifest.xml")
    if b"encryption-data" in manifest:
        raise Refused("encrypted")
    if b"spreadsheet" in mimetype or not mimetype:
        return "ods"
    raise Refused("foreign", "Word（ODT）" if b"text" in mimetype else "演示文稿（ODP）")


def _told(package: zipfile.ZipFile, part: str) -> bytes:
    """The beginning of a part; b"" if there is none, or none that can be read."""
    try:
        with package.open(part) as content:
            return content.read(_LONGEST_TOLD)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError, RuntimeError):
        return b""


def _ole_kind(data: bytes) -> str:
    if cfb.fault(data) in cfb.ENDLESS:
        raise Refused("tables")
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            streams = {path[0] for path in container.listdir()}
    # olefile reports damage by many exceptions; each of them means the same to the clerk.
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, struct.error):
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
    except (FileFormatError, ParseError, DecryptionError, OSError, ValueError, LookupError, TypeError, AttributeError,
            ArithmeticError, AssertionError, RuntimeError, struct.error):
        return False
