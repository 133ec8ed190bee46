"""案卷 by a button and by a command (issue 3 item 7; T12, trust 1.7): who may, what for, and what is left of it."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.clock import MovableClock
from app.database import migrate
from app.extensions import Installation
from app.models.base import db
from app.models.history import AccessLog
from app.models.people import Unit, User
from app.services.dossier_bundle.checking import check_bundle
from app.services.founding import NewPerson, found_person
from app.services.reading.oversight.board import read_board
from app.services.reading.reader import reader_of
from app.services.recusals import declare_recusal
from tests.support.application import settings_for
from tests.support.dossiers import FilingWorld
from tests.support.web_world import PASSWORD, client_of, text_of, world_on
from workflows.kit.context import Actor
from workflows.roles import Post

PURPOSE = "人民法院调取证据，（2026）示01行初1号"


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> FilingWorld:
    made = FilingWorld(**vars(world_on(app, clock)))
    made.files = installation(app).settings.files_dir
    return made


@pytest.fixture
def case(world: FilingWorld) -> str:
    """An objection that is decided."""
    return world.objection_in("decided")


def installation(app: Flask) -> Installation:
    own: Installation = app.extensions["zhengcheng"]
    return own


def exports(app: Flask) -> list[tuple[int | None, str, str]]:
    with installation(app).database.read() as session:
        rows = session.scalars(select(AccessLog).where(AccessLog.act == "exported").order_by(AccessLog.id))
        return [(row.user_id, row.target, row.purpose) for row in rows]


# -- the button -----------------------------------------------------------------------------------------------------


def test_the_office_takes_a_dossier_out_and_says_what_for(app: Flask, world: FilingWorld, case: str) -> None:
    """R20, PIPL: one form on the page of the case; person, dossier and purpose are logged."""
    officer = client_of(app, "officer")
    assert "导出案卷" in officer.get(f"/cases/{case}").text
    answer = officer.post(f"/cases/{case}/dossier", data={"purpose": f"  {PURPOSE} "})
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "〔2026〕1号.zip" in unquote(answer.headers["Content-Disposition"])
    checked = check_bundle(answer.data)
    assert {row["uid"] for row in checked.rows["cases"]} == {one.uid for one in world.dossier(case)}
    assert exports(app) == [(world["officer"].user_id, checked.dossier, PURPOSE)]
    assert client_of(app, "approver").post(f"/cases/{case}/dossier", data={"purpose": "复核"}).status_code == 200


def test_without_a_purpose_nothing_goes_out(app: Flask, case: str) -> None:
    """PIPL: the form says what is missing, and gives back what was typed."""
    officer = client_of(app, "officer")
    empty = officer.post(f"/cases/{case}/dossier", data={"purpose": "   "})
    assert empty.status_code == 422
    assert "请填写导出用途" in empty.text
    long = officer.post(f"/cases/{case}/dossier", data={"purpose": "调" * 201})
    assert long.status_code == 422
    assert "最多200字" in long.text
    assert "调" * 201 in long.text
    assert officer.get(f"/cases/{case}/dossier").status_code == 200
    assert exports(app) == []


@pytest.mark.parametrize(
    "role", ["subject", "clerk", "head", "other_clerk", "reviewer", "tolerance", "superior_officer", "unit_head"]
)
def test_nobody_else_takes_it_out(app: Flask, case: str, role: str) -> None:
    """T12: 404 for whoever does not handle the dossier, also where he sees the case; no button, nothing logged."""
    client = client_of(app, role)
    assert "导出案卷" not in client.get(f"/cases/{case}").text
    assert client.get(f"/cases/{case}/dossier").status_code == 404
    assert client.post(f"/cases/{case}/dossier", data={"purpose": PURPOSE}).status_code == 404
    assert exports(app) == []


def test_an_auditor_sees_the_trail_and_not_the_dossier(app: Flask, world: FilingWorld, case: str) -> None:
    """Trust 1.6: AUDITOR audit only."""
    own = installation(app)
    with own.database.write() as session:
        office = session.scalars(select(Unit).where(Unit.name == "示范区信用管理办公室")).one()
        user = found_person(session, NewPerson("auditor", "审测试", office, (Post.AUDITOR,)))
        user.password_hash = own.passwords.hasher.hash(PASSWORD)
    assert client_of(app, "auditor").post(f"/cases/{case}/dossier", data={"purpose": PURPOSE}).status_code == 404


def test_who_is_out_of_the_dossier_does_not_take_it_out(app: Flask, world: FilingWorld, case: str) -> None:
    """R147: 回避 holds for every act of office on it."""
    declare_recusal(world.backend, world["officer"], case, "与当事人有近亲属关系", world.clock())
    assert client_of(app, "officer").post(f"/cases/{case}/dossier", data={"purpose": PURPOSE}).status_code == 404
    assert client_of(app, "second_officer").post(f"/cases/{case}/dossier", data={"purpose": PURPOSE}).status_code == 200


def test_signed_out_leads_to_the_sign_in(app: Flask, case: str) -> None:
    """T12: the address alone is worth nothing."""
    assert app.test_client().get(f"/cases/{case}/dossier").status_code == 302


# -- the commands ---------------------------------------------------------------------------------------------------


@pytest.fixture
def archive(app: Flask, tmp_path: Path, clock: MovableClock) -> Flask:
    """An empty system on SQLite."""
    url = f"sqlite:///{tmp_path / 'archive.sqlite'}"
    migrate(url)
    return create_app(replace(settings_for(url, tmp_path / "archive"), database_purpose="test"), clock)


def test_out_checked_and_in_by_command(
    app: Flask, archive: Flask, world: FilingWorld, case: str, tmp_path: Path
) -> None:
    """R20: by number; a file is never overwritten; what came in is read on its page, and nothing can be done there."""
    number = world.case(case).number
    file = tmp_path / "案卷.zip"
    ran = app.test_cli_runner().invoke(args=["dossier", "export", number, "-o", str(file), "--purpose", PURPOSE])
    assert ran.exit_code == 0, ran.output
    assert file.stat().st_mode & 0o077 == 0
    assert exports(app)[0][2] == f"命令行：{PURPOSE}"
    again = app.test_cli_runner().invoke(args=["dossier", "export", number, "-o", str(file), "--purpose", PURPOSE])
    assert again.exit_code == 1
    assert "已存在" in again.output
    unknown = app.test_cli_runner().invoke(args=["dossier", "export", "示信异〔2026〕999号", "--purpose", PURPOSE])
    assert unknown.exit_code == 1
    assert "没有编号或者标识为" in unknown.output

    checked = archive.test_cli_runner().invoke(args=["dossier", "check", str(file)])
    assert checked.exit_code == 0, checked.output
    assert f"异议　{number}　已审定" in checked.output
    assert "没有签名" in checked.output
    blind = archive.test_cli_runner().invoke(args=["dossier", "import", str(file), "--by", "档案员"])
    assert blind.exit_code == 1
    assert "未导入任何内容" in blind.output
    taken = archive.test_cli_runner().invoke(args=["dossier", "import", str(file), "--by", "档案员", "--unverified"])
    assert taken.exit_code == 0, taken.output
    assert "已重新存证" in taken.output
    audit = archive.test_cli_runner().invoke(args=["audit", "verify"])
    assert audit.exit_code == 0, audit.output
    with installation(archive).database.read() as session:
        entries = session.scalars(select(AccessLog.purpose).where(AccessLog.act == "imported"))
        assert list(entries) == ["档案员（来源未经核实）"]
    twice = archive.test_cli_runner().invoke(args=["dossier", "import", str(file), "--by", "档案员", "--unverified"])
    assert twice.exit_code == 1
    assert "已有这一案卷" in twice.output


def test_an_altered_bundle_is_refused_by_command(app: Flask, case: str, tmp_path: Path) -> None:
    """T9: the message names the file; a root certificate that is none is refused, too."""
    file = tmp_path / "案卷.zip"
    app.test_cli_runner().invoke(args=["dossier", "export", case, "-o", str(file), "--purpose", PURPOSE])
    content = file.read_bytes()
    place = content.index("办理过程　".encode())
    file.write_bytes(content[:place] + b"X" + content[place + 1 :])
    ran = app.test_cli_runner().invoke(args=["dossier", "check", str(file)])
    assert ran.exit_code == 1
    assert "history/001.txt" in ran.output
    file.write_bytes(content)
    (tmp_path / "root.pem").write_text("keine")
    ran = app.test_cli_runner().invoke(args=["dossier", "check", str(file), "--root", str(tmp_path / "root.pem")])
    assert ran.exit_code == 1
    assert "不是PEM格式的证书" in ran.output


def test_an_imported_case_is_read_on_its_page(
    app: Flask, archive: Flask, world: FilingWorld, case: str, tmp_path: Path
) -> None:
    """The page says that it is a copy, shows history, terms, sheets, and offers no act."""
    file = tmp_path / "案卷.zip"
    app.test_cli_runner().invoke(args=["dossier", "export", case, "-o", str(file), "--purpose", PURPOSE])
    archive.test_cli_runner().invoke(args=["dossier", "import", str(file), "--by", "档案员", "--unverified"])
    own = installation(archive)
    with own.database.write() as session:
        office = session.scalars(select(Unit).where(Unit.name == "示范区信用管理办公室")).one()
        reader = found_person(session, NewPerson("reader", "档测试", office, (Post.OFFICER,)))
        reader.password_hash = own.passwords.hasher.hash(PASSWORD)
        assert session.scalars(select(User).where(User.name == "王测试")).one().active is False
    client = client_of(archive, "reader")
    page = client.get(f"/cases/{case}")
    assert page.status_code == 200
    seen = text_of(page.text)
    assert "本案卷是从其他系统导入的存档件，只供查阅" in seen
    assert "记载的损失与事实不符" in seen
    assert 'action="/cases/' + case + "/steps" not in page.text
    notice = world.notices(case, "objection_decision")[0]
    assert f"文书{notice.uid}" in client.get(f"/documents/{notice.uid}.pdf").text
    # How it stands today is known where it was issued alone (R141).
    assert archive.test_client().get(f"/verify/{notice.code}").status_code == 404
    at_work = client.get("/desk")
    assert at_work.status_code == 200
    assert 'href="/cases/' not in at_work.text
    with own.database.read() as session:
        account = session.scalars(select(User).where(User.login == "reader")).one()
        actor = Actor(account.id, account.name, account.uid)
        assert read_board(reader_of(own.backend, session, actor, own.clock()), near=3).rows == ()
    refused = client.post(f"/cases/{case}/recusal", data={"reason": "试试"})
    assert refused.status_code == 409
    assert client.post(f"/cases/{case}/dossier", data={"purpose": "调卷"}).data == file.read_bytes()
    with archive.app_context():
        db.engine.dispose()
