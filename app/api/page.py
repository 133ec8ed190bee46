"""接口说明: the description as a page, drawn on the server from the description itself; nothing from elsewhere."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Blueprint, render_template

from app.api.bodies.meanings import MEANINGS
from app.api.description import INTRODUCTION, ROOT, described_json
from app.services.machine_steps import is_open_to_programs
from workflows.registry import WORKFLOWS

blueprint = Blueprint("api_page", __name__)

_METHODS = ("get", "post", "delete")


@dataclass(frozen=True)
class Field:
    """One field of a body, a query or a form."""

    name: str
    label: str
    kind: str
    required: bool
    where: str = ""


@dataclass(frozen=True)
class Entry:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    open: bool
    takes: tuple[Field, ...]
    gives: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Form:
    """The form of a step that programs may take."""

    id: str
    kind: str
    kind_label: str
    step: str
    label: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Structure:
    """A structure that others are made of."""

    name: str
    fields: tuple[Field, ...]


@blueprint.get("/api/v1/docs")
def show() -> str:
    """The page."""
    return render_template(
        "api/show.html",
        introduction=INTRODUCTION,
        groups=_groups(),
        structures=_structures(),
        forms=_forms(),
        root=ROOT,
    )


@cache
def _groups() -> dict[str, list[Entry]]:
    whole = json.loads(described_json())
    schemas = whole["components"]["schemas"]
    groups: dict[str, list[Entry]] = {tag["name"]: [] for tag in whole["tags"]}
    for path, item in whole["paths"].items():
        for method in _METHODS:
            if method in item:
                groups[item[method]["tags"][0]].append(_entry(path, method, item[method], schemas))
    return groups


def _entry(path: str, method: str, one: dict[str, Any], schemas: dict[str, Any]) -> Entry:
    places = {"path": "路径", "query": "查询", "header": "请求头"}
    takes = [
        Field(
            part["name"],
            _meaning(part["name"], {"description": part.get("description", ""), **part["schema"]}, ""),
            _kind(part["schema"]),
            part["required"],
            places[part["in"]],
        )
        for part in one.get("parameters", ())
    ]
    for media_type, content in one.get("requestBody", {}).get("content", {}).items():
        takes += _fields(content["schema"], schemas, "请求体") or [
            Field(media_type, "文件内容", "二进制", True, "请求体")
        ]
    gives: list[Field] = []
    for status, answer in one["responses"].items():
        if status.startswith("2") and not gives:
            for content in answer.get("content", {}).values():
                gives = _fields(content["schema"], schemas, "")
    return Entry(
        one["operationId"],
        method.upper(),
        path,
        one["summary"],
        one.get("description", ""),
        one.get("security") == [],
        tuple(takes),
        tuple(gives),
        tuple((status, answer["description"]) for status, answer in one["responses"].items()),
    )


def _fields(schema: dict[str, Any], schemas: dict[str, Any], where: str) -> list[Field]:
    structure = schema.get("$ref", "").rpartition("/")[2]
    found = schemas[structure] if structure else schema
    needed = found.get("required", ())
    return [
        Field(name, _meaning(name, part, structure), _kind(part), name in needed, where)
        for name, part in found.get("properties", {}).items()
    ]


@cache
def _structures() -> tuple[Structure, ...]:
    """Every structure of which an answer is made, by name; what is sent is shown where it is sent."""
    schemas = json.loads(described_json())["components"]["schemas"]
    given = {name: _fields({"$ref": f"#/{name}"}, schemas, "") for name in sorted(schemas)}
    return tuple(Structure(name, tuple(fields)) for name, fields in given.items() if fields)


def _meaning(name: str, part: dict[str, Any], structure: str) -> str:
    """The label, where it is one of ours (without one pydantic makes a title of the name), and what is said of it."""
    title, more = str(part.get("title", "")), str(part.get("description", ""))
    if title.replace(" ", "_").lower() == name.lower():
        title = ""
    if title and more and title != more:
        return f"{title}：{more}"
    return title or more or MEANINGS.get(f"{structure}.{name}") or MEANINGS.get(name, "")


def _kind(part: dict[str, Any]) -> str:
    words = {"string": "文字", "integer": "整数", "boolean": "是否", "object": "对象", "null": "空", "number": "数字"}
    if "anyOf" in part:
        return "或".join(_kind(one) for one in part["anyOf"])
    if "$ref" in part:
        return str(part["$ref"].rpartition("/")[2])
    if part.get("type") == "array":
        return f"列表（{_kind(part.get('items', {}))}）"
    if part.get("format") in ("date", "date-time"):
        return "日期" if part["format"] == "date" else "时刻"
    if "enum" in part:
        return "选项"
    return words.get(str(part.get("type", "")), "任意")


@cache
def _forms() -> tuple[Form, ...]:
    found = []
    for kind, flow in WORKFLOWS.items():
        for step in flow.steps:
            if is_open_to_programs(kind, step.key):
                schema = step.form.model_json_schema()
                fields = _fields(schema, {}, "")
                found.append(Form(f"{kind}-{step.key}", kind, flow.label, step.key, step.label, tuple(fields)))
    return tuple(found)
