"""What submitting would refuse for certain is an error of the dry run, in its words; what is only odd is a remark."""

import pytest

from app.models.kinds import Record
from app.services.imports.batches import RowStatus, confirm
from tests.support.importing import HEADINGS, reading_as, row_of, run, uploaded
from tests.support.workbooks import csv_with
from tests.support.world import World
from workflows.kit.errors import GuardRefused

MORE = ("处分种类", "处分期（月）", "是否仍在救济期内或者救济程序中")
ERRORS = (
    ({"行为终止日期": "2020-05-01"}, "行为终止日期", "保存期限已于2025年5月1日届满，不得再行记录"),
    ({"处分种类": "开除", "处分期（月）": "12"}, "处分种类",
     "处分种类和处分期只用于纪律处分，来源文书类型为“行政处罚”的不填。请删去，或者更正来源文书类型"),
    ({"处分期（月）": "6", "来源文书类型": "司法判决"}, "处分期（月）",
     "处分种类和处分期只用于纪律处分，来源文书类型为“司法判决”的不填。请删去，或者更正来源文书类型"),
    ({"来源文书类型": "纪律处分", "处分种类": "开除", "处分期（月）": "12"}, "处分期（月）",
     "开除没有处分期，处分期不填。请删去"),
)  # fmt: skip
REMARKS = (
    ({"生效日期": "2026-05-20"}, "生效日期早于文书日期，请核对"),
    ({"行为终止日期": "2026-06-20"}, "行为终止日期晚于文书日期，请核对"),
    ({"是否仍在救济期内或者救济程序中": "是"}, "来源文书仍在救济期内或者救济程序中，生效后方可报送"),
    ({"生效日期": "2026-12-01"}, "来源文书尚未生效（最早可于2026年12月1日办理）"),
    ({"来源文书类型": "问责处理", "处分种类": "警告"}, "来源文书类型为“问责处理”而填写了处分种类或者处分期，请核对"),
    ({"来源文书类型": "纪律处分", "处分期（月）": "6"}, "填写了处分期而没有处分种类，请核对"),
    ({"来源文书类型": "纪律处分", "处分种类": "警告", "处分期（月）": "12"},
     "处分期与法定期间不一致：警告的期间为6个月（公职人员政务处分法第八条），请核对"),
)  # fmt: skip
FINE = (
    {"来源文书类型": "纪律处分", "处分种类": "开除"},
    {"来源文书类型": "纪律处分", "处分种类": "警告", "处分期（月）": "6"},
    {"是否仍在救济期内或者救济程序中": "否"},
    {"生效日期": "2026-06-01"},
)


def table(*rows: dict[str, str]) -> bytes:
    lines = [
        [*row_of(number, **changed), *(changed.get(heading, "") for heading in MORE)]
        for number, changed in enumerate(rows)
    ]
    return csv_with([*HEADINGS, *MORE], *lines)


def test_what_no_later_step_would_take_is_an_error(world: World) -> None:
    """R17, R18; 公职人员政务处分法 art. 8: each alone on its row, at its column."""
    page = uploaded(world, table(*(changed for changed, _column, _words in ERRORS)))
    found = [(fault.row, fault.column.partition(" ")[2], fault.reason) for fault in page.faults]
    assert found == [(row, column, words) for row, (_changed, column, words) in enumerate(ERRORS, 2)]


def test_what_is_odd_is_told_and_holds_nothing_back(world: World) -> None:
    page = uploaded(world, table(*(changed for changed, _words in REMARKS), *FINE))
    assert page.counts == {RowStatus.FINE: len(REMARKS) + len(FINE)}
    assert {note.text: note.rows for note in page.notes} == {
        words: (row,) for row, (_changed, words) in enumerate(REMARKS, 2)
    }


@pytest.mark.parametrize("changed", [REMARKS[2][0], REMARKS[3][0]])
def test_the_words_are_those_of_the_step(world: World, changed: dict[str, str]) -> None:
    """R17: the draft waits until its document has taken effect; submitting says what the dry run said."""
    page = uploaded(world, table(changed))
    with reading_as(world, "clerk") as reader:
        confirm(reader, page.line.uid, "all")
    run(world)
    with pytest.raises(GuardRefused) as refused:
        world.take("clerk", "submit", world.rows(Record)[0].uid)
    assert [unmet.text for unmet in refused.value.unmet] == [note.text for note in page.notes]
