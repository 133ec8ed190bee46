"""The registry: all seven procedures, found by their kind (issue 2, point 2)."""

import pytest
from sqlalchemy.orm import configure_mappers

from app.models import kinds, kinds_more
from workflows.registry import WORKFLOWS, workflow


def test_all_seven_procedures_are_found_by_their_kind() -> None:
    """Issue 2: record, notice, objection, rectification, repair, sync, exemption; each knows its own key."""
    assert tuple(WORKFLOWS) == ("record", "notice", "objection", "rectification", "repair", "sync", "exemption")
    assert [workflow(kind).key for kind in WORKFLOWS] == list(WORKFLOWS)
    words = [table.number_word for table in WORKFLOWS.values() if table.number_word]
    assert len(words) == len(set(words))


def test_an_unknown_kind_is_answered_in_chinese() -> None:
    """Issue 2 (bad input): what is wrong and what there is."""
    with pytest.raises(KeyError, match="没有“complaint”这一程序，可用：record"):
        workflow("complaint")


def test_each_procedure_has_its_table_of_columns() -> None:
    """Architecture 3: one joined table per kind, whose identity is the kind."""
    configure_mappers()
    base = kinds_more.Repair.__mapper__.base_mapper
    identities = {mapper.polymorphic_identity for mapper in base.self_and_descendants} - {None}
    assert identities == set(WORKFLOWS)
    assert kinds.Record.__mapper__.base_mapper is base
