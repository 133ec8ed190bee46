"""运行状况 and 安全保密 (interface 10; trust 1.4–1.6): failed work with reason and 重试; locks, sessions, sign-ins."""

import sqlite3
from datetime import timedelta

from flask import Flask

from app.models.history import AccessLog, OutboxRow
from app.models.people import User
from app.models.terms import StuckClaim, TermRow
from app.services.backups import check_backup
from app.services.checks import Verdict
from tests.support.web_world import PASSWORD, client_of, text_of
from tests.support.world import World


def test_failed_work_is_shown_with_its_reason_and_without_names_and_tried_again(app: Flask, world: World) -> None:
    world.record_in("statement_open")
    term = world.rows(TermRow)[0]
    with app.extensions["zhengcheng"].database.write() as session:
        for number, status in enumerate(("stuck", "open", "done")):
            error = "" if status == "done" else "受送达人“王测试”的姓名含有无法显示的字"
            session.add(
                OutboxRow(
                    key=f"k{number}", work="seal", not_before=world.clock(), status=status, attempts=4, error=error
                )
            )
        session.add(StuckClaim(term_id=term.id, attempts=5, retry_at=None, error="钟错"))
    client = client_of(app, "sysadmin")
    page = client.get("/upkeep").text
    assert "受送达人“…”的姓名" in page
    assert "王测试" not in page
    assert "期限到期处理：" in page
    assert "磁盘空间" in page
    assert client.post("/upkeep/retry", data={"task": "nothing"}).status_code == 303
    assert [row.status for row in world.outbox() if row.key.startswith("k")] == ["stuck", "open", "done"]
    stuck = next(row for row in world.outbox() if row.status == "stuck")
    client.post("/upkeep/retry", data={"task": f"work-{stuck.id}"})
    assert [(row.status, row.attempts) for row in world.outbox() if row.id == stuck.id] == [("open", 0)]
    client.post("/upkeep/retry", data={"task": "all"})
    with app.extensions["zhengcheng"].database.read() as session:
        assert session.query(StuckClaim).count() == 0
    logged = [(row.target, row.user_id) for row in world.rows(AccessLog) if row.act == "retried"]
    assert logged == [(f"work-{stuck.id}", world["sysadmin"].user_id), ("all", world["sysadmin"].user_id)]


def test_the_age_of_the_last_backup_and_the_version_of_the_database_are_shown(app: Flask, world: World) -> None:
    """R145: a backup script reports that it is done; in real use its absence is seen, after a week as a fault."""
    client, own = client_of(app, "sysadmin"), app.extensions["zhengcheng"]
    assert "没有备份记录（非正式环境，不要求）" in client.get("/upkeep").text

    def verdicts(production: bool, later: timedelta = timedelta()) -> list[tuple[Verdict, str]]:
        with own.database.read() as session:
            found = check_backup(session, own.clock() + later, production=production)
            return [(check.verdict, check.detail) for check in found]

    assert verdicts(production=True) == [(Verdict.WARNING, "没有备份记录")]
    assert app.test_cli_runner().invoke(args=["backup", "done"]).exit_code == 0
    assert verdicts(production=True) == [(Verdict.OK, "最近一次在0分钟前")]
    assert verdicts(True, timedelta(hours=37)) == [(Verdict.WARNING, "最近一次在37小时前")]
    assert verdicts(True, timedelta(days=8)) == [(Verdict.FAULT, "最近一次在8日前")]
    page = client.get("/upkeep").text
    assert "最近一次在0分钟前" in page
    assert f"SQLite {sqlite3.sqlite_version}，结构版本" in page


def test_a_locked_account_is_unlocked_and_sessions_are_ended(app: Flask, world: World) -> None:
    for _ in range(5):
        app.config["WTF_CSRF_ENABLED"] = False
        app.test_client().post("/sign-in", data={"login": "clerk", "password": "falsch"})
    client, who = client_of(app, "secadmin"), world["clerk"].uid
    page = text_of(client.get("/security").text)
    assert "锁定至" in page
    assert "登录失败5次" in page
    assert app.test_client().post("/sign-in", data={"login": "clerk", "password": PASSWORD}).status_code == 422
    assert client.post(f"/security/{who}/unlock").status_code == 303
    clerk = client_of(app, "clerk")
    assert clerk.get("/rules").status_code == 200
    assert client.post(f"/security/{who}/end-sessions").status_code == 303
    assert clerk.get("/rules").status_code == 302
    assert next(user for user in world.rows(User) if user.login == "clerk").locked_until is None
    assert client.post("/security/nobody/unlock").status_code == 404
    assert "解除锁定" in client.get("/security", query_string={"q": "clerk", "act": "unlocked"}).text
    record = world.record_in("listed")
    client_of(app, "officer").get(f"/cases/{record}")
    assert record not in client.get("/security").text
    assert "查看" not in text_of(client.get("/security").text.partition('id="log"')[2])
