"""常用语 in the forms of acts: which field offers which sentences, and putting one in without JavaScript."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from app.web.acts import Act
from app.web.forms import Field, Kind
from app.web.forms.posted import Posted
from workflows.phrases import PhraseUse, use_of

#: Before the name of its field: the name under which a button posts the sentence that it puts in.
_BUTTON = "phrase-"

AtHand = Mapping[PhraseUse, tuple[str, ...]]
NONE_AT_HAND: AtHand = {}


def with_phrases(field: Field, act: Act, procedure: str, at_hand: AtHand) -> Field:
    """The field, and all that it holds, with the sentences that it offers."""
    if field.kind is Kind.TEXT:
        use = use_of(procedure, _step_of(field, act), field.name.rpartition("-")[2], act.proposes)
        return replace(field, phrases=at_hand.get(use, ())) if use else field
    if not field.children:
        return field
    return replace(field, children=_all(field.children, act, procedure, at_hand))


def _all(fields: Sequence[Field], act: Act, procedure: str, at_hand: AtHand) -> tuple[Field, ...]:
    return tuple(with_phrases(field, act, procedure, at_hand) for field in fields)


def _step_of(field: Field, act: Act) -> str:
    """Inside a proposal a field belongs to the decision that is proposed."""
    inside = act.proposes and field.name.startswith(f"{act.id}-form-")
    return act.proposes if inside else act.step


def phrase_put_in(posted: Posted) -> Posted | None:
    """What was posted with the sentence at the end of its field; None where no such button was pressed."""
    pressed = next((name for name in posted if name.startswith(_BUTTON)), None)
    if pressed is None:
        return None
    field = pressed.removeprefix(_BUTTON)
    changed: Posted = MultiDict(posted)
    changed[field] = f"{posted.get(field, '').rstrip()}{posted[pressed]}"
    return changed
