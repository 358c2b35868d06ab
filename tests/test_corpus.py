"""Hard spreadsheets of other projects: each gets one clear answer, through the sandbox, and never an exception.

The files are no part of this project; where they are not at hand the tests are skipped.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sketch import labels

from pipeline.opening import open_file
from pipeline.sandbox import CRASHED, MEMORY, Outcome, each

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"
SECONDS = 20

# What the manifest observed → the answer; of the fuzzers' other files only that there is one.
ANSWERS = (("encrypted", "F02"), ("XML entity attack", "F01"), ("PanicException", CRASHED),
           ("calamine reads", "F04"),
           ("silently reads", "F04"), ("backslash", "F04"), ("duplicate", "F01"), ("30 s CPU", "F04"))
# Files whose answer the manifest does not foretell.
NAMED = {
    "poi__60284.xls": "F02", "poi__51535.xls": "F01", "test_files__apachepoi_51535.xls.xlsb": "F01",
    "poi__poc-shared-strings.xlsx": "F01",
    "poi__64420.xlsm": "F04", "poi__xlmmacro.xlsm": "F04", "poi__60825.xlsx": "F04",
    "poi__sample-beta.xlsx": "F04",
    "poi__SharedFormulaTest.xls": "F04", "test_files__BlankSheetTypes.xlsm": "F04",
    # A sheet is listed and its part is not there.
    "poi__clusterfuzz-testcase-minimized-POIXSSFFuzzer-5937385319563264.xlsx": "F01",
}


def manifest() -> dict[str, str]:
    """File → what was observed of it."""
    if not (CORPUS / "MANIFEST.tsv").exists():
        return {}
    with (CORPUS / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row["observed"] for row in csv.DictReader(file, delimiter="\t")}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """File → what became of it."""
    files = list(manifest())
    if not files:
        pytest.skip("the corpus is not here")
    found = each(open_file, [(labels(), CORPUS / name) for name in files], workers=2, timeout_seconds=SECONDS)
    return dict(zip(files, found, strict=True))


def answer(outcome: Outcome) -> str:
    """The rule, the fault, or `forms` or `blank`."""
    if outcome.fault:
        return outcome.fault
    if outcome.value.forms:
        return "forms"
    return "blank" if outcome.value.blank else ",".join(spotted.rule for spotted in outcome.value.spotted)


@pytest.mark.slow
def test_corpus__every_file_has_exactly_one_answer(outcomes: dict[str, Outcome]) -> None:
    assert {name: given for name, outcome in outcomes.items()
            if (given := answer(outcome)) not in ("F01", "F02", "F03", "F04", "F13", CRASHED, MEMORY)} == {}


@pytest.mark.slow
def test_corpus__nothing_raises_but_the_reader_that_panics(outcomes: dict[str, Outcome]) -> None:
    assert {outcome.detail for outcome in outcomes.values() if outcome.fault == CRASHED} == {"PanicException"}


@pytest.mark.slow
def test_corpus__answers(outcomes: dict[str, Outcome]) -> None:
    expected = {name: next((given for word, given in ANSWERS if word in observed), "") for name,
                observed in manifest().items()} | NAMED
    assert {name: answer(outcomes[name]) for name, given in expected.items() if given} == {
        name: given for name, given in expected.items() if given}
