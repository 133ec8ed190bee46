"""发文字号: gapless per organ, series and year whatever happens at the same time (R141; documents, section 4)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.database import write_transaction
from app.models.kinds import Notice
from app.services.commands import Taken, TakeStep
from app.services.notice_numbers import NumberParts, parts_of
from app.services.reading.number_check import check_series
from app.services.steps import take_within
from app.services.unit_of_work import unit_of_work
from tests.support.world import World
from workflows.kit.errors import GuardRefused

TOGETHER = 50
#: Of these, every fifth gives up after its number was drawn.
EVERY = 5


class GivenUp(Exception):
    """Raised after the numbers were drawn and before the commit."""


def together(number: int, act: Callable[[int], str]) -> list[str]:
    """Let everybody act at the same moment, each in a thread with a connection of its own."""
    barrier = Barrier(number)

    def run(place: int) -> str:
        barrier.wait()
        return act(place)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def approve(world: World, record: str) -> str:
    taken: Taken = world.step("approver", "approve", record, {})
    return taken.state


def approve_and_give_up(world: World, record: str) -> str:
    """The whole step with its number, and then nothing of it."""
    try:
        with unit_of_work(world.backend, world.clock()) as work:
            take_within(work, TakeStep("approve", world["approver"], {}, case=record))
            work.finish()
            raise GivenUp
    except GivenUp:
        return "given up"


def ready(world: World, number: int) -> list[str]:
    """Records that only need the approval that signs their 告知书."""
    records = [world.record_in("screening", source_number=f"示处〔2026〕{place}号") for place in range(1, number + 1)]
    for record in records:
        world.take("officer", "propose", record, step="approve", form={}, opinion="拟同意告知")
    return records


def serials(world: World) -> list[int]:
    """The numbers of the 告知书, in order."""
    found = [notice for notice in world.rows(Notice) if notice.key == "record_notice"]
    return sorted(parts_of(notice.number or "").serial for notice in found)


def test_fifty_at_once_with_failures_in_between_leave_no_gap(world: World) -> None:
    """R141: 40 of 50 commit, the others roll back after drawing; the numbers are 1 to 40, and then 41."""
    records = ready(world, TOGETHER)

    def act(place: int) -> str:
        return (approve_and_give_up if place % EVERY == 0 else approve)(world, records[place])

    answers = together(TOGETHER, act)
    given_up = [records[place] for place in range(0, TOGETHER, EVERY)]
    assert answers.count("given up") == len(given_up)
    assert serials(world) == list(range(1, TOGETHER - len(given_up) + 1))
    approve(world, given_up[0])
    assert serials(world)[-1] == TOGETHER - len(given_up) + 1
    word = parts_of(world.notices(given_up[0], "record_notice")[0].number or "").word
    with world.backend.sessions() as session:
        (checked,) = check_series(session, {(word, 2026): "示范区"})
    assert (checked.count, checked.voided, checked.missing) == (41, 0, ())


def test_a_new_year_begins_with_one_and_organs_count_apart(world: World) -> None:
    """R141: per organ, series and year."""
    first, second = (notice for notice in _decided(world))
    assert (first.word, first.year, first.serial) == (second.word, 2026, 1)
    assert (second.year, second.serial) == (2027, 1)


def _decided(world: World) -> tuple[NumberParts, NumberParts]:
    early, late = ready(world, 2)
    approve(world, early)
    world.go(date(2027, 1, 4))
    approve(world, late)
    numbers = [world.notices(record, "record_notice")[0].number or "" for record in (early, late)]
    return parts_of(numbers[0]), parts_of(numbers[1])


def test_a_refused_step_draws_no_number(world: World) -> None:
    """R141: without a proposal nothing is signed, and the next one gets the next number."""
    (record,) = ready(world, 1)
    other = world.record_in("screening", source_number="示处〔2026〕88号")
    with pytest.raises(GuardRefused):
        approve(world, other)
    approve(world, record)
    assert serials(world) == [1]


def test_the_table_refuses_a_number_twice(world: World) -> None:
    """R141: what no code may do, the database does not let happen."""
    for record in ready(world, 2):
        approve(world, record)
    first, second = (notice for notice in world.rows(Notice) if notice.key == "record_notice")
    same = update(Notice).where(Notice.id == second.id).values(number_serial=first.number_serial)
    with pytest.raises(IntegrityError), write_transaction(world.backend.sessions) as session:
        session.execute(same)


@pytest.mark.parametrize("text", ["", "示信记告2026〕1号", "示信记告〔2026〕01号", "示信记告〔2026〕第1号"])
def test_what_is_no_number_is_not_taken_apart(text: str) -> None:
    """documents, section 4: six-corner brackets, no leading zero, no 第."""
    with pytest.raises(ValueError, match=re.escape(text)):
        parts_of(text)
