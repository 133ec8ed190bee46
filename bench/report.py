"""How a row of the table is printed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """Two sides of a ratio: ours and the bare one it is held against, in the same unit and the same run."""

    name: str
    ours: float
    bare: float | None
    unit: str

    def __str__(self) -> str:
        if self.bare is None:
            return f"{self.name:<58} {self.ours:>10,.1f} {'':>10} {'':>7}  {self.unit}"
        return f"{self.name:<58} {self.ours:>10,.1f} {self.bare:>10,.1f} {self.ours / self.bare:>7.2f}  {self.unit}"


HEADING = f"{'':<58} {'ours':>10} {'bare':>10} {'ratio':>7}"
