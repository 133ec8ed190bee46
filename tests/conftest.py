"""Fixtures for all tests."""

from tests.support import reached

pytest_plugins = [
    "tests.support.compiled_statements",
    "tests.support.compiled_routes",
    "tests.support.database_fixtures",
    "tests.support.application_fixtures",
    "tests.support.world_fixtures",
]


def pytest_configure() -> None:
    """Let no test walk a way that one before it has gone."""
    reached.listen()
