"""Which form of which file counts: identity, version, supersession, what its bureau is told of its arrival.

A consortium is known by its city and its folded name. The newest form of the same city and consortium counts; the
earlier ones stay, superseded. New bytes under an old name supersede what that name held before; the same bytes under
another name are no newer than they were (`pipeline.copies`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.announced import announced, copied
from pipeline.copies import Key, Sent, key_of, sent
from pipeline.held import Head, head_of
from pipeline.intake import Receipt
from pipeline.read import FormReading, Spotted
from schemas import call
from schemas.kinds.text import fold_name, is_placeholder, is_void
from schemas.register import Status

_CITY_CODES = {city.name: city.code for city in call.CITIES}
_UNKNOWN_CITY = "000000"
BLANK = "空白表，没有填写内容"
COPY = "与 {time} 收到的文件“{file}”完全相同，未重复处理"
LIST = "问题清单，不是基础信息表；其中填写说明 {count} 条，办理情况见各表所列问题"
# What a city calls the file by which it says that it recommends nothing.
NIL_WORDS = ("零申报", "零报送", "无推荐")
NIL_FILE = "零申报说明，已登记"
GONE = "读不出来，已不在收件夹，不再要求处理"


@dataclass(frozen=True, slots=True)
class FileReading:
    """What reading a received file gave: its forms, or what is wrong with it (`spotted`), or nothing but what stands in
    a list: a bureau's explanations (`remarks`), the centre's decisions (`entries`).

    Of the forms a run holds the heads alone; a form as a whole will do as well. `kind` is that of
    `pipeline.read.record.Opened`.
    """

    receipt: Receipt
    forms: tuple[Head | FormReading, ...] = ()
    spotted: tuple[Spotted, ...] = ()
    blank: bool = False
    remarks: tuple[tuple[str, str, str], ...] = ()
    entries: tuple[tuple[str, ...], ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One form, or one file without a readable form. `status` is set here only where no rule is needed to know it.

    `head` is what is held of the form, None where there is none; `reading` unpacks the whole of it at each call.
    """

    submission_id: str
    consortium_id: str
    receipt: Receipt
    head: Head | None
    spotted: tuple[Spotted, ...]
    name: str
    version: int = 1
    status: Status | None = None
    # Why it is not counted, where it is ignored.
    reason: str = ""
    # What the bureau explains in a list of problems that came in the same file.
    remarks: tuple[tuple[str, str, str], ...] = ()
    # Of the file, as its reader found it; None where there is no telling without looking again.
    kind: str | None = None

    @property
    def current(self) -> bool:
        """Whether this is a form that counts."""
        return self.status is None

    @property
    def has_form(self) -> bool:
        """Whether there is a form to be unpacked."""
        return self.head is not None

    @property
    def sheet(self) -> str | None:
        """The form's own sheet."""
        return self.head.sheet if self.head else None

    @property
    def reading(self) -> FormReading | None:
        """The form as a whole: not for all forms at once."""
        return self.head.unpacked() if self.head else None

    @property
    def packed(self) -> bytes | None:
        """The reading of the whole file, packed, for a child process; the form in it is number `place`."""
        return self.head.file.bytes() if self.head else None

    @property
    def place(self) -> int:
        """Which form of its file this is."""
        return self.head.place if self.head else 0


def submissions_of(readings: Sequence[FileReading], receipts: Sequence[Receipt],
                   deadline: datetime | None = None) -> list[Submission]:
    """Every submission in order of arrival: forms, unreadable files, ignored ones; the centre's decisions are none.

    Without a `deadline` nothing is late.
    """
    read = {(r.receipt.path, r.receipt.sha256): r for r in readings}
    found: list[Submission] = []
    received = [receipt for receipt in receipts if not receipt.is_decision]
    known = sent(received)
    for receipt in received:
        reading = read.get((receipt.path, receipt.sha256))
        if receipt.withdrawn:
            found.append(_file(receipt, (), Status.IGNORED, receipt.withdrawn))
        elif receipt.ignored or reading is None:
            found.append(_file(receipt, (), Status.IGNORED, receipt.ignored))
        elif original := known.originals.get(key_of(receipt)):
            spotted = copied(original)
            found.append(_file(receipt, (spotted,), Status.IGNORED, COPY.format(**dict(spotted.facts))))
        elif _declares_nil(reading):
            found.append(_file(receipt, (), Status.IGNORED, NIL_FILE))
        elif reading.forms:
            found.extend(_form(reading, place) for place in range(len(reading.forms)))
        else:
            found.append(_formless(reading))
    return announced([_let_go(submission) for submission in _superseded(found, known)], deadline)


