"""The own authority (trust 1.7): made once, its keys encrypted, shared by processes, never replaced when it is lost."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.crypto import KeyRing
from app.database import Database, read_transaction
from app.documents.render import Renderer
from app.extensions import Installation
from app.models.seals import NoticeSeal
from app.seals.ca import Authority, AuthorityMissing
from app.seals.none import PaperSeal
from app.seals.provider import ProviderName, SealProvider, SealRequest
from app.seals.setup import SealSetup
from app.seals.validate import check_sheet
from app.services.checks import Verdict
from app.services.files import path_of, read_bytes
from app.services.outbox import Claim, claim_next, drain
from app.services.seal_authority import AuthorityLost, ensure_authority
from app.services.seal_checks import seal_files
from app.services.sealing import seal_notice
from app.services.stuck import retry_stuck
from app.settings import SealSettings, Settings, SettingsRefused
from tests.support.sealed_sheets import ORGAN, local_seals, sheet_of
from tests.support.world import World, found_world

NOW = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)
SHEET = "objection_decision"


def a_signed_notice(world: World) -> str:
    """A 告知书 that was signed with a step and waits in the outbox."""
    record = world.record_in("screening")
    world.step("officer", "propose", record, {"step": "approve", "form": {}, "opinion": "拟同意"})
    world.step("approver", "approve", record)
    (notice,) = world.notices(record, "record_notice")
    return notice.uid


def work(world: World, folder: Path, seals: SealProvider, render: Callable[[str], bytes] | None = None) -> None:
    """One round of the drain."""

    def seal(claim: Claim) -> None:
        make = render or (lambda _: sheet_of(SHEET))
        seal_notice(world.backend, folder, claim, make, world.clock(), seals)

    drain(world.backend, world.clock, {"seal": seal, "remind": lambda _: None})


def sealed_sha(world: World, uid: str) -> str | None:
    with read_transaction(world.backend.engine) as session:
        row = session.get(NoticeSeal, world.case(uid).id)
        return row.sealed_sha256 if row else None


# -- a notice and its own seal ----------------------------------------------------------------------------------------


def test_a_notice_is_sealed_by_the_organ_that_signs_it(world: World, tmp_path: Path) -> None:
    """R141, documents.md 5: rendered for real, sealed, issued with the hash of the sealed sheet, served."""
    seals, uid = local_seals(tmp_path, world.clock()), a_signed_notice(world)
    with Renderer() as renderer:
        work(world, tmp_path / "files", seals.provider, renderer.render)
    notice = world.case(uid)
    assert notice.state == "served"
    assert notice.sha256 == sealed_sha(world, uid)
    verdict = check_sheet(read_bytes(tmp_path / "files", notice.sha256), seals.roots)
    assert verdict.genuine
    assert verdict.organ == world.organs.office.name
    assert verdict.signed_at == world.clock()


def test_without_an_authority_the_notice_waits_for_a_person(world: World, tmp_path: Path) -> None:
    """Nothing is issued unsealed; what to do stands in the queue; after `seal init` a retry seals it."""
    keys = KeyRing.load_or_create(tmp_path / "seal-keys.json")
    seals, uid = SealSetup(SealSettings(), tmp_path / "seals", keys), a_signed_notice(world)
    work(world, tmp_path / "files", seals.provider)
    assert world.state(uid) == "sealing"
    (row,) = [row for row in world.outbox() if row.work == "seal"]
    assert row.status == "stuck"
    assert "seal init" in row.error
    database = Database(world.backend.engine, world.backend.sessions)
    assert ensure_authority(database, seals, world.clock())
    assert not ensure_authority(database, seals, world.clock())
    retry_stuck(database, world.clock())
    work(world, tmp_path / "files", seals.provider)
    assert world.state(uid) == "served"


def test_a_lost_authority_is_not_made_anew(world: World, tmp_path: Path) -> None:
    """What was sealed with it could no longer be checked, and nobody would notice."""
    seals, uid = local_seals(tmp_path, world.clock()), a_signed_notice(world)
    work(world, tmp_path / "files", seals.provider)
    assert world.state(uid) == "served"
    for path in seals.authority.files():
        path.unlink()
    database = Database(world.backend.engine, world.backend.sessions)
    with pytest.raises(AuthorityLost, match="从备份恢复"):
        ensure_authority(database, seals, world.clock())
    with read_transaction(world.backend.engine) as session:
        (found,) = [
            one for one in seal_files(seals, session, world.clock(), production=False) if one.name == "签章证书"
        ]
    assert found.verdict is Verdict.FAULT
    assert "切勿重建" in found.advice


class Meeting:
    """A provider that holds two attempts back until both have their seal."""

    name: ProviderName = "local"
    waits = False

    def __init__(self, within: SealProvider) -> None:
        self._within = within
        self._both = threading.Barrier(2, timeout=60)
        self.made: list[bytes] = []

    def seal(self, request: SealRequest, now: datetime) -> bytes:
        sealed = self._within.seal(request, now)
        self.made.append(sealed)
        self._both.wait()
        return sealed


def test_two_workers_at_once_keep_one_seal(world: World, tmp_path: Path) -> None:
    """A lease that ran out while the first worker was still at it: two seals are made, one is kept and issued."""
    seals, uid = local_seals(tmp_path, world.clock()), a_signed_notice(world)
    claim = claim_next(world.backend, world.clock())
    assert claim is not None
    meeting, failed = Meeting(seals.provider), []

    def attempt() -> None:
        try:
            seal_notice(world.backend, tmp_path / "files", claim, lambda _: sheet_of(SHEET), world.clock(), meeting)
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            failed.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    assert len(set(meeting.made)) == 2
    assert world.steps(uid).count("issue") == 1
    assert world.case(uid).sha256 == sealed_sha(world, uid)


def test_a_sealed_sheet_is_not_made_again(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash after keeping it: the next attempt renders nothing, seals nothing, and issues what was kept."""
    seals, uid = local_seals(tmp_path, world.clock()), a_signed_notice(world)

    def crash(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("app.services.sealing.take_step", crash)
        with pytest.raises(KeyboardInterrupt):
            work(world, tmp_path / "files", seals.provider)
    kept = sealed_sha(world, uid)
    assert kept is not None
    assert path_of(tmp_path / "files", kept).exists()
    world.clock.advance(timedelta(minutes=3))

    def never(_: str) -> bytes:
        raise AssertionError("rendered again")

    work(world, tmp_path / "files", PaperSeal(), never)
    assert (world.state(uid), world.case(uid).sha256) == ("served", kept)


def test_sealing_by_hand_leaves_the_sheet_as_rendered(world: World, tmp_path: Path) -> None:
    """ZHENGCHENG_SEAL=none: what is printed and stamped is the rendered sheet itself."""
    uid = a_signed_notice(world)
    work(world, tmp_path / "files", PaperSeal())
    assert read_bytes(tmp_path / "files", world.case(uid).sha256) == sheet_of(SHEET)
    assert sealed_sha(world, uid) is None


# -- keys and certificates --------------------------------------------------------------------------------------------


def test_private_keys_are_encrypted_private_and_never_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """T15: neither the files nor a message nor a log shows a private key; the files are nobody else's."""
    with caplog.at_level(logging.DEBUG):
        seals = local_seals(tmp_path, NOW)
        identity = seals.authority.identity_of(ORGAN, NOW)
        seals.provider.seal(SealRequest(sheet_of(SHEET), ORGAN), NOW)
    number = f"{identity.key.private_numbers().private_value:x}"
    for path in seals.authority.files():
        text = path.read_text(encoding="utf-8")
        assert path.stat().st_mode & 0o777 == 0o600
        assert "PRIVATE KEY" not in text
        assert json.loads(text)["key"].startswith("SM4-GCM:k1:")
    assert seals.folder.stat().st_mode & 0o777 == 0o700
    for told in (repr(identity), repr(seals), caplog.text):
        assert number not in told
        assert "PRIVATE KEY" not in told


def test_processes_on_one_folder_share_root_and_certificates(tmp_path: Path) -> None:
    """A second instance on PostgreSQL uses the same data folder, as for keys.json and files."""
    keys = KeyRing.load_or_create(tmp_path / "keys.json")
    several = [Authority(tmp_path / "seals", keys) for _ in range(8)]
    start, found = threading.Barrier(len(several)), []

    def begin(authority: Authority) -> None:
        start.wait(timeout=60)
        authority.found(NOW)
        found.append((authority.root().der, authority.identity_of(ORGAN, NOW).der))

    threads = [threading.Thread(target=begin, args=(one,)) for one in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(found) == len(several)
    assert len(set(found)) == 1


def test_each_organ_has_a_certificate_of_its_own_renewed_in_time(tmp_path: Path) -> None:
    authority = local_seals(tmp_path, NOW).authority
    first, other = authority.identity_of(ORGAN, NOW), authority.identity_of("示例丁局", NOW)
    assert first.der != other.der
    assert authority.identity_of(ORGAN, NOW + timedelta(days=365)).der == first.der
    nearly = first.certificate.not_valid_after_utc - timedelta(days=30)
    renewed = authority.identity_of(ORGAN, nearly)
    assert renewed.certificate.not_valid_after_utc > nearly + timedelta(days=365)
    assert [one.organ for one in authority.identities()] == sorted([ORGAN, "示例丁局"])


def test_a_long_name_is_whole_in_the_certificate(tmp_path: Path) -> None:
    """A common name holds 64 bytes, twenty-one characters; the organisation holds the name that is checked."""
    organ = "示例县人民政府政务服务和数据资源管理局（示例县行政审批局）"
    seals = local_seals(tmp_path, NOW)
    sealed = seals.provider.seal(SealRequest(sheet_of(SHEET), organ), NOW)
    verdict = check_sheet(sealed, seals.roots)
    assert verdict.genuine
    assert verdict.organ == organ


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda path, _keys: path.write_text("{"), "已损坏"),
        (lambda path, _keys: path.unlink(), "seal init"),
        (lambda path, _keys: path.write_text(path.read_text().replace("SM4-GCM:k1", "SM4-GCM:k9")), "私钥打不开"),
    ],
)
def test_damage_is_named_with_what_to_do(
    tmp_path: Path, damage: Callable[[Path, KeyRing], object], reason: str
) -> None:
    seals = local_seals(tmp_path, NOW)
    damage(seals.folder / "authority.json", seals.keys)
    with pytest.raises(AuthorityMissing, match=reason):
        Authority(seals.folder, seals.keys).root()
    assert SealSetup(SealSettings(), seals.folder, seals.keys).roots == ()


