"""The same bytes handed in more than once: which receipt stands for all of them, and since when they count.

A city's bytes came when it first sent them, whatever the names under which they lie now: moved, renamed, copied, or a
copy of them taken away, they are no newer. Only where older bytes are put back under a path do they come after what
had taken their place there; and where they are written over others that lie nowhere else, after those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.intake import Receipt

# A path and the SHA-256 of what was found there.
Key = tuple[str, str]


class Came(NamedTuple):
    """When a city's bytes came, as places in the order of arrival: for the `first` time, and by which they `count`."""

    first: int
    count: tuple[int, int]


class Sent(NamedTuple):
    """What is known of all receipts together: of a copy the receipt that stands for it; of each file when it came.

    `told` holds only the few files whose bytes or path came more than once.
    """

    originals: Mapping[Key, Receipt]
    told: Mapping[Key, Came]

    def came(self, receipt: Receipt) -> Came:
        """When the bytes of a receipt came."""
        return self.told.get(key_of(receipt)) or Came(receipt.sequence, (receipt.sequence, 0))


def key_of(receipt: Receipt) -> Key:
    """What a receipt is for."""
    return receipt.path, receipt.sha256


def sent(receipts: Sequence[Receipt]) -> Sent:
    """`receipts` are all that there are, in order of arrival; ignored ones are neither copies nor have any."""
    files = [receipt for receipt in receipts if not receipt.ignored]
    same: dict[tuple[str | None, str], list[Receipt]] = {}
    under: dict[str, list[Receipt]] = {}
    for receipt in _concerned(files):
        same.setdefault((receipt.city, receipt.sha256), []).append(receipt)
        under.setdefault(receipt.path, []).append(receipt)
    originals = {key_of(copy): original for group in same.values() for copy, original in _copies(group, under)}
    originals |= {key_of(receipt): home for receipt, home in _brought_home(files) if key_of(receipt) not in originals}
    again = {key_of(receipt) for group in same.values() for receipt in group[1:]}
    there = {of for of, group in same.items() if any(one.present and not one.withdrawn for one in group)}
    told = {}
    for group in same.values():
        when = Came(group[0].sequence, max(_counts(receipt, group[0], under, again, there) for receipt in group))
        told.update((key_of(receipt), when) for receipt in group)
    return Sent(originals, told)


def _concerned(files: Sequence[Receipt]) -> list[Receipt]:
    """The files whose path held several bytes, or whose bytes their city sent several times: of a hundred thousand
    others nothing need be held."""
    paths = Counter(receipt.path for receipt in files)
    bytes_ = Counter((receipt.city, receipt.sha256) for receipt in files)
    return [one for one in files if paths[one.path] > 1 or bytes_[one.city, one.sha256] > 1]


def _copies(group: Sequence[Receipt], under: Mapping[str, Sequence[Receipt]]) -> Iterator[tuple[Receipt, Receipt]]:
    """Each copy among receipts of the same bytes, with the one that stands for it."""
    if len(group) == 1:
        return
    stands = _for_all(group, under)
    for receipt in group:
        # What lay under its name before it came under another was a version and stays one, of the same content.
        version = receipt.sequence < stands.sequence or (stands.withdrawn and not _lies(receipt, under))
        if receipt is not stands and not receipt.withdrawn and not version:
            yield receipt, stands


def _for_all(group: Sequence[Receipt], under: Mapping[str, Sequence[Receipt]]) -> Receipt:
    """The first that is still there; else the first that was not replaced under its own name.

    Of what was withdrawn nothing is left but the copies that are still there: those taken away never counted.
    """
    counted = [receipt for receipt in group if not receipt.withdrawn]
    there = next((receipt for receipt in counted if receipt.present), None)
    if there or group[0].withdrawn:
        return there or group[0]
    return next((receipt for receipt in counted if _lies(receipt, under)), counted[0])


def _lies(receipt: Receipt, under: Mapping[str, Sequence[Receipt]]) -> bool:
    """Whether these are the bytes under their path: those there now, else the last that were there."""
    held = [one for one in under[receipt.path] if not one.withdrawn]
    return bool(held) and receipt is max(held, key=lambda one: (one.present, one.sequence))


def _brought_home(files: Sequence[Receipt]) -> Iterator[tuple[Receipt, Receipt]]:
    """What lay where no city could be told and has been moved into a city's folder, with the receipt there."""
    lost = [receipt for receipt in files if receipt.city is None and not receipt.present and not receipt.withdrawn]
    homes: dict[str, Receipt] = {}
    for receipt in files if lost else ():
        if receipt.city and receipt.present and not receipt.withdrawn:
            homes.setdefault(receipt.sha256, receipt)
    yield from ((receipt, homes[receipt.sha256]) for receipt in lost if receipt.sha256 in homes)


def _counts(receipt: Receipt, first: Receipt, under: Mapping[str, Sequence[Receipt]], again: Collection[Key],
            there: Collection[tuple[str | None, str]]) -> tuple[int, int]:
    """Where the bytes stand in the order of versions, by this receipt: put back, or written over what lies nowhere any
    more, after what it replaced."""
    held = under[receipt.path]
    if len(held) > 1 and receipt.present and not receipt.withdrawn:
        # Not what was only a copy there: that lies elsewhere as before.
        replaced = [one.sequence for one in held if not one.withdrawn and key_of(one) not in again and (
            one.sequence > receipt.sequence or (one.city, one.sha256) not in there)]
        if replaced:
            return max((first.sequence, 0), (max(replaced), 1))
    return first.sequence, 0
