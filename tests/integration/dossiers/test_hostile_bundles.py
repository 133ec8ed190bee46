"""Bundles that somebody made to deceive: nothing of them becomes law, page or proof here (trust 1.8; R20, R141)."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.database import write_transaction
from app.models.cases import Dossier, RuleSetRow
from app.models.history import EventRow
from app.models.imports import DossierImport
from app.models.kinds import Notice
from app.models.people import Unit, User
from app.services.backend import Backend
from app.services.dossier_bundle.archive import manifest_of, pack, unpack
from app.services.dossier_bundle.checking import check_bundle
from app.services.dossier_bundle.contents import FILES, ROWS
from app.services.dossier_bundle.errors import BundleRefused
from app.services.dossier_bundle.law import restore_law
from app.services.founding import NewPerson, found_person
from app.services.reading.reader import Reader, reader_of
from app.services.reading.service_addressing import addressing_of_notice
from app.services.reading.sheet_queue import read_board
from app.services.reading.verification import verify, verify_bytes
from app.services.service_addresses import Addressee, Confirmation, keep_confirmation
from tests.support.dossiers import NOW, FilingWorld, Place, filed
from tests.support.waiting_sheets import signed
from workflows.forms.notice import ServiceMethod
from workflows.kit.context import Actor
from workflows.kit.errors import NotFound
from workflows.roles import Post


def altered(bundle: bytes, path: str, change: Any) -> bytes:
    """The bundle with one file changed and a manifest that fits it."""
    dossier, _manifest, _signature, files = unpack(bundle)
    told = json.loads(files[path])
    change(told)
    files[path] = (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
    kept = {name: content for name, content in files.items() if not name.startswith("certificates/")}
    return pack(manifest_of(dossier, kept), None, kept)


def officer_of(place: Place) -> Actor:
    """An officer who reads what was imported."""
    with write_transaction(place.database.sessions) as session:
        office = session.scalars(select(Unit).where(Unit.name == "示范区信用管理办公室")).one()
        person = found_person(session, NewPerson("reader", "档测试", office, (Post.OFFICER,)))
        return Actor(person.id, person.name, person.uid)


def test_a_copy_proves_nothing_to_the_public(world: FilingWorld, home: Place, archive: Place) -> None:
    """R141: whether a notice stands is said by the system that issued it; a copy of it vouches for nobody's code."""
    uid = filed(world)
    with home.database.read() as session:
        notice = session.scalars(select(Notice).where(Notice.sha256.is_not(None))).first()
        assert notice is not None
        code, sheet = notice.code, f"文书{notice.uid}".encode()
        assert verify(session, code) is not None
        assert verify_bytes(session, sheet, ()).notice is not None
    archive.take_in(home.export(uid))
    with archive.database.read() as session:
        assert session.scalar(select(Notice.code).where(Notice.code == code)) == code
        assert verify(session, code) is None
        assert verify_bytes(session, sheet, ()).notice is None


def test_a_bundle_gives_no_law_to_a_locality_that_works_here(world: FilingWorld, home: Place) -> None:
    """A rule set that came in a bundle, confirmed by its own word, would decide every case opened after it."""
    with home.database.read() as session:
        own = session.scalars(select(RuleSetRow)).one()
        told = {
            column.name: value.isoformat() if hasattr(value := getattr(own, column.name), "isoformat") else value
            for column in RuleSetRow.__table__.columns
            if column.name != "id"
        }
    forged = {**told, "number": 99, "in_force_from": date(2026, 1, 2).isoformat()}
    with home.database.write() as session:
        assert restore_law(session, {"law/rules-demo-1.json": told}) == {f"demo#{own.number}": own.id}
        with pytest.raises(BundleRefused, match="规则集"):
            restore_law(session, {"law/rules-demo-99.json": forged})


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/javascript"])
def test_a_bundle_brings_no_page_of_its_own(world: FilingWorld, home: Place, media_type: str) -> None:
    """Trust 1.10: what a bundle calls a web page would be drawn as one under our address."""

    def disguise(told: Any) -> None:
        told[0]["media_type"] = media_type

    with pytest.raises(BundleRefused, match="类型"):
        check_bundle(altered(home.export(filed(world)), FILES, disguise))


@pytest.mark.parametrize("column", ["imported_at", "password_hash"])
def test_an_unexpected_column_is_refused_in_words(world: FilingWorld, home: Place, archive: Place, column: str) -> None:
    """Whatever a row has too much or too little, the answer is a refusal and not an incident; nothing stays."""

    def add(told: Any) -> None:
        told["dossier"][0][column] = None

    with pytest.raises(BundleRefused):
        archive.take_in(altered(home.export(filed(world)), ROWS, add))
    with archive.database.read() as session:
        assert session.scalars(select(EventRow)).all() == []


def reading(place: Place, actor: Actor, session: Any) -> Reader:
    return reader_of(Backend(place.engine, place.database.sessions, place.keys), session, actor, NOW)


def test_a_copy_is_nobodys_work_on_the_pages_of_sheets_and_addresses(
    world: FilingWorld, home: Place, archive: Place
) -> None:
    """ADR 0008: no sheet is missing of it, and nobody's address is changed because of it."""
    (notice,) = signed(world)
    archive.take_in(home.export(notice.uid))
    actor = officer_of(archive)
    with archive.database.read() as session:
        reader = reading(archive, actor, session)
        assert read_board(reader).lines == ()
        with pytest.raises(NotFound):
            addressing_of_notice(reader, notice.uid)


def test_consent_counts_for_own_notices_though_a_copy_lies_beside_them(world: FilingWorld, home: Place) -> None:
    """R142: a copy that cannot be changed does not keep the withdrawal of consent from what is still to be sent."""
    copied, own = signed(world, 2)
    with write_transaction(home.database.sessions) as session:
        dossier = session.get_one(Dossier, copied.dossier_id)
        dossier.imported_at = NOW
        session.add(
            DossierImport(
                dossier_id=dossier.id, manifest_sha256="", imported_at=NOW, imported_by="", chains="{}", anchors="[]",
                signature="{}",
            )
        )  # fmt: skip
    person = world["subject"].user_id
    assert person is not None
    said = Confirmation(ServiceMethod.POST, False, "王测试", "示范区示例路1号", "010-00000000", world.today)
    keep_confirmation(world.backend, home.files, Addressee(person_id=person), said, person, world.clock())
    with home.database.read() as session:
        assert session.get_one(User, person).electronic_service_on is None
        assert session.get_one(Notice, own.id).electronic is False
        assert session.get_one(Notice, copied.id).electronic is True
