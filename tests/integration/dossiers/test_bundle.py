"""案卷 out of one database and into another (issue 3 item 7; R20, trust 1.8, T8, T9): equal, verified, or refused."""

import json
import random
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from app.database import write_transaction
from app.models.base import Base
from app.models.cases import Case, Dossier
from app.models.history import EventRow
from app.models.people import Unit, User
from app.services.audit import verify
from app.services.dossier_bundle.archive import MANIFEST, SIGNATURE, manifest_of, pack, unpack
from app.services.dossier_bundle.checking import check_bundle
from app.services.dossier_bundle.contents import CHAIN, ROWS
from app.services.dossier_bundle.errors import BundleRefused
from app.services.dossier_bundle.exporting import snapshot
from app.services.dossier_bundle.tables import LEFT_OUT, OWN
from app.services.files import FileDamaged, path_of
from app.services.invariants import breaches
from tests.support.dossiers import FilingWorld, Place, filed, filing_world

KINDS = {
    "record": lambda world: world.record_in("annulled"),
    "record of somebody to be told on paper": lambda world: world.record_in("noticing"),
    "objection": lambda world: world.objection_in("closed"),
    "rectification": lambda world: world.rectification_in("reported"),
    "repair": lambda world: world.repair_in("executing"),
    "exemption": lambda world: world.exemption_in("correcting"),
}


# -- out and in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_what_comes_out_goes_in_elsewhere_and_comes_out_again_the_same(
    places: dict[str, Place], kind: str, source: str, target: str
) -> None:
    """Every kind of case: equal bytes after the way through the other database, which verifies in depth."""
    world = filing_world(places[source])
    uid = KINDS[kind](world)
    bundle = places[source].export(uid)
    assert places[source].export(uid) == bundle
    made = places[target].take_in(bundle)
    assert (made.cases, made.events) == (
        len(world.dossier(uid)),
        sum(len(world.events(c.uid)) for c in world.dossier(uid)),
    )
    assert places[target].export(uid) == bundle
    with places[target].database.read() as session:
        audit = verify(session, places[target].keys)
        assert audit.holds, audit.faults
        assert audit.events == made.events
        assert breaches(session) == []


def test_two_dossiers_of_one_system_go_into_one_archive(world: FilingWorld, home: Place, archive: Place) -> None:
    """People, units and law are entered once; the second bundle finds them."""
    first, second = world.record_in("annulled"), world.record_in("declined", "unit")
    for uid in (first, second):
        archive.take_in(home.export(uid))
    assert archive.export(first) == home.export(first)
    assert archive.export(second) == home.export(second)


def test_units_without_a_code_are_not_taken_for_each_other(world: FilingWorld, home: Place, archive: Place) -> None:
    """Not every body has a 统一社会信用代码; two without one are two."""
    uid = world.record_in("draft")
    with write_transaction(world.backend.sessions) as session:
        for unit in session.scalars(select(Unit)):
            unit.code = None
    bundle = home.export(uid)
    archive.take_in(bundle)
    assert archive.export(uid) == bundle


def test_nobody_can_sign_in_with_what_was_imported(world: FilingWorld, home: Place, archive: Place) -> None:
    """PIPL: names come along; logins, passwords, identity numbers and addresses stay."""
    bundle = home.export(world.record_in("listed"))
    archive.take_in(bundle)
    with archive.database.read() as session:
        people = session.scalars(select(User)).all()
        assert "王测试" in {one.name for one in people}
        assert not any(one.active or one.password_hash or one.identity_sealed or one.mail_sealed for one in people)
        assert not session.scalar(select(User.id).where(User.login == "subject"))
    for secret in (b"argon2", b"electronic_service_on", b"identity", home.keys.versions["k1"]["chain"].hex().encode()):
        assert secret not in bundle


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_a_step_taken_meanwhile_is_not_half_in_it(places: dict[str, Place], name: str) -> None:
    """One state of the database from the first row to the last."""
    world = filing_world(places[name])
    uid = world.objection_in("submitted")
    count = select(func.count()).select_from(EventRow)
    with snapshot(places[name].database) as session:
        before = session.scalar(count)
        world.take("officer", "accept", uid)
        assert session.scalar(count) == before
    with snapshot(places[name].database) as session:
        assert session.scalar(count) != before


def test_only_the_own_dossier_is_in_it(world: FilingWorld, home: Place) -> None:
    """T12: nothing of another case, not even out of an anchor that names it."""
    from app.services.anchors import seal_heads

    mine, other = world.record_in("listed"), world.record_in("listed", "unit")
    assert seal_heads(world.backend, world.clock()) is not None
    bundle = home.export(mine)
    assert mine.encode() in bundle
    assert not any(case.uid.encode() in bundle for case in world.dossier(other))
    chain = json.loads(check_bundle(bundle).files[CHAIN])
    assert [set(anchor["heads"]) for anchor in chain["anchors"]] == [{case.uid for case in world.dossier(mine)}]


# -- what is in it --------------------------------------------------------------------------------------------------


