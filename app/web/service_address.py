"""送达地址确认书: where one wants to be served, filled in by oneself or entered by the office from signed paper."""

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from app.clock import legal_day
from app.extensions import installation
from app.services.access_log import Act, record
from app.services.file_kinds import FileRefused
from app.services.files import read_bytes
from app.services.reading.service_addressing import (
    Addressing,
    addressing_of_notice,
    own_addressing,
    scan_of,
    units_spoken_for,
)
from app.services.service_addresses import Confirmation, keep_confirmation
from app.web.forms import Field, Kind, SummaryLine, fields_of, parse_posted, summary_of
from app.web.reading import current_reader, signed_in
from workflows.forms.service_address import PaperServiceAddressForm, ServiceAddressForm
from workflows.kit.errors import FieldError, FormIncomplete
from workflows.kit.forms import parse_form

blueprint = Blueprint("service_address", __name__, url_prefix="/service-address")

_SCAN = "scan"


@blueprint.route("", methods=["GET", "POST"])
@login_required
def own() -> ResponseReturnValue:
    """One's own confirmation, or with `unit` that of the unit for which one speaks."""
    with current_reader() as reader:
        addressing = own_addressing(reader, request.args.get("unit", ""))
        units = units_spoken_for(reader)
    return _answer(addressing, units)


@blueprint.route("/<uid>", methods=["GET", "POST"])
@login_required
def recipient(uid: str) -> ResponseReturnValue:
    """The confirmation of the recipient of a notice, entered from the paper he signed; who looked at it is logged."""
    with current_reader() as reader:
        addressing = addressing_of_notice(reader, uid)
    own = installation()
    record(own.database, own.keys, Act.VIEWED, signed_in().user_id, own.clock(), target=uid)
    return _answer(addressing)


@blueprint.get("/<uid>/scan")
@login_required
def scan(uid: str) -> ResponseReturnValue:
    """The signed paper; who took it is logged."""
    own = installation()
    with current_reader() as reader:
        sha256, name, media_type = scan_of(reader, addressing_of_notice(reader, uid))
    record(own.database, own.keys, Act.DOWNLOADED, signed_in().user_id, own.clock(), target=sha256)
    content = BytesIO(read_bytes(own.settings.files_dir, sha256))
    answer = send_file(content, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _answer(addressing: Addressing, units: tuple[tuple[str, str], ...] = ()) -> ResponseReturnValue:
    if request.method == "GET":
        return _page(addressing, units, _known(addressing))
    model = _model(addressing)
    given = parse_posted(model, request.form)
    errors: tuple[FieldError, ...] = ()
    lines: list[SummaryLine] = []
    try:
        form = parse_form(model, given)
        assert isinstance(form, ServiceAddressForm)
        _keep(addressing, form)
    except FormIncomplete as refusal:
        errors = refusal.errors
    except FileRefused as refusal:
        lines = [SummaryLine(refusal.message, f"f-{_SCAN}")]
    else:
        flash(gettext("送达地址确认书已登记，今后送出的文书以此为准。"), "done")
        if addressing.notice:
            return redirect(url_for("cases.show", uid=addressing.notice), 303)
        return redirect(url_for("service_address.own", unit=request.args.get("unit")), 303)
    return _page(addressing, units, given, errors, lines), 422


def _keep(addressing: Addressing, form: ServiceAddressForm) -> None:
    own = installation()
    now = own.clock()
    today = legal_day(now)
    confirmed_on = form.confirmed_on if isinstance(form, PaperServiceAddressForm) else today
    if confirmed_on > today:
        raise FormIncomplete((FieldError("confirmed_on", "签署日期", "签署日期不得晚于今天"),))
    confirmation = Confirmation(
        form.channel.method,
        form.electronic and not addressing.is_unit,
        form.receiver,
        form.address,
        form.phone,
        confirmed_on,
    )
    upload = request.files.get(f"{_SCAN}-upload") if addressing.on_paper else None
    kept = (upload.filename, upload.read()) if upload is not None and upload.filename else None
    if addressing.on_paper and kept is None:
        raise FileRefused("尚未选择签署后的送达地址确认书扫描件，请选择文件后重新提交。")
    user_id, folder = signed_in().user_id, own.settings.files_dir
    keep_confirmation(own.backend, folder, addressing.addressee, confirmation, user_id, now, kept)


def _page(
    addressing: Addressing,
    units: tuple[tuple[str, str], ...],
    given: dict[str, Any],
    errors: tuple[FieldError, ...] = (),
    lines: list[SummaryLine] | None = None,
) -> str:
    fields = [field for field in fields_of(_model(addressing), given, errors) if not _not_asked(field, addressing)]
    if addressing.on_paper:
        hint = "签署后的送达地址确认书的扫描件。"
        fields.append(Field(Kind.FILES, _SCAN, "送达地址确认书", required=True, help=hint))
    found = [*summary_of(fields, errors), *(lines or [])]
    return render_template(
        "registers/address.html",
        addressing=addressing,
        units=units,
        fields=fields,
        lines=found,
        failed=bool(found),
    )


def _not_asked(field: Field, addressing: Addressing) -> bool:
    """A unit on the system is served electronically whatever it says."""
    return field.name == "electronic" and addressing.is_unit


def _model(addressing: Addressing) -> type[ServiceAddressForm]:
    return PaperServiceAddressForm if addressing.on_paper else ServiceAddressForm


def _known(addressing: Addressing) -> dict[str, Any]:
    known = addressing.confirmation
    if known is None:
        return {"receiver": addressing.name}
    return {
        "electronic": known.electronic,
        "channel": known.preferred.value,
        "receiver": known.receiver,
        "address": known.address,
        "phone": known.phone,
    }
