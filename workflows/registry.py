"""All procedures by their kind: the one place that knows every table."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.exemption import EXEMPTION
from workflows.kit.definition import Workflow
from workflows.kit.soundness import load
from workflows.kit.vocabulary import shipped_vocabulary
from workflows.notice import NOTICE
from workflows.objection import OBJECTION
from workflows.record import RECORD
from workflows.rectification import RECTIFICATION
from workflows.repair import REPAIR
from workflows.sync import SYNC

WORKFLOWS: Mapping[str, Workflow] = MappingProxyType(
    load((RECORD, NOTICE, OBJECTION, RECTIFICATION, REPAIR, SYNC, EXEMPTION), shipped_vocabulary())
)
"""Every procedure by its kind, in the order in which they are listed; an unsound table stops the import."""


def workflow(kind: str) -> Workflow:
    """The procedure of a kind of case.

    Raises:
        KeyError: in Chinese, for a kind that does not exist.
    """
    try:
        return WORKFLOWS[kind]
    except KeyError:
        raise KeyError(f"没有“{kind}”这一程序，可用：{'、'.join(WORKFLOWS)}") from None
