"""A rule set as a readable table, so that a lawyer can review a change line by line."""

from collections.abc import Iterable

from workflows.rules.model import SEVERITIES, Basis, Grade, RuleSet, SwitchValue, TermRule

_SUBJECTS = {"organ": "单位", "person": "个人"}
_WORDS = {
    "record": "纳入失信记录",
    "credit": "记入信用记录",
    "handled": "处理",
    "assessment": "纳入考核",
    "forbidden": "禁止",
}


def readable(rules: RuleSet) -> str:
    """The whole rule set as plain text, one entry a line, ending with a line break."""
    lines = [
        f"# {rules.name}（{rules.code}）规则集，自{rules.in_force_from}起施行"
        + ("，演示" if rules.make_believe else ""),
        f"# 继承：{' → '.join(rules.chain)}",
        "",
        "## 期限",
        *(_term(rule) for rule in rules.terms),
        "",
        "## 设置",
        *(
            f"{rule.key}　{rule.label}：{_value(rule.value)}　{_source(rule.basis, rule.grade)}{_note(rule.note)}"
            for rule in rules.switches
        ),
        "",
        "## 救济途径",
    ]
    for remedy in rules.remedy_rules:
        kind = "个人" if remedy.subject_kind == "person" else "单位"
        lines.append(f"{remedy.about}　{kind}　{_source(remedy.basis, remedy.grade)}")
        lines += [f"    {sentence}" for sentence in remedy.sentences] or ["    （无）"]
    lines += ["", "## 失信行为"]
    for behaviour in rules.behaviours:
        subjects = _joined(_SUBJECTS[kind] for kind in behaviour.subject_kinds)
        lines.append(f"{behaviour.id}　{behaviour.label}　{subjects}　{_WORDS[behaviour.word]}　{behaviour.grade}")
        lines += [f"    {_cited(basis)}" for basis in behaviour.citations]
    lines += ["", "## 重点领域"]
    for field in rules.key_fields:
        lines.append(f"{field.label}　牵头：{_joined(field.lead)}　配合：{_joined((*field.supporting, *field.others))}")
        lines.append(f"    {_cited(field.basis)}")
    lines += ["", "## 单位职责"]
    lines += [f"{unit.name}　领域：{_joined(unit.fields)}　工作：{_joined(unit.duties)}" for unit in rules.units]
    lines += ["", "## 同步去向"]
    for target in rules.sync_targets:
        ways = [_joined(_SUBJECTS[kind] for kind in target.subject_kinds)]
        ways.append("逐条同步" if target.per_record else "不逐条同步")
        ways += ["公示"] * target.publishes + ["自动报送"] * target.fed_automatically
        lines.append(f"{target.id}　{target.label}　{target.receives}　{'，'.join(ways)}　{target.grade}")
        lines.append(f"    {_cited(target.basis)}")
    return "\n".join(lines) + "\n"


def _term(rule: TermRule) -> str:
    if rule.by_severity is not None:
        length = "；".join(
            f"{SEVERITIES[key]}{span.text if span.number else '无'}" for key, span in rule.by_severity.items()
        )
    else:
        length = rule.span.text if rule.span is not None else "无"
    parts = [rule.key, rule.label, rule.nature.label if rule.nature else "参数", rule.holder or "无责任方", length]
    parts.append(f"自{rule.anchor_label}" if rule.anchor_label else "不起算")
    parts += [rule.expiry_label or "无", _source(rule.basis, rule.grade), f"自{rule.effective_from}"]
    if rule.extension_cap is not None:
        parts.append(f"可延长{rule.extension_cap.text}")
    if rule.total_cap is not None:
        parts.append(f"累计不超过{rule.total_cap.text}")
    return "　".join(parts) + _note(rule.note)


def _value(value: SwitchValue) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return _joined(value)
    return str(value)


def _source(basis: Basis, grade: Grade) -> str:
    return f"{basis.text}　{grade}{'（待核）' if grade.unconfirmed else ''}"


def _cited(basis: Basis) -> str:
    return basis.text + (f"：“{basis.quote}”" if basis.quote else "")


def _note(note: str) -> str:
    return f"　注：{note}" if note else ""


def _joined(items: Iterable[str]) -> str:
    return "、".join(items) or "—"
