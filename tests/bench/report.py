"""The figures as tables: on the screen and in the README, between its two markers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.bench.generate import MEMBERS, MISTAKES
from tests.bench.measures import ROOT, Figures
from tests.bench.targets import grown_of, rate, targets, usual_ratio

README = ROOT / "README.md"
BLOCK = "how-fast"
TARGETS_HEAD = ("目标", "限值", "实测", "结论")
PHASES = {"read": "打开、读格", "check": "校验", "mark": "标注、另存", "register": "合并、写名录"}


def lines(figures: Figures) -> list[str]:
    """All tables for which there are figures, in Markdown."""
    tables = [table(TARGETS_HEAD, (target.cells for target in targets(figures)))]
    if "cold" in figures:
        tables.append(table(("本程序的阶段", "秒", "处理器秒", "每份毫秒"), _stages(figures["cold"])))
        tables.append(table(("常见脚本（单进程）", "每份毫秒", "每秒份数", "本程序为其几倍"), _usual(figures)))
        tables.append(table(("从零汇总", "秒", "每秒份数", "内存峰值（全部进程 PSS 之和，MB）"), _growth(grown_of(figures))))
    tables.append(table(("其他", "秒"), _others(figures)))
    return [*caption(figures), *(line for rows in tables for line in ("", *rows))]


def caption(figures: Figures) -> list[str]:
    """What was measured on what."""
    if "agreement" not in figures:
        return ["测量没有做完，以下只是已测得的部分。"]
    on, agreed = figures["machine"], figures["agreement"]
    verdicts = "逐处一致" if agreed["same"] else "**不一致，以上比较无效**"
    return [f"{figures['cold']['forms']:,} 份表，每份 {MEMBERS} 个成员，{MISTAKES:.0%} 有一处错误；{on['processors']} 个处理器核"
            f"（{on['model']}），Python {on['python']}。常见脚本实测 {figures['usual']['forms']} 份，按每份用时推算；"
            f"这些表中埋下的 {agreed['planted']} 处错误，本程序查出 {agreed['ours']} 处，常见脚本查出 {agreed['usual']} 处，{verdicts}。"
            f"轻命令各测 {_rounds(figures['start'])} 次，有无 Prefect 服务各测 {_rounds(figures['prefect'])} 次，取中位数。"]


def _rounds(measured: Mapping[str, Sequence[float]]) -> int:
    """How often each was measured."""
    return min(map(len, measured.values()))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _stages(cold: Figures) -> Iterator[tuple[str, ...]]:
    for title, (seconds, cpu_seconds) in cold["stages"].items():
        yield title, f"{seconds:.1f}", f"{cpu_seconds:.1f}", f"{1000 * seconds / cold['forms']:.2f}"
    yield "合计", f"{cold['seconds']:.1f}", f"{cold['cpu_seconds']:.1f}", f"{1000 * cold['seconds'] / cold['forms']:.2f}"


def _usual(figures: Figures) -> Iterator[tuple[str, ...]]:
    usual = figures["usual"]
    for phase, title in PHASES.items():
        yield title, f"{1000 * usual['phases'][phase] / usual['forms']:.1f}", "", ""
    yield "合计，每份都退（与本程序所做相同）", f"{1000 / rate(usual):.1f}", f"{rate(usual):.1f}", f"{usual_ratio(figures):.1f}"
    unmarked = {"forms": usual["forms"], "seconds": usual["seconds"] - usual["phases"]["mark"]}
    used, ours = ({**one, "seconds": one["cpu_seconds"]} for one in (usual, figures["cold"]))
    yield "合计，每份都退，按处理器时间", f"{1000 / rate(used):.1f}", f"{rate(used):.1f}", f"{rate(ours) / rate(used):.1f}"
    yield ("合计，一份都不标注不退（本程序仍然每份都退）", f"{1000 / rate(unmarked):.1f}", f"{rate(unmarked):.1f}",
           f"{rate(figures['cold']) / rate(unmarked):.1f}")


def _growth(grown: list[Figures]) -> Iterator[tuple[str, ...]]:
    for run in grown:
        yield f"{run['forms']:,} 份", f"{run['seconds']:.1f}", f"{rate(run):.0f}", f"{run['peak_mb']:.0f}"


def _others(figures: Figures) -> Iterator[tuple[str, str]]:
    if "unchanged" in figures:
        yield "什么都没有改动的一晚", f"{figures['unchanged']['seconds']:.2f}"
    if "changed" in figures:
        yield f"{figures['changed']['forms']:,} 份有改动的一晚", f"{figures['changed']['seconds']:.2f}"
    if "read_seconds" in figures:
        yield "只读表（另行量取；上表读表时已同时校验）", f"{figures['read_seconds']:.2f}"
    if "unzip_seconds" in figures:
        yield "只解压同样的文件（前后各一次）", "、".join(f"{seconds:.2f}" for seconds in figures["unzip_seconds"])
    names = {"bare_served": "空流程，有 Prefect 服务", "run_served": "`consortium run`（示例），有 Prefect 服务",
             "bare_alone": "空流程，自启临时服务", "run_alone": "`consortium run`（示例），没有服务"}
    for name, title in names.items() if "prefect" in figures else ():
        yield title, "、".join(f"{seconds:.1f}" for seconds in figures["prefect"][name])


def markers(block: str) -> tuple[str, str]:
    """What stands before and after a block of the README that is made."""
    return f"<!-- begin {block} -->\n", f"<!-- end {block} -->"


def inserted(text: str, made: Sequence[str], block: str = BLOCK) -> str:
    """A README with these lines between the block's markers; ValueError if it has none."""
    first, last = markers(block)
    before, _, rest = text.partition(first)
    _, end, after = rest.partition(last)
    if not end:
        raise ValueError("no markers")
    return f"{before}{first}{chr(10).join(made)}\n{last}{after}"


def write(figures: Figures, readme: Path = README) -> None:
    """Put the tables into the README."""
    readme.write_text(inserted(readme.read_text("utf-8"), lines(figures)), "utf-8")
