"""文书模板: the notices of the catalogue with a preview of each, for whoever keeps the rules or the system."""

from io import BytesIO

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue

from app.extensions import installation
from app.services.reading.notice_templates import list_templates, template_sheet
from app.web.reading import current_reader, for_posts
from workflows.roles import Post

blueprint = Blueprint("notice_templates", __name__, url_prefix="/notice-templates")

_OURS = for_posts(Post.SYSADMIN, Post.RULES_KEEPER)


@blueprint.get("")
@_OURS
def show() -> ResponseReturnValue:
    """Every notice: where it comes from, on what it rests, who words it."""
    with current_reader() as reader:
        lines = list_templates(reader)
    return render_template("administration/notice_templates.html", lines=lines)


@blueprint.get("/<key>.pdf")
@_OURS
def sheet(key: str) -> ResponseReturnValue:
    """One notice as 样张, with made-up content."""
    made = template_sheet(key, as_pdf=installation().settings.renderer == "pdf")
    answer = send_file(BytesIO(made.content), mimetype=made.media_type, download_name=made.name, max_age=0)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
