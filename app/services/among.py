"""Rows of known keys: asked for with one value, however many keys there are."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, any_, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session


def among(session: Session, key: Any, keys: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column holds one of the keys.

    A list of fifty values is written anew into each statement by SQLAlchemy, and read anew by the driver, which keeps
    short statements only. As text: the driver takes longer to write an array than PostgreSQL to find what is in it.
    """
    if session.get_bind().dialect.name == "postgresql":
        found: ColumnElement[bool] = key == any_(cast(literal(f"{{{','.join(map(str, keys))}}}"), ARRAY(BigInteger)))
        return found
    within: ColumnElement[bool] = key.in_(
        select(column("value")).select_from(func.json_each(json.dumps(list(keys)))).scalar_subquery()
    )
    return within
