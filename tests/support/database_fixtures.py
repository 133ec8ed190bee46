"""Fixtures that give a test its databases. Loaded as a plugin by tests/conftest.py.

ZHENGCHENG_TEST_FSYNC=1 makes PostgreSQL as durable as in production (slower), for tests that kill processes.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster import Cluster, new_cluster_folder, stop_orphans
from tests.support.databases import Migrate, PostgresSource, SqliteSource

DATABASES = ("sqlite", "postgresql")
_SHARED = pytest.StashKey[Path]()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Name one folder for the whole run; the workers of pytest-xdist are told about it."""
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    if workerinput is not None:
        config.stash[_SHARED] = Path(workerinput["shared_databases"])
        return
    stop_orphans()
    config.stash[_SHARED] = new_cluster_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist is about to start a worker."""
    node.workerinput["shared_databases"] = str(node.config.stash[_SHARED])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server; workers leave that to the process that began the run."""
    if not hasattr(config, "workerinput") and _SHARED in config.stash:
        Cluster(config.stash[_SHARED]).stop()


@pytest.fixture(scope="session")
def postgres_cluster(pytestconfig: pytest.Config) -> Cluster:
    """The PostgreSQL server of this run, started."""
    cluster = Cluster(pytestconfig.stash[_SHARED], durable=bool(os.environ.get("ZHENGCHENG_TEST_FSYNC")))
    cluster.ensure_started()
    return cluster


@pytest.fixture(scope="session")
def sqlite_folder(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """A folder for database files that all workers share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if hasattr(pytestconfig, "workerinput") else own) / "sqlite"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def sqlite_url(sqlite_folder: Path, migrate: Migrate) -> Iterator[str]:
    """Address of a migrated, empty SQLite database of this test alone."""
    with SqliteSource(sqlite_folder, migrate).database() as url:
        yield url


@pytest.fixture
def postgresql_url(postgres_cluster: Cluster, migrate: Migrate) -> Iterator[str]:
    """Address of a migrated, empty PostgreSQL database of this test alone."""
    with PostgresSource(postgres_cluster, migrate).database() as url:
        yield url


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs twice: once for each database."""
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, str)
    return url
