"""Search on both databases: everybody finds what he may see by every way to it, and nothing else (T12, T15, R146)."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.access.capacities import may_see, standing_of
from app.clock import legal_day
from app.database import Database, read_transaction, write_transaction
from app.models.cases import Case
from app.models.people import Unit, User
from app.models.registry import MODELS
from app.models.search import ENTRIES, MARKS
from app.services.founding import NewPerson, found_person
from app.services.lawbook import rule_set_in_force
from app.services.reading.reader import reader_of
from app.services.reading.search import Sought, search
from app.services.reading.summaries import summary_of
from app.services.reading.told import Part
from app.services.search_index import by_relation, finding, keeping, tokens
from app.services.search_index.health import search_index
from app.services.search_index.keeping import lag_of, rebuild, refresh, refresh_all
from app.services.search_index.query import Due
from app.services.search_index.readings import readings_of
from app.services.search_index.said import Said, said_by
from app.services.units.names import unit_names
from tests.support import paths
from tests.support.identity import identity_number
from tests.support.searching import look, marked, shown, uids
from tests.support.world import World
from workflows.kit.context import Actor
from workflows.registry import workflow
from workflows.roles import Post


@pytest.fixture
def shan(world: World) -> World:
    """A subject whose surname has three readings; both his names are rare in the world."""
    with write_transaction(world.backend.sessions) as session:
        unit = session.get(Unit, world.units["employer"])
        user = found_person(
            session, NewPerson("shan", "单小明", unit, (Post.CIVIL_SERVANT,), confirmed_on=date(2026, 1, 1))
        )
        world.people["shan"] = Actor(user.id, user.name, user.uid)
    return world


def test_each_case_is_found_by_who_may_see_it_in_every_way_and_by_nobody_else(shan: World) -> None:
    """T12: by number, name, pinyin and initials; for each person, kind and relation of the world."""
    world = shan
    world.record_in("statement_open", "shan")
    world.record_in("statement_open", "unit")
    world.record_in("draft")
    world.objection_in("verifying")
    refresh_all(Database.on(world.backend.engine))
    compared = 0
    pages: dict[tuple[str, str, str], set[str]] = {}
    for who, actor in world.people.items():
        with read_transaction(world.backend.engine) as session:
            assert actor.user_id is not None
            standing = standing_of(session, actor.user_id, legal_day(world.clock()))
            reader = reader_of(world.backend, session, actor, world.clock())
            cases = session.execute(select(Case)).scalars().all()
            for case in cases:
                seen = may_see(workflow(case.kind), standing, case)
                name = _subject(session, case)
                ways = [name, *(sorted(readings_of(name))[-1:] if case.subject_person_id else [])]
                ways += [_initials(name)] if case.subject_person_id else []
                ways += [case.number] if case.number else []
                for way in dict.fromkeys(ways):
                    asked = (who, case.kind, way)
                    if asked not in pages:
                        pages[asked] = uids(search(reader, Sought(kind=case.kind, words=way)))
                    assert (case.uid in pages[asked]) is seen, (who, way, case.kind, case.state)
                    compared += 1
    assert compared > 300


def _subject(session: Session, case: Case) -> str:
    column = (Unit.name, Unit.id, case.subject_unit_id) if case.subject_unit_id else None
    name, key, value = column or (User.name, User.id, case.subject_person_id)
    return str(session.execute(select(name).where(key == value)).scalar_one())


def _initials(name: str) -> str:
    return "".join(sorted(readings_of(character))[0][0] for character in name)


def test_all_readings_of_a_surname_lead_to_the_person(shan: World) -> None:
    uid = shan.record_in("draft", "shan")
    for words in ("shanxiaoming", "danxiaoming", "chanxiaoming", "sxm", "dxm", "cxm", "Shan Xiaoming", "小明", "单小"):
        assert uid in uids(look(shan, "clerk", words)), words
    for words in ("wangxiaoming", "sm", "小单", "xiaom"):
        assert uid not in uids(look(shan, "clerk", words)), words


def test_words_of_two_characters_and_more_are_found_as_they_stand(world: World) -> None:
    uid = world.record_in("draft", facts="示例企业未收到工程款，影响项目进度。")
    for words in (
        "工程款",
        "程款",
        "企业未收",
        "未收到工程款",
        "工程款 进度",
        "工程款，影响",
        "示例乙局",
        "乙局",
    ):
        found = look(world, "clerk", words)
        assert uids(found) == {uid}, words
    for words in ("款工", "工程进度", "工程 拖延", "款项"):
        assert uids(look(world, "clerk", words)) == set(), words
    # Each pair of neighbours stands somewhere, the whole does not.
    world.record_in("draft", facts="影响工程，程款未付，款项另议。")
    assert uids(look(world, "clerk", "工程款")) == {uid}


def test_what_was_found_is_marked_and_shown_with_its_label(world: World) -> None:
    world.record_in("draft", facts="前" * 60 + "承诺的工程款至今没有支付" + "后" * 60)
    (row,) = look(world, "clerk", "工程款").lines
    (reason,) = row.reasons
    assert reason.label == "事实"
    assert [piece.text for piece in reason.pieces if piece.found] == ["工程款"]
    assert reason.text.startswith("……")
    assert len(reason.text) < 70
    assert marked(look(world, "clerk", "乙局")) == {"示例乙局"}


def test_days_are_found_as_they_are_written(world: World) -> None:
    uid = world.record_in("listed")
    assert world.case(uid).opened_on is not None
    day: date = world.case(uid).opened_on
    words = [
        f"{day.year}年{day.month}月{day.day}日", day.isoformat(), f"{day:%Y%m%d}", f"{day.month}月{day.day}日",
        f"{day.month}月", f"{day.year}年",
    ]  # fmt: skip
    for one in words:
        assert uid in uids(look(world, "officer", one)), one
    assert uid not in uids(look(world, "officer", "1999年1月1日"))
    assert uid not in uids(look(world, "officer", "2月"))


def test_words_for_the_term_ask_the_last_day_itself(world: World) -> None:
    uid = world.objection_in("verifying")
    due = world.case(uid).due_on
    assert uid not in uids(look(world, "officer", "超期"))
    world.clock.set(world.clock() + (due - world.today))
    assert uid in uids(look(world, "officer", "今日到期"))
    assert uid in uids(look(world, "officer", "", due=Due.WEEK))
    assert uid in uids(look(world, "officer", "王测试 即将到期"))
    world.clock.set(world.clock() + timedelta(days=1))
    assert uid in uids(look(world, "officer", "超期 王测试"))
    assert uid not in uids(look(world, "officer", "“超期”"))
    assert uid not in uids(look(world, "officer", "今日到期"))


def test_units_are_found_by_name_pinyin_and_code(world: World) -> None:
    uid = world.record_in("draft")
    with read_transaction(world.backend.engine) as session:
        unit = session.get(Unit, world.units["provider"])
        assert unit is not None
        code = str(unit.code)
    for words in ("示例乙局", "slyj", "shiliyiju", code, code.lower(), f"{code[:8]}", f" {code} "):
        assert uid in uids(look(world, "clerk", words)), words
    assert uid not in uids(look(world, "clerk", "示例丁局"))


def test_a_person_is_found_by_his_whole_identity_number_and_no_index_holds_it(world: World) -> None:
    """Trust 1.7, T15: equality of the blind index; a number that somebody wrote into the facts is in no entry."""
    number = identity_number(7)
    with write_transaction(world.backend.sessions) as session:
        person = world["subject"].user_id
        session.execute(
            update(User).where(User.id == person).values(identity_index=world.backend.keys.blind_index(number))
        )
    uid = world.record_in("draft", facts=f"当事人身份证号{number}，电话13800001234。")
    assert uids(look(world, "clerk", number)) == {uid}
    assert uids(look(world, "clerk", number[:17])) == set()
    assert uids(look(world, "other_clerk", number)) == set()
    with world.backend.engine.connect() as connection:
        words = " ".join(connection.execute(select(ENTRIES.c.words)).scalars())
    assert number.lower() not in words
    assert "13800001234" not in words


# ------------------------------------------------------------------------------------------------ what is not told


def test_the_index_holds_nothing_that_the_page_would_withhold(shan: World) -> None:
    """Whatever is indexed or marked stands on the page of everybody who sees the case, with all parts withheld."""
    world = shan
    world.objection_in("decided")
    world.repair_in("proposed")
    world.rectification_in("reported")
    world.exemption_in("signing")
    looked = 0
    with read_transaction(world.backend.engine) as session:
        ids = session.execute(select(Case.id)).scalars().all()
        cases = {case.id: case for case in session.execute(select(Case)).scalars()}
        for said in said_by(session, ids):
            case = session.get(MODELS[cases[said.case_id].kind], said.case_id)
            assert case is not None
            rules = rule_set_in_force(session, case.locality, world.today)[1]
            units = unit_names(session, (case.provider_unit_id, case.finder_unit_id))
            summary = summary_of(units, case, rules, frozenset(Part))
            page = "\n".join([*(told for _label, told in summary.pairs), *(row.wanted for row in summary.dispute)])
            open_words = "".join(tokens.tokens_of(page))
            for label, told in said.texts[1:]:
                for part in told.split("；"):
                    bare = "".join(tokens.tokens_of(part.split("（")[0]))
                    assert bare in open_words, (case.kind, label, part)
                    looked += 1
    assert looked > 30


def test_findings_and_reasons_of_a_decision_are_found_by_nobody(world: World) -> None:
    """A party learns them by a notice: no hit, no count and no highlight comes before it."""
    secret = "独特理由甲乙丙"
    uid = world.objection_in("verifying")
    verdicts = {item["field"]: {"verdict": "keep"} for item in world.case(uid).fields}
    world.take("clerk", "draft_answer", uid, verdicts=verdicts, explanation=secret)
    assert world.case(uid).explanation == secret
    for who in ("subject", "clerk", "officer"):
        found = look(world, who, secret)
        assert (found.count, uids(found), shown(found)) == (0, set(), "")


def test_a_record_is_found_by_its_subject_only_once_he_was_told(world: World) -> None:
    uid = world.record_in("screening", facts="独特事实甲乙丙。")
    assert uids(look(world, "officer", "独特事实甲乙丙")) == {uid}
    assert look(world, "subject", "独特事实甲乙丙").count == 0
    assert look(world, "other_clerk", "独特事实甲乙丙").count == 0
    told = world.record_in("statement_open", facts="独特事实丁戊己。")
    assert uids(look(world, "subject", "独特事实丁戊己")) == {told}


# ------------------------------------------------------------------------------------------- keeping up with cases


def test_a_step_marks_its_cases_and_a_round_works_the_marks(world: World) -> None:
    database = Database.on(world.backend.engine)
    uid = world.record_in("draft", facts="第一次的事实甲。")
    assert lag_of_world(world) > 0
    assert refresh_all(database) > 0
    assert lag_of_world(world) == 0
    assert refresh(database) == 0
    world.take("clerk", "edit", uid, **paths.record_content(world, "subject", facts="第二次的内容乙。"))
    assert uids(look(world, "clerk", "第二次的内容乙")) == {uid}
    assert look(world, "clerk", "第一次的事实甲").count == 0


def lag_of_world(world: World) -> int:
    with read_transaction(world.backend.engine) as session:
        return lag_of(session).marks


def test_what_is_rolled_back_leaves_no_mark(world: World) -> None:
    uid = world.record_in("draft")
    refresh_all(Database.on(world.backend.engine))
    session = world.backend.sessions()
    session.execute(update(Case).where(Case.uid == uid).values(version=Case.version + 1))
    assert session.execute(select(MARKS.c.id)).all()
    session.rollback()
    session.close()
    assert lag_of_world(world) == 0


def test_a_person_who_is_renamed_is_found_by_his_new_name(world: World) -> None:
    uid = world.record_in("draft")
    assert uids(look(world, "clerk", "王测试")) == {uid}
    with write_transaction(world.backend.sessions) as session:
        session.execute(update(User).where(User.id == world["subject"].user_id).values(name="汪新名"))
    assert uids(look(world, "clerk", "汪新名")) == {uid}
    assert uids(look(world, "clerk", "wxm")) == {uid}
    assert look(world, "clerk", "王测试").count == 0


def test_one_case_that_cannot_be_read_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = world.record_in("draft", facts="坏的一件甲。"), world.record_in("draft", facts="好的一件乙。")
    case_id = world.case(bad).id

    def reading(session: Session, ids: Sequence[int]) -> list[Said]:
        if case_id in ids:
            raise KeyError(case_id)
        return said_by(session, ids)

    monkeypatch.setattr(keeping, "said_by", reading)
    assert uids(look(world, "clerk", "好的一件乙")) == {good}
    assert lag_of_world(world) == 0
    with read_transaction(world.backend.engine) as session:
        assert [check.verdict.value for check in search_index(session)] == ["warning"]


def test_a_rebuild_makes_every_entry_anew_and_tells_how_far_it_is(world: World) -> None:
    uid = world.record_in("draft", facts="重编一件甲。")
    database = Database.on(world.backend.engine)
    refresh_all(database)
    with write_transaction(world.backend.sessions) as session:
        session.execute(text("UPDATE search_entry SET words = ' 旧 '"))
        session.execute(text("DELETE FROM search_mark"))
    assert look(world, "clerk", "重编一件甲").count == 0
    told: list[tuple[int, int]] = []
    count = rebuild(database, lambda done, total: told.append((done, total)))
    assert uids(look(world, "clerk", "重编一件甲")) == {uid}
    assert look(world, "clerk", "旧件").count == 0
    assert told[-1] == (count, count)


def test_doctor_says_when_the_index_is_behind(world: World) -> None:
    world.record_in("draft")
    database = Database.on(world.backend.engine)
    with write_transaction(world.backend.sessions) as session:
        session.execute(update(MARKS).values(marked_at=MARKS.c.marked_at - 600))
    with read_transaction(world.backend.engine) as session:
        (late,) = search_index(session)
    assert late.verdict.value == "warning"
    assert "最早的已等待10分钟" in late.detail
    assert look_behind(world)
    refresh_all(database)
    with read_transaction(world.backend.engine) as session:
        (fine,) = search_index(session)
    assert (fine.verdict.value, fine.detail) == ("ok", "与事项一致")


def look_behind(world: World) -> bool:
    """Whether the page tells its reader that the index is behind; asked without bringing it up to date."""
    with read_transaction(world.backend.engine) as session:
        return search(
            reader_of(world.backend, session, world["clerk"], world.clock()), Sought(words="王测试")
        ).is_behind


_HOSTILE = (
    "'", '"', '""', "\\", "a\\'b cd", "NEAR(工程 款项)", "工程*", "words:工程", "-工程", "工程 OR 款项", "工程 AND",
    "(工程", "工:*", "'工程' & !款", "😀工程", "工程\x00款项", "%", "__", "工程;DROP TABLE cases",
    "\ue000工程\ue001era0", "長" * 10_000, "1" * 10_000, "a" * 10_000, " ".join(["工程"] * 500), "٣٤", "ǅ", "ﬁﬀ",
    "¹²³", "\ud7ff", "e\u0301e\u0301",
)  # fmt: skip


def test_no_sign_breaks_a_search_or_widens_it(world: World) -> None:
    """Operators are signs like any other; our own marks cannot be typed."""
    uid = world.record_in("draft", facts="未付工程款项。")
    for words in _HOSTILE:
        assert uids(look(world, "clerk", words)) <= {uid}, words[:30]
        assert look(world, "other_clerk", words).count == 0, words[:30]


def test_who_holds_no_relation_finds_nothing(world: World) -> None:
    world.record_in("draft")
    with read_transaction(world.backend.engine) as session:
        nobody = by_relation.Wanted((), Case.id > 0, ["record"])
        found = finding.find(session, (), nobody, before=None, page=10, counted=10)
    assert (found.ids, found.count) == ([], 0)
