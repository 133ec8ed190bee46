"""Posts a person holds in a unit, and the capacities in which he acts on a case (procedures, section 0).

A capacity is never stored: it is computed from a relation of the case (a base column) and a post, so the page,
the search filter and the engine cannot disagree about who may act.
"""

from dataclasses import dataclass
from enum import StrEnum


class Post(StrEnum):
    """A post (岗位) of a person in a unit, or of the administration."""

    CIVIL_SERVANT = "civil_servant"
    STAFF = "staff"
    CLERK = "clerk"
    HEAD = "head"
    DEPUTY = "deputy"
    OFFICER = "officer"
    APPROVER = "approver"
    REVIEW_CLERK = "review_clerk"
    REVIEWER = "reviewer"
    TOLERANCE = "tolerance"
    TOLERANCE_HEAD = "tolerance_head"
    IMPLEMENTER = "implementer"
    AUDITOR = "auditor"
    SYSADMIN = "sysadmin"
    SECADMIN = "secadmin"
    RULES_KEEPER = "rules_keeper"
    ARCHIVE_READER = "archive_reader"

    @property
    def label(self) -> str:
        return POST_LABELS[self]


POST_LABELS = {
    Post.CIVIL_SERVANT: "公职人员",
    Post.STAFF: "本单位授权人员",
    Post.CLERK: "信息提供单位经办人",
    Post.HEAD: "单位负责人",
    Post.DEPUTY: "单位分管负责人",
    Post.OFFICER: "信用管理部门经办人",
    Post.APPROVER: "信用管理部门审批人",
    Post.REVIEW_CLERK: "复核机关经办人",
    Post.REVIEWER: "复核机关审批人",
    Post.TOLERANCE: "容错认定机关经办人",
    Post.TOLERANCE_HEAD: "容错认定机关负责人",
    Post.IMPLEMENTER: "联动奖惩实施单位经办人",
    Post.AUDITOR: "审计员",
    Post.SYSADMIN: "系统管理员",
    Post.SECADMIN: "安全保密管理员",
    Post.RULES_KEEPER: "规则管理员",
    Post.ARCHIVE_READER: "档案查询人",
}


class Capacity(StrEnum):
    """In what quality somebody acts on one case; one person may hold several."""

    SUBJECT = "subject"
    SUBJECT_HEAD = "subject_head"
    PROVIDER = "provider"
    PROVIDER_HEAD = "provider_head"
    FINDER = "finder"
    FINDER_HEAD = "finder_head"
    OFFICE = "office"
    SUPERVISOR = "supervisor"
    REVIEW_OFFICE = "review_office"
    REVIEWER = "reviewer"
    TOLERANCE = "tolerance"
    TOLERANCE_HEAD = "tolerance_head"
    IMPLEMENTER = "implementer"
    RECIPIENT = "recipient"
    SYSTEM = "system"
    PUBLIC = "public"

    @property
    def label(self) -> str:
        return CAPACITY_LABELS[self]


CAPACITY_LABELS = {
    Capacity.SUBJECT: "当事人",
    Capacity.SUBJECT_HEAD: "当事单位负责人",
    Capacity.PROVIDER: "信息提供单位经办人",
    Capacity.PROVIDER_HEAD: "信息提供单位负责人",
    Capacity.FINDER: "认定单位经办人",
    Capacity.FINDER_HEAD: "认定单位负责人",
    Capacity.OFFICE: "信用管理部门经办人",
    Capacity.SUPERVISOR: "信用管理部门审批人",
    Capacity.REVIEW_OFFICE: "复核机关经办人",
    Capacity.REVIEWER: "复核机关审批人",
    Capacity.TOLERANCE: "容错认定机关经办人",
    Capacity.TOLERANCE_HEAD: "容错认定机关负责人",
    Capacity.IMPLEMENTER: "联动奖惩实施单位",
    Capacity.RECIPIENT: "受送达人",
    Capacity.SYSTEM: "系统",
    Capacity.PUBLIC: "公众",
}


