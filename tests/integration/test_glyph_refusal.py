"""A character that no face can print refuses the step that signs, before a number is gone (documents.md 8; R28)."""

from datetime import timedelta

import pytest

from app.models.history import NumberSeries
from tests.support.world import World
from workflows.kit.errors import GuardRefused

#: An Egyptian hieroglyph: in no font that prints Chinese.
ODD = "\U00013000"


def last_numbers(world: World) -> dict[str, int]:
    """The last number of each series of documents."""
    with world.backend.sessions() as session:
        return {row.key: row.last for row in session.query(NumberSeries)}


def late_answer(world: World) -> str:
    """The uid of a 督办通知书 that waits for its signature."""
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    return world.notices(objection, "supervision")[0].uid


def test_a_notice_that_is_signed_with_its_step_refuses_the_step(world: World) -> None:
    """R28: approve signs the 告知书; nothing of it happens, character and place are named, no number is gone."""
    record = world.record_in("screening", facts=f"在政务服务窗口办理事项时，违反规定收取{ODD}费用。")
    good = world.record_in("screening")
    for draft in (record, good):
        world.take("officer", "propose", draft, step="approve", form={}, opinion="拟同意")
    before = last_numbers(world)
    with pytest.raises(GuardRefused) as refused:
        world.take("approver", "approve", record)
    (unmet,) = refused.value.unmet
    assert unmet.guard == "text_complete"
    assert "U+13000，见失信事实“" in unmet.text
    assert "请核对是否录错" in unmet.text
    assert world.state(record) == "screening"
    assert world.notices(record) == []
    assert last_numbers(world) == before
    world.take("approver", "approve", good)
    (notice,) = world.notices(good, "record_notice")
    assert notice.number
    assert notice.number.endswith("〕1号")


def test_a_notice_that_is_signed_by_itself_is_refused_until_it_is_mended(world: World) -> None:
    """R28, R142: the guard of sign says so on the page already; the text mended, the next number is its own."""
    draft = late_answer(world)
    world.take("officer", "edit", draft, added_text=f"请说明{ODD}原因。")
    before = last_numbers(world)
    with pytest.raises(GuardRefused) as refused:
        world.take("approver", "sign", draft)
    assert "U+13000，见补充段落“请说明" in refused.value.unmet[0].text
    assert world.state(draft) == "drafted"
    assert last_numbers(world) == before
    world.take("officer", "edit", draft, added_text="请说明原因。")
    world.take("approver", "sign", draft)
    number = world.case(draft).number
    assert number
    grown = {key: last for key, last in last_numbers(world).items() if before.get(key, 0) != last}
    assert list(grown.values()) == [before.get(next(iter(grown)), 0) + 1]
