"""帮助: one page for each role, opened at the paragraph about the screen it was asked from.

The guides are templates, so that they are served without a network, in the look of the screens they describe; they are
Chinese only, as all that is written for the offices.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from workflows.roles import Post

blueprint = Blueprint("guides", __name__, url_prefix="/help")

_PARAGRAPH = re.compile(r'\bparagraph\("([a-z-]+)", "([^"]+)"')


@dataclass(frozen=True)
class Guide:
    """One page of help; `posts`: whose guide it is, empty for everybody's."""

    key: str
    title: str
    posts: frozenset[Post] = frozenset()

    @property
    def template(self) -> str:
        return f"guides/{self.key}.html"


#: In the order of the list; a screen explained in several guides is looked up in the reader's own first.
GUIDES = (
    Guide("party", "当事人（公职人员和单位）", frozenset({Post.CIVIL_SERVANT, Post.STAFF})),
    Guide("provider", "信息提供单位", frozenset({Post.CLERK, Post.HEAD, Post.DEPUTY})),
    Guide("office", "信用管理部门", frozenset({Post.OFFICER, Post.APPROVER})),
    Guide("review", "复核机关", frozenset({Post.REVIEW_CLERK, Post.REVIEWER})),
    Guide("tolerance", "容错认定机关", frozenset({Post.TOLERANCE, Post.TOLERANCE_HEAD})),
    Guide("implementer", "联动奖惩实施单位", frozenset({Post.IMPLEMENTER})),
    Guide("rules", "规则管理员", frozenset({Post.RULES_KEEPER})),
    Guide("audit", "审计员", frozenset({Post.AUDITOR})),
    Guide("administration", "系统管理员和安全保密管理员", frozenset({Post.SYSADMIN, Post.SECADMIN})),
    Guide("basics", "登录、工作台、案件页"),
    Guide("questions", "常见问题"),
)

#: Which paragraph explains a screen. A blueprint stands for all its screens that are not named themselves.
PARAGRAPHS = {
    "account": "sign-in",
    "sign_on": "sign-in",
    "approvals": "deciding",
    "audit": "audit",
    "cases": "case",
    "cases.search": "search",
    "credit": "own-record",
    "credit.applications": "application",
    "delegations": "delegation",
    "dispatch_register": "register",
    "documents": "case",
    "dossiers": "dossier",
    "drafts": "desk",
    "handover": "delegation",
    "home": "sign-in",
    "kept": "sign-in",
    "imports": "import",
    "inbox": "desk",
    "mergers": "people",
    "notice_templates": "notice-templates",
    "numbering": "numbering",
    "oversight": "oversight",
    "own_account": "sign-in",
    "party_forms": "forms",
    "people": "people",
    "phrases": "phrases",
    "records": "report",
    "rule_changes": "rules",
    "rules": "rules",
    "security_desk": "security",
    "service_address": "service-address",
    "service_board": "service",
    "sheets": "sheets",
    "stand_ins": "people",
    "units": "people",
    "upkeep": "operations",
    "working_days": "calendar",
    "verification": "verify",
}

#: Which paragraph explains the page of a case of one kind, where it is not that of all cases.
PARAGRAPHS_OF_KINDS = {"sync": "sync"}


@blueprint.get("")
def show() -> ResponseReturnValue:
    """All guides; the reader's own first."""
    own = _own_guides()
    others = [guide for guide in GUIDES if guide not in own]
    return render_template("guides/index.html", own=own, others=others, paragraphs=paragraphs_of)


@blueprint.get("/<key>")
def read(key: str) -> ResponseReturnValue:
    """One guide."""
    guide = next((guide for guide in GUIDES if guide.key == key), None)
    if guide is None:
        abort(404)
    return render_template(guide.template, guide=guide, guides=GUIDES, paragraphs=paragraphs_of(key))


@blueprint.app_template_global()
def help_address(endpoint: str | None, kind: str = "") -> str:
    """Where the reader finds a screen explained: the paragraph in his own guide, else in another, else the list.

    Args:
        kind: of the case that the screen is about.
    """
    paragraph = PARAGRAPHS_OF_KINDS.get(kind) or paragraph_about(endpoint)
    if paragraph is not None:
        for guide in (*_own_guides(), *reversed(GUIDES)):
            if paragraph in paragraphs_of(guide.key):
                return url_for("guides.read", key=guide.key, _anchor=paragraph)
    return url_for("guides.show")


def paragraph_about(endpoint: str | None) -> str | None:
    """The paragraph that explains an endpoint; None where there is none."""
    if endpoint is None:
        return None
    while endpoint:
        if endpoint in PARAGRAPHS:
            return PARAGRAPHS[endpoint]
        endpoint = endpoint.rpartition(".")[0]
    return None


@cache
def paragraphs_of(key: str) -> dict[str, str]:
    """The paragraphs of a guide in their order: anchor and heading."""
    loader = current_app.jinja_env.loader
    assert loader is not None
    text, _name, _fresh = loader.get_source(current_app.jinja_env, f"guides/{key}.html")
    return dict(_PARAGRAPH.findall(text))


def _own_guides() -> list[Guide]:
    held: Iterable[Post] = (post.post for post in current_user.posts) if current_user.is_authenticated else ()
    posts = frozenset(held)
    return [guide for guide in GUIDES if guide.posts & posts]


@blueprint.app_template_global()
def picture_height(name: str) -> int:
    """The height in pixels of a screenshot of the guides (PNG), so that the text does not jump when it arrives."""
    folder = current_app.static_folder
    assert folder is not None
    head = (Path(folder) / "own" / "guides" / f"{name}.png").read_bytes()[:24]
    return int.from_bytes(head[20:24])
