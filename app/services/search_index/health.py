"""What `doctor` says about the search index."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.services.checks import Check, fine, warning
from app.services.search_index.keeping import lag_of, missing

_NAME = "搜索索引"
_COUNTED = 1_000
#: Longer than any round takes: nobody works the marks.
_BEHIND_SECONDS = 60


def search_index(session: Session) -> Iterator[Check]:
    """Whether the index keeps up with the cases, and whether each case is in it."""
    lag = lag_of(session, _COUNTED)
    if lag.seconds > _BEHIND_SECONDS:
        many = f"{lag.marks}处以上" if lag.marks >= _COUNTED else f"{lag.marks}处"
        yield warning(
            _NAME,
            f"有{many}改动尚未编入，最早的已等待{lag.seconds // 60}分钟",
            "请确认后台任务（flask --app wsgi worker，单机为 start）正在运行；在此之前，按文字可能查不到新近的事项。",
        )
        return
    absent = missing(session) if not lag.marks else 0
    if absent:
        yield warning(_NAME, f"{absent}件事项没有编入", "请执行 flask --app wsgi search rebuild。")
    else:
        yield fine(_NAME, "与事项一致" if not lag.marks else f"{lag.marks}处改动正在编入")
