"""Passwords: what is asked of a new one, and how they are kept (argon2id)."""

from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.settings import PasswordCost, PasswordProfile, Settings
from workflows.kit.errors import Refusal

#: Longer ones are refused: hashing must not become a way to keep the server busy.
LONGEST = 128
_SHORTEST: dict[PasswordProfile, int] = {"mlps3": 8, "asvs": 15}
#: Words that guessing programs try first, also with digits behind them.
_GUESSED_FIRST = ("password", "admin", "qwerty", "abc123", "123456", "zhengcheng", "woaini", "iloveyou", "888888")


class PasswordRefused(Refusal):
    """A new password that the policy does not allow; the message names everything to mend."""

    code = "PasswordRefused"


@dataclass(frozen=True)
class Passwords:
    """The policy of an installation and its hasher.

    `mlps3` follows GB/T 22239-2019, 8.1.4.1 (complexity); `asvs` follows OWASP ASVS 5.0 (length, no composition).
    """

    profile: PasswordProfile
    hasher: PasswordHasher = field(repr=False)
    #: The hash of a word that nobody has: verified when the login is unknown, so that the answer takes as long.
    nobody: str = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "Passwords":
        return cls.with_cost(settings.password_profile, settings.password_cost)

    @classmethod
    def with_cost(cls, profile: PasswordProfile, cost: PasswordCost) -> "Passwords":
        hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        return cls(profile, hasher, hasher.hash("nobody"))

    def hash(self, password: str, login: str) -> str:
        """The hash to keep of a new password.

        Raises:
            PasswordRefused: the policy does not allow it.
        """
        faults = self.faults(password, login)
        if faults:
            raise PasswordRefused("密码不符合要求：" + "；".join(faults) + "。请重新设置。")
        return self.hasher.hash(password)

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether the password belongs to the hash; takes as long when there is no hash."""
        try:
            fits = self.hasher.verify(kept or self.nobody, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        return fits and bool(kept)

    def is_outdated(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self.hasher.check_needs_rehash(kept)

    @property
    def advice(self) -> str:
        """What is asked of a new password, in a sentence: said before one is typed, not only when it is refused."""
        kinds = "，须含大写字母、小写字母、数字、符号中的至少三种" if self.profile == "mlps3" else ""
        return f"至少{_SHORTEST[self.profile]}位{kinds}，不同的字符至少5个；不得包含账号和容易被猜到的常用密码。"

    def faults(self, password: str, login: str) -> list[str]:
        """What is wrong with a new password, each as a clause; empty when it is allowed."""
        shortest = _SHORTEST[self.profile]
        found = []
        if len(password) < shortest:
            found.append(f"至少{shortest}位，现为{len(password)}位")
        if len(password) > LONGEST:
            found.append(f"至多{LONGEST}位，现为{len(password)}位")
        if self.profile == "mlps3" and _kinds(password) < 3:
            found.append("须含大写字母、小写字母、数字、符号中的至少三种")
        if len(login) >= 3 and login.lower() in password.lower():
            found.append("不得包含账号")
        if any(word in password.lower() for word in _GUESSED_FIRST):
            found.append("不得包含容易被猜到的常用密码")
        if len(set(password)) < 5 and len(password) >= shortest:
            found.append("不同的字符至少5个")
        return found


def _kinds(password: str) -> int:
    return sum(
        (
            any(character.isupper() for character in password),
            any(character.islower() for character in password),
            any(character.isdigit() for character in password),
            any(not character.isalnum() for character in password),
        )
    )
