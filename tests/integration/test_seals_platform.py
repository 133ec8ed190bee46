"""The unified seal platform (documents.md 5, trust 1.12): whatever it answers, nothing is issued that was not verified.

The state of a notice is asked on both databases; how each odd answer is taken is asked of the provider alone.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.database import Database, read_transaction
from app.models.history import OutboxRow
from app.models.seals import NoticeSeal
from app.seals.http import PlatformSeal
from app.seals.provider import NotSealedYet, SealRefused, SealRequest
from app.seals.setup import platform_roots
from app.seals.validate import check_sheet
from app.services.checks import Check
from app.services.files import read_bytes
from app.services.outbox import Claim, drain
from app.services.seal_checks import seals_waiting
from app.services.sealing import seal_notice
from app.services.stuck import retry_stuck
from tests.support.seal_platform import SealPlatform, running_platform
from tests.support.sealed_sheets import ORGAN, sheet_of
from tests.support.world import World

NOW = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)
SHEET = "objection_decision"
#: How long is waited for a platform that hangs, so that it does not hold up the tests.
SHORT = 0.2


def provider_of(platform: SealPlatform, seconds: float = 20) -> PlatformSeal:
    return PlatformSeal(platform.settings, platform_roots(platform.settings), seconds)


@dataclass
class Sealing:
    """One signed notice that waits to be sealed, the platform, and the drain of the outbox."""

    world: World
    uid: str
    folder: Path
    platform: SealPlatform

    def __post_init__(self) -> None:
        self.provider = provider_of(self.platform)

    def work(self) -> None:
        """One round of the drain, as the jobs run it."""
        world = self.world

        def seal(claim: Claim) -> None:
            seal_notice(world.backend, self.folder, claim, lambda _: sheet_of(SHEET), world.clock(), self.provider)

        drain(world.backend, world.clock, {"seal": seal, "remind": lambda _: None})

    def wait(self, **time: int) -> None:
        """Let time pass, then one round."""
        self.world.clock.advance(timedelta(**time))
        self.work()

    def retry(self) -> None:
        """A person puts what was given up back into the queue."""
        assert retry_stuck(Database(self.world.backend.engine, self.world.backend.sessions), self.world.clock()) == 1
        self.work()

    @property
    def row(self) -> OutboxRow:
        return next(row for row in self.world.outbox() if row.work == "seal")

    @property
    def state(self) -> str:
        return self.world.state(self.uid)

    @property
    def waits(self) -> bool:
        """待用印, and nobody was given anything."""
        notice = self.world.case(self.uid)
        return notice.state == "sealing" and notice.sha256 is None and self.world.steps(self.uid) == ["draft"]

    def sealed_once(self) -> bytes:
        """The sheet, after checking that it was issued once, and with the platform's seal."""
        assert self.world.steps(self.uid).count("issue") == 1
        notice = self.world.case(self.uid)
        sheet = read_bytes(self.folder, notice.sha256)
        verdict = check_sheet(sheet, platform_roots(self.platform.settings))
        assert verdict.genuine, verdict
        assert verdict.organ == self.world.organs.office.name
        with read_transaction(self.world.backend.engine) as session:
            kept = session.get(NoticeSeal, notice.id)
            assert kept is not None
            assert kept.sealed_sha256 == notice.sha256
            assert kept.sent_sha256 == hashlib.sha256(sheet_of(SHEET)).hexdigest()
        return sheet


@pytest.fixture
def sealing(world: World, tmp_path: Path) -> Iterator[Sealing]:
    """A 告知书 that was signed with the approval of a record and waits for its seal."""
    record = world.record_in("screening")
    world.step("officer", "propose", record, {"step": "approve", "form": {}, "opinion": "拟同意"})
    world.step("approver", "approve", record)
    (notice,) = world.notices(record, "record_notice")
    with running_platform(tmp_path / "platform", world.clock) as platform:
        yield Sealing(world, notice.uid, tmp_path / "files", platform)


# -- the state of a notice ------------------------------------------------------------------------------------------


def test_a_sealed_notice_is_issued_and_served(sealing: Sealing) -> None:
    """R141: the platform's seal is verified, kept by its hash, and the notice goes its way."""
    sealing.work()
    assert sealing.sealed_once().startswith(sheet_of(SHEET))
    assert sealing.state == "served"
    assert sealing.row.status == "done"


