"""The register of units: entered, put right, renamed from a day on. A unit is never deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.crypto import KeyRing
from app.database import Database
from app.models.base import new_uid
from app.models.people import Locality, Unit, UnitName
from app.services.access_log import Act, write_entry
from app.services.founding import FROM_THE_BEGINNING
from app.services.units.names import UnitRefused, apply_due_names, demand_present
from workflows.identity import check_credit_code
from workflows.kit.errors import FieldError, FormIncomplete, NotFound
from workflows.kit.forms import LabelledEnum
from workflows.kit.storable import in_words


class UnitKind(LabelledEnum):
    """Kinds of government subjects (R1)."""

    DEPARTMENT = "department", "政府部门"
    GOVERNMENT = "government", "人民政府"
    STREET = "street", "街道、乡镇"
    ZONE = "zone", "开发区、园区"
    DISPATCHED = "dispatched", "派出机构"
    INSTITUTION = "institution", "事业单位"
    GRASSROOTS = "grassroots", "基层群众性自治组织"
    OTHER = "other", "其他机关"


@dataclass(frozen=True)
class UnitFacts:
    """What the register holds of a unit besides its name. `superior` is the uid of the unit above; empty: none."""

    short_name: str = ""
    code: str = ""
    code_word: str = ""
    kind: UnitKind | None = None
    responsibilities: str = ""
    superior: str = ""
    address: str = ""
    phone: str = ""
    on_system: bool = True


class UnitRegister:
    """Changes to units, each in a small transaction of its own; `by` is who does it."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def enter(self, name: str, locality: str, facts: UnitFacts, now: datetime, by: int, uid: str = "") -> str:
        """Enter a unit; returns its uid (`uid` where the caller knows it before).

        Raises:
            FormIncomplete: name, code or 机关代字 is taken or wrong; there is no such locality or superior.
        """
        with self._database.write() as session:
            _demand_free_name(session, name)
            if session.get(Locality, locality) is None:
                raise FormIncomplete((FieldError("locality", "地区", "没有这个地区，请从列表中选择"),))
            unit = Unit(
                uid=uid or new_uid(), name=name, locality=locality, **_checked(session, facts, None, legal_day(now))
            )
            session.add(unit)
            write_entry(session, self._keys, Act.UNIT_ENTERED, by, now, target=unit.uid, purpose=name)
        return unit.uid

    def change(self, uid: str, facts: UnitFacts, now: datetime, by: int) -> bool:
        """Put the facts of a unit right; whether anything changed. Numbers already drawn stay as they are.

        Raises:
            NotFound: there is no such unit.
            FormIncomplete: a code or 机关代字 is taken or wrong, or the unit would stand below itself.
            UnitRefused: the unit does not exist any more, or its 机关代字 is fixed by the rule set.
        """
        with self._database.write() as session:
            unit = _locked(session, uid)
            demand_present(unit, legal_day(now))
            wanted = _checked(session, facts, unit, legal_day(now))
            changed = [name for name, value in wanted.items() if (getattr(unit, name) or None) != (value or None)]
            if "code_word" in changed and is_fixed_by_rules(session, unit):
                raise UnitRefused(f"{unit.name}的机关代字由规则集规定，请由规则管理员在规则中修改。")
            if not changed:
                return False
            told = "；".join(f"{_LABELS[name]}：{_told(unit, name)}→{wanted[name] or '无'}" for name in changed)
            for name in changed:
                setattr(unit, name, wanted[name])
            write_entry(session, self._keys, Act.UNIT_CHANGED, by, now, target=unit.uid, purpose=told)
        return True

    def rename(self, uid: str, name: str, from_on: date, basis: str, now: datetime, by: int) -> None:
        """Let a unit bear another name from a day on; a day to come changes it when that day begins.

        It may bear again a name of its own: so a wrong name in force is put right.

        Raises:
            NotFound: there is no such unit.
            FormIncomplete: the name is taken or the same, or the day does not lie after the last change of name.
            UnitRefused: the unit does not exist any more.
        """
        name = name.strip()
        with self._database.write() as session:
            unit = _locked(session, uid)
            demand_present(unit, legal_day(now))
            borne = session.scalars(
                select(UnitName).where(UnitName.unit_id == unit.id).order_by(UnitName.from_on)
            ).all()
            was, last = (borne[-1].name, borne[-1].from_on) if borne else (unit.name, FROM_THE_BEGINNING)
            if name == was:
                raise FormIncomplete((FieldError("name", "新名称", "与现名称相同，无须更名"),))
            _demand_free_name(session, name, unit.id)
            if from_on <= last:
                message = f"须晚于上次更名的日期（{in_words(last)}）"
                raise FormIncomplete((FieldError("from_on", "启用日期", message),))
            if not borne:
                session.add(_row(unit, unit.name, FROM_THE_BEGINNING, "登记时的名称", now, None))
            session.add(_row(unit, name, from_on, basis, now, by))
            session.flush()
            apply_due_names(session, legal_day(now), (unit.id,))
            purpose = f"{was}→{name}，自{in_words(from_on)}起，{basis}"
            write_entry(session, self._keys, Act.UNIT_RENAMED, by, now, target=unit.uid, purpose=purpose)

    def withdraw_rename(self, uid: str, from_on: date, reason: str, now: datetime, by: int) -> None:
        """撤回 a rename whose day has not come: nobody has borne the name, so that only the log remembers it.

        Raises:
            NotFound: the unit is not to be renamed on that day.
            UnitRefused: the day has come, or another rename follows on it.
        """
        with self._database.write() as session:
            unit = _locked(session, uid)
            rows = session.scalars(select(UnitName).where(UnitName.unit_id == unit.id)).all()
            wrong = next((row for row in rows if row.from_on == from_on), None)
            if wrong is None:
                raise NotFound("没有这次更名，可能已经撤回。请刷新页面核对。")
            if from_on <= legal_day(now):
                raise UnitRefused("新名称已经启用，不能撤回。名称有误的，请再次更名；可以恢复原名称。")
            if later := [row.from_on for row in rows if row.from_on > from_on]:
                raise UnitRefused(f"其后还有一次自{in_words(max(later))}起的更名。请先撤回后一次更名。")
            left = [row for row in rows if row is not wrong]
            if len(left) == 1:
                # The name at the entry is kept only beside another one.
                session.delete(left[0])
            session.delete(wrong)
            purpose = f"{wrong.name}，原定自{in_words(from_on)}起：{reason}"
            write_entry(session, self._keys, Act.UNIT_RENAME_WITHDRAWN, by, now, target=unit.uid, purpose=purpose)


