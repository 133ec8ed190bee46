"""Drafts of every form (design: interface, patterns): saved by themselves, their author's alone, never filed twice."""

import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import MovableClock, legal_day
from app.models.history import Attachment, DraftRow
from app.services.drafts import KEPT, save_draft
from app.services.reading.draft_list import DraftLine, draft_lines
from app.settings import Settings
from tests.integration.test_case_pages import hidden, post
from tests.support import uploads
from tests.support.application import settings_for
from tests.support.looking import appoint, dismiss, reading
from tests.support.web_world import client_of, text_of, world_on
from tests.support.world import World
from workflows.roles import Post

TYPED = "与原始凭证一致，记载无误。"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """What drafts ask of the database is the same on both; `save_draft` itself is tried on both elsewhere."""
    return settings_for(sqlite_url, tmp_path / "kept")


@pytest.fixture
def world(app: Flask, clock: MovableClock) -> World:
    return world_on(app, clock)


@pytest.fixture
def case(world: World) -> str:
    """An objection that the clerk of the provider has to verify."""
    return world.objection_in("verifying")


def autosave(client: FlaskClient, case: str, step: str = "draft_answer", **fields: str) -> int:
    kept = hidden(client.get(f"/cases/{case}").text, step)
    typed = {f"{step}-{name}": value for name, value in fields.items()}
    return client.post(f"/cases/{case}/steps/{step}/draft", data={**kept, **typed}).status_code


def lines(world: World, role: str) -> tuple[DraftLine, ...]:
    with reading(world, role) as reader:
        return draft_lines(reader)


def test_what_is_typed_into_a_form_of_a_case_comes_back(app: Flask, world: World, case: str) -> None:
    """interface, patterns: drafts autosave; the page of the case opens with what was typed and says when."""
    client = client_of(app, "clerk")
    assert autosave(client, case, explanation=TYPED) == 200
    page = client.get(f"/cases/{case}").text
    assert f">\n{TYPED}</textarea>" in page
    assert "草稿保存于2026年" in text_of(page)
    [line] = lines(world, "clerk")
    assert (line.title, line.mine, line.case) == ("拟定核查意见", True, case)
    assert line.matter.startswith("异议 示信异〔2026〕1号")
    assert line.kept_until == legal_day(world.clock() + KEPT)
    goes_to = client.get(f"/drafts/{line.draft.uid}").location
    assert goes_to == f"/cases/{case}?act=draft_answer#act-draft_answer"


@pytest.mark.parametrize("role", ["head", "subject", "officer", "other_clerk"])
def test_what_is_typed_into_a_form_is_its_authors_alone(app: Flask, world: World, case: str, role: str) -> None:
    """trust 1: neither another who works on the case nor his superior reads it, opens it or throws it away."""
    autosave(client_of(app, "clerk"), case, explanation=TYPED)
    [row] = world.rows(DraftRow)
    other = client_of(app, role)
    assert TYPED not in other.get(f"/cases/{case}").text
    assert lines(world, role) == ()
    assert other.get(f"/drafts/{row.uid}").status_code == 404
    assert other.post(f"/drafts/{row.uid}/discard").status_code == 404
    assert len(world.rows(DraftRow)) == 1


def test_the_head_of_a_unit_reads_applications_of_his_staff_but_not_their_other_forms(app: Flask, world: World) -> None:
    """procedures, section 3: the head files what his staff wrote; what they type elsewhere is theirs."""
    uid = world.rectification_in("explaining")
    autosave(client_of(app, "staff"), uid, "draft_explanation", causes=TYPED)
    assert [line.title for line in lines(world, "staff")] == ["拟定书面说明"]
    assert lines(world, "unit_head") == ()


def test_a_form_of_a_case_one_may_not_see_keeps_nothing(app: Flask, world: World, case: str) -> None:
    """T12: another unit's case is not found, whatever is sent to it."""
    kept = hidden(client_of(app, "clerk").get(f"/cases/{case}").text, "draft_answer")
    where = f"/cases/{case}/steps/draft_answer/draft"
    answer = client_of(app, "other_clerk").post(where, data={**kept, "draft_answer-explanation": TYPED})
    assert answer.status_code == 404
    assert world.rows(DraftRow) == []


def test_a_refused_form_is_a_draft_and_a_taken_one_is_none(app: Flask, world: World, case: str) -> None:
    """Nothing typed is lost by a refusal; an act that was taken leaves nothing behind."""
    client = client_of(app, "clerk")
    assert post(client, case, "draft_answer", explanation=TYPED).status_code == 422
    assert len(lines(world, "clerk")) == 1
    taken = post(client, case, "draft_answer", **{"verdicts-facts-verdict": "keep", "explanation": TYPED})
    assert taken.status_code == 303
    assert world.rows(DraftRow) == []


def test_a_save_that_comes_after_the_step_keeps_nothing(app: Flask, world: World, case: str) -> None:
    """The page saves by itself: what is on its way while the form is sent must not come back as a draft."""
    client = client_of(app, "clerk")
    kept = hidden(client.get(f"/cases/{case}").text, "draft_answer")
    typed = {**kept, "draft_answer-verdicts-facts-verdict": "keep", "draft_answer-explanation": TYPED}
    assert client.post(f"/cases/{case}/steps/draft_answer", data=typed).status_code == 303
    assert client.post(f"/cases/{case}/steps/draft_answer/draft", data=typed).status_code == 204
    assert world.rows(DraftRow) == []