def test_it_answers_twice(sealing: Sealing) -> None:
    """Trust 1.12: two attempts get two different seals; the first one kept is the only one."""
    claims: list[Claim] = []

    def seal_and_crash(claim: Claim) -> None:
        claims.append(claim)
        sealing.provider.seal(SealRequest(sheet_of(SHEET), sealing.world.organs.office.name), sealing.world.clock())
        raise KeyboardInterrupt

    world = sealing.world
    with pytest.raises(KeyboardInterrupt):
        drain(world.backend, world.clock, {"seal": seal_and_crash})
    assert sealing.waits
    sealing.wait(minutes=3)
    first = sealing.sealed_once()
    seal_notice(world.backend, sealing.folder, claims[0], lambda _: sheet_of(SHEET), world.clock(), sealing.provider)
    assert sealing.sealed_once() == first
    assert sealing.platform.sheets_taken == 1


def test_it_answers_late(sealing: Sealing) -> None:
    """The notice waits as 待用印 with the reason, however often it must be asked, and is never given up."""
    sealing.platform.behave(*["pending"] * 8)
    sealing.work()
    for _ in range(7):
        assert sealing.waits
        assert sealing.row.status == "open"
        assert "正在办理用印（等待印章管理员审批）" in sealing.row.error
        sealing.wait(minutes=10)
    sealing.wait(minutes=10)
    assert sealing.state == "served"
    assert sealing.row.error == ""
    sealing.sealed_once()
    assert sealing.platform.asked.count(("PUT", sealing.platform.asked[0][1])) == 1


def test_it_never_answers(sealing: Sealing) -> None:
    """It hangs: nothing is issued, the drain goes on, and the doctor names the reason after an hour."""
    sealing.platform.behave(*["hang"] * 60)
    sealing.provider = provider_of(sealing.platform, SHORT)
    sealing.work()
    for _ in range(20):
        sealing.wait(minutes=10)
    assert sealing.waits
    assert sealing.row.status == "open"
    assert findings(sealing) == ["1件文书等待超过1小时：统一印章平台连接不上，恢复后自动用印。"]


def findings(sealing: Sealing) -> list[str]:
    """What the doctor says about waiting notices."""
    with read_transaction(sealing.world.backend.engine) as session:
        found: list[Check] = list(seals_waiting(session, sealing.world.clock()))
    return [check.detail for check in found]


def test_it_is_down_for_a_day(sealing: Sealing) -> None:
    """documents.md 5: seal down, the notice waits; when it is up again, the notice is sealed by itself."""
    sealing.platform.stop()
    sealing.work()
    for _ in range(24 * 6):
        assert sealing.waits
        sealing.wait(minutes=10)
    assert sealing.row.status == "open"
    assert "连接不上" in sealing.row.error
    sealing.platform.start()
    sealing.wait(minutes=10)
    assert sealing.state == "served"
    sealing.sealed_once()
    assert findings(sealing) == []


@pytest.mark.parametrize("act", ["error", "garbage"])
def test_a_passing_disturbance_is_waited_out(sealing: Sealing, act: str) -> None:
    """5xx and garbage: asked again later, shown meanwhile, no person needed."""
    sealing.platform.behave(act)
    sealing.work()
    assert sealing.waits
    assert sealing.row.status == "open"
    assert sealing.row.error.startswith("统一印章平台")
    sealing.wait(minutes=10)
    sealing.sealed_once()


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("wrong hash", "另一份文书"),
        ("foreign organ", "印章不是签发机关的"),
        ("refused", "不予用印：等待印章管理员审批"),
    ],
)
def test_a_seal_that_is_not_ours_is_never_used(sealing: Sealing, act: str, reason: str) -> None:
    """Result verified before the state moves: the notice goes to a person's queue at once; his retry seals it."""
    sealing.platform.behave(act)
    sealing.work()
    assert sealing.waits
    assert sealing.row.status == "stuck"
    assert reason in sealing.row.error
    sealing.wait(days=1)
    assert sealing.waits
    sealing.retry()
    sealing.sealed_once()


def test_a_revoked_certificate_does_not_seal(sealing: Sealing) -> None:
    """The revocation list is asked before the notice is issued."""
    sealing.platform.revoke(sealing.world.organs.office.name)
    sealing.work()
    assert sealing.waits
    assert (sealing.row.status, sealing.row.error) == ("stuck", "印章证书已被吊销。")
    sealing.platform.revoked.clear()
    sealing.retry()
    sealing.sealed_once()


def test_a_replayed_old_answer_is_not_believed(sealing: Sealing) -> None:
    """An answer recorded earlier, genuine then, belongs to another request."""
    request = SealRequest(sheet_of(SHEET), sealing.world.organs.office.name)
    provider_of(sealing.platform).seal(request, sealing.world.clock())
    sealing.platform.revoke(sealing.world.organs.office.name)
    sealing.platform.behave("replay")
    sealing.work()
    assert sealing.waits
    assert "不是对本次请求的答复" in sealing.row.error


