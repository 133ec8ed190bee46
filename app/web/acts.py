"""The acts of a case page: each offer of the table, each decision that may be proposed, each entry from paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from app.services.drafts import FROM_PAPER
from app.services.reading.asked_back import AskedBack
from app.services.reading.case_page import CasePage, OfferView
from app.services.reading.paper import PaperEntry
from app.services.reading.proposals import Proposable
from app.web.forms import Option
from app.web.inner_forms import inner_forms
from app.web.service_acts import by_method
from workflows.kit.forms import Line, StepForm
from workflows.kit.proposals import PROPOSAL_STEPS, ProposeForm
from workflows.phrases import opinion_on

#: Acts that are seldom the next thing to do: shown closed, below the main act.
_SELDOM = frozenset(
    {"request_supplement", "withdraw", "remind", "supervise", "transfer_back", "request_extension", "edit", "discard",
     "void", "fail", "withdraw_proposal", "draft_correction", "draft_annulment", "annul", "escalate", "give_up",
     "register_finding", "proceed", "request_review", "drop", "accept_own", "go_on", "decline", "correct_service",
     "add_receipt", "send_back"}
)  # fmt: skip
#: The acts that end a proposal or request without the decision.
_RETURNING = frozenset({"return_proposal", "refuse_extension", "reject_request"})
_SELDOM_BEGINNINGS = ("reject_", "return_", "refuse")

#: Acts that have a page of their own, since their form needs choices that only that page knows.
ELSEWHERE = {"record": {"edit": "records.edit"}}


class PaperForm(StepForm):
    """Where paper came from and when; the postmark decides whether it was in time."""

    person: Line = Field(title="提出人")
    received_on: date = Field(title="收到日期")
    posted_on: date | None = Field(default=None, title="邮戳日期", description="邮寄的，填写寄出邮戳上的日期")


class Answer(StrEnum):
    """What an act is to a live proposal."""

    NONE = ""
    AGREE = "agree"
    RETURN = "return"
    DEPART = "depart"


@dataclass(frozen=True)
class Act:
    """One act. `id` names its form on the page; `step` is what is taken, `proposes` what a proposal is about."""

    id: str
    step: str
    label: str
    button: str
    model: type[StepForm]
    sub_forms: Mapping[str, type[BaseModel]]
    given: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    opens: str = ""
    proposes: str = ""
    people: tuple[tuple[str, str], ...] = ()
    makes: tuple[str, ...] = ()
    #: The notices that the next hand signs if it agrees.
    leads_to: tuple[str, ...] = ()
    #: Those of either that only some outcomes make.
    by_outcome: tuple[str, ...] = ()
    #: What it is to the live proposal of the case: one agrees to it, returns it, or decides otherwise.
    answer: Answer = Answer.NONE
    main: bool = False
    #: What was sent back or asked for, and is done again with this act.
    asked_back: tuple[AskedBack, ...] = ()
    #: Of a form that is drawn for one choice only: values that are given, the fields that this choice asks for (None:
    #: all), those it must have, words and options of its own.
    fixed: Mapping[str, str] = field(default_factory=dict)
    asked: frozenset[str] | None = None
    required: frozenset[str] = frozenset()
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    choices: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)

    @property
    def on_paper(self) -> bool:
        return bool(self.people)

    @property
    def possible(self) -> bool:
        return not self.reasons

    @property
    def agrees(self) -> bool:
        return self.answer is Answer.AGREE

    @property
    def letters(self) -> tuple[str, ...]:
        """The notices to which it leads, by whoever's signature."""
        return self.makes or self.leads_to


def acts_of(page: CasePage) -> tuple[Act, ...]:
    """Every act of the page, the main one first, then the other possible ones, then what is barred."""
    acts = [_offered(offer, page) for offer in page.offers if offer.step not in PROPOSAL_STEPS or offer.possible]
    own_pages = ELSEWHERE.get(page.line.kind, {})
    acts = [act for act in acts if act.step != "propose" and act.step not in own_pages]
    if page.proposal is None:
        barred = next((offer.reasons for offer in page.offers if offer.step == "propose"), ())
        acts += [_proposing(decision, barred, page) for decision in page.proposable]
    acts += [_from_paper(entry, page) for entry in page.paper]
    acts = [_told_what_is_asked(_of_draft(act, page), page) for act in acts]
    return tuple(sorted(_with_a_main_one(by_method(acts, page), page), key=_rank))


