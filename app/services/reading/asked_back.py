"""What was sent back or asked for and is not done yet: it stands at the forms with which it is done.

Which steps send back, and which do the work again, the table says (`redone_by`); what was asked, the history; until
when, the running terms. Who may not read an event of the history is not told of it here either.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.clock import legal_day
from app.models.cases import Case
from app.models.history import EventRow
from app.models.terms import LIVE, TermRow
from app.services.acting_for import done_by
from app.services.once_read import history_of, person_name, terms_of_case
from app.services.reading.form_lines import form_items
from app.services.reading.history import audiences_of, withheld_versions
from app.services.reading.reader import Reader
from workflows.kit.counting import Nature
from workflows.kit.definition import Step, Workflow
from workflows.registry import workflow

_RETURNS = ("reject_", "return_")


@dataclass(frozen=True)
class AskedBack:
    """One return or request that stands. `items` is empty while its letter is not on its way to the reader.

    `proposed` is the decision of which a proposal was returned. `until` is the last day of `term`, None where none
    runs yet or there is no term.
    """

    step: str
    label: str
    author: str
    on: date
    items: tuple[tuple[str, tuple[str, ...]], ...]
    redone_by: tuple[str, ...]
    proposed: str = ""
    term: str = ""
    until: date | None = None


def asked_back(reader: Reader, case: Case) -> tuple[AskedBack, ...]:
    """What stands and may be read by this reader, the newest first."""
    flow, audiences = workflow(case.kind), audiences_of(reader, case)
    withheld = withheld_versions(reader, case)
    found = []
    for row, proposed in reversed(_standing(flow, history_of(reader.view, case.id))):
        if row.audience not in audiences:
            continue
        step = flow.step(row.step)
        assert step is not None
        term = _term(flow, case, step, terms_of_case(reader.view, case))
        told = row.version not in withheld
        found.append(
            AskedBack(
                step.key,
                step.label,
                done_by(person_name(reader.view, row.actor_id), person_name(reader.view, row.principal_id)),
                legal_day(row.at),
                form_items(step.form, json.loads(row.body)["form"]) if told else (),
                step.redone_by,
                proposed,
                _label(flow, term) if told else "",
                term.due_on if term is not None and told else None,
            )
        )
    return tuple(found)


def returned_work(reader: Reader, case: Case, asked: Iterable[AskedBack]) -> Mapping[str, Mapping[str, Any]]:
    """What was filled in the last time, by the step that does the work again: nobody types a page anew for one word.

    Of what a clerk or a head sent back (退回); a request of the office asks for something new.
    """
    redone = {key for item in asked if item.step.startswith(_RETURNS) for key in item.redone_by}
    audiences = audiences_of(reader, case)
    found: dict[str, Mapping[str, Any]] = {}
    for row in history_of(reader.view, case.id):
        if row.sort == "step" and row.step in redone and row.audience in audiences:
            form = json.loads(row.body)["form"]
            found[row.step] = {name: value for name, value in form.items() if name != "files"}
    return found


def _standing(flow: Workflow, rows: Iterable[EventRow]) -> list[tuple[EventRow, str]]:
    """Returns that are not answered, oldest first, each with the decision whose proposal it returned.

    What moved the case is answered when the case is again where it was sent back from; what did not move it, when the
    work is done again there, or when the case goes on without it.
    """
    open_ones: list[tuple[EventRow, str, Mapping[str, Any]]] = []
    proposed = ""
    for row in rows:
        step = flow.step(row.step) if row.sort == "step" else None
        if step is None:
            continue
        body = json.loads(row.body)
        open_ones = [item for item in open_ones if not _answers(flow, row, body, item[0], item[2])]
        if step.key == "propose":
            proposed = body["form"]["step"]
        if step.redone_by:
            about = proposed if "propose" in step.redone_by else ""
            open_ones = [item for item in open_ones if item[0].step != step.key]
            open_ones.append((row, about, body))
    return [(row, about) for row, about, _ in open_ones]


def _answers(
    flow: Workflow, row: EventRow, body: Mapping[str, Any], sent_back: EventRow, was: Mapping[str, Any]
) -> bool:
    if was["from"] != was["to"]:
        return bool(body["to"] == was["from"])
    step = flow.step(sent_back.step)
    return body["from"] != body["to"] or (step is not None and row.step in step.redone_by)


def _term(flow: Workflow, case: Case, step: Step, rows: Iterable[TermRow]) -> TermRow | None:
    """Until when: the term that began with the return, else the one that runs for whoever has the case now."""
    live = [row for row in rows if row.status in LIVE and row.nature != Nature.PERIOD.value]

    def begun(row: TermRow) -> bool:
        term = flow.term(row.key)
        return term is not None and any(start.step == step.key for start in term.starts)

    chosen = [row for row in live if begun(row)] or [row for row in live if row.holder == case.holder]
    return min(chosen, key=lambda row: (row.due_on is None, row.due_on or date.max), default=None)


def _label(flow: Workflow, row: TermRow | None) -> str:
    """What the term is called; empty for none."""
    term = flow.term(row.key) if row is not None else None
    return term.label if term is not None else ""
