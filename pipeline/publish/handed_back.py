"""退改/: every file that counts, handed back marked — and nothing else in the folder, so that it shows this run only.

What the answer to a file depends on is known before it is made, and the manifest remembers it with the answer's hash:
an answer that would be made from the same again, and lies there as it was left, stays as it is.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby, tee
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pipeline.publish import atomic, returned, standing
from pipeline.publish.counted import Counted, File, counted
from pipeline.read.packed import unpack
from pipeline.sandbox import each
from schemas import call

if TYPE_CHECKING:
    from pipeline.held import Head
    from pipeline.job import Resolved
    from pipeline.manifest import Manifest
    from pipeline.publish.returned.lines import Entry
    from pipeline.publish.standing import Standing
    from pipeline.settings import Workspace

# To a child: few enough that what is done again when one breaks it is soon done, and that all answers that wait have
# room.
_AT_A_TIME = 120
# Measured: all forms are marked when the lists are written.
_NICE = 8
# Written at once, so that the disk is waited for once: answers, or bytes of them where they are long. Measured: with
# four portions at a time the disk is at its best.
_WRITTEN_AT_ONCE, _HELD_AT_MOST, _WRITERS = 40, 4 << 20, 4
log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """One file to be handed back: the private copy, what was read of it, what is told of it, and where it goes.

    `source` is a digest of all that the answer is made from, "" if that is not to be noted; `sha256` is what the
    private copy must have, "" if unknown; `due` is the deadline in force, which the notes of the template name.
    """

    original: Path
    forms: tuple[Head, ...]
    entries: list[Entry]
    verdict: str
    target: Path
    source: str = ""
    sha256: str = ""
    due: datetime = call.DEADLINE


class Marking(NamedTuple):
    """What a child needs to mark a file: not what was read of it, which takes longer to send than to mark."""

    original: Path
    subject: str | None
    entries: list[Entry]
    verdict: str
    sha256: str = ""

    @classmethod
    def of(cls, answer: Answer) -> Marking:
        """The same of an answer."""
        return cls(answer.original, returned.subject(answer.forms), answer.entries, answer.verdict, answer.sha256)

    def bytes(self) -> bytes | None:
        """The file marked; None if its contents must be moved to another. ValueError if the private copy was
        damaged."""
        original = self.original.read_bytes()
        # What was read of it may have been kept from an earlier night: nobody else has looked at the copy since.
        if self.sha256 and hashlib.sha256(original).hexdigest() != self.sha256:
            raise ValueError("not what was received")
        return returned.mark(original, self.subject, self.entries, self.verdict, proven=self.subject is not None)


class Moving(NamedTuple):
    """What a child needs to move a file's contents to the template: readings, packed, with the places of forms in
    each."""

    original: Path
    packed: tuple[tuple[bytes, tuple[int, ...]], ...]
    entries: list[Entry]
    verdict: str
    due: datetime = call.DEADLINE

    @classmethod
    def of(cls, answer: Answer) -> Moving:
        """The same of an answer."""
        together = [tuple(heads) for _, heads in groupby(answer.forms, key=lambda head: id(head.file))]
        packed = tuple((heads[0].file.bytes(), tuple(head.place for head in heads)) for heads in together)
        return cls(answer.original, packed, answer.entries, answer.verdict, answer.due)

    def bytes(self) -> bytes:
        """The template with the contents."""
        forms = [forms[place] for data, places in self.packed for forms in [unpack(data).forms] for place in places]
        return returned.moved(self.original.read_bytes(), forms, self.entries, self.verdict, self.due)


@contextmanager
def writing(resolved: Resolved, workspace: Workspace, known: Standing) -> Iterator[Mapping[str, list[Path]]]:
    """Mark all files while the block runs; their answers' paths by city, which are complete when it has ended.

    What an answer is made from is noted in `known`, but for those that came out otherwise than they should.
    """
    files = counted(resolved, workspace)
    with ThreadPoolExecutor(1) as beside:
        done = beside.submit(_write, _changed(files, known, resolved.deadline), known)
        yield files.targets
        # A fault of the disk is raised here.
        done.result()
    for city, targets in files.targets.items():
        _clear(workspace.returned_outbox(city), {place.name for target in targets
                                                 for place in (target, atomic.place_of(target))})


def tidy(workspace: Workspace, known: Manifest) -> None:
    """Remove what is no answer of ours from the folders of a round that is not published anew."""
    folders = [workspace.returned_outbox(city) for city in call.CITY_ORDER]
    for folder, names in known.names(workspace.outbox, folders).items():
        _clear(folder, names)


def _changed(files: Counted, known: Standing, due: datetime) -> Iterator[Answer]:
    """The answers that must be made."""
    for file, rows in files.told():
        source = _source(file, rows)
        if not (known.holds(file.target, source) or known.holds(file.target, _on_template(source, due))):
            entries = returned.entries_of(dict(zip(returned.TOLD, row, strict=True)) for row in rows)
            yield Answer(file.original, file.forms, entries, file.verdict, file.target, source, file.sha256, due)


def _source(file: File, rows: Sequence[tuple[Any, ...]]) -> str:
    """64 hex digits for all that the answer to a file is made from, this program included, where the file is marked."""
    forms = [(form.place, form.sheet, form.name, form.file.mark.hex()) for form in file.forms]
    return standing.source(file.sha256, forms, file.verdict, file.target.name, rows)


def _on_template(source: str, due: datetime) -> str:
    """The same where it is the template, which names the deadline; "" for what is not to be noted."""
    return source and standing.source(source, due.isoformat())


def _write(answers: Iterable[Answer], known: Standing | None = None) -> None:
    """Write all answers; what is done with a bureau's bytes is done in children, as when they were read."""
    with _Writer(known or standing.Standing(None, Path())) as writer:
        for answer, data in _in_children(Moving, _not_marked(answers, writer)):
            writer.put(answer._replace(source=_on_template(answer.source, answer.due)), data or returned.blank(
                returned.subject(answer.forms), answer.entries, answer.verdict, answer.due))


