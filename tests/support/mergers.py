"""Merging two units of a world: proposed by one person of it, confirmed by another."""

from app.database import Database
from app.models.cases import Case
from app.models.people import UnitMerger
from app.services.audit import verify
from app.services.invariants import breaches
from app.services.units.mergers import MergerManner, Mergers
from app.services.units.succession import RELATIONS
from tests.support.world import World

BASIS = "示编〔2026〕5号"


def mergers(world: World) -> Mergers:
    return Mergers(database(world), world.backend.keys)


def database(world: World) -> Database:
    return Database(world.backend.engine, world.backend.sessions)


def propose(world: World, old: str = "provider", new: str = "foreign", *, moves_posts: bool = True) -> str:
    by = world["officer"].user_id
    assert by is not None
    uids, now = world.unit_uids, world.clock()
    return mergers(world).propose(uids[old], uids[new], MergerManner.MERGED, BASIS, now, by, moves_posts=moves_posts)


def confirm(world: World, uid: str, by: str = "approver") -> None:
    who = world[by].user_id
    assert who is not None
    mergers(world).confirm(uid, world.clock(), who)


def status(world: World, uid: str) -> str:
    return next(row.status for row in world.rows(UnitMerger) if row.uid == uid)


def naming(world: World, unit: str) -> list[Case]:
    return [case for case in world.rows(Case) if world.units[unit] in {getattr(case, name) for name in RELATIONS}]


def sound(world: World) -> None:
    with database(world).read() as session:
        assert breaches(session) == []
        assert verify(session, world.backend.keys).holds


def busy_world(world: World) -> World:
    """An objection at its provider, a record that waits for the provider, and one that is closed."""
    world.objection_in("verifying", world.record_in("listed"))
    world.record_in("returned")
    world.record_in("declined")
    return world
