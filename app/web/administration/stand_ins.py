"""委托一览: a system administrator sees who stands in for whom; nothing can be changed here."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.services.administration.stand_ins import CONDITIONS, list_stand_ins
from app.web.reading import current_reader, for_posts
from workflows.roles import Post

blueprint = Blueprint("stand_ins", __name__, url_prefix="/stand-ins")


@blueprint.get("")
@for_posts(Post.SYSADMIN)
def show() -> ResponseReturnValue:
    """The delegations that fit, the newest first."""
    condition, words = request.args.get("condition", ""), request.args.get("q", "").strip()[:100]
    condition = condition if condition in CONDITIONS else ""
    with current_reader() as reader:
        lines = list_stand_ins(reader, condition, words)
    return render_template(
        "administration/stand_ins.html", lines=lines, conditions=CONDITIONS, condition=condition, words=words
    )
