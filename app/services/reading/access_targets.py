"""What the access log is about, in words: an auditor reads that a draft or a document was meant, never what it says.

A row keeps the uid of its object. Kinds, numbers, names of people and units are read when the log is; what is gone by
then (a draft that was handed in) is called by its kind.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models.api import ApiToken, WebhookSubscription
from app.models.batches import ImportBatch
from app.models.cases import Case, Dossier
from app.models.history import Attachment, DraftRow
from app.models.people import Delegation, Locality, ServiceAddress, Unit, UnitMerger, User
from app.services.access_log import Act
from app.workbooks.values import Content
from workflows.registry import workflow

#: What is taken out of a list, by the name that the log has for it.
_LISTS = {
    "audit": "办理记录", "access": "访问日志", "cases": "事项清单", "duties": "期限清单",
    "service-board": "送达登记", "records": "失信记录", "dispatch-register": "发文登记簿", "all": "全部任务",
}  # fmt: skip
#: What the object of an act was, where it is gone.
_GONE = {
    Act.DRAFT_HANDED_OVER.value: "草稿（已提交或者删除）",
    Act.SIGN_IN_REFUSED.value: "没有这个账号",
}
#: What was tried again, by the name that 运行状况 has for it.
_TASKS = {"work": "后台任务", "term": "期限到期处理"}
_RULES = frozenset({Act.RULES_PROPOSED.value, Act.RULES_CONFIRMED.value, Act.RULES_REJECTED.value})
_MOST = 500


def named_targets(session: Session, rows: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(act, target) of the log → what the target is, in words; as it stands where nothing is known of it."""
    wanted = set(rows)
    uids = sorted({target for _, target in wanted if target})
    named: dict[str, str] = {}
    for start in range(0, len(uids), _MOST):
        for read in _READERS:
            named |= read(session, uids[start : start + _MOST])
    places = dict(session.execute(select(Locality.key, Locality.name)).all())
    return {(act, target): named.get(target) or _unkept(act, target, places) for act, target in wanted}


def _unkept(act: str, target: str, places: dict[str, str]) -> str:
    """What is no uid of anything that is kept: a list, a rule set, a month, something gone."""
    if not target:
        return ""
    if act in _RULES:
        key, _, number = target.rpartition(" ")
        return f"{places.get(key, key)}第{number}号规则集"
    if target.startswith("bulletin-"):
        return f"通报 {target.removeprefix('bulletin-')}"
    if target.startswith("desk-"):
        return "工作台清单"
    task, _, number = target.partition("-")
    if act == Act.RETRIED and task in _TASKS:
        return f"{_TASKS[task]} #{number}"
    return _LISTS.get(target) or _GONE.get(act) or target


def _cases(session: Session, uids: list[str]) -> dict[str, str]:
    found = session.execute(select(Case.uid, Case.kind, Case.number).where(Case.uid.in_(uids)))
    return {uid: _case(kind, number) for uid, kind, number in found}


def _case(kind: str, number: str | None) -> str:
    return f"{workflow(kind).label} {number}" if number else f"{workflow(kind).label}（未编号）"


def _dossiers(session: Session, uids: list[str]) -> dict[str, str]:
    """A dossier goes by the record that it was opened for, the first of its cases."""
    rows = session.execute(
        select(Dossier.uid, Case.kind, Case.number)
        .join(Case, Case.dossier_id == Dossier.id)
        .where(Dossier.uid.in_(uids))
        .order_by(Case.id.desc())
    )
    return {uid: f"案卷：{_case(kind, number)}" for uid, kind, number in rows}


def _materials(session: Session, uids: list[str]) -> dict[str, str]:
    """A file by its matter: its name may say what is in it."""
    rows = session.execute(
        select(Attachment.uid, Case.kind, Case.number)
        .join(Case, Case.id == Attachment.case_id)
        .where(Attachment.uid.in_(uids))
    )
    return {uid: f"材料：{_case(kind, number)}" for uid, kind, number in rows}


