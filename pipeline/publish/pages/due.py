"""The deadline in words, seen from a day: the clock of the pages counts whole days and nothing finer."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple, Self

from schemas import call

_LAST_MINUTE = time(23, 59)


class Due(NamedTuple):
    """The day of the page and that of the deadline, both in China; the deadline as the call prints it."""

    today: date
    day: date
    words: str

    @classmethod
    def of(cls, deadline: datetime, now: datetime) -> Self:
        """Both moments need a time zone."""
        last = deadline.astimezone(call.CHINA)
        hour = "24时" if last.time() >= _LAST_MINUTE else f"{last:%H:%M}"
        return cls(now.astimezone(call.CHINA).date(), last.date(), f"{in_words(last)}{hour}")

    @property
    def days(self) -> int:
        """Days left; 0 on the last day, negative after it."""
        return (self.day - self.today).days

    @property
    def passed(self) -> bool:
        """Whether the day of the deadline is over: on that day itself a page is the same at every hour."""
        return self.days < 0

    @property
    def countdown(self) -> str:
        """还有 8 天, 今日截止 or 已截止 3 天."""
        if self.days > 0:
            return f"还有 {self.days} 天"
        return f"已截止 {-self.days} 天" if self.passed else "今日截止"


def in_words(day: date) -> str:
    """2023年9月28日."""
    return f"{day.year}年{day.month}月{day.day}日"
