"""Telephone numbers."""
from __future__ import annotations

import pytest

from schemas.kinds import phone
from schemas.kinds.reading import Reading

FINE = (
    "13812345678", "138-1234-5678", "138 1234 5678", "138 12345678", "+86 13812345678", "+8613812345678",
    "86-13812345678", "(+86)13812345678",
    "0086-13812345678", "013812345678", "１３８１２３４５６７８", "13812345678.0", "张三13812345678", "张三：13812345678",
    "13812345678（张三）",
    "张三 13812345678，李四 13912345678", "1.张三13812345678；2.李四13912345678", "手机：13812345678", "025-83359254",
    "025－83359254", "025—83359254",
    "025–83359254", "025 83359254", "02583359254", "(025)83359254", "（025）83359254", "（025）8335 9254",
    "025-8335-9254", "0527-8433333", "0510-88888888",
    "+86-25-83359254", "+86 (0)25 83359254", "025-83359254转8001", "025-83359254-123", "025-83359254 ext 12",
    "025-83359254（8001）",
    "025-83359254（办公室）", "400-888-1234", "4008-123-123", "4008881234", "800-820-8820",
    # As the notice prints it: the second number takes the first one's area code.
    "025-85485971、85485928", "025-85485971/85485928", "025-85485971，85485928，13812345678",
    "0527-8433333、8433334",
    "025-85485971\n13812345678", "13812345678 13912345678", "025-85485971;13812345678",
    "座机025-83359254 手机13812345678", "+852 2345 6789",
    "13812345678, zhang@example.com",
)
UNREADABLE = (
    "1381234567", "138123456789", "12812345678", "138****5678", "见附件", "张三", "无", "/", "025-8335925",
    "025-833592541", "0251-", "95588", "123",
    "025-83359254/55", "13812345678/9", "13812345678、123", "QQ:123456", "1.38e10", "2023年6月", "8433333",
    "025-83359254、8335925",
)


@pytest.mark.parametrize("text", FINE)
def test_read__as_typed(text):
    assert phone.read(f" {text}\u3000", "text") == Reading(text)


@pytest.mark.parametrize("text", UNREADABLE)
def test_read__unreadable_keeps_what_was_typed(text):
    assert phone.read(text, "text") == Reading(text, "unreadable")


@pytest.mark.parametrize("text", ["83359254", "8335-9254", "13812345678、83359254", "85485928、025-85485971"])
def test_read__no_area(text):
    assert phone.read(text, "text") == Reading(text, "no_area")


@pytest.mark.parametrize(("text", "stored", "proposal"), [
    ("2583359254", "number", "025-83359254"), ("51283359254", "number", "0512-83359254"),
    ("1083359254", "number", "010-83359254"),
    ("5278433333", "number", "0527-8433333"), ("25-83359254", "text", "025-83359254"),
])
def test_read__lost_zero(text, stored, proposal):
    assert phone.read(text, stored) == Reading(text, "lost_zero", proposal)


@pytest.mark.parametrize(("text", "stored", "reading"), [
    ("13812345678", "number", Reading("13812345678")), ("4001234567", "number", Reading("4001234567")),
    ("83359254", "number", Reading("83359254", "no_area")),
    ("1381234567", "number", Reading("1381234567", "unreadable")),
    ("2021-10-01", "date", Reading("2021-10-01", "unreadable")), ("", "text", Reading(None)),
    (None, "text", Reading(None)),
    ("____", "text", Reading(None)), ("请填写", "text", Reading(None)),
])
def test_read__stored_as(text, stored, reading):
    assert phone.read(text, stored) == reading
