"""One form's findings as lines on a screen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from schemas.rule import SEVERITY_WORDS, Finding, Severity

if TYPE_CHECKING:
    from pipeline.checking import CheckedFile

ORDER = tuple(Severity)
WHOLE_FILE = "整个文件"
_CELL = re.compile(r"\$?([A-Z]+)\$?(\d+)")


def to_return(checked: Sequence[CheckedFile]) -> bool:
    """Whether any of the forms would be returned."""
    return any(finding.rule.severity is Severity.ERROR
               for file in checked for _, findings in file.forms for finding in findings)


def lines(checked: Sequence[CheckedFile]) -> list[str]:
    """Per form a verdict, then what must be mended before what must be looked at."""
    return [line for file in checked for line in _of_file(file)]


def _of_file(file: CheckedFile) -> list[str]:
    if not file.forms:
        return [f"{file.path}：空白表，没有可以检查的内容"]
    return [line for name, findings in file.forms
            for line in (_verdict(file.path, name, findings), *map(_finding, sorted(findings, key=_weight)))]


def _verdict(path: object, name: str | None, findings: Sequence[Finding]) -> str:
    counts = [(SEVERITY_WORDS[severity], sum(finding.rule.severity is severity for finding in findings))
              for severity in ORDER]
    told = "，".join(f"{word} {count} 项" for word, count in counts if count) or "没有发现问题"
    return f"{path}{f'（{name}）' if name else ''}：{told}"


def _weight(finding: Finding) -> tuple:
    """Errors first, then down the sheet."""
    letters, digits = _CELL.match(finding.cells[0]).groups() if finding.cells else ("", "0")
    return ORDER.index(finding.rule.severity), finding.sheet, int(digits), len(letters), letters


def _finding(finding: Finding) -> str:
    rule = finding.rule
    where = "、".join(finding.cells) or WHOLE_FILE
    return f"  {SEVERITY_WORDS[rule.severity]} {where} {rule.code} {finding.message}{finding.suggestion}"

