"""Refusals and HTTP errors as pages, or as problems (RFC 9457) for those who ask for JSON.

Every page says what is wrong and what to do next, and gives back what was typed.
"""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.extensions import login_manager
from app.problems import API, PROBLEM, problem, problem_of, refusal_problem
from app.security import LARGEST_UNASKED
from app.web.lost_sessions import keep_posted, owner
from workflows.kit.errors import FormIncomplete, GuardRefused, Refusal

#: Status → template; any other 4xx is answered as 400.
PAGES = {400: "errors/400.html", 401: "errors/401.html", 403: "errors/403.html", 404: "errors/404.html",
         405: "errors/405.html", 409: "errors/409.html", 413: "errors/413.html", 422: "errors/422.html",
         503: "errors/503.html"}  # fmt: skip
_KEPT_HEADERS = frozenset({"Allow", "Retry-After"})
_NEVER_GIVEN_BACK = frozenset(
    {"csrf_token", "drawn_for", "password", "new_password", "new_password_again", "code", "offered", "next", "version",
     "key", "add", "remove"}
)  # fmt: skip


@dataclass(frozen=True)
class KeptText:
    """Something that was typed into a form which could not be taken."""

    name: str
    text: str


def kept_texts() -> tuple[KeptText, ...]:
    """What the user typed, to copy it from the error page; never a password."""
    return tuple(
        KeptText(name, text.strip())
        for name, texts in request.form.lists()
        for text in texts
        if text.strip() and name not in _NEVER_GIVEN_BACK and not name.endswith("-")
    )


def wants_problem() -> bool:
    """Whether the answer is for a program."""
    if request.path.startswith(API):
        return True
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/json", PROBLEM])
    return best in {"application/json", PROBLEM} and accepted[best] > accepted["text/html"]


def refused(refusal: Refusal) -> ResponseReturnValue:
    """The answer to a refusal that no page has shown in its own form."""
    if wants_problem():
        return refusal_problem(refusal)
    return _page(PAGES.get(refusal.status, PAGES[400]), refusal.status, refusal.message, _reasons(refusal))


def _reasons(refusal: Refusal) -> tuple[str, ...]:
    if isinstance(refusal, FormIncomplete):
        return tuple(f"{error.label}：{error.message}" for error in refusal.errors)
    if isinstance(refusal, GuardRefused):
        return tuple(item.text for item in refusal.unmet)
    return (refusal.message,)


def failed(error: HTTPException) -> ResponseReturnValue:
    """The answer to an HTTP error, such as an address that does not exist."""
    status = error.code or 500
    if status < 400 or status >= 500:
        return error
    answer = problem_of(error) if wants_problem() else _page(_page_for(status), status)
    for name, value in error.get_headers():
        if name in _KEPT_HEADERS:
            answer.headers[name] = value
    return answer


def _page_for(status: int) -> str:
    """The template; who may not send more than a little is told why, and how to save his text."""
    too_large = status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if too_large and not current_user.is_authenticated and request.max_content_length == LARGEST_UNASKED:
        return "errors/413_signed_out.html"
    return PAGES.get(status, PAGES[400])


def expired(_error: CSRFError) -> ResponseReturnValue:
    """The answer to a form whose page has expired: nothing was done, and the text comes back."""
    if wants_problem():
        return problem(400, "page_expired", gettext("页面已过期，内容未提交。请重新登录后再提交。"))
    if (token := keep_posted()) and not current_user.is_authenticated:
        return _sign_in_again(token, 400)
    if token and owner() == current_user.uid:
        # He has signed in anew in another window: the form comes back with a mark that holds.
        return redirect(url_for("kept.show", token=token), 303)
    # What was typed on another person's page is kept for that person, and not shown to this one.
    return _page("errors/expired.html", 400, give_back=not token)


def sign_in_first() -> ResponseReturnValue:
    """Send a reader to the sign-in page; give a writer his text back, since a redirect would lose it."""
    if wants_problem():
        return problem(401, "sign_in_first", gettext("请先登录。"))
    if request.headers.get("HX-Request"):
        return make_response(render_template("_parts/signed_out.html"), 401)
    if request.method == "GET":
        wanted = request.full_path.rstrip("?")
        return redirect(url_for("account.sign_in", next=None if wanted == "/" else wanted))
    token = keep_posted()
    return _sign_in_again(token, 401) if token else _page(PAGES[401], 401)


def _sign_in_again(token: str, status: int) -> Response:
    """The door, with the way back to the form that could not be taken."""
    names = [item.filename for item in request.files.values() if item.filename]
    goal = url_for("kept.show", token=token)
    page = render_template("account/sign_in.html", next=goal, login="", errors=[], failed=False, lost=True, files=names)
    return make_response(page, status)


def own_path(address: str, otherwise: str) -> str:
    """An address given by a form or link, if it leads to a page of ours; never to another host."""
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return address if ours and "\\" not in address and address.isprintable() else otherwise


def _page(
    template: str, status: int, message: str = "", reasons: tuple[str, ...] = (), *, give_back: bool = True
) -> Response:
    # Reading a form that is too large would raise the same error again.
    kept = kept_texts() if give_back and status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE else ()
    content = render_template(template, message=message, reasons=reasons, kept=kept, failed=True)
    return make_response(content, status)


def register(app: Flask) -> None:
    """Answer refusals and HTTP errors; what is unexpected is answered with an incident number elsewhere."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(CSRFError, expired)
    login_manager.unauthorized_handler(sign_in_first)
