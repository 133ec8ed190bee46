"""文书核验, open to everybody: by the code printed on a notice, by its QR code, by the file itself.

Nothing typed or uploaded is kept; how often an address asks is counted.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.extensions import csrf, installation
from app.services.rate_limit import TooOften, admit
from app.services.reading.verification import Uploaded, Verified, could_be_a_code, normal_code, verify, verify_bytes

blueprint = Blueprint("verification", __name__)

#: A sheet has some hundred kilobytes; a file of more than this is none of ours.
LARGEST_FILE = 10 * 1024 * 1024
_FORM_AROUND_IT = 64 * 1024
_PDF = b"%PDF-"
#: Requests a minute from one address, and from all together. A code has 59 bits: guessing ends here.
CODES = {"each": 30, "in_all": 1200}
FILES = {"each": 10, "in_all": 120}


@blueprint.url_value_preprocessor
def limit_size(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Before anything reads the request: what is larger than a sheet can be is answered with 413, unread."""
    request.max_content_length = LARGEST_FILE + _FORM_AROUND_IT


@blueprint.get("/verify")
def ask() -> ResponseReturnValue:
    """Where a code is typed or a file is handed over; a typed code leads to its own address."""
    typed = request.args.get("code", "").strip()
    if not typed:
        asked = "code" in request.args
        return _page(problem=gettext("请输入核验码。"), status=422) if asked else _page()
    if not could_be_a_code(typed):
        return _page(typed=typed[:40], problem=_wrong_form(), status=422)
    return redirect(url_for("verification.check", code=normal_code(typed)), 303)


@blueprint.get("/verify/<code>")
def check(code: str) -> ResponseReturnValue:
    """Whether a notice with this code is genuine and in force; without personal content."""
    own = installation()
    _admit("verify-code", CODES)
    with own.database.read() as session:
        found = verify(session, code)
    return _page(typed=normal_code(code)[:40], found=found, sought=True, status=200 if found else 404)


# Nothing is changed by it, so a form of another site that posts here gains nothing; a phone may refuse cookies.
@blueprint.post("/verify")
@csrf.exempt
def compare() -> ResponseReturnValue:
    """Compare an uploaded sheet with the one that was issued; its bytes are read once and forgotten."""
    _admit("verify-file", FILES)
    typed = request.form.get("code", "").strip()
    given = request.files.get("sheet")
    content = given.read(LARGEST_FILE + 1) if given is not None else b""
    if problem := _wrong_file(content) or (_wrong_form() if typed and not could_be_a_code(typed) else ""):
        return _page(typed=typed[:40], problem=problem, about_file=True, status=422)
    own = installation()
    with own.database.read() as session:
        uploaded = verify_bytes(session, content, own.seals.roots)
        expected = verify(session, typed) if typed else None
    agrees = uploaded.notice is not None and (not typed or uploaded.notice.code == normal_code(typed))
    return _page(
        typed=typed[:40],
        found=uploaded.notice if agrees else expected,
        uploaded=uploaded,
        agrees=agrees,
        status=200 if agrees else 404 if expected is None else 200,
    )


@blueprint.app_errorhandler(TooOften)
def too_often(refusal: TooOften) -> ResponseReturnValue:
    """Come back in a moment; nothing is said about what was asked."""
    answer = make_response(render_template("documents/verify_busy.html", seconds=refusal.retry_after), refusal.status)
    answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _admit(what: str, limit: dict[str, int]) -> None:
    own = installation()
    admit(own.database, own.keys, what, request.remote_addr or "", own.clock(), **limit)


def _page(
    *,
    typed: str = "",
    problem: str = "",
    about_file: bool = False,
    found: Verified | None = None,
    uploaded: Uploaded | None = None,
    agrees: bool = False,
    sought: bool = False,
    status: int = 200,
) -> Response:
    content = render_template(
        "documents/verify.html",
        typed=typed,
        problem=problem,
        about_file=about_file,
        found=found,
        uploaded=uploaded,
        agrees=agrees,
        sought=sought,
        failed=bool(problem),
    )
    answer = make_response(content, status)
    # How a notice stands may change with the next minute.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _wrong_form() -> str:
    return gettext("核验码由12位字母和数字组成，其中没有数字0、1和字母I、L、O。请对照文书上的核验码重新输入。")


def _wrong_file(content: bytes) -> str:
    if not content:
        return gettext("请选择要核对的文书文件。")
    if len(content) > LARGEST_FILE:
        return gettext("文件超过10MB，不是本系统制发的文书。请选择文书的PDF原件。")
    if not content.startswith(_PDF):
        return gettext("该文件不是PDF。请上传收到的PDF原件，不要上传照片、扫描件或者转换过格式的文件。")
    return ""