def test_a_crash_between_keeping_and_issuing_asks_for_no_second_seal(
    sealing: Sealing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sealed sheet is stored once by its hash and never made again."""

    def crash(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("app.services.sealing.take_step", crash)
        with pytest.raises(KeyboardInterrupt):
            sealing.work()
    assert sealing.waits
    with read_transaction(sealing.world.backend.engine) as session:
        kept = session.get(NoticeSeal, sealing.world.case(sealing.uid).id)
        assert kept is not None
        sealed = kept.sealed_sha256
    sealing.platform.stop()
    sealing.wait(minutes=3)
    sealing.sealed_once()
    assert sealing.world.case(sealing.uid).sha256 == sealed


# -- how each answer is taken ---------------------------------------------------------------------------------------


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[SealPlatform]:
    with running_platform(tmp_path / "platform", lambda: NOW) as running:
        yield running


def request_for_seal() -> SealRequest:
    return SealRequest(sheet_of(SHEET), ORGAN)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("pending", "正在办理用印"),
        ("error", "暂时不能办理（状态码503）"),
        ("garbage", "无法识别"),
        ("no json object", "无法识别"),
        ("unsigned", "未通过校验"),
        ("foreign letters", "未通过校验"),
        ("redirect", "未通过校验"),
        ("drop", "连接不上"),
        ("hang", "连接不上"),
        ("no list", "吊销列表"),
    ],
)
def test_what_may_pass_is_asked_again(platform: SealPlatform, act: str, reason: str) -> None:
    platform.behave(act)
    with pytest.raises(NotSealedYet, match=reason):
        provider_of(platform, SHORT if act == "hang" else 20).seal(request_for_seal(), NOW)
    assert provider_of(platform).seal(request_for_seal(), NOW).startswith(sheet_of(SHEET))


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("wrong hash", "内容摘要不符"),
        ("another sheet", "内容摘要不符"),
        ("changed too", "除用印外另有改动"),
        ("not sealed", "内容摘要不符"),
        ("broken seal", "未通过校验|不能校验"),
        ("smuggled", "夹带有其他内容"),
        ("foreign organ", f"应为{ORGAN}，实为示例丁局"),
        ("foreign authority", "不是本系统认可的机构"),
        ("refused", "不予用印"),
    ],
)
def test_what_is_wrong_is_refused(platform: SealPlatform, act: str, reason: str) -> None:
    platform.behave(act)
    with pytest.raises(SealRefused, match=reason):
        provider_of(platform).seal(request_for_seal(), NOW)


def test_an_outdated_revocation_list_is_no_list(platform: SealPlatform) -> None:
    platform.crl_lasts = timedelta(minutes=-30)
    with pytest.raises(NotSealedYet, match="吊销列表"):
        provider_of(platform).seal(request_for_seal(), NOW)


def test_a_wrong_secret_is_refused_by_the_platform(platform: SealPlatform) -> None:
    settings = replace(platform.settings, secret="guessed")
    with pytest.raises(SealRefused, match="账号或者签名"):
        PlatformSeal(settings, platform_roots(settings)).seal(request_for_seal(), NOW)


def test_while_it_does_not_answer_other_sheets_do_not_queue_for_it(platform: SealPlatform) -> None:
    """One failed connection, and for half a minute nobody tries; then it is asked again."""
    provider = provider_of(platform)
    platform.stop()
    for _ in range(3):
        with pytest.raises(NotSealedYet, match="连接不上"):
            provider.seal(request_for_seal(), NOW)
    platform.start()
    with pytest.raises(NotSealedYet, match="连接不上") as resting:
        provider.seal(request_for_seal(), NOW + timedelta(seconds=29))
    assert resting.value.after == timedelta(seconds=1)
    assert provider.seal(request_for_seal(), NOW + timedelta(seconds=31))
    assert len(platform.asked) == 2


def test_what_is_asked_names_nobody(platform: SealPlatform) -> None:
    """PIPL: besides the sheet itself the platform learns organ, title and number only; the secret never travels."""
    request = replace(request_for_seal(), title="异议处理结果告知书", number="示信用异告〔2026〕17号")
    provider_of(platform).seal(request, NOW)
    (asked,) = platform._requests.values()
    assert set(asked) == {"organ", "organ_code", "title", "number", "page", "x_mm", "y_mm", "diameter_mm", "sheet"}
    assert platform.settings.secret not in repr(platform.settings)
