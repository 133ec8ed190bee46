"""The table of each kind of case."""

from app.models.cases import Case
from app.models.kinds import Notice, Objection, Record
from app.models.kinds_more import Exemption, Rectification, Repair, SyncItem

MODELS: dict[str, type[Case]] = {
    "record": Record,
    "notice": Notice,
    "objection": Objection,
    "rectification": Rectification,
    "repair": Repair,
    "sync": SyncItem,
    "exemption": Exemption,
}
