"""送出 and 登记送达 are drawn once for each method, with the fields of that method only; no script is needed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.services.reading.case_page import CasePage
from app.services.reading.service_view import ServiceView
from app.web.forms import Option
from workflows.forms.notice import ServiceMethod
from workflows.forms.service import FOR_A_PERSON, FOR_A_UNIT, SENT, SERVED, WITH_RECEIPT, Asked

if TYPE_CHECKING:
    from app.web.acts import Act

_SENDING = frozenset({"dispatch", "redispatch"})
#: The words of a field where the method has its own.
_WORDS = {
    (ServiceMethod.ENTRUSTED, "via"): ("受托机关", "机关全称。受托机关应当自收到之日起十日内代为送达。"),
    (ServiceMethod.THROUGH_UNIT, "via"): ("转交的机关、单位", "机关、单位全称。收到后应当立即交受送达人签收。"),
    (ServiceMethod.POST, "files"): ("邮件回执", "邮件回执的扫描件；没有纸质回执的，可以上传查询结果的截图。"),
    (ServiceMethod.LEAVING, "files"): ("送达回证、现场照片", "送达回证和拍照、录像截图。"),
    (ServiceMethod.POST, "served_on"): ("送达日期", "邮件回执上注明的收件日期。"),
    (ServiceMethod.DIRECT, "served_on"): ("送达日期", "受送达人在送达回证上的签收日期。"),
    (ServiceMethod.LEAVING, "served_on"): ("送达日期", "把文书留在受送达人住所或者单位的日期。"),
    (ServiceMethod.THROUGH_UNIT, "served_on"): ("送达日期", "受送达人本人的签收日期，不是转交单位的收件日期。"),
}


def by_method(acts: "Sequence[Act]", page: CasePage) -> "list[Act]":
    """The acts of a page, with those of service drawn once for each method that is possible."""
    service = page.service
    if service is None:
        return list(acts)
    return [variant for act in acts for variant in _variants(act, service, page)]


def _variants(act: "Act", service: ServiceView, page: CasePage) -> "list[Act]":
    if act.reasons:
        return [act]
    if act.step in _SENDING:
        return [_sending(act, method, service, page) for method in service.sendable]
    if act.step == "confirm_service":
        return [_registering(act, method, service) for method in service.registrable]
    return [act]


def _sending(act: "Act", method: ServiceMethod, service: ServiceView, page: CasePage) -> "Act":
    asked = SENT[method]
    given = {"posted_on": page.today.isoformat()} if "posted_on" in asked.required else {}
    return _variant(act, method, asked, first=service.sendable[0], given=given)


def _registering(act: "Act", method: ServiceMethod, service: ServiceView) -> "Act":
    people = FOR_A_UNIT if service.to_unit else FOR_A_PERSON
    asked = SERVED[method]
    # A receipt is expected; the reason that may stand in its place is what is left to choice.
    proof = frozenset({"files"}) if method in WITH_RECEIPT else frozenset()
    asked = Asked(asked.required | proof, asked.optional - ({"relation"} if service.to_unit else set()))
    choices = {"receiver": tuple(Option(item.value, item.label) for item in people)}
    return _variant(act, method, asked, first=service.registrable[0], choices=choices)


def _variant(
    act: "Act",
    method: ServiceMethod,
    asked: Asked,
    *,
    first: ServiceMethod,
    given: Mapping[str, str] | None = None,
    choices: Mapping[str, tuple[Option, ...]] | None = None,
) -> "Act":
    return replace(
        act,
        id=f"{act.step}-{method.value}",
        label=f"{act.label}：{method.label}",
        button=f"{act.label}（{method.label}）",
        given=given or {},
        main=act.main and method is first,
        fixed={"method": method.value},
        asked=asked.fields | {"served_on"},
        required=asked.required,
        words={name: words for (known, name), words in _WORDS.items() if known is method},
        choices=choices or {},
    )
