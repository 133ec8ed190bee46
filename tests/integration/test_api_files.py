"""Files that a program hands in with a step: they come to the case with it, each of them once, and only its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app import create_app
from app.clock import MovableClock
from app.extensions import Installation
from app.models.base import db
from app.models.history import Attachment, DraftRow
from app.services import machine_files
from app.services.drafts import remove_old_drafts
from tests.support.application import settings_for
from tests.support.paths import VERDICTS, record_content
from tests.support.programs import Program, program_of
from tests.support.uploads import PDF, png
from tests.support.web_world import client_of, world_on
from tests.support.world import World


@pytest.fixture
def world(sqlite_app: Flask, clock: MovableClock) -> World:
    return world_on(sqlite_app, clock)


@pytest.fixture
def program(sqlite_app: Flask, world: World) -> Program:
    return program_of(sqlite_app, world)


def _upload(program: Program, case: str, step: str, name: str = "回证.png", content: bytes = b"") -> str:
    answer = program.upload(case, step, name, content or png())
    assert answer.status_code == 201, answer.text
    uid: str = answer.get_json()["uid"]
    return uid


def _answer(program: Program, world: World, case: str, *files: str, key: str = "k-1", version: int = 0) -> TestResponse:
    """Draft the answer to an objection, with files beside the form, on the case as it stands."""
    seen = version or world.case(case).version
    return program.step(case, "draft_answer", key, seen, beside=files, verdicts=VERDICTS, explanation="核查属实")


def _notice_to_serve(world: World) -> str:
    """A notice that the office has sent out by post and whose return slip has come."""
    record = world.record_in("noticing")
    [notice] = world.notices(record, "record_notice")
    sent = {"method": "邮寄送达", "tracking_number": "演示邮1001", "posted_on": world.today.isoformat()}
    world.take("officer", "dispatch", notice.uid, **sent)
    return notice.uid


def test_a_file_named_in_the_form_comes_to_the_case_with_the_step(app: Flask, clock: MovableClock) -> None:
    """R141, T3: the return slip that a courier's system sends lies with the notice, as if a clerk had sent it."""
    world = world_on(app, clock)
    office = program_of(app, world, "officer")
    notice = _notice_to_serve(world)
    slip = _upload(office, notice, "confirm_service")
    assert office.files(notice) == {}
    served = {"method": "邮寄送达", "served_on": world.today.isoformat(), "slip_number": "演示1号", "files": [slip]}
    taken = office.step(notice, "confirm_service", "k-1", world.case(notice).version, **served)
    assert taken.status_code == 200, taken.text
    assert office.files(notice) == {slip: "回证.png"}
    fetched = office.get(f"/cases/{notice}/files/{slip}")
    assert (fetched.status_code, fetched.data) == (200, png())
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    # A clerk finds it on the page of the case.
    assert slip in client_of(app, "officer").get(f"/cases/{notice}").text
    own: Installation = app.extensions["zhengcheng"]
    with own.database.read() as session:
        row = session.execute(select(Attachment)).scalar_one()
        assert row.event_seq == world.events(notice, "step")[-1].seq
        assert session.scalar(select(func.count()).select_from(DraftRow)) == 0


def test_evidence_goes_beside_a_form_without_a_field_for_it_and_nothing_is_done_twice(
    world: World, program: Program
) -> None:
    """T13: uploaded twice it is one file; the step said again has the same answer; with other files it is refused."""
    case = world.objection_in("verifying")
    first = _upload(program, case, "draft_answer", "凭证.pdf", PDF)
    assert _upload(program, case, "draft_answer", "凭证.pdf", PDF) == first
    second = _upload(program, case, "draft_answer", "照片.png")
    version = world.case(case).version
    assert _answer(program, world, case, first, version=version + 5).status_code == 412
    assert program.files(case) == {}
    taken = _answer(program, world, case, first, first)
    assert taken.status_code == 200, taken.text
    assert list(program.files(case)) == [first]
    again = _answer(program, world, case, first, version=version)
    assert again.get_json() == {**taken.get_json(), "repeated": True}
    for others in ((), (second,), (first, second)):
        refused = _answer(program, world, case, *others, version=version)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "KeyReused")
    assert list(program.files(case)) == [first]


