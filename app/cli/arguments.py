"""What several commands ask for: a day, an instant, a person's own password."""

import sys
from datetime import date, datetime

import click

from app.clock import SHANGHAI, shanghai


class _Day(click.ParamType[date]):
    """A legal day, written 2026-11-21."""

    name = "日期"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"“{value}”的写法不对，或者没有这一天。请按 2026-11-21 的写法填写。", param, ctx)


class _Instant(click.ParamType[datetime]):
    """A day (meaning its end) or an instant by the clock of Asia/Shanghai: 2026-11-21, 2026-11-21T09:30."""

    name = "时刻"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            if len(text) == len("2026-11-21"):
                return shanghai(date.fromisoformat(text), 23, 59)
            instant = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"“{value}”的写法不对。请按 2026-11-21 或者 2026-11-21T09:30 的写法填写。", param, ctx)
        return instant if instant.tzinfo is not None else instant.replace(tzinfo=SHANGHAI)


DAY = _Day()
INSTANT = _Instant()


def password_of(login: str) -> str:
    """A person's password: asked for at a terminal, from a pipe the first line; never an argument."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    answer: str = click.prompt(f"{login}的密码", hide_input=True)
    return answer
