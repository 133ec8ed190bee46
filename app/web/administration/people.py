"""人员与岗位: the system administrator makes accounts and sets posts; a person is never deleted."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import legal_day
from app.extensions import installation
from app.services.accounts import AccountRefused, Accounts
from app.services.administration.forms import DisableForm, EndPostForm, LinkForm, NameForm, NewAccountForm, PostForm
from app.services.administration.initial_passwords import initial_password
from app.services.administration.people import (
    CONDITIONS,
    AccountPage,
    Wanted,
    list_people,
    read_account,
    steps_after,
)
from app.services.administration.units import unit_choices, unit_name
from app.web.forms import Attempt, Form, Option, SmallForm, parsed, small_form, typed_into
from app.web.presentation import legal_date
from app.web.reading import current_reader, for_posts, signed_in
from workflows.kit.errors import FieldError, FormIncomplete, NotFound, Refusal
from workflows.roles import Post

blueprint = Blueprint("people", __name__, url_prefix="/people")

_OURS = for_posts(Post.SYSADMIN)


@blueprint.get("")
@_OURS
def show() -> ResponseReturnValue:
    """The accounts that fit, with the posts they hold today."""
    given = request.args
    post = Post(given["post"]) if given.get("post") in set(Post) else None
    wanted = Wanted(given.get("q", "").strip()[:100], post, given.get("condition", ""))
    with current_reader() as reader:
        found = list_people(reader, wanted, given.get("after", ""))
    return render_template(
        "administration/people.html", found=found, wanted=wanted, posts=tuple(Post), conditions=CONDITIONS
    )


@blueprint.get("/new")
@_OURS
def new() -> ResponseReturnValue:
    """The form of an account with its first post."""
    return _new_page()


@blueprint.post("/new")
@_OURS
def create() -> ResponseReturnValue:
    """Make the account; its first password is shown once, on the answer itself, and is kept nowhere."""
    typed, password = typed_into(NewAccountForm, "new", request.form), initial_password()
    own = installation()
    try:
        form = parsed(NewAccountForm, typed)
        with own.database.read() as session:
            unit = unit_name(session, form.unit)
        uid = _accounts().create(
            form.login,
            form.name,
            password,
            own.clock(),
            identity_number=form.identity_number,
            by=signed_in().user_id,
        )
        _accounts().add_post(form.login, unit, form.post, form.from_on, own.clock(), by=signed_in().user_id)
    except Refusal as refusal:
        return _new_page(Attempt("new", typed, refusal)), 422
    return render_template(
        "administration/password.html", name=form.name, login=form.login, password=password, uid=uid, made=True
    )


@blueprint.get("/<uid>")
@_OURS
def account(uid: str) -> ResponseReturnValue:
    """One account: posts past and present, what was done to it, and what can be done."""
    return _account_page(uid)


@blueprint.post("/<uid>/name")
@_OURS
def correct_name(uid: str) -> ResponseReturnValue:
    """更正姓名."""

    def act(page: AccountPage, form: NameForm) -> str:
        _accounts().correct_name(
            page.line.login, form.name, installation().clock(), by=signed_in().user_id, reason=form.reason
        )
        return gettext("已更正姓名。已经办理的事项和已经制作的文书不变。")

    return _act(uid, "name", NameForm, act)


@blueprint.post("/<uid>/sign-on")
@_OURS
def link(uid: str) -> ResponseReturnValue:
    """关联统一身份认证, or end it: never for oneself, since whoever holds that identity signs in as this account."""

    def act(page: AccountPage, form: LinkForm) -> str:
        if page.is_self:
            raise AccountRefused("不得为本人关联统一身份认证。请由另一名系统管理员办理。")
        _accounts().link(page.line.login, form.external_id, installation().clock(), by=signed_in().user_id)
        return gettext("已保存统一身份认证的关联，其已登录的会话已经失效。")

    return _act(uid, "link", LinkForm, act)


@blueprint.post("/<uid>/posts")
@_OURS
def add_post(uid: str) -> ResponseReturnValue:
    """任职, from a day on."""

    def act(page: AccountPage, form: PostForm) -> str:
        own = installation()
        with own.database.read() as session:
            unit = unit_name(session, form.unit)
        _accounts().add_post(
            page.line.login,
            unit,
            form.post,
            form.from_on,
            own.clock(),
            until_on=form.until_on,
            by=signed_in().user_id,
        )
        return gettext("已设置岗位：%(unit)s %(post)s。", unit=unit, post=form.post.label)

    return _act(uid, "post", PostForm, act)


@blueprint.post("/<uid>/posts/<int:holding>/end")
@_OURS
def end_post(uid: str, holding: int) -> ResponseReturnValue:
    """免职, with a day. One that has gone by is rarely meant: what he did since is shown before it is entered."""

    def ask(form: EndPostForm) -> str:
        if form.until_on >= legal_day(installation().clock()):
            return ""
        with current_reader() as reader:
            number = steps_after(reader, uid, form.until_on)
        day = legal_date(form.until_on)
        if not number:
            return gettext("免职日期%(day)s早于今日，提交后其即时离岗。请核对任免文件，无误的再次提交。", day=day)
        return gettext(
            "免职日期%(day)s早于今日，提交后其即时离岗；该日之后由其办理的%(number)s步仍然有效。"
            "请核对任免文件，无误的再次提交。",
            day=day,
            number=number,
        )

    def act(page: AccountPage, form: EndPostForm) -> str:
        found = next((one for one in page.holdings if one.id == holding and one.running), None)
        if found is None:
            raise NotFound("没有这个在任岗位，可能已经免去。请刷新页面核对。")
        _accounts().end_post(
            page.line.login, found.unit, found.post, form.until_on, installation().clock(), by=signed_in().user_id
        )
        return gettext(
            "已免去%(unit)s %(post)s，任职至%(day)s（含当日）。"
            "没有提交的草稿，由本单位负责人在工作台的“离岗移交”中移交。",
            unit=found.unit,
            post=found.post.label,
            day=legal_date(form.until_on),
        )

    return _act(uid, f"end{holding}", EndPostForm, act, ask)


@blueprint.post("/<uid>/disable")
@_OURS
def disable(uid: str) -> ResponseReturnValue:
    """停用; the account stays, with everything it did."""

    def act(page: AccountPage, form: DisableForm) -> str:
        _accounts().disable(page.line.login, installation().clock(), by=signed_in().user_id, reason=form.reason)
        return gettext("已停用账号，其已登录的会话已经失效。")

    return _act(uid, "disable", DisableForm, act)


@blueprint.post("/<uid>/enable")
@_OURS
def enable(uid: str) -> ResponseReturnValue:
    """启用."""
    page = _read(uid)
    _accounts().enable(page.line.login, installation().clock(), by=signed_in().user_id)
    flash(gettext("已启用账号。"), "done")
    return redirect(url_for("people.account", uid=uid), 303)


@blueprint.post("/<uid>/password")
@_OURS
def reset_password(uid: str) -> ResponseReturnValue:
    """重置密码: a new first password, shown once; all sessions end."""
    page, password = _read(uid), initial_password()
    try:
        _accounts().reset_password(page.line.login, password, installation().clock(), by=signed_in().user_id)
    except AccountRefused as refusal:
        return _account_page(uid, Attempt("password", {}, refusal)), 422
    return render_template(
        "administration/password.html",
        name=page.line.name,
        login=page.line.login,
        password=password,
        uid=uid,
        made=False,
    )


def _accounts() -> Accounts:
    own = installation()
    return Accounts(own.database, own.keys, own.passwords)


def _read(uid: str) -> AccountPage:
    with current_reader() as reader:
        return read_account(reader, uid)


def _act(
    uid: str,
    name: str,
    model: type[Form],
    act: Callable[[AccountPage, Form], str],
    ask: Callable[[Form], str] | None = None,
) -> ResponseReturnValue:
    """Read one form of the account's page and do what it says; what is refused comes back as it was typed.

    `ask` gives what to look at before: it is done when the same day comes a second time.
    """
    page, typed = _read(uid), typed_into(model, name, request.form)
    try:
        form = parsed(model, typed)
        question = ask(form) if ask is not None else ""
        if question and request.form.get("sure", "") != request.form.get(f"{name}-until_on", ""):
            return _account_page(uid, Attempt(name, typed), question)
        done = act(page, form)
    except NotFound:
        raise
    except Refusal as refusal:
        return _account_page(uid, Attempt(name, typed, refusal)), 422
    flash(done, "done")
    return redirect(url_for("people.account", uid=uid), 303)


def _new_page(attempt: Attempt | None = None) -> str:
    today = legal_day(installation().clock())
    form = small_form(NewAccountForm, "new", _at_its_field(attempt), given={"from_on": today}, choices=_choices())
    return render_template("administration/account_new.html", form_of=form, failed=bool(form.lines))


def _at_its_field(attempt: Attempt | None) -> Attempt | None:
    """What the service says about login or identity number stands beside that field."""
    if attempt is None or not isinstance(attempt.refusal, AccountRefused) or not attempt.refusal.field:
        return attempt
    field = attempt.refusal.field
    label = NewAccountForm.model_fields[field].title or field
    return Attempt(attempt.name, attempt.given, FormIncomplete((FieldError(field, label, attempt.refusal.message),)))


def _account_page(uid: str, attempt: Attempt | None = None, question: str = "") -> str:
    page, today = _read(uid), legal_day(installation().clock())
    forms: dict[str, SmallForm] = {
        "name": small_form(NameForm, "name", attempt, given={"name": page.line.name}),
        "link": small_form(LinkForm, "link", attempt, given={"external_id": page.external_id}),
        "post": small_form(PostForm, "post", attempt, given={"from_on": today}, choices=_choices()),
        "disable": small_form(DisableForm, "disable", attempt),
    }
    for holding in page.holdings:
        if holding.running:
            name = f"end{holding.id}"
            forms[name] = small_form(EndPostForm, name, attempt, given={"until_on": holding.until_on or today})
    lines = [line for form in forms.values() for line in form.lines]
    if attempt is not None and attempt.name not in forms and attempt.refusal is not None:
        lines += small_form(DisableForm, attempt.name, attempt).lines
    return render_template(
        "administration/account.html",
        page=page,
        forms=forms,
        lines=lines,
        failed=bool(lines),
        today=today,
        question=question,
        sure=request.form.get(f"{attempt.name}-until_on", "") if attempt is not None else "",
        sign_on=bool(installation().settings.oidc.issuer),
    )


def _choices() -> dict[str, list[Option]]:
    with current_reader() as reader:
        units = unit_choices(reader)
    return {"unit": [Option("", gettext("请选择")), *(Option(uid, name) for uid, name in units)]}
