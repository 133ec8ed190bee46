"""Where each line of the repair gate comes from, for those who judge it (law, sections 2.1 and 7).

National Order 36 governs neighbouring registers and is followed by analogy; its articles on the conditions are known
from second-hand sources only, so they are cited without a number and graded S.
"""

from workflows.forms.repair import GateKey
from workflows.rules.model import Basis, BasisKind, Grade, RuleSet

_ORDER = ("信用修复管理办法", "国家发展改革委令第36号")
_CONDITIONS = (Basis(_ORDER[0], "关于信用修复条件的规定", _ORDER[1], BasisKind.PEER), Grade.S)
_EXCLUSIONS = (Basis(_ORDER[0], "第二条", _ORDER[1], BasisKind.PEER), Grade.P)
_SANCTIONS = (Basis("中华人民共和国公职人员政务处分法", "第八条"), Grade.V)

_TERMS = {
    GateKey.PERIOD: "record.publication_min",
    GateKey.RECTIFIED: "rectification.completion",
    GateKey.NOT_BARRED: "repair.bar",
}
_TEXTS = {
    GateKey.SANCTION: _SANCTIONS,
    GateKey.CORRECTED: _CONDITIONS,
    GateKey.COMMITMENT: _CONDITIONS,
    GateKey.NOT_EXCLUDED: _EXCLUSIONS,
}


def basis_of(key: GateKey, rules: RuleSet) -> tuple[Basis, Grade] | None:
    """The clause behind a line and how well it is evidenced; None where the line follows from the procedure itself."""
    if key in _TEXTS:
        return _TEXTS[key]
    rule = rules.term(_TERMS[key]) if key in _TERMS else None
    return (rule.basis, rule.grade) if rule is not None else None
