"""Settings of one installation, read from the environment once at the start.

Every name in the environment begins with ``ZHENGCHENG_``; ``docs/settings.md`` lists them. Without any of them the
system runs locally on SQLite with everything it keeps in ``var/``.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal, cast, get_args

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.secrets_on_disk import kept_secret
from workflows.roles import Post

ROOT = Path(__file__).resolve().parent.parent

Environment = Literal["local", "production", "test"]
Purpose = Literal["production", "demo", "rehearsal", "test"]
RendererKind = Literal["pdf", "text"]
PasswordProfile = Literal["mlps3", "asvs"]
SealChoice = Literal["none", "local", "platform"]

_PREFIX = "ZHENGCHENG_"
#: Who needs the second factor in production, unless the setting says otherwise: who decides, and who administers.
_DECIDE_OR_ADMINISTER = frozenset(
    {
        Post.OFFICER, Post.APPROVER, Post.REVIEW_CLERK, Post.REVIEWER, Post.TOLERANCE, Post.TOLERANCE_HEAD,
        Post.RULES_KEEPER, Post.AUDITOR, Post.SYSADMIN, Post.SECADMIN, Post.ARCHIVE_READER,
    }
)  # fmt: skip
_SHORTEST_SECRET = 32
_KNOWN_SECRETS = frozenset({"secret", "changeme", "change-me", "dev", "development", "test", "password", "zhengcheng"})


class SettingsRefused(ValueError):
    """A setting with which the system must not start; the message says in Chinese how to mend it."""


@dataclass(frozen=True)
class PasswordCost:
    """Parameters of argon2id: passes, memory in KiB, lanes."""

    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 2


@dataclass(frozen=True)
class MailSettings:
    """The mail server for reminders; an empty ``host`` switches mail off."""

    host: str = ""
    port: int = 25
    login: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    sender: str = ""


@dataclass(frozen=True)
class OidcSettings:
    """The provider of single sign-on; without an `issuer` there is none.

    `claim` is the one in which the provider names the account; `trusts_second_factor`: one that the provider says it
    asked for takes the place of ours.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    claim: str = "sub"
    scope: str = "openid"
    button: str = "统一身份认证登录"
    trusts_second_factor: bool = False

    @property
    def button_if_any(self) -> str:
        """What the button on the sign-in page says; empty without a provider."""
        return self.button if self.issuer else ""


@dataclass(frozen=True)
class SealSettings:
    """Who seals notices: nobody (print and stamp), this installation (demonstration seals), or a platform.

    The rest is for a platform only: its address, the account and shared secret that requests are signed with, and the
    file (PEM) of the authorities whose organ certificates are believed.
    """

    provider: SealChoice = "local"
    url: str = ""
    account: str = ""
    secret: str = field(default="", repr=False)
    roots_file: Path | None = None


