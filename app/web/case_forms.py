"""Drawing the acts of a case page, with what was typed and what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import uuid4

from app.services.drafts import Draft
from app.services.preview import Foreseen
from app.services.reading.case_page import CasePage
from app.services.specimens import Specimen
from app.web.acts import Act, PaperForm
from app.web.forms import Field, Kind, Option, SummaryLine, fields_of, parse_posted, summary_of
from app.web.inner_forms import value_options, verdict_options
from app.web.phrasing import NONE_AT_HAND, AtHand, with_phrases
from app.web.typed import posted_of
from workflows.forms.common import RemindForm
from workflows.kit.errors import FieldError

_DEPARTURE = "departure_reason"
#: A form that says what its files are has them under this name; to every other one they may simply be attached.
FILES = "files"
_LONG = frozenset({Kind.TEXT, Kind.LINES})


@dataclass(frozen=True)
class Attempt:
    """A form that could not be taken: what was typed, and what is wrong. `unmet` are conditions of no field."""

    act_id: str
    given: Mapping[str, Any]
    paper: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    paper_errors: tuple[FieldError, ...] = ()
    unmet: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    foreseen: Foreseen = field(default_factory=Foreseen)


@dataclass(frozen=True)
class MovedTerm:
    """A term whose last day an act would move."""

    label: str
    was: date
    until: date


@dataclass(frozen=True)
class ActForm:
    """One act ready to be drawn."""

    act: Act
    #: What stands in the fields: as proposed, or as typed.
    given: Mapping[str, Any]
    fields: tuple[Field, ...] = ()
    lines: tuple[SummaryLine, ...] = ()
    opened: bool = False
    key: str = ""
    #: The notices to which this act leads, as they would read, and what holds its taker to them.
    specimens: tuple[Specimen, ...] = ()
    shown: str = ""
    moved: tuple[MovedTerm, ...] = ()
    #: What the reader has typed here before; it stands in the fields unless he has just sent the form.
    draft: Draft | None = None

    @property
    def autosaves(self) -> bool:
        """Whether there is text to lose."""
        return _has_long_text(self.fields)


def holds_text(act: Act) -> bool:
    """Whether there is text to lose in the form of an act."""
    return _has_long_text(fields_of(act.model, sub_forms=act.sub_forms))


def _has_long_text(fields: Iterable[Field]) -> bool:
    return any(part.kind in _LONG for item in fields for part in item.walk())


def new_key() -> str:
    """What makes a repeated submission of one form harmless."""
    return uuid4().hex


def draw(
    act: Act,
    page: CasePage,
    attempt: Attempt | None = None,
    *,
    asked_for: bool = False,
    draft: Draft | None = None,
    phrases: AtHand = NONE_AT_HAND,
) -> ActForm:
    """The fields of an act: empty, as proposed, or as typed; one that a link has asked for stands open."""
    mine = attempt if attempt is not None and attempt.act_id == act.id else _typed_before(act, draft)
    given = mine.given if mine else act.given
    errors = mine.errors if mine else ()
    drawn = fields_of(act.model, given, errors, sub_forms=act.sub_forms, choices=_choices(act, page), prefix=act.id)
    fields = [kept for item in drawn if (kept := _shown(item, act, page, mine)) is not None]
    fields = [with_phrases(item, act, page.line.kind, phrases) for item in fields]
    lines = list(summary_of(fields, [replace(error, field=f"{act.id}.{error.field}") for error in errors]))
    if act.on_paper:
        paper, paper_lines = _paper(act, mine)
        fields, lines = [*paper, *fields], [*paper_lines, *lines]
    if act.model.model_fields and FILES not in act.model.model_fields:
        fields.append(_files(act, mine))
    lines += [SummaryLine(text) for text in (mine.unmet if mine else ())]
    opened = asked_for or mine is not None or act.main or _asks_for_this(act)
    form = ActForm(act, given, tuple(fields), tuple(lines), opened=opened, key=new_key(), draft=draft)
    return foreseeing(form, mine.foreseen, page) if mine else form


def _asks_for_this(act: Act) -> bool:
    """Whether it is this very act that something was sent back for; of proposals, the one that was returned."""
    return not act.on_paper and any(item.proposed in ("", act.proposes) for item in act.asked_back)


def _typed_before(act: Act, draft: Draft | None) -> Attempt | None:
    if draft is None:
        return None
    typed = posted_of(draft)
    return Attempt(
        act.id,
        parse_posted(act.model, typed, sub_forms=act.sub_forms, prefix=act.id),
        parse_posted(PaperForm, typed, prefix=f"{act.id}-paper") if act.on_paper else {},
        files=tuple((item.uid, item.name) for item in draft.files),
    )


def foreseeing(form: ActForm, foreseen: Foreseen, page: CasePage) -> ActForm:
    """The form with what would come of it: its notices, and the terms that it would move."""
    known = {term.state.key: term for term in page.terms if term.ended_on is None}
    moved = tuple(
        MovedTerm(term.label, term.state.due_on, due)
        for key, due in foreseen.dues.items()
        if due and (term := known.get(key)) is not None and term.state.due_on and due != term.state.due_on
    )
    return replace(form, specimens=foreseen.specimens, moved=moved)


def _paper(act: Act, mine: Attempt | None) -> tuple[list[Field], Sequence[SummaryLine]]:
    people = [Option(uid, name) for uid, name in act.people]
    given = mine.paper if mine else {"person": people[0].value if len(people) == 1 else ""}
    errors = mine.paper_errors if mine else ()
    prefix = f"{act.id}-paper"
    fields = fields_of(PaperForm, given, errors, choices={"person": people}, prefix=prefix)
    return fields, summary_of(fields, [replace(error, field=f"{prefix}.{error.field}") for error in errors])


def _files(act: Act, mine: Attempt | None) -> Field:
    kept = mine.files if mine else ()
    return Field(
        Kind.FILES,
        f"{act.id}-{FILES}",
        "附件",
        values=tuple(uid for uid, _ in kept),
        options=tuple(Option(uid, name) for uid, name in kept),
    )


def _shown(item: Field, act: Act, page: CasePage, mine: Attempt | None) -> Field | None:
    """A field as this act shows it; None where it is not asked."""
    name = item.name.removeprefix(f"{act.id}-")
    if name in act.fixed:
        return replace(item, kind=Kind.HIDDEN, value=act.fixed[name])
    if act.asked is not None and name not in act.asked:
        return None
    if item.kind is Kind.FILES and name == FILES:
        kept = mine.files if mine else ()
        item = replace(item, values=tuple(uid for uid, _ in kept), options=tuple(Option(*known) for known in kept))
    if name in act.required:
        item = replace(item, required=True, kind=Kind.RADIO if item.kind is Kind.SELECT else item.kind)
    if name in act.words:
        item = replace(item, label=act.words[name][0], help=act.words[name][1])
    if act.proposes:
        if item.name == f"{act.id}-step":
            return None
        if item.name == f"{act.id}-form":
            children = tuple(child for child in item.children if not child.name.endswith(_DEPARTURE))
            return replace(item, children=children) if children else None
    if item.name == f"{act.id}-{_DEPARTURE}" and page.proposal is None:
        return None
    return item


def _choices(act: Act, page: CasePage) -> dict[str, list[Option]]:
    if issubclass(act.model, RemindForm):
        late = [term.label for term in page.terms if term.ended_on is None and _is_late(term.state.due_on, page)]
        return {"target": [Option(label, label) for label in dict.fromkeys(late)]}
    if act.choices:
        return {path: list(options) for path, options in act.choices.items()}
    found = {}
    for path in (path for path in act.sub_forms if path.endswith("verdicts")):
        for row in page.summary.dispute:
            found[f"{path}.{row.field}.verdict"] = verdict_options(row.field)
            if row.choices:
                found[f"{path}.{row.field}.value"] = value_options(row)
    for path in (path for path in act.sub_forms if path.endswith("changes")):
        found.update({f"{path}.{one.field.value}": value_options(one) for one in page.correctable if one.choices})
    return found


def _is_late(due_on: Any, page: CasePage) -> bool:
    return due_on is not None and due_on < page.today