def test_a_key_moved_to_another_organs_file_does_not_open(tmp_path: Path) -> None:
    """Trust 1.7: the ciphertext is bound to its file."""
    authority = local_seals(tmp_path, NOW).authority
    authority.identity_of(ORGAN, NOW)
    authority.identity_of("示例丁局", NOW)
    one, other = sorted(authority.folder.glob("organ-*.json"))
    other.write_text(one.read_text())
    with pytest.raises(AuthorityMissing, match="私钥打不开"):
        Authority(authority.folder, KeyRing.load_or_create(tmp_path / "seal-keys.json")).identities()


# -- settings, commands, doctor ---------------------------------------------------------------------------------------


def test_a_platform_is_named_completely_or_not_at_all(tmp_path: Path) -> None:
    given = {"ZHENGCHENG_DATA_DIR": str(tmp_path), "ZHENGCHENG_SEAL": "platform"}
    with pytest.raises(SettingsRefused, match="ZHENGCHENG_SEAL_PLATFORM_SECRET"):
        Settings.from_environment(given)
    named = given | {
        "ZHENGCHENG_SEAL_PLATFORM_URL": "http://seals.example/",
        "ZHENGCHENG_SEAL_PLATFORM_ACCOUNT": "a",
        "ZHENGCHENG_SEAL_PLATFORM_SECRET": "s",
        "ZHENGCHENG_SEAL_PLATFORM_ROOTS": str(tmp_path / "roots.pem"),
    }
    settings = Settings.from_environment(named)
    assert settings.seal.url == "http://seals.example"
    with pytest.raises(SettingsRefused, match="SEAL_PLATFORM_URL 须以 https"):
        Settings.from_environment(named | {"ZHENGCHENG_ENVIRONMENT": "production"})
    with pytest.raises(SettingsRefused, match="只能填 none、local、platform"):
        Settings.from_environment(given | {"ZHENGCHENG_SEAL": "gold"})


