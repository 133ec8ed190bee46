"""The disputed fields of an objection as its page draws them: one block per field, ticked or not, with its ground."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.services.reading.credit_card import FieldLine, RecordCard
from app.web.forms import Field, SummaryLine, summary_of
from app.web.forms.posted import Posted, parse_posted
from workflows.forms.objection import Ground, SubmitObjectionForm
from workflows.forms.record import RecordField
from workflows.kit.errors import FieldError

_TICK, _GROUND, _WANTED = "field", "ground", "wanted"


@dataclass(frozen=True)
class Block:
    """One field of the record: what is recorded, whether it is disputed, why, and what is wanted instead."""

    line: FieldLine
    ticked: bool
    ground: str
    wanted: str
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def grounds(self) -> tuple[Ground, ...]:
        return tuple(Ground)


def tick(posted: Posted, name: str, card: RecordCard) -> None:
    """Tick a field that a link names; one that is unknown, or being handled already, is not ticked."""
    if name in {line.field for line in card.contestable} and name not in posted.getlist(_TICK):
        posted.add(_TICK, name)


def given(posted: Posted) -> dict[str, Any]:
    """The content of the form as it was posted; what stands in a block that is not ticked does not count."""
    content = parse_posted(SubmitObjectionForm, posted)
    content["fields"] = [_row(name, posted) for name in _ticked(posted)]
    return content


def _ticked(posted: Posted) -> list[str]:
    return [item.value for item in RecordField if item.value in posted.getlist(_TICK)]


def _row(name: str, posted: Posted) -> dict[str, str]:
    row = {"field": name, "wanted": posted.get(f"{_WANTED}-{name}", "")}
    ground = posted.get(f"{_GROUND}-{name}", "")
    return {**row, "ground": ground} if ground else row


def blocks_of(lines: Sequence[FieldLine], posted: Posted, errors: Iterable[FieldError]) -> tuple[Block, ...]:
    """The blocks in the order of the record; errors stand at the field of the block they belong to."""
    ticked, found = _ticked(posted), list(errors)
    return tuple(
        Block(
            line,
            line.field in ticked,
            posted.get(f"{_GROUND}-{line.field}", ""),
            posted.get(f"{_WANTED}-{line.field}", ""),
            _errors_of(ticked.index(line.field), found) if line.field in ticked else {},
        )
        for line in lines
        if line.contestable or line.field in ticked
    )


def _errors_of(place: int, errors: list[FieldError]) -> dict[str, str]:
    start = f"fields.{place}."
    labels = {_GROUND: "异议事由", _WANTED: "请求更正为"}
    return {
        key: f"{labels.get(key, key)}：{error.message.replace('尚未填写', '尚未选择')}"
        for error in errors
        if error.field.startswith(start) and (key := error.field.removeprefix(start))
    }


def summary(blocks: Sequence[Block], fields: Sequence[Field], errors: Sequence[FieldError]) -> list[SummaryLine]:
    """The error summary in the order of the page: the blocks first, then the other fields."""
    lines = [
        SummaryLine(f"{block.line.label}——{text}", f"f-{key}-{block.line.field}")
        for block in blocks
        for key, text in block.errors.items()
    ]
    if any(error.field == "fields" for error in errors):
        lines.insert(0, SummaryLine("异议项：请至少选择一项", "f-fields"))
    others = [error for error in errors if not error.field.startswith("fields")]
    return [*lines, *summary_of([item for item in fields if item.name != "fields"], others)]
