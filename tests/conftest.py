"""Fixtures for all tests."""

pytest_plugins = [
    "tests.support.compiled_statements",
    "tests.support.database_fixtures",
    "tests.support.application_fixtures",
    "tests.support.world_fixtures",
]
