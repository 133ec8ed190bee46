"""The product that made-up requests are sent to: cases in many states, and one caller for each way to come."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from app import create_app
from app.clock import MovableClock, legal_day
from app.database import migrate
from app.models.base import db
from app.services.api_tokens import Scope, revoke_token
from app.services.heartbeat import beat
from tests.support.application import settings_for
from tests.support.application_fixtures import NOW
from tests.support.asking import Asked, Caller
from tests.support.paths import VERDICTS
from tests.support.programs import Program, program_of
from tests.support.uploads import PDF
from tests.support.web_world import client_of, world_on
from tests.support.world import World

_EVERYTHING = frozenset(Scope)
#: The programs by the person who answers for them, and their scopes.
_PROGRAMS = {
    "provider": ("clerk", _EVERYTHING),
    "foreign unit": ("other_clerk", _EVERYTHING),
    "office": ("officer", _EVERYTHING),
    "reader": ("clerk", frozenset({Scope.READ})),
    "filer": ("clerk", frozenset({Scope.STEP})),
    "fetcher": ("officer", frozenset({Scope.DOCUMENTS})),
    "listener": ("clerk", frozenset({Scope.WEBHOOKS})),
}
CALLERS = ("no token", "session", "expired", "revoked", *_PROGRAMS)


@contextmanager
def asked_product(folder: Path) -> Iterator[Asked]:
    """An application on SQLite in a folder, with its callers; requests are still to be made up."""
    url = f"sqlite:///{folder / 'zhengcheng.sqlite'}"
    migrate(url)
    clock = MovableClock(NOW)
    app = create_app(settings_for(url, folder / "kept"), clock)
    own = app.extensions["zhengcheng"]
    object.__setattr__(own.settings, "api_requests_a_minute", 1_000_000)
    world = world_on(app, clock)
    objection = world.objection_in("verifying")
    [record] = [case.uid for case in world.dossier(objection) if case.kind == "record"]
    draft, notice = world.record_in("draft"), world.notices(record)[0].uid
    expired = program_of(app, world, until=legal_day(clock()))
    revoked = program_of(app, world)
    revoke_token(own.database, own.keys, revoked.uid, world["officer"].user_id or 0, clock())
    clock.advance(timedelta(days=1))
    beat(own.database, clock())
    programs = {name: program_of(app, world, owner, scopes) for name, (owner, scopes) in _PROGRAMS.items()}
    file = _answered_with_a_file(world, programs["provider"], objection)
    address = "127.0.0.1:9"
    object.__setattr__(own.settings, "webhook_hosts", (address,))
    told = programs["listener"].post("/webhooks", {"url": f"http://{address}/hook"}).get_json()["uid"]
    places = {
        "/cases": [
            {"uid": record, "step": "draft_correction", "file": file},
            {"uid": objection, "step": "draft_answer", "file": file},
            {"uid": draft, "step": "edit"},
        ],
        "/documents": [{"uid": notice}],
        "/webhooks": [{"uid": told}],
        "/procedures": [{"kind": "objection", "step": "draft_answer"}],
        "/rules": [{"locality": "demo"}],
    }
    cookie = client_of(app, "subject").get_cookie("zhengcheng")
    assert cookie is not None
    callers = [
        Caller("no token", {}, None),
        Caller("session", {"Cookie": f"zhengcheng={cookie.value}"}, None),
        Caller("expired", expired.headers, None),
        Caller("revoked", revoked.headers, None),
        *(Caller(name, program.headers, _PROGRAMS[name][1]) for name, program in programs.items()),
    ]
    try:
        yield Asked(app, places, {caller.name: caller for caller in callers})
    finally:
        with app.app_context():
            db.engine.dispose()


def _answered_with_a_file(world: World, program: Program, objection: str) -> str:
    """Evidence that came with an answer; the head has sent the answer back, so that it can be drafted again."""
    file: str = program.upload(objection, "draft_answer", "a.pdf", PDF).get_json()["uid"]
    answer = {"verdicts": VERDICTS, "explanation": "核查属实"}
    taken = program.step(objection, "draft_answer", "k", world.case(objection).version, beside=[file], **answer)
    assert taken.status_code == 200, taken.text
    world.take("head", "reject_answer", objection, reason="请补充依据")
    return file
