"""A report to the superior organ names who signs it (GB/T 9704-2012, 7.2.6; R141)."""

from app.documents.context import NoticeContext
from app.documents.text import notice_text
from tests.support.notice_scenes import said
from tests.support.world import World
from workflows.kit.calendar import shipped_calendar

WD = shipped_calendar().add_working_days


def test_the_report_names_whoever_signed_it(world: World) -> None:
    """R141: 签发人 is the person who took the step; the draft leaves the place open."""
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(WD(due, 1))
    (report,) = world.notices(objection, "supervision_report")
    assert "签发人：（签发时填写）" in notice_text(said(world, report))
    world.take("approver", "sign", report.uid)
    (signed,) = world.notices(objection, "supervision_report")
    assert "签发人：周测试" in notice_text(NoticeContext.from_json(signed.context))
