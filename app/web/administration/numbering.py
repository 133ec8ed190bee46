"""编号: how far each series of numbers has come in a year, and that none is missing."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.services.administration.numbering import NAMED, read_numbering
from app.web.reading import current_reader, for_posts
from workflows.roles import Post

blueprint = Blueprint("numbering", __name__, url_prefix="/numbering")


@blueprint.get("")
@for_posts(Post.SYSADMIN)
def show() -> ResponseReturnValue:
    """The series of a year, of one organ or of all."""
    year, organ = request.args.get("year", type=int), request.args.get("organ", "")
    with current_reader() as reader:
        numbering = read_numbering(reader, year, organ)
    return render_template("administration/numbering.html", numbering=numbering, organ=organ, named=NAMED)
