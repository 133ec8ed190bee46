"""Proof that a table is sound before anybody may use it (procedures, section 11).

`load` is what the registry calls at import: a wrong table raises `WrongTable`, which prints every finding with the
path that fails. What the tables name but do not define (notices, terms, effects, form builders) comes in a
`Vocabulary`, so that the service layer can have the same tables checked against what it really provides.
"""

from collections.abc import Iterable, Iterator, Mapping

from workflows.kit.definition import Workflow
from workflows.kit.errors import WrongTable
from workflows.kit.soundness_names import findings_in_names
from workflows.kit.soundness_paths import findings_in_paths
from workflows.kit.soundness_terms import findings_in_terms
from workflows.kit.soundness_together import driven_steps, findings_in_cascades, findings_in_openings
from workflows.kit.vocabulary import Vocabulary

__all__ = ["Vocabulary", "check", "check_all", "findings", "load"]


def findings(
    workflow: Workflow, vocabulary: Vocabulary, driven: frozenset[tuple[str, str]] = frozenset()
) -> Iterator[str]:
    """Everything wrong with one table.

    Args:
        driven: (step, state) pairs that SYSTEM takes because another table's cascade or a service asks for them.

    Findings in names come alone: the others follow names and would only repeat them.
    """
    unnamed = list(findings_in_names(workflow, vocabulary))
    if unnamed:
        yield from unnamed
        return
    yield from findings_in_terms(workflow)
    yield from findings_in_paths(workflow, driven)


def check(workflow: Workflow, vocabulary: Vocabulary, driven: frozenset[tuple[str, str]] = frozenset()) -> None:
    """Refuse an unsound table.

    Raises:
        WrongTable: with every finding, one a line, each with the path that fails.
    """
    _refuse(list(findings(workflow, vocabulary, driven)))


def check_all(workflows: Mapping[str, Workflow], vocabulary: Vocabulary) -> None:
    """Refuse the tables unless each is sound and all fit together.

    Raises:
        WrongTable: with every finding of every table.
    """
    found: list[str] = []
    for key, workflow in workflows.items():
        if key != workflow.key:
            found.append(f"{key}: the table calls itself {workflow.key}")
        found += findings(workflow, vocabulary, driven_steps(workflow, workflows, vocabulary))
    found += findings_in_cascades(workflows)
    found += findings_in_openings(workflows)
    _refuse(found)


def load(workflows: Iterable[Workflow], vocabulary: Vocabulary) -> dict[str, Workflow]:
    """The tables by kind, once they are proved sound together.

    Raises:
        WrongTable: see `check_all`; also if two tables have the same key.
    """
    given = tuple(workflows)
    by_kind = {workflow.key: workflow for workflow in given}
    if len(by_kind) < len(given):
        _refuse([f"two tables have the same key: {', '.join(workflow.key for workflow in given)}"])
    check_all(by_kind, vocabulary)
    return by_kind


def _refuse(found: list[str]) -> None:
    if found:
        raise WrongTable("\n".join(found))
