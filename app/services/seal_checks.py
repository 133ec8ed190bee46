"""What the doctor looks at about seals: who seals, where the own authority lies, and which notices wait for a seal."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.cases import Case
from app.models.history import OutboxRow, StoredFile
from app.models.seals import NoticeSeal
from app.seals.ca import AuthorityMissing
from app.seals.setup import SealSetup, platform_roots
from app.services.checks import Check, fault, fine, warning
from app.services.seal_authority import has_sealed

_EXPIRES_SOON = timedelta(days=30)
_LONG = timedelta(hours=1)
_NAME = "电子印章"


def seal_files(seals: SealSetup, session: Session, now: datetime, *, production: bool) -> Iterator[Check]:
    """Who seals, and whether what that needs is there, opens, and is kept private."""
    if seals.name == "none":
        yield fine(_NAME, "未启用（ZHENGCHENG_SEAL=none）；文书打印后线下用印")
    elif seals.name == "platform":
        yield from _platform(seals)
    elif production:
        yield warning(
            _NAME,
            "使用自建证书的演示印章，不是法定电子印章",
            "正式文书请接入统一印章平台（docs/seals.md），或者设为 none、打印后线下用印。",
        )
    else:
        yield fine(_NAME, "使用自建证书的演示印章（非法定电子印章）")
    if seals.name == "local" or seals.authority.exists:
        yield from _authority(seals, session, now)


def _platform(seals: SealSetup) -> Iterator[Check]:
    roots = platform_roots(seals.settings)
    if roots:
        yield fine(_NAME, f"统一印章平台 {seals.settings.url}，信任{len(roots)}个签发机构；连通情况见 seal check")
    else:
        yield fault(
            _NAME,
            f"读不到统一印章平台的签发机构证书（{seals.settings.roots_file}）",
            "请核对 ZHENGCHENG_SEAL_PLATFORM_ROOTS 所指的 PEM 文件；在此之前平台返回的文书一律不予采用。",
        )


def _authority(seals: SealSetup, session: Session, now: datetime) -> Iterator[Check]:
    name, authority = "签章证书", seals.authority
    if not authority.exists:
        if has_sealed(session):
            yield fault(name, f"{seals.folder} 丢失", "请从备份恢复该目录，切勿重建：重建后此前用印的文书无法校验。")
        else:
            yield fault(name, f"{seals.folder} 中还没有证书，文书停在待用印", "请执行 flask --app wsgi seal init。")
        return
    open_to_others = [path.name for path in authority.files() if path.stat().st_mode & 0o077]
    if open_to_others:
        yield fault(name, f"{'、'.join(open_to_others)} 可被其他用户读取", f"请执行 chmod 600 {seals.folder}/*.json。")
    try:
        until = authority.root().certificate.not_valid_after_utc
        organs = authority.identities()
    except AuthorityMissing as missing:
        yield fault(name, "打不开，文书停在待用印", str(missing))
        return
    if until - now < _EXPIRES_SOON:
        yield fault(name, f"根证书至 {until:%Y-%m-%d} 止", "请在到期前改接统一印章平台（docs/seals.md）。")
    elif not open_to_others:
        yield fine(name, f"{seals.folder}，机关证书{len(organs)}张；须与密钥文件 keys.json 一并备份，缺一不能用印")


def seals_waiting(session: Session, now: datetime) -> Iterator[Check]:
    """Notices whose seal has not come for an hour, with the reason."""
    waiting = (
        select(OutboxRow.error, func.count())
        .join(Case, Case.id == OutboxRow.case_id)
        .join(NoticeSeal, NoticeSeal.notice_id == Case.id)
        .join(StoredFile, StoredFile.sha256 == NoticeSeal.sent_sha256)
        .where(OutboxRow.work == "seal", OutboxRow.status == "open", OutboxRow.error != "", Case.state == "sealing")
        .where(StoredFile.stored_at <= now - _LONG)
        .group_by(OutboxRow.error)
        .order_by(OutboxRow.error)
    )
    for reason, count in session.execute(waiting):
        yield warning("待用印", f"{count}件文书等待超过1小时：{reason}", "排除原因后自动继续；也可在成文进度中重试。")
