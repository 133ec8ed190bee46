"""What a database needs before the first case: calendar, confirmed rule sets, a locality with its organs, people.

Used by the first start, by the rehearsal (each scenario its own world) and by tests; nothing here takes a step.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.base import new_uid
from app.models.cases import CalendarRow, RuleSetRow
from app.models.people import Locality, PostHolding, Unit, User
from app.services.accounts import pinyin
from app.services.make_believe import UNITS
from workflows.kit.calendar import Calendar, shipped_calendar
from workflows.roles import Post
from workflows.rules import RuleSet, load_locality

#: Rule sets of a fresh database are in force from here on, so that paper received earlier finds its rules.
FROM_THE_BEGINNING = date(2004, 1, 1)
_SHIPPED_BY = ("随系统发布", "初始化确认")


def found_calendar(session: Session, now: datetime, calendar: Calendar | None = None) -> None:
    """Store the shipped calendar (or the one given) as the first version."""
    kept = calendar or shipped_calendar()
    session.add(CalendarRow(version=kept.version, body=kept.to_json(), source="随系统发布", imported_at=now))


def found_rules(session: Session, key: str, now: datetime) -> RuleSet:
    """Store the shipped rules of a locality as its rule set number 1, entered and confirmed by two names."""
    rules = load_locality(key)
    session.add(
        RuleSetRow(
            locality=key,
            number=1,
            digest=rules.digest,
            body=rules.to_json(),
            in_force_from=FROM_THE_BEGINNING,
            entered_by=_SHIPPED_BY[0],
            entered_at=now,
            confirmed_by=_SHIPPED_BY[1],
            confirmed_at=now,
        )
    )
    return rules


@dataclass(frozen=True)
class Organs:
    """The organs of one locality, by the part they play."""

    office: Unit
    superior: Unit
    review: Unit
    tolerance: Unit
    discipline: Unit
    audit: Unit
    government: Unit


def found_locality(session: Session, key: str, now: datetime) -> Organs:
    """Store a locality with its rule set and the organs its rule set names."""
    rules = found_rules(session, key, now)
    tolerance, *_rest = rules.names("tolerance.organs")
    superior, review = rules.text("superior_office"), rules.text("review_body")
    government = ensure_unit(
        session, key, f"{rules.name}人民政府（演示）" if rules.make_believe else f"{rules.name}人民政府"
    )
    organs = Organs(
        office=ensure_unit(
            session, key, rules.text("office_name"), rules.text("office_code_word"), superior=government
        ),
        superior=ensure_unit(session, key, superior, _code_word(superior, rules.text("office_code_word") + "上")),
        review=ensure_unit(session, key, review, _code_word(review, rules.text("office_code_word") + "复")),
        tolerance=ensure_unit(session, key, tolerance, superior=government),
        discipline=ensure_unit(session, key, "示例纪检监察机关", superior=government),
        audit=ensure_unit(session, key, "示例审计局", superior=government),
        government=government,
    )
    session.flush()
    session.add(
        Locality(
            key=key,
            name=rules.name,
            office_unit_id=organs.office.id,
            superior_unit_id=organs.superior.id,
            review_unit_id=organs.review.id,
            tolerance_unit_id=organs.tolerance.id,
            discipline_unit_id=organs.discipline.id,
            audit_unit_id=organs.audit.id,
        )
    )
    return organs


def organs_of(session: Session, key: str) -> Organs:
    """The organs of a locality that is stored already."""
    place = session.execute(select(Locality).where(Locality.key == key)).scalar_one()

    def unit(unit_id: int | None) -> Unit:
        found = session.get(Unit, unit_id)
        assert found is not None
        return found

    office = unit(place.office_unit_id)
    return Organs(
        office=office,
        superior=unit(place.superior_unit_id),
        review=unit(place.review_unit_id),
        tolerance=unit(place.tolerance_unit_id),
        discipline=unit(place.discipline_unit_id),
        audit=unit(place.audit_unit_id),
        government=unit(office.superior_id),
    )


def ensure_unit(
    session: Session,
    locality: str,
    name: str,
    code_word: str = "",
    *,
    superior: Unit | None = None,
    code: str | None = None,
) -> Unit:
    """The unit of this name; made if it does not exist yet."""
    session.flush()
    unit = session.execute(select(Unit).where(Unit.name == name)).scalar_one_or_none()
    if unit is None:
        made_up = UNITS.get(name)
        unit = Unit(
            uid=new_uid(),
            name=name,
            short_name="",
            code=code,
            code_word=code_word or _code_word(name),
            kind=made_up.kind if made_up else "",
            locality=locality,
            superior_id=superior.id if superior else None,
            address="",
            phone="",
            on_system=True,
        )
        session.add(unit)
        session.flush()
    return unit


def _code_word(name: str, otherwise: str = "") -> str:
    """机关代字 of a unit that nobody gave one: of a make-believe one the register's, else cut from the name."""
    if name in UNITS:
        return UNITS[name].code_word
    cut = name.replace("示例", "示").replace("人民政府", "政").replace("街道办事处", "街").removesuffix("局")
    return otherwise or cut[:8]


@dataclass(frozen=True)
class NewPerson:
    """A person to be stored: his unit and the posts he holds in it."""

    login: str
    name: str
    unit: Unit | None
    posts: Iterable[Post]
    confirmed_on: date | None = None
    since: date = FROM_THE_BEGINNING
    extra_units: tuple[tuple[Unit, Post], ...] = field(default=())


def found_person(session: Session, person: NewPerson) -> User:
    """Store a person with his posts; he cannot sign in until he is given a password."""
    user = User(
        uid=new_uid(),
        login=person.login,
        name=person.name,
        name_pinyin=pinyin(person.name),
        password_hash="",
        active=True,
        electronic_service_on=person.confirmed_on,
        failed_sign_ins=0,
        language="zh",
    )
    session.add(user)
    session.flush()
    holdings = [(person.unit, post) for post in person.posts if person.unit is not None]
    for unit, post in [*holdings, *person.extra_units]:
        session.add(PostHolding(user_id=user.id, unit_id=unit.id, post=post.value, from_on=person.since))
    session.flush()
    return user


def is_empty(session: Session) -> bool:
    """Whether nobody has been stored yet."""
    return session.execute(select(func.count()).select_from(User)).scalar_one() == 0
