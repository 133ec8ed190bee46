"""Applications for tests: everything in a folder of the test, small password cost, plain-text notices."""

from pathlib import Path

from app.settings import PasswordCost, Settings

#: Argon2id at its smallest: tests check behaviour, not strength.
CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)


def settings_for(database_url: str, folder: Path) -> Settings:
    """Settings of a test installation that keeps its files and keys in `folder`."""
    return Settings(
        database_url=database_url,
        data_dir=folder,
        secret_key="only-for-tests-" + "0" * 40,
        database_purpose="test",
        environment="test",
        password_cost=CHEAP,
        renderer="text",
    )
