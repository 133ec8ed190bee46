"""Settings: safe by default, refused in Chinese with what to mend, secrets made once (trust 1.11)."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from app.settings import ROOT, Settings, SettingsRefused

SECRET = "5f" * 32


def read(folder: Path, **given: str) -> Settings:
    """Settings from an environment that names the data folder and what the test gives."""
    return Settings.from_environment(
        {"ZHENGCHENG_DATA_DIR": str(folder)} | {f"ZHENGCHENG_{name}": value for name, value in given.items()}
    )


def in_production(folder: Path, **given: str) -> Settings:
    safe = {
        "ENVIRONMENT": "production",
        "SECRET_KEY": SECRET,
        "BASE_URL": "https://zhengcheng.example.cn",
        "DATABASE_URL": "postgresql://zhengcheng@db/zhengcheng",
    }
    return read(folder, **(safe | given))


def test_without_any_setting_it_runs_locally_on_sqlite(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/zhengcheng.sqlite"
    assert settings.environment == "local"
    assert not settings.debug
    assert settings.password_profile == "mlps3"
    assert (settings.sign_in_idle, settings.sign_in_longest) == (timedelta(minutes=30), timedelta(hours=12))


def test_the_default_data_folder_lies_in_the_checkout_and_is_not_tracked() -> None:
    assert "/var/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_first_start_makes_a_secret_and_later_ones_keep_it(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert read(tmp_path / "other").secret_key != first.secret_key


def test_hosts_that_may_be_told_of_steps_are_named_one_by_one(tmp_path: Path) -> None:
    """Trust 1.9: without the setting no address inside is sent to; names are compared in small letters."""
    assert read(tmp_path).webhook_hosts == ()
    settings = read(tmp_path, WEBHOOK_HOSTS="OA.example.internal, 10.0.0.8:8080", API_REQUESTS_A_MINUTE="60")
    assert settings.webhook_hosts == ("oa.example.internal", "10.0.0.8:8080")
    assert settings.api_requests_a_minute == 60


def test_secrets_are_not_shown_by_repr(tmp_path: Path) -> None:
    """T15"""
    settings = read(tmp_path, MAIL_PASSWORD="mima-mima", SECRET_KEY=SECRET)
    assert SECRET not in repr(settings)
    assert "mima-mima" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"DEBUG": "1"}, "不得开启调试"),
        ({"SECRET_KEY": "changeme"}, "过短或为默认值"),
        ({"SECRET_KEY": "a" * 31}, "过短或为默认值"),
        ({"TRUSTED_PROXIES": "*"}, "不得信任任意地址"),
        ({"TRUSTED_PROXIES": "10.0.0.5, 0.0.0.0/0"}, "不得信任任意地址（0.0.0.0/0）"),
        ({"TRUSTED_PROXIES": "::/0"}, "不得信任任意地址"),
        ({"BASE_URL": "http://zhengcheng.example.cn"}, "须以 https:// 开头"),
    ],
)
def test_production_refuses_to_start_unsafely(tmp_path: Path, given: dict[str, str], words: str) -> None:
    """Trust 1.11: debug, a default secret, an untrusted proxy setting."""
    in_production(tmp_path)
    with pytest.raises(SettingsRefused) as refusal:
        in_production(tmp_path, **given)
    assert words in str(refusal.value)
    assert "请" in str(refusal.value) or "须" in str(refusal.value)


def test_flask_debug_counts_as_debug(tmp_path: Path) -> None:
    safe = {
        "ZHENGCHENG_DATA_DIR": str(tmp_path),
        "ZHENGCHENG_ENVIRONMENT": "production",
        "ZHENGCHENG_BASE_URL": "https://zhengcheng.example.cn",
    }
    assert Settings.from_environment(safe).in_production
    with pytest.raises(SettingsRefused, match="FLASK_DEBUG"):
        Settings.from_environment(safe | {"FLASK_DEBUG": "1"})


def test_everything_to_mend_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        in_production(tmp_path, DEBUG="1", TRUSTED_PROXIES="*")
    assert "调试" in str(refusal.value)
    assert "任意地址" in str(refusal.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ENVIRONMENT": "prod"}, "local、production、test"),
        ({"DATABASE_PURPOSE": "live"}, "production、demo、rehearsal、test"),
        ({"DEBUG": "yes"}, "只能填 0（关）或 1（开）"),
        ({"MAIL_PORT": "-1"}, "须为正整数"),
        ({"SIGN_IN_IDLE_MINUTES": "abc"}, "须为正整数"),
        ({"DATABASE_URL": "mysql://u@h/d"}, "不支持 mysql"),
        ({"DATABASE_URL": "zhengcheng"}, "格式不对"),
        ({"TRUSTED_PROXIES": "proxy.example"}, "不是地址或网段"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, given: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        read(tmp_path, **given)
    assert words in str(refusal.value)


def test_a_postgresql_address_gets_the_driver_that_is_shipped(tmp_path: Path) -> None:
    settings = read(tmp_path, DATABASE_URL="postgres://u:geheim@h:5433/d")
    assert settings.database_url == "postgresql+psycopg://u:geheim@h:5433/d"
