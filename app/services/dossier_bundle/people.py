"""The people, units and localities that a dossier names: who they were, never how they signed in or are identified."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.models.people import Locality, Unit, User
from app.services.dossier_bundle.errors import BundleRefused
from app.services.dossier_bundle.tables import Row, cited

FILE = "people.json"
_PERSON = ("id", "uid", "name", "name_pinyin")
_UNIT = ("id", "uid", "name", "short_name", "code", "code_word", "locality", "address", "phone", "on_system")
_LOCALITY = (
    "key", "name", "office_unit_id", "superior_unit_id", "review_unit_id", "tolerance_unit_id", "discipline_unit_id",
    "audit_unit_id",
)  # fmt: skip


def people_of(session: Session, rows: dict[str, list[Row]]) -> dict[str, list[dict[str, Any]]]:
    """Everybody whom the rows name, by id; of people the name only."""
    keys = {row["locality"] for row in (*rows["dossier"], *rows["cases"])}
    localities = session.scalars(select(Locality).where(Locality.key.in_(keys)).order_by(Locality.key)).all()
    places = [{name: getattr(one, name) for name in _LOCALITY} for one in localities]
    organs = {value for place in places for name, value in place.items() if name.endswith("_id") and value is not None}
    units = session.scalars(select(Unit).where(Unit.id.in_(cited(rows, "unit") | organs)).order_by(Unit.id))
    users = session.scalars(select(User).where(User.id.in_(cited(rows, "user_account"))).order_by(User.id))
    return {
        "localities": places,
        "people": [{name: getattr(one, name) for name in _PERSON} for one in users],
        "units": [{name: getattr(one, name) for name in _UNIT} for one in units],
    }


def restore_people(session: Session, told: dict[str, list[dict[str, Any]]]) -> None:
    """Enter who is not there yet, without a sign-in; whoever is there must be the same.

    The bodies of the history cite people and units by number, and may not be rewritten: a number that means somebody
    else here cannot be given away.

    Raises:
        BundleRefused: a number, name or code stands for somebody else in this system.
    """
    for one in told["units"]:
        _enter(session, Unit, one, {})
    session.flush()
    for one in told["people"]:
        # No password fits an empty hash, and the account is closed besides.
        stub = {"login": f"archived-{one['uid']}", "password_hash": "", "active": False}
        _enter(session, User, one, stub)
    for one in told["localities"]:
        if session.get(Locality, one["key"]) is None:
            session.add(Locality(**{name: one[name] for name in _LOCALITY}))
    session.flush()


def _enter(session: Session, model: type[Unit] | type[User], one: dict[str, Any], more: dict[str, Any]) -> None:
    known = session.execute(select(model.uid, model.name).where(model.id == one["id"])).one_or_none()
    if known is not None:
        if known.uid != one["uid"]:
            taken = "是名称相同的另一条登记" if known.name == one["name"] else f"是“{known.name}”"
            raise BundleRefused(
                f"中编号{one['id']}是“{one['name']}”，在本系统中{taken}。"
                "历史记录按编号引用人员和单位，不能改写；请导入空库，或者只存放同一系统案卷的库。",
                FILE,
            )
        return
    if _is_taken(session, model, one):
        raise BundleRefused(f"中的“{one['name']}”在本系统中已以另一编号存在。请导入空库。", FILE)
    fields = _UNIT if model is Unit else _PERSON
    session.add(model(**{name: one[name] for name in fields}, **more))


def _is_taken(session: Session, model: type[Unit] | type[User], one: dict[str, Any]) -> bool:
    """Whether somebody else here has the uid, or in the case of a unit the name or the code."""
    same: list[ColumnElement[bool]] = [model.uid == one["uid"]]
    if model is Unit:
        same.append(Unit.name == one["name"])
        if one["code"] is not None:
            same.append(Unit.code == one["code"])
    return session.execute(select(model.id).where(or_(*same))).first() is not None
