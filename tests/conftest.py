"""Fixtures for all tests."""

pytest_plugins = [
    "tests.support.database_fixtures",
    "tests.support.application_fixtures",
    "tests.support.world_fixtures",
]
