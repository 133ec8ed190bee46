"""An imported dossier is a copy to be read: nothing moves it, and it moves nothing (ADR 0008, trust 1.8)."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, select

from app.clock import MovableClock
from app.database import alembic_config, write_transaction
from app.models.cases import CalendarRow
from app.models.history import AccessLog, EventRow
from app.models.people import Unit
from app.services.backend import Backend
from app.services.calendar_imports import import_calendar
from app.services.commands import TakeStep
from app.services.database_purpose import ensure_marked
from app.services.dossier_bundle.checking import check_bundle
from app.services.dossier_bundle.contents import ROWS
from app.services.founding import NewPerson, found_person
from app.services.recusals import declare_recusal
from app.services.steps import take_step
from app.services.sweeping import sweep
from tests.support.dossiers import NOW, FilingWorld, Place, filed
from workflows.kit.calendar import Calendar, shipped_calendar
from workflows.kit.context import Actor
from workflows.kit.errors import DossierIsACopy, NotFound
from workflows.roles import Post


def test_an_imported_dossier_is_read_only_for_people_and_clocks(
    world: FilingWorld, home: Place, archive: Place
) -> None:
    """No step, no sweep, no calendar moves it; it still verifies and comes out the same."""
    uid = filed(world)
    bundle = home.export(uid)
    archive.take_in(bundle)
    with write_transaction(archive.database.sessions) as session:
        office = session.scalars(select(Unit).where(Unit.name == "示范区信用管理办公室")).one()
        officer = found_person(session, NewPerson("reader", "档测试", office, (Post.OFFICER,)))
        actor = Actor(officer.id, officer.name, officer.uid)
        outsider = found_person(session, NewPerson("outsider", "外测试", office, (Post.CIVIL_SERVANT,)))
        stranger = Actor(outsider.id, outsider.name, outsider.uid)
    backend = Backend(archive.engine, archive.database.sessions, archive.keys)
    later = NOW + timedelta(days=400)
    with pytest.raises(DossierIsACopy):
        take_step(backend, TakeStep("accept", actor, {}, case=uid), later)
    # That it is a copy also says that it exists: whoever may not see it hears neither.
    with pytest.raises(NotFound):
        take_step(backend, TakeStep("accept", stranger, {}, case=uid), later)
    with pytest.raises(NotFound):
        take_step(backend, TakeStep("submit", stranger, {}, opens="objection", parent=uid), later)
    with pytest.raises(NotFound):
        declare_recusal(backend, stranger, uid, "与当事人系近亲属", later)
    with pytest.raises(DossierIsACopy):
        declare_recusal(backend, actor, uid, "与当事人系近亲属", later)
    report = sweep(backend, MovableClock(later))
    assert not report.failed
    shipped = shipped_calendar()
    newer = Calendar.from_json(shipped.to_json().replace(f'"{shipped.version}"', '"2099"'))
    assert newer.version == "2099"
    import_calendar(backend, newer, "测试", lambda: later)
    assert archive.export(uid) == bundle


def test_an_older_calendar_does_not_become_the_one_that_counts(world: FilingWorld, home: Place, archive: Place) -> None:
    """A dossier of past years brings its calendar along; terms of today go on by the newest."""
    bundle = home.export(world.record_in("listed"))
    with write_transaction(archive.database.sessions) as session:
        session.add(CalendarRow(version="2099", body=shipped_calendar().to_json(), source="测试", imported_at=NOW))
    archive.take_in(bundle)
    with archive.database.read() as session:
        versions = session.scalars(select(CalendarRow.version).order_by(CalendarRow.id)).all()
    assert versions[-1] == "2099"
    assert len(versions) == 2


def test_a_calendar_stored_here_on_another_day_is_no_hindrance(world: FilingWorld, home: Place, archive: Place) -> None:
    """Trust 1.8: an installation that was prepared takes the dossier in, and gives it out with the law as it came."""
    uid = world.record_in("listed")
    bundle = home.export(uid)
    shipped = shipped_calendar()
    with write_transaction(archive.database.sessions) as session:
        session.add(CalendarRow(version=shipped.version, body=shipped.to_json(), source="另存", imported_at=NOW))
    archive.take_in(bundle)
    assert archive.export(uid) == bundle


def test_a_dossier_of_a_demo_says_so_wherever_it_is_taken(world: FilingWorld, home: Place, archive: Place) -> None:
    """The index and a file of the bundle; a copy in a real system stays what it was."""
    uid = world.record_in("draft")
    assert not check_bundle(home.export(uid)).make_believe
    ensure_marked(home.database, "demo")
    bundle = home.export(uid)
    checked = check_bundle(bundle)
    assert "演示案卷" in checked.files["00-案卷目录.txt"].decode()
    assert "均为虚构" in checked.files["00-演示案卷.txt"].decode()
    ensure_marked(archive.database, "production")
    archive.take_in(checked)
    assert archive.export(uid) == bundle


def test_the_import_itself_is_logged(world: FilingWorld, home: Place, archive: Place) -> None:
    """Trust 1.8: who took it in, and the accounts made afterwards get numbers of their own."""
    archive.take_in(home.export(world.record_in("draft")))
    with archive.database.read() as session:
        (entry,) = session.scalars(select(AccessLog)).all()
        assert (entry.act, entry.purpose) == ("imported", "档案员")
        assert session.scalar(select(func.count()).select_from(EventRow)) == 1


def test_an_update_leaves_copies_as_they_came(world: FilingWorld, home: Place, archive: Place) -> None:
    """T16: of an older bundle too, which names bodies that nothing came before; its signature stays good."""
    uid = filed(world)
    move(home, command.downgrade, "0028")
    bundle = home.export(uid)
    assert b'"tolerance_unit_id": null' not in rows_in(bundle)
    archive.take_in(bundle)
    for way, to in ((command.downgrade, "0028"), (command.upgrade, "head")):
        move(archive, way, to)
        assert archive.export(uid) == bundle, to


def move(place: Place, way: Callable[[Config, str], None], to: str) -> None:
    """Bring the tables of a place to another revision."""
    with place.engine.execution_options(write=True).begin() as connection:
        way(alembic_config(connection), to)


def rows_in(bundle: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(bundle)) as opened:
        return next(opened.read(name) for name in opened.namelist() if name.endswith(ROWS))
