"""Serving without a server: turns, messages about the end of a run, and who may serve."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta

import pytest

from listening import Listener, listening
from pipeline import cli, launch, log, nights, unattended
from pipeline.errors import InboxUnavailable, WorkspaceHeld
from pipeline.job import Summary
from pipeline.report import in_morning
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

TODAY = datetime.now(CHINA)
SUMMARY = Summary(forms=3, admitted=2, returned=1, unreadable=0, superseded=0, ignored=0, errors=4, warnings=5,
                  notices=6, missing_cities=("淮安市",), outputs=())


class Ended(BaseException):
    """Stands for what Prefect raises in a run that whoever serves has ended."""


@pytest.fixture
def listener(monkeypatch):
    with listening() as one:
        monkeypatch.setenv("CONSORTIUM_NOTIFY", one.address)
        yield one


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = Workspace(tmp_path)
    made.create()
    return made


def carry_out(workspace: Workspace, monkeypatch, outcome: Summary | BaseException, trigger: str = "夜间") -> Summary:
    def run(*_: object) -> Summary:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(unattended, "run", run)
    return unattended.carry_out(workspace, trigger, None, Ended)


@pytest.mark.parametrize("trigger", ["夜间", "补跑", "来件"])
def test_summary__is_told_in_the_morning_only(workspace, monkeypatch, listener: Listener, trigger) -> None:
    assert carry_out(workspace, monkeypatch, SUMMARY, trigger) == SUMMARY
    titles = [title for title, _ in listener.messages]
    assert titles == ([] if trigger == "来件" else [f"江苏省创新联合体名录：{TODAY:%Y-%m-%d} {trigger}汇总"])


def test_failure__is_told_with_its_sentence(workspace, monkeypatch, listener: Listener) -> None:
    with pytest.raises(InboxUnavailable):
        carry_out(workspace, monkeypatch, InboxUnavailable("收件箱打不开。"))
    assert listener.messages == [("江苏省创新联合体名录：夜间汇总失败",
                                  f"江苏省创新联合体名录：{TODAY:%Y-%m-%d} 夜间汇总失败。收件箱打不开。")]


def test_failure__that_was_our_own_end_is_not_told(workspace, monkeypatch, listener: Listener) -> None:
    def ended() -> None:
        raise Ended

    with pytest.raises(log.Fault) as fault:
        log.guarded(ended)()
    with pytest.raises(log.Fault):
        carry_out(workspace, monkeypatch, fault.value)
    assert listener.messages == []


def test_failure__with_settings_that_are_wrong_goes_to_the_log_alone(workspace, listener: Listener) -> None:
    workspace.settings_file.write_text("nightly = 25", "utf-8")
    unattended.tell_failure(workspace, "夜间", "设置有误")
    assert listener.messages == []


def test_turn__comes_when_the_other_run_has_ended(workspace, monkeypatch) -> None:
    held, slept = [True, True, False], []
    monkeypatch.setattr(unattended.time, "sleep", slept.append)

    def run(*_: object) -> Summary:
        if held.pop(0):
            raise WorkspaceHeld("另一次运行正在使用这个工作区")
        return SUMMARY

    monkeypatch.setattr(unattended, "run", run)
    assert unattended.carry_out(workspace, "来件", None, Ended) == SUMMARY
    assert slept == [unattended.LOOK_AGAIN_SECONDS] * 2


@pytest.mark.parametrize(("trigger", "told"), [("夜间", 1), ("补跑", 1), ("来件", 0)])
def test_turn__that_never_comes_is_told_of_a_night_only(workspace, monkeypatch, listener: Listener, trigger,
                                                        told) -> None:
    """Who drops a file is answered by the run that is at work, or by the next."""
    monkeypatch.setattr(unattended, "TURN_SECONDS", -1)
    with pytest.raises(WorkspaceHeld):
        carry_out(workspace, monkeypatch, WorkspaceHeld("另一次运行正在使用这个工作区。请等它结束后再运行。"), trigger)
    assert listener.messages == [(
        f"江苏省创新联合体名录：{trigger}汇总失败",
        f"江苏省创新联合体名录：{TODAY:%Y-%m-%d} {trigger}汇总失败。另一次运行正在使用这个工作区。请等它结束后再运行。"
        "已等 -0.0166667 分钟，本次不再等，留待下次。")] * told


def test_outdated__only_the_latest_of_several_late_nights_runs(workspace) -> None:
    last = nights.latest(Settings().nightly, TODAY)
    late = [last - timedelta(days=2), last - timedelta(days=1), last, last + timedelta(hours=1)]
    assert [unattended.outdated(workspace, night) for night in late] == [True, True, False, False]


def test_morning__says_what_changed_and_how_long_there_is() -> None:
    due = datetime(2023, 9, 28, 23, 59, 59, tzinfo=CHINA)
    now = datetime(2023, 9, 20, 2, 1, tzinfo=CHINA)
    before = {"forms": 1, "admitted": 2, "returned": 2, "errors": 4, "warnings": 5, "notices": 6}
    lines = in_morning(SUMMARY, before, due, now)
    assert lines[-3:] == ["尚未报送（1 个市）：淮安市。",
                          "与前一天相比：收到基础信息表增加 2 份，退回待改减少 1 份。",
                          "截止时间 2023年9月28日24时，还有 8 天。"]
    assert in_morning(SUMMARY, None, due, now)[-2] == "此前没有汇总过。"
    same = {name: getattr(SUMMARY, name) for name in ("forms", "admitted", "returned", "errors", "warnings", "notices")}
    assert in_morning(SUMMARY, same, due, now)[-2] == "与前一天相比，各项数量没有变化。"


def test_serve__only_once_for_a_workspace(workspace, monkeypatch, capsys) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with launch._serving(workspace):
        assert cli.ended(["serve", "-w", str(workspace.root)]) == 4
    assert capsys.readouterr() == ("", "这个工作目录已有一个 consortium serve 在值守，不必再开一个。\n")
    with launch._serving(workspace):
        pass


def test_serve__port_in_use_is_told(workspace, monkeypatch, capsys) -> None:
    monkeypatch.setattr(launch.os, "environ", {})
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert cli.ended(["serve", "-w", str(workspace.root), "--port", str(port)]) == 3
    assert capsys.readouterr() == ("", f"端口 {port} 已被占用，请用 --port 换一个。\n")


def test_serve__server_given_that_does_not_answer_is_told(workspace, monkeypatch, capsys) -> None:
    monkeypatch.setattr(launch.os, "environ", {"PREFECT_API_URL": "http://127.0.0.1:9/api"})
    assert cli.ended(["serve", "-w", str(workspace.root)]) == 3
    assert capsys.readouterr().err == "指定的 Prefect 服务（PREFECT_API_URL）没有应答。\n"


@pytest.mark.parametrize(("written", "right"), [
    ('nightly = "23:59"', True), ('nightly = "24:00"', False), ('nightly = "2:00"', False),
    ("watch_seconds = 0", False),
    ('notify = ["json://a/b,c", "json://d"]', True), ("notify = [1]", False),
])
def test_settings__of_serving(workspace, capsys, written: str, right: bool) -> None:
    workspace.settings_file.write_text(written, "utf-8")
    if right:
        settings = Settings.of(workspace)
        assert "json" not in repr(settings) + str(settings)
        assert len(settings.notify) == written.count("json://")
        return
    with launch._serving(workspace):
        assert cli.ended(["serve", "-w", str(workspace.root)]) == 3
    assert capsys.readouterr().err.startswith(f"设置有误：{written.split()[0]}。")


def test_settings__addresses_from_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("CONSORTIUM_NOTIFY", "json://a/b,c  json://d")
    assert [address.get_secret_value() for address in Settings().notify] == ["json://a/b,c", "json://d"]
