"""What kinds of file are taken, told from bytes and structure, never from names alone (trust 1.10)."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from workflows.kit.errors import Refusal

LARGEST_FILE = 20 * 1024 * 1024
_LARGEST_UNPACKED = 100 * 1024 * 1024
_LARGEST_RATIO = 100
_MOST_PARTS = 10_000


class FileRefused(Refusal):
    """A file is not taken; the message says which, why, and how to mend it."""

    code = "FileRefused"


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is taken."""

    label: str
    media_type: str
    extensions: tuple[str, ...]


PDF = FileKind("PDF 文档", "application/pdf", (".pdf",))
PNG = FileKind("PNG 图片", "image/png", (".png",))
JPEG = FileKind("JPEG 图片", "image/jpeg", (".jpg", ".jpeg"))
OFD = FileKind("OFD 版式文档", "application/ofd", (".ofd",))
DOCX = FileKind("Word 文档", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
XLSX = FileKind("Excel 表格", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
KINDS = (PDF, OFD, PNG, JPEG, DOCX, XLSX)

#: Parts by which a package is known, and the kind it then is.
_PACKAGES = {"OFD.xml": OFD, "word/document.xml": DOCX, "xl/workbook.xml": XLSX}
#: What people do upload by mistake, so that the answer can name it.
_KNOWN_OTHERS = (
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "程序"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧格式的 Office 文档（.doc、.xls）"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"GIF8", "GIF 图片"),
    (b"RIFF", "音视频或者 WebP 图片"),
    (b"<", "网页或者 XML 文件"),
)


class _Malformed(Exception):
    """The bytes begin like a kind but do not hold its structure; the text says what is wrong."""


def examine(name: str, content: bytes) -> FileKind:
    """The kind of an uploaded file.

    Raises:
        FileRefused: empty, above 20 MB, of a kind that is not taken, damaged, with macros, or disguised by its name.
    """
    if not content:
        raise FileRefused(f"附件“{name}”是空文件。请确认文件能够打开后重新上传。")
    if len(content) > LARGEST_FILE:
        megabytes = len(content) / 1024 / 1024
        raise FileRefused(
            f"附件“{name}”为{megabytes:.1f}MB，超过20MB的上限。请压缩图片、降低扫描分辨率，或者分成几个文件上传。"
        )
    try:
        kind = _kind_of(content)
    except _Malformed as fault:
        raise FileRefused(f"附件“{name}”{fault}。请用原来的程序打开，另存为新文件后重新上传。") from None
    if kind is None:
        raise FileRefused(
            f"附件“{name}”{_other(content)}，不能作为附件。可以上传的有："
            f"{'、'.join(sorted({extension for item in KINDS for extension in item.extensions}))}。请转换后重新上传。"
        )
    _check_name(name, kind)
    return kind


def _kind_of(content: bytes) -> FileKind | None:
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        _check_png(content)
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        _check_jpeg(content)
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _package_kind(content)
    return None


def _check_name(name: str, kind: FileKind) -> None:
    dot = name.rfind(".")
    extension = name[dot:].lower() if dot > 0 else ""
    if extension in kind.extensions:
        return
    wanted = kind.extensions[0]
    seen = f"扩展名是{extension}" if extension else "没有扩展名"
    raise FileRefused(
        f"附件“{name}”{seen}，而实际内容是{kind.label}。请将扩展名改为{wanted}，或者换成正确的文件后重新上传。"
    )


def _check_pdf(content: bytes) -> None:
    tail = content[-2048:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise _Malformed("不完整，缺少 PDF 的结尾部分")
    if tail[tail.rfind(b"%%EOF") + 5 :].strip(b"\r\n\t \x00"):
        raise _Malformed("在 PDF 的结尾之后附有其他内容")


def _check_png(content: bytes) -> None:
    place, first = 8, True
    while True:
        if place + 12 > len(content):
            raise _Malformed("不完整，缺少 PNG 图片的结尾部分")
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if first and (kind != b"IHDR" or length != 13):
            raise _Malformed("不是正确的 PNG 图片")
        if end > len(content):
            raise _Malformed("不完整，缺少 PNG 图片的结尾部分")
        (check,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(content[place + 4 : end - 4]) != check:
            raise _Malformed("已损坏，PNG 图片的校验不符")
        if kind == b"IEND":
            break
        place, first = end, False
    if end != len(content):
        raise _Malformed("在 PNG 图片的结尾之后附有其他内容")


def _check_jpeg(content: bytes) -> None:
    """Walk the segments up to the scan, which is followed by entropy-coded bytes and the end marker."""
    place = 2
    while True:
        if place + 4 > len(content) or content[place] != 0xFF:
            raise _Malformed("不是正确的 JPEG 图片")
        marker = content[place + 1]
        (length,) = struct.unpack_from(">H", content, place + 2)
        if length < 2 or place + 2 + length > len(content):
            raise _Malformed("不完整，缺少 JPEG 图片的一部分")
        if marker == 0xDA:
            break
        place += 2 + length
    if b"\xff\xd9" not in content[-64:]:
        raise _Malformed("不完整，或者在 JPEG 图片的结尾之后附有其他内容")


def _package_kind(content: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            _check_package(parts, len(content))
            if package.testzip() is not None:
                raise _Malformed("已损坏，内部的校验不符")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise _Malformed("已损坏，无法打开") from None
    names = {part.filename for part in parts}
    kind = next((kind for part, kind in _PACKAGES.items() if part in names), None)
    if kind in (DOCX, XLSX) and "[Content_Types].xml" not in names:
        return None
    if kind is not None and any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js")) for name in names):
        raise _Malformed("含有宏或者程序")
    return kind


def _check_package(parts: list[zipfile.ZipInfo], packed: int) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise _Malformed("设有打开密码，无法查看")
    if any(part.filename.startswith("/") or ".." in part.filename.split("/") for part in parts):
        raise _Malformed("的内部路径不正常")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _LARGEST_UNPACKED or unpacked > packed * _LARGEST_RATIO:
        raise _Malformed("展开后过大，疑似异常的压缩文件")


def _other(content: bytes) -> str:
    if content.startswith(b"PK\x03\x04"):
        return "是压缩包或者其他打包文件"
    known = next((label for magic, label in _KNOWN_OTHERS if content.lstrip()[:8].startswith(magic)), None)
    return f"是{known}" if known else "的格式无法识别"
