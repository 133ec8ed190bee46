"""Imported dossiers are there to be read: they are nobody's work and late for nobody."""

from sqlalchemy import ColumnElement, select

from app.models.cases import Case
from app.models.imports import DossierImport


def not_a_copy() -> ColumnElement[bool]:
    """Cases of this system, without those that were imported from another one."""
    return Case.dossier_id.not_in(select(DossierImport.dossier_id))