def test_production_does_not_start_where_sheets_cannot_be_sealed(settings: Settings) -> None:
    """Trust 1.11: plain-text sheets bear no seal, so nothing could be issued as it must be."""
    with pytest.raises(SettingsRefused, match="PDF"):
        replace(settings, environment="production", base_url="https://zc.example", renderer="text").check()


@pytest.fixture
def own(app: Flask) -> Installation:
    found = app.extensions["zhengcheng"]
    assert isinstance(found, Installation)
    return found


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["seal", *words])


def test_the_commands_make_show_and_check(app: Flask, own: Installation, tmp_path: Path) -> None:
    """`seal init`, `seal show`, `seal check`: an administrator needs no other tool."""
    world = found_world(own.engine, own.keys)
    office = world.organs.office.name
    before = run(app, "check")
    assert before.exit_code == 1
    assert "seal init" in before.output
    assert run(app, "init").exit_code == 0
    assert "未作改动" in run(app, "init").output
    assert run(app, "check").exit_code == 0
    shown = run(app, "show").output
    assert office in shown
    assert "签发机构（演示印章（非法定电子印章））" in shown
    sealed = tmp_path / "sealed.pdf"
    sealed.write_bytes(own.seals.provider.seal(SealRequest(sheet_of(SHEET), office), own.clock()))
    good = run(app, "check", str(sealed))
    assert good.exit_code == 0
    assert f"机关：{office}" in good.output
    assert "演示印章（非法定电子印章）" in good.output
    altered = bytearray(sealed.read_bytes())
    altered[1000] ^= 1
    sealed.write_bytes(altered)
    assert run(app, "check", str(sealed)).exit_code == 1


