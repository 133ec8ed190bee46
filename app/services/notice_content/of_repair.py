"""What the notices of a credit repair say (受理、不予受理、准予、不予、撤销)."""

from datetime import timedelta
from typing import Any

from app.models.kinds_more import Repair
from app.services.notice_content.occasion import Matter, Occasion
from app.services.notice_content.of_application import original_of
from workflows.forms.repair import GateKey, RevocationGround
from workflows.repair_gate import GateLine, gate
from workflows.rules.model import Basis


def _case(occasion: Occasion) -> Repair:
    assert isinstance(occasion.parent, Repair)
    return occasion.parent


def _basis(occasion: Occasion) -> tuple[Basis, ...]:
    return occasion.basis_of("repair.total")


def repair_acceptance(occasion: Occasion) -> Matter:
    """信用修复受理告知书."""
    taken = occasion.last("accept")
    deemed = taken is not None and taken.by_system
    return Matter({"deemed": deemed}, basis=_basis(occasion), running=("repair.verification", "repair.total"))


def _unmet(occasion: Occasion) -> Matter:
    """Each line of the gate; the unmet ones with the reason given and the first day on which they are met."""
    named: dict[str, dict[str, Any]] = _case(occasion).unmet_lines or {}
    lines = [_line(line, named.get(line.key.value)) for line in gate(occasion.ctx)]
    reason = occasion.form("refuse", "deny").get("reason", "")
    return Matter({"lines": lines}, reason, _basis(occasion))


def _line(line: GateLine, named: dict[str, Any] | None) -> dict[str, Any]:
    if named is not None:
        return {"label": line.label, "met": False, "possible_on": named["possible_on"], "note": named["reason"]}
    possible = line.possible_on.isoformat() if line.possible_on is not None else None
    # A line that nobody has judged and the decision does not name stands in nobody's way.
    met = line.met or line.pending
    return {"label": line.label, "met": met, "possible_on": possible, "note": "" if line.pending else line.note}


def repair_decision(occasion: Occasion) -> Matter:
    """准予信用修复决定书: every line was met on the day of approval; the gate itself has moved on since."""
    found: dict[str, dict[str, Any]] = _case(occasion).findings or {}
    lines = [
        {"label": key.label, "met": True, "possible_on": None, "note": found.get(key.value, {}).get("reason", "")}
        for key in GateKey
    ]
    granted = occasion.last("approve", "decide_review")
    effective = granted.on if granted is not None else occasion.dated
    return Matter({"lines": lines, "effective_on": effective.isoformat()}, basis=_basis(occasion))


def repair_revocation(occasion: Occasion) -> Matter:
    """撤销信用修复决定书; the bar runs on the record that is restored with it."""
    form = occasion.form("revoke")
    content: dict[str, Any] = {"original": original_of(occasion, "repair_decision")}
    bar = occasion.term_row("repair.bar", occasion.record.id) if occasion.record is not None else None
    if bar is not None and bar.due_on is not None:
        # The bar ends with its last day; the sheet says before which day nothing is taken in.
        content["barred_until"] = (bar.due_on + timedelta(days=1)).isoformat()
    content["hearing"] = form["hearing"]
    reason = f"存在{RevocationGround(form['ground']).label}的情形：{form['reason'].rstrip('。')}"
    return Matter(content, reason, _basis(occasion))


BUILDERS = {
    "repair_acceptance": repair_acceptance,
    "repair_refusal": _unmet,
    "repair_denial": _unmet,
    "repair_decision": repair_decision,
    "repair_revocation": repair_revocation,
}
