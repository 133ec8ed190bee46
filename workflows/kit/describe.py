"""A procedure in words, for those who know the law and not the code: description, matrix and glossary, in Chinese."""

from collections.abc import Iterable, Iterator, Mapping

from workflows.catalogue import NOTICES
from workflows.kit.definition import (
    EVERY_OPEN,
    OPENING,
    Cascade,
    Elsewhere,
    Fork,
    Move,
    Phase,
    StartKind,
    State,
    Step,
    Term,
    Workflow,
)
from workflows.kit.diagram import mermaid
from workflows.roles import Capacity

_PHASES = {Phase.OPEN: "办理中", Phase.DECIDED: "已有结论", Phase.CLOSED: "已终结"}


def describe(workflow: Workflow, workflows: Mapping[str, Workflow]) -> str:
    """The whole procedure as Markdown; `workflows` are all tables, to name what one does to another."""
    parts = [
        f"# {workflow.label}",
        "<!-- 由程序表生成，请勿手工修改；程序表变更后重新生成。 -->",
        f"![{workflow.label}流程图]({workflow.key}.svg)",
        "## 状态",
        _table(("状态", "标识", "阶段", "由谁办理"), (_state_row(state) for state in workflow.states)),
        "## 步骤",
        "办理条件须同时满足。“拟办”指经办人提出拟办意见后由审批人决定；“系统”指期限届满、送达或者其他事项引起的自动办理。",
        _table(("步骤", "从 → 到", "由谁办理", "办理条件", "文书"), (_step_row(step) for step in workflow.steps)),
    ]
    if workflow.terms:
        parts += [
            "## 期限",
            "日数、单位和依据由各地规则集规定。",
            _table(("期限", "性质", "责任方", "起算", "计算期间", "届满"), _term_rows(workflow)),
        ]
    effects = [(step, cascade) for step in workflow.steps for cascade in step.cascades]
    if effects:
        parts += [
            "## 对同一案卷其他事项的影响",
            _table(("步骤", "影响", "适用于"), (_cascade_row(step, row, workflows) for step, row in effects)),
        ]
    parts += ["## 流程图（文本）", f"```mermaid\n{mermaid(workflow)}```"]
    return "\n\n".join(parts) + "\n"


def matrix(workflow: Workflow) -> str:
    """State × step × capacity as text, one step a line, so that every change of who may do what shows in review."""
    text = [f"# {workflow.label}（{workflow.key}）：状态 × 步骤 × 身份"]
    for state in (OPENING, *workflow.states):
        steps = workflow.steps_from(state.key)
        phase = "" if state is OPENING else f"　{_PHASES[state.phase]}"
        text += ["", f"## {state.label} {state.key}{phase}　{_owner(state)}".rstrip("　")]
        seen = [who.label for who in Capacity if state in workflow.visible.get(who, ())]
        if seen:
            text.append(f"可见：{_joined(seen)}")
        text += [_matrix_line(step, state) for step in steps]
    return "\n".join(text) + "\n"


def glossary(workflows: Mapping[str, Workflow]) -> str:
    """The generated part of the glossary: identifiers of the code beside the words of the office, as Markdown."""
    parts = ["## 身份", _pairs((who.value, who.label) for who in Capacity)]
    for workflow in workflows.values():
        parts += [
            f"## {workflow.label}（`{workflow.key}`）",
            "### 状态",
            _pairs((state.key, state.label) for state in workflow.states),
            "### 步骤",
            _pairs((step.key, step.label) for step in workflow.steps),
        ]
        if workflow.terms:
            parts += ["### 期限", _pairs((term.key, term.label) for term in workflow.terms)]
    parts += ["## 文书", _pairs((row.key, row.title) for row in NOTICES.values())]
    return "\n\n".join(parts) + "\n"


def index(workflows: Mapping[str, Workflow]) -> str:
    """The page that lists the descriptions, as Markdown."""
    rows = (
        (f"[{workflow.label}]({workflow.key}.md)", f"`{workflow.key}`", str(len(workflow.states)),
         str(len(workflow.steps)), str(len(workflow.terms)))
        for workflow in workflows.values()
    )  # fmt: skip
    return (
        "# 办理程序\n\n<!-- 由程序表生成，请勿手工修改；程序表变更后重新生成。 -->\n\n"
        "每一程序只有一张程序表，页面、接口、定时任务和批量导入均依此表办理。\n\n"
        f"{_table(('程序', '标识', '状态数', '步骤数', '期限数'), rows)}\n"
    )


#: Who holds a state or a duty in which that differs from case to case.
_NAMED_BY_THE_CASE = {
    "signer": "文书签发人",
    "confirmer": "信用管理部门经办人（同步对象有联动奖惩实施单位的，为该单位）",
}


def holder_label(row: State | Term) -> str:
    """Who holds a state or has a duty, in words; empty for a state that nobody holds."""
    if row.holder_in:
        return _NAMED_BY_THE_CASE[row.holder_in]
    return row.holder.label if row.holder is not None else ""