def _formless(reading: FileReading) -> Submission:
    if reading.spotted:
        return replace(_file(reading.receipt, reading.spotted, Status.UNREADABLE), kind=reading.kind)
    if reading.blank:
        return _file(reading.receipt, (), Status.IGNORED, BLANK)
    told = _file(reading.receipt, (), Status.IGNORED, LIST.format(count=len(reading.remarks)))
    return replace(told, remarks=reading.remarks)


def _let_go(submission: Submission) -> Submission:
    """What could not be read and has been taken away again holds nothing that the register would lose."""
    gone = submission.status is Status.UNREADABLE and not submission.receipt.present
    return replace(submission, status=Status.IGNORED, spotted=(), reason=GONE) if gone else submission


def _declares_nil(reading: FileReading) -> bool:
    """A city's file, in any format, that says so in its name and holds no filled form."""
    name = reading.receipt.path.rpartition("/")[2]
    return bool(reading.receipt.city) and not reading.forms and any(word in name for word in NIL_WORDS)


def _file(receipt: Receipt, spotted: tuple[Spotted, ...], status: Status, reason: str = "") -> Submission:
    return Submission(_identity(receipt, 0), "", receipt, None, spotted, "", status=status, reason=reason)


def _form(reading: FileReading, place: int) -> Submission:
    form = head_of(reading.forms[place])
    name, lead = _told(form.name), _told(form.lead)
    key = fold_name(name) or fold_name(lead) or f"{reading.receipt.path}#{place}"
    spotted = (*reading.spotted, *(() if reading.receipt.city else (Spotted("F10"),)))
    return Submission(_identity(reading.receipt, place), _consortium_id(reading.receipt.city, key),
                      reading.receipt, form, spotted, " ".join(name.split()), remarks=reading.remarks,
                      kind=reading.kind)


def _told(name: str) -> str:
    """A name as written; "" where a cell says 无 or still holds the template's hint."""
    text = name.strip()
    return "" if is_void(text) or is_placeholder(text) else text


def _identity(receipt: Receipt, place: int) -> str:
    return "B" + _digest(f"{receipt.path}\n{receipt.sha256}\n{place}")[:12]


def _consortium_id(city: str | None, key: str) -> str:
    return f"{_CITY_CODES.get(city, _UNKNOWN_CITY)}-{_digest(key)[:8]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _superseded(found: list[Submission], known: Sent) -> list[Submission]:
    """Number the versions of each consortium, and mark all that a later one replaces."""
    # What lies under a path now counts, even where it is an older file put back; else what lay there last.
    taken = sorted((s for s in found if s.status is not Status.IGNORED), key=lambda s: s.receipt.present)
    latest_bytes = {s.receipt.path: s.receipt.sha256 for s in taken}
    numbered = _numbered(found, known)
    live = (s for s in numbered if s.has_form and latest_bytes[s.receipt.path] == s.receipt.sha256)
    newest = {s.consortium_id: s.submission_id for s in sorted(live, key=lambda s: known.came(s.receipt).count)}

    def replaced(submission: Submission) -> bool:
        if submission.status is Status.IGNORED:
            return False
        if latest_bytes[submission.receipt.path] != submission.receipt.sha256:
            return True
        return submission.has_form and newest.get(submission.consortium_id) != submission.submission_id

    return [replace(s, status=Status.SUPERSEDED) if replaced(s) else s for s in numbered]


def _numbered(found: list[Submission], known: Sent) -> list[Submission]:
    """With the versions' numbers: each content of a consortium has its own, in the order in which they first came."""
    forms = Counter(s.consortium_id for s in found if s.has_form)
    # Nearly every form is its consortium's only one, which is its first as it comes.
    several = [s for s in found if s.has_form and forms[s.consortium_id] > 1]
    latest: Counter[str] = Counter()
    versions: dict[str, int] = {}
    numbers: dict[tuple[str, str, int], int] = {}
    held: Counter[tuple[str, Key]] = Counter()
    for submission in sorted(several, key=lambda s: known.came(s.receipt).first):
        # A workbook may hold several forms of one consortium.
        file = submission.consortium_id, key_of(submission.receipt)
        content = submission.consortium_id, submission.receipt.sha256, held[file]
        held[file] += 1
        if content not in numbers:
            latest[submission.consortium_id] += 1
            numbers[content] = latest[submission.consortium_id]
        versions[submission.submission_id] = numbers[content]
    return [replace(s, version=versions[s.submission_id]) if s.submission_id in versions else s for s in found]
