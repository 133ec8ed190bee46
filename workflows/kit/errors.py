"""Refusals: why a step was not taken. Typed values with a code; the edge turns them into pages and problems.

They are tested in the order of this file (architecture, section 7). Texts are Chinese, since users read them.
"""

from dataclasses import dataclass
from datetime import date


class Refusal(Exception):
    """A step was refused and nothing was changed."""

    code = "Refusal"
    status = 422

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(Refusal):
    """No such case, or none that this person may see: the two are never told apart."""

    code = "NotFound"
    status = 404

    def __init__(self, message: str = "未找到该事项，或者您无权查看。请核对编号。") -> None:
        super().__init__(message)


class UnknownStep(Refusal):
    """The procedure has no such step."""

    code = "UnknownStep"
    status = 404

    def __init__(self, step: str) -> None:
        super().__init__(f"本程序没有“{step}”这一步骤。")


class WrongState(Refusal):
    """The step exists, but does not start from the present state."""

    code = "WrongState"
    status = 409

    def __init__(self, step_label: str, state_label: str) -> None:
        super().__init__(f"事项现为“{state_label}”，不能办理“{step_label}”。请刷新页面查看最新进展。")


class NotPermitted(Refusal):
    """None of the actor's capacities on this case may take the step."""

    code = "NotPermitted"
    status = 403

    def __init__(self, step_label: str, wanted: str) -> None:
        super().__init__(f"“{step_label}”须由{wanted}办理，您在本事项中没有这一身份。")


class Stale(Refusal):
    """Somebody moved the case after the actor had opened it."""

    code = "Stale"
    status = 409

    def __init__(self, moved_by: str = "") -> None:
        who = f"已由{moved_by}办理" if moved_by else "已有新进展"
        super().__init__(f"您打开页面之后，本事项{who}。您填写的内容已保留，请核对后重新提交。")


class TextChanged(Refusal):
    """What would be signed does not read as it did when its signer was shown it."""

    code = "TextChanged"
    status = 409

    def __init__(self) -> None:
        super().__init__("文书内容在您阅看之后有变化，本次没有办理。请重新阅看文书后再办理。")


@dataclass(frozen=True)
class FieldError:
    """One thing wrong in a form: where, and what to do about it."""

    field: str
    label: str
    message: str


class FormIncomplete(Refusal):
    """The form does not hold what the step needs."""

    code = "FormIncomplete"
    status = 422

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("；".join(f"{error.label}：{error.message}" for error in errors))
        self.errors = errors


@dataclass(frozen=True)
class UnmetGuard:
    """One condition that does not hold; `possible_on` is the first day it will, where a date decides."""

    guard: str
    label: str
    detail: str = ""
    possible_on: date | None = None
    #: The field of the form that is to be put right, where it is a single one.
    field: str = ""

    @property
    def text(self) -> str:
        when = ""
        if self.possible_on:
            when = f"（最早可于{self.possible_on.year}年{self.possible_on.month}月{self.possible_on.day}日办理）"
        return f"{self.detail or self.label}{when}"


class GuardRefused(Refusal):
    """One or more conditions of the step fail; all of them are reported together."""

    code = "GuardRefused"
    status = 422

    def __init__(self, unmet: tuple[UnmetGuard, ...]) -> None:
        super().__init__("；".join(item.text for item in unmet))
        self.unmet = unmet

    @property
    def at_fields(self) -> tuple[FieldError, ...]:
        """What is put right in one field of the form, as a wrong entry there."""
        return tuple(FieldError(item.field, item.label, item.text) for item in self.unmet if item.field)

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """What no single field puts right."""
        return tuple(item.text for item in self.unmet if not item.field)


class KeyReused(Refusal):
    """The idempotency key was used before with another form."""

    code = "KeyReused"
    status = 422

    def __init__(self) -> None:
        super().__init__("同一提交标识已用于另一份内容。请刷新页面后重新提交。")


class ClockWentBack(Refusal):
    """The machine's clock is more than five minutes behind the last event of the case."""

    code = "ClockWentBack"
    status = 409

    def __init__(self) -> None:
        super().__init__("服务器时间早于本案卷最后一次办理的时间，暂不能办理。请联系系统管理员校准时钟。")


class DossierIsACopy(Refusal):
    """The dossier was imported from another installation: it is only read here."""

    code = "DossierIsACopy"
    status = 409

    def __init__(self) -> None:
        super().__init__("本案卷是从其他系统导入的存档件，只供查阅，不能办理。需要办理的，请在原系统进行。")


class WrongTable(Exception):
    """A procedure's table is unsound; it does not load. The message prints the path that fails."""
