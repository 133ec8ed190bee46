"""The lights (design: interface, patterns): how an unfinished duty, or the governing term of a case, stands today."""

from enum import StrEnum


class Shade(StrEnum):
    """Late, near its last day, in good time, or not running."""

    LATE = "late"
    NEAR = "near"
    FINE = "fine"
    PAUSED = "paused"

    @property
    def label(self) -> str:
        return {"late": "逾期", "near": "临期", "fine": "正常", "paused": "暂停"}[self.value]