def test_a_file_of_anybody_else_or_for_anything_else_is_unknown(
    sqlite_app: Flask, world: World, program: Program
) -> None:
    """T12: nobody hands in what another program, another unit, or he himself for another step or case has uploaded."""
    case, other = world.objection_in("verifying"), world.record_in("draft")
    beside = program_of(sqlite_app, world)
    foreign = program_of(sqlite_app, world, "other_clerk")
    of_foreign = foreign.open("record", "create", "k", **record_content(world)).get_json()["uid"]
    unknown = [
        _upload(beside, case, "draft_answer"),
        _upload(foreign, of_foreign, "edit"),
        _upload(program, other, "edit"),
        _upload(program, case, "propose"),
        "00000000-0000-0000-0000-000000000000",
    ]
    said = set()
    for uid in unknown:
        refused = _answer(program, world, case, uid)
        assert refused.status_code == 422, refused.text
        [error] = refused.get_json()["errors"]
        said.add((error["field"], error["message"].replace(uid, "")))
    assert len(said) == 1
    assert world.state(case) == "verifying"
    assert program.files(case) == {}
    assert _answer(program, world, case, "../../etc").status_code == 422
    # What was handed in once is no file to hand in again.
    own = _upload(program, case, "draft_answer")
    assert _answer(program, world, case, own).status_code == 200
    world.take("head", "reject_answer", case, reason="请补充依据")
    assert _answer(program, world, case, own, key="k-2").status_code == 422
    # Nor to fetch, for whoever does not see the case.
    assert program.get(f"/cases/{case}/files/{own}").status_code == 200
    assert program.get(f"/cases/{other}/files/{own}").status_code == 404
    for path in (f"/cases/{case}/files", f"/cases/{case}/files/{own}"):
        assert foreign.get(path).status_code == 404
    assert foreign.upload(case, "draft_answer", "回证.png", png()).status_code == 404


def test_files_do_not_pile_up_for_a_step_that_is_never_taken(
    world: World, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trust 1.10: what waits is limited, and so is what goes with one step."""
    monkeypatch.setattr(machine_files, "MOST_WAITING", 3)
    case = world.objection_in("verifying")
    uids = [_upload(program, case, "draft_answer", f"{number}.png") for number in range(3)]
    assert program.upload(case, "draft_answer", "more.png", png()).status_code == 422
    assert _upload(program, case, "draft_answer", "0.png") == uids[0]
    assert _answer(program, world, case, *[uids[0]] * 21).status_code == 422
    assert _answer(program, world, case, *uids).status_code == 200
    assert list(program.files(case).values()) == ["0.png", "1.png", "2.png"]


def test_what_waits_is_kept_as_long_as_it_is_added_to(sqlite_app: Flask, world: World, program: Program) -> None:
    """A scan of many pages that takes its time: what is old goes by the last file, not by the first."""
    own: Installation = sqlite_app.extensions["zhengcheng"]
    case = world.record_in("draft")
    first = _upload(program, case, "edit", "1.png")
    world.clock.advance(timedelta(days=80))
    second = _upload(program, case, "edit", "2.png")
    world.clock.advance(timedelta(days=80))
    with own.database.write() as session:
        assert remove_old_drafts(session, world.clock()) == 0
    taken = program.step(case, "edit", "k-1", 1, beside=[first, second], **record_content(world))
    assert taken.status_code == 200, taken.text
    assert list(program.files(case)) == [first, second]
    _upload(program, case, "edit", "3.png")
    world.clock.advance(timedelta(days=91))
    with own.database.write() as session:
        assert remove_old_drafts(session, world.clock()) == 1
    with own.database.read() as session:
        assert session.scalars(select(Attachment.uid).order_by(Attachment.id)).all() == [first, second]


def test_what_is_sent_at_the_same_moment_comes_once(postgresql_url: str, tmp_path: Path, clock: MovableClock) -> None:
    """T3, T13: a step sent three times under one key while more is being uploaded for it: one step, its one file."""
    app = create_app(settings_for(postgresql_url, tmp_path / "kept"), clock)
    world = world_on(app, clock)
    program = program_of(app, world)
    case = world.record_in("draft")
    first = _upload(program, case, "edit", "1.png")
    content = record_content(world)

    def send(number: int) -> tuple[int, bool]:
        if number % 2:
            return program.upload(case, "edit", f"more-{number}.png", png()).status_code, False
        answer = program.step(case, "edit", "k-1", 1, beside=[first], **content)
        return answer.status_code, answer.get_json().get("repeated", False)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert [status for status, _ in answers[1::2]] == [201] * 3
    assert [status for status, _ in answers[::2]] == [200] * 3
    assert sorted(repeated for _, repeated in answers[::2]) == [False, True, True]
    assert list(program.files(case)) == [first]
    assert world.steps(case) == ["create", "edit"]
    with app.app_context():
        db.engine.dispose()
