"""A season through the command line, without Prefect: nil, vanish, withdraw, undo, late, seal, tamper, verify."""

from __future__ import annotations

import json
import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from season import form

from pipeline import cli
from pipeline.arrivals import VANISHED
from pipeline.template import write
from schemas import call

pytestmark = pytest.mark.slow
NANJING, WUXI, XUZHOU = (city.name for city in call.CITIES[:3])
TODAY = datetime.now(call.CHINA).date()


class Desk:
    """The centre's desk: a workspace, the command line over it, and what stands in the outbox."""

    def __init__(self, root: Path, capsys) -> None:
        self.root, self.capsys = root, capsys
        self.due(TODAY + timedelta(days=8))

    def due(self, day) -> None:
        (self.root / "consortium.toml").write_text(f"deadline = {day}\n", "utf-8")

    def __call__(self, *words: str, expect: int = 0) -> list[str]:
        """Carry out a command; the lines it printed, those of an error last."""
        where = () if words[0] == "verify" else ("-w", str(self.root))
        code = cli.ended([*words, *where])
        told = self.capsys.readouterr()
        assert code == expect, told
        return (told.out + told.err).splitlines()

    def run(self, expect: int = 0) -> list[str]:
        return self("run", "--no-prefect", expect=expect)

    def send(self, number: int, path: str, **changes) -> Path:
        """A right form of a consortium, some values of its first block changed."""
        filled = form(number)
        filled["consortium"] |= changes
        target = self.root / "inbox" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target, filled=filled)
        os.utime(target, (1_600_000_000, 1_600_000_000))
        return target

    def put(self, path: str, content: bytes = b"0") -> Path:
        target = self.root / "inbox" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        os.utime(target, (1_600_000_000, 1_600_000_000))
        return target

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.root / "outbox/省级/data" / f"{name}.parquet")

    def cities(self) -> dict[str, str]:
        """The cities that are not missing, with their states."""
        return {city: state for city, state in self.table("cities").select("city", "state").iter_rows()
                if state != "missing"}

    def status(self, file: str) -> str:
        return self.table("submissions").filter(file=file)["status"].item()

    def reason(self, file: str) -> str:
        return self.table("ignored").filter(file=file)["reason"].item()


@pytest.fixture
def desk(tmp_path: Path, capsys, monkeypatch) -> Desk:
    monkeypatch.setenv("CONSORTIUM_SECOND_LOOK_SECONDS", "0")
    return Desk(tmp_path, capsys)


def test_nil__by_file_and_by_command_with_undo(desk: Desk) -> None:
    note = desk.put(f"{WUXI}/无锡市零申报说明.txt", "无".encode())
    desk.run()
    assert desk.cities() == {WUXI: "nil"}
    assert (desk.reason(f"{WUXI}/无锡市零申报说明.txt"), desk.table("findings").height) == ("零申报说明，已登记", 0)
    assert desk("nil", "徐州", "-r", "来函说明") == ["已登记：徐州市零申报。下次汇总时生效，可运行“consortium run”。"]
    desk.run()
    assert desk.cities() == {WUXI: "nil", XUZHOU: "nil"}
    status = desk("status")
    assert [line.split()[:2] for line in status[2:6]] == [
        [NANJING, "未报送"], [WUXI, "零申报"], [XUZHOU, "零申报"], ["常州市", "未报送"]]
    assert status[-1].startswith("须催报：尚未报送 11 市（南京市、常州市、")
    assert desk("nil", "320300", "--undo") == ["已取消：徐州市零申报。下次汇总时生效，可运行“consortium run”。"]
    assert desk("nil", "徐州市", "--undo", expect=2) == [
        "徐州市没有用命令登记过零申报（以文件声明的，请用“consortium withdraw”撤回该文件）。"]
    desk("withdraw", "无锡市零申报说明", "-r", "误报")
    desk.run()
    assert (desk.cities(), note.exists()) == ({}, True)


def test_nil__a_form_goes_before_it(desk: Desk) -> None:
    desk.send(0, f"{NANJING}/a.xlsx")
    desk.run()
    desk("nil", NANJING, "--reason", "来函说明")
    desk.run()
    assert desk.cities() == {NANJING: "clean"}
    assert "零申报说明不生效" in (desk.root / "outbox/省级/报送情况.html").read_text("utf-8")


