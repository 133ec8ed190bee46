"""What settings are chosen from, in words: whom a rule is about, who decides, in which state a record must be.

The procedures set the limits: a setting offers what a table knows to do, so an entry that no table reads is no choice.
"""

from collections.abc import Mapping

from workflows.registry import WORKFLOWS
from workflows.roles import Capacity
from workflows.rules.comparing import value_in_words
from workflows.rules.model import SwitchRule
from workflows.rules.settings import CLOSED

_WORDS: Mapping[str, Mapping[str, str]] = {
    "objection.decider": {"office": "信用管理部门", "provider": "信息提供单位"},
    # No table gives these decisions to anybody but the approver, so there is nothing else to choose.
    "extension.decider": {Capacity.SUPERVISOR.name: Capacity.SUPERVISOR.label},
    "leniency.decider": {Capacity.SUPERVISOR.name: Capacity.SUPERVISOR.label},
    "leniency.subjects": {"person": "个人", "unit": "单位"},
    # The states in which an exemption is of use: from the report on, as long as the record lasts (R46).
    "exemption.window": {key: WORKFLOWS["record"].state(key).label for key in CLOSED["exemption.window"]},
}

#: Code and words of every value, by setting; settings that are not named here are texts, numbers, or yes or no.
CHOICES: Mapping[str, Mapping[str, str]] = {
    key: {code: _WORDS[key][code] for code in codes} for key, codes in CLOSED.items()
}


def setting_in_words(rule: SwitchRule) -> str:
    """The value of a setting as a reader sees it, with the words of the field for what is chosen from a list."""
    known = CHOICES.get(rule.key, {})
    if isinstance(rule.value, tuple):
        return value_in_words(tuple(known.get(one, one) for one in rule.value))
    return known.get(rule.value, rule.value) if isinstance(rule.value, str) else value_in_words(rule.value)
