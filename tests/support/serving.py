"""What a clerk fills in when he sends a notice out and registers its service."""

from datetime import date
from typing import Any

from tests.support.world import World


def by_post(world: World, on: date | None = None) -> dict[str, Any]:
    """Sent by post, by default today."""
    return {"method": "邮寄送达", "tracking_number": "演示邮1001", "posted_on": (on or world.today).isoformat()}


def returned(on: date) -> dict[str, Any]:
    """The return slip of a letter."""
    return {"served_on": on.isoformat(), "method": "邮寄送达", "slip_number": "演示1号"}


def handed_over(on: date, name: str = "本人", receiver: str = "受送达人本人") -> dict[str, Any]:
    """Handed over and signed for; the 送达回证 follows."""
    return {
        "served_on": on.isoformat(),
        "method": "直接送达",
        "hour": "15:30",
        "place": "示例甲局",
        "receiver": receiver,
        "signed_by": name,
        "no_receipt_reason": "回证原件随卷，扫描后补交",
    }