@dataclass(frozen=True)
class Relation:
    """What makes somebody hold a capacity: a column of the case and, for units, the posts that count there."""

    column: str
    posts: frozenset[Post] = frozenset()


_HEADS = frozenset({Post.HEAD, Post.DEPUTY})

#: Posts that say nothing in a case; every other post receives what is served on its unit.
WITHOUT_SAY = frozenset(
    {Post.CIVIL_SERVANT, Post.AUDITOR, Post.SYSADMIN, Post.SECADMIN, Post.RULES_KEEPER, Post.ARCHIVE_READER}
)

#: The one place that says who holds a capacity; predicate, SQL filter and inbox are all made from it.
RELATIONS: dict[Capacity, tuple[Relation, ...]] = {
    Capacity.SUBJECT: (
        Relation("subject_person_id"),
        Relation("subject_unit_id", frozenset({Post.STAFF, Post.HEAD, Post.DEPUTY})),
    ),
    Capacity.SUBJECT_HEAD: (Relation("subject_unit_id", _HEADS),),
    Capacity.PROVIDER: (Relation("provider_unit_id", frozenset({Post.CLERK})),),
    Capacity.PROVIDER_HEAD: (Relation("provider_unit_id", _HEADS),),
    Capacity.FINDER: (Relation("finder_unit_id", frozenset({Post.CLERK})),),
    Capacity.FINDER_HEAD: (Relation("finder_unit_id", _HEADS),),
    Capacity.OFFICE: (Relation("handling_unit_id", frozenset({Post.OFFICER})),),
    Capacity.SUPERVISOR: (Relation("handling_unit_id", frozenset({Post.APPROVER})),),
    Capacity.REVIEW_OFFICE: (Relation("review_unit_id", frozenset({Post.REVIEW_CLERK})),),
    Capacity.REVIEWER: (Relation("review_unit_id", frozenset({Post.REVIEWER})),),
    Capacity.TOLERANCE: (Relation("tolerance_unit_id", frozenset({Post.TOLERANCE})),),
    Capacity.TOLERANCE_HEAD: (Relation("tolerance_unit_id", frozenset({Post.TOLERANCE_HEAD})),),
    Capacity.IMPLEMENTER: (Relation("implementer_unit_id", frozenset({Post.IMPLEMENTER})),),
    Capacity.RECIPIENT: (
        Relation("recipient_person_id"),
        Relation("recipient_unit_id", frozenset(Post) - WITHOUT_SAY),
    ),
}

#: Capacities that exercise public power: the rules of recusal (回避) bind them.
OFFICIAL = frozenset(
    {
        Capacity.PROVIDER,
        Capacity.PROVIDER_HEAD,
        Capacity.FINDER,
        Capacity.FINDER_HEAD,
        Capacity.OFFICE,
        Capacity.SUPERVISOR,
        Capacity.REVIEW_OFFICE,
        Capacity.REVIEWER,
        Capacity.TOLERANCE,
        Capacity.TOLERANCE_HEAD,
        Capacity.IMPLEMENTER,
    }
)

#: The body of review: clerk and decider.
REVIEWING = frozenset({Capacity.REVIEW_OFFICE, Capacity.REVIEWER})

#: The head or decider beside each clerk: who is reminded last, and who answers for a vacancy.
HEAD_OF = {
    Capacity.SUBJECT: Capacity.SUBJECT_HEAD,
    Capacity.PROVIDER: Capacity.PROVIDER_HEAD,
    Capacity.FINDER: Capacity.FINDER_HEAD,
    Capacity.OFFICE: Capacity.SUPERVISOR,
    Capacity.REVIEW_OFFICE: Capacity.REVIEWER,
    Capacity.TOLERANCE: Capacity.TOLERANCE_HEAD,
}

#: Who drafts what the other decides (拟办): decider → proposer.
PROPOSER = {
    Capacity.SUPERVISOR: Capacity.OFFICE,
    Capacity.REVIEWER: Capacity.REVIEW_OFFICE,
}