def _with_a_main_one(acts: Sequence[Act], page: CasePage) -> Sequence[Act]:
    """Where nothing else is the next thing, the one decision that the holder may propose is, or the one returned."""
    if not page.holds or page.proposal is not None or any(act.main for act in acts):
        return acts
    ordinary = [act for act in acts if act.possible and not act.on_paper and not _is_seldom(act.proposes or act.step)]
    if len(ordinary) != 1:
        return acts
    return [replace(act, main=act is ordinary[0]) for act in acts]


def _told_what_is_asked(act: Act, page: CasePage) -> Act:
    """With what it has to supply or do again; an act that opens another case answers nothing of this one."""
    found = () if act.opens else tuple(item for item in page.asked_back if act.step in item.redone_by)
    return replace(act, asked_back=found) if found else act


def _of_draft(act: Act, page: CasePage) -> Act:
    """改稿 asks for the places that this notice has, with what stands in them."""
    if page.draft is None or act.step != "edit":
        return act
    return replace(act, given=page.draft.given, asked=frozenset(page.draft.places))


def _rank(act: Act) -> tuple[bool, bool, bool, bool, bool]:
    """The main act, then what is possible, ordinary before seldom, and a proposal before another act alike."""
    seldom = _is_seldom(act.proposes or act.step)
    return (not act.main, not act.possible, act.on_paper, seldom, not act.proposes)


def _offered(offer: OfferView, page: CasePage) -> Act:
    answer = _answer(offer, page)
    # 同意告知 says already that one agrees.
    agreed = answer is Answer.AGREE and not offer.label.startswith("同意")
    label = f"同意，{offer.label}" if agreed else offer.label
    return Act(
        id=offer.step,
        step=offer.step,
        label=offer.label,
        button=label,
        model=offer.form,
        sub_forms=inner_forms(offer.form, page),
        given=offer.prefilled,
        reasons=offer.reasons,
        opens=offer.opens,
        makes=offer.makes,
        leads_to=offer.leads_to,
        by_outcome=offer.by_outcome,
        answer=answer,
        main=offer.possible and _is_main(offer, answer, page),
    )


def _answer(offer: OfferView, page: CasePage) -> Answer:
    if page.proposal is None:
        return Answer.NONE
    if offer.step in _RETURNING:
        return Answer.RETURN
    if not offer.on_proposal:
        return Answer.NONE
    return Answer.AGREE if page.proposal.step == offer.step and offer.agreeable else Answer.DEPART


def _is_main(offer: OfferView, answer: Answer, page: CasePage) -> bool:
    """What the reader came for: to sign what was drafted for him, to agree to what is proposed, or the next step."""
    if page.drafted is not None:
        return offer.signs == page.drafted.step
    return page.holds and (answer is Answer.AGREE or _is_next(offer, page))


def _is_next(offer: OfferView, page: CasePage) -> bool:
    """Whether this is the act for which the case lies with the reader."""
    if page.proposal is not None:
        return False
    ordinary = (item for item in page.offers if item.possible and not item.on_proposal and not _is_seldom(item.step))
    return next((item.step for item in ordinary if item.step not in PROPOSAL_STEPS), "") == offer.step


def _is_seldom(step: str) -> bool:
    return step in _SELDOM or step.startswith(_SELDOM_BEGINNINGS)


def _proposing(decision: Proposable, barred: tuple[str, ...], page: CasePage) -> Act:
    inner = inner_forms(decision.form, page)
    nested = {f"form.{path}": form for path, form in inner.items()}
    return Act(
        id=f"propose-{decision.step}",
        step="propose",
        label=f"拟办：{decision.label}",
        button="提交拟办意见",
        model=ProposeForm,
        sub_forms={"form": decision.form, **nested},
        given=_proposed_before(decision, page) or {"opinion": opinion_on(decision.step, decision.label)},
        reasons=(*barred, *decision.reasons),
        leads_to=decision.leads_to,
        by_outcome=decision.by_outcome,
        proposes=decision.step,
    )


def _proposed_before(decision: Proposable, page: CasePage) -> Mapping[str, Any]:
    """The proposal of this decision that was sent back: it is amended, not written again."""
    returned = page.returned_work.get("propose", {})
    return {"form": returned["form"], "opinion": returned["opinion"]} if returned.get("step") == decision.step else {}


def _from_paper(entry: PaperEntry, page: CasePage) -> Act:
    return Act(
        id=f"{FROM_PAPER}{entry.opens or 'own'}-{entry.step}",
        step=entry.step,
        label=f"代录：{entry.label}",
        button="登记",
        model=entry.form,
        sub_forms=inner_forms(entry.form, page),
        opens=entry.opens,
        people=entry.people,
    )
