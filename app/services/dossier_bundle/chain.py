"""The history of a case as a chain: the keyed one of its installation, and a plain one that anybody can recompute."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.crypto import KeyRing
from app.crypto.keys import KeyFileRefused
from app.models.history import AnchorRow
from app.services.dossier_bundle.tables import Row


def digests(bodies: Iterable[str]) -> list[str]:
    """SHA-256 over the digest before (empty for the first), a line break, and the body; in hex, one per event."""
    found, before = [], ""
    for body in bodies:
        before = hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()
        found.append(before)
    return found


def chained(keys: KeyRing, bodies: Iterable[str]) -> list[str]:
    """The MACs of these bodies under the active key, one after the other."""
    found, before = [], ""
    for body in bodies:
        before = keys.chain_mac(before, body)
        found.append(before)
    return found


def anchors_of(session: Session, uids: Sequence[str]) -> list[dict[str, Any]]:
    """What the anchors say of these cases, oldest first; the other cases that an anchor names are left out."""
    named = select(AnchorRow).where(or_(*(AnchorRow.body.contains(uid) for uid in uids))).order_by(AnchorRow.id)
    found = []
    for row in session.scalars(named):
        heads = {uid: head for uid, head in json.loads(row.body)["heads"].items() if uid in uids}
        if heads:
            entry = {"anchor": row.id, "made_at": row.made_at.isoformat(), "mac": row.mac, "key": row.key_id}
            found.append({**entry, "heads": heads})
    return found


def faults_of(keys: KeyRing, case: Row, events: Sequence[Row], anchors: Sequence[dict[str, Any]]) -> list[str]:
    """What does not hold in the keyed chain of a case, in Chinese; empty if everything does."""
    faults, before = [], ""
    for place, event in enumerate(events, 1):
        try:
            holds = event["seq"] == place and keys.chain_mac(before, event["body"], event["key_id"]) == event["mac"]
        except KeyFileRefused:
            holds = False
        if not holds:
            faults.append(f"第{place}条记录的校验值不符")
        before = event["mac"]
    if (case["event_count"], case["chain_head"]) != (len(events), before):
        faults.append("链头与最后一条记录不符")
    for anchor in anchors:
        count, mac = anchor["heads"].get(case["uid"], (0, ""))
        if count and (count > len(events) or events[count - 1]["mac"] != mac):
            faults.append(f"与第{anchor['anchor']}份存证不一致")
    return faults
