"""Names that procedures use but do not define: what the catalogue, the rule sets and the service layer provide."""

from dataclasses import dataclass, replace
from functools import cache

from workflows.catalogue import NOTICES
from workflows.rules import load_locality, localities


@dataclass(frozen=True)
class Vocabulary:
    """What a table may name.

    `driven` are (kind, step) pairs that a service takes as SYSTEM by itself (sealing, arrival of a confirmation);
    every other SYSTEM step needs a term, a service of a notice or a cascade. `effects` and `forms` are None while
    the service layer, which provides them, has not said which exist.
    """

    notices: frozenset[str]
    rule_terms: frozenset[str]
    driven: frozenset[tuple[str, str]] = frozenset()
    effects: frozenset[str] | None = None
    forms: frozenset[str] | None = None

    def with_services(self, effects: frozenset[str], forms: frozenset[str]) -> "Vocabulary":
        """The same, with the effects and form builders that the service layer provides."""
        return replace(self, effects=effects, forms=forms)


#: SYSTEM steps that the service layer takes by itself: a step names a notice or asks for sync items, a sheet is sealed.
TAKEN_BY_SERVICES = frozenset({("notice", "draft"), ("notice", "issue"), ("sync", "open")})


@cache
def shipped_vocabulary() -> Vocabulary:
    """The notices of the catalogue, the terms of the rule sets, and what services take by themselves.

    Every rule set knows the same terms: only the file of the nation may name one. So one rule set is enough.
    """
    terms = frozenset(rule.key for rule in load_locality(localities()[0]).terms)
    return Vocabulary(frozenset(NOTICES), terms, TAKEN_BY_SERVICES)
