"""Procedures 11: all situations that record, objection, repair, rectification and exemption can be in together.

From each of them everything can end; nothing is listed unheard; no open case is left stuck on a closed record. Also
with the end of the record left out, and with each capacity, and each party, silent.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from tests.support.product import LIMITED, NOT_AWAITED, ONLY_WITH, READS, Product, Variant
from workflows.kit.definition import Phase, Workflow
from workflows.kit.vocabulary import shipped_vocabulary
from workflows.registry import WORKFLOWS
from workflows.roles import OFFICIAL
from workflows.roles import Capacity as C

RECORD_GOES_ON = "the record is neither annulled nor declined nor expires"
ENDS_OF_THE_RECORD = frozenset({("record", "annul"), ("record", "decline"), ("record", "expire")})
PARTIES = {
    "subject": (C.SUBJECT, C.SUBJECT_HEAD),
    "provider": (C.PROVIDER, C.PROVIDER_HEAD),
    "finder": (C.FINDER, C.FINDER_HEAD),
    "tolerance organ": (C.TOLERANCE, C.TOLERANCE_HEAD),
    "review body": (C.REVIEW_OFFICE, C.REVIEWER),
}
VARIANTS = (
    Variant("all take part"),
    Variant(RECORD_GOES_ON, without=ENDS_OF_THE_RECORD),
    *(Variant(f"{who.name} is silent", frozenset({who})) for who in sorted(OFFICIAL | {C.SUBJECT, C.SUBJECT_HEAD})),
    *(
        Variant(f"the {name} is silent and the record goes on", frozenset(who), ENDS_OF_THE_RECORD, record_too=False)
        for name, who in PARTIES.items()
    ),
)
WHOLE = ("record", "objection", "repair", "rectification", "exemption")


def explored(
    kinds: tuple[str, ...],
    tables: Mapping[str, Workflow] = WORKFLOWS,
    never: frozenset[tuple[str, str]] = frozenset(),
) -> Product:
    """The product of these procedures, every situation found."""
    product = Product(tables, shipped_vocabulary(), kinds, VARIANTS, never)
    product.explore()
    return product


@cache
def whole() -> Product:
    """The product of all five; explored once for all tests."""
    return explored(WHOLE)


def without_step(kind: str, *keys: str) -> dict[str, Workflow]:
    """All tables, with some steps of one cut out."""
    table = WORKFLOWS[kind]
    cut = replace(table, steps=tuple(step for step in table.steps if step.key not in keys))
    return {**WORKFLOWS, kind: cut}


def first_of_each(stuck: Mapping[str, list[str]]) -> dict[str, str]:
    """The first path per variant that gets stuck, to be read in the failure."""
    return {variant: paths[0] for variant, paths in stuck.items() if paths}


@pytest.mark.parametrize("kinds", [("record", "repair", "repair"), ("record", "objection", "objection")])
def test_two_of_a_kind_on_one_record_can_end(kinds: tuple[str, ...]) -> None:
    """Procedures 11: record with two repairs; also with two objections (R33)."""
    assert first_of_each(explored(kinds).stuck()) == {}


def test_everything_can_end_from_everywhere() -> None:
    """Procedures 11: the product of all five, in every variant."""
    product = whole()
    assert len(product.states) > 30_000
    assert first_of_each(product.stuck()) == {}


def test_every_state_of_every_table_occurs_in_the_product() -> None:
    """An exploration that never comes to a state would prove nothing about it."""
    product = whole()
    for place, slot in enumerate(product.slots):
        met = {slot.locals[state[place]][0] for state in product.states}
        assert met - {""} == {state.key for state in slot.table.states}


def test_nothing_is_listed_without_a_served_notice() -> None:
    """R28: without the service of record_notice no record gets beyond 告知中, whatever else happens."""
    unserved = explored(("record", "objection", "exemption"), never=frozenset({("record", "open_statement")}))
    assert "noticing" in unserved.record_states
    assert unserved.record_states & {"statement_open", "deciding", "listed", "repaired"} == frozenset()


def test_nothing_is_listed_while_an_objection_or_an_exemption_is_waited_for() -> None:
    """R34, R46: no way leads from 待决定 to 已记入 while an objection is handled or an exemption is awaited."""
    product = explored(("record", "objection", "exemption"))
    record, objection, exemption = product.slots
    seen = 0
    for here, state in enumerate(product.states):
        to_listed = [
            product.states[there] for there, _ in product.edges[here]
            if record.locals[product.states[there][0]][0] == "listed"
        ]  # fmt: skip
        if record.locals[state[0]][0] != "deciding" or not to_listed:
            continue
        seen += 1
        assert objection.phase(state[1]) is not Phase.OPEN, product.words(here)
        waits = exemption.phase(state[2]) is Phase.OPEN and exemption.locals[state[2]][1] != NOT_AWAITED
        assert not waits, product.words(here)
    assert seen > 10


def test_what_may_stay_open_on_a_closed_record_is_known() -> None:
    """Procedures 0: only an objection (still shown, or about more than the period) and a correction that follows."""
    product = whole()
    still_open: dict[str, set[str]] = {}
    for state in product.states:
        if product.slots[0].phase(state[0]) is not Phase.CLOSED:
            continue
        for slot, local in zip(product.slots[1:], state[1:], strict=True):
            if local and slot.phase(local) is not Phase.CLOSED:
                still_open.setdefault(slot.kind, set()).add(slot.locals[local][0])
    assert set(still_open) == {"objection", "exemption"}
    assert still_open["exemption"] == {"correcting"}


@pytest.mark.parametrize(
    ("kind", "cut", "variant"),
    [
        ("objection", ("decide_without_answer", "withdraw"), "the provider is silent and the record goes on"),
        ("objection", ("lapse", "withdraw"), "the subject is silent and the record goes on"),
        ("objection", ("decide", "withdraw", "return_answer"), RECORD_GOES_ON),
        ("repair", ("go_on", "withdraw"), "the finder is silent and the record goes on"),
        ("rectification", ("give_up",), "the subject is silent and the record goes on"),
        ("exemption", ("register_finding", "withdraw"), "the tolerance organ is silent and the record goes on"),
        ("objection", ("close", "request_review"), "all take part"),
    ],
)  # fmt: skip
def test_a_missing_way_out_is_found_with_the_path_to_it(kind: str, cut: tuple[str, ...], variant: str) -> None:
    """Procedures 11: the exploration bites, and prints how one gets stuck."""
    stuck = explored(("record", kind), without_step(kind, *cut)).stuck()[variant]
    assert stuck
    assert stuck[0].startswith("record.create > record.submit > record.report")
    assert f"{kind} " in stuck[0].split("=>")[1]


def test_a_case_that_its_record_forgets_is_found() -> None:
    """Procedures 0: were a record to end without ending its rectification, that would lie there for ever."""
    table = WORKFLOWS["record"]
    forgetful = replace(table, steps=tuple(
        replace(step, cascades=tuple(row for row in step.cascades if row.kind != "rectification"))
        for step in table.steps
    ))  # fmt: skip
    stuck = explored(("record", "rectification"), {**WORKFLOWS, "record": forgetful}).stuck()
    assert any("rectification failed" in path and "record expired" in path for path in stuck["SUPERVISOR is silent"])


def test_the_model_names_guards_that_exist() -> None:
    """A guard that is renamed must not silently leave the model."""
    guards = {guard.key for table in WORKFLOWS.values() for step in table.steps for guard in step.guards}
    conditions = {
        row.when.key for table in WORKFLOWS.values() for step in table.steps for row in step.cascades if row.when
    }
    assert set(READS) | LIMITED <= guards
    assert set(ONLY_WITH) <= conditions
