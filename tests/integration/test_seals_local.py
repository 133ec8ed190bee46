"""The installation's own seals (documents.md 5): PAdES on PDF/A, the drawn seal in its place, every change detected."""

import asyncio
import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pdfplumber
import pikepdf
import pytest
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.generic import DictionaryObject, NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from app.documents.render import Renderer
from app.documents.samples import sample
from app.documents.text import day
from app.seals.additions import only_sealed
from app.seals.pades import sign
from app.seals.provider import SealRefused, SealRequest
from app.seals.setup import SealSetup
from app.seals.validate import SealKind, check_sheet
from tests.support.sealed_sheets import ORGAN, local_seals, sheet_of
from workflows.catalogue import NOTICES

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
LETTER, SLIP = "objection_decision", "repair_receipt"
MM = 72 / 25.4


@pytest.fixture(scope="module")
def seals(tmp_path_factory: pytest.TempPathFactory) -> SealSetup:
    return local_seals(tmp_path_factory.mktemp("installation"), NOW)


@pytest.fixture(scope="module")
def letter(seals: SealSetup) -> bytes:
    return seals.provider.seal(SealRequest(sheet_of(LETTER), ORGAN), NOW)


@pytest.fixture(scope="module")
def slip(seals: SealSetup) -> bytes:
    return seals.provider.seal(SealRequest(sheet_of(SLIP), ORGAN), NOW)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer() as running:
        yield running


# -- the signature ----------------------------------------------------------------------------------------------------


def test_pyhanko_finds_it_valid_intact_and_trusted_over_the_whole_file(seals: SealSetup, letter: bytes) -> None:
    """Asked of the library as an outsider would, with nothing but the root certificate."""
    (signature,) = PdfFileReader(BytesIO(letter)).embedded_signatures
    context = ValidationContext(trust_roots=[Certificate.load(seals.authority.root().der)], moment=NOW)
    status = validate_pdf_signature(signature, context)
    assert status.bottom_line
    assert (status.valid, status.intact, status.trusted) == (True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.signer_cert.public_key.algorithm == "ec"
    assert signature.signer_cert.public_key.curve == ("named", "secp256r1")


def test_it_says_whose_seal_it_is_when_and_that_it_is_no_statutory_one(seals: SealSetup, letter: bytes) -> None:
    verdict = check_sheet(letter, seals.roots)
    assert verdict.genuine
    assert (verdict.organ, verdict.signed_at, verdict.kind) == (ORGAN, NOW, SealKind.DEMONSTRATION)
    assert SealKind.DEMONSTRATION.label == "演示印章（非法定电子印章）"
    (signature,) = PdfFileReader(BytesIO(letter)).embedded_signatures
    subject = signature.signer_cert.subject.native
    assert subject["organization_name"] == ORGAN
    assert "非法定电子印章" in subject["organizational_unit_name"]
    assert "非法定电子印章" in signature.sig_object["/Reason"]


def test_the_sheet_beneath_stays_as_it_was(letter: bytes) -> None:
    """Documents.md 8: the unsealed bytes are byte-identical; the seal is appended and holds nothing besides."""
    assert letter.startswith(sheet_of(LETTER))
    assert only_sealed(sheet_of(LETTER), letter)


def test_the_certificate_may_run_out_the_seal_stays_good(seals: SealSetup, letter: bytes) -> None:
    """Judged as of the signing; sealed outside the certificate's years it is not believed."""
    identity = seals.authority.identity_of(ORGAN, NOW)
    long_after = identity.certificate.not_valid_after_utc + timedelta(days=1)
    too_late = sign(sheet_of(LETTER), identity, long_after)
    verdict = check_sheet(too_late, seals.roots)
    assert verdict.intact
    assert not verdict.trusted
    assert check_sheet(letter, seals.roots).genuine


def test_a_seal_of_another_installation_is_not_believed(letter: bytes, tmp_path: Path) -> None:
    verdict = check_sheet(letter, local_seals(tmp_path, NOW).roots)
    assert verdict.intact
    assert not verdict.trusted
    assert "不是本系统认可的机构" in verdict.problem


def test_it_also_works_where_an_event_loop_runs(seals: SealSetup) -> None:
    """Some servers run one in the thread that serves a request."""

    async def within() -> bool:
        sealed = seals.provider.seal(SealRequest(sheet_of(SLIP), ORGAN), NOW)
        return check_sheet(sealed, seals.roots).genuine

    assert asyncio.run(within())


# -- what is detected -------------------------------------------------------------------------------------------------


def test_each_of_500_flipped_bytes_is_detected(seals: SealSetup, slip: bytes) -> None:
    """By the signature alone, wherever the byte lies; only inside the signature's own envelope may it take the hash."""
    begin = slip.rindex(b"/Contents <")
    envelope = range(begin, slip.index(b">", begin))
    chosen = random.Random(20261121).sample(range(len(slip)), 500)
    by_hash_alone = []
    for place in chosen:
        altered = bytearray(slip)
        altered[place] ^= 1 << place % 8
        assert hashlib.sha256(altered).digest() != hashlib.sha256(slip).digest()
        if check_sheet(bytes(altered), seals.roots).genuine:
            by_hash_alone.append(place)
    assert [place for place in by_hash_alone if place not in envelope] == []
    assert len(by_hash_alone) <= 2


def test_an_update_appended_later_is_a_modification(seals: SealSetup, letter: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(letter))
    reference, _resources = writer.find_page_for_modification(0)
    reference.get_object()[pdf_name("/Rotate")] = NumberObject(180)
    writer.mark_update(reference)
    target = BytesIO()
    writer.write(target)
    verdict = check_sheet(target.getvalue(), seals.roots)
    assert verdict.sealed
    assert not verdict.intact
    assert verdict.problem == "用印之后文书被改动过。"


def test_even_an_update_without_content_is_a_modification(seals: SealSetup, letter: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(letter))
    writer.add_object(DictionaryObject())
    target = BytesIO()
    writer.write(target)
    assert not check_sheet(target.getvalue(), seals.roots).intact


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7\n", b"\x00" * 3000, b"PK\x03\x04" + b"x" * 500, b"%PDF-1.7\nxref\n0 99999999\ntrailer\n<<>>"],
)
def test_whatever_is_uploaded_gets_an_answer(seals: SealSetup, content: bytes) -> None:
    verdict = check_sheet(content, seals.roots)
    assert not verdict.sealed
    assert verdict.problem


