"""What a sealed folder says of itself: directory of originals, the ledger's tables, settings, editions, note."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipeline import arrivals, edition, layout
from pipeline.intake import Receipt
from pipeline.job import summary_of
from pipeline.manifest import Manifest
from pipeline.memory import Memory
from pipeline.publish import answers
from pipeline.publish.pages.due import Due
from pipeline.publish.tables import neutral
from pipeline.report import in_words
from pipeline.sealing import proof
from pipeline.settings import Bearing, Settings, Workspace
from schemas import call
from schemas.register import TABLES, titles
from schemas.season import CITY_STATE_WORDS

OUTPUTS, ORIGINALS, LEDGER = "结果", "原件", "台账"
INDEX, SETTINGS, EDITIONS = "原件目录.csv", "设置.json", "版本.json"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")


class Matter(NamedTuple):
    """Everything that goes into the folder, as it stood while the workspace was held."""

    workspace: Workspace
    settings: Settings
    now: datetime
    outputs: Manifest
    receipts: list[Receipt]
    memory: Memory
    ledger: Mapping[str, pl.DataFrame]


def originals(receipts: Iterable[Receipt]) -> dict[str, Receipt]:
    """Name in the sealed folder → a receipt of those bytes; the name ends as the first file's did, to open it."""
    first = {}
    for receipt in receipts:
        if receipt.sha256:
            first.setdefault(receipt.sha256, receipt)
    return {_name(receipt): receipt for receipt in first.values()}


def _name(receipt: Receipt) -> str:
    suffix = Path(receipt.path).suffix
    return f"{ORIGINALS}/{receipt.sha256}{suffix.lower() if _SUFFIX.fullmatch(suffix) else ''}"


def written(matter: Matter) -> Iterator[tuple[str, bytes]]:
    """Name and content of everything that is no copy."""
    yield INDEX, _index(matter)
    for table, frame in matter.ledger.items():
        yield f"{LEDGER}/{table}.parquet", _parquet(frame)
    yield f"{LEDGER}/{layout.JOURNAL}", (matter.workspace.originals / layout.JOURNAL).read_bytes()
    yield SETTINGS, _json(matter.settings.model_dump(mode="json", exclude=set(Settings.bearing_on(Bearing.SECRET)))
                          | {"deadline": matter.settings.due.isoformat()})
    yield EDITIONS, _json({"程序": _version(), "规则和输出": edition.rules_edition(), "读表": edition.reader_edition(),
                           "期次": matter.memory.round.number, "期次标识": matter.memory.round.key})


def matters(matter: Matter, files: int) -> str:
    """The note in Chinese, line ends as Windows writes them; `files` are those listed so far."""
    tables = {name: pl.read_parquet(matter.workspace.data_outbox / f"{name}.parquet") for name in TABLES}
    summary = summary_of(tables, answers.Written.among(matter.outputs.outputs).outputs)
    due = Due.of(matter.settings.due, matter.now)
    states = Counter(tables["cities"]["state"])
    cities = "，".join(f"{words} {states[state]} 市" for state, words in CITY_STATE_WORDS.items())
    late = int(tables["cities"]["late"].sum())
    stage = "" if matter.now > matter.settings.due else "封存时报送尚未截止，此为阶段性封存。"
    lines = [
        f"{call.YEAR}年{call.PROVINCE}创新联合体建设试点名录封存说明", "",
        f"一、依据：{call.NOTICE}。报送截止：{due.words}。",
        f"二、封存时间：{matter.now.astimezone(call.CHINA):%Y-%m-%d %H:%M:%S}（北京时间）。第 {matter.memory.round.number} 期。{stage}",
        f"三、程序版本：{_version()}；规则和输出 {edition.rules_edition()[:16]}；读表 {edition.reader_edition()[:16]}"
        f"（全文见“{EDITIONS}”）。",
        f"四、数量：{''.join(in_words(summary)[:2])}各市：{cities}。其中逾期收到 {late} 份。",
        f"五、内容：“{OUTPUTS}”为全部输出，“{ORIGINALS}”为收到的全部原件（按校验值命名，对照见“{INDEX}”），"
        f"“{LEDGER}”为台账各表，“{SETTINGS}”为所用设置。连同本说明所列事项共 {files + 1} 个文件列入“{proof.LIST}”。",
        f"六、核验：运行“consortium verify 本文件夹”，或在本文件夹内运行“sha256sum -c {proof.LIST}”。"
        f"封存码是“{proof.LIST}”的 SHA-256 校验值，请另行记录（如写入会议纪要）；核验时显示的封存码与记录一致，即未被改动。", "", ""]
    return "\r\n".join(lines)


def _version() -> str:
    try:
        return f"consortium {version('consortium')}"
    except PackageNotFoundError:
        return "consortium（源码运行）"


def _index(matter: Matter) -> bytes:
    """Every file received, and under which name its original lies here; CSV with BOM, as Excel opens it."""
    names = {receipt.sha256: name for name, receipt in originals(matter.receipts).items()}
    frame = arrivals.table(matter.receipts, matter.settings.due)
    frame = frame.with_columns(
        sealed_as=pl.Series([names[sha256] for sha256 in frame["sha256"]], dtype=pl.String),
        **{name: pl.when(name).then(pl.lit("是")).otherwise(pl.lit("否")) for name in ("present", "late")})
    written = io.BytesIO()
    neutral(frame).rename(titles("arrivals") | {"sealed_as": "封存为"}).write_csv(
        written, include_bom=True, line_terminator="\r\n", datetime_format="%Y-%m-%d %H:%M:%S")
    return written.getvalue()


def _parquet(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.write_parquet(written)
    return written.getvalue()


def _json(facts: dict) -> bytes:
    return (json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
