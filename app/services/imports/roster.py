"""Whom a row names: a unit or a person of the register, by code or by name, as the clerk's own search finds them."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.models.people import Unit, User
from app.services.imports.cells import plain
from app.services.imports.former_names import Former, FormerNames
from app.services.reading.reader import Reader
from app.services.reading.subjects import clerk_localities, people_of
from workflows.identity import check_credit_code, check_identity_number

_NOT_KNOWN = "名册中没有这个人或者单位。请核对名称；系统外人员请先在“记录登记”页登记"
#: Fifteen or eighteen places with a year of birth where an identity number has it.
_LIKE_IDENTITY = re.compile(r"\d{6}(?:19|20)\d{2}.{8}|\d{15}|\d{6}.*X")


@dataclass(frozen=True)
class Named:
    """Somebody of the register. `kind` is organ or person, as the rules name them."""

    id: int
    uid: str
    name: str
    kind: str
    #: His name as it may be written in a file.
    called: frozenset[str]
    #: What the writer should know, such as that the unit bears another name by now.
    remark: str = ""


class NotNamed(ValueError):
    """Nobody, or several, fit; the text says what to do. `of_code`: the code is to be mended, not the name."""

    def __init__(self, reason: str, *, of_code: bool = False) -> None:
        super().__init__(reason)
        self.of_code = of_code


class Roster:
    """The register as one clerk may search it, read once for a whole file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        places = self._places = clerk_localities(reader)
        self._former = FormerNames(reader.session, reader.today)
        self._organs: dict[int, Named] = {}
        self._by_code: dict[str, Named] = {}
        self._by_name: dict[str, list[Named]] = defaultdict(list)
        self._uids: dict[tuple[str, int | None], str] = {}
        columns = select(Unit.id, Unit.uid, Unit.name, Unit.short_name, Unit.code, Unit.locality, Unit.ended_on)
        for row in reader.session.execute(columns):
            called = frozenset({plain(row.name), plain(row.short_name)} - {""})
            unit = Named(row.id, row.uid, row.name, "organ", called)
            self._uids["organ", row.id] = row.uid
            if row.ended_on is not None and row.ended_on <= reader.today:
                continue
            self._organs[row.id] = unit
            if row.code:
                self._by_code[row.code] = unit
            if row.locality in places:
                for name in called:
                    self._by_name[name].append(unit)
        found = reader.session.execute(
            select(User.id, User.uid, User.name, User.identity_index, User.id.in_(people_of(places)).label("local"))
        )
        self._by_index: dict[str, Named] = {}
        for person in found:
            named = Named(person.id, person.uid, person.name, "person", frozenset({plain(person.name)}))
            self._uids["person", person.id] = person.uid
            if person.identity_index:
                self._by_index[person.identity_index] = named
            if person.local:
                self._by_name[plain(person.name)].append(named)

    def find(self, name: str, code: str) -> Named:
        """The one whom name and code mean; the code decides, and the name has to agree with it.

        Raises:
            NotNamed: nobody, several, or the two do not agree.
        """
        if code:
            named = self._with_code(code)
            if not name or plain(name) in named.called:
                return named
            renamed = [former for former in self._former.of(name) if named == self._organs.get(former.unit_id)]
            if not renamed:
                raise NotNamed("名称与代码不是同一主体。请核对这两列")
            return _with_remark(named, renamed[0])
        found = self._by_name.get(plain(name), [])
        if len(found) > 1:
            raise NotNamed(f"名册中有{len(found)}个同名的主体。请在代码列填写完整的代码加以区分")
        named_now = found[0] if found else self._under_its_former_name(name)
        if named_now is None:
            raise NotNamed(_NOT_KNOWN)
        return named_now

    def uid_of(self, person_id: int | None, unit_id: int | None) -> str:
        """The uid of a record's subject."""
        return self._uids.get(("person", person_id) if person_id is not None else ("organ", unit_id), "")

    def unit_named(self, name: str) -> Named | None:
        """The unit of this name in the clerk's locality.

        Raises:
            NotNamed: the unit that bore the name does not exist any more.
        """
        present = next((named for named in self._by_name.get(plain(name), []) if named.kind == "organ"), None)
        return present or self._under_its_former_name(name)

    def _under_its_former_name(self, name: str) -> Named | None:
        """The unit that bore this name: the same one if it was only renamed. None if there was none, or not here.

        Raises:
            NotNamed: it was merged or abolished, so that somebody has to say who is meant; or several bore the name.
        """
        found = [former for former in self._former.of(name) if former.locality in self._places]
        if len(found) > 1:
            raise NotNamed("先后有几个单位用过这个名称。请填写现名称")
        if not found:
            return None
        if not found[0].is_there:
            raise NotNamed(f"{found[0].told}。请填写现单位的名称和代码")
        return _with_remark(self._organs[found[0].unit_id], found[0])

    def _with_code(self, code: str) -> Named:
        if code in self._by_code:
            return self._by_code[code]
        identity = check_identity_number(code, self._reader.today)
        if identity.holds:
            for index in self._reader.backend.keys.blind_indexes(identity.code):
                if index in self._by_index:
                    return self._by_index[index]
        ended = self._former.of_code(code)
        if ended is not None and ended.locality in self._places:
            raise NotNamed(f"{ended.told}。请填写现单位的名称和代码", of_code=True)
        credit = check_credit_code(code)
        if identity.holds or credit.holds:
            raise NotNamed("名册中没有这个代码的人或者单位。请核对；系统外人员请先在“记录登记”页登记", of_code=True)
        meant = identity if _LIKE_IDENTITY.fullmatch(code) else credit
        raise NotNamed(meant.error.rstrip("。"), of_code=True)


def _with_remark(named: Named, former: Former) -> Named:
    return replace(named, remark=f"{former.told}；按现名称登记")
