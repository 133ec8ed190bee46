"""The catalogue of notices: what each one is called, who signs it, whom it reaches.

One row per notice; wording and layout live in ``templates/notices/<key>.html``. The procedure tables name notices by
these keys, and ``workflows`` refuses to load a table that names another. Adding a notice: ``docs/notices.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Format(StrEnum):
    """Sheet layouts; letter and document after GB/T 9704-2012."""

    LETTER = "letter"
    DOCUMENT = "document"
    SLIP = "slip"
    FORM = "form"

    @property
    def label(self) -> str:
        """The Chinese name of the layout."""
        return {"letter": "信函", "document": "文件", "slip": "回执", "form": "表单"}[self.value]


class Signing(StrEnum):
    """How a notice comes to be signed."""

    WITH_STEP = "with_step"
    """Whoever takes the parent's step signs by it; its text stands on the form of the step."""
    OFFICE = "office"
    """By the credit office under a standing authorisation (授权签发), also when the clock takes the step."""
    SEPARATE = "separate"
    """Drafted by the step, signed later by the capacity named."""
    SYSTEM = "system"
    """Made and signed without a person: receipts, reminders of the clock, calculation sheets."""


class Service(StrEnum):
    """How a notice reaches its recipient."""

    RECIPIENT = "recipient"
    """Served on a party; the day of service has legal effect."""
    INSIDE = "inside"
    """Sent to a unit through the system."""
    HANDED_OVER = "handed_over"
    """Sent electronically or handed over at the counter; no term waits for it."""
    ACCOMPANIES = "accompanies"
    """Travels with another service or stays in the file."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One row of the catalogue.

    ``series`` is appended to the organ's 机关代字 to make the head of the number (示信用 + 异告 →
    示信用异告〔2026〕17号); empty: the sheet bears no number of its own. ``remedies_about`` is the key asked of
    ``RuleSet.remedies`` (``review``: nothing but a complaint is left, because no step reopens what was decided);
    ``None``: the sheet decides nothing that could be contested. ``public``: may be published.
    """

    key: str
    title: str
    format: Format
    signing: Signing
    signer: str
    service: Service
    series: str
    remedies_about: str | None = None
    public: bool = False
    titles: Mapping[str, str] = field(default_factory=dict, hash=False)

    def title_for(self, *, case_kind: str = "", review_word: str = "复核", decider: str = "office") -> str:
        """The title as this locality and this kind of case word it.

        ``review_word`` is the rule-set switch of that name (复核, or 异议申诉 in 南京 and 盐城), ``decider`` the switch
        ``objection.decider`` (``provider`` in 上海 and 静安), ``case_kind`` the procedure of the parent case.
        """
        appeal = "appeal" if review_word == "异议申诉" else "review"
        for variant in (f"{case_kind}.{appeal}", appeal, f"{case_kind}.{decider}"):
            if variant in self.titles:
                return self.titles[variant]
        return self.title

    @property
    def editable(self) -> tuple[str, ...]:
        """The places of a draft that may be edited, as `EditNoticeForm` names them; all other text is standard."""
        if self.format in (Format.SLIP, Format.FORM):
            return ()
        return (*_EVERYWHERE, *_ALSO_EDITABLE.get(self.key, ()))

    def signer_for(self, taken_by: str, *, office_signs: bool = True, edited: bool = False) -> str:
        """The capacity whose signature the notice bears when ``taken_by`` took the parent's step.

        ``office_signs`` is the rule-set switch ``notices.office_signs``; without it, or once the free text was edited,
        what OFFICE would have signed goes to SUPERVISOR. A reminder sent by hand is OFFICE's.
        """
        if self.signing is Signing.OFFICE and (edited or not office_signs):
            return "SUPERVISOR"
        if self.signing is Signing.SYSTEM and taken_by == "OFFICE":
            return "OFFICE"
        return self.signer

    def born_signed(self, taken_by: str, *, office_signs: bool = True, edited: bool = False) -> bool:
        """Whether the notice is born in ``sealing`` (``True``) or waits in ``drafted`` for its signer.

        ``taken_by`` is the capacity that takes the parent's step, ``SYSTEM`` for clock and cascades.
        """
        match self.signing:
            case Signing.SYSTEM:
                return True
            case Signing.OFFICE:
                return office_signs and not edited
            case Signing.WITH_STEP:
                return taken_by == self.signer
            case Signing.SEPARATE:
                return False


#: Free paragraphs and whom to ask may be written into every draft that is typeset as a letter or a document.
_EVERYWHERE = ("added_text", "contact_person", "contact_phone")
#: Told to units alone, so that a copy to a further unit gives nobody's personal record away.
_BETWEEN_UNITS = ("supervision", "supervision_report", "circular", "accountability_referral")
_ALSO_EDITABLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"record_notice": ("hearing_place",), **dict.fromkeys(_BETWEEN_UNITS, ("reason", "copies_to"))}
)