def _owner(state: State) -> str:
    if holder := holder_label(state):
        return f"由{holder}办理"
    return f"停留：{state.resting}" if state.resting else ""


def _state_row(state: State) -> tuple[str, ...]:
    return (state.label, f"`{state.key}`", _PHASES[state.phase], _owner(state) or "—")


def _step_row(step: Step) -> tuple[str, ...]:
    return (
        f"{step.label} `{step.key}`",
        "<br>".join(_grouped(step.moves)),
        _who(step),
        "<br>".join(_conditions(step)) or "—",
        "<br>".join(f"《{NOTICES[key].title}》" for key in dict.fromkeys(row.notice for row in step.notices)) or "—",
    )


def _grouped(moves: Iterable[Move]) -> Iterator[str]:
    by_target: dict[str, list[str]] = {}
    for move in moves:
        by_target.setdefault(_target(move), []).append(move.source.label)
    for target, sources in by_target.items():
        yield f"{_joined(sources)} → {target}"


def _target(move: Move) -> str:
    if isinstance(move.to, Fork):
        return "或者".join("不变" if state is move.source else state.label for state in move.to.options)
    return "不变" if move.to is None or move.to is move.source else move.to.label


def _who(step: Step) -> str:
    people = _joined(who.label for who in sorted(step.by, key=list(Capacity).index))
    ways = []
    if step.on_proposal and (not step.requested_by or step.or_proposed):
        ways.append("拟办")
    if step.requested_by:
        ways.append("依签发的申请")
    return people + (f"（{'或者'.join(ways)}）" if ways else "")


def _conditions(step: Step) -> Iterator[str]:
    yield from (condition.label for condition in step.guards)
    if step.four_eyes:
        yield f"拟稿人（`{step.four_eyes}`）不得审签"
    if step.on_service:
        yield f"《{NOTICES[step.on_service].title}》已送达"
    if step.after_close:
        yield "终结后仍可办理"
    if step.together:
        yield f"逐件阅看后可以批量审批（{step.together.label}）"
    if step.basis:
        yield f"对应要求：{step.basis}"


def _term_rows(workflow: Workflow) -> Iterator[tuple[str, ...]]:
    order = {state: place for place, state in enumerate(workflow.states)}
    for term in workflow.terms:
        runs = _joined(state.label for state in sorted(term.runs_in, key=order.__getitem__))
        yield (
            f"{term.label} `{term.key}`",
            term.nature.label,
            "—" if term.holder is Capacity.SYSTEM else holder_label(term),
            "<br>".join(dict.fromkeys(_starts(workflow, term))),
            runs,
            _end(workflow, term),
        )


def _starts(workflow: Workflow, term: Term) -> Iterator[str]:
    for start in term.starts:
        label = _label_of(workflow, start.step)
        if start.kind is StartKind.SERVICE:
            yield f"《{NOTICES[start.of].title}》送达"
        elif start.kind is StartKind.DATE:
            yield f"{label}后，自“{start.of}”所载之日"
        else:
            yield f"{label}后续行计算" if start.resumes else label


def _end(workflow: Workflow, term: Term) -> str:
    acts = [f"自动{_label_of(workflow, key)}" for key in term.on_expiry]
    if term.ladder:
        acts.append("逾期逐级催办")
    return "，".join(acts) or "期满后方可办理所限事项，或者自行失效"


def _label_of(workflow: Workflow, key: str) -> str:
    step = workflow.step(key)
    return f"“{step.label if step else key}”"


def _cascade_row(step: Step, row: Cascade, workflows: Mapping[str, Workflow]) -> tuple[str, ...]:
    target = workflows[row.kind]
    if row.states == EVERY_OPEN:
        states = "尚未终结的"
    else:
        states = _joined(state.label for state in target.states if state.key in row.states)
        states += "；其他状态下不受影响" if row.elsewhere is Elsewhere.NOTHING else "；其他未终结状态下不能办理本步骤"
    condition = f"（{row.when.label}）" if row.when else ""
    return (f"{step.label} `{step.key}`{condition}", f"{target.label}：{_label_of(target, row.step)}", states)


def _matrix_line(step: Step, state: State) -> str:
    move = next(move for move in step.moves if move.source is state)
    conditions = "；".join(condition.label for condition in step.guards)
    line = f"  {step.label} {step.key} → {_target(move)}　由：{_who(step)}"
    if step.four_eyes:
        line += f"　不得为{step.four_eyes}的办理人"
    return line + (f"　条件：{conditions}" if conditions else "")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _pairs(rows: Iterable[tuple[str, str]]) -> str:
    return _table(("代码", "中文"), ((f"`{code}`", chinese) for code, chinese in rows))


def _joined(items: Iterable[str]) -> str:
    return "、".join(items)
