"""Administrators on the world of an application: they can sign in, and each holds one post."""

from flask import Flask

from app.services.founding import NewPerson, found_person
from tests.support.web_world import PASSWORD
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
    own = app.extensions["zhengcheng"]
    hashed = own.passwords.hasher.hash(PASSWORD)
    with own.database.write() as session:
        for login, (name, post) in CAST.items():
            user = found_person(session, NewPerson(login, name, world.organs.office, (post,)))
            user.password_hash = hashed
            world.people[login] = Actor(user.id, user.name, user.uid)
