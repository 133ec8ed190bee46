"""How 容错免责认定书 names the situation: what only tells is never passed off as law (R28, R45)."""

import pytest

from app.services.notice_content.of_exemption import citable, situation
from workflows.forms.exemption import ExemptionOutcome


@pytest.mark.parametrize("clause", ["《示范区容错免责办法（演示）》第三条", "第五条第二项"])
def test_a_clause_is_cited(clause: str) -> None:
    """R45: the clause that was typed with its article stands after 依据."""
    assert citable(clause) == (clause,)
    assert situation(clause, ExemptionOutcome.GRANTED) == f"符合{clause}所列的容错情形"


def test_a_situation_in_words_is_no_law() -> None:
    """R28: 依据…的规定 never names what is no text."""
    told = "先行先试出现的失误"
    assert citable(told) == ()
    assert situation(told, ExemptionOutcome.PARTIAL) == "符合“先行先试出现的失误”的容错情形"
    assert situation(told, ExemptionOutcome.DENIED) == "不符合“先行先试出现的失误”的容错情形"
