"""示范区: a make-believe district with one person for every post, for the demo and for trying the system out.

Nobody and nothing in it exists. The first password is printed at the start and works only where the database was
marked as a demo.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.people import PostHolding, Unit, User
from app.services.founding import NewPerson, Organs, ensure_unit, found_calendar, found_locality, found_person
from app.services.make_believe import made_up_credit_code
from workflows.roles import Post

LOCALITY = "demo"
#: The first password of everybody in the district.
DEMO_PASSWORD = "Shifan-2026"

#: The units of the district that take part besides its organs.
SUBJECT_UNIT = "示例街道办事处"
PROVIDER_UNIT = "示例财政局"
IMPLEMENTER_UNIT = "示例人力资源社会保障局"


@dataclass(frozen=True)
class DemoPerson:
    """One line of the cast: `part` is what the person is there to show, `unit` picks his unit."""

    login: str
    name: str
    part: str
    unit: Callable[["_Stage"], Unit]
    post: Post


@dataclass(frozen=True)
class _Stage:
    organs: Organs
    subject: Unit
    provider: Unit
    implementer: Unit


CAST = (
    DemoPerson("wang", "王测试", "当事人（公职人员）", lambda stage: stage.subject, Post.CIVIL_SERVANT),
    DemoPerson("chen", "陈测试", "当事人（公职人员）", lambda stage: stage.subject, Post.CIVIL_SERVANT),
    DemoPerson("wu", "吴测试", "当事单位授权人员", lambda stage: stage.subject, Post.STAFF),
    DemoPerson("zheng", "郑测试", "当事单位负责人", lambda stage: stage.subject, Post.HEAD),
    DemoPerson("li", "李测试", "信息提供单位经办人", lambda stage: stage.provider, Post.CLERK),
    DemoPerson("zhao", "赵测试", "信息提供单位负责人", lambda stage: stage.provider, Post.HEAD),
    DemoPerson("sun", "孙测试", "信用管理部门经办人", lambda stage: stage.organs.office, Post.OFFICER),
    DemoPerson("zhou", "周测试", "信用管理部门审批人", lambda stage: stage.organs.office, Post.APPROVER),
    DemoPerson("feng", "冯测试", "复核机关经办人", lambda stage: stage.organs.review, Post.REVIEW_CLERK),
    DemoPerson("chu", "褚测试", "复核机关审批人", lambda stage: stage.organs.review, Post.REVIEWER),
    DemoPerson("jiang", "蒋测试", "容错认定机关经办人", lambda stage: stage.organs.tolerance, Post.TOLERANCE),
    DemoPerson("shen", "沈测试", "容错认定机关负责人", lambda stage: stage.organs.tolerance, Post.TOLERANCE_HEAD),
    DemoPerson("han", "韩测试", "联动奖惩实施单位", lambda stage: stage.implementer, Post.IMPLEMENTER),
    DemoPerson("yang", "杨测试", "规则管理员", lambda stage: stage.organs.office, Post.RULES_KEEPER),
    DemoPerson("zhu", "朱测试", "规则管理员（确认）", lambda stage: stage.organs.office, Post.RULES_KEEPER),
    DemoPerson("qin", "秦测试", "系统管理员", lambda stage: stage.organs.government, Post.SYSADMIN),
    DemoPerson("jin", "金测试", "系统管理员（确认）", lambda stage: stage.organs.government, Post.SYSADMIN),
    DemoPerson("you", "尤测试", "安全保密管理员", lambda stage: stage.organs.government, Post.SECADMIN),
    DemoPerson("xu", "许测试", "审计员", lambda stage: stage.organs.government, Post.AUDITOR),
)


def found_district(session: Session, now: datetime, hashed: Callable[[str], str]) -> None:
    """Store calendar, rules, organs and the cast, in the caller's writing transaction; takes no step.

    Args:
        hashed: the password hash for a login, under the policy of the installation.
    """
    found_calendar(session, now)
    organs = found_locality(session, LOCALITY, now)
    stage = _Stage(
        organs=organs,
        subject=ensure_unit(session, LOCALITY, SUBJECT_UNIT, superior=organs.government),
        provider=ensure_unit(session, LOCALITY, PROVIDER_UNIT, superior=organs.government),
        implementer=ensure_unit(session, LOCALITY, IMPLEMENTER_UNIT, superior=organs.government),
    )
    for unit in session.scalars(select(Unit)):
        unit.code = made_up_credit_code(unit.id)
    confirmed = _a_year_before(now)
    for person in CAST:
        new = NewPerson(person.login, person.name, person.unit(stage), (person.post,), confirmed_on=confirmed)
        found_person(session, new).password_hash = hashed(person.login)


def _a_year_before(now: datetime) -> date:
    """Address confirmations are signed long before the first case, also before cases of the past year."""
    return (now - timedelta(days=366)).date()


@dataclass(frozen=True)
class DemoLogin:
    """One line of the table that the start prints."""

    part: str
    login: str
    name: str
    unit: str


def demo_logins(session: Session) -> list[DemoLogin]:
    """Who can sign in now, by post, from the rows: a cast that a scenario made shows like this one."""
    statement = (
        select(PostHolding.post, User.login, User.name, Unit.name)
        .join(User, User.id == PostHolding.user_id)
        .join(Unit, Unit.id == PostHolding.unit_id)
        .where(User.active, User.password_hash != "", PostHolding.until_on.is_(None))
        .order_by(User.id, PostHolding.id)
    )
    rows = [DemoLogin(Post(post).label, login, name, unit) for post, login, name, unit in session.execute(statement)]
    order = [post.label for post in Post]
    return sorted(rows, key=lambda line: order.index(line.part))
