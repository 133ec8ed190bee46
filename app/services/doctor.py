"""What `doctor` looks at; each check answers with values (`checks.py`)."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.clock import SHANGHAI, legal_day
from app.crypto import KeyRing
from app.database import Database, is_at_head, version_of
from app.documents import fonts
from app.models.cases import CaseState, Dossier, RuleProposal, RuleSetRow
from app.models.history import AccessLog, OutboxRow
from app.models.people import Locality
from app.models.terms import LIVE, StuckClaim, TermRow
from app.seals.setup import SealSetup
from app.services.administration.pending import WORKS
from app.services.audit import verify
from app.services.backups import check_backup
from app.services.checks import Check, fault, fine, warning
from app.services.heartbeat import sweep_condition
from app.services.invariants import breaches
from app.services.lawbook import LawMissing, current_calendar, rule_set_in_force
from app.services.seal_checks import seal_files, seals_waiting
from app.services.search_index.health import search_index
from app.settings import Settings
from workflows.registry import WORKFLOWS

_LOW_DISK, _FULL_DISK = 2_000_000_000, 200_000_000
_DRIFT = timedelta(minutes=5)
_LATE_WORK = timedelta(minutes=15)
_RETRY = "排除原因后在“运行状况”页重试，或者在服务器上执行 flask --app wsgi outbox retry。"
#: The General Office of the State Council publishes the next year's days off in October or November.
_NOTICE_EXPECTED_FROM_MONTH = 11


def examine(database: Database, settings: Settings, keys: KeyRing, now: datetime, *, deep: bool = False) -> list[Check]:
    """Every check that can be made; those that need the database are left out while it cannot be asked.

    Args:
        deep: also verify every history and ask every invariant, which reads the whole database.
    """
    seals = SealSetup(settings.seal, settings.seals_dir, keys)
    found = [*_fonts(), *_keys_file(settings), *_disk(settings.data_dir), *_mail(settings)]
    reachable = _database(database)
    found.append(reachable)
    if not reachable.ok:
        return found
    with database.read() as session:
        found += [
            *check_backup(session, now, production=settings.in_production),
            *_vocabulary(session),
            *_calendar(session, legal_day(now)),
            *_rule_sets(session, legal_day(now)),
            *_clock(session, now),
            *_sweep(database, now),
            *_outbox(session, now),
            *_stuck_terms(session),
            *search_index(session),
            *seal_files(seals, session, now, production=settings.in_production),
            *seals_waiting(session, now),
        ]
        if deep:
            found += [*_chains(session, keys), *_invariants(session, legal_day(now))]
    return found


def _fonts() -> Iterator[Check]:
    for use in fonts.report():
        if use.path is not None:
            yield fine(f"字体：{use.label}", f"{use.path}（{use.family}，汉字{use.han}个）")
        elif use.required:
            yield fault(f"字体：{use.label}", "缺少或者不能使用，文书不能生成", use.advice)
        else:
            yield warning(f"字体：{use.label}", "缺少", use.advice)
    if fonts.can_subset():
        yield fine("字体裁剪组件", f"{fonts.SUBSETTER_PACKAGE} 已安装")
    else:
        advice = f"请安装软件包 {fonts.SUBSETTER_PACKAGE}。"
        yield warning("字体裁剪组件", f"缺少 {fonts.SUBSETTER_PACKAGE}，每份文书的生成时间超过1秒", advice)


def _keys_file(settings: Settings) -> Iterator[Check]:
    for label, path in (("密钥文件", settings.key_file), ("登录会话密钥文件", settings.data_dir / "secret-key")):
        if not path.exists():
            continue
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            yield fault(label, f"{path} 权限为 {mode:o}，可被其他用户读取", f"请执行 chmod 600 {path}。")
        else:
            yield fine(label, f"{path}，其他用户不能读取（权限 {mode:o}）；须与数据库一并备份")


def _disk(folder: Path) -> Iterator[Check]:
    free = shutil.disk_usage(folder).free
    detail = f"{folder} 所在磁盘剩余 {free / 1e9:.1f} GB"
    if free < _FULL_DISK:
        yield fault("磁盘空间", detail, "请立即清理或者扩容；空间用尽后不能办理任何事项，已办理的不受影响。")
    elif free < _LOW_DISK:
        yield warning("磁盘空间", detail, "请尽快清理或者扩容。")
    else:
        yield fine("磁盘空间", detail)


def _mail(settings: Settings) -> Iterator[Check]:
    mail = settings.mail
    if not mail.host:
        yield fine("邮件提醒", "未启用（未设置 ZHENGCHENG_MAIL_HOST）；提醒仅在系统内显示")
    elif not (mail.sender or mail.login):
        yield fault("邮件提醒", f"{mail.host}:{mail.port}，没有发件人", "请设置 ZHENGCHENG_MAIL_SENDER。")
    elif not settings.base_url.startswith("https://") and settings.in_production:
        yield warning("邮件提醒", "邮件中的链接不是 https 地址", "请设置 ZHENGCHENG_BASE_URL。")
    else:
        yield fine("邮件提醒", f"{mail.host}:{mail.port}")


def _database(database: Database) -> Check:
    name = "数据库"
    try:
        at_head = is_at_head(database.engine)
    except SQLAlchemyError as error:
        return fault(
            name, f"连接不上（{type(error).__name__}）", "请检查数据库服务和 ZHENGCHENG_DATABASE_URL 中的地址、账号。"
        )
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database.engine.dialect.name]
    if not at_head:
        return fault(name, f"{kind}，结构不是本版本的", "请先备份，再执行 flask --app wsgi db upgrade。")
    return fine(name, f"{kind} {version_of(database.engine)}，为最新")


def _vocabulary(session: Session) -> Iterator[Check]:
    """`case_state`, filled by migrations, says the same as the tables of the procedures."""
    kept = set(session.execute(select(CaseState.kind, CaseState.state, CaseState.phase)))
    wanted = {(kind, state.key, state.phase.value) for kind, flow in WORKFLOWS.items() for state in flow.states}
    if kept == wanted:
        yield fine("流程状态表", f"数据库中的{len(kept)}个状态与程序一致")
        return
    differing = "、".join(f"{kind}.{state}" for kind, state, _phase in sorted(kept ^ wanted))
    yield fault(
        "流程状态表", f"数据库与程序不一致：{differing}", "程序与数据库版本不符，请安装同一版本并执行 db upgrade。"
    )


def _calendar(session: Session, today: date) -> Iterator[Check]:
    name = "工作日历"
    try:
        calendar = current_calendar(session)
    except LawMissing as missing:
        yield fault(name, "没有工作日历", str(missing))
        return
    provisional = session.scalar(
        select(func.count()).select_from(TermRow).where(TermRow.status.in_(LIVE), TermRow.provisional)
    )
    detail = (
        f"{calendar.version}版，放假安排收录至{calendar.published_through}年；"
        f"届满日待放假安排公布后确定的期限{provisional}个"
    )
    how = (
        "请取得国务院办公厅的放假安排通知，由规则管理员在“工作日历”页先试算，再导入；"
        "也可以在服务器上执行 flask --app wsgi calendar import。"
    )
    if calendar.published_through < today.year:
        yield fault(name, f"{detail}；缺少{today.year}年的放假安排", how)
    elif calendar.published_through == today.year and today.month >= _NOTICE_EXPECTED_FROM_MONTH:
        yield warning(name, f"{detail}；尚无{today.year + 1}年的放假安排", f"通知一般在十月至十一月公布。{how}")
    else:
        yield fine(name, detail)


def _rule_sets(session: Session, today: date) -> Iterator[Check]:
    for key, name in session.execute(select(Locality.key, Locality.name).order_by(Locality.key)):
        label = f"规则集：{name}"
        try:
            used, _rules = rule_set_in_force(session, key, today)
        except LawMissing as missing:
            yield fault(label, "没有现行规则集", str(missing))
            continue
        number = session.scalar(select(RuleSetRow.number).where(RuleSetRow.id == used))
        waiting = session.scalars(
            select(RuleSetRow.number)
            .outerjoin(RuleProposal)
            .where(RuleSetRow.locality == key, RuleSetRow.confirmed_by.is_(None), RuleProposal.rejected_by.is_(None))
        ).all()
        if waiting:
            listed = "、".join(str(one) for one in waiting)
            yield warning(
                label,
                f"现行第{number}号规则集；第{listed}号待确认",
                "请由另一名规则管理员在“规则”页对照核对"
                f"（或者执行 flask --app wsgi rules diff {key} {number} {waiting[-1]}），然后确认。",
            )
        else:
            yield fine(label, f"现行第{number}号规则集")


def _clock(session: Session, now: datetime) -> Iterator[Check]:
    """Time never runs back: a clock behind the last event refuses steps until it has caught up."""
    seen = [
        at
        for at in (
            session.scalar(select(func.max(Dossier.last_event_at))),
            session.scalar(select(func.max(AccessLog.at))),
        )
        if at is not None
    ]
    latest = max(seen, default=now)
    if latest - now > _DRIFT:
        yield fault(
            "系统时钟",
            f"现为 {_shown(now)}，早于最后一条记录 {_shown(latest)}",
            "请校准服务器时钟（NTP）。校准之前，有较晚记录的事项不能办理。",
        )
    else:
        yield fine("系统时钟", f"{_shown(now)}（北京时间），不早于最后一条记录")


def _shown(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _sweep(database: Database, now: datetime) -> Iterator[Check]:
    condition = sweep_condition(database, now)
    if condition == "ok":
        yield fine("到期处理", "后台任务正在运行，期限届满时自动办理")
    else:
        detail = "后台任务已停止" if condition == "silent" else "后台任务尚未运行过"
        advice = "请启动 flask --app wsgi worker（单机为 start）；启动后自动补办停机期间到期的事项。"
        yield warning("到期处理", detail, advice)


def _outbox(session: Session, now: datetime) -> Iterator[Check]:
    stuck = session.execute(
        select(OutboxRow.id, OutboxRow.work, OutboxRow.error).where(OutboxRow.status == "stuck").order_by(OutboxRow.id)
    ).all()
    for row in stuck[:20]:
        yield fault(f"后台任务 #{row.id}（{WORKS.get(row.work, row.work)}）", row.error, _RETRY)
    waiting = session.scalar(
        select(func.count())
        .select_from(OutboxRow)
        .where(OutboxRow.status == "open", OutboxRow.not_before < now - _LATE_WORK)
    )
    if waiting:
        yield warning("后台任务", f"{waiting}项等待超过15分钟", "请确认后台任务正在运行，并查看其日志。")
    elif not stuck:
        yield fine("后台任务", "没有积压")


def _stuck_terms(session: Session) -> Iterator[Check]:
    stuck = session.scalars(select(StuckClaim).where(StuckClaim.retry_at.is_(None)).order_by(StuckClaim.term_id)).all()
    for claim in stuck[:20]:
        yield fault(f"到期处理失败（期限 #{claim.term_id}）", claim.error, _RETRY)
    retrying = session.scalar(select(func.count()).select_from(StuckClaim).where(StuckClaim.retry_at.is_not(None)))
    if retrying:
        yield warning("到期处理失败", f"{retrying}个期限等待重试", "系统自动重试；反复失败的请查看日志。")
    elif not stuck:
        yield fine("到期处理失败", "没有")


def _chains(session: Session, keys: KeyRing) -> Iterator[Check]:
    report = verify(session, keys)
    if report.holds:
        yield fine("历史记录", f"事项{report.cases}件、记录{report.events}条，全部相符")
    else:
        yield fault("历史记录", f"{report.fault_count}处不符", "请保留现场，执行 audit verify 查看，并报告审计员。")


def _invariants(session: Session, today: date) -> Iterator[Check]:
    found = breaches(session, today)
    for breach in found[:50]:
        where = f"事项 {breach.case}：" if breach.case else ""
        yield fault(breach.rule, f"{where}{breach.detail}", "请备份后联系维护人员，暂勿办理该事项。")
    if not found:
        yield fine("数据一致性", "全部规则成立")