def test_the_index_lists_every_paper_as_archives_do(world: FilingWorld, home: Place) -> None:
    """GB/T 9705: 序号、文号、责任者、题名、日期、页次、备注; each stored file is in the bundle byte for byte."""
    uid = filed(world)
    files = check_bundle(home.export(uid)).files
    index = files["00-案卷目录.txt"].decode()
    assert "序号｜文号｜责任者｜题名｜日期｜页次｜备注" in index
    assert "王测试政务失信记录案卷" in index
    assert "历史记录逐条校验：全部相符" in index
    assert "王测试｜证明材料.pdf｜" in index
    for notice in (notice for case in world.dossier(uid) for notice in world.notices(case.uid)):
        assert f"｜{notice.number}｜" in index
        assert f"文书{notice.uid}".encode() in files.values()
    assert b"%PDF-1.7\nnot one that can be read\n" in files.values()


def test_the_index_is_a_sheet_of_our_own_where_sheets_are_printed(world: FilingWorld, home: Place) -> None:
    """The PDF says what the text says, and is the same again."""
    uid = world.record_in("annulled")
    bundle = home.export(uid, as_pdf=True)
    assert home.export(uid, as_pdf=True) == bundle
    pages = PdfReader(BytesIO(check_bundle(bundle).files["00-案卷目录.pdf"])).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    assert "案卷题名" in text
    assert "备考表" in text


def test_history_and_ledger_are_there_to_be_read(world: FilingWorld, home: Place) -> None:
    """R20, R36: who did what when, and every day of a term with its reason."""
    uid = filed(world)
    files = check_bundle(home.export(uid)).files
    texts = "".join(content.decode() for path, content in files.items() if path.endswith(".txt"))
    assert "要求补正　孙测试" in texts or "补正　孙测试" in texts
    assert "缺少证明材料" in texts
    assert "不计　起算日，不计入" in texts
    assert "第1日　工作日" in texts


def test_standard_tools_are_enough_to_check_it(world: FilingWorld, home: Place, tmp_path: Path) -> None:
    """docs/dossier-bundle.md, line by line: unzip, sha256sum, openssl."""
    import subprocess

    with zipfile.ZipFile(BytesIO(home.export(world.record_in("annulled")))) as bundle:
        bundle.extractall(tmp_path)
    listed = json.loads((tmp_path / MANIFEST).read_text())["files"]
    sums = "".join(f"{one['sha256']}  {one['path']}\n" for one in listed)
    for command, given in (
        ("sha256sum --quiet -c -", sums),
        ("openssl verify -CAfile certificates/root.pem certificates/signer.pem", ""),
        ("openssl x509 -in certificates/signer.pem -pubkey -noout -out signer.pub", ""),
        ("openssl dgst -sha256 -verify signer.pub -signature manifest.sig manifest.json", ""),
    ):
        ran = subprocess.run(command.split(), cwd=tmp_path, input=given, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, (command, ran.stderr)


def test_every_table_of_a_dossier_is_in_the_bundle_or_left_out_on_purpose() -> None:
    """A table added later that hangs on cases or terms has to be decided about."""
    own = set(OWN)
    hanging = {
        name
        for name, table in Base.metadata.tables.items()
        for key in (key for column in table.columns for key in column.foreign_keys)
        if key.target_fullname.partition(".")[0] in own
    }
    assert hanging - own - LEFT_OUT == set()


# -- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signed", [True, False])
def test_every_flipped_byte_is_found(world: FilingWorld, home: Place, signed: bool) -> None:
    """T9: 100 anywhere, 100 among names, list, signature and the frame of the file; signed or not."""
    uid = filed(world)
    if not signed:
        (home.folder / "seals" / "authority.json").unlink()
        home.seals = replace(home.seals)
    bundle = home.export(uid)
    assert (unpack(bundle)[2] is not None) is signed
    check_bundle(bundle)
    chance = random.Random(20261121)
    frame = [*range(len(manifest_of("", {})) + 12_000), *range(len(bundle) - 6_000, len(bundle))]
    spots = [chance.randrange(len(bundle)) for _ in range(100)] + chance.sample(frame, 100)
    missed = []
    for spot in spots:
        altered = bytearray(bundle)
        altered[spot] ^= 1 << chance.randrange(8)
        try:
            check_bundle(bytes(altered))
        except BundleRefused:
            continue
        missed.append(spot)
    assert missed == []


def altered(bundle: bytes, path: str, change: Any) -> bytes:
    """The bundle of somebody who also writes a new manifest, and cannot sign it."""
    dossier, _manifest, _signature, files = unpack(bundle)
    told = json.loads(files[path])
    change(told)
    files[path] = (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
    files = {name: content for name, content in files.items() if not name.startswith("certificates/")}
    return pack(manifest_of(dossier, files), None, files)


def _reword(told: Any) -> None:
    event = told["events"][0]
    event["body"] = event["body"].replace("未按承诺的期限办结", "已按承诺的期限办结")


def _drop_the_last(told: Any) -> None:
    told["events"].pop()


def _other_actor(told: Any) -> None:
    told["events"][1]["actor_id"] = 1


def _other_state(told: Any) -> None:
    told["cases"][0]["state"] = "repaired"


def _later_day(told: Any) -> None:
    live = next(row for row in told["term"] if row["status"] == "running")
    live["due_on"] = "2030-01-01"


def _no_notice(told: Any) -> None:
    told["notice"].pop()


def _other_text(told: Any) -> None:
    told["notice"][0]["sha256"] = "0" * 64


@pytest.mark.parametrize(
    ("path", "change", "named"),
    [
        ("history/001.json", _reword, "history/001.json"),
        ("history/001.json", _drop_the_last, "history/001.json"),
        ("history/001.json", _other_actor, "history/001.json"),
        (ROWS, _other_state, "history/001.json"),
        (ROWS, _later_day, "history/"),
        (ROWS, _other_text, "files.json"),
    ],
)
def test_a_forger_who_writes_a_new_manifest_is_found_by_the_rest(
    world: FilingWorld, home: Place, path: str, change: Any, named: str
) -> None:
    """T9, T14: digests, copies, states and days recomputed, files; the message names the place."""
    bundle = home.export(world.record_in("listed"))
    with pytest.raises(BundleRefused, match=named):
        check_bundle(altered(bundle, path, change))


def test_what_is_missing_from_the_rows_is_found_when_they_are_written(
    world: FilingWorld, home: Place, archive: Place
) -> None:
    """A notice without its own part cannot be restored; nothing of it stays."""
    bundle = altered(home.export(world.record_in("listed")), ROWS, _no_notice)
    with pytest.raises(BundleRefused):
        archive.take_in(bundle)
    with archive.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Dossier)) == 0
        assert session.scalar(select(func.count()).select_from(User)) == 0