def _not_marked(answers: Iterable[Answer], writer: _Writer) -> Iterator[Answer]:
    """Have the answers written that are the files marked; the others are left, each when it is known."""
    for answer, data in _in_children(Marking, answers):
        if data is None:
            yield answer
        else:
            writer.put(answer, data)


class _Writer:
    """Writes answers in portions, in threads: while the disk is waited for, the next ones are marked and written."""

    def __init__(self, known: Standing) -> None:
        self._known = known
        self._waiting: list[tuple[Path, bytes]] = []
        self._held = 0
        self._beside = ThreadPoolExecutor(_WRITERS)
        self._begun: deque[Future[None]] = deque()

    def put(self, answer: Answer, data: bytes) -> None:
        """Have an answer written, and what it is made from noted."""
        self._waiting.append((answer.target, data))
        self._held += len(data)
        if answer.source:
            self._known.made(answer.target, answer.source)
        if len(self._waiting) >= _WRITTEN_AT_ONCE or self._held >= _HELD_AT_MOST:
            self._flush()

    def _flush(self) -> None:
        # No more portions are held than are being written.
        if len(self._begun) == _WRITERS:
            self._begun.popleft().result()
        self._begun.append(self._beside.submit(atomic.put_all, self._waiting))
        self._waiting, self._held = [], 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._flush()
                for portion in self._begun:
                    portion.result()
        finally:
            self._beside.shutdown()


def _in_children(kind: type[Marking | Moving], answers: Iterable[Answer]) -> Iterator[tuple[Answer, bytes | None]]:
    """The answers with their bytes, None where there are none."""
    answers, asked = tee(answers)
    # One for each processor: they take what time this process leaves, which has lists to write and does one at a time.
    outcomes = each(kind.bytes, map(kind.of, asked), chunk=_AT_A_TIME, nice=_NICE)
    for answer, outcome in zip(answers, outcomes, strict=True):
        if outcome.fault:
            log.warning("一份退改表没有按通常方式生成，改用其他方式：%s", outcome.detail)
            # Made again from the same, it may come out as it should.
            answer = answer._replace(source="")
        yield answer, outcome.value


def _clear(folder: Path, kept: Collection[str]) -> None:
    """Remove the answers of an earlier run to files that count no more, and whatever else came into the folder."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        if name in kept:
            continue
        try:
            (folder / name).unlink(missing_ok=True)
        except IsADirectoryError:
            # Somebody's own, and none of our answers: it goes with its owner.
            log.warning("退改文件夹里有一个不是程序建立的文件夹，没有移走")
        except PermissionError:
            # Open in a program; the next run removes it.
            log.warning("退改文件夹里有一个不再有效的文件正被打开，没有移走")
