"""What the notices of a record say (拟记入告知、答复、决定、不予记录、更正、撤销、澄清、通报)."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.documents.citations import binding, founding, nearest
from app.models.kinds import Record, RecordRevision, Statement
from app.services.notice_content.corrections import changed_fields
from app.services.notice_content.occasion import Matter, Occasion
from app.services.notice_content.wording import listed
from workflows.forms.record import DeclineGround
from workflows.rules.model import Basis

#: How the end of a record is named in a 澄清函.
_ENDINGS = {"annulled": "撤销", "exempted": "认定不作为失信记录"}


def _record(occasion: Occasion) -> Record:
    assert isinstance(occasion.parent, Record)
    return occasion.parent


def _behaviour_basis(occasion: Occasion) -> tuple[Basis, ...]:
    record = _record(occasion)
    found = next((item for item in occasion.rules.behaviours if item.id == record.behaviour), None)
    return nearest(found.citations) if found else ()


def _statements(occasion: Occasion) -> list[Statement]:
    rows = occasion.work.session.execute(
        select(Statement).where(Statement.record_id == occasion.parent.id).order_by(Statement.id)
    )
    return list(rows.scalars())


def record_notice(occasion: Occasion) -> Matter:
    """拟记入政务失信记录告知书: what is found, and what it would lead to, so that it can be answered."""
    content = {"keeping": _keeping(occasion), "publication": _publication(occasion)}
    return Matter(content, basis=_behaviour_basis(occasion))


def _keeping(occasion: Occasion) -> str:
    """How long the record would be kept, in words; empty where the locality fixes no length."""
    rule = occasion.rules.term("record.retention", _record(occasion).severity)
    return rule.span.text if rule is not None and rule.span is not None else ""


def statement_answer(occasion: Occasion) -> Matter:
    """陈述申辩意见答复书: what was brought forward, answered as the decision answers it."""
    form = occasion.form("list", "decline")
    raised = listed(row.text for row in _statements(occasion))
    answer = form.get("statement_answer") or form.get("reason") or form.get("reasons") or ""
    adopted = form.get("ground") == DeclineGround.STATEMENT_FOUNDED.value
    content = {"statements": [{"raised": raised, "answer": answer, "adopted": adopted}]}
    return Matter(content, basis=occasion.basis_of("record.statement"))


def record_decision(occasion: Occasion) -> Matter:
    """政务失信记录决定书, with what the attached 信用修复告知书 needs."""
    content: dict[str, Any] = {
        "statement_answered": bool(_statements(occasion)),
        "publication": _publication(occasion),
    }
    possible = _repair_possible_on(occasion)
    if possible is not None:
        content["repair_possible_on"] = possible
    reason = occasion.form("list").get("reasons", "")
    return Matter(content, reason, _behaviour_basis(occasion), running=("record.retention",))


def _publication(occasion: Occasion) -> str:
    record = _record(occasion)
    if record.subject_unit_id is None and not occasion.rules.flag("publication.natural_persons"):
        return "自然人的记录不向社会公示"
    if record.disclosure_level != "public":
        return "本记录不向社会公示"
    longest = occasion.rules.term("record.publication_max", record.severity)
    limit = f"，公示期限最长{longest.span.text}" if longest is not None and longest.span is not None else ""
    return f"本记录依法向社会公示{limit}"


def _repair_possible_on(occasion: Occasion) -> str | None:
    """First day on which both the minimum period and the period of the sanction are over (procedures, section 5)."""
    record = _record(occasion)
    ends = [occasion.ctx.facts.sanction_until()]
    shortest = occasion.term_row("record.publication_min")
    if shortest is not None and shortest.number:
        ends.append(shortest.due_on)
    first = [end + timedelta(days=1) for end in ends if end is not None]
    possible = max([*first, record.listed_on or occasion.dated])
    return possible.isoformat()


def record_declined(occasion: Occasion) -> Matter:
    """不予记录告知书."""
    form = occasion.form("decline")
    reason = form.get("reason", "")
    ground = DeclineGround(form["ground"]).label if form.get("ground") else ""
    words = "：".join(part for part in dict.fromkeys((ground, reason)) if part)
    return Matter(reason=words, basis=(founding(occasion.rules),))


def record_correction(occasion: Occasion) -> Matter:
    """政务失信记录更正告知书: each changed field before and after."""
    form = occasion.form("correct")
    before = _replaced(occasion)
    changes = changed_fields(occasion, _record(occasion), form.get("changes") or {}, before)
    return Matter({"changes": changes}, form.get("reason", ""), (founding(occasion.rules),))


def _replaced(occasion: Occasion) -> dict[str, Any]:
    """The contestable fields of the revision that this correction replaced: the n-th correction replaced the n-th."""
    statement = select(RecordRevision.body).where(RecordRevision.record_id == occasion.parent.id)
    bodies = list(occasion.work.session.execute(statement.order_by(RecordRevision.revision)).scalars())
    corrections = [item for item in occasion.history if item.step == "correct"]
    place = next(place for place, item in enumerate(corrections) if item.version == occasion.notice.occasion)
    return dict(json.loads(bodies[place]))


def record_annulment(occasion: Occasion) -> Matter:
    """撤销政务失信记录告知书."""
    form = occasion.form("annul")
    document = f"（依据：{form['document']}）" if form.get("document") else ""
    return Matter(reason=f"{form.get('reason', '').rstrip('。')}{document}", basis=(founding(occasion.rules),))


def clarification(occasion: Occasion) -> Matter:
    """澄清函: the record came to an end, its effects in the same scope end with it (R152)."""
    record = _record(occasion)
    form = occasion.form("annul", "exempt")
    content: dict[str, Any] = {
        "ending_label": _ENDINGS.get(record.state, "更正"),
        "to_subject": occasion.serves_the_subject,
    }
    if record.closed_on is not None:
        content["ended_on"] = record.closed_on.isoformat()
    reason = form.get("reason") or form.get("cause") or "所涉记录已经终结"
    return Matter(content, reason, (founding(occasion.rules),))


def forward_letter(occasion: Occasion) -> Matter:
    """政务失信信息通报函 (R70)."""
    own = occasion.rules.switch_rule("notify_superior").basis
    return Matter(basis=binding((own,)) or (founding(occasion.rules),))


BUILDERS = {
    "record_notice": record_notice,
    "statement_answer": statement_answer,
    "record_decision": record_decision,
    "record_declined": record_declined,
    "record_correction": record_correction,
    "record_annulment": record_annulment,
    "clarification": clarification,
    "forward_letter": forward_letter,
}
