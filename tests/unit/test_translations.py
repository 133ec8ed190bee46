"""Everything the shell says has English words, and the compiled catalogue is the written one."""

import gettext
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel, force_locale

from app.services.reading.history import SORTS
from app.web import lights
from app.web.case_views import WAYS
from app.web.shell import AREAS
from app.web.speaking import CHINESE, translated
from tests.support.chinese_in_code import said_in
from tests.support.source_tree import ROOT
from workflows.catalogue import NOTICES
from workflows.kit.counting import Nature
from workflows.registry import WORKFLOWS
from workflows.roles import CAPACITY_LABELS, POST_LABELS

FOLDER = ROOT / "translations" / "en" / "LC_MESSAGES"
ADVICE = "add the words to translations/en/LC_MESSAGES/messages.po, then: pybabel compile -d translations"
PLACEHOLDER = re.compile(r"%\(\w+\)s")


@pytest.fixture
def english() -> Iterator[None]:
    """A request for an English page."""
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    Babel(app)
    with app.test_request_context(), force_locale("en"):
        yield


def catalogue() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file)


def spoken() -> Iterator[str]:
    """What the pages say: marked in templates and code, or declared in Chinese beside the code."""
    methods = [("notices/**", "ignore"), ("**.html", "jinja2"), ("**.py", "python")]
    for folder in ("templates", "app/web"):
        # The folder of the macros begins with an underscore, which would be left out by default.
        found = extract_from_dir(ROOT / folder, methods, directory_filter=lambda _path: True)
        yield from (str(message) for _file, _line, message, _comments, _context in found)
    yield from (item.label for item in AREAS)
    yield from POST_LABELS.values()
    yield from (light.phrase for light in (lights.NO_TERM, lights.PAUSED, lights.AWAITING))
    yield from (lights.LATE, lights.LATE_ON_A_HOLIDAY, lights.TODAY, lights.LEFT, lights.NO_WORKING_DAY_LEFT)
    yield from labels_of_the_tables()


def labels_of_the_tables() -> Iterator[str]:
    """What procedures call their states, steps and terms, and who acts in them: shown on every page of a case."""
    for table in WORKFLOWS.values():
        yield from (table.label, f"{table.label}流程图")
        yield from (words for state in table.states for words in (state.label, state.resting) if words)
        yield from (step.label for step in (*table.steps, *table.proposed_openings))
        yield from (term.label for term in table.terms)
    yield from CAPACITY_LABELS.values()
    yield from (nature.label for nature in Nature)
    yield from SORTS.values()
    yield from (label for way in WAYS.values() for label, _states in way)


#: Modules whose texts reach pages: labels of forms, reasons, refusals, lines of a history.
SPEAKING = (
    "workflows/forms/*.py", "workflows/*guards.py", "workflows/roles.py", "workflows/sync.py",
    "workflows/repair_gate.py", "workflows/kit/errors.py", "workflows/kit/forms.py", "workflows/kit/engine.py",
    "workflows/kit/ledger.py", "workflows/kit/proposals.py", "workflows/kit/storable.py",
    "app/services/access_log.py", "app/services/accounts.py", "app/services/agreeing.py",
    "app/services/delegations.py", "app/services/file_kinds.py", "app/services/half_sign_ins.py",
    "app/services/administration/stand_ins.py", "app/services/handing_over.py",
    "app/services/lockout.py", "app/services/own_account.py", "app/services/rate_limit.py",
    "app/services/imports/former_names.py", "app/services/imports/record_sense.py", "app/services/imports/roster.py",
    "app/services/saved_views.py", "app/services/sign_ins.py", "app/services/steps.py",
    "app/services/reading/desk/*.py", "app/services/reading/approval.py", "app/services/reading/credit.py",
    "app/services/reading/history.py", "app/services/reading/left_behind.py",
    "app/services/reading/notice_templates.py", "app/services/reading/standing.py", "app/services/reading/summaries.py",
    "app/services/reading/terms.py", "app/services/reading/waiting.py",
)  # fmt: skip
#: Put together before a page gets them, or only what an administrator did to an account or a unit, in his own words.
PIECES = frozenset({
    "、", "；", "，", "：", "（", "）", "“", "”", "。", "条", "项", "自", "，且", "X项", "至X", "是X",
    "X，X", "X：X", "X；X", "X、X", "X（X）", "《X》", "X→X：X", "X．X（X，X）", "X X X至X", "X，至X", "X X，至X",
    "X年X月X日", "，届满日X", "（补记，已被后一级提醒取代）",
})  # fmt: skip
#: An expression that reads what was typed is no text.
EXPRESSION = re.compile(r"\\d|\[0-9\]")


def test_whatever_services_and_tables_say_has_english_words(english: None) -> None:
    """Interface: English switchable and complete. A sentence is tried with an X for each thing put in."""
    paths = sorted({path for pattern in SPEAKING for path in ROOT.glob(pattern)})
    said = {text for path in paths for text in said_in(path)} | {kind.title for kind in NOTICES.values()}
    assert len(said) > 700
    assert sorted(text for text in said - PIECES if _is_left(text)) == [], ADVICE


def _is_left(text: str) -> bool:
    return not EXPRESSION.search(text) and bool(CHINESE.search(translated(text)))


def test_everything_the_shell_says_is_translated() -> None:
    translated = {str(message.id) for message in catalogue() if message.id and message.string}
    said = set(spoken())
    assert len(said) > 100
    assert "再加一项" in said
    assert sorted(said - translated) == [], ADVICE


def test_a_translation_keeps_the_placeholders() -> None:
    broken = [
        message.id
        for message in catalogue()
        if message.id
        and sorted(PLACEHOLDER.findall(str(message.id))) != sorted(PLACEHOLDER.findall(str(message.string)))
    ]
    assert broken == []


def test_the_compiled_catalogue_is_up_to_date() -> None:
    with (FOLDER / "messages.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = [
        message.id for message in catalogue() if message.id and compiled.gettext(str(message.id)) != message.string
    ]
    assert stale == [], ADVICE