def test_a_signature_counts_only_under_the_root_that_was_given(world: FilingWorld, home: Place, archive: Place) -> None:
    """Whoever signs with an authority of his own is told from the organ by the fingerprint."""
    uid = world.record_in("listed")
    bundle = home.export(uid)
    own = home.seals.authority.root().der
    other = archive.seals.authority.root().der
    signer = check_bundle(bundle, (own,)).signer
    assert signer is not None
    assert (signer.known, signer.organ) == (True, "示范区信用管理办公室")
    assert check_bundle(bundle, (own,), must_be_signed=True).signer == signer
    with pytest.raises(BundleRefused, match="给定的根证书"):
        check_bundle(bundle, (other,), must_be_signed=True)
    _dossier, manifest, _signature, files = unpack(bundle)
    with pytest.raises(BundleRefused, match=SIGNATURE):
        check_bundle(pack(manifest, None, files))


def test_other_files_and_packings_are_refused_in_words(world: FilingWorld, home: Place) -> None:
    """Neither a ZIP packed anew nor any other file; the message says which it is."""
    bundle = home.export(world.record_in("draft"))
    again = BytesIO()
    with zipfile.ZipFile(BytesIO(bundle)) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
    for content, word in (
        (b"", "不是完整的ZIP"),
        (b"PK\x03\x04", "不是完整的ZIP"),
        (again.getvalue(), "不应压缩"),
        (bundle + b"\x00", "结构"),
        (bundle[:-30], "不是完整的ZIP"),
    ):
        with pytest.raises(BundleRefused, match=word):
            check_bundle(content)


def test_a_known_dossier_is_not_overwritten(world: FilingWorld, home: Place, archive: Place) -> None:
    """Neither where it came from nor where it was imported before."""
    bundle = home.export(world.record_in("listed"))
    with pytest.raises(BundleRefused, match="已有这一案卷"):
        home.take_in(bundle)
    archive.take_in(bundle)
    with pytest.raises(BundleRefused, match="已有这一案卷"):
        archive.take_in(bundle)


def test_a_system_with_other_people_under_the_same_numbers_refuses_by_name(
    world: FilingWorld, home: Place, archive: Place
) -> None:
    """The sealed bodies cite people by number; they cannot be given another."""
    bundle = home.export(world.record_in("listed"))
    filing_world(archive)
    with pytest.raises(BundleRefused, match=r"people\.json"):
        archive.take_in(bundle)
    with archive.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Dossier)) == 0


def test_a_damaged_store_gives_no_bundle(world: FilingWorld, home: Place) -> None:
    """Evidence is whole or is not handed out."""
    uid = world.record_in("listed")
    (notice, *_rest) = world.notices(uid)
    path_of(home.files, str(notice.sha256)).write_bytes(b"changed")
    with pytest.raises(FileDamaged):
        home.export(uid)


def test_a_broken_chain_is_told_and_not_imported(world: FilingWorld, home: Place, archive: Place) -> None:
    """T9: the index says what does not hold; as evidence it may go out, as a history it does not come in."""
    uid = world.record_in("listed")
    with write_transaction(world.backend.sessions) as session:
        session.get_one(Case, world.case(uid).id).chain_head = "0" * 64
    bundle = home.export(uid)
    assert "链头与最后一条记录不符" in unpack(bundle)[3]["00-案卷目录.txt"].decode()
    with pytest.raises(BundleRefused):
        archive.take_in(bundle)
