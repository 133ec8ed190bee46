"""Keys, keyed hashes and sealed fields (trust 1.7, 1.8, T9, T15)."""

import stat
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from app.crypto import CryptoUnavailable, FieldContext, KeyFileRefused, KeyRing, SealBroken, SoftwareProvider
from app.crypto.keys import chain_mac

NUMBER = "11010519491231002X"
HERE = FieldContext("user_account", "identity_sealed", "uid-1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_the_first_start_makes_a_key_file_that_only_its_owner_reads(path: Path) -> None:
    first = KeyRing.load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.load_or_create(path).versions == first.versions
    assert list(path.parent.iterdir()) == [path]


def test_a_key_file_that_others_can_read_is_refused(path: Path) -> None:
    KeyRing.load_or_create(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileRefused, match="chmod 600"):
        KeyRing.load_or_create(path)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"active": "k9", "versions": {}}'])
def test_a_damaged_key_file_is_refused_and_kept(path: Path, damage: str) -> None:
    path.write_text(damage, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(KeyFileRefused, match="切勿删除后重建"):
        KeyRing.load_or_create(path)
    assert path.read_text(encoding="utf-8") == damage


def test_hmac_sm3_gives_the_value_that_others_compute() -> None:
    """HMAC over SM3 with a key of 32 times 'k' and the message '\\n' + 'a', from an independent computation."""
    import hashlib

    key, message = b"k" * 32, b"\na"
    padded = key.ljust(64, b"\0")
    inner = hashlib.new("sm3", bytes(b ^ 0x36 for b in padded) + message).digest()
    expected = hashlib.new("sm3", bytes(b ^ 0x5C for b in padded) + inner).hexdigest()
    assert chain_mac(key, "", "a") == expected


def test_a_chain_depends_on_every_earlier_body_and_on_the_key(path: Path) -> None:
    """T9: an edited, cut or exchanged event shows in all later MACs."""
    keys = KeyRing.load_or_create(path)
    first = keys.chain_mac("", "甲")
    assert keys.chain_mac(first, "乙") != keys.chain_mac("", "乙")
    assert keys.chain_mac(keys.chain_mac("", "甲'"), "乙") != keys.chain_mac(first, "乙")
    assert KeyRing.load_or_create(path.with_name("other.json")).chain_mac("", "甲") != first


def test_old_events_verify_under_the_key_that_their_row_names(path: Path) -> None:
    keys = KeyRing.load_or_create(path)
    before = keys.chain_mac("", "甲")
    rotated = keys.rotate(path)
    assert rotated.active == "k2"
    assert rotated.chain_mac("", "甲", "k1") == before
    assert rotated.chain_mac("", "甲") != before
    with pytest.raises(KeyFileRefused, match="k7"):
        rotated.chain_mac("", "甲", "k7")


def test_a_sealed_value_opens_only_where_it_belongs(path: Path) -> None:
    """Trust 1.7: the context is authenticated, so a value cannot be moved to another row or column."""
    keys = KeyRing.load_or_create(path)
    sealed = keys.seal(NUMBER, HERE)
    assert keys.unseal(sealed, HERE) == NUMBER
    elsewhere = (
        FieldContext("user_account", "identity_sealed", "uid-2"),
        FieldContext("user_account", "phone_sealed", "uid-1"),
        FieldContext("unit", "identity_sealed", "uid-1"),
    )
    for context in elsewhere:
        with pytest.raises(SealBroken):
            keys.unseal(sealed, context)


def test_a_sealed_value_says_how_it_was_made_and_shows_nothing(path: Path) -> None:
    """T15: neither the value nor equality of two values is visible; the column holds 200 characters."""
    keys = KeyRing.load_or_create(path)
    one, two = keys.seal(NUMBER, HERE), keys.seal(NUMBER, HERE)
    assert one != two
    assert one.startswith("SM4-GCM:k1:")
    assert NUMBER not in one
    assert len(one) <= 200


@pytest.mark.parametrize("broken", ["", "x", "SM4-GCM:k1:", "SM4-GCM:k1:####", "SM4-GCM:k1:AAAA", "AES:k1:AAAA"])
def test_what_is_no_sealed_value_is_refused(path: Path, broken: str) -> None:
    with pytest.raises(SealBroken, match="doctor"):
        KeyRing.load_or_create(path).unseal(broken, HERE)


def test_every_changed_character_is_noticed(path: Path) -> None:
    keys = KeyRing.load_or_create(path)
    sealed = keys.seal("王", HERE)
    start = sealed.rindex(":") + 1
    for place in range(start, len(sealed.rstrip("=")) - 1):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(SealBroken):
            keys.unseal(changed, HERE)


def test_keys_change_without_downtime(path: Path) -> None:
    """Old values open and are found while rows are sealed anew one by one."""
    old = KeyRing.load_or_create(path)
    sealed, index = old.seal(NUMBER, HERE), old.blind_index(NUMBER)
    old.rotate(path)
    new = KeyRing.load_or_create(path)
    assert new.unseal(sealed, HERE) == NUMBER
    assert not new.is_current(sealed)
    assert new.is_current(new.seal(NUMBER, HERE))
    assert new.blind_index(NUMBER) != index
    assert index in new.blind_indexes(NUMBER)
    assert new.blind_indexes(NUMBER)[0] == new.blind_index(NUMBER)


def test_equal_values_have_one_index_however_they_are_typed(path: Path) -> None:
    keys = KeyRing.load_or_create(path)
    assert keys.blind_index(" 110105 19491231 002x") == keys.blind_index(NUMBER)
    assert keys.blind_index(NUMBER) != keys.blind_index(NUMBER[:-1] + "0")


def test_a_machine_without_the_national_algorithms_is_told_what_to_do(path: Path) -> None:
    class Bare(SoftwareProvider):
        def mac(self, key: bytes, message: bytes) -> bytes:
            raise UnsupportedAlgorithm("SM3")

    with pytest.raises(CryptoUnavailable, match="make set-up"):
        KeyRing.load_or_create(path, Bare())
    assert not path.exists()


def test_keys_are_not_shown_by_repr(path: Path) -> None:
    """T15: a key ring in a log or a traceback shows no key."""
    keys = KeyRing.load_or_create(path)
    assert all(key.hex() not in repr(keys) and repr(key) not in repr(keys) for key in keys.versions["k1"].values())
