"""The sheets on which the geometry is measured: one of each format, short and long, with table and attachment."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from app.documents.context import NoticeContext
from app.documents.render import Renderer
from app.documents.samples import FIELDS, sample
from tests.support.sheet_reading import SheetPage, read_sheet

_WORDS = (
    "为进一步核实有关情况本机关调取了办事窗口的叫号记录查阅了原始档案并当面听取了各方意见经逐项比对确认所述情况属实"
)
_MARKED = (
    "本机关收到申请后，依照规定指定两名工作人员承办，逐项核对《政务失信记录》所载内容与原始文书，并于2026年10月9日"
    "（星期五）当面听取意见、制作笔录；所作笔录经核对无误后，由当事人签名确认"
)
_LONG_NAME = "示例街道办事处政务服务窗口首问负责和一次性告知制度落实情况核查表"
LONG_TITLE = "示范区信用管理办公室关于对示例市场监管局限期整改的通知"


def _long(key: str, paragraphs: int) -> NoticeContext:
    """A notice with as many further paragraphs, of words alone and of words with marks and figures by turns."""
    context = sample(key)
    texts = [_WORDS * 3 if n % 2 else _MARKED * 2 for n in range(paragraphs)]
    return replace(context, content=context.content | {"added_text": "\n".join(texts)})


def _with_table() -> NoticeContext:
    context = sample("objection_decision")
    fields = [{**FIELDS[0], "label": f"第{n}项记载内容"} for n in range(1, 46)]
    return replace(context, content=context.content | {"fields": fields})


SHEETS: dict[str, Callable[[], NoticeContext]] = {
    "letter": lambda: replace(_long("lapse_notice", 12), copies_to=("示例街道办事处", "示例市场监管局")),
    "decision": lambda: replace(sample("record_decision"), attachments=(_LONG_NAME,)),
    "document": lambda: replace(_long("supervision", 14), title=LONG_TITLE),
    "order": lambda: sample("rectification_order"),
    "report": lambda: sample("supervision_report"),
    "table": _with_table,
    "receipt": lambda: sample("objection_receipt"),
    "form": lambda: sample("service_receipt"),
}


@lru_cache(maxsize=1)
def geometry_sheets() -> dict[str, list[SheetPage]]:
    """The pages of every sheet by name; made once."""
    with Renderer() as renderer:
        return {name: read_sheet(renderer.render(make().to_json())) for name, make in SHEETS.items()}
