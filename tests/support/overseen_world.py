"""A world with a year of duties and acts strewn over it, for statistics: rows of every shape, not all of them likely.

Three real cases are reached by steps and then copied with other units, states and subjects; their terms and events are
made up by a fixed seed. The chains of the copies do not hold: nothing but statistics may look at them.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select

from app.clock import start_of_day
from app.database import write_transaction
from app.models.base import new_uid
from app.models.cases import Case, Dossier
from app.models.history import EventRow
from app.models.imports import DossierImport
from app.models.kinds import Objection, Record
from app.models.kinds_more import Exemption
from app.models.terms import TermRow
from tests.support.world import World
from workflows.kit.calendar import shipped_calendar
from workflows.kit.counting import Nature
from workflows.kit.definition import Phase, Term, Workflow
from workflows.registry import WORKFLOWS

_FIRST = 500_000
_SPAN = 330
#: In whose quality each person of the world acts, as far as it matters here.
_AS = {
    "officer": "office", "second_officer": "office", "approver": "supervisor", "clerk": "provider",
    "head": "provider_head", "other_head": "finder_head", "subject": "subject", "staff": "subject",
    "reviewer": "reviewer", "tolerance_head": "tolerance_head",
}  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True)
class _Strewing:
    world: World
    chance: random.Random

    def case(self, base: Row, flow: Workflow, key: int) -> Row:
        """A copy of a case in another state, with other units around it."""
        world, pick = self.world, self.chance
        state = pick.choice(flow.states)
        units, office = list(world.units.values()), world.organs.office.id
        of_unit = pick.random() < 0.4
        held = pick.random() < 0.6 and state.phase is not Phase.CLOSED
        return {
            **base,
            "id": key,
            "uid": new_uid(),
            "number": f"示测〔2026〕{key}号",
            "dossier_id": key,
            "state": state.key,
            "phase": state.phase.value,
            "decided_on": world.today if state.phase is Phase.DECIDED else base["decided_on"],
            "closed_on": world.today if state.phase is Phase.CLOSED else None,
            "filed": int(pick.random() < 0.9),
            "handling_unit_id": pick.choice((office, office, office, world.organs.superior.id)),
            "provider_unit_id": pick.choice(units),
            "finder_unit_id": pick.choice(units),
            "review_unit_id": world.organs.review.id,
            "tolerance_unit_id": world.organs.tolerance.id,
            "subject_unit_id": pick.choice(units) if of_unit else None,
            "subject_person_id": None if of_unit else world["subject"].user_id,
            "subject_sees": pick.random() < 0.5,
            "holder": "office" if held else None,
            "holder_unit_id": pick.choice((office, *units)) if held else None,
            "holder_person_id": None,
            "event_count": 0,
            "chain_head": "",
        }

    def terms(self, base: Row, case: Row, flow: Workflow, keys: Iterator[int]) -> Iterator[Row]:
        """Some duties of a case, and one right, which is nobody's duty."""
        duties = [term for term in flow.terms if term.nature is Nature.DUTY]
        rights = [term for term in flow.terms if term.nature is Nature.RIGHT]
        for term in (*self.chance.sample(duties, k=self.chance.randint(1, min(3, len(duties)))), *rights[:1]):
            yield {**base, **self._term(term), "id": next(keys), "case_id": case["id"], "dossier_id": case["id"]}

    def _term(self, term: Term) -> Row:
        pick, today = self.chance, self.world.today
        began = today - timedelta(days=pick.randint(0, _SPAN))
        due = shipped_calendar().add_working_days(began, pick.choice((2, 3, 5, 10, 20)))
        status = pick.choice(("met", "met", "met", "lapsed", "running", "running", "paused", "awaiting"))
        ended: date | None = None
        if status in ("met", "lapsed"):
            # A third on the last day and around it, where early and late part.
            ended = min(today, max(began, due + timedelta(days=pick.choice((-9, -2, -1, 0, 1, 2, 15)))))
        pauses: list[Row] = []
        if pick.random() < 0.3:
            start = began + timedelta(days=pick.randint(0, 4))
            stop = start + timedelta(days=pick.randint(0, 6))
            pauses = [{"from": start.isoformat(), "to": stop.isoformat(), "cause": "等待补正"}]
        number, unit = pick.choice(((5, "WD"), (10, "WD"), (30, "D")))
        unknown = status == "awaiting" or (status in ("paused", "met") and pick.random() < 0.3)
        return {
            "key": term.key,
            "nature": term.nature.value,
            "holder": term.holder.value,
            "status": status,
            "number": number,
            "unit": unit,
            "anchor_on": None if status == "awaiting" else began,
            "due_on": None if unknown else due,
            "ended_on": ended,
            "pauses": json.dumps(pauses),
            "opened_at": start_of_day(began),
            "arming": 1,
            "wakes_on": None,
        }

    def events(self, case: Row) -> Iterator[Row]:
        """Some acts of people and of the clock, also in the last and first minutes of a month."""
        pick, newest = self.chance, self.world.today
        for seq in range(1, pick.randint(1, 5)):
            role = pick.choice(list(_AS))
            day = newest - timedelta(days=pick.randint(0, 90))
            minute = pick.choice((1, 600, 1439))
            at: datetime = start_of_day(day) + timedelta(minutes=minute)
            by_hand = pick.random() < 0.8
            yield {
                "case_id": case["id"],
                "seq": seq,
                "sort": pick.choice(("step", "step", "step", "rung")),
                "step": "remind",
                "actor_id": self.world[role].user_id if by_hand else None,
                "at": at,
                "audience": pick.choice(("parties", "provider", "inside")),
                "version": seq,
                "round": 1,
                "idempotency_key": None,
                "form_hash": "",
                "body": json.dumps({"as": _AS[role] if by_hand else "system"}),
                "mac": "",
                "key_id": "",
                "algorithm": "",
            }


