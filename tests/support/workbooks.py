"""Workbooks as people send them in: good ones, and every kind that must not be taken."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import openpyxl

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
_BOMB_OF_CELLS = (
    _BOMB + b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>'
)


def xlsx_with(*rows: Sequence[Any], shape: Callable[[Any], None] | None = None) -> bytes:
    """A workbook with these rows in its one sheet; `shape` may do more with the workbook."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    if shape is not None:
        shape(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def csv_with(*rows: Sequence[str], encoding: str = "utf-8-sig") -> bytes:
    """A CSV file as Excel writes it."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def with_parts(content: bytes, parts: dict[str, bytes], without: Iterable[str] = ()) -> bytes:
    """The same package with parts added, replaced or taken out."""
    target, left_out = io.BytesIO(), {*parts, *without}
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.infolist():
            if part.filename not in left_out:
                made.writestr(part.filename, source.read(part))
        for name, body in parts.items():
            made.writestr(name, body)
    return target.getvalue()


def bad_files() -> dict[str, tuple[bytes, str]]:
    """Files that are not taken as a table, by name, each with a part of what has to be said."""
    good = xlsx_with(["文书编号", "文书日期"], ["甲", "乙"])
    macros = with_parts(good, {"xl/vbaProject.bin": b"x"})
    return {
        "empty": (b"", "文件是空的"),
        "too large": (b"a," * (5 * 2**20 + 1), "超过10MB的上限"),
        "old xls": (OLE + b"\x00" * 600 + "Workbook".encode("utf-16-le"), "旧格式"),
        "password": (OLE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        "macros": (macros, "含有宏"),
        "binary": (with_parts(good, {"xl/workbook.bin": b"x"}), ".xlsb"),
        "external links": (with_parts(good, {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "断开链接"),
        "embedded": (with_parts(good, {"xl/embeddings/oleObject1.bin": b"x"}), "嵌入的对象"),
        "other package": (with_parts(good, {}, ["xl/workbook.xml"]), "不是 Excel 工作簿"),
        "zip bomb": (with_parts(good, {"xl/media/a.xml": b"\x00" * (8 * 2**20)}), "展开后过大"),
        "cut off": (good[: len(good) // 2], "已损坏"),
        "entities": (with_parts(good, {"xl/worksheets/sheet1.xml": _BOMB_OF_CELLS}), "实体定义"),
        "entities outside": (with_parts(good, {"xl/workbook.xml": _BOMB + b"<x>&c;</x>"}), "实体定义"),
        "no structure": (with_parts(good, {"xl/worksheets/sheet1.xml": b"<worksheet><row"}), "内部结构不正常"),
        "no sheet": (with_parts(good, {"xl/workbook.xml": b"<x/>"}), "没有可见的工作表"),
        "hidden only": (_hidden(good), "没有可见的工作表"),
        "web page": ("<html><table><tr><td>文书编号".encode(), "网页或者 XML"),
        "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "不是 Excel 工作簿"),
        "utf-16": ("文书编号\t文书日期".encode("utf-16"), "UTF-16"),
        "no encoding": ("文书编号".encode() + b"\xff\xff\x80", "文字编码无法识别"),
        "quotes": ('文书编号,文书日期\r\n"甲"乙",丙\r\n'.encode(), "引号不成对"),
        "too wide": (csv_with(["列"] * 81), "列数超过80列"),
    }


def _hidden(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        book = package.read("xl/workbook.xml").replace(b'state="visible"', b'state="hidden"')
    return with_parts(content, {"xl/workbook.xml": book})
