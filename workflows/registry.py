"""All procedures by their kind: the one place that knows every table."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.exemption import EXEMPTION
from workflows.kit.definition import Workflow
from workflows.notice import NOTICE
from workflows.objection import OBJECTION
from workflows.record import RECORD
from workflows.rectification import RECTIFICATION
from workflows.repair import REPAIR
from workflows.sync import SYNC

WORKFLOWS: Mapping[str, Workflow] = MappingProxyType(
    {table.key: table for table in (RECORD, NOTICE, OBJECTION, RECTIFICATION, REPAIR, SYNC, EXEMPTION)}
)
"""Every procedure by its kind, in the order in which they are listed."""


def workflow(kind: str) -> Workflow:
    """The procedure of a kind of case.

    Raises:
        KeyError: in Chinese, for a kind that does not exist.
    """
    try:
        return WORKFLOWS[kind]
    except KeyError:
        raise KeyError(f"没有“{kind}”这一程序，可用：{'、'.join(WORKFLOWS)}") from None
