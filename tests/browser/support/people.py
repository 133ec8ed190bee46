"""Make-believe people who can sign in."""

from datetime import date

from flask import Flask

from app.extensions import Installation
from app.models.base import new_uid
from app.models.people import PostHolding, Unit, User
from workflows.roles import Post

PASSWORD = "Ceshi-2026-zc"


def add_person(app: Flask, login: str, name: str, posts: dict[Post, str], locality: str = "demo") -> None:
    """Add a person with posts in units, which are made as needed."""
    installation: Installation = app.extensions["zhengcheng"]
    with installation.database.write() as session:
        user = User(uid=new_uid(), login=login, name=name, password_hash=installation.passwords.hasher.hash(PASSWORD))
        for post, unit_name in posts.items():
            unit = session.query(Unit).filter_by(name=unit_name).one_or_none()
            unit = unit or Unit(uid=new_uid(), name=unit_name, locality=locality)
            session.add(unit)
            session.flush()
            user.posts.append(PostHolding(post=post.value, unit=unit, from_on=date(2026, 1, 1)))
        session.add(user)
