"""Titles broken by sense (GB/T 9704-2012, 7.3.1): whole units of meaning on a line, in a trapezium or a rhombus."""

import re
from itertools import combinations

_WIDEST = 19
"""Characters on the longest line; 2号 leaves twenty on 156 mm, and a full line does not look like a title."""

_UNITS = """
    政务失信记录 政务失信信息 政务失信行为 政务失信 信用修复 异议申诉 异议信息 异议核查 异议处理
    容错免责 限期整改 重新整改 整改验收 陈述申辩 不予受理 不予记录 不予 准予 受理 撤销 更正 终止办理
    期限变更 视为放弃 送达 信用 异议 整改 复核 督办 催办 通报批评 问责 处理结果 处理 意见 情况
    申请 期限 延期 记录 信息 失信 拟记入 关于 有关 责任人员 责任单位 事项 问题 工作 管理办法 管理
    办公室 委员会 人民政府 街道办事处 行政审批 市场监管 告知书 通知书 决定书 答复书 意见书 认定书
    反馈函 建议函 转办函 通报函 澄清函 协查函 函 报告 通知 决定 通报 批复 告知单 回执 回证
""".split()  # noqa: SIM905 - words read best as words
"""What stays whole in the titles of this field, beside whatever none of these words is part of."""

_ORGAN_ENDS = ("办公室", "委员会", "人民政府", "办事处", "管理局", "监管局", "局", "中心", "委", "部", "厅", "院")
_CLINGING = frozenset("的和与及或等中内上后前书函、，》）”")
"""Characters that may not begin a line of a title, and marks."""

_OPENING = frozenset("《（“")


def units_of_sense(title: str) -> list[str]:
    """The title cut where a line may end: after the organ, before 关于, between known words, never inside one.

    What is between two known words and is none itself stays whole.
    """
    words = sorted(_UNITS, key=len, reverse=True)
    pieces: list[str] = []
    unknown = ""
    at = 0
    while at < len(title):
        word = next((word for word in words if title.startswith(word, at)), "")
        if word:
            pieces += [unknown] if unknown else []
            pieces.append(word)
            unknown = ""
            at += len(word)
        else:
            unknown += title[at]
            at += 1
    pieces += [unknown] if unknown else []
    return _joined(pieces)


def _joined(pieces: list[str]) -> list[str]:
    """Pieces that must not part: particles to the word before, organs and what a pair of marks holds to one unit."""
    units: list[str] = []
    for piece in pieces:
        before = units[-1] if units else ""
        open_pair = sum(before.count(mark) for mark in "《（“") > sum(before.count(mark) for mark in "》）”")
        if units and (
            len(piece) == 1
            or piece[0] in _CLINGING
            or open_pair
            or before[-1:] in _OPENING
            or _organ_grows(units, piece)
        ):
            units[-1] += piece
        else:
            units.append(piece)
    return units


def _organ_grows(units: list[str], piece: str) -> bool:
    """The first unit is an organ's name that is not finished yet: 示范区 + 信用 + 管理 + 办公室 before 关于."""
    return (
        len(units) == 1
        and bool(re.search("[省市县区旗镇乡]$|信用$|管理$|[^关]于$", units[0]))
        and not piece.startswith("关于")
    )


def title_lines(title: str, widest: int = _WIDEST) -> list[str]:
    """The lines of a title: as few as it needs, by sense, no line much shorter than its neighbours.

    A title whose single unit is longer than a line is cut where the line is full.
    """
    if len(title) <= widest:
        return [title]
    units = [part for unit in units_of_sense(title) for part in _cut(unit, widest)]
    for count in range(2, len(units) + 1):
        choices = [
            ["".join(units[a:b]) for a, b in zip((0, *cuts), (*cuts, len(units)), strict=True)]
            for cuts in combinations(range(1, len(units)), count - 1)
        ]
        fitting = [lines for lines in choices if max(map(len, lines)) <= widest]
        if fitting:
            return min(fitting, key=_ugliness)
    return units


def _cut(unit: str, widest: int) -> list[str]:
    return [unit[at : at + widest] for at in range(0, len(unit), widest)]


def _ugliness(lines: list[str]) -> tuple[float, int]:
    """Small for balanced lines that form a trapezium or a rhombus; the first of two equals wins."""
    lengths = [len(line) for line in lines]
    mean = sum(lengths) / len(lengths)
    uneven = sum((length - mean) ** 2 for length in lengths) / len(lengths)
    waist = any(lengths[n] < min(lengths[n - 1], lengths[n + 1]) for n in range(1, len(lengths) - 1))
    by_sense = sum(12.0 for line in lines[:-1] if line.endswith(_ORGAN_ENDS) or line.endswith("的"))
    by_sense += sum(12.0 for line in lines[1:] if line.startswith("关于"))
    square = 2.0 if len(set(lengths)) == 1 else 0.0
    return uneven + square + (100.0 if waist else 0.0) - by_sense, -lengths[0]
