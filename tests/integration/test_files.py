"""Stored files (trust 1.10, architecture 3, T2): kinds by structure, never a row without its file, strays removed."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.database import WriteSessions, write_transaction
from app.models.history import Attachment, StoredFile
from app.services import files
from app.services.file_kinds import LARGEST_FILE, FileRefused, examine
from app.services.files import FileDamaged
from tests.support import uploads

NOW = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("决定书.pdf", uploads.PDF, "application/pdf"),
        ("现场.PNG", uploads.png(), "image/png"),
        ("现场.jpeg", uploads.JPEG, "image/jpeg"),
        ("决定书.ofd", uploads.ofd(), "application/ofd"),
        ("说明.docx", uploads.docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("名单.xlsx", uploads.xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_kinds_that_are_taken(name: str, content: bytes, media_type: str) -> None:
    assert examine(name, content).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.pdf", b"", "是空文件"),
        ("大.pdf", uploads.PDF + b" " * LARGEST_FILE, "20.0MB，超过20MB"),
        ("决定书.pdf", uploads.docx(), "扩展名是.pdf，而实际内容是Word 文档。请将扩展名改为.docx"),
        ("现场.png", uploads.JPEG, "实际内容是JPEG 图片"),
        ("决定书", uploads.PDF, "没有扩展名"),
        ("决定书.pdf", b"MZ\x90\x00", "是Windows 程序"),
        ("决定书.pdf", b"<html><script>", "是网页或者 XML 文件"),
        ("图.svg", b"<svg onload='x'/>", "是网页或者 XML 文件"),
        ("说明.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧格式的 Office 文档"),
        ("说明.txt", "说明".encode(), "格式无法识别"),
        ("材料.zip", uploads.package("a.txt"), "是压缩包"),
        ("说明.docx", uploads.package("word/document.xml"), "是压缩包"),
        ("说明.docx", uploads.docx("word/vbaProject.bin"), "含有宏或者程序"),
        ("说明.docx", uploads.docx("../../etc/passwd"), "内部路径不正常"),
        ("炸弹.docx", uploads.package("[Content_Types].xml", "word/document.xml", content=b"0" * 10**7), "展开后过大"),
        ("说明.docx", uploads.docx()[:-30], "已损坏，无法打开"),
        ("决定书.pdf", uploads.PDF[:40], "缺少 PDF 的结尾部分"),
        ("决定书.pdf", uploads.PDF + uploads.docx(), "结尾之后附有其他内容"),
        ("现场.png", uploads.png()[:-12], "缺少 PNG 图片的结尾部分"),
        ("现场.png", uploads.png() + b"<script>", "在 PNG 图片的结尾之后附有其他内容"),
        ("现场.png", uploads.png().replace(b"\x80", b"\x81").replace(b"IDAT", b"IDAU"), "校验不符"),
        ("现场.jpg", uploads.JPEG + uploads.docx(), "附有其他内容"),
        ("现场.jpg", uploads.JPEG[:12], "缺少 JPEG 图片的一部分"),
    ],
)
def test_what_is_not_taken_is_answered_with_what_and_how_to_mend(name: str, content: bytes, words: str) -> None:
    """Issue 2, bad input: oversize and disguised files."""
    with pytest.raises(FileRefused) as refusal:
        examine(name, content)
    assert words in refusal.value.message
    assert f"附件“{name}”" in refusal.value.message
    assert "请" in refusal.value.message


def test_equal_bytes_are_kept_once_and_read_back(sessions: WriteSessions, folder: Path) -> None:
    with write_transaction(sessions) as session:
        first = files.keep_upload(session, folder, "一.pdf", uploads.PDF, "inside", 1, NOW)
        second = files.keep_upload(session, folder, "二.pdf", uploads.PDF, "parties", 2, NOW)
    with write_transaction(sessions) as session:
        files.store_bytes(session, folder, uploads.PDF, "application/pdf", NOW)
    assert first.uid != second.uid
    assert first.sha256 == second.sha256 == hashlib.sha256(uploads.PDF).hexdigest()
    assert [path.name for path in folder.glob("??/*")] == [first.sha256]
    assert files.read_bytes(folder, first.sha256) == uploads.PDF
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 1
        assert set(session.scalars(select(Attachment.name))) == {"一.pdf", "二.pdf"}


def test_a_refused_upload_keeps_nothing(sessions: WriteSessions, folder: Path) -> None:
    with pytest.raises(FileRefused), write_transaction(sessions) as session:
        files.keep_upload(session, folder, "一.pdf", b"MZ", "inside", 1, NOW)
    assert not folder.exists()


@pytest.mark.parametrize("point", ["os.fsync", "pathlib.Path.replace", "os.utime"])
def test_a_write_that_fails_leaves_neither_row_nor_half_a_file(
    sessions: WriteSessions, folder: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    """T2: the row comes after the file is safely on the disk."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    def interrupted() -> None:
        with write_transaction(sessions) as session:
            files.store_bytes(session, folder, uploads.PDF, "application/pdf", NOW)

    with monkeypatch.context() as broken:
        broken.setattr(point, fail)
        with pytest.raises(OSError, match="No space"):
            interrupted()
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    with sessions() as session:
        assert session.scalars(select(StoredFile)).all() == []
    interrupted()
    assert len(list(folder.glob("??/*"))) == 1