def _drafts(session: Session, uids: list[str]) -> dict[str, str]:
    rows = session.execute(select(DraftRow).where(DraftRow.uid.in_(uids))).scalars()
    return {row.uid: f"草稿：{workflow(row.kind).label}{_form_of(row)}" for row in rows}


def _form_of(row: DraftRow) -> str:
    step = workflow(row.kind).step(row.step)
    title = row.title or (step.label if step else "")
    return f"“{title}”" if title else ""


def _people(session: Session, uids: list[str]) -> dict[str, str]:
    rows = session.execute(select(User.uid, User.name, User.login).where(User.uid.in_(uids)))
    return {uid: f"{name}（账号{login}）" if login != name else Content(name) for uid, name, login in rows}


def _units(session: Session, uids: list[str]) -> dict[str, str]:
    found = session.execute(select(Unit.uid, Unit.name).where(Unit.uid.in_(uids)))
    return {uid: Content(name) for uid, name in found}


def _mergers(session: Session, uids: list[str]) -> dict[str, str]:
    old, new = aliased(Unit), aliased(Unit)
    rows = session.execute(
        select(UnitMerger.uid, old.name, new.name)
        .join(old, old.id == UnitMerger.predecessor_id)
        .join(new, new.id == UnitMerger.successor_id)
        .where(UnitMerger.uid.in_(uids))
    )
    return {uid: Content(f"{before}→{after}") for uid, before, after in rows}


def _delegations(session: Session, uids: list[str]) -> dict[str, str]:
    giver, taker = aliased(User), aliased(User)
    rows = session.execute(
        select(Delegation.uid, giver.name, taker.name)
        .join(giver, giver.id == Delegation.principal_id)
        .join(taker, taker.id == Delegation.delegate_id)
        .where(Delegation.uid.in_(uids))
    )
    return {uid: f"委托代办：{one}→{other}" for uid, one, other in rows}


def _tokens(session: Session, uids: list[str]) -> dict[str, str]:
    rows = session.execute(
        select(ApiToken.uid, Unit.name, ApiToken.label)
        .join(Unit, Unit.id == ApiToken.unit_id)
        .where(ApiToken.uid.in_(uids))
    )
    return {uid: f"接口令牌：{unit} {label}" for uid, unit, label in rows}


def _webhooks(session: Session, uids: list[str]) -> dict[str, str]:
    rows = session.execute(
        select(WebhookSubscription.uid, Unit.name, ApiToken.label)
        .join(ApiToken, ApiToken.id == WebhookSubscription.token_id)
        .join(Unit, Unit.id == ApiToken.unit_id)
        .where(WebhookSubscription.uid.in_(uids))
    )
    return {uid: f"办理通知地址：{unit} {label}" for uid, unit, label in rows}


def _batches(session: Session, uids: list[str]) -> dict[str, str]:
    rows = session.execute(select(ImportBatch.uid, ImportBatch.number).where(ImportBatch.uid.in_(uids)))
    return {uid: f"导入批次：{number}" for uid, number in rows}


def _addresses(session: Session, uids: list[str]) -> dict[str, str]:
    """送达地址确认书 by whose it is; its scan is logged by the hash of the file."""
    rows = session.execute(
        select(ServiceAddress.uid, ServiceAddress.scan_sha256, User.name, Unit.name)
        .outerjoin(User, User.id == ServiceAddress.person_id)
        .outerjoin(Unit, Unit.id == ServiceAddress.unit_id)
        .where(ServiceAddress.uid.in_(uids) | ServiceAddress.scan_sha256.in_(uids))
    )
    found: dict[str, str] = {}
    for uid, sha256, person, unit in rows:
        found |= {key: f"送达地址确认书：{person or unit or ''}" for key in (uid, sha256) if key}
    return found


_READERS: tuple[Callable[[Session, list[str]], dict[str, str]], ...] = (
    _cases, _people, _units, _dossiers, _materials, _drafts, _mergers, _delegations, _tokens, _webhooks, _batches,
    _addresses,
)  # fmt: skip
