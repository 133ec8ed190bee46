"""Declarative base and column types that behave alike on SQLite and PostgreSQL."""

import uuid
from datetime import UTC, datetime
from typing import Annotated

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Integer, MetaData, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)


class Instant(TypeDecorator[datetime]):
    """An instant, stored in UTC without offset and always handed out with it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its offset")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


#: BIGINT on PostgreSQL, INTEGER (the rowid) on SQLite.
BigKey = BigInteger().with_variant(Integer(), "sqlite")

Id = Annotated[int, mapped_column(BigKey, primary_key=True)]
Uid = Annotated[str, mapped_column(String(36), unique=True)]


def new_uid() -> str:
    """A random identifier made in the application, before the insert."""
    return str(uuid.uuid4())
