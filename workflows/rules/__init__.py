"""What the law of each locality says, as dated, cited, resolved data."""

from workflows.rules.loader import load_changed, load_locality, localities
from workflows.rules.model import RuleSet
from workflows.rules.reading import RuleFileError

__all__ = ["RuleFileError", "RuleSet", "load_changed", "load_locality", "localities"]
