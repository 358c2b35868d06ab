"""The hundred fault cases and the fourteen promises, each with the tests that hold it, or why there is none.

`python -m tests.faults.cases` writes docs/faults.md from the two lists; test_fault_table.py holds them to it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "faults.md"
GROUPS = {
    "A": "Malformed containers", "B": "Hostile files", "C": "Semantic garbage", "D": "Races and names on shares",
    "E": "Crashes at each stage", "F": "Duplicate and concurrent runs", "G": "Clock and deadline", "H": "Database",
    "I": "Orchestration and environment",
}
_HEAD = """# What can go wrong, and the test that tries it

Written by `python -m tests.faults.cases` from the lists in tests/faults/; test_fault_table.py fails where this page is
not what they say, or where a test that is named does not exist. `a::b` is the function b in tests/a.py.
"""


class Case(NamedTuple):
    """One fault: what happens, the tests ("file::function", without folder and ending), and what they leave open."""

    number: int
    group: str
    what: str
    tests: tuple[str, ...] = ()
    why_not: str = ""


class Promise(NamedTuple):
    """One promise, the tests that hold it, and what is not promised."""

    number: int
    what: str
    tests: tuple[str, ...]
    why_not: str = ""


def page() -> str:
    """The whole of docs/faults.md."""
    return "\n".join([_HEAD, *_of_cases(), *_of_promises()]) + "\n"


def _of_cases() -> Iterator[str]:
    from tests.faults.case_list import CASES

    without = [case.number for case in CASES if not case.tests]
    yield (f"{len(CASES) - len(without)} of {len(CASES)} cases have a test"
           + (f"; without one, for the reason given: {', '.join(map(str, without))}.\n" if without else ".\n"))
    for group, title in GROUPS.items():
        yield f"## {group}. {title}\n\n| case | what happens | tested by | left open |\n| --: | --- | --- | --- |"
        yield from (_row(case.number, case.what, case.tests, case.why_not) for case in CASES if case.group == group)
        yield ""


def _of_promises() -> Iterator[str]:
    from tests.faults.promise_list import PROMISES

    yield "## The promises\n\n| promise | what is promised | tested by | left open |\n| --- | --- | --- | --- |"
    yield from (_row(f"P{one.number}", one.what, one.tests, one.why_not) for one in PROMISES)


def _row(number: object, what: str, tests: tuple[str, ...], why_not: str) -> str:
    return f"| {number} | {what} | {'<br>'.join(f'`{test}`' for test in tests)} | {why_not} |"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
