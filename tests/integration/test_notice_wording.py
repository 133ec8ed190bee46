"""Whoever signs a notice reads it first (procedures, section 2; R142)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app.database import read_transaction
from app.documents.samples import sample
from app.documents.text import notice_text
from app.services.reading.reader import reader_of
from app.services.reading.wording import words_of
from tests.support.notice_reading import WITHOUT_BASIS, WITHOUT_REMEDY, faults_of
from tests.support.source_tree import ROOT
from tests.support.world import World
from workflows.catalogue import NOTICES


def _words(world: World, role: str, uid: str) -> str:
    with read_transaction(world.backend.engine) as session:
        return words_of(reader_of(world.backend, session, world[role], world.clock()), uid)


def test_the_signer_reads_the_draft_with_what_was_added_to_it(world: World) -> None:
    """R142: the text of a drafted notice, and the free paragraph once somebody wrote it."""
    objection = world.objection_in("verifying")
    due = world.terms(objection)["objection.verification"].due_on
    assert due is not None
    world.go(due + timedelta(days=2))
    draft = next(notice for notice in world.notices(objection, "supervision") if notice.state == "drafted")
    assert "督办" in _words(world, "approver", draft.uid)
    world.take("officer", "edit", draft.uid, added_text="请于三日内书面说明原因。")
    assert "请于三日内书面说明原因。" in _words(world, "approver", draft.uid)


def test_what_was_signed_reads_as_it_was_signed(world: World) -> None:
    """R142: number, title and recipient stand in the stored words."""
    record = world.record_in("listed")
    decision = world.notices(record, "record_decision")[0]
    words = _words(world, "subject", decision.uid)
    assert decision.number
    assert decision.number in words
    assert decision.title in words


@pytest.mark.parametrize("key", NOTICES)
def test_no_notice_would_be_sent_back(key: str) -> None:
    """R28: every notice states organ, basis, remedy or why none, in statutory Chinese and full-width punctuation."""
    context = sample(key)
    text = notice_text(context)
    assert faults_of(context, text) == [], text


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ("经查,属实。", "半角标点“查,”"),
        ("经查(见附件)。", "半角标点"),
        ("经查属实。。", "“。。”"),
        ("因原因（），终止。", "“（）”"),
        ("于2026-11-21办结。", "日期写法“2026-11-21”"),
        ("于2026年08月1日办结。", "日期写法“08月”"),
        ("见示信用异告[2026]17号。", "文号写法"),
        ("你单位应当立即办理。", "对个人称“你单位”"),
        ("依据《国务院关于", "《》不成对"),
        ("对本决定不服的，可以依法申请行政复议。", "本处理不能申请行政复议"),
        (
            "失信程度一经认定，不得重于原记载。失信程度一经认定，不得重于原记载。",
            "重复：失信程度一经认定，不得重于原记载",
        ),
    ],
)
def test_the_reader_sends_back_what_is_wrong(wrong: str, fault: str) -> None:
    """R28: each thing that the reader must notice, planted in a clean notice."""
    context = sample("objection_decision")
    assert any(fault in found for found in faults_of(context, f"{notice_text(context)}{wrong}\n"))


def test_a_notice_without_basis_or_remedy_is_sent_back() -> None:
    """R28: the elements of a decision."""
    clean = sample("objection_decision")
    bare = replace(clean, basis=(), remedies=())
    assert {"没有写明依据", "没有写明救济途径"} <= set(faults_of(bare, notice_text(bare)))


@pytest.mark.parametrize("key", sorted({*WITHOUT_BASIS, *WITHOUT_REMEDY}))
def test_what_needs_no_basis_or_remedy_is_still_in_the_catalogue(key: str) -> None:
    """R28: every exception names a notice that exists, and says why."""
    assert key in NOTICES
    assert WITHOUT_BASIS.get(key, "") or WITHOUT_REMEDY.get(key, "")


def test_the_receipt_asks_of_a_refusal_what_the_law_asks() -> None:
    """R142: 民事诉讼法 art. 89 lets a witness be invited or the service be filmed, and it says 可以, not 应当."""
    law = (ROOT / "tests" / "law" / "民事诉讼法.md").read_text(encoding="utf-8")
    (article,) = re.findall(r"^第八十九条 (.*)$", law, re.MULTILINE)
    note = next(line for line in notice_text(sample("service_receipt")).splitlines() if line.startswith("注："))
    cited, _, said = note.partition("规定，")
    assert cited == "注：参照《中华人民共和国民事诉讼法》第八十九条的"
    assert said == article.replace("诉讼文书", "文书")
