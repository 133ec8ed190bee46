"""T12: who may take which step in which state, cell by cell, through `take_step`; and the sight as predicate and SQL.

Every cell is asked with a version that cannot be right: whoever is permitted gets as far as `Stale`, nobody changes
anything, and whoever may not see the case hears that there is none.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, insert, select
from sqlalchemy.orm import Session

from app.access.capacities import Standing, may_see, visible_filter
from app.crypto import KeyRing
from app.database import make_engine
from app.models.cases import Case, Dossier
from tests.support.paths import EXEMPTION, OBJECTION, RECORD, REPAIR
from tests.support.world import World, found_world
from workflows.kit.definition import Step, Workflow
from workflows.kit.errors import NotFound, NotPermitted, Refusal, Stale, UnknownStep, WrongState
from workflows.registry import WORKFLOWS
from workflows.roles import Capacity as C
from workflows.roles import Post

#: Written by hand, not computed: what each person of the world is on a case about the person `subject`.
ROLES: dict[str, set[C]] = {
    "subject": {C.SUBJECT},
    "clerk": {C.PROVIDER, C.FINDER},
    "head": {C.PROVIDER_HEAD, C.FINDER_HEAD},
    "officer": {C.OFFICE},
    "approver": {C.SUPERVISOR},
    "review_clerk": {C.REVIEW_OFFICE},
    "reviewer": {C.REVIEWER},
    "tolerance": {C.TOLERANCE},
    "tolerance_head": {C.TOLERANCE_HEAD},
    "other_clerk": set(),
    "other_head": set(),
    "unit_head": set(),
    "superior_approver": set(),
    "offline": set(),
}


@pytest.fixture
def sqlite_world(sqlite_url: str, keys: KeyRing) -> World:
    """Permissions come from the tables and base columns: one database is enough for the matrix."""
    return found_world(make_engine(sqlite_url), keys)


def expected(flow: Workflow, step: Step, case: Any, capacities: set[C]) -> type[Refusal]:
    """What the tables say about one cell."""
    sees = False
    for capacity in capacities:
        in_state = any(state.key == case.state for state in flow.visible.get(capacity, ()))
        told = capacity not in {C.SUBJECT, C.SUBJECT_HEAD} or case.subject_sees
        filed = bool(case.filed) or not flow.unfiled_seen_by or capacity in flow.unfiled_seen_by
        sees = sees or (in_state and told and filed)
    if not sees:
        return NotFound
    if step.move_from(case.state) is None:
        return WrongState
    return Stale if step.by & capacities else NotPermitted


def answer(world: World, role: str, step: str, uid: str) -> type[Refusal]:
    with pytest.raises(Refusal) as refusal:
        world.step(role, step, uid, expected_version=-1)
    return type(refusal.value)


def cells(flow: Workflow, case: Any) -> list[Step]:
    """Every step that starts from the state, and one that does not."""
    here = list(flow.steps_from(case.state))
    return here + [step for step in flow.steps if step not in here and not step.opening][:1]


CASES = [
    *(("record", state) for state in ("draft", *RECORD) if state != "noticing"),
    *(("objection", state) for state in ("submitted", *OBJECTION)),
    *(("repair", state) for state in ("submitted", *REPAIR) if state not in {"terminated", "closed"}),
    *(("exemption", state) for state in ("submitted", *EXEMPTION)),
]


@pytest.mark.parametrize(("kind", "state"), CASES)
def test_every_cell_of_the_matrix_is_answered_as_the_tables_say(sqlite_world: World, kind: str, state: str) -> None:
    world, flow = sqlite_world, WORKFLOWS[kind]
    uid = getattr(world, f"{kind}_in")(state)
    case = world.case(uid)
    wrong = []
    for role, held in ROLES.items():
        # The body of review holds its capacities from the request for review on.
        capacities = held if case.review_unit_id is not None else held - {C.REVIEW_OFFICE, C.REVIEWER}
        for step in cells(flow, case):
            wanted, found = expected(flow, step, case, capacities), answer(world, role, step.key, uid)
            if found is not wanted:
                wrong.append(f"{role} {step.key}: {found.__name__}, not {wanted.__name__}")
            if wanted is NotFound:
                break
    assert wrong == []
    assert world.case(uid).version == case.version


def test_a_case_of_another_unit_and_one_that_never_was_are_answered_alike(world: World) -> None:
    """404 for both, with the same words: nobody learns that a case exists."""
    uid = world.record_in("screening")
    texts = set()
    for known in (uid, "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFound) as refusal:
            world.step("other_clerk", "edit", known)
        texts.add(refusal.value.message)
    assert len(texts) == 1


def test_a_step_that_no_table_has_is_unknown_only_to_who_sees_the_case(world: World) -> None:
    uid = world.record_in("screening")
    with pytest.raises(UnknownStep):
        world.step("officer", "destroy", uid)
    with pytest.raises(NotFound):
        world.step("other_clerk", "destroy", uid)


def test_nobody_acts_as_the_system_by_hand(world: World) -> None:
    """A step of the clock is nobody's, whatever posts he holds."""
    uid = world.objection_in("decided")
    actor = replace(world["approver"], name="系统")
    with pytest.raises(NotPermitted):
        world.step(actor, "close", uid)