def strew(world: World, copies: int = 120, seed: int = 20261130) -> None:
    """Fill a founded world; one copy in ten belongs to an imported dossier, which counts for nobody."""
    objection = world.objection_in("verifying")
    record = str(next(case.uid for case in world.dossier(objection) if case.kind == "record"))
    exemption = world.exemption_in("submitted")
    strewing, keys = _Strewing(world, random.Random(seed)), iter(range(_FIRST, 10 * _FIRST))
    models = ((objection, Objection), (record, Record), (exemption, Exemption))
    bases = [(*_rows(world, uid, model), _table(model)) for uid, model in models]
    cases: list[Row] = []
    more: dict[Table, list[Row]] = {}
    for place in range(copies):
        base, own, term, table = bases[place % len(bases)]
        flow, key = WORKFLOWS[base["kind"]], next(keys)
        case = strewing.case(base, flow, key)
        cases.append(case)
        more.setdefault(table, []).append({**own, "id": key})
        more.setdefault(_table(TermRow), []).extend(strewing.terms(term, case, flow, keys))
        more.setdefault(_table(EventRow), []).extend(strewing.events(case))
    now = world.clock()
    with write_transaction(world.backend.sessions) as session:
        dossiers = [
            {"id": case["id"], "uid": new_uid(), "locality": "demo", "opened_at": now, "last_event_at": now}
            for case in cases
        ]
        session.execute(insert(_table(Dossier)), dossiers)
        session.execute(insert(_table(Case)), cases)
        for table, rows in more.items():
            session.execute(insert(table), rows)
        for case in cases[::10]:
            session.add(_imported(case["id"], now))


def _imported(dossier: int, now: datetime) -> DossierImport:
    return DossierImport(
        dossier_id=dossier, manifest_sha256=f"{dossier}", imported_at=now, imported_by="x", chains="{}", anchors="[]"
    )


def _table(model: Any) -> Table:
    found: Table = model.__table__
    return found


def _rows(world: World, uid: str, model: Any) -> tuple[Row, Row, Row]:
    """A case as it is stored: its base row, the row of its kind, one of its duties."""
    case = world.case(uid)
    with world.backend.engine.connect() as connection:

        def row(table: Table, column: str) -> Row:
            statement = select(table).where(table.c[column] == case.id)
            return dict(connection.execute(statement.limit(1)).mappings().one())

        return row(_table(Case), "id"), row(_table(model), "id"), row(_table(TermRow), "case_id")
