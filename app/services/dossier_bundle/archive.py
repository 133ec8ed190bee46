"""The outer file: a ZIP without compression, with fixed times and a fixed order, so that equal content is equal bytes.

Reading builds the ZIP anew from what was read and compares: whatever a reader of ZIP files would overlook (times,
comments, gaps, a second copy of a file) is a difference.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from app.services.dossier_bundle.errors import BundleRefused
from app.services.events import canonical

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
FORMAT = "zhengcheng-dossier"
VERSION = 1
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16
_UNIX = 3

Files = Mapping[str, bytes]


def manifest_of(dossier: str, files: Files) -> bytes:
    """Canonical JSON that names every file with its size in bytes and its SHA-256."""
    listed = [
        {"path": path, "sha256": hashlib.sha256(files[path]).hexdigest(), "size": len(files[path])}
        for path in sorted(files)
    ]
    return (canonical({"dossier": dossier, "files": listed, "format": FORMAT, "version": VERSION}) + "\n").encode()


def pack(manifest: bytes, signature: bytes | None, files: Files) -> bytes:
    """The bundle: manifest and signature first, then the files by path."""
    entries = [(MANIFEST, manifest)]
    if signature is not None:
        entries.append((SIGNATURE, signature))
    entries += [(path, files[path]) for path in sorted(files)]
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for path, content in entries:
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, content)
    return written.getvalue()


def unpack(bundle: bytes) -> tuple[str, bytes, bytes | None, dict[str, bytes]]:
    """Uid of the dossier, manifest, signature (None: unsigned) and every other file, held against the manifest.

    Raises:
        BundleRefused: not such a bundle, or anything in it differs from its manifest; the message names the file.
    """
    found = _entries(bundle)
    manifest, signature = found.pop(MANIFEST, None), found.pop(SIGNATURE, None)
    if manifest is None:
        raise BundleRefused("不是案卷包：缺少 manifest.json。")
    listed = _listed(manifest)
    for path in found.keys() | listed["sizes"].keys():
        if path not in found:
            raise BundleRefused("缺失。", path)
        if path not in listed["sizes"]:
            raise BundleRefused("不在清单（manifest.json）中。", path)
        if (len(found[path]), hashlib.sha256(found[path]).hexdigest()) != listed["sizes"][path]:
            raise BundleRefused("与清单所记的大小或者SHA-256值不符，已被改动。", path)
    if manifest != manifest_of(listed["dossier"], found):
        raise BundleRefused("的写法与规定不符，已被改动。", MANIFEST)
    if bundle != pack(manifest, signature, found):
        raise BundleRefused("案卷包的结构与规定不符：内容之外的部分已被改动，或者经其他程序重新打包。")
    return listed["dossier"], manifest, signature, found


def _entries(bundle: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(BytesIO(bundle)) as archive:
            entries = archive.infolist()
            if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
                raise BundleRefused("案卷包内的文件不应压缩或者加密。")
            return {entry.filename: _read(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, BundleRefused):
            raise
        raise BundleRefused("案卷包不是完整的ZIP文件，可能在传输中损坏。") from None


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, EOFError):
        raise BundleRefused("已损坏（CRC校验不符）。", entry.filename) from None


def _listed(manifest: bytes) -> dict[str, Any]:
    try:
        told = json.loads(manifest)
        fits = (told["format"], told["version"]) == (FORMAT, VERSION)
        sizes = {str(one["path"]): (one["size"], one["sha256"]) for one in told["files"]}
        dossier = str(told["dossier"])
    except (ValueError, KeyError, TypeError):
        raise BundleRefused("不是完整的清单。", MANIFEST) from None
    if not fits:
        raise BundleRefused(f"不是本系统能够读取的格式（应为{FORMAT}第{VERSION}版）。", MANIFEST)
    return {"dossier": dossier, "sizes": sizes}
