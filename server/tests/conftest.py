"""Fixtures for every tier."""

from collections.abc import Iterator

import pytest

from tests import postgres


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # not a worker of pytest-xdist: the run's first process
        folder = postgres.prepare_run()
        config.add_cleanup(lambda: postgres.finish_run(folder))


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Tests marked `anyio` run on the loop that the server runs on."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def postgres_cluster() -> postgres.Cluster:
    """A real PostgreSQL, one for the whole run."""
    return postgres.shared_cluster()


@pytest.fixture
def postgres_url(postgres_cluster: postgres.Cluster) -> Iterator[str]:
    """URL of a fresh, empty PostgreSQL database, dropped after the test."""
    url = postgres_cluster.new_database()
    yield url
    postgres_cluster.drop(url)
