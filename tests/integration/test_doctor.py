"""`doctor` finds what is wrong and says what to do (issue 2, item 10); nothing wrong, nothing said."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text, update

from app.clock import MovableClock
from app.extensions import Installation
from app.models.cases import CaseState, Dossier
from app.models.history import OutboxRow
from app.models.terms import StuckClaim
from app.services.checks import Check, Verdict
from app.services.doctor import examine
from app.services.heartbeat import SILENCE, beat
from app.services.outbox import drain
from app.services.stuck import retry_stuck
from app.settings import MailSettings, Settings
from tests.support.world import World, found_world


@pytest.fixture
def own(app: Flask) -> Installation:
    found = app.extensions["zhengcheng"]
    assert isinstance(found, Installation)
    return found


@pytest.fixture
def district(own: Installation, clock: MovableClock) -> World:
    world = found_world(own.engine, own.keys)
    clock.set(max(clock(), world.clock()))
    world.clock, world.backend = clock, own.backend
    beat(own.database, clock())
    return world


def checks(own: Installation, *, deep: bool = False, settings: Settings | None = None) -> dict[str, Check]:
    found = examine(own.database, settings or own.settings, own.keys, own.clock(), deep=deep)
    return {check.name: check for check in found}


def test_an_installation_in_order_has_no_fault(own: Installation, district: World) -> None:
    district.objection_in("verifying")
    own.seals.authority.found(own.clock())
    beat(own.database, own.clock())
    found = checks(own, deep=True)
    assert [check for check in found.values() if check.verdict is Verdict.FAULT] == []
    assert all(check.advice == "" for check in found.values() if check.verdict is Verdict.OK)
    assert found["历史记录"].ok
    assert found["数据一致性"].ok


def test_every_finding_says_what_to_do(own: Installation, district: World) -> None:
    """A silent sweep, a missing yearly notice from November on, a clock that went back."""
    assert isinstance(own.clock, MovableClock)
    own.clock.advance(timedelta(days=60))
    found = checks(own)
    assert found["到期处理"].verdict is Verdict.WARNING
    assert "worker" in found["到期处理"].advice
    assert "尚无2027年的放假安排" in found["工作日历"].detail
    assert "calendar import" in found["工作日历"].advice
    own.clock.advance(timedelta(days=60))
    assert checks(own)["工作日历"].verdict is Verdict.FAULT
    district.record_in("draft")
    with own.database.write() as session:
        session.execute(update(Dossier).values(last_event_at=own.clock() + timedelta(hours=1)))
    assert "NTP" in checks(own)["系统时钟"].advice


def test_a_sweep_that_is_late_by_a_second_is_silent(own: Installation, district: World) -> None:
    assert isinstance(own.clock, MovableClock)
    own.clock.advance(SILENCE)
    assert checks(own)["到期处理"].verdict is Verdict.OK
    own.clock.advance(timedelta(seconds=1))
    assert checks(own)["到期处理"].verdict is Verdict.WARNING


def test_work_that_fails_four_times_is_stuck_listed_and_can_be_put_back(own: Installation, district: World) -> None:
    """Architecture 2: counted, tried again after 1, 5 and 30 minutes, then in a person's hands."""
    assert isinstance(own.clock, MovableClock)
    draft = district.record_in("screening")
    district.step("officer", "propose", draft, {"step": "approve", "form": {}, "opinion": "拟同意"})
    district.step("approver", "approve", draft)

    def broken(_claim: object) -> None:
        raise RuntimeError("打印机着火")

    for minutes in (0, 1, 5, 30):
        own.clock.advance(timedelta(minutes=minutes))
        assert drain(own.backend, own.clock, {"seal": broken}) == 0
    (stuck,) = [row for row in district.rows(OutboxRow) if row.status == "stuck"]
    (listed,) = [check for name, check in checks(own).items() if name.startswith("后台任务 #")]
    assert (listed.verdict, listed.detail) == (Verdict.FAULT, "RuntimeError: 打印机着火")
    assert listed.name == f"后台任务 #{stuck.id}（生成并签章文书）"
    assert "outbox retry" in listed.advice
    assert retry_stuck(own.database, own.clock()) == 1
    assert district.seal() == 1
    assert not [name for name in checks(own) if name.startswith("后台任务 #")]


def test_terms_given_up_are_listed(own: Installation, district: World) -> None:
    case = district.objection_in("verifying")
    term = district.terms(case)["objection.verification"]
    with own.database.write() as session:
        session.add(StuckClaim(term_id=term.id, attempts=5, retry_at=None, error="规则集缺失"))
    assert checks(own)[f"到期处理失败（期限 #{term.id}）"].detail == "规则集缺失"


def test_files_settings_and_vocabulary(own: Installation, district: World, tmp_path: Path) -> None:
    own.settings.key_file.chmod(0o644)
    with own.database.write() as session:
        session.add(CaseState(kind="record", state="nowhere", phase="open"))
    mail = Settings(**{**vars(own.settings), "mail": MailSettings(host="127.0.0.1")})
    found = checks(own, settings=mail)
    assert f"chmod 600 {own.settings.key_file}" in found["密钥文件"].advice
    assert "record.nowhere" in found["流程状态表"].detail
    assert "ZHENGCHENG_MAIL_SENDER" in found["邮件提醒"].advice


def test_a_database_that_is_not_ours_to_use_ends_the_examination(own: Installation) -> None:
    with own.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    found = checks(own)
    assert found["数据库"].verdict is Verdict.FAULT
    assert "db upgrade" in found["数据库"].advice
    assert "工作日历" not in found
