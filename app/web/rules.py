"""规则: the rule set in force of one's locality; changes are on the pages of `rule_changes`."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.services.reading.confirmations import set_sent_back
from app.services.reading.lawbook_view import read_lawbook
from app.services.reading.rule_versions import keeps_rules_of
from app.web import procedures
from app.web.reading import current_reader
from workflows.rules.model import SEVERITIES
from workflows.setting_choices import setting_in_words

blueprint = Blueprint("rules", __name__, url_prefix="/rules")
blueprint.register_blueprint(procedures.blueprint)

#: What remedies are about, as the page calls it.
REMEDIES = {"statement": "拟记入告知", "record": "记入决定", "objection": "异议处理", "review": "复核决定",
            "rectification": "整改", "repair": "信用修复", "circular": "督办、通报"}  # fmt: skip


@blueprint.get("")
@login_required
def show() -> ResponseReturnValue:
    """Terms with value, basis and grade; remedies; behaviours; the calendar of this and the next year."""
    with current_reader() as reader:
        page = read_lawbook(reader, request.args.get("locality", ""))
        keeps = page.locality in keeps_rules_of(reader)
        sent_back = set_sent_back(reader, page.locality) if keeps else None
    return render_template(
        "rules/show.html",
        page=page,
        about=_about,
        severities=SEVERITIES,
        keeps=keeps,
        sent_back=sent_back,
        words=setting_in_words,
    )


def _about(key: str) -> str:
    """What a remedy is about: a decision of the procedures, or a source document of its own law."""
    return REMEDIES.get(key) or f"对{key.removeprefix('sanction_')}不服"