_LABELS = {
    "short_name": "简称", "code": "统一社会信用代码", "code_word": "机关代字", "kind": "类别",
    "responsibilities": "职责", "superior_id": "上级单位", "address": "地址", "phone": "电话", "on_system": "文书送达",
}  # fmt: skip


def is_fixed_by_rules(session: Session, unit: Unit) -> bool:
    """Whether the rule set fixes the 机关代字: that of a locality's credit office (`office_code_word`)."""
    return session.scalar(select(Locality.key).where(Locality.office_unit_id == unit.id).limit(1)) is not None


def _told(unit: Unit, name: str) -> Any:
    return getattr(unit, name) or "无"


def _row(unit: Unit, name: str, from_on: date, basis: str, now: datetime, by: int | None) -> UnitName:
    return UnitName(unit_id=unit.id, name=name, from_on=from_on, basis=basis, entered_by=by, entered_at=now)


def _locked(session: Session, uid: str) -> Unit:
    unit = session.scalar(select(Unit).where(Unit.uid == uid).with_for_update())
    if unit is None:
        raise NotFound("没有这个单位。请返回单位名册查找。")
    return unit


def _demand_free_name(session: Session, name: str, own: int = 0) -> None:
    """A name means one unit, also one that bore it once or will bear it only later; `own` is the one that asks."""
    taken = session.scalar(select(Unit.id).where(Unit.name == name, Unit.id != own)) or session.scalar(
        select(UnitName.id).where(UnitName.name == name, UnitName.unit_id != own).limit(1)
    )
    if taken is not None:
        raise FormIncomplete((FieldError("name", "单位名称", f"“{name}”已经登记或者曾经使用，请核对"),))


def _checked(session: Session, facts: UnitFacts, unit: Unit | None, today: date) -> Mapping[str, Any]:
    """The columns of a unit.

    Raises:
        FormIncomplete: with everything that is wrong.
    """
    errors, code, superior = [], None, None
    own = unit.id if unit is not None else 0
    if facts.code:
        checked = check_credit_code(facts.code)
        code = checked.code
        if not checked.holds:
            errors.append(FieldError("code", "统一社会信用代码", checked.error))
        elif session.scalar(select(Unit.id).where(Unit.code == code, Unit.id != own)) is not None:
            errors.append(FieldError("code", "统一社会信用代码", "另一单位已经登记这一代码，请核对"))
    if facts.code_word and session.scalar(select(Unit.id).where(Unit.code_word == facts.code_word, Unit.id != own)):
        errors.append(FieldError("code_word", "机关代字", "另一单位正在使用，两个单位不得共用一列编号"))
    if facts.superior:
        superior = session.scalar(select(Unit).where(Unit.uid == facts.superior))
        if superior is None:
            errors.append(FieldError("superior", "上级单位", "没有这个单位，请从列表中选择"))
        elif unit is not None and _stands_above(session, unit.id, superior):
            errors.append(FieldError("superior", "上级单位", "上级单位不得是本单位或者本单位的下级"))
        elif superior.ended_on is not None and superior.ended_on <= today:
            errors.append(FieldError("superior", "上级单位", "该单位已不再存续，请改选"))
    if errors:
        raise FormIncomplete(tuple(errors))
    return {
        "short_name": facts.short_name,
        "code": code,
        "code_word": facts.code_word,
        "kind": facts.kind.value if facts.kind else "",
        "responsibilities": facts.responsibilities,
        "superior_id": superior.id if superior is not None else None,
        "address": facts.address,
        "phone": facts.phone,
        "on_system": facts.on_system,
    }


def _stands_above(session: Session, unit_id: int, below: Unit) -> bool:
    """Whether the unit is `below` itself or stands above it."""
    seen: set[int] = set()
    step: Unit | None = below
    while step is not None and step.id not in seen:
        if step.id == unit_id:
            return True
        seen.add(step.id)
        step = session.get(Unit, step.superior_id) if step.superior_id is not None else None
    return False
