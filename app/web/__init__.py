"""Pages. They call services and draw what these answer; tables and queries are out of their reach."""

from importlib import import_module

from flask import Flask

#: Frame, filters and answers to refusals first, then the areas; each offers `register(app)` or a `blueprint`.
_FRAME = ("presentation", "shell", "lost_sessions", "refusals")
_AREAS = (
    "account",
    "sign_on",
    "own_account",
    "home",
    "language",
    "inbox",
    "delegations",
    "handover",
    "cases",
    "acting",
    "approvals",
    "documents",
    "sheets",
    "verification",
    "dossiers",
    "credit",
    "drafts",
    "kept",
    "records",
    "imports",
    "service_board",
    "dispatch_register",
    "service_address",
    "oversight",
    "party_forms",
    "phrases",
    "rules",
    "rule_changes",
    "working_days",
    "audit",
    "guides",
    "administration.people",
    "administration.units",
    "administration.mergers",
    "administration.stand_ins",
    "administration.numbering",
    "administration.notice_templates",
    "administration.upkeep",
    "administration.security_desk",
)


def register(app: Flask) -> None:
    """Add pages, filters, the frame and the answers to refusals to an application."""
    for name in _FRAME:
        import_module(f"app.web.{name}").register(app)
    for name in _AREAS:
        app.register_blueprint(import_module(f"app.web.{name}").blueprint)
