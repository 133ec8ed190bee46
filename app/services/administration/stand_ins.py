"""委托: who stands in for whom, for a system administrator to look at; whoever gave or took one ends it himself."""

from app.services.delegations import DelegationLine, delegations_of
from app.services.reading.reader import Reader

#: Which delegations are listed, and what the choice is called.
CONDITIONS = {"running": "代办中", "coming": "尚未开始", "ended": "已经结束"}


def condition_of(line: DelegationLine, reader: Reader) -> str:
    """Whether it counts today, begins later, or is over: by its days, by hand, or since one of the two left."""
    if line.in_force:
        return "running"
    return "coming" if line.may_end and line.from_on > reader.today else "ended"


def list_stand_ins(reader: Reader, condition: str = "", words: str = "") -> list[tuple[DelegationLine, str]]:
    """The newest hundred, of one condition or of all, with a name or unit that holds these words."""
    lines = [(line, condition_of(line, reader)) for line in delegations_of(reader.session, None, reader.today)]
    return [
        (line, found)
        for line, found in lines
        if condition in ("", found) and any(words in said for said in (line.principal, line.delegate, line.unit))
    ]
