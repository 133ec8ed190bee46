"""Reading a notice as the office's section head does before it goes out: what would be sent back, in words."""

import re
from collections import Counter

from app.documents.context import NoticeContext
from workflows.catalogue import NOTICES, Format, Signing

_HAN = r"[\u4e00-\u9fff“”《》（）〔〕，。；：、]"
_HALF = re.compile(rf"(?:{_HAN}[,;:?!()\[\]]|[,;:?!()\[\]]{_HAN}|{_HAN}\.(?!\d))")
_NEVER = (
    "None", "undefined", "（）", "《》", "〔〕", "“”", "。。", "，，", "、、", "；；", "，。", "：。", "；。", "。，",
    "、。", "依据依据", "依据参照", "参照参照", "的规定的规定", "系统默认设定", "属于领域", "因，", "于，",
    "由于因", "本本", "建议建议", "决定决定",
)  # fmt: skip
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|(?<!\d)0\d(?:月|日)")
_NUMBER = re.compile(r"[\[【（(]20\d\d[\]】）)]第?\d+号|〔20\d\d〕(?:第|0)")
_PAIRS = ("《》", "（）", "“”", "〔〕")
_NUMERALS = "一二三四五六七八九十"
#: Printed on every sheet or in its tables, so no sentence of this notice.
_FURNITURE = ("扫描二维码", "文书核验码", "演示文书", "注：", "附件")

#: Why a notice states no basis of its own.
WITHOUT_BASIS = {
    "objection_receipt": "收件只是事实",
    "repair_receipt": "收件只是事实",
    "exemption_receipt": "收件只是事实",
    "term_change": "只是重新推算，依据在期限表中",
    "exemption_refusal": "按照干部管理权限，理由中写明",
    "term_sheet": "只是推算，依据在期限表中",
    "service_receipt": "送达的凭证",
}
#: Why a notice that a party receives names no remedy.
WITHOUT_REMEDY = {
    "supplement_notice": "没有作出决定，补正即可",
    "objection_acceptance": "有利于当事人",
    "repair_acceptance": "有利于当事人",
    "repair_decision": "有利于当事人",
    "rectification_closure": "有利于当事人",
    "extension_notice": "程序性告知",
    "term_change": "程序性告知",
    "verification_feedback": "由处理结果告知书告知",
    "exemption_refusal": "法律没有规定，写明不影响陈述、申辩和异议",
    "exemption_decision": "法律没有规定，写明不影响陈述、申辩和异议",
}


def faults_of(context: NoticeContext, text: str) -> list[str]:
    """Everything in the text that an office would send back; empty for a clean notice."""
    lines = [line for line in text.splitlines() if line.strip()]
    prose = [line for line in lines if "｜" not in line and not line.startswith(_FURNITURE)]
    return [
        *marks_of(text, lines),
        *_repeated(prose),
        *_addressing(context, prose),
        *_headings(lines),
        *_elements(context, text),
    ]


def marks_of(text: str, lines: list[str]) -> list[str]:
    """Wrong punctuation, dates, numbers and empty values, for a notice or a form."""
    found = [f"“{word}”" for word in _NEVER if word in text]
    found += [f"半角标点“{hit.group()}”" for line in lines for hit in _HALF.finditer(line)]
    found += [f"日期写法“{hit.group()}”" for hit in _DATE.finditer(text)]
    found += [f"文号写法“{hit.group()}”" for hit in _NUMBER.finditer(text)]
    return found + [f"{pair}不成对" for pair in _PAIRS if text.count(pair[0]) != text.count(pair[1])]


def _repeated(prose: list[str]) -> list[str]:
    said = Counter(
        part.strip()
        for line in prose
        for part in re.split(r"[。；]", line.split("）", 1)[-1])
        if len(part.strip()) > 11
    )
    return [f"重复：{part}" for part, times in said.items() if times > 1]


def _addressing(context: NoticeContext, prose: list[str]) -> list[str]:
    body = "\n".join(prose)
    if context.recipient.kind == "unit":
        return [f"对单位称“{hit.group()}”" for hit in re.finditer(r"你(?!单位)..", body)]
    return ["对个人称“你单位”"] if "你单位" in body else []


def _headings(lines: list[str]) -> list[str]:
    heads = [line[0] for line in lines if re.match(rf"[{_NUMERALS}]、", line)]
    return [] if heads == list(_NUMERALS[: len(heads)]) else [f"标题序号：{''.join(heads)}"]


def _elements(context: NoticeContext, text: str) -> list[str]:
    kind, found = NOTICES[context.key], []
    if text.count(context.organ.name) < 1:
        found.append("没有署名机关")
    if kind.format in (Format.LETTER, Format.DOCUMENT) and "特此" not in text:
        found.append("没有结语")
    cited = any(law.removeprefix("参照").removesuffix("的规定") in text for law in context.basis)
    if context.key not in WITHOUT_BASIS and not cited:
        found.append("没有写明依据")
    to_party = bool(context.content.get("to_subject")) and kind.signing is not Signing.SYSTEM
    if to_party and context.key not in WITHOUT_REMEDY and kind.remedies_about and not context.remedies:
        found.append("没有写明救济途径")
    if "申请行政复议" in text and not any("行政处罚" in sentence for sentence in context.remedies):
        found.append("本处理不能申请行政复议")
    if re.search(r"不予受理|不予信用修复", kind.title) and not re.search(r"理由|存在下列情形|经审查", text):
        found.append("没有说明理由")
    return found
