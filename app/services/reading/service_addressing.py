"""Whose 送达地址确认书 a reader may see and enter: his own, his unit's, or that of a recipient he serves."""

from dataclasses import dataclass

from sqlalchemy import select

from app.access.capacities import reading_capacities
from app.models.cases import Dossier
from app.models.history import StoredFile
from app.models.kinds import Notice
from app.models.people import Recusal, Unit, User
from app.services.reading.reader import Reader, case_for
from app.services.service_addresses import Addressee, Confirmation, addressee_of, confirmed_address
from workflows.kit.errors import NotFound
from workflows.roles import Capacity, Post

_SPEAK_FOR_A_UNIT = frozenset({Post.STAFF, Post.HEAD, Post.DEPUTY})


@dataclass(frozen=True)
class Addressing:
    """An addressee with what he confirmed last. `on_paper`: the office enters it from his signed paper."""

    addressee: Addressee
    name: str
    on_system: bool
    confirmation: Confirmation | None
    on_paper: bool
    #: The notice from which the office came, with its title and number.
    notice: str = ""
    notice_title: str = ""

    @property
    def is_unit(self) -> bool:
        return self.addressee.unit_id is not None


def own_addressing(reader: Reader, unit_uid: str = "") -> Addressing:
    """The reader's own confirmation, or that of a unit for which he speaks.

    Raises:
        NotFound: it is not his unit.
    """
    if not unit_uid:
        addressee = Addressee(person_id=reader.standing.user_id)
        name = reader.session.execute(select(User.name).where(User.id == addressee.person_id)).scalar_one()
        return Addressing(addressee, name, True, _confirmed(reader, addressee), on_paper=False)
    unit = reader.session.execute(select(Unit).where(Unit.uid == unit_uid)).scalar_one_or_none()
    if unit is None or unit.id not in reader.standing.own_units(_SPEAK_FOR_A_UNIT):
        raise NotFound
    addressee = Addressee(unit_id=unit.id)
    return Addressing(addressee, unit.name, unit.on_system, _confirmed(reader, addressee), on_paper=False)


def addressing_of_notice(reader: Reader, uid: str) -> Addressing:
    """The confirmation of a notice's recipient, for the official who serves it.

    Raises:
        NotFound: the notice is not the reader's to serve: he is no clerk of it, or its subject, or out of its dossier
            (回避), or it is an imported copy that nobody serves.
    """
    notice = case_for(reader, uid)
    if not isinstance(notice, Notice) or Capacity.OFFICE not in reading_capacities(reader.standing, notice):
        raise NotFound
    if _is_out(reader, notice) or _is_a_copy(reader, notice):
        raise NotFound
    addressee = addressee_of(notice)
    title = f"{notice.title}{notice.number or ''}"
    if addressee.unit_id is not None:
        unit = reader.session.get_one(Unit, addressee.unit_id)
        return Addressing(addressee, unit.name, unit.on_system, _confirmed(reader, addressee), True, uid, title)
    person = reader.session.get_one(User, addressee.person_id)
    return Addressing(addressee, person.name, True, _confirmed(reader, addressee), True, uid, title)


def _is_out(reader: Reader, notice: Notice) -> bool:
    declared = select(Recusal.id).where(
        Recusal.dossier_id == notice.dossier_id, Recusal.user_id == reader.standing.user_id
    )
    return reader.session.execute(declared).first() is not None


def _is_a_copy(reader: Reader, notice: Notice) -> bool:
    return reader.session.get_one(Dossier, notice.dossier_id).imported_at is not None


def scan_of(reader: Reader, addressing: Addressing) -> tuple[str, str, str]:
    """Hash, name and type of the signed paper.

    Raises:
        NotFound: there is none.
    """
    found = addressing.confirmation
    if found is None or not found.scan_sha256:
        raise NotFound
    media_type = reader.session.execute(
        select(StoredFile.media_type).where(StoredFile.sha256 == found.scan_sha256)
    ).scalar_one()
    return found.scan_sha256, found.scan_name, media_type


def units_spoken_for(reader: Reader) -> tuple[tuple[str, str], ...]:
    """Uid and name of each unit for which the reader may confirm an address."""
    ids = sorted(reader.standing.own_units(_SPEAK_FOR_A_UNIT))
    return tuple(reader.session.execute(select(Unit.uid, Unit.name).where(Unit.id.in_(ids)).order_by(Unit.name)).all())


def _confirmed(reader: Reader, addressee: Addressee) -> Confirmation | None:
    return confirmed_address(reader.session, reader.backend.keys, addressee)