def test_vanish_withdraw_undo(desk: Desk) -> None:
    path = f"{NANJING}/a.xlsx"
    place = desk.send(0, path)
    desk.run()
    place.unlink()
    desk.run()
    assert (desk.status(path), desk.cities()) == ("accepted", {NANJING: "clean"})
    assert f"{path}：{VANISHED}" in desk("status")
    for page in ("省级/报送情况.html", f"{NANJING}/报送回执.html"):
        assert VANISHED in (desk.root / "outbox" / page).read_text("utf-8")
    assert desk("withdraw", "a.xlsx", "--reason", "企业退出") == [
        f"已撤回：{path}", "下次汇总时生效，可运行“consortium run”。"]
    assert desk("withdraw", path, "-r", "再撤", expect=2) == [f"已经撤回：{path}。"]
    desk.run()
    assert (desk.status(path), desk.cities()) == ("ignored", {})
    assert desk.reason(path) == f"已撤回（{TODAY}，企业退出）"
    assert desk.table("consortia").height == 0
    assert desk("withdraw", path, "--undo") == [f"已恢复：{path}", "下次汇总时生效，可运行“consortium run”。"]
    desk.run()
    assert (desk.status(path), desk.cities()) == ("accepted", {NANJING: "clean"})
    assert desk("withdraw", path, "--undo", expect=2) == [f"没有撤回过：{path}。"]


def test_withdrawn__the_earlier_version_counts_again(desk: Desk) -> None:
    desk.send(0, f"{NANJING}/a.xlsx")
    desk.run()
    desk.send(0, f"{NANJING}/b.xlsx", contact="王某")
    desk.run()
    assert [desk.status(f"{NANJING}/{name}.xlsx") for name in "ab"] == ["superseded", "accepted_with_warnings"]
    desk("withdraw", "b", "-r", "报错")
    desk.run()
    assert [desk.status(f"{NANJING}/{name}.xlsx") for name in "ab"] == ["accepted", "ignored"]


def test_withdrawn__new_bytes_of_that_name_count_and_can_be_withdrawn_too(desk: Desk) -> None:
    path = f"{NANJING}/a.xlsx"
    desk.send(0, path)
    desk.run()
    desk("withdraw", path, "-r", "报错")
    desk.send(0, path, contact="王某")
    desk.run()
    by_arrival = desk.table("submissions").sort("received_at")["status"].to_list()
    assert (by_arrival, desk.cities()) == (["ignored", "accepted"], {NANJING: "clean"})
    assert desk("withdraw", path, "-r", "企业退出")[0] == f"已撤回：{path}"


def test_decisions_withdrawn__and_undone(desk: Desk) -> None:
    desk.put("省级裁定/裁定.xlsx")
    desk.run()
    assert desk.table("decisions")["state"].to_list() == ["refused"]
    assert desk("withdraw", "省级裁定/裁定.xlsx", "-r", "填错")[0] == "已撤回：省级裁定/裁定.xlsx"
    desk.run()
    assert desk.table("decisions").height == 0
    assert desk.table("arrivals")["withdrawn"].to_list() == [f"已撤回（{TODAY}，填错）"]
    assert f"已撤回（{TODAY}，填错）；所载裁定不再生效" in (desk.root / "outbox/省级/报送情况.html").read_text("utf-8")
    assert desk("withdraw", "裁定", "-r", "再撤", expect=2) == ["已经撤回：省级裁定/裁定.xlsx。"]
    assert desk("withdraw", "裁定", "--undo")[0] == "已恢复：省级裁定/裁定.xlsx"
    desk.run()
    assert desk.table("decisions")["state"].to_list() == ["refused"]


def test_rebuild__gives_the_same_register_and_what_if_finds_nothing_to_change(desk: Desk) -> None:
    desk.send(0, f"{NANJING}/a.xlsx")
    desk.run()
    before = desk.table("submissions")
    (desk.root / ".consortium/ledger.db").unlink()
    assert desk("rebuild")[0].startswith("台账已重建：")
    desk.run()
    assert desk.table("submissions").equals(before)
    assert len(desk("what-if")) >= 1
    assert desk("what-if", str(desk.root / "没有"), expect=2) == [f"没有“{desk.root / '没有'}”这个目录。"]


@pytest.mark.parametrize(("words", "sentence"), [
    (["withdraw", "a.xlsx"], "缺少选项“--reason”，请写明原因。"),
    (["withdraw", "b.xlsx", "-r", "错"], "台账里没有“b.xlsx”这个文件。"),
    (["nil", "南京市"], "缺少选项“--reason”，请写明原因。"),
    (["nil", "上海市", "-r", "无"], f"没有“上海市”这个设区市，可写：{'、'.join(city.name for city in call.CITIES)}。"),
    (["nil", "南京市", "-r", "长" * 201], "原因太长，请写在 200 字以内。")])
def test_wrong_usage__is_told(desk: Desk, words: list[str], sentence: str) -> None:
    desk.put(f"{NANJING}/说明零申报.txt")
    desk.run()
    assert desk(*words, expect=2) == [sentence]


