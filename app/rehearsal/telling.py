"""A play as text for the terminal and as values for `--json`."""

import json
from collections.abc import Iterator
from typing import Any

from app.rehearsal.player import Played
from app.rehearsal.timeline import Telling


def told(played: Played) -> Iterator[str]:
    """The play line by line: before it starts, the acts, the terms, what failed, and the verdict last."""
    telling = Telling(played)
    yield f"推演：{played.script.title}"
    lines = telling.lines()
    before = [line for line in lines if line.at < played.began]
    if before:
        yield "—— 前情 ——"
        yield from map(str, before)
    yield "—— 经过 ——"
    yield from (str(line) for line in lines if line.at >= played.began)
    yield "—— 期限 ——"
    yield from map(str, telling.terms())
    if played.failed:
        yield "—— 与预期不符 ——"
        for check in played.failed:
            yield f"{check.where} {check.what}"
            yield f"    预期：{check.expected}"
            yield f"    实际：{check.actual}"
    yield verdict(played)


def verdict(played: Played) -> str:
    """The last line: `ok N expectations` or `failed n of N: …`."""
    total, failed = len(played.checks), played.failed
    if not failed:
        return f"ok {total} expectations"
    return f"failed {len(failed)} of {total}: " + "；".join(f"{check.where} {check.what}" for check in failed)


def as_values(played: Played) -> dict[str, Any]:
    """The same for a program."""
    telling = Telling(played)
    return {
        "title": played.script.title,
        "locality": played.script.locality,
        "timeline": [{"at": line.at.isoformat(), "case": line.case, "text": line.text} for line in telling.lines()],
        "terms": [_plain(vars(entry)) for entry in telling.terms()],
        "checks": [{**vars(check), "holds": check.holds} for check in played.checks],
        "ok": not played.failed,
    }


def _plain(values: dict[str, Any]) -> Any:
    return json.loads(json.dumps(values, default=str))
