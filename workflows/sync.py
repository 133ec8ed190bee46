"""同步事项: one target that must learn of a change of a record (procedures, section 5a; R52, R70, S01–S16)."""

from workflows.forms.common import RemindForm
from workflows.forms.sync import ConfirmSyncForm, DropSyncForm, OpenSyncForm
from workflows.guards import first_day_late
from workflows.kit.context import Context
from workflows.kit.counting import Nature
from workflows.kit.definition import (
    OPENING,
    Audience,
    Cascade,
    Draft,
    Elsewhere,
    Phase,
    Recipient,
    State,
    Step,
    Term,
    Unmet,
    Workflow,
    at,
    guard,
    moves,
    stay,
)
from workflows.roles import Capacity as C


@guard("自动同步的对象由系统确认，其他对象由经办人确认")
def confirmed_by_the_right_hand(ctx: Context) -> bool | Unmet:
    """SYSTEM confirms only for a target that is fed automatically."""
    if not ctx.actor.is_system:
        return True
    fed = any(target.id == ctx.case.target and target.fed_automatically for target in ctx.rules.sync_targets)
    return fed or Unmet(f"“{ctx.case.target_label}”不是自动同步的对象，应当由经办人或者同步单位确认")


@guard("由系统取消的，已有新的同步事项代替")
def dropped_with_cause(ctx: Context) -> bool | Unmet:
    return not ctx.actor.is_system or ctx.facts.sync_replaced() or Unmet("同一对象没有新的同步事项，不得取消")


@guard("同步期限已经逾期")
def sync_is_late(ctx: Context) -> bool | Unmet:
    if ctx.facts.term_over_since("sync.confirmation") is not None:
        return True
    return Unmet("同步期限尚未届满，无需催办或者督办", first_day_late(ctx, "sync.confirmation"))


@guard("本次修复的同步事项全部办结")
def last_item_of_the_repair(ctx: Context) -> bool:
    return ctx.facts.parent_repair_waits_only_for_this()


PENDING = State("pending", "待同步", Phase.OPEN, holder_in="confirmer")
CONFIRMED = State("confirmed", "已同步", Phase.CLOSED)
DROPPED = State("dropped", "无需同步", Phase.CLOSED)

EVERY = (PENDING, CONFIRMED, DROPPED)
COMPLETES_REPAIR = (
    Cascade("repair", "complete", frozenset({"executing"}), when=last_item_of_the_repair, elsewhere=Elsewhere.NOTHING),
)

STEPS = (
    Step("open", "生成同步事项", moves({OPENING: PENDING}), frozenset({C.SYSTEM}), OpenSyncForm,
         effects=("keep_sync_item",), audience=Audience.INSIDE, basis="R52、R70"),
    Step("confirm", "确认同步", moves({PENDING: CONFIRMED}), frozenset({C.OFFICE, C.IMPLEMENTER, C.SYSTEM}),
         # Whoever confirms reads it, an implementing unit too; `visible` lets no subject and no provider see an item.
         ConfirmSyncForm, guards=(confirmed_by_the_right_hand,), cascades=COMPLETES_REPAIR,
         audience=Audience.PARTIES),
    Step("drop", "无需同步", moves({PENDING: DROPPED}), frozenset({C.OFFICE, C.SYSTEM}), DropSyncForm,
         guards=(dropped_with_cause,), cascades=COMPLETES_REPAIR, audience=Audience.INSIDE),
    Step("remind", "催办", stay(PENDING), frozenset({C.OFFICE}), RemindForm, guards=(sync_is_late,),
         notices=(Draft("reminder", Recipient.HOLDER),), audience=Audience.INSIDE),
    Step("supervise", "督办", stay(PENDING), frozenset({C.SUPERVISOR}), RemindForm, guards=(sync_is_late,),
         notices=(Draft("supervision", Recipient.HOLDER),), audience=Audience.INSIDE),
)  # fmt: skip

TERMS = (
    Term("sync.confirmation", "同步期限", Nature.DUTY, C.OFFICE, at("open"), frozenset({PENDING}),
         holder_in="confirmer"),
)  # fmt: skip

SYNC = Workflow(
    key="sync",
    label="同步事项",
    states=EVERY,
    steps=STEPS,
    terms=TERMS,
    visible=dict.fromkeys((C.OFFICE, C.SUPERVISOR, C.IMPLEMENTER), frozenset(EVERY)),
)
