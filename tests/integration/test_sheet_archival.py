"""The sheet as PDF/A-3a, its structure read with another library (documents.md 5; GB/T 33190 stays a wish)."""

import io
import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest

from app.documents.render import Renderer
from app.documents.samples import sample
from workflows.catalogue import NOTICES

KEYS = ["objection_decision", "record_decision", "rectification_order", "objection_receipt", "service_receipt"]
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
DC = "{http://purl.org/dc/elements/1.1/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer() as running:
        yield running


def tags(element: Any, found: list[str]) -> list[str]:
    """The kinds of structure elements below one, in reading order."""
    if isinstance(element, pikepdf.Array):
        for item in element:
            tags(item, found)
    elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
        found.append(str(element["/S"]))
        if "/K" in element:
            tags(element["/K"], found)
    return found


@pytest.mark.parametrize("key", KEYS)
def test_a_sheet_is_fit_for_the_archive(renderer: Renderer, key: str) -> None:
    """Documents 5: output intent, marked structure, language, metadata that agree, nothing from outside, no script."""
    context = sample(key)
    with pikepdf.open(io.BytesIO(renderer.render(context.to_json()))) as pdf:
        root = pdf.Root
        assert not pdf.is_encrypted
        assert pdf.pdf_version == "1.7"
        (intent,) = root.OutputIntents
        named = str(intent.OutputConditionIdentifier)
        assert (str(intent.S), named) == ("/GTS_PDFA1", "IEC 61966-2-1 Default RGB Colour Space - sRGB")
        assert intent.DestOutputProfile.N == 3
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "zh-CN"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        for word in ("/OpenAction", "/AA", "/AcroForm", "/JavaScript"):
            assert word not in root
        rdf = ElementTree.fromstring(root.Metadata.read_bytes())
        claims = [item for item in rdf.iter() if f"{PDFA}part" in item.attrib]
        assert [(item.attrib[f"{PDFA}part"], item.attrib[f"{PDFA}conformance"]) for item in claims] == [("3", "A")]
        (title,) = [item.text for item in rdf.iterfind(f".//{DC}title//{RDF}li")]
        assert title == str(pdf.docinfo["/Title"])
        assert context.title in str(title)
        (creator,) = [item.text for item in rdf.iterfind(f".//{DC}creator//{RDF}li")]
        assert creator == str(pdf.docinfo["/Author"]) == context.organ.name
        structure = tags(root.StructTreeRoot.K, [])
        assert structure[0] == "/Document"
        assert structure.count("/H1") >= 1
        assert "/P" in structure
        for page in pdf.pages:
            assert "/StructParents" in page.obj
            assert str(page.obj["/Tabs"]) == "/S"
        assert unspoken(pdf) == []


def unspoken(pdf: pikepdf.Pdf) -> list[str]:
    """Pictures without an alternative text among the structure elements."""
    figures = [
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure" and item.get("/Type") == "/StructElem"
    ]
    return [str(item) for item in figures if "/Alt" not in item]


@pytest.mark.parametrize("key", KEYS)
def test_every_font_is_embedded_with_its_unicode_map(renderer: Renderer, key: str) -> None:
    """Documents 3: the text can be read out of the archive copy, and no reader needs a font of its own."""
    with pikepdf.open(io.BytesIO(renderer.render(sample(key).to_json()))) as pdf:
        fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"]
        composite = [font for font in fonts if font["/Subtype"] == "/Type0"]
        assert composite
        assert all("/ToUnicode" in font for font in composite)
        for font in fonts:
            if font["/Subtype"] != "/Type0":
                descriptor = font["/FontDescriptor"]
                assert any(kind in descriptor for kind in ("/FontFile2", "/FontFile3")), str(font["/BaseFont"])


def test_the_elements_go_with_the_sheet_and_name_nobody(renderer: Renderer) -> None:
    """Documents 5, 7: number, organ, date, code and hashes for programs; nothing about a person."""
    context = sample("objection_decision")
    with pikepdf.open(io.BytesIO(renderer.render(context.to_json()))) as pdf:
        (associated,) = pdf.Root.AF
        assert str(associated.AFRelationship) == "/Data"
        assert str(associated.UF) == "notice.json"
        (name,) = pdf.attachments
        assert name == "notice.json"
        text = pdf.attachments[name].get_file().read_bytes().decode()
        assert pdf.attachments[name].get_file().mime_type == "application/json"
    told = json.loads(text)
    assert told["发文字号"] == context.number
    assert told["发文机关"] == context.organ.name
    assert told["文书核验码"] == context.code
    assert told["成文日期"] == context.dated.isoformat()
    assert len(told["文书数据SHA256"]) == 64
    assert context.record is not None
    for private in (context.recipient.name, context.record.subject_name, context.record.facts, context.reason):
        assert not private or private not in text


@pytest.mark.parametrize("key", NOTICES)
def test_every_kind_of_notice_claims_pdf_a(renderer: Renderer, key: str) -> None:
    """Documents 5: no notice falls out of the variant."""
    with pikepdf.open(io.BytesIO(renderer.render(sample(key).to_json()))) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
