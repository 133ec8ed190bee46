"""Dossiers with real files, taken out of one database and into another."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select

from app.crypto import KeyRing
from app.database import Database, read_transaction, write_sessions, write_transaction
from app.models.cases import Case
from app.seals.setup import SealSetup
from app.services.dossier_bundle.checking import Checked, check_bundle
from app.services.dossier_bundle.exporting import dossier_named, export_dossier, snapshot
from app.services.dossier_bundle.importing import Imported, import_bundle
from app.services.dossier_bundle.index_sheet import index_maker
from app.services.files import attach, store_bytes
from app.settings import SealSettings
from tests.support.world import World, found_world
from workflows.kit.context import SYSTEM

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


@dataclass
class Place:
    """An installation: database, keys, files and, if `signs`, an authority of its own."""

    engine: Engine
    folder: Path
    now: datetime
    signs: bool = True

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.keys = KeyRing.load_or_create(self.folder / "keys.json")
        self.files = self.folder / "files"
        self.database = Database(self.engine, write_sessions(self.engine))
        self.seals = SealSetup(SealSettings(), self.folder / "seals", self.keys)
        if self.signs:
            self.seals.authority.found(self.now)

    def export(self, named: str, *, as_pdf: bool = False) -> bytes:
        """The bundle of a dossier named by a case."""
        with snapshot(self.database) as session:
            dossier = dossier_named(session, named)
            index = index_maker(as_pdf=as_pdf)
            return export_dossier(session, self.keys, dossier, self.files, index, self.seals, self.now).content

    def take_in(self, bundle: bytes | Checked) -> Imported:
        """Check a bundle and import it."""
        checked = check_bundle(bundle) if isinstance(bundle, bytes) else bundle
        return import_bundle(self.database, self.keys, self.files, checked, "档案员", self.now)


class FilingWorld(World):
    """A world whose sheets are stored, so that a dossier has every byte that it names."""

    files: Path

    def issue(self, notice_id: int) -> None:
        """成文 with a sheet that says which notice it is."""
        with read_transaction(self.backend.engine) as session:
            uid, state = session.execute(select(Case.uid, Case.state).where(Case.id == notice_id)).one()
        if state == "sealing":
            with write_transaction(self.backend.sessions) as session:
                sha256 = store_bytes(session, self.files, f"文书{uid}".encode(), "text/plain", self.clock())
            self.step(SYSTEM, "issue", uid, {"sha256": sha256})

    def add_material(self, uid: str, name: str, content: bytes) -> None:
        """A file of the subject with a case."""
        with write_transaction(self.backend.sessions) as session:
            sha256 = store_bytes(session, self.files, content, "application/pdf", self.clock())
            case_id = session.execute(select(Case.id).where(Case.uid == uid)).scalar_one()
            attach(session, sha256, name, "parties", self["subject"].user_id, self.clock(), case_id=case_id)


def filing_world(place: Place) -> FilingWorld:
    """A founded district at a place."""
    world = FilingWorld(**vars(found_world(place.engine, place.keys)))
    world.files = place.files
    return world


def filed(world: FilingWorld) -> str:
    """An objection with a file of the subject."""
    uid = world.objection_in("incomplete")
    world.add_material(uid, "证明材料.pdf", b"%PDF-1.7\nnot one that can be read\n")
    return uid
