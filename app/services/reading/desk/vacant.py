"""Where to look for cases without hands: few among many, found by indexes; whether one is, `without_hands` says.

Among a million cases some ten thousand are held, and of these hardly any lack hands. So the held ones are not asked
one by one: vacant posts are found first, and beside them only cases in which somebody may have to keep out.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import aliased

from app.access.standing import in_force
from app.models.cases import Case
from app.models.people import PostHolding, Recusal, User
from app.services.reading.reader import Reader
from workflows.roles import RELATIONS, Capacity, Post

#: More than this is neither counted nor listed at once.
_MOST = 2_000
#: So many keys in one question: databases limit them.
_AT_ONCE = 1_000


def perhaps_without_hands(reader: Reader, scope: ColumnElement[bool]) -> list[int]:
    """Ids of every case without hands within a scope, and of few others; the first two thousand of each sort."""
    held, about_unit = Case.holder_unit_id.is_not(None), Case.subject_unit_id.is_not(None)
    # With a sum no index is walked for it: all that is held is what is not to be gone through.
    also_held = (Case.holder_unit_id + 0).is_not(None)
    officials = select(PostHolding.user_id).where(PostHolding.post != Post.CIVIL_SERVANT.value).distinct()
    sorts: list[ColumnElement[bool]] = [
        *_vacant(reader),
        *(and_(also_held, Case.dossier_id.in_(some)) for some in _lots(reader, select(Recusal.dossier_id).distinct())),
        *(and_(also_held, Case.subject_person_id.in_(some)) for some in _lots(reader, officials)),
        and_(held, about_unit, Case.subject_unit_id == Case.holder_unit_id),
        and_(also_held, Case.subject_unit_id.in_(_units_of_people_in_several(reader))),
        Case.holder_person_id.in_(select(User.id).where(~User.active)),
    ]
    found: set[int] = set()
    for sort in sorts:
        found.update(reader.session.scalars(select(Case.id).where(sort, scope).limit(_MOST)))
    return sorted(found)


def _lots(reader: Reader, keys: Select[int]) -> Iterator[Sequence[int]]:
    """Keys by the thousand, as they are: of a query in their place a planner believes that any case may have them."""
    found = reader.session.scalars(keys).all()
    yield from (found[start : start + _AT_ONCE] for start in range(0, len(found), _AT_ONCE))


def _vacant(reader: Reader) -> Iterator[ColumnElement[bool]]:
    """Posts by which cases are held and which nobody has today, one condition for each capacity."""
    pairs = reader.session.execute(
        select(Case.holder_unit_id, Case.holder).where(Case.holder_unit_id.is_not(None)).distinct()
    ).all()
    staffed = reader.session.execute(
        select(PostHolding.unit_id, PostHolding.post)
        .join(User, User.id == PostHolding.user_id)
        .where(PostHolding.unit_id.in_({unit for unit, _ in pairs}), in_force(PostHolding, reader.today), User.active)
    )
    filled = {(unit, Post(post)) for unit, post in staffed}
    vacant: dict[Capacity, list[int]] = {}
    for unit, holder in pairs:
        assert unit is not None
        assert holder is not None
        posts = [post for relation in RELATIONS[Capacity(holder)] for post in relation.posts]
        if not any((unit, post) in filled for post in posts):
            vacant.setdefault(Capacity(holder), []).append(unit)
    for holder, units in sorted(vacant.items()):
        yield and_(Case.holder_unit_id.in_(sorted(units)), Case.holder == holder.value)


def _units_of_people_in_several(reader: Reader):  # type: ignore[no-untyped-def]
    """Units in which somebody works who has a post in another unit as well."""
    here, there = aliased(PostHolding), aliased(PostHolding)
    return (
        select(here.unit_id)
        .join(there, and_(there.user_id == here.user_id, there.unit_id != here.unit_id))
        .where(in_force(here, reader.today), in_force(there, reader.today))
    )
