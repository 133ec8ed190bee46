"""Many hands at once: one decision wins, nothing is lost, a repeated submission has one effect (T3, T13).

A race is run with a barrier, so that all threads reach the database together.
"""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from app.database import read_transaction
from app.models.cases import Case
from app.models.history import EventRow
from app.services.commands import Taken
from tests.support import paths
from tests.support.world import World
from workflows.kit.errors import KeyReused, Refusal

RACERS = 50


def race(racers: int, act: Callable[[int], Taken]) -> list[Taken | Refusal]:
    """Let everybody act at the same moment; anything but a refusal is raised."""
    barrier = Barrier(racers)

    def run(number: int) -> Taken | Refusal:
        barrier.wait()
        try:
            return act(number)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(racers) as pool:
        return list(pool.map(run, range(racers)))


def kinds_of(answers: list[Taken | Refusal]) -> Counter[str]:
    return Counter(type(answer).__name__ for answer in answers)


def test_of_fifty_decisions_exactly_one_wins(world: World) -> None:
    """T3: the others are told that the case has moved; nobody sees "locked", a deadlock or an error."""
    case = world.objection_in("answered")
    form = {"reasons": "异议成立"}
    world.take("officer", "propose", case, step="decide", form=form, opinion="拟同意")
    version = world.case(case).version
    answers = race(RACERS, lambda _: world.step("approver", "decide", case, form, expected_version=version))
    assert kinds_of(answers) == {"Taken": 1, "WrongState": RACERS - 1}
    world.seal()
    assert world.steps(case).count("decide") == 1
    assert len(world.notices(case, "objection_decision")) == 2


def test_of_fifty_edits_of_one_version_exactly_one_wins(world: World) -> None:
    """T3: a step that stays in its state is guarded by the version alone."""
    case = world.record_in("draft")
    form = paths.record_content(world)
    answers = race(RACERS, lambda _: world.step("clerk", "edit", case, form, expected_version=1))
    assert kinds_of(answers) == {"Taken": 1, "Stale": RACERS - 1}
    assert world.case(case).version == 2


def test_eight_writers_lose_no_step_and_a_page_is_read_meanwhile(world: World) -> None:
    """T3, architecture 6: 8 writers × 25 steps on one case; a page-like read takes < 50 ms."""
    writers, steps = 8, 25
    case = world.record_in("draft")
    form = paths.record_content(world)
    read_page(world, case)

    def write() -> None:
        for _ in range(steps):
            world.step("clerk", "edit", case, form)

    waits: list[float] = []
    with ThreadPoolExecutor(writers) as pool:
        running = [pool.submit(write) for _ in range(writers)]
        while not all(writer.done() for writer in running):
            began = time.perf_counter()
            read_page(world, case)
            waits.append(time.perf_counter() - began)
        for writer in running:
            writer.result()
    assert world.case(case).version == 1 + writers * steps
    assert [event.version for event in world.events(case, "step")] == list(range(1, 2 + writers * steps))
    assert sorted(waits)[len(waits) // 2] < 0.05


def read_page(world: World, uid: str) -> None:
    """What a case page asks first: the case and the end of its history."""
    with read_transaction(world.backend.engine) as session:
        case_id = session.execute(select(Case.id).where(Case.uid == uid)).scalar_one()
        newest = select(EventRow.step, EventRow.at).where(EventRow.case_id == case_id)
        session.execute(newest.order_by(EventRow.seq.desc()).limit(20)).all()


# ------------------------------------------------------------------------------------------------------- keys


def test_the_same_key_and_form_get_the_same_answer(world: World) -> None:
    """T13: a repeated submission changes nothing, also after the case has moved on."""
    case = world.objection_in("submitted")
    first = world.step("officer", "accept", case, key="k1", expected_version=1)
    world.step("clerk", "draft_answer", case, {"verdicts": paths.VERDICTS, "explanation": "核查属实"})
    again = world.step("officer", "accept", case, key="k1", expected_version=1)
    assert (again.state, again.version, again.number) == (first.state, first.version, first.number)
    assert (first.repeated, again.repeated) == (False, True)
    assert world.case(case).version == 3


def test_a_key_used_for_another_form_or_step_is_refused(world: World) -> None:
    """T13: 422, and nothing is stored."""
    case = world.record_in("draft")
    form = paths.record_content(world)
    world.step("clerk", "edit", case, form, key="k1")
    with pytest.raises(KeyReused):
        world.step("clerk", "edit", case, {**form, "facts": "另一种说法"}, key="k1")
    with pytest.raises(KeyReused):
        world.step("clerk", "submit", case, form, key="k1")
    assert world.case(case).version == 2


def test_a_repetition_is_answered_to_who_took_the_step_though_he_no_longer_sees_the_case(world: World) -> None:
    """T13: the unit that passed an objection on is its provider no more; its repeated submission still succeeds."""
    case = world.objection_in("verifying")
    form = {"owner": "示例丁局", "reason": "该信息由示例丁局提供"}
    first = world.step("head", "transfer_back", case, form, key="k1")
    again = world.step("head", "transfer_back", case, form, key="k1")
    assert (again.version, again.state) == (first.version, first.state)
    with pytest.raises(Refusal):
        world.step("other_head", "transfer_back", case, form, key="k1")


def test_a_failed_step_stores_no_key(world: World) -> None:
    """T13: what was refused may be sent again with the same key."""
    case = world.record_in("draft", facts="")
    with pytest.raises(Refusal):
        world.step("clerk", "submit", case, key="k1")
    world.step("clerk", "edit", case, paths.record_content(world))
    assert world.step("clerk", "submit", case, key="k1").repeated is False


def opening(world: World, record: str) -> dict[str, Any]:
    """The two kinds of opening step: on a parent, and with a dossier of its own."""
    if record:
        return {"actor": "subject", "step": "submit", "opens": "objection", "parent": record}
    return {"actor": "clerk", "step": "create", "opens": "record"}


@pytest.mark.parametrize("kind", ["objection", "record"])
def test_an_opening_step_in_parallel_opens_one_case(world: World, kind: str) -> None:
    """T13: eight submissions of one form with one key make one case, and all get its uid."""
    record = world.record_in("listed") if kind == "objection" else ""
    form = paths.objection_form() if record else paths.record_content(world)
    before = len(world.rows(Case))
    command = opening(world, record)
    answers = race(8, lambda _: world.step(form=form, key="k1", **command))
    taken = [answer for answer in answers if isinstance(answer, Taken)]
    assert len(taken) == 8, answers
    assert len({answer.uid for answer in taken}) == 1
    assert [answer.repeated for answer in taken].count(False) == 1
    assert len(world.rows(Case)) == before + (2 if record else 1)
    with pytest.raises(KeyReused):
        world.step(form={**form, "facts": "另", "reason": "另"}, key="k1", **command)


def test_a_step_in_parallel_with_one_key_is_taken_once(world: World) -> None:
    """T13: a double click has one effect and one answer."""
    case = world.objection_in("submitted")
    answers = race(8, lambda _: world.step("officer", "accept", case, key="k1"))
    assert kinds_of(answers) == {"Taken": 8}
    assert world.steps(case).count("accept") == 1
    assert {(answer.state, answer.version) for answer in answers if isinstance(answer, Taken)} == {("verifying", 2)}
