"""Programs for tests: tokens given to units of the world, and a client that speaks as one of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import Installation
from app.services.api_tokens import NewToken, Scope, give_token
from tests.support.world import UNITS, World
from workflows.roles import Post

V1 = "/api/v1"
#: By the part of the person who answers for it: unit and post of the token.
_PLACES = {
    "clerk": ("provider", Post.CLERK),
    "other_clerk": ("foreign", Post.CLERK),
    "officer": ("office", Post.OFFICER),
}
UNTIL = date(2027, 3, 1)


@dataclass
class Program:
    """A program with a token. It keeps no cookies and follows nothing."""

    app: Flask
    uid: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.app.test_client(use_cookies=False).get(V1 + path, headers=self.headers, **more)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        given = {"json": body} if body is not None else {}
        client = self.app.test_client(use_cookies=False)
        return client.post(V1 + path, headers={**self.headers, **(headers or {})}, **given, **more)

    def delete(self, path: str) -> TestResponse:
        return self.app.test_client(use_cookies=False).delete(V1 + path, headers=self.headers)

    def open(self, kind: str, step: str, key: str, parent: str = "", **form: Any) -> TestResponse:
        body = {"kind": kind, "step": step, "parent": parent, "form": form}
        return self.post("/cases", body, {"Idempotency-Key": key})

    def step(
        self, case: str, step: str, key: str, version: int, /, *, beside: Collection[str] = (), **form: Any
    ) -> TestResponse:
        """Take a step; `beside` are files that are named beside the form."""
        headers = {"Idempotency-Key": key, "If-Match": f'"{version}"'}
        body = {"form": form, "files": list(beside)} if beside else {"form": form}
        return self.post(f"/cases/{case}/steps/{step}", body, headers)

    def upload(self, case: str, step: str, name: str, content: bytes) -> TestResponse:
        """Keep a file for a step."""
        path = f"/cases/{case}/steps/{step}/files?name={name}"
        return self.post(path, data=content, content_type="application/octet-stream")

    def files(self, case: str) -> dict[str, str]:
        """The files of a case: names by uid."""
        return {one["uid"]: one["name"] for one in self.get(f"/cases/{case}/files").get_json()["items"]}


def program_of(
    app: Flask, world: World, owner: str = "clerk", scopes: Collection[Scope] = tuple(Scope), until: date = UNTIL
) -> Program:
    """A program of the unit of `owner` (clerk, other_clerk, officer), who answers for it."""
    own: Installation = app.extensions["zhengcheng"]
    place, post = _PLACES[owner]
    unit = world.organs.office.name if place == "office" else UNITS[place]
    new = NewToken("财务系统", unit, post, owner, scopes, until)
    uid, token = give_token(own.database, own.keys, new, world["officer"].user_id or 0, world.clock())
    return Program(app, uid, token)
