"""What a list of the desk is sifted by: kind, state, light, party, unit, last day. All of it stands in the address."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.models.cases import Case
from app.models.people import Unit, User
from app.models.terms import TermRow
from app.services.lawbook import current_calendar
from app.services.reading.reader import Reader
from app.services.reading.shade import Shade
from workflows.kit.counting import Nature

#: So much is read of a name that was typed.
LONGEST = 40
#: With this many working days left, or fewer, a last day is near (the first rung of the ladder).
NEAR = 3


@dataclass(frozen=True)
class Sieve:
    """Empty values sift nothing. `party` and `unit` are parts of names; days are last days, both included."""

    kind: str = ""
    state: str = ""
    shade: Shade | None = None
    party: str = ""
    unit: str = ""
    from_on: date | None = None
    until_on: date | None = None

    @property
    def is_empty(self) -> bool:
        return self == Sieve()

    def without(self, name: str) -> "Sieve":
        """The same without one condition; a state goes with its kind."""
        if name == "kind":
            return replace(self, kind="", state="")
        return replace(self, **{name: getattr(Sieve(), name)})


def sifted(reader: Reader, sieve: Sieve) -> list[ColumnElement[bool]]:
    """The conditions of a sieve on `Case`."""
    found: list[ColumnElement[bool]] = []
    if sieve.kind:
        found.append(Case.kind == sieve.kind)
    if sieve.state:
        found.append(Case.state == sieve.state)
    if sieve.shade is not None:
        found.append(_shaded(reader, sieve.shade))
    if sieve.party:
        found.append(_about(sieve.party))
    if sieve.unit:
        found.append(Case.provider_unit_id.in_(select(Unit.id).where(_named(sieve.unit))))
    if sieve.from_on is not None:
        found.append(Case.due_on >= sieve.from_on)
    if sieve.until_on is not None:
        found.append(Case.due_on <= sieve.until_on)
    return found


def _shaded(reader: Reader, shade: Shade) -> ColumnElement[bool]:
    today = reader.today
    if shade is Shade.LATE:
        return Case.due_on < today
    if shade is Shade.PAUSED:
        paused = exists().where(
            TermRow.case_id == Case.id, TermRow.status == "paused", TermRow.nature != Nature.PERIOD.value
        )
        return and_(Case.due_on.is_(None), paused)
    # A day on which nobody works is as near as the working day before it.
    calendar = current_calendar(reader.session)
    edge = calendar.add_working_days(today, NEAR + 1) - timedelta(days=1)
    return Case.due_on.between(today, edge) if shade is Shade.NEAR else Case.due_on > edge


def _about(words: str) -> ColumnElement[bool]:
    """A part of the party's name, or the beginning of its pinyin."""
    letters = words.replace(" ", "").lower()
    reads = func.replace(User.name_pinyin, " ", "").startswith(letters, autoescape=True)
    person = User.name.contains(words, autoescape=True)
    people = select(User.id).where(or_(person, reads) if letters.isascii() else person)
    return or_(Case.subject_person_id.in_(people), Case.subject_unit_id.in_(select(Unit.id).where(_named(words))))


def _named(words: str) -> ColumnElement[bool]:
    return or_(Unit.name.contains(words, autoescape=True), Unit.short_name.contains(words, autoescape=True))
