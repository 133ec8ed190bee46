"""Personal accounts and the posts that say what a person may do. Every change is logged and ends what it must end."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.crypto import FieldContext, KeyRing
from app.database import Database
from app.models.base import new_uid
from app.models.people import PostHolding, Unit, User
from app.services.access_log import Act, write_entry
from app.services.passwords import Passwords
from app.services.sign_ins import end_all
from workflows.identity import check_identity_number
from workflows.kit.errors import Refusal
from workflows.kit.storable import in_words
from workflows.roles import Post

#: 三员分立: none of these goes together with another post, except that their holder may himself be a civil servant.
ADMINISTRATORS = frozenset({Post.SYSADMIN, Post.SECADMIN, Post.AUDITOR})
_BESIDE_ADMINISTRATION = frozenset({Post.CIVIL_SERVANT})
_LONGEST_LOGIN = 80


class AccountRefused(Refusal):
    """An account cannot be made or changed like this; the message says what to mend, `field` where."""

    code = "AccountRefused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Accounts:
    """Changes to accounts, each in a small transaction of its own. `by` is who does it; None at the command line."""

    def __init__(self, database: Database, keys: KeyRing, passwords: Passwords) -> None:
        self._database = database
        self._keys = keys
        self._passwords = passwords

    def create(
        self,
        login: str,
        name: str,
        password: str,
        now: datetime,
        *,
        identity_number: str = "",
        electronic_service_on: date | None = None,
        by: int | None = None,
        uid: str = "",
    ) -> str:
        """Make an account; returns its uid (`uid` where the caller knows it before).

        `electronic_service_on`: day of the signed 送达地址确认书.

        Raises:
            AccountRefused: login or identity number is wrong or taken.
            PasswordRefused: the policy does not allow the password.
        """
        login, name = login.strip(), name.strip()
        check_login(login)
        if not name:
            raise AccountRefused("请填写姓名。")
        user = User(
            uid=uid or new_uid(),
            login=login,
            name=name,
            name_pinyin=pinyin(name),
            password_hash=self._passwords.hash(password, login),
            electronic_service_on=electronic_service_on,
            first_password=by is not None,
        )
        with self._database.write() as session:
            if session.scalar(select(User.id).where(User.login == login)) is not None:
                raise AccountRefused(f"账号“{login}”已被使用。请换一个账号。", "login")
            if identity_number:
                self._seal_identity(session, user, identity_number, legal_day(now))
            session.add(user)
            self._log(session, Act.ACCOUNT_CREATED, user, now, by)
        return user.uid

    def disable(self, login: str, now: datetime, *, by: int | None = None, reason: str = "") -> None:
        """Disable an account; its sessions end within one request. Its posts stay, for the record.

        Raises:
            AccountRefused: unknown login, one's own account, or the last system administrator's.
        """
        with self._database.write() as session:
            user = self._locked(session, login)
            _refuse_own(user, by, "停用")
            _demand_sysadmin_besides(session, user.id, legal_day(now))
            user.active = False
            end_all(session, user.id, now)
            self._log(session, Act.ACCOUNT_DISABLED, user, now, by, reason)

    def correct_name(self, login: str, name: str, now: datetime, *, by: int | None = None, reason: str = "") -> None:
        """Put right how a person is called here; notices and the history of cases keep what they said.

        Raises:
            AccountRefused: unknown login, no name, or the name that it has.
        """
        name = name.strip()
        if not name:
            raise AccountRefused("请填写姓名。")
        with self._database.write() as session:
            user = self._locked(session, login)
            if user.name == name:
                raise AccountRefused("填写的姓名与现在的相同，无须更正。")
            was, user.name, user.name_pinyin = user.name, name, pinyin(name)
            self._log(session, Act.NAME_CORRECTED, user, now, by, f"{was}→{name}：{reason}")

    def link(self, login: str, external_id: str, now: datetime, *, by: int | None = None) -> None:
        """Let somebody sign in as what the provider of single sign-on calls him; empty: no more. His sessions end.

        Raises:
            AccountRefused: unknown login, or another account is linked to this identity.
        """
        wanted = external_id.strip() or None
        with self._database.write() as session:
            user = self._locked(session, login)
            taken = select(User.login).where(User.external_id == wanted, User.id != user.id)
            if wanted and (other := session.scalar(taken)):
                raise AccountRefused(f"该标识已关联账号“{other}”。一个标识只能关联一个账号，请核对。", "external_id")
            user.external_id = wanted
            end_all(session, user.id, now)
            self._log(session, Act.SIGN_ON_LINKED, user, now, by, "关联" if wanted else "解除关联")

    def enable(self, login: str, now: datetime, *, by: int | None = None) -> None:
        """Enable an account again and lift its lock."""
        with self._database.write() as session:
            user = self._locked(session, login)
            user.active, user.failed_sign_ins, user.locked_until = True, 0, None
            self._log(session, Act.ACCOUNT_ENABLED, user, now, by)

    def reset_password(self, login: str, password: str, now: datetime, *, by: int | None = None) -> None:
        """Give a new password, lift the lock and end all sessions.

        Raises:
            PasswordRefused: the policy does not allow the password.
        """
        hashed = self._passwords.hash(password, login.strip())
        with self._database.write() as session:
            user = self._locked(session, login)
            _refuse_own(user, by, "重置密码")
            user.password_hash, user.failed_sign_ins, user.locked_until = hashed, 0, None
            user.first_password = by is not None
            end_all(session, user.id, now)
            self._log(session, Act.PASSWORD_RESET, user, now, by)

    def change_password(self, user_id: int, old: str, new: str, now: datetime) -> None:
        """A person changes his own password; all his sessions end, this one too.

        Raises:
            AccountRefused: the old password is wrong, or the new one is the old one.
            PasswordRefused: the policy does not allow the new one.
        """
        with self._database.read() as session:
            login, kept = session.execute(select(User.login, User.password_hash).where(User.id == user_id)).one()
        if not self._passwords.matches(kept, old):
            raise AccountRefused("原密码不正确。请核对后重新输入。")
        if old == new:
            raise AccountRefused("新密码不得与原密码相同。请另设一个。")
        hashed = self._passwords.hash(new, login)
        with self._database.write() as session:
            user = self._locked(session, login)
            user.password_hash, user.first_password = hashed, False
            end_all(session, user.id, now)
            self._log(session, Act.PASSWORD_CHANGED, user, now, user_id)

    def add_post(
        self,
        login: str,
        unit: str,
        post: Post,
        from_on: date,
        now: datetime,
        *,
        until_on: date | None = None,
        by: int | None = None,
    ) -> None:
        """Let a person hold a post in a unit (named by its full name) from a day on, to a day if there is one.

        Raises:
            AccountRefused: unknown login or unit, the post is held already, it excludes one that is held, or one's
                own account.
        """
        if until_on is not None and until_on < from_on:
            raise AccountRefused(f"任职至{in_words(until_on)}，早于任职日期{in_words(from_on)}。请核对。")
        with self._database.write() as session:
            user = self._locked(session, login)
            _refuse_own(user, by, "设置岗位")
            found = session.scalar(select(Unit).where(Unit.name == unit.strip()))
            if found is None:
                raise AccountRefused(f"没有名为“{unit}”的单位。请填写单位全称。")
            held = _held_from(session, user.id, from_on)
            if any(row.post == post and row.unit_id == found.id for row in held):
                raise AccountRefused(f"{user.name}已在{found.name}任{post.label}，无须重复设置。")
            _refuse_exclusion(user.name, post, held)
            session.add(
                PostHolding(user_id=user.id, unit_id=found.id, post=post.value, from_on=from_on, until_on=until_on)
            )
            until = f"至{in_words(until_on)}" if until_on else "起"
            self._log(session, Act.POST_ADDED, user, now, by, f"{found.name} {post.label}，{in_words(from_on)}{until}")

    def end_post(
        self, login: str, unit: str, post: Post, until_on: date, now: datetime, *, by: int | None = None
    ) -> None:
        """End a post with a day, that day included; the access it gave ends with it.

        Raises:
            AccountRefused: the person does not hold the post, the day lies before its first day, or nobody would be
                left who is a system administrator.
        """
        with self._database.write() as session:
            user = self._locked(session, login)
            row = session.scalar(
                select(PostHolding)
                .join(Unit)
                .where(PostHolding.user_id == user.id, PostHolding.post == post.value, Unit.name == unit.strip())
                .where((PostHolding.until_on.is_(None)) | (PostHolding.until_on >= legal_day(now)))
                .order_by(PostHolding.from_on.desc())
                .limit(1)
            )
            if row is None:
                raise AccountRefused(f"{user.name}现未在{unit}任{post.label}。请核对其现任岗位。")
            if until_on < row.from_on:
                raise AccountRefused(f"免职日期{in_words(until_on)}早于任职日期{in_words(row.from_on)}。请核对。")
            if post is Post.SYSADMIN:
                _demand_sysadmin_besides(session, user.id, until_on)
            row.until_on = until_on
            self._log(session, Act.POST_ENDED, user, now, by, f"{unit.strip()} {post.label}，至{in_words(until_on)}")

    def identity_of(self, user: User) -> str:
        """The full identity number; the caller logs the act and its purpose (`Act.UNMASKED`). Empty if none is kept."""
        return self._keys.unseal(user.identity_sealed, _identity_context(user)) if user.identity_sealed else ""

    def find_by_identity(self, session: Session, number: str) -> User | None:
        """The account of an identity number, by its keyed index; nothing is opened for it."""
        return session.scalar(select(User).where(User.identity_index.in_(self._keys.blind_indexes(number))))

    def _seal_identity(self, session: Session, user: User, number: str, today: date) -> None:
        checked = check_identity_number(number, today)
        if not checked.holds:
            raise AccountRefused(checked.error, "identity_number")
        if self.find_by_identity(session, checked.code) is not None:
            raise AccountRefused("该公民身份号码已有账号。一人一个账号；已停用的，可以重新启用。", "identity_number")
        user.identity_sealed = self._keys.seal(checked.code, _identity_context(user))
        user.identity_index = self._keys.blind_index(checked.code)

    def _locked(self, session: Session, login: str) -> User:
        user = session.scalar(select(User).where(User.login == login.strip()).with_for_update())
        if user is None:
            raise AccountRefused(f"没有账号“{login}”。请用 user list 核对。")
        return user

    def _log(self, session: Session, act: Act, user: User, now: datetime, by: int | None, purpose: str = "") -> None:
        write_entry(session, self._keys, act, by, now, target=user.uid, purpose=purpose)


def pinyin(name: str) -> str:
    """The reading of a name, by which Chinese lists are sorted alike on both databases."""
    # Its dictionary takes half a second to load, which most commands and every start can do without.
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name)).lower()[:200]


def _identity_context(user: User) -> FieldContext:
    return FieldContext("user_account", "identity_sealed", user.uid)


def check_login(login: str) -> None:
    """Whether a word can be a login.

    Raises:
        AccountRefused: it cannot.
    """
    if not login:
        raise AccountRefused("请填写账号。", "login")
    if len(login) > _LONGEST_LOGIN:
        raise AccountRefused(f"账号至多{_LONGEST_LOGIN}个字符，现为{len(login)}个。请缩短。", "login")
    wrong = [character for character in login if not (character.isalnum() or character in "._-@")]
    if wrong:
        raise AccountRefused(f"账号只能由文字、数字和 . _ - @ 组成，不能含“{wrong[0]}”。请修改。", "login")


def _refuse_own(user: User, by: int | None, act: str) -> None:
    """Nobody gives himself access, or takes it from himself by mistake."""
    if by is not None and user.id == by:
        raise AccountRefused(f"不得为本人{act}。请由另一名系统管理员办理。")


def _demand_sysadmin_besides(session: Session, user_id: int, day: date) -> None:
    """Refuse what would leave the installation without anybody who can make accounts after a day."""
    holders = select(PostHolding.user_id).where(
        PostHolding.post == Post.SYSADMIN.value,
        PostHolding.from_on <= day,
        (PostHolding.until_on.is_(None)) | (PostHolding.until_on > day),
        PostHolding.user_id.in_(select(User.id).where(User.active)),
    )
    left = set(session.scalars(holders))
    if user_id in left and len(left) == 1:
        raise AccountRefused("至少须有一名在任的系统管理员。请先另设一名，再办理。")


def _held_from(session: Session, user_id: int, day: date) -> list[PostHolding]:
    """Posts that are held on the day or begin later."""
    rows = session.scalars(
        select(PostHolding)
        .where(PostHolding.user_id == user_id)
        .where((PostHolding.until_on.is_(None)) | (PostHolding.until_on >= day))
    )
    return list(rows)


def _refuse_exclusion(name: str, post: Post, held: list[PostHolding]) -> None:
    """三员分立 (trust 1.6): system, security and audit administration exclude each other and the handling of cases."""
    for row in held:
        if told := exclusion_of(post, Post(row.post)):
            raise AccountRefused(f"{name}{told}。请另行指定人员，或者先免去其原岗位。")


def exclusion_of(post: Post, other: Post) -> str:
    """Why somebody who holds the other post may not hold this one as well; empty if he may."""
    pair = {post, other}
    if len(pair) < 2 or not pair & ADMINISTRATORS or pair & _BESIDE_ADMINISTRATION:
        return ""
    return f"已任{other.label}，不得兼任{post.label}：系统管理员、安全保密管理员、审计员三员分立，也不得兼办业务"