@dataclass(frozen=True)
class Settings:
    """What an installation can be told.

    ``trusted_proxies``: addresses or networks whose X-Forwarded-* headers are believed; the word ``unix`` stands for
    a proxy on a Unix socket. ``sign_in_idle`` and ``sign_in_longest`` end a session after idleness and in any case.
    """

    database_url: str
    data_dir: Path
    secret_key: str = field(repr=False)
    database_purpose: Purpose = "production"
    environment: Environment = "local"
    debug: bool = False
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: tuple[str, ...] = ()
    mail: MailSettings = MailSettings()
    password_cost: PasswordCost = PasswordCost()
    password_profile: PasswordProfile = "mlps3"
    sign_in_idle: timedelta = timedelta(minutes=30)
    sign_in_longest: timedelta = timedelta(hours=12)
    #: How many failures to sign in a minute one address may have.
    sign_in_failures_a_minute: int = 20
    embedded_jobs: bool = False
    renderer: RendererKind = "pdf"
    anchor_path: Path | None = None
    seal: SealSettings = SealSettings()
    #: Whoever holds one of these posts signs in with a second factor.
    second_factor_posts: frozenset[Post] = frozenset()
    oidc: OidcSettings = OidcSettings()
    #: Hosts (with or without a port) that may be told of steps by plain HTTP or on a private network.
    webhook_hosts: tuple[str, ...] = ()
    #: How many requests a minute one token of the API may make.
    api_requests_a_minute: int = 600

    @property
    def anchor_file(self) -> Path:
        """Where anchors are written besides the database: outside the data folder, lest both are lost at once."""
        return self.anchor_path or self.data_dir.with_name(f"{self.data_dir.name}-anchors.jsonl")

    @property
    def key_file(self) -> Path:
        """Keys of the history, the sealed fields and their indexes."""
        return self.data_dir / "keys.json"

    @property
    def files_dir(self) -> Path:
        """Stored files, by hash."""
        return self.data_dir / "files"

    @property
    def seals_dir(self) -> Path:
        """The installation's own authority: certificates and their encrypted private keys."""
        return self.data_dir / "seals"

    @property
    def in_production(self) -> bool:
        return self.environment == "production"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the environment; makes the data folder and, at the first start, a secret of its own.

        Raises:
            SettingsRefused: for a value that cannot be read, or that is not safe in production (trust 1.11).
        """
        given = _Given(environ)
        data_dir = Path(given.text("DATA_DIR", str(ROOT / "var"))).expanduser().resolve()
        data_dir.mkdir(parents=True, exist_ok=True)
        settings = cls(
            database_url=_database_url(given.text("DATABASE_URL", f"sqlite:///{data_dir / 'zhengcheng.sqlite'}")),
            data_dir=data_dir,
            secret_key=given.text("SECRET_KEY") or kept_secret(data_dir / "secret-key"),
            database_purpose=cast(Purpose, given.choice("DATABASE_PURPOSE", get_args(Purpose), "production")),
            environment=cast(Environment, given.choice("ENVIRONMENT", get_args(Environment), "local")),
            debug=given.switch("DEBUG") or environ.get("FLASK_DEBUG", "") not in ("", "0"),
            base_url=given.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            trusted_proxies=_proxies(given.text("TRUSTED_PROXIES")),
            mail=MailSettings(
                host=given.text("MAIL_HOST"),
                port=given.number("MAIL_PORT", 25),
                login=given.text("MAIL_LOGIN"),
                password=given.text("MAIL_PASSWORD"),
                starttls=given.switch("MAIL_STARTTLS"),
                sender=given.text("MAIL_SENDER"),
            ),
            password_profile=cast(
                PasswordProfile, given.choice("PASSWORD_PROFILE", get_args(PasswordProfile), "mlps3")
            ),
            sign_in_idle=timedelta(minutes=given.number("SIGN_IN_IDLE_MINUTES", 30)),
            sign_in_longest=timedelta(hours=given.number("SIGN_IN_LONGEST_HOURS", 12)),
            second_factor_posts=_second_factor(given),
            sign_in_failures_a_minute=given.number("SIGN_IN_FAILURES_A_MINUTE", 20),
            embedded_jobs=given.switch("EMBEDDED_JOBS"),
            renderer=cast(RendererKind, given.choice("RENDERER", get_args(RendererKind), "pdf")),
            anchor_path=given.path("ANCHOR_FILE"),
            seal=_seal(given),
            oidc=_oidc(given),
            webhook_hosts=tuple(
                host.strip().lower() for host in given.text("WEBHOOK_HOSTS").split(",") if host.strip()
            ),
            api_requests_a_minute=given.number("API_REQUESTS_A_MINUTE", 600),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Refuse what would make a production installation unsafe (trust 1.11).

        Raises:
            SettingsRefused: naming every setting to mend.
        """
        if not self.in_production:
            return
        faults = []
        if self.debug:
            faults.append("生产环境不得开启调试：请删除 ZHENGCHENG_DEBUG 和 FLASK_DEBUG。")
        if len(self.secret_key) < _SHORTEST_SECRET or self.secret_key.lower() in _KNOWN_SECRETS:
            faults.append(
                "ZHENGCHENG_SECRET_KEY 过短或为默认值：请删除该项，由系统自动生成；"
                "或者执行 python -c 'import secrets; print(secrets.token_hex(32))'，填入所得的值。"
            )
        faults += [
            f"ZHENGCHENG_TRUSTED_PROXIES 不得信任任意地址（{proxy}）：请逐一填写反向代理的地址或网段。"
            for proxy in self.trusted_proxies
            if _is_everybody(proxy)
        ]
        if self.seal.provider == "platform" and not self.seal.url.startswith("https://"):
            faults.append("ZHENGCHENG_SEAL_PLATFORM_URL 须以 https:// 开头：文书和签章结果须加密传输。")
        if self.seal.provider != "none" and self.renderer == "text":
            faults.append("生产环境须生成 PDF 文书才能用印：请删除 ZHENGCHENG_RENDERER。")
        if self.oidc.issuer and not self.oidc.issuer.startswith("https://"):
            faults.append("ZHENGCHENG_OIDC_ISSUER 须以 https:// 开头：登录凭证须加密传输。")
        if not self.base_url.startswith("https://"):
            faults.append("ZHENGCHENG_BASE_URL 须以 https:// 开头：请填写用户访问本系统所用的地址。")
        if faults:
            raise SettingsRefused("系统未启动。" + "".join(faults))


@dataclass(frozen=True)
class _Given:
    """Typed reading of the environment; what cannot be read is refused with its name."""

    environ: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(_PREFIX + name, "").strip() or default

    def path(self, name: str) -> Path | None:
        value = self.text(name)
        return Path(value).expanduser().resolve() if value else None

    def switch(self, name: str) -> bool:
        value = self.text(name, "0").lower()
        if value not in ("0", "1"):
            raise SettingsRefused(f"{_PREFIX}{name} 只能填 0（关）或 1（开），现为“{value}”。")
        return value == "1"

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and int(value) > 0):
            raise SettingsRefused(f"{_PREFIX}{name} 须为正整数，现为“{value}”。")
        return int(value)

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsRefused(f"{_PREFIX}{name} 只能填 {'、'.join(allowed)} 之一，现为“{value}”。")
        return value


