"""Notices on their way to a sheet: signed and waiting, drafted and unsigned, or failed."""

from datetime import timedelta

from app.extensions import Installation
from app.models.kinds import Notice
from app.services.outbox import Claim, Failed, drain
from tests.support.world import World

REASON = "下列字符没有可用的字形，文书不能签发：“𓀀”（U+13000，见受送达人“王𓀀”）。"


def signed(world: World, count: int = 1) -> list[Notice]:
    """Record notices that were signed with their step and wait for their sheets."""
    drafts = [world.record_in("screening") for _ in range(count)]
    for draft in drafts:
        world.step("officer", "propose", draft, {"step": "approve", "form": {}, "opinion": "拟同意"})
        world.step("approver", "approve", draft)
    return [world.notices(draft, "record_notice")[0] for draft in drafts]


def drafted(world: World, count: int = 2) -> list[Notice]:
    """督办通知书 that the clock drafted for late answers, to be signed separately."""
    record = world.record_in("listed")
    fields = ("severity", "facts", "behaviour")[:count]
    cases = [
        world.objection_in("verifying", record, fields=[{"field": name, "ground": "错误", "wanted": "-"}], reason=name)
        for name in fields
    ]
    due = world.terms(cases[0])["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    found = [world.notices(case, "supervision")[0] for case in cases]
    assert {notice.state for notice in found} == {"drafted"}
    return found


def hopeless(_claim: Claim) -> None:
    raise Failed(REASON, hopeless=True)


def fail(own: Installation) -> None:
    """A drain meets a renderer that can make nothing before somebody has done something."""
    drain(own.backend, own.clock, {"seal": hopeless, "remind": lambda _claim: None})
