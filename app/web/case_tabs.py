"""The tabs of a case page: which there are, and the one that the address asks for."""

from dataclasses import dataclass

from app.services.reading.case_page import CasePage


@dataclass(frozen=True)
class Tab:
    """One tab; `count` says how much is in it, None where a number would say nothing."""

    key: str
    label: str
    count: int | None = None


def tabs_of(page: CasePage, sheets: int) -> tuple[Tab, ...]:
    """The tabs in their order; the first is shown unless another is asked for.

    Args:
        sheets: of a notice, how many sheets it has by now.
    """
    return (
        Tab("terms", "各项期限", len(page.terms)),
        Tab("documents", "文书", sheets or len(page.notices)),
        Tab("related", "关联事项", len(page.related)),
        Tab("course", "流程图"),
        Tab("log", "日志"),
    )


def chosen(tabs: tuple[Tab, ...], asked: str) -> str:
    """The key of the tab that is asked for; of the first, if there is none such."""
    return next((tab.key for tab in tabs if tab.key == asked), tabs[0].key)
