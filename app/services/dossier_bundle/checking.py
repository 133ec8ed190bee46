"""Holding a bundle against itself: manifest, signature, histories, states and days recomputed from them, files, law."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.models.terms import LIVE
from app.services.dossier_bundle.archive import SIGNATURE, unpack
from app.services.dossier_bundle.chain import digests
from app.services.dossier_bundle.contents import CHAIN, FILES, MAKE_BELIEVE, ROWS
from app.services.dossier_bundle.errors import BundleRefused
from app.services.dossier_bundle.law import calendars_in
from app.services.dossier_bundle.people import FILE as PEOPLE
from app.services.dossier_bundle.signing import FOLDER, SignedBy, signed_by
from app.services.dossier_bundle.tables import OWN, Row, hash_columns
from app.services.file_kinds import KINDS
from app.services.replay import replay
from workflows.kit.calendar import Calendar
from workflows.registry import WORKFLOWS
from workflows.rules.model import RuleSet

#: What this system keeps: a file that came as a web page would be drawn as one under its address.
_MEDIA_TYPES = frozenset({"text/plain", *(kind.media_type for kind in KINDS)})
#: Columns of an event that are copies of what its body says.
_COPIES = ("seq", "sort", "step", "audience", "version", "round")


@dataclass(frozen=True)
class Checked:
    """A bundle in which everything holds. Rows are as written in it; events lie with their tables."""

    dossier: str
    manifest: bytes
    signature: bytes | None
    signer: SignedBy | None
    files: dict[str, bytes]
    rows: dict[str, list[Row]]
    people: dict[str, list[dict[str, Any]]]
    law: dict[str, dict[str, Any]]
    chain: dict[str, Any]
    #: What the database kept of each stored file: {media_type, path, sha256}.
    stored: list[dict[str, Any]]
    histories: dict[int, list[Row]] = field(default_factory=dict)

    @property
    def make_believe(self) -> bool:
        """Whether it came from a demo or a rehearsal."""
        return MAKE_BELIEVE in self.files

    @property
    def certificates(self) -> dict[str, str]:
        """The certificates that came with it, by path."""
        return {path: content.decode() for path, content in self.files.items() if path.startswith(FOLDER)}


def check_bundle(bundle: bytes, roots: tuple[bytes, ...] = (), *, must_be_signed: bool = False) -> Checked:
    """Read a bundle and recompute everything in it that can be recomputed.

    Args:
        roots: certificates (DER) known to be genuine; a signature under another one is reported as not `known`.
        must_be_signed: refuse what is not signed under one of `roots`.

    Raises:
        BundleRefused: naming the file that was damaged, altered or does not fit the rest.
    """
    dossier, manifest, signature, files = unpack(bundle)
    signer = signed_by(manifest, signature, files, roots)
    if must_be_signed and (signer is None or not signer.known):
        raise BundleRefused("案卷包没有签名，或者不是由给定的根证书签发的。", SIGNATURE)
    rows = _parsed(files, ROWS)
    checked = Checked(
        dossier=dossier,
        manifest=manifest,
        signature=signature,
        signer=signer,
        files=files,
        rows=rows,
        people=_parsed(files, PEOPLE),
        law={path: _parsed(files, path) for path in sorted(files) if path.startswith("law/")},
        chain=_parsed(files, CHAIN),
        stored=_parsed(files, FILES),
    )
    try:
        _check_rows(checked)
        _check_law(checked)
        _check_stored(checked)
        calendars = {version: Calendar.from_json(body) for version, body in calendars_in(checked.law).items()}
        for place, case in enumerate(rows["cases"], 1):
            _check_case(checked, place, case, calendars)
    except (KeyError, IndexError, TypeError, ValueError, AssertionError) as error:
        raise BundleRefused(f"的内容不完整或者互相矛盾（{type(error).__name__}）。", ROWS) from error
    rows["event"] = sorted((event for own in checked.histories.values() for event in own), key=lambda row: row["id"])
    return checked


def _parsed(files: Mapping[str, bytes], path: str) -> Any:
    if path not in files:
        raise BundleRefused("缺失。", path)
    try:
        return json.loads(files[path])
    except ValueError:
        raise BundleRefused("不是完整的JSON。", path) from None


def _check_rows(checked: Checked) -> None:
    rows = checked.rows
    if set(rows) != OWN.keys() - {"event"}:
        raise BundleRefused("所列的表与本系统的版本不符。请用相同版本的系统读取。", ROWS)
    if [row["uid"] for row in rows["dossier"]] != [checked.dossier] or not rows["cases"]:
        raise BundleRefused("与清单所记的案卷标识不符。", ROWS)


def _check_law(checked: Checked) -> None:
    for path, told in checked.law.items():
        if "digest" in told and RuleSet.from_json(told["body"]).digest != told["digest"]:
            raise BundleRefused("的内容与其摘要值不符。", path)
        if "version" in told and Calendar.from_json(told["body"]).version != told["version"]:
            raise BundleRefused("的内容与其版本号不符。", path)


def _check_stored(checked: Checked) -> None:
    """Every file to which a row refers is there; that its bytes are right the manifest has said already."""
    named = {one["sha256"] for one in checked.stored}
    for name, own in checked.rows.items():
        for column in hash_columns(name):
            if any(row[column] and row[column] not in named for row in own):
                raise BundleRefused("缺少案卷所引用的文件。", FILES)
    if strange := next((one for one in checked.stored if one["media_type"] not in _MEDIA_TYPES), None):
        raise BundleRefused("的类型不是本系统收存的文件类型。", str(strange["path"]))
    listed = {one["path"]: one["sha256"] for one in json.loads(checked.manifest)["files"]}
    for one in checked.stored:
        if listed.get(one["path"]) != one["sha256"]:
            raise BundleRefused("与所列的文件不符。", one["path"])


def _check_case(checked: Checked, place: int, case: Row, calendars: Mapping[str, Calendar]) -> None:
    """The history of a case is whole, says what the columns say, and gives the state and the days of the rows."""
    path = f"history/{place:03}.json"
    told = _parsed(checked.files, path)
    events: list[Row] = told["events"]
    marks = digests(event["body"] for event in events)
    summary = checked.chain["cases"][place - 1]
    if told["case"] != case["uid"] or [event["digest"] for event in events] != marks:
        raise BundleRefused("的摘要值不连续：有记录被改动、删去、插入或者调换。", path)
    for number, event in enumerate(events, 1):
        if number != event["seq"] or event["case_id"] != place or not _says_the_same(event, case["uid"]):
            raise BundleRefused(f"第{number}条的检索列与正文不一致。", path)
    if (len(events), (events[-1]["mac"] if events else "")) != (case["event_count"], case["chain_head"]):
        raise BundleRefused("的条数或者末条与事项所记不符。", path)
    if summary != {"case": case["uid"], "digest": marks[-1] if marks else "", "events": len(events), "faults": [],
                   "mac": case["chain_head"]}:  # fmt: skip
        faults = "；".join(summary.get("faults", ()))
        raise BundleRefused(f"与历史记录不符{'：立卷时已发现' + faults if faults else ''}。", CHAIN)
    live = {row["key"]: row for row in checked.rows["term"] if row["case_id"] == place and row["status"] in LIVE}
    _check_replay(case, live, [event["body"] for event in events], calendars, path)
    checked.histories[place] = events


def _says_the_same(event: Row, uid: str) -> bool:
    body = json.loads(event["body"])
    same = all(body[name] == event[name] for name in _COPIES)
    at = datetime.fromisoformat(body["at"]) == datetime.fromisoformat(event["at"])
    people = (body["actor"], body.get("principal")) == (event["actor_id"], event.get("principal_id"))
    return same and at and people and body["case"] == uid


def _check_replay(
    case: Row, live: Mapping[str, Row], bodies: list[str], calendars: Mapping[str, Calendar], path: str
) -> None:
    flow = WORKFLOWS[case["kind"]]
    # Live terms were reckoned with one version or, in the middle of an import of a calendar, with two.
    for calendar in {row["calendar_version"] for row in live.values()} or {next(iter(calendars), "")}:
        made = replay(bodies, flow, calendars[calendar]) if calendar else None
        if made is None:
            continue
        if (made.in_state, made.version) != (case["state"], case["version"]):
            raise BundleRefused("重演所得的状态或者版本号与事项所记不符。", path)
        days = {key: day.isoformat() if day else None for key, day in made.due.items()}
        if days.keys() != live.keys():
            raise BundleRefused("重演所得的期限与期限表所记不符。", path)
        for key, row in live.items():
            if row["calendar_version"] == calendar and row["due_on"] != days[key]:
                raise BundleRefused(f"重演所得的届满日与期限表所记不符（{key}）。", path)
