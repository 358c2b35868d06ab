"""Notifications: what arrives, and that what does not arrive costs a line in the log and nothing else."""

from __future__ import annotations

import logging

import pytest
from pydantic import SecretStr

from listening import listening
from pipeline import log, notify


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


@pytest.fixture
def caplog(caplog, monkeypatch):
    """Our own loggers do not propagate; here they are read where they write."""
    monkeypatch.setattr(log.LOGGER, "handlers", [caplog.handler])
    return caplog


def test_send__arrives_in_chinese(caplog) -> None:
    with listening() as listener:
        assert notify.send([SecretStr(listener.address)] * 2, "名录", "标题", "第一行\n第二行") == 2
    assert listener.messages == [("标题", "第一行\n第二行")] * 2
    assert said(caplog) == []


def test_send__one_dead_address_does_not_keep_the_others_waiting(caplog, capfd) -> None:
    with listening() as listener:
        addresses = ["json://127.0.0.1:9/geheim", "absent://geheim", "geheim", listener.address]
        assert notify.send(list(map(SecretStr, addresses)), "名录", "标题", "正文") == 1
    assert listener.messages == [("标题", "正文")]
    assert said(caplog) == [f"通知没有送达：第 {number} 个地址" for number in (1, 2, 3)]
    assert capfd.readouterr() == ("", "")


def test_send__fault_of_the_library_is_a_line_without_its_message(caplog, monkeypatch) -> None:
    import apprise

    def broken(self, address: str) -> bool:
        raise ValueError(address)

    monkeypatch.setattr(apprise.Apprise, "add", broken)
    assert notify.send([SecretStr("json://geheim")], "名录", "标题", "正文") == 0
    fault, line = said(caplog)
    assert "builtins.ValueError" in fault and "geheim" not in fault
    assert line == "通知没有送达：第 1 个地址"
    assert logging.getLogger("apprise").level > logging.CRITICAL
