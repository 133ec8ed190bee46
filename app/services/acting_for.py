"""What somebody did for another is told with both names: 甲（受乙委托）."""


def done_by(name: str, principal: str | None) -> str:
    """Who did something, as histories, registers and lists tell it; `principal` is for whom (None or empty: nobody)."""
    return f"{name}（受{principal}委托）" if principal else name
