"""What changed rules would add and remove, by rule and city, over the live forms; nothing in the workspace changes."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.errors import RunError
from pipeline.inbox import NO_CITY
from schemas import call
from schemas.rule import SEVERITY_WORDS

if TYPE_CHECKING:
    import polars as pl

    from pipeline.intake import Receipt
    from pipeline.memory import Memory
    from pipeline.settings import Settings, Workspace

_CHILD = Path(__file__).with_name("what_if_child.py")
_PROGRAM = Path(__file__).parent.parent
_FAULTS = {
    "SyntaxError": "语法错误", "NameError": "名称没有定义", "ImportError": "引用的内容不存在",
    "ModuleNotFoundError": "引用的模块不存在", "AttributeError": "属性不存在", "TypeError": "类型不符", "KeyError": "键不存在",
    "ValueError": "值不符",
}


class RulesBroken(RunError):
    """The changed rules cannot be run."""


class Given(NamedTuple):
    """The same inputs for both sides. `limits` are the settings by name, without what is secret."""

    root: Path
    receipts: list[Receipt]
    memory: Memory
    limits: dict[str, Any]


class Finding(NamedTuple):
    """What of a finding is compared."""

    city: str | None
    code: str
    severity: str


class Stand(NamedTuple):
    """All findings by number, and the numbers of the forms that are in the register and of those that are not."""

    findings: Mapping[str, Finding]
    admitted: list[str]
    outside: list[str]


def lines(workspace: Workspace, settings: Settings, folder: Path | None = None) -> list[str]:
    """What the rules in `folder` (with a package `schemas`, perhaps also `pipeline`) would change, in sentences.

    Both sides judge everything received up to the last run. Without `folder` the program as it is now is compared
    with the outputs of the last run. Raises WrongUsage (no such rules, no run yet), RulesBroken.
    """
    from pipeline.usage import WrongUsage

    if folder and not (folder / "schemas").is_dir():
        raise WrongUsage(f"“{folder}”里没有规则（schemas 文件夹）")
    if not (workspace.data_outbox / "findings.parquet").is_file():
        raise WrongUsage("还没有汇总过，请先运行“consortium run”")
    with tempfile.TemporaryDirectory(prefix="consortium-") as scratch:
        given = _given(workspace, settings, Path(scratch))
        if folder:
            return _told("若启用，", stand(given), _elsewhere(given, folder.resolve(), Path(scratch)))
        return _told("按现在的程序和规则，与上次的结果相比，", _last(workspace), stand(given))


def stand(given: Given) -> Stand:
    """What the program and rules of this process say; also called in the child, where they are the changed ones."""
    from pipeline import job
    from pipeline.edition import reader_edition
    from pipeline.intake import Taken
    from pipeline.memory import Round
    from pipeline.readings import Readings
    from pipeline.settings import Settings, Workspace

    settings, taken = Settings(**given.limits), Taken(given.receipts)
    kept = Readings(Workspace(given.root).readings, reader_edition(), lasting=False)
    readings = [reading for portion in job.chunks(taken, settings, kept) for reading in job.read(portion, settings)]
    round_ = given.memory.round or Round(1, "", datetime.now(call.CHINA))
    # Rules that fail on a form are not to be told as a form that cannot be read.
    judged = job.validate(readings, taken, settings, strict=True)
    resolved = job.resolve(judged, given.memory, round_)
    return _stand(resolved.tables)


def taken_along(file: Path) -> Given:
    """What the parent process left for its child."""
    return pickle.loads(file.read_bytes())


def _given(workspace: Workspace, settings: Settings, scratch: Path) -> Given:
    """Receipts and memory: from a copy of the ledger where it is a file (opening it leaves traces), else from its
    server."""
    from pipeline import originals
    from pipeline.ledger import Ledger
    from pipeline.settings import Bearing
    from pipeline.settings import Workspace as At

    held = workspace if settings.database.get_secret_value() else _copied(workspace, At(scratch / "copy"))
    with Ledger.of(held, settings) as ledger:
        receipts = [replace(one, original=originals.place(workspace.originals, one.sha256) if one.sha256 else None)
                    for one in ledger.receipts()]
        limits = settings.model_dump(exclude=set(type(settings).bearing_on(Bearing.SECRET)))
        return Given(workspace.root, receipts, ledger.memory(), limits)


def _copied(workspace: Workspace, copy: Workspace) -> Workspace:
    """A workspace that has the ledger as it is between two of a run's writes."""
    copy.state.mkdir(parents=True)
    files = [workspace.database.with_name(workspace.database.name + end) for end in ("", "-wal")]
    before = None
    while before != (before := [_seen(file) for file in files]):
        for file in files:
            if file.exists():
                shutil.copyfile(file, copy.state / file.name)
    return copy


