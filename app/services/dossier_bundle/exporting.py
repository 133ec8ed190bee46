"""Writing the bundle of a dossier, for those who handle it; that it was taken out, and what for, is logged."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.access.capacities import reading_capacities
from app.crypto import KeyRing
from app.database import Database
from app.models.cases import Case, Dossier
from app.models.imports import DossierImport
from app.seals.setup import SealSetup
from app.services.dossier_bundle.archive import manifest_of, pack
from app.services.dossier_bundle.contents import Contents, Index, contents_of, dossier_of
from app.services.dossier_bundle.signing import seal_roots, signer_of
from app.services.once_read import cases_of, recusal_of
from app.services.reading.reader import Reader, case_for
from workflows.kit.errors import NotFound
from workflows.roles import Capacity

#: Who takes a dossier out: those who handle it and those who decide in it. An auditor sees the trail, not the matter.
_ENTITLED = frozenset({Capacity.OFFICE, Capacity.SUPERVISOR})


@dataclass(frozen=True)
class Bundle:
    """A finished bundle under the name by which it is saved."""

    dossier: str
    name: str
    content: bytes


@dataclass(frozen=True)
class DossierView:
    """What the page of a case shows of its dossier."""

    may_export: bool
    imported_at: datetime | None


@contextmanager
def snapshot(database: Database) -> Iterator[Session]:
    """A reading session that sees one state of the database: a step taken meanwhile is not half in the bundle.

    On SQLite a reading transaction always does.
    """
    with database.read() as session:
        if database.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def dossier_view(reader: Reader, case_uid: str) -> DossierView:
    """Whether the reader may take the dossier of a case out, and whether it is an imported copy.

    Raises:
        NotFound: there is no such case, or it is not the reader's to see.
    """
    case = case_for(reader, case_uid)
    dossier = reader.session.get_one(Dossier, case.dossier_id)
    return DossierView(_may_export(reader, case, dossier), dossier.imported_at)


def _may_export(reader: Reader, case: Case, dossier: Dossier) -> bool:
    """Office or supervisor of this case and of the one that opened the dossier; neither its subject nor out of it."""
    first = cases_of(reader.view, dossier.id)[0]
    return all(reading_capacities(reader.standing, one) & _ENTITLED for one in (case, first)) and not recusal_of(
        reader.view, dossier.id, reader.standing.user_id
    )


def export_for(reader: Reader, case_uid: str, folder: Path, index: Index, seals: SealSetup) -> Bundle:
    """The bundle of the dossier to which a case belongs. The caller logs who took it and what for.

    The reader's session is one of `snapshot`.

    Raises:
        NotFound: there is no such case, or the reader may not take its dossier out.
        FileDamaged: a stored file is missing or not what its hash says.
    """
    case = case_for(reader, case_uid)
    dossier = dossier_of(reader.session, case.id)
    if not _may_export(reader, case, dossier):
        raise NotFound
    return export_dossier(reader.session, reader.backend.keys, dossier, folder, index, seals, reader.now)


def dossier_named(session: Session, named: str) -> Dossier:
    """The dossier of a case known by its number or uid, or the dossier's own uid; for the command line.

    Raises:
        NotFound: there is none.
    """
    by_case = select(Case.dossier_id).where(or_(Case.number == named, Case.uid == named))
    found = session.scalars(select(Dossier).where(or_(Dossier.uid == named, Dossier.id.in_(by_case)))).one_or_none()
    if found is None:
        raise NotFound(f"没有编号或者标识为“{named}”的事项。")
    return found


def export_dossier(
    session: Session, keys: KeyRing, dossier: Dossier, folder: Path, index: Index, seals: SealSetup, now: datetime
) -> Bundle:
    """Write the bundle. Equal state gives equal bytes: `now` decides only which certificate signs.

    Raises:
        FileDamaged: a stored file is missing or not what its hash says.
    """
    contents = contents_of(session, keys, dossier, folder, index)
    again = _as_it_came(contents)
    if again is None:
        signer = signer_of(seals, contents.organ, now)
        files = {**contents.files, **seal_roots(seals), **(signer.certificates if signer is not None else {})}
        manifest = manifest_of(contents.uid, files)
        again = pack(manifest, signer.sign(manifest) if signer is not None else None, files)
    return Bundle(contents.uid, f"案卷-{_known_as(session, dossier)}.zip", again)


def _known_as(session: Session, dossier: Dossier) -> str:
    """The number under which the dossier is spoken of: that of its first numbered case."""
    numbers = select(Case.number).where(Case.dossier_id == dossier.id, Case.filed == 1).order_by(Case.id).limit(1)
    return session.scalars(numbers).first() or dossier.uid[:8]


def _as_it_came(contents: Contents) -> bytes | None:
    """The bundle of an imported dossier with the signature that came with it; None where that does not fit (any more).

    A later version of this program may word the readable files otherwise; then whoever hands the copy on signs it.
    """
    origin: DossierImport | None = contents.origin
    if origin is None:
        return None
    told = json.loads(origin.signature or "{}")
    files = {**contents.files, **{path: pem.encode() for path, pem in told.get("certificates", {}).items()}}
    manifest = manifest_of(contents.uid, files)
    if hashlib.sha256(manifest).hexdigest() != origin.manifest_sha256:
        return None
    signature = base64.b64decode(told["manifest"]) if told.get("manifest") else None
    return pack(manifest, signature, files)
