"""How each value of ``gbt9704.toml`` is measured on the finished sheets."""

from tests.support.measures import ending, head, letter
from tests.support.measures.common import MEASURES

__all__ = ["MEASURES", "ending", "head", "letter"]
