"""Everything a bundle holds, as files by path; made from the rows of one dossier on one reading session."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import legal_day
from app.crypto import KeyRing
from app.documents.dossier_index import CaseLine, DossierIndex, IndexLine
from app.models.cases import Case, Dossier
from app.models.imports import DossierImport
from app.services.database_purpose import is_make_believe
from app.services.dossier_bundle.chain import anchors_of, digests, faults_of
from app.services.dossier_bundle.guide import GUIDE
from app.services.dossier_bundle.law import calendars_in, law_of, names_of_rule_sets
from app.services.dossier_bundle.papers import Paper, papers_of
from app.services.dossier_bundle.people import FILE as PEOPLE
from app.services.dossier_bundle.people import people_of
from app.services.dossier_bundle.readable import history_text, terms_text, title_of
from app.services.dossier_bundle.tables import Row, numbered, read_own, written
from app.services.events import ALGORITHM
from app.services.notice_content.record_facts import real_number
from workflows.kit.calendar import Calendar
from workflows.registry import workflow

ROWS, FILES, CHAIN, README = "rows.json", "files.json", "chain.json", "00-说明.txt"
#: Only in the bundle of a demo or a rehearsal.
MAKE_BELIEVE = "00-演示案卷.txt"
_MAKE_BELIEVE = "本案卷由演示环境制作，单位、人员和事项均为虚构，不具有法律效力。\n"
Index = Callable[[DossierIndex], tuple[str, bytes]]
"""Makes the sheet of the 案卷目录: its path within the bundle and its bytes."""


@dataclass(frozen=True)
class Contents:
    """The files of a bundle; `organ` is the unit that handles the dossier, which vouches for it."""

    uid: str
    organ: str
    files: dict[str, bytes]
    origin: DossierImport | None


def contents_of(session: Session, keys: KeyRing, dossier: Dossier, folder: Path, index: Index) -> Contents:
    """Collect a dossier, on a session that sees one state of the database (`exporting.snapshot`).

    Raises:
        FileDamaged: a stored file is missing or not what its hash says.
    """
    rows = read_own(session, dossier.id)
    origin = session.get(DossierImport, dossier.id)
    events = _by_case(rows["event"])
    anchors = anchors_of(session, [case["uid"] for case in rows["cases"]])
    faults = {case["uid"]: faults_of(keys, case, events[case["id"]], anchors) for case in rows["cases"]}
    if origin is not None:
        anchors = json.loads(origin.anchors)
        _as_they_were(rows, events, json.loads(origin.chains))
    told = people_of(session, rows)
    law = json.loads(origin.law) if origin is not None and origin.law else law_of(session, rows)
    names = {
        "user_account": {one["id"]: one["name"] for one in told["people"]},
        "unit": {one["id"]: one["name"] for one in told["units"]},
    }
    papers, files, kept = papers_of(session, rows, folder, names)
    ids, rule_sets, titles = numbered(rows), names_of_rule_sets(session, rows), _titles(rows)
    marks = {case["id"]: digests(event["body"] for event in events[case["id"]]) for case in rows["cases"]}
    records: list[IndexLine] = []
    for place, case in enumerate(rows["cases"], 1):
        own = zip(events[case["id"]], marks[case["id"]], strict=True)
        history = [{**written("event", event, ids, rule_sets), "digest": mark} for event, mark in own]
        files[f"history/{place:03}.json"] = _json({"case": case["uid"], "events": history})
        texts = _texts(place, case, rows, titles[case["id"]], names["user_account"], events, marks, law)
        files |= {f"{path}.txt": text.encode() for path, text in texts.items()}
        records.append(_record(case, titles[case["id"]], events[case["id"]], list(texts)))
    files |= {path: _json(one) for path, one in law.items()}
    files[ROWS] = _json(
        {name: [written(name, row, ids, rule_sets) for row in own] for name, own in rows.items() if name != "event"}
    )
    files[PEOPLE], files[FILES], files[README] = _json(told), _json(kept), GUIDE.encode()
    chains = [_chain(case, marks[case["id"]], faults[case["uid"]]) for case in rows["cases"]]
    files[CHAIN] = _json({"algorithm": ALGORITHM, "anchors": anchors, "cases": chains})
    organ = names["unit"].get(_handled_by(rows), "")
    make_believe = origin.make_believe if origin is not None else is_make_believe(session)
    if make_believe:
        files[MAKE_BELIEVE] = _MAKE_BELIEVE.encode()
    path, sheet = index(_index(dossier, rows, titles, names, papers, records, organ, faults, make_believe))
    files[path] = sheet
    return Contents(dossier.uid, organ, files, origin)


def _texts(
    place: int,
    case: Row,
    rows: dict[str, list[Row]],
    title: str,
    people: dict[int, str],
    events: dict[int, list[Row]],
    marks: dict[int, list[str]],
    law: dict[str, dict[str, Any]],
) -> dict[str, str]:
    """What people read of a case, by path without ending: its history, and its ledgers where it has terms."""
    texts = {f"history/{place:03}": history_text(case, title, events[case["id"]], people, marks[case["id"]])}
    if terms := [row for row in rows["term"] if row["case_id"] == case["id"]]:
        calendars = {version: Calendar.from_json(body) for version, body in calendars_in(law).items()}
        texts[f"terms/{place:03}"] = terms_text(case, title, terms, calendars)
    return texts


def _record(case: Row, title: str, events: list[Row], places: list[str]) -> IndexLine:
    """The line of a case's history and ledgers in the index."""
    began = _day(events[0]["at"]) if events else ""
    return IndexLine(real_number(case["number"], case["uid"]), "系统", title, began, "", "、".join(places))


