"""运行状况: what the system itself looks at, and work that failed, with its reason and 重试. No case and no name."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import installation
from app.services.administration.pending import read_pending, unnamed
from app.services.administration.pending import retry as retry_tasks
from app.services.checks import Verdict
from app.services.doctor import examine
from app.web.reading import current_reader, for_posts, signed_in
from workflows.roles import Post

blueprint = Blueprint("upkeep", __name__, url_prefix="/upkeep")

_OURS = for_posts(Post.SYSADMIN)
_ORDER = (Verdict.FAULT, Verdict.WARNING, Verdict.OK)


@blueprint.get("")
@_OURS
def show() -> ResponseReturnValue:
    """The checks that take no time, what is wrong first, and the tasks that failed."""
    own = installation()
    checks = sorted(
        examine(own.database, own.settings, own.keys, own.clock()), key=lambda one: _ORDER.index(one.verdict)
    )
    with current_reader() as reader:
        pending = read_pending(reader)
    return render_template("administration/upkeep.html", checks=checks, pending=pending, unnamed=unnamed)


@blueprint.post("/retry")
@_OURS
def retry() -> ResponseReturnValue:
    """重试 of one task or of all."""
    own = installation()
    count = retry_tasks(own.database, own.keys, request.form.get("task", ""), own.clock(), signed_in().user_id)
    if count:
        own.wake()
        flash(gettext("已重新安排%(number)s项任务，稍后刷新查看结果。", number=count), "done")
    else:
        flash(gettext("没有需要重试的任务：可能已经完成，或者正在办理。"), "error")
    return redirect(url_for("upkeep.show"), 303)
