"""Rows that become units and accounts of the register, through the same services as the administration's pages."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from app.database import Database, read_transaction
from app.models.people import Locality, PostHolding, Unit, User
from app.services.accounts import Accounts, check_login, exclusion_of
from app.services.administration.initial_passwords import initial_password
from app.services.backend import Backend
from app.services.imports import cells
from app.services.imports.former_names import FormerNames
from app.services.imports.layout import Checked, Column, Layout, Row, Table
from app.services.passwords import Passwords
from app.services.reading.reader import Reader
from app.services.units.register import UnitFacts, UnitKind, UnitRegister
from workflows.identity import check_credit_code, check_identity_number
from workflows.kit.errors import Refusal
from workflows.roles import POST_LABELS, Post

_MADE = uuid.UUID("8f0e5f8e-6a53-4d7b-9a31-0d7b3f3a5b10")


def made_uid(key: str) -> str:
    """The uid of what a row becomes; the same however often it is tried."""
    return str(uuid.uuid5(_MADE, key))


# -- units ----------------------------------------------------------------------------------------------------------


def unit_layout(reader: Reader) -> Layout:
    """The columns of the table of units."""
    places = {row.key: row.name for row in reader.session.scalars(select(Locality).order_by(Locality.key))}
    kinds = {str(member.value): member.label for member in UnitKind}
    return Layout("units", "单位", (
        Column("name", "单位名称", cells.words(200), required=True, width=28, sample="示例某局（请改为实际单位）",
               advice="全称，与印章一致"),
        Column("locality", "地区", cells.choice(places), required=True, choices=tuple(places.values()),
               sample=next(iter(places.values()), ""), advice="从下拉选项中选择"),
        Column("code", "统一社会信用代码", cells.code, width=22, advice="18位，与登记证书一致"),
        Column("short_name", "简称", cells.words(80), advice="通用的规范化简称，没有的不填"),
        Column("code_word", "机关代字", cells.words(40), advice="发文字号的字头，如“示信”；各单位不得相同"),
        Column("kind", "类别", cells.choice(kinds), choices=tuple(kinds.values()), sample=UnitKind.DEPARTMENT.label,
               advice="从下拉选项中选择"),
        Column("superior", "上级单位", cells.words(200), width=24, advice="全称；应当已在名册中，或者列在本表上面的行"),
        Column("responsibilities", "职责", cells.words(400), width=32, advice="主要职责，最多400字"),
        Column("address", "地址", cells.words(200), width=28, advice="送达文书用的通信地址"),
        Column("phone", "电话", cells.words(40), advice="对外办公电话"),
        Column("on_system", "通过本系统接收文书", cells.yes_no, choices=("是", "否"), sample="是",
               advice="填“否”的，文书以纸质送达；不填的，按“是”"),
    ), ("每行一个单位，只登记新单位；已在名册中的单位请在“单位”页修改、更名。",))  # fmt: skip


def check_units(reader: Reader, table: Table) -> list[Checked]:
    """The dry run: names, codes and 机关代字 are free, superiors are known or stand above in the table."""
    known = reader.session.execute(select(Unit.name, Unit.code, Unit.code_word)).all()
    taken: dict[str, dict[str, str]] = {
        "name": {cells.plain(row.name): "名册" for row in known},
        "code": {row.code: "名册" for row in known if row.code},
        "code_word": {row.code_word: "名册" for row in known if row.code_word},
    }
    present, former = {row.name for row in known}, FormerNames(reader.session, reader.today)
    found = []
    for row in table.rows:
        borne = former.of(row.values.get("name", ""))
        if borne and cells.plain(row.values["name"]) not in taken["name"]:
            table.wrong(row, "name", f"{borne[0].told}。新单位不得用其他单位用过的名称")
        code = row.values.get("code")
        if code and not (checked := check_credit_code(code)).holds:
            table.wrong(row, "code", checked.error.rstrip("。"))
        for key, others in taken.items():
            value = cells.plain(str(row.values.get(key, "")))
            if value and value in others:
                table.wrong(row, key, f"与{others[value]}中的单位重复")
            elif value:
                others[value] = f"第{row.number}行"
        superior = row.values.get("superior", "")
        if superior and (gone := _gone(former, superior)):
            table.wrong(row, "superior", gone)
        elif superior not in {"", *present}:
            table.wrong(row, "superior", "没有这个单位：名册中没有，本表上面的行也没有。请核对全称")
        if row.is_fine:
            present.add(row.values["name"])
        found.append(Checked(row, dict(row.values) if row.is_fine else {}))
    return found


def _gone(former: FormerNames, name: str) -> str:
    """What became of the unit of a name that no unit bears any more; empty for every other name."""
    borne = former.of(name)
    return f"{borne[0].told}。请填写现名称" if borne else ""


def make_unit(backend: Backend, key: str, form: Mapping[str, Any], now: datetime, by: int) -> str:
    """Enter the unit; what was entered by this row before is it."""
    uid = made_uid(key)
    with read_transaction(backend.engine) as session:
        if session.scalar(select(Unit.id).where(Unit.uid == uid)) is not None:
            return uid
        superior = session.scalar(select(Unit.uid).where(Unit.name == form.get("superior", "")))
    facts = {name: value for name, value in form.items() if name not in ("name", "locality", "superior", "kind")}
    kind = UnitKind(form["kind"]) if form.get("kind") else None
    register = UnitRegister(Database(backend.engine, backend.sessions), backend.keys)
    return register.enter(
        form["name"], form["locality"], UnitFacts(**facts, kind=kind, superior=superior or ""), now, by, uid=uid
    )


# -- people ---------------------------------------------------------------------------------------------------------


def people_layout() -> Layout:
    """The columns of the table of people: one row for each post."""
    posts = {post.value: label for post, label in POST_LABELS.items()}
    return Layout("people", "人员", (
        Column("login", "账号", cells.words(80), required=True, sample="shili",
               advice="由文字、数字和 . _ - @ 组成，设定后不得更改"),
        Column("name", "姓名", cells.words(80), required=True, sample="示例人员（请改为实际人员）", width=24,
               advice="与身份证件一致"),
        Column("identity_number", "公民身份号码", cells.code, width=22, aliases=("身份证号", "身份证号码"),
               advice="加密保存，任何列表都不显示"),
        Column("unit", "任职单位", cells.words(200), required=True, width=26, sample="示例某局", advice="单位全称"),
        Column("post", "岗位", cells.choice(posts), required=True, choices=tuple(posts.values()), width=22,
               sample=POST_LABELS[Post.STAFF], advice="从下拉选项中选择"),
        Column("from_on", "任职日期", cells.day, required=True, as_text=False, sample="2026-11-02", advice="含当日"),
        Column("until_on", "任职至", cells.day, as_text=False, advice="含当日；长期任职的不填"),
    ), (
        "每行一个岗位；一人有几个岗位的，账号、姓名相同，各占一行。",
        "只新建账号；已有账号的任职、免职请在“人员与岗位”页办理。",
        "系统管理员、安全保密管理员、审计员三员分立，互不兼任，也不兼办业务。",
        "初始密码由系统生成，导入后可以下载一次；请当面交给本人，首次登录后立即修改。",
    ))  # fmt: skip


def check_people(reader: Reader, table: Table) -> list[Checked]:
    """The dry run: accounts are new, numbers valid and free, units known, posts do not exclude each other."""
    check = _People(reader, table)
    return [check.row(row) for row in table.rows]


class _People:
    def __init__(self, reader: Reader, table: Table) -> None:
        self._reader, self._table = reader, table
        self._logins = set(reader.session.scalars(select(User.login)))
        today = reader.today
        there = select(Unit.name).where(or_(Unit.ended_on.is_(None), Unit.ended_on > today))
        self._units = set(reader.session.scalars(there))
        self._former = FormerNames(reader.session, today)
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._numbers: dict[str, str] = {}

    def row(self, row: Row) -> Checked:
        given, wrong = row.values, self._table.wrong
        login = given.get("login", "")
        earlier = self._rows[login]
        if login in self._logins:
            wrong(row, "login", "账号已被使用。已有账号的任职请在“人员与岗位”页办理")
        elif problem := _problem_of(login):
            wrong(row, "login", problem)
        if earlier and earlier[0].values.get("name") != given.get("name"):
            wrong(row, "name", f"与第{earlier[0].number}行账号相同而姓名不同。请核对")
        self._number(row, login)
        if given.get("unit") and given["unit"] not in self._units:
            gone = _gone(self._former, given["unit"])
            wrong(row, "unit", gone or "单位名册中没有这个单位。请填写全称，新单位请先导入单位")
        if given.get("until_on") and given.get("from_on") and given["until_on"] < given["from_on"]:
            wrong(row, "until_on", "早于任职日期。请核对")
        self._post(row, earlier)
        if login:
            earlier.append(row)
        form = {key: value.isoformat() if isinstance(value, date) else value for key, value in given.items()}
        return Checked(row, form if row.is_fine else {})

    def _number(self, row: Row, login: str) -> None:
        number = row.values.get("identity_number")
        if not number:
            return
        checked = check_identity_number(number, self._reader.today)
        if not checked.holds:
            self._table.wrong(row, "identity_number", checked.error.rstrip("。"))
            return
        indexes = self._reader.backend.keys.blind_indexes(checked.code)
        known = self._reader.session.scalar(select(User.id).where(User.identity_index.in_(indexes)))
        if known is not None or self._numbers.setdefault(checked.code, login) != login:
            self._table.wrong(row, "identity_number", "该公民身份号码已有账号，或者本表另一账号也用了它。一人一个账号")

    def _post(self, row: Row, earlier: list[Row]) -> None:
        if "post" not in row.values:
            return
        post = Post(row.values["post"])
        for other in earlier:
            if other.values.get("post") == post and other.values.get("unit") == row.values.get("unit"):
                self._table.wrong(row, "post", f"与第{other.number}行重复：同一人在同一单位的同一岗位")
            elif "post" in other.values and (told := exclusion_of(post, Post(other.values["post"]))):
                self._table.wrong(row, "post", f"与第{other.number}行冲突：{told}")


def _problem_of(login: str) -> str:
    try:
        check_login(login)
    except Refusal as refusal:
        return refusal.message.rstrip("。")
    return ""


def make_person(
    backend: Backend, passwords: Passwords, key: str, form: Mapping[str, Any], now: datetime, by: int
) -> tuple[str, str]:
    """Make the account with the first of its rows, and let it hold the post; gives its uid and its first password.

    After an interruption the password that nobody was told is replaced by another.
    """
    batch = key.rpartition("-")[0]
    uid, login = made_uid(f"{batch}/{form['login']}"), form["login"].strip()
    accounts = Accounts(Database(backend.engine, backend.sessions), backend.keys, passwords)
    with read_transaction(backend.engine) as session:
        known = session.scalar(select(User).where(User.uid == uid))
        held = session.execute(
            select(Unit.name, PostHolding.post)
            .join(Unit, Unit.id == PostHolding.unit_id)
            .where(PostHolding.user_id == (known.id if known else 0))
        ).all()
    secret = initial_password() if known is None or not held else ""
    if known is None:
        number = form.get("identity_number", "")
        accounts.create(login, form["name"], secret, now, identity_number=number, by=by, uid=uid)
    elif secret:
        accounts.reset_password(login, secret, now, by=by)
    if (form["unit"], form["post"]) not in {(name, post) for name, post in held}:
        until = date.fromisoformat(form["until_on"]) if form.get("until_on") else None
        from_on = date.fromisoformat(form["from_on"])
        accounts.add_post(login, form["unit"], Post(form["post"]), from_on, now, until_on=until, by=by)
    return uid, secret
