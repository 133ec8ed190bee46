"""What the frame of every page shows: who is signed in, in which posts and where, and the areas open to him."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tomllib import loads
from typing import cast

from flask import Flask, current_app, request
from flask_login import current_user

from app.clock import legal_day
from app.extensions import installation
from app.services.reading.confirmations import WaitingSet, mergers_to_confirm, sets_to_confirm
from app.services.reading.dispatch_register import READS_REGISTER
from app.services.reading.oversight.scope import HAS_BOARD
from app.services.reading.sheet_queue import SEES_BOARD
from app.services.reading.waiting import DECIDES
from app.services.sign_ins import SignedIn
from app.web.reading import current_reader
from workflows.roles import Post
from workflows.rules.loader import load_locality, localities

_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"

_CASE_WORKERS = frozenset(
    {
        Post.CIVIL_SERVANT, Post.STAFF, Post.CLERK, Post.HEAD, Post.DEPUTY, Post.OFFICER, Post.APPROVER,
        Post.REVIEW_CLERK, Post.REVIEWER, Post.TOLERANCE, Post.TOLERANCE_HEAD, Post.IMPLEMENTER,
    }
)  # fmt: skip
_EVERYBODY = frozenset(Post)
_SYSADMIN = frozenset({Post.SYSADMIN})


#: Blueprints whose pages belong to the area of another.
_BELONGS = {"imports": "records", "rule_changes": "rules", "mergers": "units", "stand_ins": "people"}

#: Two areas of one blueprint: one's own records, and those of one's unit.
_TWINS = frozenset({"credit.show", "credit.unit"})


@dataclass(frozen=True)
class NavigationItem:
    """An area of the system: its first page, and the posts to which it is offered."""

    label: str
    endpoint: str
    posts: frozenset[Post]

    def is_current(self, endpoint: str | None) -> bool:
        """Whether a page belongs to this area: the pages of an area share a blueprint."""
        if endpoint in _TWINS and self.endpoint in _TWINS:
            return endpoint == self.endpoint
        own, asked = self.endpoint.partition(".")[0], (endpoint or "").partition(".")[0]
        return asked == own or _BELONGS.get(asked) == own


#: In the order of the bar. An area is shown once its pages are part of the installation.
AREAS = (
    NavigationItem("我的信用记录", "credit.show", frozenset({Post.CIVIL_SERVANT})),
    NavigationItem("本单位信用记录", "credit.unit", frozenset({Post.STAFF})),
    NavigationItem("工作台", "inbox.show", _CASE_WORKERS - {Post.CIVIL_SERVANT}),
    NavigationItem("本单位信用记录", "credit.unit", frozenset({Post.HEAD, Post.DEPUTY})),
    NavigationItem("记录登记", "records.new", frozenset({Post.CLERK})),
    NavigationItem("批量审批", "approvals.show", DECIDES),
    NavigationItem("全部事项", "cases.search", _CASE_WORKERS - {Post.CIVIL_SERVANT} | {Post.ARCHIVE_READER}),
    NavigationItem("文书成文", "sheets.show", SEES_BOARD),
    NavigationItem("送达台账", "service_board.show", frozenset({Post.OFFICER, Post.APPROVER})),
    NavigationItem("发文登记簿", "dispatch_register.show", READS_REGISTER),
    NavigationItem("督办", "oversight.show", HAS_BOARD),
    NavigationItem("审计", "audit.show", frozenset({Post.AUDITOR})),
    NavigationItem("人员与岗位", "people.show", _SYSADMIN),
    NavigationItem("单位", "units.show", _SYSADMIN),
    NavigationItem("编号", "numbering.show", _SYSADMIN),
    NavigationItem("运行状况", "upkeep.show", _SYSADMIN),
    NavigationItem("安全保密", "security_desk.show", frozenset({Post.SECADMIN})),
    NavigationItem("规则", "rules.show", _EVERYBODY),
    NavigationItem("文书模板", "notice_templates.show", frozenset({Post.SYSADMIN, Post.RULES_KEEPER})),
    NavigationItem("工作日历", "working_days.show", frozenset({Post.RULES_KEEPER})),
)


class Shell:
    """The frame of one page. Nothing is read before the template asks for it, so an error page needs no database."""

    @cached_property
    def today(self) -> date:
        return legal_day(installation().clock())

    @cached_property
    def version(self) -> str:
        return product_version()

    @cached_property
    def make_believe(self) -> bool:
        own = installation()
        return own.settings.database_purpose in {"demo", "rehearsal"} or own.backend.demo

    @cached_property
    def person(self) -> SignedIn | None:
        return cast(SignedIn, current_user) if current_user.is_authenticated else None

    @cached_property
    def locality(self) -> str:
        """Names of the localities in which the person holds a post."""
        keys = dict.fromkeys(post.locality for post in self.person.posts) if self.person else {}
        return "、".join(locality_name(key) for key in keys)

    @cached_property
    def navigation(self) -> tuple[NavigationItem, ...]:
        if self.person is None:
            return ()
        return navigation_for((post.post for post in self.person.posts), current_app.view_functions)

    @cached_property
    def records_home(self) -> NavigationItem:
        """Where whoever files on a record came from: his own records, or those of his unit."""
        return next((item for item in self.navigation if item.endpoint in _TWINS), AREAS[0])

    @cached_property
    def sets_to_confirm(self) -> tuple[WaitingSet, ...]:
        """Rule sets that another keeper entered, for this person to confirm."""
        if self.person is None or not self.person.holds(Post.RULES_KEEPER):
            return ()
        with current_reader() as reader:
            return sets_to_confirm(reader)

    @cached_property
    def mergers_to_confirm(self) -> int:
        """How many mergers of units another administrator proposed, for this person to confirm."""
        if self.person is None or not self.person.holds(Post.SYSADMIN):
            return 0
        with current_reader() as reader:
            return mergers_to_confirm(reader)

    def waiting_in(self, item: NavigationItem) -> int:
        """How much waits in an area for this person as the second one; the bar says it on every page."""
        if item.endpoint == "rules.show":
            return len(self.sets_to_confirm)
        return self.mergers_to_confirm if item.endpoint == "units.show" else 0

    @cached_property
    def may_search(self) -> bool:
        """Whether the bar has a box: for whom the list of all cases is an area; that list has a box of its own."""
        return request.endpoint != "cases.search" and any(item.endpoint == "cases.search" for item in self.navigation)


def navigation_for(posts: Iterable[Post], endpoints: Iterable[str]) -> tuple[NavigationItem, ...]:
    """The areas offered to somebody with these posts, of those whose pages exist, each once."""
    held, existing = frozenset(posts), frozenset(endpoints)
    found = dict[str, NavigationItem]()
    for item in AREAS:
        if item.posts & held and item.endpoint in existing:
            found.setdefault(item.endpoint, item)
    return tuple(found.values())


@cache
def locality_name(key: str) -> str:
    """The name of a locality, as its rule set gives it."""
    return load_locality(key).name if key in localities() else key


def product_version() -> str:
    """The version of the product, installed or in a checkout."""
    try:
        return version("zhengcheng")
    except PackageNotFoundError:
        return str(loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])


def register(app: Flask) -> None:
    """Give every template its `shell`."""
    app.context_processor(lambda: {"shell": Shell()})
