"""Everything the shell says has English words, and the compiled catalogue is the written one."""

import gettext
import re
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.services.reading.history import SORTS
from app.web import lights
from app.web.case_views import WAYS
from app.web.shell import AREAS
from tests.support.source_tree import ROOT
from workflows.kit.counting import Nature
from workflows.registry import WORKFLOWS
from workflows.roles import CAPACITY_LABELS, POST_LABELS

FOLDER = ROOT / "translations" / "en" / "LC_MESSAGES"
ADVICE = "add the words to translations/en/LC_MESSAGES/messages.po, then: pybabel compile -d translations"
PLACEHOLDER = re.compile(r"%\(\w+\)s")


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
