"""What the notices of a rectification say (限期整改、重新整改、验收意见)."""

from app.documents.citations import binding, founding
from app.models.kinds_more import Rectification
from app.services.notice_content.occasion import Matter, Occasion
from workflows.kit.counting import Span, Unit
from workflows.rules.model import Basis

#: A third failure is not possible: after this many the matter can only be given up (procedures, section 4).
_LAST_CHANCE = 2


def _case(occasion: Occasion) -> Rectification:
    assert isinstance(occasion.parent, Rectification)
    return occasion.parent


def rectification_order(occasion: Occasion) -> Matter:
    """限期整改通知书: what is wrong, what has to be reached, by when."""
    case, rule = _case(occasion), occasion.rules.term("rectification.completion")
    length = Span(case.completion_days, Unit.D) if case.completion_days else rule.span if rule is not None else None
    within = f"{length.text}内" if length is not None else "规定期限内"
    content = {"tasks": list(case.requirements), "completion": f"自收到本通知书之日起{within}（收到当日不计）完成整改"}
    basis = occasion.basis_of("rectification.explanation", "rectification.completion")
    return Matter(content, basis=binding(basis) or _founding(occasion), facts=case.problems)


def _founding(occasion: Occasion) -> tuple[Basis, ...]:
    return (founding(occasion.rules),)


def rectification_return(occasion: Occasion) -> Matter:
    """重新整改通知书."""
    form = occasion.form("fail")
    failures = [item for item in occasion.history if item.step == "fail" and item.version <= occasion.notice.occasion]
    content = {"tasks": _tasks(occasion), "until": form["until"], "last_chance": len(failures) >= _LAST_CHANCE}
    return Matter(content, form["reason"], _founding(occasion), running=("rectification.completion",))


def rectification_closure(occasion: Occasion) -> Matter:
    """整改验收意见书: each task with what was done."""
    case = _case(occasion)
    done = {item["task"]: item["result"].rstrip("。；") for item in case.completion}
    tasks = [f"{task}：{done[number]}" if number in done else task for number, task in enumerate(_tasks(occasion), 1)]
    return Matter({"tasks": tasks}, occasion.form("pass").get("opinion", ""), _founding(occasion))


def _tasks(occasion: Occasion) -> list[str]:
    """The measures of the plan; what was ordered while there is none."""
    case = _case(occasion)
    return [item["task"].rstrip("。；") for item in case.tasks] or list(case.requirements)


BUILDERS = {
    "rectification_order": rectification_order,
    "rectification_return": rectification_return,
    "rectification_closure": rectification_closure,
}
