"""What every notice says, drawn from real cases: title, number, recipient and the words that decide (R28, R36, R37).

Each scene plays a case with `take_step`; the text is read back from the context that was fixed at signing. SQLite is
enough: nothing here depends on the database.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.database import read_transaction
from app.documents.context import NoticeContext
from app.documents.text import notice_text
from app.models.kinds import Notice
from app.services.notice_context import context_for
from app.services.term_sheets import service_receipt_context, term_sheet_context
from app.services.unit_of_work import unit_of_work
from tests.support import notice_scenes as scenes
from tests.support.notice_reading import faults_of
from tests.support.notice_scenes import in_the_demo, said, with_rules, with_switch
from tests.support.notice_words import ALL, Expected
from tests.support.serving import by_post, handed_over
from tests.support.world import World
from workflows.catalogue import NOTICES
from workflows.kit.counting import Span
from workflows.registry import WORKFLOWS
from workflows.rules.model import BasisKind, RuleSet


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.mark.parametrize("expected", ALL, ids=lambda item: item.scene.__name__)
def test_what_the_notices_of_a_case_say(world: World, expected: Expected) -> None:
    in_the_demo(world)
    texts: dict[str, list[str]] = {}
    for case in expected.scene(world):
        for notice in world.notices(case):
            context = said(world, notice)
            text = notice_text(context)
            texts.setdefault(notice.key, []).append(text)
            assert notice.title in text
            assert context.recipient.address in text
            assert context.organ.name in text
            assert notice.code in text
            if notice.signed_on is not None:
                assert context.number == notice.number
                assert context.number in text
            else:
                assert context.number == ""
            assert_is_plain_chinese(text)
            assert faults_of(context, text) == [], text
    for key, words in expected.words.items():
        missing = [word for word in words if not any(word in text for text in texts.get(key, []))]
        assert missing == [], f"{key}: {missing}\n" + "\n".join(texts.get(key, ["（没有这份文书）"]))


def assert_is_plain_chinese(text: str) -> None:
    """No code, no empty value and no default of the product passes for text (never a grade-I phrase as law)."""
    assert re.findall(r"[a-z]{2,}", text) == []
    for wrong in ("None", "系统默认设定", "依据参照《", "。。", "，，", "（）", "《》", "属于领域"):
        assert wrong not in text


def test_every_notice_that_a_step_makes_is_read() -> None:
    """A new notice of a table needs a scene in which somebody reads it."""
    made = {draft.notice for flow in WORKFLOWS.values() for step in flow.steps for draft in step.notices}
    assert {key for expected in ALL for key in expected.words} == made


def test_only_the_party_is_told_its_remedies_and_terms(world: World) -> None:
    """The provider learns the outcome of an objection; only the objector may ask for a review (10.2)."""
    objection = world.objection_in("decided")
    to_party, to_provider = (said(world, notice) for notice in world.notices(objection, "objection_decision"))
    assert (to_party.recipient.kind, to_provider.recipient.kind) == ("person", "unit")
    assert any("申请复核" in sentence for sentence in to_party.remedies)
    assert [line.label for line in to_party.terms] == ["申请复核期限"]
    assert to_party.terms[0].first_day == to_party.dated + timedelta(days=1)
    assert (to_provider.remedies, to_provider.terms) == ((), ())
    assert to_provider.content["applicant"] == "王测试"


def test_the_office_is_not_told_that_the_office_is_told(world: World) -> None:
    """R45, R46: each copy of 容错免责认定书 speaks to its reader; all decide the same."""
    [exemption] = scenes.exempted_in_part(world)
    applicant, office = (said(world, notice) for notice in world.notices(exemption, "exemption_decision"))
    assert (applicant.recipient.kind, office.recipient.kind) == ("person", "unit")
    sent_on = "本认定书同时送信用管理部门"
    assert sent_on in notice_text(applicant)
    assert sent_on not in notice_text(office)
    assert "请你单位据此办理。" in notice_text(office)
    corrected = ["失信程度由一般更正为轻微", "责任人员由未记载更正为李示例"]
    assert applicant.content["record_corrections"] == office.content["record_corrections"] == corrected


def test_a_listed_record_ends_with_tolerance(world: World) -> None:
    """R46: what was listed already is taken out; what was not is never listed."""
    [exemption] = scenes.exempted_when_listed(world)
    text = notice_text(said(world, world.notices(exemption, "exemption_decision")[0]))
    assert "予以容错免责，不作为失信记录，政务失信记录（编号：" in text
    assert "终结，不再展示、公示、共享和使用。" in text


@pytest.mark.parametrize(
    ("subject", "content", "word"),
    [
        ("unit", {"source_type": "行政处罚"}, "行政复议"),
        ("subject", {"source_type": "纪律处分", "source_organ": "示例监察委员会"}, "申请复审"),
        ("subject", {"source_type": "司法判决"}, "审判监督程序"),
    ],
)
def test_remedy_against_the_source_document_is_named(
    world: World, subject: str, content: dict[str, str], word: str
) -> None:
    """R28, 10.2: by what the record rests on, beside the remedies against the record itself."""
    record = world.record_in("statement_open", subject, **content)
    (notice,) = world.notices(record, "record_notice")
    remedies = said(world, notice).remedies
    assert any(word in sentence for sentence in remedies)
    assert "陈述、申辩" in remedies[0]


def with_total(world: World, length: str) -> None:
    """The district also knows a term for the whole objection, as 莱芜 does (section 10)."""

    def change(rules: RuleSet) -> RuleSet:
        verification = rules.term("objection.verification")
        assert verification is not None
        total = replace(verification, key="objection.total", span=Span.parse(length))
        return replace(rules, terms=tuple(total if rule.key == total.key else rule for rule in rules.terms))

    with_rules(world, change)


@pytest.mark.parametrize(
    ("length", "order"),
    [("7 WD", ["异议办理总期限", "核查期限"]), ("30 WD", ["核查期限", "异议办理总期限"])],
)
def test_answer_is_asked_for_in_time_for_the_shorter_term(world: World, length: str, order: list[str]) -> None:
    """Ten working days of the provider beside those of the office: the letter prints both and asks by the earlier."""
    with_total(world, length)
    objection = world.objection_in("verifying")
    (letter,) = world.notices(objection, "assistance_letter")
    context = said(world, letter)
    assert [line.label for line in context.terms] == order
    asked_by = context.terms[0].last_day
    assert asked_by is not None
    assert f"请于{asked_by.year}年{asked_by.month}月{asked_by.day}日前（含当日）反馈" in notice_text(context)


def test_escalation_is_about_the_term_whose_expiry_brought_it_about(world: World) -> None:
    """R35: where the office is late too, and longer, the provider is called to its own term."""
    with_total(world, "7 WD")
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    (notice,) = world.notices(objection, "supervision")
    assert said(world, notice).content["term_label"] == "核查期限"


def test_draft_keeps_to_the_correction_that_made_it(world: World) -> None:
    """A draft that waits for its signature says its own changes, not those of a later correction (R25)."""
    objection = world.objection_in("decided")
    record = next(case.uid for case in world.dossier(objection) if case.kind == "record")
    form = {"changes": {"conduct_ended_on": "2026-04-30"}, "reason": "终止日期有误"}
    for actor, step, given in (("clerk", "draft_correction", form), ("head", "request_correction", {}),
                               ("approver", "correct", form)):  # fmt: skip
        world.take(actor, step, record, **given)
    first, second = world.notices(record, "record_correction")
    assert drawn_again(world, first).content["changes"] == [
        {"label": "事实", "before": "未按承诺的期限办结，造成企业损失。", "after": "未造成损失。"}
    ]
    assert drawn_again(world, second).content["changes"] == [
        {"label": "行为终止日期", "before": "2026年5月1日", "after": "2026年4月30日"}
    ]


def drawn_again(world: World, notice: Notice) -> NoticeContext:
    """What a notice would say if it were drawn today."""
    with unit_of_work(world.backend, world.clock()) as work:
        work.lock(notice.dossier_id)
        kept = work.session.get(Notice, notice.id)
        assert kept is not None
        return context_for(work, kept)


def test_free_paragraph_of_a_draft_is_kept_apart(world: World) -> None:
    """改稿 adds a paragraph; the standard text stays as it is (documents, section 2)."""
    (case, _) = scenes.annulled_under_everything(world)[::-1]
    (notice,) = world.notices(case, "termination_notice")
    before = said(world, notice)
    world.take("officer", "edit", notice.uid, added_text="如有疑问，请到本机关咨询。")
    after = said(world, world.notices(case, "termination_notice")[0])
    assert after.content == before.content | {"added_text": "如有疑问，请到本机关咨询。"}
    assert after.reason == before.reason


def test_default_of_the_product_is_never_cited_as_law(world: World) -> None:
    """What no text fixes is called 指定期限 in the table; the order then rests on the founding document alone (R12)."""
    case = world.rectification_in("explaining")
    (order,) = world.notices(case, "rectification_order")
    context = said(world, order)
    assert context.basis == ("《国务院关于加强政务诚信建设的指导意见》（国发〔2016〕76号）",)
    assert [line.basis for line in context.terms] == ["指定期限", "指定期限"]
    assert all(line.unconfirmed and line.by_service for line in context.terms)


# ------------------------------------------------------------------------------------------------ sheets of a service


def test_term_sheet_gives_the_binding_last_day(world: World) -> None:
    """期限告知单 with each service (section 2): the day of service counts, not the day of signing."""
    in_the_demo(world)
    record = world.record_in("noticing", "offline")
    (notice,) = world.notices(record, "record_notice")
    reckoned = said(world, notice).terms[0].last_day
    with read_transaction(world.backend.engine) as session:
        assert term_sheet_context(session, world.backend, notice) is None
    world.take("officer", "dispatch", notice.uid, method="直接送达")
    world.go(date(2026, 9, 17))
    world.take("officer", "confirm_service", notice.uid, **handed_over(date(2026, 9, 16), "何测试"))
    served = world.case(notice.uid)
    with read_transaction(world.backend.engine) as session:
        sheet = term_sheet_context(session, world.backend, served)
    assert sheet is not None
    assert (reckoned, [line.last_day for line in sheet.terms]) == (date(2026, 9, 8), [date(2026, 9, 22)])
    assert sheet.terms[0].last_day == world.terms(record)["record.statement"].due_on
    text = notice_text(sheet)
    assert notice.number is not None
    for word in ("期限告知单", notice.number, "2026年9月16日（直接送达）", "至2026年9月22日二十四时届满", "何测试"):
        assert word in text


def test_no_term_sheet_where_the_service_starts_no_term(world: World) -> None:
    """The copy that the provider gets starts nothing for him."""
    objection = world.objection_in("decided")
    with read_transaction(world.backend.engine) as session:
        sheets = [
            term_sheet_context(session, world.backend, notice)
            for notice in world.notices(objection, "objection_decision")
        ]
        receipt = term_sheet_context(session, world.backend, world.notices(objection, "objection_receipt")[0])
    assert [sheet is None for sheet in sheets] == [False, True]
    assert receipt is None


def test_service_slip_leaves_blanks_for_what_is_not_known(world: World) -> None:
    """送达回证 is printed, filled in by hand and uploaded (documents, section 6)."""
    record = world.record_in("noticing", "offline")
    (notice,) = world.notices(record, "record_notice")
    with read_transaction(world.backend.engine) as session:
        before = notice_text(service_receipt_context(session, world.backend, notice))
    world.take("officer", "dispatch", notice.uid, **by_post(world))
    with read_transaction(world.backend.engine) as session:
        after = notice_text(service_receipt_context(session, world.backend, world.case(notice.uid)))
    assert f"《拟记入政务失信记录告知书》（{notice.number}）" in before
    assert "何测试" in before
    assert "邮寄送达" not in before
    assert "邮寄送达" in after


def test_draft_without_its_signer_has_no_number(world: World) -> None:
    """What OFFICE may not sign under a standing authorisation lies drafted and unnumbered."""
    with_switch(world, "notices.office_signs", False)
    objection = world.objection_in("incomplete", world.record_in("listed"))
    (notice,) = world.notices(objection, "supplement_notice")
    assert notice.state == "drafted"
    text = notice_text(said(world, notice))
    assert "（签发时编号）" in text
    world.take("approver", "sign", notice.uid)
    signed = world.notices(objection, "supplement_notice")[0]
    assert said(world, signed).number == signed.number != ""


def test_words_of_the_record_are_those_of_its_own_rule_set(world: World) -> None:
    """A later rule set does not change what an older case says (section 10: rules of the opening day)."""
    record = world.record_in("statement_open")
    (notice,) = world.notices(record, "record_notice")

    def renamed(rules: RuleSet) -> RuleSet:
        words = tuple(replace(item, label="另一名称") if item.id == "B33" else item for item in rules.behaviours)
        return replace(rules, behaviours=words)

    world.go(world.today + timedelta(days=1))
    with_rules(world, renamed)
    record_said = drawn_again(world, notice).record
    assert record_said is not None
    assert record_said.behaviour == "行政审批失职渎职"


def test_citations_name_what_is_only_followed(world: World) -> None:
    """Peers are followed by analogy (参照); a default is left out (Basis.kind)."""
    objection = world.objection_in("decided")
    (decision, _) = (said(world, notice) for notice in world.notices(objection, "objection_decision"))
    assert decision.basis[0].startswith("《国务院")
    assert decision.basis[1].startswith("参照《")
    default = next(rule for rule in scenes.load_locality("demo").terms if rule.basis.kind is BasisKind.DEFAULT)
    assert default.basis.text not in notice_text(decision)
    assert NOTICES["objection_decision"].remedies_about == "objection"
