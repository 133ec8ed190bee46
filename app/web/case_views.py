"""From what services answer about a case to what its macros draw."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from flask import url_for

from app.clock import legal_day
from app.services.reading.case_notices import NoticeView
from app.services.reading.case_page import CasePage
from app.services.reading.history import EventView
from app.services.reading.lines import TermState
from app.services.reading.terms import TermDetail
from app.web.lights import AWAITING, NO_TERM, PAUSED, Light, running_light
from app.web.views import Identity, Link, StepMark, TermView, TimelineEntry, strip_of

#: What comes after the first decision.
_REVIEW = (("复核受理", frozenset({"review_submitted"})), ("复核", frozenset({"reviewing"})))
#: Where a case goes only by a turn that not every one takes; nothing of its way is ahead from there but its review.
_TURNS = frozenset({"不予受理", "不予修复", "复核受理", "复核"})
_END = "办结"
#: The way of each procedure as people know it: a label, and the states that lie under it.
WAYS: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "record": (
        ("起草", frozenset({"draft", "returned"})),
        ("单位审签", frozenset({"head_review"})),
        ("审查", frozenset({"screening"})),
        ("告知", frozenset({"noticing"})),
        ("陈述申辩", frozenset({"statement_open"})),
        ("决定", frozenset({"deciding"})),
        ("记入", frozenset({"listed", "repaired"})),
    ),
    "objection": (
        ("受理", frozenset({"submitted", "incomplete"})),
        ("核查", frozenset({"verifying"})),
        ("审签", frozenset({"signing"})),
        ("审定", frozenset({"answered"})),
        ("告知结果", frozenset({"decided", "refused"})),
        *_REVIEW,
    ),
    "rectification": (
        ("下达", frozenset({"ordered"})),
        ("书面说明", frozenset({"explaining"})),
        ("方案审查", frozenset({"plan_review"})),
        ("整改", frozenset({"rectifying"})),
        ("验收", frozenset({"reported", "failed"})),
    ),
    "repair": (
        ("受理", frozenset({"submitted", "incomplete"})),
        ("不予受理", frozenset({"refused"})),
        ("核实", frozenset({"verifying"})),
        ("审签", frozenset({"signing"})),
        ("审批", frozenset({"proposed"})),
        ("不予修复", frozenset({"denied"})),
        *_REVIEW,
        ("同步", frozenset({"executing"})),
        ("修复完成", frozenset({"completed"})),
    ),
    "exemption": (
        ("受理", frozenset({"submitted"})),
        ("核实", frozenset({"examining"})),
        ("认定", frozenset({"signing"})),
        ("落实纠错", frozenset({"correcting"})),
    ),
    "notice": (
        ("签发", frozenset({"drafted"})),
        ("用印", frozenset({"sealing"})),
        ("送出", frozenset({"issued"})),
        ("送达", frozenset({"dispatched", "undeliverable", "announced"})),
    ),
}


def light_of(term: TermState | None, today: date) -> Light:
    """The light of a term, or of a case by its governing term."""
    if term is None:
        return NO_TERM
    if term.status == "paused":
        return PAUSED
    if term.due_on is None:
        return AWAITING
    return running_light(term.due_on, today, term.days, provisional=term.provisional)


def identity_of(page: CasePage, today: date) -> Identity:
    """The bar on top of a case."""
    line = page.line
    light = light_of(line.term, today) if line.term and line.phase != "closed" else None
    return Identity(line.title, line.number, line.subject, line.state_label, line.phase, light, page.marks)


def strip_for(kind: str, state: str, passed: Collection[str], *, closed: bool) -> tuple[StepMark, ...]:
    """The steps strip of a case; empty for a kind that has but one step.

    Args:
        passed: the states in which it has been. A step before the present one that it never reached is left out.
    """
    way = WAYS.get(kind, ())
    if not way:
        return ()
    here = next((place for place, (_, states) in enumerate(way) if state in states), len(way))
    done = [label for label, states in way[:here] if not states.isdisjoint(passed)]
    if closed:
        return strip_of([*done, _END], len(done) + 1)
    return strip_of([*done, *_from_here(way[here:]), _END], len(done))


def _from_here(way: Sequence[tuple[str, frozenset[str]]]) -> list[str]:
    """The present step and those ahead."""
    labels = [label for label, _ in way]
    if not labels or labels[0] not in _TURNS:
        return [label for label in labels if label not in _TURNS]
    review = [label for label, _ in _REVIEW]
    return review[review.index(labels[0]) :] if labels[0] in review else labels[:1]


def timeline_of(events: Sequence[EventView], notices: Sequence[NoticeView] = ()) -> list[TimelineEntry]:
    """办理过程, ready for its macro; each step with the notices that it made and that can be read."""
    papers: dict[int, list[Link]] = {}
    for notice in notices:
        if notice.event is not None and notice.signed_on:
            link = Link(f"《{notice.title}》{notice.number}", url_for("documents.sheet", uid=notice.uid))
            papers.setdefault(notice.event, []).append(link)
    return [
        TimelineEntry(
            event.at, event.seq, event.act, event.author, event.led_to, event.lines, tuple(papers.get(event.seq, ()))
        )
        for event in events
    ]


#: What an event does to a term that its ledger tells: who paused, resumed or extended it.
_TOLD = frozenset({"pause", "paused", "resume", "resumed", "extend"})


def term_view(detail: TermDetail, today: date, events: Sequence[EventView] = ()) -> TermView:
    """One term of the ledger, with who paused or extended it; an ended one bears no light."""
    more: dict[str, Any] = {
        "cited": detail.rule.basis if detail.rule else None,
        "note": detail.rule.note if detail.rule else "",
        "ended": detail.status_label if detail.ended_on is not None else "",
        "refused": detail.expiry_refused,
    }
    light = light_of(detail.state, today) if detail.ended_on is None else None
    key, told = detail.key.replace(".", "-"), (detail.basis, detail.start, detail.grade)
    if not detail.length.number:
        # 轻微 is published for no least time: a term that ends as it begins is none to the reader.
        return TermView(key, detail.label, "不设", *told, **more)
    if detail.counting is None or detail.ledger is None:
        return TermView(key, detail.label, detail.length.text, *told, light, **more)
    basis, start, grade = told
    return TermView.counted(
        key, detail.label, detail.counting, detail.ledger, today=today, basis=basis, start=start, grade=grade,
        light=light, length=detail.length.text, acts=_acts_on(detail, events), **more,
    )  # fmt: skip


def _acts_on(detail: TermDetail, events: Sequence[EventView]) -> dict[date, tuple[tuple[str, str], ...]]:
    found: dict[date, list[tuple[str, str]]] = {}
    for event in events:
        if any(f"{note.key}-{note.arming}" == detail.key and note.act in _TOLD for note in event.terms):
            found.setdefault(legal_day(event.at), []).append((event.author, event.act))
    return {day: tuple(acts) for day, acts in found.items()}