def _database_url(given: str) -> str:
    """The address with the driver that we ship; SQLite files are named from the root."""
    try:
        url = make_url(given)
    except ArgumentError:
        raise SettingsRefused(
            "ZHENGCHENG_DATABASE_URL 的格式不对：应形如 postgresql://用户@主机/库名，或 sqlite:////绝对路径。"
        ) from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingsRefused(f"不支持 {url.get_backend_name()} 数据库：请使用 PostgreSQL 或 SQLite。")
    if url.get_backend_name() == "sqlite" and url.database:
        url = url.set(database=str(Path(url.database).expanduser().resolve()))
    return url.render_as_string(hide_password=False)


def _second_factor(given: _Given) -> frozenset[Post]:
    text = given.text("SECOND_FACTOR_POSTS")
    if not text:
        return _DECIDE_OR_ADMINISTER if given.text("ENVIRONMENT") == "production" else frozenset()
    if text in ("none", "all"):
        return frozenset(Post) if text == "all" else frozenset()
    words = [word.strip() for word in text.split(",") if word.strip()]
    wrong = [word for word in words if word not in set(Post)]
    if wrong:
        raise SettingsRefused(
            f"{_PREFIX}SECOND_FACTOR_POSTS 只能填 none、all 或者岗位代码（见 user posts，以逗号分隔），"
            f"不能填“{wrong[0]}”。"
        )
    return frozenset(Post(word) for word in words)


def _oidc(given: _Given) -> OidcSettings:
    """A provider is named completely or not at all; its secret may stand in a file of its own."""
    issuer, client_id = given.text("OIDC_ISSUER"), given.text("OIDC_CLIENT_ID")
    secret, kept_in = given.text("OIDC_CLIENT_SECRET"), given.path("OIDC_CLIENT_SECRET_FILE")
    if kept_in is not None:
        try:
            secret = kept_in.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsRefused(f"{_PREFIX}OIDC_CLIENT_SECRET_FILE 所指的文件 {kept_in} 不能读取。") from None
    if not issuer and not client_id:
        return OidcSettings()
    if not (issuer and client_id and secret):
        raise SettingsRefused(
            f"使用统一身份认证须填写 {_PREFIX}OIDC_ISSUER、{_PREFIX}OIDC_CLIENT_ID，"
            f"以及 {_PREFIX}OIDC_CLIENT_SECRET 或者 {_PREFIX}OIDC_CLIENT_SECRET_FILE（见 docs/operations.md）。"
        )
    if not issuer.startswith(("http://", "https://")):
        raise SettingsRefused(f"{_PREFIX}OIDC_ISSUER 应形如 https://认证服务地址，现为“{issuer}”。")
    default = OidcSettings()
    return OidcSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret,
        claim=given.text("OIDC_CLAIM", default.claim),
        scope=given.text("OIDC_SCOPE", default.scope),
        button=given.text("OIDC_BUTTON", default.button),
        trusts_second_factor=given.switch("OIDC_TRUST_SECOND_FACTOR"),
    )


def _seal(given: _Given) -> SealSettings:
    """A platform is named completely or not at all."""
    chosen = SealSettings(
        provider=cast(SealChoice, given.choice("SEAL", get_args(SealChoice), "local")),
        url=given.text("SEAL_PLATFORM_URL").rstrip("/"),
        account=given.text("SEAL_PLATFORM_ACCOUNT"),
        secret=given.text("SEAL_PLATFORM_SECRET"),
        roots_file=given.path("SEAL_PLATFORM_ROOTS"),
    )
    if chosen.provider != "platform":
        return chosen
    needed = {"URL": chosen.url, "ACCOUNT": chosen.account, "SECRET": chosen.secret, "ROOTS": chosen.roots_file}
    lacking = [f"{_PREFIX}SEAL_PLATFORM_{name}" for name, value in needed.items() if not value]
    if lacking:
        raise SettingsRefused(f"使用统一印章平台须填写 {'、'.join(lacking)}（见 docs/seals.md）。")
    if not chosen.url.startswith(("http://", "https://")):
        raise SettingsRefused(f"{_PREFIX}SEAL_PLATFORM_URL 应形如 https://印章平台地址，现为“{chosen.url}”。")
    return chosen


def _proxies(given: str) -> tuple[str, ...]:
    proxies = tuple(item.strip() for item in given.split(",") if item.strip())
    for proxy in proxies:
        if proxy in ("unix", "*"):
            continue
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            raise SettingsRefused(
                f"ZHENGCHENG_TRUSTED_PROXIES 中的“{proxy}”不是地址或网段："
                "请填写如 10.0.0.5 或 10.0.0.0/24，用逗号隔开。"
            ) from None
    return proxies


def _is_everybody(proxy: str) -> bool:
    return proxy == "*" or (proxy != "unix" and ipaddress.ip_network(proxy, strict=False).prefixlen == 0)
