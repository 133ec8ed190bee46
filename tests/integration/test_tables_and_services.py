"""Issue 2.2: every effect and form builder that a table names is provided by the service layer."""

from dataclasses import replace

import pytest

from app.services.cascades import FORMS
from app.services.effects import EFFECTS
from workflows.kit.definition import Workflow
from workflows.kit.errors import WrongTable
from workflows.kit.soundness import check
from workflows.kit.soundness_together import driven_steps
from workflows.kit.vocabulary import shipped_vocabulary
from workflows.registry import WORKFLOWS


def check_against_services(table: Workflow) -> None:
    """Check one table against what the services provide for its kind."""
    provided = shipped_vocabulary().with_services(frozenset(EFFECTS[table.key]), frozenset(FORMS))
    check(table, provided, driven_steps(table, WORKFLOWS, provided))


@pytest.mark.parametrize("kind", list(WORKFLOWS))
def test_what_a_table_names_is_provided(kind: str) -> None:
    """Procedures 11: every effect named exists."""
    check_against_services(WORKFLOWS[kind])
    unprovided = replace(WORKFLOWS[kind].steps[0], effects=("burn_files",))
    with pytest.raises(WrongTable, match="burn_files"):
        check_against_services(replace(WORKFLOWS[kind], steps=(unprovided, *WORKFLOWS[kind].steps[1:])))