def test_a_form_posted_twice_with_a_file_hands_it_in_once(app: Flask, world: World, case: str) -> None:
    """T13: the second press is answered as the first, and neither the step nor the file is there twice."""
    client = client_of(app, "clerk")
    kept = hidden(client.get(f"/cases/{case}").text, "draft_answer")

    def press() -> tuple[int, str]:
        file = {"draft_answer-files-upload": (io.BytesIO(uploads.PDF), "凭证.pdf")}
        typed = {"draft_answer-verdicts-facts-verdict": "keep", "draft_answer-explanation": TYPED}
        answer = client.post(
            f"/cases/{case}/steps/draft_answer", data={**kept, **typed, **file}, content_type="multipart/form-data"
        )
        return answer.status_code, answer.location

    assert press() == press()
    assert world.steps(case).count("draft_answer") == 1
    assert [(row.name, row.draft_id) for row in world.rows(Attachment)] == [("凭证.pdf", None)]
    assert world.rows(DraftRow) == []


def test_an_application_posted_twice_with_a_file_hands_it_in_once(app: Flask, world: World) -> None:
    record = world.record_in("listed")
    client = client_of(app, "subject")

    def press() -> str:
        file = {"files-upload": (io.BytesIO(uploads.PDF), "证明.pdf")}
        typed = {"field": "facts", "ground-facts": "error", "wanted-facts": "未造成损失。", "reason": TYPED, "key": "k"}
        where = f"/credit/records/{record}/objection"
        return client.post(where, data={**typed, **file}, content_type="multipart/form-data").location

    assert press() == press()
    assert len(world.children(record, "objection")) == 1
    assert [row.name for row in world.rows(Attachment)] == ["证明.pdf"]
    assert world.rows(DraftRow) == []


def test_the_same_key_with_other_words_is_not_taken_for_a_repetition(app: Flask, world: World, case: str) -> None:
    """T13: one key stands for one content; going back and writing something else is said, and the text kept."""
    client = client_of(app, "clerk")
    kept = hidden(client.get(f"/cases/{case}").text, "draft_answer")
    typed = {**kept, "draft_answer-verdicts-facts-verdict": "keep", "draft_answer-explanation": TYPED}
    assert client.post(f"/cases/{case}/steps/draft_answer", data=typed).status_code == 303
    world.take("head", "reject_answer", case, reason="请补充")
    again = client.post(f"/cases/{case}/steps/draft_answer", data={**typed, "draft_answer-explanation": "另写一段。"})
    assert again.status_code == 422
    assert "另写一段。" in again.text
    assert world.steps(case).count("draft_answer") == 1


def test_a_draft_of_an_act_that_is_over_gives_its_text_to_copy(app: Flask, world: World, case: str) -> None:
    """Two people on one case: what the slower one wrote is still his, and he is told why it cannot be sent."""
    client = client_of(app, "clerk")
    autosave(client, case, explanation=TYPED)
    world.take("clerk", "draft_answer", case, verdicts={"facts": {"verdict": "keep"}}, explanation="另一人所写")
    [line] = lines(world, "clerk")
    page = client.get(f"/drafts/{line.draft.uid}")
    assert page.status_code == 200
    assert "现在不能办理“拟定核查意见”" in page.text
    assert TYPED in page.text
    assert client.post(f"/drafts/{line.draft.uid}/discard", data={"next": "/desk"}).location == "/desk"
    assert world.rows(DraftRow) == []


def test_a_discarded_draft_leads_back_and_never_to_another_host(app: Flask, world: World, case: str) -> None:
    client = client_of(app, "clerk")
    autosave(client, case, explanation=TYPED)
    [row] = world.rows(DraftRow)
    answer = client.post(f"/drafts/{row.uid}/discard", data={"next": "//example.invalid/"})
    assert answer.location == f"/cases/{case}?act=draft_answer#act-draft_answer"


def test_a_draft_outlives_the_sight_of_its_case_but_names_it_no_more(app: Flask, world: World, case: str) -> None:
    """T12: who may not see a case any more reads his own words, and neither its number nor its subject."""
    autosave(client_of(app, "clerk"), case, explanation=TYPED)
    dismiss(world, "clerk")
    appoint(world, "clerk", world.units["foreign"], Post.CLERK)
    [line] = lines(world, "clerk")
    assert (line.matter, line.case) == ("", "")
    page = client_of(app, "clerk").get(f"/drafts/{line.draft.uid}")
    assert TYPED in page.text
    assert "示信异" not in page.text


def test_two_windows_keep_one_draft(world: World) -> None:
    """Saving again goes into the same draft; another matter has one of its own."""
    record = world.record_in("listed")
    with reading(world, "subject") as reader:
        first = save_draft(reader, "objection", "submit", record, {"reason": ["一"]})
        second = save_draft(reader, "objection", "submit", record, {"reason": ["二"]})
        other = save_draft(reader, "repair", "submit", record, {"reason": ["三"]})
    assert first.uid == second.uid != other.uid
    assert second.typed == {"reason": ["二"]}
