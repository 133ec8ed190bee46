"""What a database was made for (architecture 4): marked once, and only some take a moved clock."""

import pytest
from sqlalchemy import Engine

from app.database import Database
from app.services.database_purpose import WrongDatabase, ensure_marked, purpose_of, takes_moved_clock
from app.settings import Purpose


def test_a_database_is_marked_once_and_refused_for_anything_else(engine: Engine) -> None:
    database = Database.on(engine)
    assert purpose_of(database) is None
    ensure_marked(database, "demo")
    ensure_marked(database, "demo")
    with pytest.raises(WrongDatabase, match="建立时的用途为演示，不能用作正式"):
        ensure_marked(database, "production")
    assert purpose_of(database) == "demo"


@pytest.mark.parametrize(
    ("purpose", "allowed"), [("production", False), ("demo", True), ("rehearsal", True), ("test", True)]
)
def test_time_is_moved_only_where_the_database_was_made_for_it(engine: Engine, purpose: Purpose, allowed: bool) -> None:
    database = Database.on(engine)
    assert not takes_moved_clock(database)
    ensure_marked(database, purpose)
    assert takes_moved_clock(database) is allowed
