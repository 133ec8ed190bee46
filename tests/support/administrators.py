"""Administrators on the world of an application: they can sign in, and each holds one post."""

from flask import Flask

from app.extensions import Installation
from app.services.founding import NewPerson, found_person
from tests.support.web_world import password_hash
from tests.support.world import World
from workflows.kit.context import Actor
from workflows.roles import Post

CAST = {
    "sysadmin": ("秦测试", Post.SYSADMIN),
    "second_sysadmin": ("许测试", Post.SYSADMIN),
    "secadmin": ("尤测试", Post.SECADMIN),
    "auditor": ("朱测试", Post.AUDITOR),
    "keeper": ("杨测甲", Post.RULES_KEEPER),
    "second_keeper": ("杨测乙", Post.RULES_KEEPER),
}


def add_administrators(app: Flask, world: World) -> None:
    """Add them, in the credit office; `world["sysadmin"]` and so on are their actors."""
    own: Installation = app.extensions["zhengcheng"]
    hashed = password_hash(own)

    def add() -> dict[str, Actor]:
        added: dict[str, Actor] = {}
        with own.database.write() as session:
            for login, (name, post) in CAST.items():
                user = found_person(session, NewPerson(login, name, world.organs.office, (post,)))
                user.password_hash = hashed
                added[login] = Actor(user.id, user.name, user.uid)
        return added

    world.people.update(world.remembered(("administrators",), add))