def _chain(case: Row, marks: list[str], faults: list[str]) -> dict[str, Any]:
    last = marks[-1] if marks else ""
    return {"case": case["uid"], "digest": last, "events": len(marks), "faults": faults, "mac": case["chain_head"]}


def dossier_of(session: Session, case_id: int) -> Dossier:
    """The dossier to which a case belongs."""
    owned = select(Dossier).join(Case, Case.dossier_id == Dossier.id).where(Case.id == case_id)
    return session.execute(owned).scalar_one()


def _by_case(events: list[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for event in sorted(events, key=lambda row: row["seq"]):
        found[event["case_id"]].append(event)
    return found


def _as_they_were(rows: dict[str, list[Row]], events: dict[int, list[Row]], chains: dict[str, list[list[str]]]) -> None:
    """Give the events of an imported dossier the values that they carried where they were written."""
    for case in rows["cases"]:
        own = events[case["id"]]
        for event, values in zip(own, chains[case["uid"]], strict=True):
            event["mac"], event["key_id"], event["algorithm"] = values
        case["chain_head"] = own[-1]["mac"] if own else ""


def _titles(rows: dict[str, list[Row]]) -> dict[int, str]:
    notices = {row["id"]: row for row in rows["notice"]}
    return {case["id"]: title_of(case, notices.get(case["id"])) for case in rows["cases"]}


def _handled_by(rows: dict[str, list[Row]]) -> int:
    first = rows["cases"][0]
    return int(first["handling_unit_id"] or first["provider_unit_id"] or 0)


def _index(
    dossier: Dossier,
    rows: dict[str, list[Row]],
    titles: dict[int, str],
    names: dict[str, dict[int, str]],
    papers: list[Paper],
    records: list[IndexLine],
    organ: str,
    faults: dict[str, list[str]],
    make_believe: bool,
) -> DossierIndex:
    first = rows["cases"][0]
    subject = names["user_account"].get(first["subject_person_id"]) or names["unit"].get(first["subject_unit_id"], "")
    label = workflow(first["kind"]).label
    lines, page = [], 1
    for paper in papers:
        last = page + (paper.pages or 0) - 1
        leaves = "" if not paper.pages else str(page) if last == page else f"{page}—{last}"
        page = last + 1
        lines.append(IndexLine(paper.number, paper.responsible, paper.title, paper.dated, leaves, _place(paper.path)))
    return DossierIndex(
        organ=organ,
        title=f"{subject}{label}案卷",
        number=real_number(first["number"], first["uid"]),
        uid=dossier.uid,
        began_on=_day(rows["dossier"][0]["opened_at"]),
        ended_on=_day(rows["dossier"][0]["last_event_at"]),
        cases=tuple(
            CaseLine(
                titles[case["id"]],
                real_number(case["number"], case["uid"]),
                workflow(case["kind"]).state(case["state"]).label,
                case["event_count"],
            )
            for case in rows["cases"]
        ),
        papers=tuple(lines),
        records=tuple(records),
        pages=page - 1,
        events=len(rows["event"]),
        faults=tuple(f"{titles[case['id']]}：{fault}" for case in rows["cases"] for fault in faults[case["uid"]]),
        make_believe=make_believe,
    )


def _place(path: str) -> str:
    """Folder and number of a file within the bundle: what finds it there."""
    return path.partition("-")[0]


def _day(at: datetime) -> str:
    return legal_day(at).isoformat()


def _json(value: Any) -> bytes:
    """Sorted keys, one value a line: readable, and equal for equal values."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
