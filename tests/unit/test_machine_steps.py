"""What is open to programs: nothing that decides, signs or goes out to a party (R147)."""

from app.services.api_tokens import NEVER_OWN, POSTS
from app.services.machine_steps import OPEN_TO_PROGRAMS
from workflows.registry import WORKFLOWS
from workflows.roles import RELATIONS, Capacity

_CLERKS = {Capacity.PROVIDER, Capacity.FINDER, Capacity.OFFICE, Capacity.IMPLEMENTER}


def test_every_open_step_is_a_clerks_and_makes_no_notice() -> None:
    """R147: approving, signing, and what is served on somebody need a person."""
    for kind, steps in OPEN_TO_PROGRAMS.items():
        for key in steps:
            step = WORKFLOWS[kind].step(key)
            assert step is not None, f"{kind}.{key}"
            assert step.by & _CLERKS, f"{kind}.{key}"
            assert not step.notices, f"{kind}.{key}"
            assert not step.on_proposal, f"{kind}.{key}"
            assert key not in WORKFLOWS[kind].decides_at, f"{kind}.{key}"


def test_every_procedure_says_what_is_open() -> None:
    """Default deny: a new procedure has to say so, even if it is nothing."""
    assert set(OPEN_TO_PROGRAMS) == set(WORKFLOWS)


def test_no_post_of_a_token_gives_a_capacity_that_decides() -> None:
    """R147: neither supervisor nor head nor reviewer, whatever the case is; and none whose holder answers for none."""
    given = {
        capacity
        for capacity, relations in RELATIONS.items()
        for relation in relations
        if relation.posts & POSTS and capacity is not Capacity.RECIPIENT
    }
    assert given == _CLERKS
    assert not POSTS & NEVER_OWN
