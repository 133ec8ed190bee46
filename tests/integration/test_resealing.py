"""Sealing old values anew after the key changed (trust 1.7, T15): on both databases, interrupted and resumed."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.clock import MovableClock
from app.crypto import FieldContext, KeyRing
from app.database import Database
from app.extensions import Installation
from app.models.base import Base
from app.models.batches import ImportBatch, ImportRow
from app.models.entry import KeptForm
from app.models.people import User
from app.seals.ca import Authority
from app.services import resealing
from app.services.accounts import Accounts
from app.services.imports.batches import content_context, row_context
from app.services.kept_forms import Sent, keep_form
from app.services.mail_addresses import mail_address_of, set_mail_address
from app.services.resealing import COLUMNS, outstanding, reseal
from app.services.second_factor import new_seed, seed_context
from app.settings import Settings
from tests.support.identity import identity_number

PEOPLE = 5


@pytest.fixture
def own(app: Flask) -> Installation:
    made: Installation = app.extensions["zhengcheng"]
    return made


@pytest.fixture
def filled(own: Installation, clock: MovableClock) -> Database:
    """People with identity numbers, mail and a second factor; one import; one kept form."""
    accounts, now, keys = Accounts(own.database, own.keys, own.passwords), clock(), own.keys
    for number in range(PEOPLE):
        accounts.create(f"wang.{number}", "王测试", "Shifan-2026", now, identity_number=identity_number(number + 1))
        set_mail_address(own.database, keys, f"wang.{number}", f"w{number}@example.gov.cn", now)
    with own.database.write() as session:
        user = session.scalars(select(User).order_by(User.id)).first()
        assert user is not None
        user.totp_sealed = keys.seal(new_seed(), seed_context(user))
        session.add(
            ImportBatch(
                id=1, uid="b1", number="1", kind="records", uploaded_by=user.id, uploaded_at=now, file_name="a.csv",
                sha256="0" * 64, status="read", content=keys.seal("内容", content_context("b1")),
            )
        )  # fmt: skip
        session.flush()
        for number in (2, 3):
            sealed = keys.seal(f"第{number}行", row_context("b1", number))
            session.add(ImportRow(batch_id=1, number=number, status="fine", sealed=sealed))
        session.add(ImportRow(batch_id=1, number=4, status="made", sealed=""))
    return own.database


def rotated(own: Installation) -> tuple[KeyRing, KeyRing]:
    """The keys after a change, and the same without the old one: what opens with it was sealed anew."""
    changed = own.keys.rotate(own.settings.key_file)
    return changed, KeyRing(changed.active, {changed.active: changed.versions[changed.active]}, changed.provider)


def test_every_value_opens_with_the_new_key_alone(own: Installation, filled: Database, clock: MovableClock) -> None:
    with filled.read() as session:
        uid = session.scalars(select(User.uid).where(User.login == "wang.0")).one()
    token = keep_form(filled, own.keys, uid, Sent("/records/new", "/records/new", {"facts": ["事实"]}), clock())
    changed, alone = rotated(own)
    with filled.read() as session:
        assert outstanding(session, changed) == PEOPLE * 2 + 1 + 1 + 2 + 1
    heard: list[tuple[int, int]] = []
    report = reseal(filled, changed, lambda done, total: heard.append((done, total)))
    assert (report.done, report.broken) == (PEOPLE * 2 + 5, ())
    assert heard[-1] == (PEOPLE * 2 + 5, PEOPLE * 2 + 5)
    with filled.read() as session:
        assert outstanding(session, changed) == 0
        for user in session.scalars(select(User)):
            place = FieldContext("user_account", "identity_sealed", user.uid)
            number = alone.unseal(user.identity_sealed or "", place)
            assert user.identity_index == alone.blind_index(number)
            assert mail_address_of(alone, user) == f"w{user.login[-1]}@example.gov.cn"
        rows = session.scalars(select(ImportRow).order_by(ImportRow.number)).all()
        assert [alone.unseal(row.sealed, row_context("b1", row.number)) for row in rows[:2]] == ["第2行", "第3行"]
        assert rows[2].sealed == ""
        assert session.scalar(select(func.count()).select_from(KeptForm)) == 1
    assert token
    again = reseal(filled, changed, lambda _done, _total: None)
    assert again.done == 0


def test_an_interrupted_run_goes_on_where_it_was(
    own: Installation, filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 2)
    changed, _alone = rotated(own)

    def stop(done: int, _total: int) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reseal(filled, changed, stop)
    with filled.read() as session:
        left = outstanding(session, changed)
    assert left == PEOPLE * 2 + 4 - 4
    assert reseal(filled, changed, lambda _done, _total: None).done == left


def test_what_cannot_be_opened_is_left_and_named(own: Installation, filled: Database) -> None:
    changed, _alone = rotated(own)
    with filled.write() as session:
        first, second, *_ = session.scalars(select(User).order_by(User.id)).all()
        # Moved to another row: it belongs to the first.
        second.mail_sealed = first.mail_sealed
        kept, key = second.mail_sealed, second.id
    report = reseal(filled, changed, lambda _done, _total: None)
    assert report.broken == (f"user_account.mail_sealed {key}",)
    with filled.read() as session:
        assert session.get_one(User, key).mail_sealed == kept
        assert outstanding(session, changed) == 1


def test_no_column_with_ciphertext_is_forgotten() -> None:
    named = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("sealed")
    }
    known = {(sealed.model.__tablename__, sealed.column.key) for sealed in COLUMNS}
    assert named <= known
    assert known - named == {("import_batch", "content")}


def test_the_commands_tell_what_to_do_and_how_far_they_are(
    app: Flask, settings: Settings, own: Installation, filled: Database, clock: MovableClock
) -> None:
    runner = app.test_cli_runner()
    assert "尚有0项" in runner.invoke(args=["keys", "status"]).output
    assert "再执行 keys reseal" in runner.invoke(args=["keys", "rotate", "--yes"]).output
    restarted = create_app(settings, clock).test_cli_runner()
    assert f"尚有{PEOPLE * 2 + 4}项" in restarted.invoke(args=["keys", "status"]).output
    done = restarted.invoke(args=["keys", "reseal"])
    assert done.exit_code == 0
    assert "（100%）" in done.output
    assert f"已重新加密{PEOPLE * 2 + 4}项" in done.output
    assert "尚有0项" in restarted.invoke(args=["keys", "status"]).output


def test_private_keys_of_seals_follow(own: Installation, clock: MovableClock, tmp_path: Path) -> None:
    folder = tmp_path / "seals"
    before = Authority(folder, own.keys)
    before.found(clock())
    before.identity_of("示例甲局", clock())
    changed, alone = rotated(own)
    assert Authority(folder, changed).reseal() == 2
    assert Authority(folder, changed).reseal() == 0
    assert Authority(folder, alone).identity_of("示例甲局", clock()).organ == "示例甲局"
