"""Secrets that an installation makes for itself at its first start and keeps in files only it can read."""

import os
import secrets
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The secret in ``path``; the first caller makes it (64 hexadecimal digits)."""
    if not path.exists():
        write_once(path, secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


def write_once(path: Path, content: str) -> None:
    """Write a file of mode 600 whole or not at all; if another process was first, its file stays."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    write_private(unfinished, content)
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return
    finally:
        unfinished.unlink()


def replace_private(path: Path, content: str) -> None:
    """Replace a file of mode 600 whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    write_private(unfinished, content)
    unfinished.replace(path)


def write_private(path: Path, content: str) -> None:
    """Write a new file of mode 600 and wait until it is on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
