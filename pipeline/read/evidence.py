"""Values that by their kind can only be a record's, though no name stands beside them: sums, levels, months."""

from __future__ import annotations

import re

from pipeline.read.labels import Labels
from pipeline.read.record import Row, Value
from schemas import uscc
from schemas.kinds import choice, date, money
from schemas.kinds.text import fold_name

# One or two digits alone in a column of sums may be the number of a page.
_DIGIT = re.compile(r"\d")
_FEWEST_DIGITS = 3
# A level that is none of the two is one all the same.
_OTHER_LEVELS = frozenset(("both", "ministry", "below_province"))


def tells_record(record: Row, labels: Labels) -> bool:
    """Whether a value is of the kind of its column: sums, a level, a month or a period; no day, with which forms are
    signed."""
    sums = [value for value in _of(record, labels.money) if _is_sum(value)]
    return (sum(len(_DIGIT.findall(value.text)) for value in sums) >= _FEWEST_DIGITS
            or any(map(_is_level, _of(record, labels.levels)))
            or any(map(_is_month, _of(record, labels.months)))
            or any(map(_is_period, _of(record, labels.periods))))


def is_further(record: Row, known: set[str], labels: Labels) -> bool:
    """Whether a row has the name of a record that is not `known` yet, and a code or what `tells_record`."""
    name = fold_name(record["name"].text) if "name" in record else ""
    coded = "uscc" in record and uscc.is_valid(record["uscc"].text)
    return bool(name) and name not in known and (coded or tells_record(record, labels))


def _of(record: Row, names: frozenset[str]) -> list[Value]:
    return [value for name, value in record.items() if name in names and value.text.strip()]


def _is_sum(value: Value) -> bool:
    return money.read(value.text, value.stored, value.unit or "万元").value is not None


def _is_level(value: Value) -> bool:
    seen = choice.read_level(value.text)
    # A city alone may be that of the signature.
    return seen.value is not None or (seen.note in _OTHER_LEVELS and "级" in value.text)


def _is_month(value: Value) -> bool:
    if value.stored == "date" or date.read_day(value.text, value.stored).value is not None:
        return False
    return date.read_month(value.text, value.stored).value is not None


def _is_period(value: Value) -> bool:
    # A month alone may be that of the signature.
    seen = date.read_period(value.text, value.stored)
    return seen.value is not None and seen.note != "single"
