"""Draw a form with the real templates and submit it as a browser would, without an application."""

from collections.abc import Sequence
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict

from app.web.forms import Field
from tests.support.source_tree import ROOT

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(ROOT) / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n"],
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
_ENVIRONMENT.filters |= dict.fromkeys(("tr", "said", "plain", "zh", "marked"), lambda text: text)
_ENVIRONMENT.globals["language_of"] = lambda _text: ""
_PAGE = _ENVIRONMENT.from_string(
    '{% import "_macros/form.html" as form %}'
    "<form>{{ form.error_summary(lines) }}{{ form.fields(drawn) }}"
    '<button name="act" value="submit">提交</button></form>'
)


def drawn(fields: Sequence[Field], lines: Sequence[object] = ()) -> BeautifulSoup:
    """The page of a form."""
    return BeautifulSoup(_PAGE.render(drawn=fields, lines=lines), "html.parser")


def submitted(page: BeautifulSoup, pressed: str = "提交") -> MultiDict[str, str]:
    """What a browser posts when the button with this text is pressed and nothing is touched before."""
    pairs: list[tuple[str, str]] = []
    for control in page.select("input, textarea, select"):
        pairs += [(str(control["name"]), value) for value in _values(control)]
    button = next(button for button in page.select("button") if button.get_text(strip=True).startswith(pressed))
    return MultiDict([*pairs, (str(button["name"]), str(button["value"]))])


def _values(control: Tag) -> list[str]:
    if control.name == "textarea":
        # The parser of a browser drops one line break after the tag; breaks are posted as CRLF.
        return [control.get_text().removeprefix("\n").replace("\n", "\r\n")]
    if control.name == "select":
        options = control.select("option")
        return [str(next((option for option in options if option.has_attr("selected")), options[0])["value"])]
    if control.get("type") == "file" or (
        control.get("type") in {"radio", "checkbox"} and not control.has_attr("checked")
    ):
        return []
    return [str(control["value"])]
