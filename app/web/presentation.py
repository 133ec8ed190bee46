"""Filters of the templates: days and instants as an office writes them, translated labels, versioned assets.

Days are written in the language of the page; what is kept or sent is written elsewhere, in Chinese.
"""

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup

from app.clock import SHANGHAI
from app.web import speaking
from app.web.days_in_english import english_day, english_month
from app.web.speaking import translated

_STATIC = Path(__file__).parent / "static"
_WEEKDAYS = "一二三四五六日"


def legal_date(day: date) -> str:
    """2026年11月21日, or 21 November 2026; an instant is shown by its day in Asia/Shanghai."""
    day = _day(day)
    if speaking.in_english():
        return english_day(day.year, day.month, day.day)
    return f"{day.year}年{day.month}月{day.day}日"


def iso(value: date) -> str:
    """2026-11-21, or for an instant 2026-11-21T09:30:00+08:00; for `<time datetime>`."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return value.isoformat()


def moment(instant: datetime) -> str:
    """2026年11月21日 09:30, in Asia/Shanghai."""
    return f"{legal_date(instant)} {instant.astimezone(SHANGHAI):%H:%M}"


def clock_time(instant: datetime) -> str:
    """09:30, in Asia/Shanghai."""
    return f"{instant.astimezone(SHANGHAI):%H:%M}"


def instant(at: datetime) -> str:
    """2026-11-21 09:30:05, in Asia/Shanghai: the whole of it, for a log."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def quoted(text: str) -> str:
    """A word as a word: “核查中”."""
    return Markup("“{}”").format(text)


def weekday(day: date) -> str:
    """周六."""
    return translated(f"周{_WEEKDAYS[_day(day).weekday()]}")


def month(day: date) -> str:
    """2026年11月, or November 2026."""
    return english_month(day.year, day.month) if speaking.in_english() else f"{day.year}年{day.month}月"


def day_of_year(day: date) -> str:
    """11月21日, or 21 November, where the year stands above."""
    return translated(f"{day.month}月{day.day}日")


def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so that browsers may keep it for long."""
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]


def _day(value: date) -> date:
    return value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value


def register(app: Flask) -> None:
    """Make filters and globals known to the templates."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(legal_date=legal_date, iso=iso, moment=moment, clock=clock_time, instant=instant)
    app.jinja_env.filters.update(weekday=weekday, quoted=quoted, month=month, day_of_year=day_of_year)
    app.jinja_env.filters.update(tr=translated, said=speaking.said, zh=speaking.content, plain=speaking.plain)
    app.jinja_env.filters.update(marked=speaking.marked)
    app.jinja_env.globals.update(asset=asset, language_of=speaking.language_of)
