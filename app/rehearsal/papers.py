"""演示材料: the papers that people of the demo hand in with a step, each saying of itself that it is made up."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from app.database import write_transaction
from app.documents.render import Renderer
from app.documents.text import template_named
from app.rehearsal.world import World
from app.services.commands import Taken
from app.services.drafts import event_of
from app.services.files import attach, store_bytes
from workflows.catalogue import Format
from workflows.registry import workflow

_TEMPLATE = "reports/made_up.html"


@dataclass(frozen=True)
class Paper:
    """One paper: the name of its file, its title and its paragraphs."""

    name: str
    title: str
    text: tuple[str, ...]


#: What is handed in, by kind of case and step.
PAPERS: Mapping[tuple[str, str], Paper] = {
    ("record", "create"): Paper(
        "来源文书.pdf", "关于示例事项的处理决定", ("经查，有关人员办理事项未按承诺的时限办结，情况属实。", "现予处理。")
    ),
    ("objection", "submit"): Paper(
        "办件回执.pdf", "办件回执", ("申请事项已于规定时限内受理。", "办结情况以窗口登记为准。")
    ),
    ("objection", "draft_answer"): Paper(
        "原始凭证.pdf", "办件登记簿（摘录）", ("收件、承诺时限、办结时间逐项登记。", "与记录所载不一致的，以登记为准。")
    ),
    ("repair", "submit"): Paper(
        "补办凭证.pdf", "补办凭证", ("原承诺事项已经补办完毕，申请人签收。", "补办过程中未收取费用。")
    ),
    ("rectification", "draft_completion"): Paper(
        "整改材料.pdf", "整改任务完成情况", ("超期未办事项已全部清理。", "办件时限预警已经投入使用。")
    ),
    ("exemption", "submit"): Paper(
        "会议纪要.pdf", "专题会议纪要", ("会议研究了先行先试的方案，与会人员一致同意。", "会议要求及时总结，防范风险。")
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """The papers as PDF."""

    files: Mapping[tuple[str, str], bytes]

    def hand_in(self, world: World, taken: Taken, by: int | None) -> None:
        """Attach the paper of a step that was taken, as its taker would have: with the case and the step's event."""
        content = self.files.get((taken.kind, taken.step))
        if content is None:
            return
        step, now = workflow(taken.kind).step(taken.step), world.clock()
        assert step is not None
        with write_transaction(world.backend.sessions) as session:
            case_id, seq = event_of(session, taken)
            sha256 = store_bytes(session, world.files, content, "application/pdf", now)
            name = PAPERS[taken.kind, taken.step].name
            attach(session, sha256, name, step.audience.value, by, now, case_id=case_id, event_seq=seq)


#: A play that hands in nothing.
NO_PAPERS = Drawn({})


def draw_papers(renderer: Renderer) -> Drawn:
    """Every paper as PDF; equal papers give equal bytes.

    Raises:
        RenderTimeout, RenderError: as the renderer says.
    """
    return Drawn({key: _drawn(paper, renderer) for key, paper in PAPERS.items()})


def _drawn(paper: Paper, renderer: Renderer) -> bytes:
    html = template_named(_TEMPLATE).render(paper=paper)
    return renderer.render_html(html, Format.FORM, hashlib.sha256(html.encode()).hexdigest()[:32])
