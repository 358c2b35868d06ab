"""The README is what the declarations say."""

from __future__ import annotations

import re

import pytest

from pipeline import docs
from pipeline.settings import Bearing, Settings
from schemas import catalogue, register
from schemas.form_2023 import FORM

TEXT = docs.README.read_text("utf-8")


def test_readme__is_current() -> None:
    assert docs.current(TEXT) == TEXT


def test_listing_of_the_rules__is_current() -> None:
    assert docs.rulebook.LISTING.read_text("utf-8") == docs.rulebook.listing()


def test_readme__has_every_block_once() -> None:
    assert sorted(re.findall(r"<!-- begin (\w+) -->", TEXT)) == sorted(docs.BLOCKS)


def test_readme__names_every_rule_column_and_table() -> None:
    missing = [rule.code for rule in catalogue.rules() if f"| {rule.code} |" not in TEXT]
    missing += [name for block in FORM.blocks for name in block.columns if f"`{name}`" not in TEXT]
    missing += [table for table in register.TABLES if f"**`{table}`**" not in TEXT]
    assert missing == []


# Entry points; what they are for stands with the commands.
NOT_IN_THE_HOUSE = {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("half", ["schemas", "pipeline"])
def test_house__names_every_module_and_no_other(half: str) -> None:
    block = re.search(rf"^{half}/ .*?(?=^\S)", TEXT.partition("## The house")[2], re.M | re.S)[0]
    # The names come first; what they are for, after two or more spaces or the last of them.
    listed = [re.match(r"  ((?:\w+(?:\.py|/)(?:, )?)+)", line) for line in block.splitlines()[1:]]
    named = [name for names in listed if names for name in names[1].strip(", ").split(", ")]
    folder = docs.README.parent / half
    there = {f"{place.name}/" if place.is_dir() else place.name for place in folder.iterdir()
             if place.suffix == ".py" or (place / "__init__.py").is_file()}
    assert (sorted(named), len(named)) == (sorted(there - NOT_IN_THE_HOUSE), len(set(named)))


def test_readme__names_what_workers_are_not_told() -> None:
    said = re.search(r"of the workspace's settings, (.*?) stay behind", TEXT, re.S)[1]
    assert set(re.findall(r"`(\w+)`", said)) == Settings.bearing_on(Bearing.SECRET)


def test_readme__names_no_file_that_is_not_there() -> None:
    linked = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert [link for link in linked if "://" not in link and not (docs.README.parent / link).exists()] == []


def test_check__stale_readme_fails(tmp_path, monkeypatch) -> None:
    stale = tmp_path / "README.md"
    stale.write_text("<!-- begin exits -->\nold\n<!-- end exits -->\n", "utf-8")
    monkeypatch.setattr(docs, "README", stale)
    monkeypatch.setattr("sys.argv", ["docs", "--check"])
    with pytest.raises(SystemExit) as ended:
        docs.main()
    assert ended.value.code == "README.md 与声明不一致，请运行 make docs"
    assert "old" in stale.read_text("utf-8")


def test_write__makes_it_current(tmp_path, monkeypatch) -> None:
    stale = tmp_path / "README.md"
    stale.write_text("before\n<!-- begin exits -->\nold\n<!-- end exits -->\nafter\n", "utf-8")
    monkeypatch.setattr(docs, "README", stale)
    monkeypatch.setattr(docs.rulebook, "LISTING", tmp_path / "rules.json")
    monkeypatch.setattr("sys.argv", ["docs"])
    docs.main()
    assert (tmp_path / "rules.json").read_text("utf-8") == docs.rulebook.listing()
    assert stale.read_text("utf-8").splitlines() == [
        "before", "<!-- begin exits -->", *docs.exits(), "<!-- end exits -->", "after"]


def test_cell__markup_in_declarations_is_text() -> None:
    assert docs._table(("a",), [("x|y*z",)])[2] == "| x\\|y\\*z |"


def test_catalogue__in_the_order_of_the_form() -> None:
    letters = [rule.code[0] for rule in catalogue.rules()]
    assert letters == sorted(letters, key=catalogue.LETTERS.index)


@pytest.mark.parametrize(("code", "labels"), [
    ("F01", [()]),
    ("M08", [("统一社会信用代码",)]),
    ("T02", [("其中:专业技术人员", "牵头及成员单位拥有从业人员数")]),
])
def test_labels__of_a_rule(code: str, labels: list[tuple[str, ...]]) -> None:
    assert [catalogue.labels_of(rule) for rule in catalogue.rules() if rule.code == code] == labels


def test_plain__places_for_values_become_dots() -> None:
    assert catalogue.plain("“{value}”晚于 {received:%Y年} ，请改") == "“…”晚于 … ，请改"