def test_a_sheet_without_seal_and_one_cut_short_are_told_apart(seals: SealSetup, letter: bytes) -> None:
    assert check_sheet(sheet_of(LETTER), seals.roots).problem.startswith("文书上没有电子印章的数字签名")
    assert not check_sheet(letter[:-1], seals.roots).genuine
    assert not check_sheet(letter[: len(letter) // 2], seals.roots).genuine


# -- PDF/A and the picture --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [LETTER, SLIP, "rectification_order"])
def test_it_is_still_pdf_a_3a(seals: SealSetup, key: str) -> None:
    """ISO 19005-3: identification, tags, output intent and embedded fonts stand; the seal brings nothing forbidden."""
    sealed = seals.provider.seal(SealRequest(sheet_of(key), ORGAN), NOW)
    with pikepdf.open(BytesIO(sealed)) as pdf:
        assert not pdf.is_encrypted
        with pdf.open_metadata() as metadata:
            assert (metadata.pdfa_status, metadata["dc:title"]) == ("3A", pdf.docinfo["/Title"])
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.Lang == "zh-CN"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert not pdf.Root.AcroForm.get("/NeedAppearances", False)
        fonts = [value for value in pdf.objects if isinstance(value, pikepdf.Dictionary) and "/FontName" in value]
        assert fonts
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)
        (widget,) = [mark for page in pdf.pages for mark in page.get("/Annots", []) if mark.get("/FT") == "/Sig"]
        assert int(widget.F) & 0b111 == 0b100
        assert set(widget.AP.keys()) == {"/N"}
        picture = widget.AP.N
        assert set(picture.Resources.keys()) == {"/ExtGState"}
        assert "/Group" not in picture
        assert not re.search(rb"\b(Tj|TJ|Tf|Do|BI)\b", picture.read_bytes())
        assert widget.TU


@pytest.mark.parametrize("key", [key for key in NOTICES if key != "service_receipt"])
def test_every_notice_has_a_place_for_its_seal(seals: SealSetup, renderer: Renderer, key: str) -> None:
    """GB/T 9704-2012, 7.3.5: over organ and date, both in the lower half, the seal's top within a line of the text."""
    context = sample(key)
    sheet = renderer.render(context.to_json())
    sealed = seals.provider.seal(SealRequest(sheet, context.organ.name), NOW)
    with pikepdf.open(BytesIO(sealed)) as pdf:
        ((page, box),) = [
            (number, [float(side) for side in mark.Rect])
            for number, one in enumerate(pdf.pages)
            for mark in one.get("/Annots", [])
            if mark.get("/FT") == "/Sig"
        ]
    with pdfplumber.open(BytesIO(sealed)) as pdf:
        shown = pdf.pages[page]
        left, upper, right, lower = box[0], shown.height - box[3], box[2], shown.height - box[1]
        assert 0 < left < right < shown.width
        assert 0 < upper < lower < shown.height
        under = shown.crop((0, upper, shown.width, lower))
        (date,), (organ,) = under.search(day(context.dated)), under.search(re.escape(context.organ.name))
    assert abs((date["x0"] + date["x1"]) / 2 - (left + right) / 2) < 2
    assert upper < organ["top"] < date["top"] < date["bottom"] < lower
    assert (upper + lower) / 2 < (organ["top"] + date["bottom"]) / 2 + 1 * MM
    # Nothing was drawn as text, and the words are still read.
    assert _words(sealed) == _words(sheet)


def _words(sealed: bytes) -> str:
    with pdfplumber.open(BytesIO(sealed)) as pdf:
        return "".join("".join(char["text"] for char in page.chars) for page in pdf.pages)


def test_the_seal_of_a_full_slip_touches_no_line_of_its_text(seals: SealSetup, renderer: Renderer) -> None:
    """R28: a receipt of four materials and two terms is one half sheet; the seal lies on organ and date alone."""
    context = sample(SLIP)
    terms = (sample("objection_receipt").terms * 2)[:2]
    full = replace(context, terms=terms, content={**context.content, "materials": [f"证明材料{n}" for n in range(4)]})
    sealed = seals.provider.seal(SealRequest(renderer.render(full.to_json()), ORGAN), NOW)
    with pdfplumber.open(BytesIO(sealed)) as pdf:
        (page,) = pdf.pages
        (mark,) = [note for note in page.annots if note["width"] > 20 * MM]
        under = page.crop((mark["x0"], mark["top"], mark["x1"], mark["bottom"])).extract_text()
    assert set(re.sub(r"\s", "", under)) <= set(ORGAN + day(context.dated))
    assert under


def test_a_sheet_that_names_no_place_is_not_sealed_just_anywhere(seals: SealSetup) -> None:
    with pikepdf.open(BytesIO(sheet_of(LETTER))) as pdf:
        del pdf.Root.Names
        target = BytesIO()
        pdf.save(target)
    with pytest.raises(SealRefused, match="没有用印位置"):
        seals.provider.seal(SealRequest(target.getvalue(), ORGAN), NOW)
