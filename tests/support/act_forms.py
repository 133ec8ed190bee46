"""The forms of a case page as a browser without JavaScript would send them."""

import re
from typing import Any

from flask.testing import FlaskClient

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_TEXT = re.compile(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?([^<]*)</textarea>')


def form_on(page: str, act: str) -> dict[str, str]:
    """The hidden fields of the form of an act, and what stands in its texts."""
    form = next(part for part in page.split("<form ")[1:] if f'name="form" value="{act}"' in part).split("</form>")[0]
    return {**dict(_HIDDEN.findall(form)), **dict(_TEXT.findall(form))}


def send(client: FlaskClient, uid: str, act: str, step: str = "", /, **changed: str) -> Any:
    """Open the page of a case and send the form of an act, with some fields changed."""
    sent = {**form_on(client.get(f"/cases/{uid}").text, act), **changed}
    return client.post(f"/cases/{uid}/steps/{step or act}", data=sent)
