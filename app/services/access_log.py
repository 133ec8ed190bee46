"""访问日志: who signed in, looked at what and why, exported or unmasked. Append-only, a MAC in every row.

Rows are written in small transactions of their own: what was looked at stays logged even if nothing else is written.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.crypto import KeyRing
from app.database import Database
from app.models.history import AccessLog

_TARGET, _PURPOSE, _ADDRESS = 80, 200, 64


class Act(StrEnum):
    """What is logged."""

    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    ACCOUNT_LOCKED = "account_locked"
    SIGN_OUT = "sign_out"
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    PASSWORD_RESET = "password_reset"
    PASSWORD_CHANGED = "password_changed"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_ENDED = "second_factor_ended"
    SPARE_CODES_MADE = "spare_codes_made"
    MAIL_CHANGED = "mail_changed"
    SERVICE_CONFIRMED = "service_confirmed"
    NAME_CORRECTED = "name_corrected"
    SIGN_ON_LINKED = "sign_on_linked"
    POST_ADDED = "post_added"
    POST_ENDED = "post_ended"
    DELEGATED = "delegated"
    DELEGATION_ENDED = "delegation_ended"
    DRAFT_HANDED_OVER = "draft_handed_over"
    UNIT_ENTERED = "unit_entered"
    UNIT_CHANGED = "unit_changed"
    UNIT_RENAMED = "unit_renamed"
    UNIT_RENAME_WITHDRAWN = "unit_rename_withdrawn"
    MERGER_PROPOSED = "merger_proposed"
    MERGER_CONFIRMED = "merger_confirmed"
    MERGER_REJECTED = "merger_rejected"
    RULES_PROPOSED = "rules_proposed"
    RULES_CONFIRMED = "rules_confirmed"
    RULES_REJECTED = "rules_rejected"
    CALENDAR_IMPORTED = "calendar_imported"
    RETRIED = "retried"
    UNLOCKED = "unlocked"
    SESSIONS_ENDED = "sessions_ended"
    VIEWED = "viewed"
    DOWNLOADED = "downloaded"
    UNMASKED = "unmasked"
    CHAINS_VERIFIED = "chains_verified"
    EXPORTED = "exported"
    TOKEN_CREATED = "token_created"
    TOKEN_REVOKED = "token_revoked"
    TOKEN_REFUSED = "token_refused"
    WEBHOOK_ADDED = "webhook_added"
    WEBHOOK_ENDED = "webhook_ended"
    IMPORTED = "imported"
    PHRASES_CHANGED = "phrases_changed"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Act.SIGN_IN: "登录",
    Act.SIGN_IN_REFUSED: "登录失败",
    Act.ACCOUNT_LOCKED: "账号锁定",
    Act.SIGN_OUT: "退出",
    Act.ACCOUNT_CREATED: "新建账号",
    Act.ACCOUNT_DISABLED: "停用账号",
    Act.ACCOUNT_ENABLED: "启用账号",
    Act.PASSWORD_RESET: "重置密码",
    Act.PASSWORD_CHANGED: "修改密码",
    Act.SECOND_FACTOR_SET: "启用动态码",
    Act.SECOND_FACTOR_ENDED: "停用动态码",
    Act.SPARE_CODES_MADE: "重新生成备用码",
    Act.MAIL_CHANGED: "设置提醒邮箱",
    Act.SERVICE_CONFIRMED: "签署送达地址确认书",
    Act.NAME_CORRECTED: "更正姓名",
    Act.SIGN_ON_LINKED: "关联统一身份认证",
    Act.POST_ADDED: "任职",
    Act.POST_ENDED: "免职",
    Act.DELEGATED: "委托代办",
    Act.DELEGATION_ENDED: "结束委托",
    Act.DRAFT_HANDED_OVER: "移交草稿",
    Act.UNIT_ENTERED: "登记单位",
    Act.UNIT_CHANGED: "修改单位登记",
    Act.UNIT_RENAMED: "单位更名",
    Act.UNIT_RENAME_WITHDRAWN: "撤回单位更名",
    Act.MERGER_PROPOSED: "提出单位合并或者撤销",
    Act.MERGER_CONFIRMED: "确认单位合并或者撤销",
    Act.MERGER_REJECTED: "退回单位合并或者撤销",
    Act.RULES_PROPOSED: "录入规则集",
    Act.RULES_CONFIRMED: "确认规则集",
    Act.RULES_REJECTED: "退回规则集",
    Act.CALENDAR_IMPORTED: "导入工作日历",
    Act.RETRIED: "重试后台任务",
    Act.UNLOCKED: "解除锁定",
    Act.SESSIONS_ENDED: "结束会话",
    Act.VIEWED: "查看",
    Act.DOWNLOADED: "下载",
    Act.UNMASKED: "查看完整证件号码",
    Act.CHAINS_VERIFIED: "校验审计链",
    Act.EXPORTED: "导出",
    Act.TOKEN_CREATED: "签发接口令牌",
    Act.TOKEN_REVOKED: "吊销接口令牌",
    Act.TOKEN_REFUSED: "接口令牌被拒绝",
    Act.WEBHOOK_ADDED: "设置办理通知地址",
    Act.WEBHOOK_ENDED: "取消办理通知地址",
    Act.IMPORTED: "导入",
    Act.PHRASES_CHANGED: "修改常用语",
}


def write_entry(
    session: Session,
    keys: KeyRing,
    act: Act,
    user_id: int | None,
    now: datetime,
    *,
    target: str = "",
    purpose: str = "",
    address: str = "",
) -> None:
    """Add a row within a writing transaction that is already open (account changes log themselves).

    `target` is a uid or a file hash, never a name; `purpose` is what the user gave as his reason (查询目的).
    """
    row = AccessLog(
        at=now,
        user_id=user_id,
        act=act.value,
        target=target[:_TARGET],
        purpose=purpose[:_PURPOSE],
        address=address[:_ADDRESS],
    )
    row.mac = keys.log_mac(_text(row))
    session.add(row)


def record(
    database: Database,
    keys: KeyRing,
    act: Act,
    user_id: int | None,
    now: datetime,
    *,
    target: str = "",
    purpose: str = "",
    address: str = "",
) -> None:
    """Add a row in a transaction of its own; see `write_entry`."""
    with database.write() as session:
        write_entry(session, keys, act, user_id, now, target=target, purpose=purpose, address=address)


def altered(session: Session, keys: KeyRing) -> Iterator[int]:
    """Ids of rows that are not as they were written. Rows cut out are found by the anchors, not here."""
    rows = session.scalars(select(AccessLog).order_by(AccessLog.id).execution_options(yield_per=1000))
    for row in rows:
        if not keys.log_mac_holds(_text(row), row.mac):
            yield row.id


def _text(row: AccessLog) -> str:
    """What the MAC covers, as text that reads the same from both databases."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps([at, row.user_id, row.act, row.target, row.purpose, row.address], ensure_ascii=False)