# ----------------------------------------------------------------------------------------------------- sight

UNITS = st.none() | st.integers(1, 3)
PERSONS = st.none() | st.integers(1, 3)
COLUMNS = st.fixed_dictionaries(
    {
        **{
            f"{name}_unit_id": UNITS
            for name in (
                "subject", "provider", "finder", "handling", "review", "tolerance", "implementer", "recipient",
            )
        },
        "subject_person_id": PERSONS,
        "recipient_person_id": PERSONS,
        "subject_sees": st.booleans(),
        "filed": st.integers(0, 1),
    }
)  # fmt: skip
STANDINGS = st.builds(
    Standing, st.integers(1, 3), st.frozensets(st.tuples(st.integers(1, 3), st.sampled_from(list(Post))), max_size=4)
)


@pytest.fixture(scope="module")
def lone_table() -> Engine:
    """The base table without its neighbours, in memory."""
    engine = create_engine("sqlite://")
    for table in (Dossier.__table__, Case.__table__):
        table.create(engine)  # type: ignore[attr-defined]
    return engine


@settings(max_examples=400, deadline=None)
@given(drawn=st.data(), columns=COLUMNS, standing=STANDINGS)
def test_the_predicate_and_the_sql_filter_are_the_same(
    lone_table: Engine, drawn: st.DataObject, columns: dict[str, Any], standing: Standing
) -> None:
    """T12: a page, a list, a count and an export cannot disagree about who sees a case."""
    flow = WORKFLOWS[drawn.draw(st.sampled_from(sorted(WORKFLOWS)))]
    state = drawn.draw(st.sampled_from(flow.states))
    over = WORKFLOWS[drawn.draw(st.sampled_from(sorted(WORKFLOWS.keys() - {"notice"})))]
    beyond = drawn.draw(st.sampled_from(over.states))
    row = {
        **columns, "id": 1, "uid": "u", "kind": flow.key, "dossier_id": 1, "state": state.key, "locality": "demo",
        "phase": state.phase.value, "created_at": datetime(2026, 9, 1, tzinfo=UTC), "number": "1",
        "opened_on": date(2026, 9, 1), "rule_set_id": 1, "round": 1, "version": 1, "chain_head": "", "event_count": 1,
        "closed_on": date(2026, 9, 2) if state.phase.value == "closed" else None,
        "decided_on": date(2026, 9, 2) if state.phase.value == "decided" else None,
    }  # fmt: skip
    # Of a notice the case on which it hangs decides as well.
    parent = row | {"id": 2, "uid": "p", "number": "2", "kind": over.key, "state": beyond.key}
    row["parent_id"] = drawn.draw(st.sampled_from([None, 2]))
    with Session(lone_table) as session:
        session.execute(insert(Case.__table__), [parent | {"parent_id": None}, row])  # type: ignore[arg-type]
        listed = session.execute(select(Case.id).where(visible_filter(flow, standing), Case.id == 1)).scalars().all()
        case = session.get_one(Case, 1)
        assert bool(listed) == may_see(flow, standing, case)
        session.rollback()