def _seen(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _last(workspace: Workspace) -> Stand:
    import polars as pl

    return _stand({name: pl.read_parquet(workspace.data_outbox / f"{name}.parquet")
                   for name in ("findings", "submissions")})


def _stand(tables: Mapping[str, pl.DataFrame]) -> Stand:
    from schemas.register import ADMITTED, Status

    findings = tables["findings"].select("finding_id", "city", "code", "severity")
    forms = {status: tables["submissions"].filter(status=str(status))["submission_id"].to_list() for status in Status}
    return Stand({number: Finding(*rest) for number, *rest in findings.iter_rows()},
                 [form for status in ADMITTED for form in forms[status]], forms[Status.RETURNED])


def _elsewhere(given: Given, folder: Path, scratch: Path) -> Stand:
    """What the rules in `folder` say, in a process of their own."""
    handed, answer = scratch / "given", scratch / "answer"
    handed.write_bytes(pickle.dumps(given))
    # What the changed rules print is nobody's answer; nothing is compiled into their folder.
    subprocess.run([sys.executable, "-P", _CHILD, folder, _PROGRAM, handed, answer], check=False, cwd=scratch,
                   env=_environment(), capture_output=True)
    try:
        told = json.loads(answer.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise RulesBroken("改动后的规则运行中途停止，没有比较") from error
    if "error" in told:
        fault = told["error"]
        what = _FAULTS.get(fault["kind"], "运行出错")
        raise RulesBroken(f"改动后的规则不能运行：{fault['file']} 第 {fault['line']} 行，{what}。没有比较")
    findings = {number: Finding(*rest) for number, rest in told["findings"].items()}
    return Stand(findings, told["admitted"], told["outside"])


def _environment() -> dict[str, str]:
    """This process's, but for the settings in it: those that the rules need are handed over, and some are secret."""
    from pipeline.settings import ENVIRONMENT_PREFIX

    return {name: value for name, value in os.environ.items() if not name.upper().startswith(ENVIRONMENT_PREFIX)} | {
        "PYTHONDONTWRITEBYTECODE": "1"}


def _told(when: str, before: Stand, after: Stand) -> list[str]:
    added = [after.findings[number] for number in after.findings.keys() - before.findings.keys()]
    removed = [before.findings[number] for number in before.findings.keys() - after.findings.keys()]
    graded = [after.findings[number]._replace(code=f"{after.findings[number].code}（{_from_to(old, new)}）")
              for number, old in before.findings.items() if (new := after.findings.get(number))
              and new.severity != old.severity]
    counted = "，".join(f"{what} {len(found)} 处（{_cities(found)}）" for what, found in (
        ("将新增", added), ("将减少", removed), ("将改变级别", graded)) if found)
    detail = [line for what, found in (("新增", added), ("减少", removed), ("改变级别", graded))
              for line in _by_rule(what, found)]
    return [f"{when}{counted or '没有新增，也没有减少'}。", *detail, *_moved(before, after),
            f"比较了 {len(after.admitted) + len(after.outside)} 份现行的表。只作比较，收件、结果和台账都没有改动。"]


def _from_to(old: Finding, new: Finding) -> str:
    return f"{SEVERITY_WORDS[old.severity]}→{SEVERITY_WORDS[new.severity]}"


def _cities(found: Iterable[Finding]) -> str:
    return f"{len({finding.city for finding in found})} 个市"


def _by_rule(what: str, found: Iterable[Finding]) -> list[str]:
    """A line a rule: how often in which city, in official order."""
    rules: dict[str, Counter[str | None]] = {}
    for finding in found:
        rules.setdefault(finding.code, Counter())[finding.city] += 1
    order = {city.name: place for place, city in enumerate(call.CITIES)}
    return [f"{what} {code}：" + "，".join(
        f"{city or NO_CITY} {number} 处" for city, number in sorted(
            cities.items(), key=lambda item: order.get(item[0], len(order)))) for code, cities in sorted(rules.items())]


def _moved(before: Stand, after: Stand) -> list[str]:
    out = len(set(before.admitted) & set(after.outside))
    into = len(set(before.outside) & set(after.admitted))
    said = "，".join(part for part in (f"{out} 份由入库变为退回" if out else "", f"{into} 份由退回变为入库" if into else "")
                    if part)
    return [f"报送的表：{said}。"] if said else []