def _rows() -> tuple[NoticeKind, ...]:
    letter, document, slip, form = Format.LETTER, Format.DOCUMENT, Format.SLIP, Format.FORM
    step, office, apart, system = Signing.WITH_STEP, Signing.OFFICE, Signing.SEPARATE, Signing.SYSTEM
    party, inside, counter, along = Service.RECIPIENT, Service.INSIDE, Service.HANDED_OVER, Service.ACCOMPANIES
    kind = NoticeKind
    return (
        kind("record_notice", "拟记入政务失信记录告知书", letter, step, "SUPERVISOR", party, "记告", "statement"),
        kind("statement_answer", "陈述申辩意见答复书", letter, step, "SUPERVISOR", party, "申复", "record"),
        kind("record_decision", "政务失信记录决定书", letter, step, "SUPERVISOR", party, "记决", "record"),
        kind("record_declined", "不予记录告知书", letter, step, "SUPERVISOR", party, "不记", "review"),
        kind("record_correction", "政务失信记录更正告知书", letter, step, "SUPERVISOR", party, "更告", "record"),
        kind("record_annulment", "撤销政务失信记录告知书", letter, step, "SUPERVISOR", party, "撤告", "review"),
        kind("clarification", "澄清函", letter, step, "SUPERVISOR", inside, "澄函", public=True),
        kind("forward_letter", "政务失信信息通报函", letter, step, "SUPERVISOR", inside, "通函"),
        kind("objection_receipt", "收件回执", slip, system, "SYSTEM", counter, "收"),
        kind("repair_receipt", "收件回执", slip, system, "SYSTEM", counter, "收"),
        kind("exemption_receipt", "收件回执", slip, system, "SYSTEM", counter, "收"),
        kind("supplement_notice", "补正通知书", letter, office, "OFFICE", party, "补"),
        kind("objection_acceptance", "异议受理告知书", letter, office, "OFFICE", party, "异受"),
        kind("repair_acceptance", "信用修复受理告知书", letter, office, "OFFICE", party, "修受"),
        kind(
            "assistance_letter", "协查函", letter, office, "OFFICE", inside, "协查",
            titles=MappingProxyType({"objection.provider": "异议信息转办函"}),
        ),
        kind("extension_notice", "延期告知书", letter, office, "OFFICE", party, "延"),
        kind("lapse_notice", "视为放弃告知书", letter, office, "OFFICE", party, "弃", "review"),
        kind("verification_feedback", "异议核查情况反馈函", letter, step, "PROVIDER_HEAD", party, "异核"),
        kind("objection_refusal", "异议不予受理告知书", letter, step, "SUPERVISOR", party, "异不受", "objection"),
        kind("objection_decision", "异议处理结果告知书", letter, step, "SUPERVISOR", party, "异告", "objection"),
        kind(
            "review_refusal", "不予受理复核告知书", letter, step, "REVIEWER", party, "复不受", "review",
            titles=MappingProxyType({"appeal": "不予受理异议申诉告知书"}),
        ),
        kind(
            "review_decision", "异议复核决定书", letter, step, "REVIEWER", party, "复决", "review",
            titles=MappingProxyType(
                {
                    "repair.review": "信用修复复核决定书",
                    "repair.appeal": "信用修复异议申诉处理决定书",
                    "appeal": "异议申诉处理决定书",
                }
            ),
        ),
        kind("rectification_order", "限期整改通知书", document, step, "SUPERVISOR", party, "整改", "rectification"),
        kind("rectification_return", "重新整改通知书", document, step, "SUPERVISOR", party, "整返", "rectification"),
        kind("rectification_closure", "整改验收意见书", document, step, "SUPERVISOR", party, "整验"),
        kind("reminder", "催办通知书", letter, system, "SYSTEM", inside, "催"),
        kind("supervision", "督办通知书", document, step, "SUPERVISOR", inside, "督", "circular"),
        kind("supervision_report", "督办情况报告", document, apart, "SUPERVISOR", inside, "报"),
        kind("circular", "通报批评", document, apart, "SUPERVISOR", inside, "通报", "circular", public=True),
        kind("accountability_referral", "问责建议函", letter, apart, "SUPERVISOR", inside, "责建"),
        kind("repair_refusal", "信用修复不予受理告知书", letter, step, "SUPERVISOR", party, "修不受", "repair"),
        kind("repair_decision", "准予信用修复决定书", letter, step, "SUPERVISOR", party, "修准"),
        kind("repair_denial", "不予信用修复决定书", letter, step, "SUPERVISOR", party, "修不准", "repair"),
        kind("repair_revocation", "撤销信用修复决定书", letter, step, "SUPERVISOR", party, "修撤", "review"),
        kind("exemption_refusal", "容错免责申请不予受理告知书", letter, step, "TOLERANCE_HEAD", party, "容不受"),
        kind("exemption_decision", "容错免责认定书", document, step, "TOLERANCE_HEAD", party, "容认"),
        kind("termination_notice", "终止办理告知书", letter, apart, "SUPERVISOR", party, "终", "review"),
        kind("term_change", "期限变更告知书", letter, system, "SYSTEM", party, "期变"),
        kind("term_sheet", "期限告知单", form, system, "SYSTEM", along, "期单"),
        kind("service_receipt", "送达回证", form, system, "SYSTEM", along, ""),
    )  # fmt: skip


NOTICES: Mapping[str, NoticeKind] = MappingProxyType({row.key: row for row in _rows()})
"""Every notice by its key."""
