"""What else arrives in a bureau's folder: scans, Word files, passwords, what programs leave behind."""

from __future__ import annotations

import random
import struct
import zlib
from xml.sax.saxutils import escape

from pipeline.demo import ole
from pipeline.demo.workbook import packed

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_OF_RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"
_OF_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_CIPHER = ('saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" '
           'cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"')
_PASSWORD = "http://schemas.microsoft.com/office/2006/keyEncryptor/password"
_ENCRYPTION = (
    f'<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:p="{_PASSWORD}">'
    f'<keyData {_CIPHER} saltValue="a3Vhbmh1Z3VveXVhbg=="/><keyEncryptors><keyEncryptor uri="{_PASSWORD}">'
    f'<p:encryptedKey spinCount="100000" {_CIPHER} saltValue="c2hpc2hpeWluZ3lvbmc="/>'
    "</keyEncryptor></keyEncryptors></encryption>"
)


def word(paragraphs: list[str]) -> bytes:
    """A .docx of these paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    types = (f'<Types xmlns="{_PACKAGE}/content-types">'
             f'<Default Extension="rels" ContentType="{_OF_RELATIONS}"/>'
             f'<Override PartName="/word/document.xml" ContentType="{_OF_DOCUMENT}"/></Types>')
    relations = (f'<Relationships xmlns="{_PACKAGE}/relationships">'
                 f'<Relationship Id="rId1" Type="{_RELATION}" Target="word/document.xml"/></Relationships>')
    document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    parts = {"[Content_Types].xml": types, "_rels/.rels": relations, "word/document.xml": document}
    return packed({name: (_HEAD + content).encode() for name, content in parts.items()})


def pdf() -> bytes:
    """A PDF of one grey page, as a scanner makes it."""
    pixels = zlib.compress(bytes([200]) * 5_000)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
        b"<</Length 30>>stream\n595 0 0 842 0 0 cm /I Do      \nendstream",
        b"<</Type/XObject/Subtype/Image/Width 50/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(pixels), pixels))
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer\n<</Size 6/Root 1 0 R>>\n"
    return written + table + b"startxref\n%d\n%%%%EOF\n" % len(written)


def picture(width: int = 60, height: int = 60) -> bytes:
    """A PNG: a red ring on white, as a seal looks from afar."""
    def pixel(x: int, y: int) -> bytes:
        distance = ((x - width / 2) ** 2 + (y - height / 2) ** 2) ** 0.5
        return b"\xd0\x10\x10" if 0.38 < distance / height < 0.46 else b"\xff\xff\xff"
    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(height))
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks)


def encrypted(seed: str) -> bytes:
    """What a workbook with an opening password looks like from outside; it holds nothing to be opened."""
    secret = random.Random(seed).randbytes(9_000)
    info = struct.pack("<HHI", 4, 4, 0x40) + _ENCRYPTION.encode()
    return ole.container({"EncryptionInfo": info, "EncryptedPackage": struct.pack("<Q", 8_992) + secret})


def owner_file() -> bytes:
    """The ~$ file that Excel keeps beside an open workbook: who has it open."""
    name = "经办人"
    short = bytes([len(name)]) + name.encode("gbk")
    return short.ljust(55, b" ") + name.encode("utf-16-le").ljust(110, b" ")


def thumbnails() -> bytes:
    """The Thumbs.db that Windows leaves in folders with pictures."""
    return ole.container({"Catalog": bytes(2_000)})
