"""The history and the terms of a case as text that a judge reads, made from the rows of the bundle alone."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from app.clock import SHANGHAI
from app.models.terms import TermRow
from app.services.acting_for import done_by
from app.services.dossier_bundle.tables import Row
from app.services.reading.form_lines import event_lines
from app.services.reading.history import RUNGS, SORTS
from app.services.reading.terms import STATUS
from app.services.terms import counting_of
from workflows.kit.calendar import Calendar
from workflows.kit.ledger import ledger
from workflows.kit.span import Nature, Span, Unit
from workflows.registry import workflow

_RULE = "─" * 40


def day_text(value: date | str | None) -> str:
    """2026年11月21日; empty for none."""
    if not value:
        return ""
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{on.year}年{on.month}月{on.day}日"


def moment_text(at: datetime) -> str:
    """2026年11月21日 09:30:00, in Asia/Shanghai."""
    local = at.astimezone(SHANGHAI)
    return f"{day_text(local.date())} {local:%H:%M:%S}"


def title_of(case: Row, notice: Row | None = None) -> str:
    """What a case is called in a list: the title of a notice, else its procedure."""
    return str(notice["title"]) if notice is not None else workflow(case["kind"]).label


def history_text(case: Row, title: str, events: list[Row], names: Mapping[int, str], marks: list[str]) -> str:
    """Every event of a case with what was filled in, its chain values below it.

    Args:
        names: of the people, by id.
        marks: the plain digest of each event.
    """
    flow = workflow(case["kind"])
    lines = [f"办理过程　{title}", f"编号：{case['number'] or '尚未编号'}　　标识：{case['uid']}",
             f"现状：{flow.state(case['state']).label}　　共{len(events)}条记录", _RULE]  # fmt: skip
    for event, mark in zip(events, marks, strict=True):
        body = json.loads(event["body"])
        step = flow.step(event["step"]) if event["sort"] == "step" else None
        act = step.label if step is not None else SORTS.get(event["sort"], event["sort"])
        who = done_by(names.get(event["actor_id"] or 0, ""), names.get(event["principal_id"] or 0)) or "系统自动办理"
        lines.append(f"第{event['seq']}条　{moment_text(event['at'])}　{act}　{who}")
        if step is not None:
            if body["from"] != body["to"]:
                lines.append(f"　　转为：{flow.state(body['to']).label}")
            lines += [f"　　{line}" for line in event_lines(flow, step, body["form"])]
        lines += [f"　　{line}" for line in _noted(flow, event, body)]
        lines.append(f"　　摘要值：{mark}")
    return "\n".join(lines) + "\n"


def _noted(flow: Any, event: Row, body: dict[str, Any]) -> list[str]:
    """What an event says of terms, and why it happened where it is no step."""
    lines = []
    if event["sort"] == "rung":
        lines.append(RUNGS.get(body["rung"], body["rung"]))
    if why := body.get("why") or body.get("cause") or body.get("note"):
        lines.append(str(why))
    for note in [*body.get("terms", ()), *body.get("recounted", ())]:
        term = flow.term(note["term"])
        name = term.label if term is not None else note["term"]
        words = {"open": "起算", "close": "办结", "lapse": "届满", "pause": "暂停", "paused": "暂停", "resume": "恢复",
                 "resumed": "恢复", "move": "调整", "arm": "自送达起算", "recount": "重新计算"}  # fmt: skip
        due = f"，届满日{day_text(note['due'])}" if note.get("due") else ""
        lines.append(f"{name}：{words.get(note['act'], note['act'])}{due}")
    return lines


def terms_text(case: Row, title: str, terms: list[Row], calendars: Mapping[str, Calendar]) -> str:
    """The ledger of every term of a case: each day with its number, or why it was not counted."""
    flow = workflow(case["kind"])
    lines = [f"期限台账　{title}", f"编号：{case['number'] or '尚未编号'}　　标识：{case['uid']}", _RULE]
    for row in terms:
        known = flow.term(row["key"])
        length = Span(row["number"], Unit(row["unit"]))
        lines.append(
            f"{known.label if known else row['key']}（第{row['arming']}次起算，{Nature(row['nature']).label}）"
        )
        lines.append(f"　　长度：{length.text}　　依据：{row['basis']}")
        ended = f"，{day_text(row['ended_on'])}结束" if row["ended_on"] else ""
        due = (day_text(row["due_on"]) or "尚不能确定") + ("（暂定）" if row["provisional"] else "")
        lines.append(
            f"　　状态：{STATUS[row['status']]}{ended}　　届满日：{due}{'（暂定）' if row['provisional'] else ''}"
        )
        if row["anchor_on"] is None:
            lines += ["　　尚未起算，没有逐日台账。", ""]
            continue
        counting = counting_of(cast(TermRow, _Columns(row)))
        kept = ledger(counting, calendars[row["calendar_version"]])
        lines.append(f"　　起算日：{day_text(row['anchor_on'])}（当日不计）　　工作日历版本：{row['calendar_version']}")
        for item in kept.days:
            number = f"第{item.counted}日" if item.counted is not None else "不计"
            lines.append(f"　　{day_text(item.on)}　{number}" + (f"　{item.reason}" if item.reason else ""))
        lines.append("")
    return "\n".join(lines) + "\n"


class _Columns:
    """A row by the names of its columns, for the one function that says what a term's columns mean."""

    def __init__(self, row: Row) -> None:
        self.__dict__.update(row)
