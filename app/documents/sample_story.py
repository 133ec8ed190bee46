"""The story that the samples of notices tell: its parties, its cases, and on which day each notice is signed.

People, units and facts are make-believe. Names of organs, terms, bases and remedies are those of the shipped rule set
of 示范区, and every day that a term ends on is reckoned by the calendar, as in a notice that is really served.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.documents.citations import cited, founding, nearest, not_to_itself
from app.documents.context import CaseFacts, Organ, Recipient, RecordFacts, Source, TermLine
from app.documents.term_line import term_line
from workflows.catalogue import NOTICES
from workflows.kit.calendar import shipped_calendar
from workflows.kit.counting import Counting, Extension, Nature, Span, due_on
from workflows.registry import workflow
from workflows.rules import load_locality
from workflows.rules.model import Basis, TermRule

RULES = load_locality("demo")
CALENDAR = shipped_calendar()

OFFICE = Organ(RULES.text("office_name"), "示范区示例路1号", "0000-12345678")
PROVIDER = Organ("示例街道办事处", phone="0000-87654321")
REVIEW = Organ(RULES.text("review_body"), "示例市示例路9号", "0000-23456789")
TOLERANCE = Organ(RULES.names("tolerance.organs")[0], phone="0000-34567890")
#: The 机关代字 of each.
CODE_WORDS = {
    OFFICE: RULES.text("office_code_word"),
    PROVIDER: "示街",
    REVIEW: RULES.text("office_code_word") + "复",
    TOLERANCE: "示监察委员会",
}
_SIGNERS = {
    "PROVIDER_HEAD": PROVIDER,
    "REVIEWER": REVIEW,
    "TOLERANCE_HEAD": TOLERANCE,
}

PERSON = Recipient("王测试", "person", "同志")
UNIT = Recipient("示例市场监管局", "unit")
AT_PROVIDER = Recipient(PROVIDER.name, "unit")
_GOVERNMENT = Recipient(f"{RULES.name}人民政府（演示）", "unit")
_DISCIPLINE = Recipient("示例纪检监察机关", "unit")
_IMPLEMENTER = Recipient("示例人力资源社会保障局", "unit")

LISTED_ON = date(2026, 5, 15)
_ENDED_ON = date(2026, 3, 12)
#: The objection: received complete, answered by the provider, decided and served.
RECEIVED, ANSWERED, DECIDED = date(2026, 9, 18), date(2026, 10, 9), date(2026, 10, 13)
_ORDERED, _FAILED = date(2026, 5, 20), date(2026, 6, 24)
REPAIRED = date(2026, 11, 13)
_IN_TIME = date(2026, 11, 2)
#: The day on which the application counts as accepted because nobody acted on it.
_DEEMED = date(2026, 11, 6)

_CASES = {
    "record": ("示信记〔2026〕31号", date(2026, 4, 22), None),
    "objection": ("示信异〔2026〕17号", RECEIVED, date(2026, 9, 21)),
    "rectification": ("示信整〔2026〕4号", _ORDERED, None),
    "repair": ("示信修〔2026〕6号", _IN_TIME, _DEEMED),
    # Asked for before its time and refused.
    "repair too early": ("示信修〔2026〕3号", date(2026, 7, 20), None),
    "exemption": ("示信容〔2026〕2号", date(2026, 5, 25), None),
}


def rule_of(key: str) -> TermRule:
    """The rule of a term, for a record of the severity that the samples have."""
    rule = RULES.term(key, "general")
    assert rule is not None, key
    return rule


def span_of(key: str) -> Span:
    """The length of a term."""
    span = rule_of(key).span
    assert span is not None, key
    return span


def last_day(key: str, anchor: date, *longer: Span) -> date:
    """The last day of a term that counts from `anchor`, with its extensions."""
    end = due_on(_counting(key, anchor, longer), CALENDAR).on
    assert end is not None
    return end


def day_after(key: str, anchor: date) -> date:
    """The first day that a period no longer bars."""
    return last_day(key, anchor) + timedelta(days=1)


def _counting(key: str, anchor: date, longer: tuple[Span, ...] = ()) -> Counting:
    nature = rule_of(key).nature or Nature.DUTY
    extended = tuple(Extension(span, anchor, "准予延期") for span in longer)
    return Counting(nature, span_of(key), anchor, extensions=extended)


def _line(key: str, anchor: date, *longer: Span, by_service: bool = False) -> TermLine:
    term = workflow(key.partition(".")[0]).term(key)
    assert term is not None, key
    return term_line(term.label, _counting(key, anchor, longer), rule_of(key), CALENDAR, by_service=by_service)


@dataclass(frozen=True)
class Scene:
    """One notice of the story: of which case, signed on which day, to whom.

    `running`: terms that it prints, each with the day it counts from; `starts`: terms that its own service starts;
    `basis`: the texts on which it rests, empty for the founding document; `of`: the one of several cases of that kind;
    `longer`: by what the running terms were extended.
    """

    case: str
    on: date
    to: Recipient = PERSON
    running: tuple[tuple[str, date], ...] = ()
    starts: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()
    of: str = ""
    longer: tuple[Span, ...] = ()

    @property
    def to_subject(self) -> bool:
        """Whether the notice goes to the recorded party itself."""
        return self.to == (UNIT if self.case == "rectification" else PERSON)


def _of(*terms: str) -> tuple[Basis, ...]:
    return tuple(rule_of(key).basis for key in terms)


_BEHAVIOUR = nearest(RULES.behaviour("B31").citations)
_SYSTEM = (RULES.remedy_rule("record", "person").basis,)
_TAKEN_IN, _REPORTED, _ENDED = date(2026, 9, 21), date(2026, 5, 15), date(2026, 10, 20)
_CHECKING, _TOTAL = ("objection.verification", RECEIVED), ("repair.total", _IN_TIME)
EXTENSION = rule_of("objection.verification").extension_cap or Span(0, span_of("objection.verification").unit)

SCENES = {
    "record_notice": Scene("record", date(2026, 4, 28), starts=("record.statement",), basis=_BEHAVIOUR),
    "statement_answer": Scene("record", _REPORTED, basis=_of("record.statement")),
    "record_decision": Scene("record", LISTED_ON, running=(("record.retention", _ENDED_ON),), basis=_BEHAVIOUR),
    "record_declined": Scene("record", _REPORTED),
    "record_correction": Scene("record", DECIDED),
    "record_annulment": Scene("record", _ENDED),
    "clarification": Scene("record", _ENDED, _IMPLEMENTER),
    "forward_letter": Scene("record", LISTED_ON, _DISCIPLINE),
    "objection_receipt": Scene("objection", RECEIVED, running=(("objection.acceptance", RECEIVED),)),
    "repair_receipt": Scene("repair", _IN_TIME, running=(("repair.acceptance", _IN_TIME), _TOTAL)),
    "exemption_receipt": Scene("exemption", date(2026, 5, 25), running=(("exemption.acceptance", date(2026, 5, 25)),)),
    "supplement_notice": Scene(
        "objection", _TAKEN_IN, starts=("objection.supplement",), basis=_of("objection.supplement")
    ),
    "objection_acceptance": Scene("objection", _TAKEN_IN, running=(_CHECKING,), basis=_of("objection.acceptance")),
    "repair_acceptance": Scene(
        "repair",
        _DEEMED,
        running=(("repair.verification", _DEEMED), _TOTAL),
        basis=_of("repair.total"),
    ),
    "assistance_letter": Scene(
        "objection", _TAKEN_IN, AT_PROVIDER, running=(_CHECKING,), basis=_of("objection.verification")
    ),
    "extension_notice": Scene(
        "objection",
        date(2026, 9, 30),
        running=(_CHECKING,),
        basis=_of("objection.verification"),
        longer=(EXTENSION,),
    ),
    "lapse_notice": Scene("objection", date(2026, 10, 16), basis=_of("objection.supplement")),
    "verification_feedback": Scene(
        "objection", ANSWERED, running=(("objection.decision", ANSWERED),), basis=_of("objection.verification")
    ),
    "objection_refusal": Scene("objection", _TAKEN_IN, starts=("objection.review_filing",), basis=_SYSTEM),
    "objection_decision": Scene(
        "objection",
        DECIDED,
        starts=("objection.review_filing",),
        basis=(*_SYSTEM, *_of("objection.verification")),
    ),
    "review_refusal": Scene("objection", date(2026, 11, 24), basis=_of("objection.review_filing")),
    "review_decision": Scene("objection", date(2026, 10, 30), basis=(*_SYSTEM, *_of("objection.review"))),
    "rectification_order": Scene(
        "rectification", _ORDERED, UNIT, starts=("rectification.explanation", "rectification.completion")
    ),
    "rectification_return": Scene("rectification", _FAILED, UNIT, running=(("rectification.completion", _FAILED),)),
    "rectification_closure": Scene("rectification", date(2026, 7, 28), UNIT),
    "reminder": Scene("objection", date(2026, 10, 10), AT_PROVIDER),
    "supervision": Scene("objection", date(2026, 10, 12), AT_PROVIDER),
    "supervision_report": Scene("objection", date(2026, 10, 12), _GOVERNMENT),
    "circular": Scene("rectification", date(2026, 6, 30), UNIT),
    "accountability_referral": Scene("rectification", date(2026, 6, 30), _DISCIPLINE),
    "repair_refusal": Scene(
        "repair",
        date(2026, 7, 22),
        starts=("repair.review_filing",),
        basis=_of("repair.total"),
        of="repair too early",
    ),
    "repair_decision": Scene("repair", REPAIRED, basis=_of("repair.total")),
    "repair_denial": Scene("repair", REPAIRED, starts=("repair.review_filing",), basis=_of("repair.total")),
    "repair_revocation": Scene("repair", date(2026, 12, 11), basis=_of("repair.total")),
    "exemption_refusal": Scene("exemption", date(2026, 5, 27)),
    "exemption_decision": Scene("exemption", date(2026, 6, 5), basis=(RULES.key_fields[0].basis,)),
    "termination_notice": Scene("objection", _ENDED),
    "term_change": Scene("objection", date(2026, 11, 5)),
    "term_sheet": Scene("objection", DECIDED, running=(("objection.review_filing", DECIDED),)),
    "service_receipt": Scene("objection", DECIDED),
}
#: They tell a fact or a reckoning, or rest on the division of powers.
_CITES_NOTHING = frozenset(
    (
        "objection_receipt",
        "repair_receipt",
        "exemption_receipt",
        "exemption_refusal",
        "term_change",
        "term_sheet",
        "service_receipt",
    )
)


def organ_of(key: str) -> Organ:
    """Who signs the notice."""
    return _SIGNERS.get(NOTICES[key].signer, OFFICE)


def case_of(scene: Scene) -> CaseFacts:
    """The case of a scene."""
    number, received, accepted = _CASES[scene.of or scene.case]
    return CaseFacts(scene.case, workflow(scene.case).label, number, received, accepted, received)


def record_of(scene: Scene) -> RecordFacts:
    """The record of a scene: of the person, or of the unit that has to rectify."""
    return _UNIT_RECORD if scene.case == "rectification" else _RECORD


def terms_of(scene: Scene) -> tuple[TermLine, ...]:
    """The rows of the 期限告知 table."""
    running = tuple(_line(key, anchor, *scene.longer) for key, anchor in scene.running)
    return running + tuple(_line(key, scene.on, by_service=True) for key in scene.starts)


def basis_of(key: str, scene: Scene) -> tuple[str, ...]:
    """What the notice cites; the founding document where no text says anything of its matter."""
    return () if key in _CITES_NOTHING else cited(scene.basis or (founding(RULES),))


def remedies_of(key: str, scene: Scene) -> tuple[str, ...]:
    """What the recorded party may do about it; nobody else is told."""
    about = NOTICES[key].remedies_about
    if about is None or not scene.to_subject:
        return ()
    return tuple(not_to_itself(text, organ_of(key).name, RULES) for text in RULES.remedies(about, scene.to.kind))


def _record(behaviour_id: str) -> RecordFacts:
    behaviour = RULES.behaviour(behaviour_id)
    return RecordFacts(
        subject_name=PERSON.name,
        behaviour_id=behaviour.id,
        behaviour=behaviour.label,
        key_field=RULES.key_field(behaviour.field).label,
        facts="2026年3月12日，王测试在示例街道办事处政务服务窗口办理企业开办事项时，未一次性告知申请人应当补正的材料，"
        "致使申请人往返四次，造成不良影响",
        severity_label="一般",
        source=Source("问责决定书", "示纪问〔2026〕6号", date(2026, 4, 20), "示例街道纪工委"),
        number="示信记〔2026〕31号",
        effective_on=date(2026, 4, 20),
        conduct_ended_on=_ENDED_ON,
        provider=PROVIDER.name,
        listed_on=LISTED_ON,
        retention_until=last_day("record.retention", _ENDED_ON),
    )


_RECORD = _record("B31")
_UNIT_RECORD = replace(
    _record("B30"),
    subject_name=UNIT.name,
    facts="2026年2月至3月，示例市场监管局办理食品经营许可事项，有四件超过其对外公开承诺的办理时限，造成不良影响",
    source=Source("问责决定书", "示政督问〔2026〕3号", date(2026, 4, 20), "示例政府督查室"),
    number="示信记〔2026〕32号",
    provider="示例政府督查室",
)