def test_the_doctor_says_where_the_authority_lies_and_what_belongs_to_it(world: World, tmp_path: Path) -> None:
    seals = local_seals(tmp_path, world.clock())

    def found(setup: SealSetup, *, production: bool = False) -> dict[str, str]:
        with read_transaction(world.backend.engine) as session:
            checks = seal_files(setup, session, world.clock(), production=production)
            return {check.name: f"{check.verdict}：{check.detail}{check.advice}" for check in checks}

    fine = found(seals)
    assert fine["电子印章"].startswith("ok")
    assert str(seals.folder) in fine["签章证书"]
    assert "keys.json 一并备份" in fine["签章证书"]
    assert found(seals, production=True)["电子印章"].startswith("warning：使用自建证书的演示印章，不是法定电子印章")
    (seals.folder / "authority.json").chmod(0o644)
    assert "chmod 600" in found(seals)["签章证书"]
    unread = SealSetup(
        SealSettings("platform", "https://seals.example", "a", "s", tmp_path / "none.pem"), seals.folder, seals.keys
    )
    assert found(unread)["电子印章"].startswith("fault：读不到统一印章平台的签发机构证书")
    by_hand = SealSetup(SealSettings("none"), tmp_path / "nowhere", seals.keys)
    assert list(found(by_hand)) == ["电子印章"]