def test_late__is_said_and_not_dropped(desk: Desk) -> None:
    desk.due(TODAY - timedelta(days=2))
    desk.send(0, f"{NANJING}/a.xlsx")
    desk.run()
    assert desk.table("submissions").select("status", "late").rows() == [("accepted_with_warnings", True)]
    assert desk.table("arrivals").select("late", "present").rows() == [(True, True)]
    status = desk("status")
    assert status[0].endswith("（已截止 2 天）")
    assert status[2].split()[:6] == [NANJING, "全部通过", "1", "1", "0", "1"]
    texts = desk("status", "--remind")
    assert texts[0].startswith("无锡市科技局：截至") and "（已截止 2 天），请立即报送；" in texts[0]


def test_seal__what_is_not_of_the_present_inputs_is_refused(desk: Desk) -> None:
    refused = "请先运行“consortium run”，再封存。"
    place = desk.send(0, f"{NANJING}/a.xlsx")
    assert desk("seal", expect=3) == [f"还没有汇总过。{refused}"]
    desk.run()
    desk.put(f"{NANJING}/new.txt")
    assert desk("seal", expect=3) == [
        f"上次汇总以后，收件夹里有 1 个文件新增、改动或移走（如“{NANJING}/new.txt”）。{refused}"]
    (desk.root / f"inbox/{NANJING}/new.txt").unlink()
    desk("nil", WUXI, "-r", "来函")
    assert desk("seal", expect=3) == [f"现有结果不是按现在的撤回、零申报、设置和程序版本做的，或有文件被改动。{refused}"]
    assert desk("seal", "-o", str(place.parent / "x"), expect=2) == ["不能封存到 inbox 里，请换一个位置（-o）。"]
    assert not (desk.root / "封存").exists()


def test_seal_then_verify__and_what_tampering_shows(desk: Desk, tmp_path: Path) -> None:
    desk.due(TODAY - timedelta(days=1))
    desk.send(0, f"{NANJING}/a.xlsx")
    desk.put(f"{WUXI}/零申报.txt")
    desk.run()
    folder = desk.root / "封存" / f"{TODAY - timedelta(days=1)}"
    told = desk("seal")
    assert told[0].startswith(f"已封存：{folder}（") and told[1].startswith("封存码：")
    code = told[1].removeprefix("封存码：")
    assert desk("seal", expect=3) == [f"已有“{folder}”，没有覆盖。请换一个位置（-o），或先把它移走。"]
    assert {path.name for path in folder.iterdir()} == {
        "结果", "原件", "台账", "原件目录.csv", "设置.json", "版本.json", "封存事项.txt", "封存说明.txt", "封存清单.sha256"}
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o444}
    assert len(list((folder / "原件").iterdir())) == 2
    assert (folder / "台账/journal.jsonl").read_bytes() == (
        desk.root / ".consortium/originals/journal.jsonl").read_bytes()
    receipts = pl.read_parquet(folder / "台账/receipts.parquet")
    assert receipts["path"].to_list() == [f"{NANJING}/a.xlsx", f"{WUXI}/零申报.txt"]
    assert {f"{sha256}{end}" for sha256, end in zip(receipts["sha256"], (".xlsx", ".txt"), strict=True)} == {
        path.name for path in (folder / "原件").iterdir()}
    index = (folder / "原件目录.csv").read_text("utf-8-sig").splitlines()
    assert index[0].startswith("文件,") and index[1].startswith(f"{NANJING}/a.xlsx,") and len(index) == 3
    settings = json.loads((folder / "设置.json").read_text("utf-8"))
    assert settings["deadline"].startswith(f"{TODAY - timedelta(days=1)}T23:59")
    assert settings.keys().isdisjoint({"notify", "database", "dask", "originals_url", "inbox_url"})
    note = (folder / "封存说明.txt").read_text("utf-8")
    assert note.rstrip().endswith(f"封存码：{code}") and "收到基础信息表 1 份，入库 1 份" in note and "其中逾期收到 1 份" in note
    assert (folder / "结果/省级/江苏省创新联合体名录.xlsx").read_bytes() == (
        desk.root / "outbox/省级/江苏省创新联合体名录.xlsx").read_bytes()
    assert desk("verify", str(folder), "--code", code)[-1] == f"封存码：{code}"
    assert desk("verify", str(folder), "--code", "0" * 64, expect=1)[-1].startswith("封存码与所给的不一致")
    original = next((folder / "原件").glob("*.xlsx"))
    original.chmod(0o644)
    original.write_bytes(original.read_bytes() + b"\0")
    (folder / "台账/多.txt").write_bytes(b"")
    assert desk("verify", str(folder), expect=1) == [
        f"内容已改动：原件/{original.name}", "多出：台账/多.txt", "核验不通过：缺少 0 个，改动 1 个，多出 1 个。", f"封存码：{code}"]
