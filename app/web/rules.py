"""规则: the rule set in force of one's locality; changes are on the pages of `rule_changes`."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.services.reading.lawbook_view import read_lawbook
from app.services.reading.rule_versions import keeps_rules_of
from app.web import procedures
from app.web.reading import current_reader
from workflows.registry import WORKFLOWS
from workflows.roles import Capacity
from workflows.rules.comparing import value_in_words
from workflows.rules.model import SEVERITIES, SwitchValue

blueprint = Blueprint("rules", __name__, url_prefix="/rules")
blueprint.register_blueprint(procedures.blueprint)

#: What remedies are about, as the page calls it.
REMEDIES = {"statement": "拟记入告知", "record": "记入决定", "objection": "异议处理", "review": "复核决定",
            "rectification": "整改", "repair": "信用修复", "circular": "督办、通报"}  # fmt: skip
#: What settings are chosen from: who decides, whom a rule is about, in which state of a record.
_CHOICES = {
    **{state.key: state.label for state in WORKFLOWS["record"].states},
    **{one.name: one.label for one in Capacity},
    "office": Capacity.OFFICE.label,
    "provider": Capacity.PROVIDER.label,
    "person": "个人",
    "unit": "单位",
}


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """Terms with value, basis and grade; remedies; behaviours; the calendar of this and the next year."""
    with current_reader() as reader:
        page = read_lawbook(reader, request.args.get("locality", ""))
        keeps = page.locality in keeps_rules_of(reader)
    return render_template(
        "rules/show.html", page=page, about=_about, severities=SEVERITIES, keeps=keeps, words=_in_words
    )


def _in_words(value: SwitchValue) -> str:
    """The value of a setting, with the words of the field for what is chosen from a list."""
    if isinstance(value, bool):
        return value_in_words(value)
    values = value if isinstance(value, tuple) else (str(value),)
    return value_in_words(tuple(_CHOICES.get(one, one) for one in values))


def _about(key: str) -> str:
    """What a remedy is about: a decision of the procedures, or a source document of its own law."""
    return REMEDIES.get(key) or f"对{key.removeprefix('sanction_')}不服"
