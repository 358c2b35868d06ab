"""The benchmark: forms that are what they are said to be, a fair script beside, and figures turned into verdicts."""

from __future__ import annotations

import io
import json
import re
import subprocess
import tomllib
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from bench_figures import figures
from packaging.requirements import Requirement

from pipeline.run import run
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA
from schemas.form_2023 import FORM
from tests.bench import __main__ as bench
from tests.bench import report, sizing, starting, targets
from tests.bench.contents import right_form
from tests.bench.forms import template
from tests.bench.generate import PLANTED, Order, file_of, form_bytes, generate
from tests.bench.measures import ROOT, agreement, change
from tests.bench.mistakes import MISTAKES

BEGIN, END = report.markers(report.BLOCK)
# As many as it takes for each kind of mistake to occur.
FORMS = 85


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which every form has a mistake, after a run."""
    root = tmp_path_factory.mktemp("judged")
    generate(Order(root, mistakes=1.0), FORMS)
    run(Workspace(root), Settings.of(Workspace(root)), datetime(2023, 9, 20, tzinfo=CHINA))
    return root


def table(root: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(Workspace(root).data_outbox / f"{name}.parquet")


def planted(root: Path) -> list[tuple[str, str]]:
    lines = map(json.loads, (root / PLANTED).read_text("utf-8").splitlines())
    return sorted((line["file"], line["rule"]) for line in lines)


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_generator__gives_the_same_files_with_the_same_times_for_the_same_seed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(Order(tmp_path / name, mistakes=0.5), 30)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one == two
    assert len(one) == 30 + 2
    times = [[file_of(tmp_path / name, number).stat().st_mtime for number in range(30)] for name in ("one", "two")]
    assert times[0] == times[1]
    assert len(set(times[0])) == 30


def test_generator__another_seed_gives_other_forms(tmp_path: Path) -> None:
    assert form_bytes(Order(tmp_path, seed=1), 3) != form_bytes(Order(tmp_path, seed=2), 3)


def test_form__is_a_whole_package_that_holds_what_was_filled_in(tmp_path: Path) -> None:
    data, rule = form_bytes(Order(tmp_path, members=14, mistakes=0), 5)
    assert (rule, zipfile.ZipFile(io.BytesIO(data)).testzip()) == ("", None)
    sheet, made = openpyxl.load_workbook(io.BytesIO(data))[FORM.sheet], template(14)
    filled = right_form(Order(tmp_path).seed, 5, 14)
    assert len(filled["members"]) == 14
    for block, records in filled.items():
        for row, record in enumerate([records] if block == "consortium" else records):
            assert {field: sheet[made.address((block, row, field))].value for field in record} == record


def test_forms__raise_exactly_the_planted_mistakes(judged: Path) -> None:
    findings = table(judged, "findings").filter(pl.col("severity") != "I")
    told = sorted((row["file"], f"{row['code']}/{row['severity']}") for row in findings.iter_rows(named=True))
    assert told == planted(judged)
    assert len(told) == FORMS
    assert {rule for _, rule in told} == {mistake.rule for mistake in MISTAKES}


def test_forms__share_members_that_are_merged(judged: Path) -> None:
    """In the register an organisation stands in as many consortia as admitted forms list its code."""
    admitted = [int(file[-11:-5]) for file, rule in planted(judged) if rule.endswith("/W")]
    times = Counter(member["uscc"] for number in admitted
                    for member in right_form(Order(judged).seed, number)["members"])
    assert dict(table(judged, "organisations").select("uscc", "consortium_count").iter_rows()) == times
    assert sum(count > 1 for count in times.values()) > 2


def test_changed_night__one_form_in_a_hundred_is_another(tmp_path: Path) -> None:
    order = Order(tmp_path)
    generate(order, 101)
    before = contents(tmp_path)
    assert change(order, 101) == 2
    after = contents(tmp_path)
    assert {tmp_path / name for name in before
            if before[name] != after[name]} == {file_of(tmp_path, n) for n in (0, 100)}


def test_usual_script__reaches_the_same_verdicts(judged: Path, tmp_path: Path) -> None:
    if not bench.USUAL_PYTHON.exists():
        pytest.skip("没有 .venv-bench（由 make bench 建立）")
    script = Path(__file__).parent / "bench" / "usual.py"
    done = subprocess.run([bench.USUAL_PYTHON, script, judged / "inbox", tmp_path], check=True, capture_output=True,
                          encoding="utf-8")
    told = json.loads(done.stdout)
    assert sorted(map(tuple, told["findings"])) == planted(judged)
    assert agreement(judged, told["findings"], FORMS) == {
        "forms": FORMS, "planted": FORMS, "ours": FORMS, "usual": FORMS, "same": True}
    assert len(list(tmp_path.glob("*/退改/*.xlsx"))) == FORMS


def test_agreement__is_lost_with_one_verdict(judged: Path) -> None:
    theirs = [list(pair) for pair in planted(judged)]
    assert agreement(judged, theirs, FORMS)["same"]
    assert not agreement(judged, theirs[1:], FORMS)["same"]
    assert not agreement(judged, [*theirs, [theirs[0][0], "M15/E"]], FORMS)["same"]


def verdicts(**more: object) -> dict[str, tuple[str, str, str]]:
    return {target.cells[0]: target.cells[1:] for target in targets.targets(figures() | more)}


def test_targets__of_figures_that_just_meet_them() -> None:
    assert verdicts() == {
        "10,000 份，从零汇总：每秒份数与常见脚本之比": ("至少 25 倍", "25.0 倍", "成立"),
        "10,000 份，只读表用时与只解压同样文件之比": ("至多 6 倍", "6.00 倍", "成立"),
        "10,000 份用时与 1,000 份之比": ("至多 11 倍", "8.00 倍", "成立"),
        "100,000 份用时与 10,000 份之比": ("至多 11 倍", "11.0 倍", "成立"),
        "100,000 份，全部进程的内存峰值": ("至多 1500 MB", "1,500 MB", "成立"),
        "1% 的表有改动的一晚（100 份），与从零汇总用时之比": ("至多 0.1", "0.100", "成立"),
        "每份退改表用时（发布阶段全部用时分摊）": ("至多 15 毫秒", "15.0 毫秒", "成立"),
        "`consortium check` 用时": ("至多 0.8 秒", "0.800 秒", "成立"),
        "`consortium --help` 用时": ("至多 0.8 秒", "0.200 秒", "成立"),
        "有 Prefect 服务时，`consortium run`（示例）比空流程多用": ("至多 3 秒", "3.00 秒", "成立"),
        "没有 Prefect 服务时，`consortium run`（示例）与空流程自启临时服务用时之比": ("至多 1 倍", "0.900 倍", "成立"),
        "1,000 份，从零汇总用时": ("至多 10 秒", "10.0 秒", "成立")}


@pytest.mark.parametrize(("more", "line", "told"), [
    ({"usual": figures()["usual"] | {"seconds": 39.9}}, "10,000 份，从零汇总：每秒份数与常见脚本之比", "24.9 倍"),
    ({"unzip_seconds": [3.0, 4.9]}, "10,000 份，只读表用时与只解压同样文件之比", "6.08 倍"),
    ({"changed": figures()["changed"] | {"seconds": 8.1}}, "1% 的表有改动的一晚（100 份），与从零汇总用时之比", "0.101"),
    ({"start": {"rules": [0.9, 0.9, 0.1]}}, "`consortium rules` 用时", "0.900 秒"),
])
def test_targets__missed_by_a_little_do_not_hold(more: dict, line: str, told: str) -> None:
    assert verdicts(**more)[line][1:] == (told, "不成立")


def test_report__says_when_the_scripts_disagree() -> None:
    good = report.lines(figures())
    assert "逐处一致" in good[0]
    assert "| 合计，每份都退（与本程序所做相同） | 200.0 | 5.0 | 25.0 |" in good
    assert "| 合计，每份都退，按处理器时间 | 160.0 | 6.2 | 10.0 |" in good
    assert "| 合计，一份都不标注不退（本程序仍然每份都退） | 150.0 | 6.7 | 18.8 |" in good
    assert good[0].endswith("轻命令各测 3 次，有无 Prefect 服务各测 3 次，取中位数。")
    rounds = figures() | {"start": {"check": [0.1] * starting.LIGHT_ROUNDS}}
    assert f"轻命令各测 {starting.LIGHT_ROUNDS} 次" in report.lines(rounds)[0]
    bad = figures() | {"agreement": figures()["agreement"] | {"usual": 8, "same": False}}
    assert "**不一致，以上比较无效**" in report.lines(bad)[0]


def test_readme__takes_the_table_between_its_markers_and_nothing_else(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"前\n{BEGIN}旧\n{END}\n后\n", "utf-8")
    report.write(figures(), readme)
    made = "\n".join(report.lines(figures()))
    assert readme.read_text("utf-8") == f"前\n{BEGIN}{made}\n{END}\n后\n"
    with pytest.raises(ValueError, match="no markers"):
        report.inserted("没有标记", [])


def test_sizing__goes_on_as_it_grew() -> None:
    said, rows = "\n".join(sizing.lines(figures())).split("\n\n")
    assert rows.splitlines()[2:] == [
        "| 1,000 | measured | 10 s | 24 s | 900 MB | 100 MB |",
        "| 10,000 | measured | 80 s | 24 s | 900 MB | 1.0 GB |",
        "| 100,000 | measured | 14.7 min | 24 s | 1.5 GB | 10.0 GB |",
        "| 1,000,000 | reckoned | 2.5 h | 24 s | 7.5 GB | 100.0 GB |"]
    # In two processes 24 seconds: one would take twice as long.
    told = " ".join(said.splitlines())
    assert "1,000,000 forms are reckoned from the growth between the two largest sizes measured." in told
    assert "by itself it took 24 s for 10,000 forms in 2 processes, so with workers it takes about 48 s over" in told


def test_lock_of_the_usual_script__pins_what_it_needs_with_hashes() -> None:
    text = (ROOT / "requirements-bench.lock").read_text("utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.M))
    wanted = map(Requirement, tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["bench"])
    assert [str(need) for need in wanted if not need.specifier.contains(pins.get(need.name, "0"))] == []
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert len(entries) >= len(pins) > 10


@pytest.mark.parametrize("where", ["as made", "in the README"])
def test_table__has_every_target_with_a_verdict_that_follows_from_its_figures(where: str) -> None:
    all_commands = figures() | {"start": dict.fromkeys(("check", "rules", "template", "--help"), [0.1])}
    block = "\n".join(report.lines(all_commands))
    if where == "in the README":
        block = report.README.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
        if not block:
            pytest.skip("README.md 里还没有实测的表（由 make bench 写入）")
    table_of_targets = block.split("\n\n")[1].splitlines()
    rows = [tuple(line.strip("| ").split(" | ")) for line in table_of_targets]
    assert rows[0] == report.TARGETS_HEAD
    # Titles that begin with a number name how many forms there were.
    expected = {target.title for target in targets.targets(all_commands)}
    assert {row[0] for row in rows[2:]
            if not row[0][0].isdigit()} == {title for title in expected if not title[0].isdigit()}
    for _, limit, measured, verdict in rows[2:]:
        bound, figure = (float(text.replace(",", "")) for text in (limit.split()[1], measured.split()[0]))
        # Where the figure was rounded to the limit, the verdict knows better.
        assert figure == bound or verdict == ("成立" if (figure > bound) == limit.startswith("至少") else "不成立")
