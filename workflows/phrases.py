"""常用语: sentences that a unit keeps at hand for its opinions; offered, never filled in: who decides chooses."""

from workflows.kit.forms import LabelledEnum
from workflows.roles import Post


class PhraseUse(LabelledEnum):
    """For which field a sentence is kept."""

    ANSWER = "answer", "核查说明"
    FINDING = "finding", "核实情况和核实说明"
    OPINION = "opinion", "拟办意见"
    REVIEW_OPINION = "review_opinion", "复核的拟办意见"
    DISPUTE = "dispute", "异议审定的理由"
    REVIEW = "review", "复核理由"
    REPAIR = "repair", "准予修复的理由"
    LISTING = "listing", "记入的理由"
    RETURN = "return", "退回、补正的理由"


#: What comes with the product; a unit that has written sentences of its own for a use has these instead.
SHIPPED: dict[PhraseUse, tuple[str, ...]] = {
    PhraseUse.ANSWER: (
        "经查阅原始卷宗，与来源文书逐项核对，记载内容与来源文书一致。",
        "经核查，当事人提交的证明材料真实有效，原记载与事实不符。",
        "经核查，来源文书已经依法撤销或者变更，原记载失去依据。",
        "经核查，当事人提交的材料不足以证明原记载有误。",
    ),
    PhraseUse.FINDING: (
        "经核实，失信行为已经纠正，义务已经全部履行，证明材料真实有效。",
        "经核对，不属于法律、法规规定不得修复的情形。",
        "经核实，义务尚未全部履行。",
    ),
    PhraseUse.OPINION: (
        "经审核，材料齐全，程序合法，拟同意，请审批。",
        "经审核，核查结论有相应证据证明，拟予采纳，请审批。",
        "经审核，不符合规定条件，请审批。",
    ),
    PhraseUse.REVIEW_OPINION: (
        "经复核，原处理认定事实清楚，依据充分，程序合法，拟予维持，请审批。",
        "经复核，原处理认定事实有误，拟予变更，请审批。",
        "申请人未在规定期限内申请复核，且无正当理由，拟不予受理，请审批。",
    ),
    PhraseUse.DISPUTE: (
        "核查结论事实清楚，证据充分，予以采纳。",
        "当事人提交的证据能够证明原记载有误，异议成立。",
        "当事人未提供足以推翻原记载的证据，异议不能成立。",
    ),
    PhraseUse.REVIEW: (
        "原处理认定事实清楚，依据充分，程序合法，予以维持。",
        "申请人提交的证据足以证明原处理认定事实有误，予以变更。",
        "申请人未提出新的事实、理由和证据，原处理并无不当，予以维持。",
    ),
    PhraseUse.REPAIR: ("经审查，各项修复条件均已满足，证明材料真实有效，予以修复。",),
    PhraseUse.LISTING: (
        "来源文书已经生效，事实清楚，属于目录规定的失信行为，程序合法，予以记入。",
        "当事人在期限内未提出陈述申辩，予以记入。",
    ),
    PhraseUse.RETURN: (
        "来源文书不完整，请补充全文和生效证明。",
        "事实表述不清，请写明时间、经过和后果。",
        "结论缺少依据，请补充原始凭证。",
    ),
}

_PROVIDERS = frozenset({Post.CLERK, Post.HEAD, Post.DEPUTY})
_OFFICES = frozenset({Post.OFFICER, Post.APPROVER})
_REVIEW = frozenset({Post.REVIEW_CLERK, Post.REVIEWER})
_TOLERANCE = frozenset({Post.TOLERANCE, Post.TOLERANCE_HEAD})

#: Who writes such texts, and so keeps the sentences of his unit.
KEEPERS: dict[PhraseUse, frozenset[Post]] = {
    PhraseUse.ANSWER: _PROVIDERS,
    PhraseUse.FINDING: _PROVIDERS,
    PhraseUse.OPINION: _OFFICES,
    PhraseUse.REVIEW_OPINION: _REVIEW,
    PhraseUse.DISPUTE: _OFFICES,
    PhraseUse.REVIEW: _REVIEW,
    PhraseUse.REPAIR: _OFFICES,
    PhraseUse.LISTING: _OFFICES,
    PhraseUse.RETURN: _PROVIDERS | _OFFICES | _TOLERANCE,
}

#: Per procedure and step the fields that offer sentences; by the last part of a field's name.
_OFFERED: dict[tuple[str, str, str], PhraseUse] = {
    ("objection", "draft_answer", "explanation"): PhraseUse.ANSWER,
    ("repair", "draft_finding", "explanation"): PhraseUse.FINDING,
    ("repair", "draft_finding", "reason"): PhraseUse.FINDING,
    ("objection", "decide", "reasons"): PhraseUse.DISPUTE,
    ("objection", "decide_without_answer", "reasons"): PhraseUse.DISPUTE,
    ("objection", "decide_review", "reasons"): PhraseUse.REVIEW,
    ("repair", "decide_review", "reasons"): PhraseUse.REVIEW,
    ("repair", "approve", "reasons"): PhraseUse.REPAIR,
    ("record", "list", "reasons"): PhraseUse.LISTING,
}
_REVIEWING = frozenset({"decide_review", "refuse_review"})
_RETURNING = ("send_back", "request_supplement", "return_", "reject_")


#: How a clerk proposes what does not follow 拟 as its name stands.
_OPINIONS = {
    "decide": "经审核，拟按以上意见审定，请审批。",
    "decide_without_answer": "信息提供单位逾期未反馈核查结果，拟按以上意见径行审定，请审批。",
    "decide_review": "经复核，拟作出以上复核决定，请审批。",
    "refuse_review": "经审查，本申请不符合受理条件，拟不予受理，请审批。",
    "pass": "经验收，整改任务已经完成，拟准予通过验收，请审批。",
    "fail": "经验收，整改尚未到位，拟不予通过验收，请审批。",
}


def opinion_on(step: str, label: str) -> str:
    """The opinion with which a proposal begins; the clerk writes on from there."""
    return _OPINIONS.get(step, f"经审核，拟{label}，请审批。")


def use_of(procedure: str, step: str, field: str, proposes: str = "") -> PhraseUse | None:
    """For which use a field of a step's form offers sentences; None if it offers none. `proposes`: which decision."""
    if step == "propose":
        if field != "opinion":
            return None
        return PhraseUse.REVIEW_OPINION if proposes in _REVIEWING else PhraseUse.OPINION
    if field == "reason" and step.startswith(_RETURNING):
        return PhraseUse.RETURN
    return _OFFERED.get((procedure, step, field))
