"""Taking a bundle in: all of it or nothing, as a copy to be read. See docs/adr (imported dossiers).

The MACs of the history were made with keys that stay where they are; the copy is chained anew with the keys of this
installation over the same bodies, and keeps the old values beside it. What was written is then read back and must give
the machine-readable files of the bundle byte for byte.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, or_, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from app.crypto import KeyRing
from app.database import Database
from app.models.cases import Case, Dossier
from app.models.imports import DossierImport
from app.services.access_log import Act, write_entry
from app.services.dossier_bundle.chain import chained
from app.services.dossier_bundle.checking import Checked
from app.services.dossier_bundle.contents import CHAIN, FILES, ROWS, contents_of
from app.services.dossier_bundle.errors import BundleRefused
from app.services.dossier_bundle.law import restore_law
from app.services.dossier_bundle.people import restore_people
from app.services.dossier_bundle.tables import OWN, Ids, Row, numbered, restored, table
from app.services.events import ALGORITHM
from app.services.files import store_bytes

_NUMBERED_BY_HAND = ("unit", "user_account", "calendar_version")


@dataclass(frozen=True)
class Imported:
    """What was taken in."""

    dossier: str
    cases: int
    events: int
    files: int


def import_bundle(
    database: Database,
    keys: KeyRing,
    folder: Path,
    checked: Checked,
    by: str,
    now: datetime,
    progress: Callable[[int, int], None] = lambda _done, _of_all: None,
) -> Imported:
    """Restore a checked bundle in one transaction.

    Args:
        folder: where files are kept (`Settings.files_dir`).
        by: who imports it, for the record.
        progress: told (done, of all) after each row.

    Raises:
        BundleRefused: the dossier or a number of it is here already, people, units or law of the same number differ, or
            its rows are not those of this system's tables.
    """
    try:
        with database.write() as session:
            _refuse_known(session, checked)
            _restore(session, keys, folder, checked, by, now, progress)
            _compare(session, keys, folder, checked)
            write_entry(session, keys, Act.IMPORTED, None, now, target=checked.dossier, purpose=by)
    except IntegrityError as error:
        raise BundleRefused("案卷包中的编号或者文书核验码与本系统已有的重复，未导入任何内容。请导入空库。") from error
    except (KeyError, TypeError, ValueError, AttributeError, DBAPIError, StatementError) as error:
        raise BundleRefused(f"所列的行与本系统的表不符（{type(error).__name__}），未导入任何内容。", ROWS) from error
    return Imported(checked.dossier, len(checked.rows["cases"]), len(checked.rows["event"]), len(checked.stored))


def _refuse_known(session: Session, checked: Checked) -> None:
    if session.scalar(select(Dossier.id).where(Dossier.uid == checked.dossier)) is not None:
        raise BundleRefused("本系统中已有这一案卷，不覆盖。")
    uids = [case["uid"] for case in checked.rows["cases"]]
    numbers = [case["number"] for case in checked.rows["cases"] if case["number"]]
    known = session.execute(select(Case.number, Case.uid).where(or_(Case.uid.in_(uids), Case.number.in_(numbers))))
    if found := known.first():
        raise BundleRefused(f"本系统中已有编号为{found.number or found.uid}的事项，不覆盖。")


def _restore(
    session: Session,
    keys: KeyRing,
    folder: Path,
    checked: Checked,
    by: str,
    now: datetime,
    progress: Callable[[int, int], None],
) -> None:
    for one in checked.stored:
        store_bytes(session, folder, checked.files[one["path"]], one["media_type"], now)
    restore_people(session, checked.people)
    rule_sets = restore_law(session, checked.law)
    _continue_numbering(session)
    macs = {place: chained(keys, [event["body"] for event in own]) for place, own in checked.histories.items()}
    ids: Ids = {name: {} for name in numbered(checked.rows)}
    of_all, done = sum(len(own) for own in checked.rows.values()), 0
    for name in OWN:
        for place, row in enumerate(checked.rows[name], 1):
            values = restored(name, _without_digest(row), ids, rule_sets)
            statement = insert(table(name)).values(values | _own_values(name, place, row, keys, macs, now))
            if name in ids:
                ids[name][place] = session.execute(statement.returning(table(name).c.id)).scalar_one()
            else:
                session.execute(statement)
            progress(done := done + 1, of_all)
    session.add(_origin(checked, ids["dossier"][1], by, now))
    session.flush()


def _without_digest(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "digest"}


def _own_values(name: str, place: int, row: Row, keys: KeyRing, macs: dict[int, list[str]], now: datetime) -> Row:
    """What a row says of this installation: when it was imported, and the chain under the own keys."""
    if name == "dossier":
        return {"imported_at": now}
    if name == "cases":
        return {"chain_head": macs[place][-1] if macs[place] else ""}
    if name == "event":
        mac = macs[row["case_id"]][row["seq"] - 1]
        return {"mac": mac, "key_id": keys.active, "algorithm": ALGORITHM}
    return {}


def _origin(checked: Checked, dossier_id: int, by: str, now: datetime) -> DossierImport:
    cases = checked.rows["cases"]
    chains = {
        case["uid"]: [[event["mac"], event["key_id"], event["algorithm"]] for event in checked.histories[place]]
        for place, case in enumerate(cases, 1)
    }
    signature = base64.b64encode(checked.signature).decode() if checked.signature is not None else ""
    return DossierImport(
        dossier_id=dossier_id,
        manifest_sha256=hashlib.sha256(checked.manifest).hexdigest(),
        imported_at=now,
        imported_by=by[:80],
        chains=json.dumps(chains),
        anchors=json.dumps(checked.chain["anchors"]),
        signature=json.dumps({"manifest": signature, "certificates": checked.certificates}),
        law=json.dumps(checked.law, ensure_ascii=False),
        make_believe=checked.make_believe,
    )


def _continue_numbering(session: Session) -> None:
    """Ids that were given by hand do not move the counters of PostgreSQL; the next account must not meet them."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for name in _NUMBERED_BY_HAND:
        session.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "
                f"greatest((SELECT max(id) FROM {name}), nextval(pg_get_serial_sequence('{name}', 'id'))))"
            )
        )


_UNLIKE = "导入后读出的内容与案卷包不一致，未导入任何内容。"


def _compare(session: Session, keys: KeyRing, folder: Path, checked: Checked) -> None:
    """Read back what was written: it has to give what the machine reads of the bundle, byte for byte."""
    dossier = session.scalars(select(Dossier).where(Dossier.uid == checked.dossier)).one()
    made = contents_of(session, keys, dossier, folder, lambda _index: ("", b"")).files
    for path in (ROWS, FILES, CHAIN, *sorted(path for path in checked.files if path.startswith(("history/", "law/")))):
        if path.endswith(".json") and made.get(path) != checked.files[path]:
            raise BundleRefused(_UNLIKE, path)
