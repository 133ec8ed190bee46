"""The objection against procedures, section 3: what the postmark decides, and what is the office's own (R34, R36)."""

from datetime import date

from tests.support.judging import unmet
from tests.unit.test_objection import objection
from workflows.objection import OBJECTION
from workflows.roles import Capacity as C


def test_what_was_posted_in_time_is_in_time_however_late_it_is_entered() -> None:
    """R34, R36 (代录): the postmark decides whether a unit sent back, or asked for more time, in time."""
    last = date(2026, 11, 18)
    for counts_on, late in ((last, False), (date(2026, 11, 19), True)):
        asked = objection(
            "verifying",
            C.PROVIDER_HEAD,
            form={"days": 2, "reason": "需要外调"},
            told={"term_over_since": last},
            counts_on=counts_on,
        )
        assert ("term_still_runs" in unmet(OBJECTION, "request_extension", asked)) is late
        back = objection(
            "verifying",
            C.PROVIDER_HEAD,
            form={"owner": "示例丁局", "reason": "不是本单位的信息"},
            counts_on=counts_on,
            accepted_on=date(2026, 11, 17),
            transferred_by=[],
        )
        assert ("transfer_is_early" in unmet(OBJECTION, "transfer_back", back)) is late


def test_the_office_departs_from_the_provider_only_in_what_is_its_own() -> None:
    """R36: facts stay as the unit established them, the level of disclosure is the office's own."""
    answered = {"facts": {"verdict": "keep", "value": ""}, "disclosure_level": {"verdict": "keep", "value": ""}}
    fields = [{"field": "facts"}, {"field": "disclosure_level"}]
    for field, value, refused in (("facts", "损失已经全部挽回", True), ("disclosure_level", "不公开", False)):
        form = {"verdicts": {field: {"verdict": "change", "value": value}}, "reasons": "另有认定"}
        ctx = objection("answered", C.SUPERVISOR, form=form, verdicts=answered, fields=fields)
        assert ("not_worse_for_the_objector" in unmet(OBJECTION, "decide", ctx)) is refused