def test_a_changed_or_missing_file_is_not_handed_out(sessions: WriteSessions, folder: Path) -> None:
    with write_transaction(sessions) as session:
        sha256 = files.store_bytes(session, folder, uploads.PDF, "application/pdf", NOW)
    path = files.path_of(folder, sha256)
    path.write_bytes(uploads.PDF.replace(b"1.7", b"1.4"))
    with pytest.raises(FileDamaged, match="不一致"):
        files.read_bytes(folder, sha256)
    path.unlink()
    with pytest.raises(FileDamaged, match="请从备份恢复"):
        files.read_bytes(folder, sha256)


@pytest.mark.parametrize("given", ["../../../etc/passwd", "", "a" * 63, "G" * 64, "/etc/passwd"])
def test_only_a_hash_names_a_file(folder: Path, given: str) -> None:
    with pytest.raises(FileDamaged, match="格式不对"):
        files.read_bytes(folder, given)


def test_strays_go_after_a_day_and_files_with_a_row_stay(sessions: WriteSessions, folder: Path) -> None:
    def interrupted() -> None:
        with write_transaction(sessions) as session:
            files.store_bytes(session, folder, uploads.png(), "image/png", NOW)
            raise LookupError

    with pytest.raises(LookupError):
        interrupted()
    with write_transaction(sessions) as session:
        kept = files.store_bytes(session, folder, uploads.PDF, "application/pdf", NOW)
    with sessions() as session:
        assert files.remove_strays(session, folder, NOW + timedelta(hours=23)) == 0
        assert files.remove_strays(session, folder, NOW + timedelta(hours=25)) == 1
    assert [path.name for path in folder.glob("??/*")] == [kept]


def test_a_stray_that_is_wanted_again_is_young_again(sessions: WriteSessions, folder: Path) -> None:
    later = NOW + timedelta(hours=25)
    with write_transaction(sessions) as session:
        sha256 = files.store_bytes(session, folder, uploads.PDF, "application/pdf", NOW)
    with write_transaction(sessions) as session:
        files.store_bytes(session, folder, uploads.PDF, "application/pdf", later)
    assert files.path_of(folder, sha256).stat().st_mtime == later.timestamp()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("C:\\Users\\wang\\决定书.pdf", "决定书.pdf"),
        ("../../etc/决定书.pdf", "决定书.pdf"),
        ("决定\u202efdp.书.pdf", "决定fdp.书.pdf"),
        ("决定\r\n书.pdf", "决定书.pdf"),
        (".htaccess", "htaccess"),
        ("", "附件"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_lose_folders_and_hidden_characters(given: str, name: str) -> None:
    assert files.clean_name(given) == name
