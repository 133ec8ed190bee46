"""Documents bear the names of their day: a table made from them names units that were renamed or merged since."""

from datetime import date

import pytest

from app.models.kinds import Record
from app.services.imports.batches import RowStatus, confirm
from app.services.units.register import UnitRegister
from app.services.units.succession import carry_on
from tests.integration.imports.test_registers import PEOPLE, UNITS, with_administrator
from tests.support.identity import credit_code
from tests.support.importing import HEADINGS, reading_as, row_of, run, uploaded
from tests.support.mergers import confirm as confirm_merger
from tests.support.mergers import database, propose
from tests.support.workbooks import csv_with
from tests.support.world import World

RENAMED = "“示例丙局”已于2026年8月1日更名，现为“示例丙丁局”"
MERGED = "“示例丙局”已于2026年9月1日并入“示例丁局”"


def rename(world: World, name: str = "示例丙丁局", from_on: date = date(2026, 8, 1), unit: str = "subject") -> None:
    register = UnitRegister(database(world), world.backend.keys)
    register.rename(
        world.unit_uids[unit], name, from_on, "示编〔2026〕3号", world.clock(), world["officer"].user_id or 0
    )


def merge(world: World, old: str, new: str) -> None:
    uid = propose(world, old, new)
    confirm_merger(world, uid)
    assert carry_on(world.backend, uid, world.clock) == 0


def test_a_renamed_unit_is_meant_by_its_former_name(world: World) -> None:
    """The unit is the same one, so there is no doubt; the clerk is told, and the record bears the present name."""
    rename(world)
    head = [*HEADINGS, "主体代码", "认定单位"]
    page = uploaded(
        world,
        csv_with(head, [*row_of(1, 主体名称="示例丙局"), "", ""], [*row_of(2, 主体名称="示例丙局"), credit_code(3), ""],
                 [*row_of(3, 主体名称="示例丙丁局"), "", ""], [*row_of(4), "", "示例丙局"],
                 [*row_of(5, 主体名称="示例丙局"), credit_code(2), ""]),
    )  # fmt: skip
    assert [(fault.row, fault.reason) for fault in page.faults] == [(6, "名称与代码不是同一主体。请核对这两列")]
    assert {note.text: note.rows for note in page.notes} == {f"{RENAMED}；按现名称登记": (2, 3, 5)}
    with reading_as(world, "clerk") as reader:
        confirm(reader, page.line.uid, "fine")
    run(world)
    unit = world.units["subject"]
    assert [(record.subject_unit_id, record.finder_unit_id == unit) for record in world.rows(Record)] == [
        (unit, False), (unit, False), (unit, False), (None, True)
    ]  # fmt: skip


def test_a_name_that_begins_later_is_no_former_name(world: World) -> None:
    rename(world, from_on=date(2027, 1, 1))
    page = uploaded(world, [row_of(1, 主体名称="示例丙局"), row_of(2, 主体名称="示例丙丁局")])
    assert (page.notes, [fault.row for fault in page.faults]) == ((), [3])


@pytest.mark.parametrize("name", ["示例丙局", "示例旧局"])
def test_a_merged_unit_is_named_with_its_successor(world: World, name: str) -> None:
    """Whom the record is about then somebody has to say: the successor is named, not put in its place."""
    if name == "示例旧局":
        rename(world, name, date(2026, 7, 1))
        rename(world, "示例丙庚局", date(2026, 8, 1))
    merge(world, "subject", "foreign")
    head = [*HEADINGS, "主体代码", "认定单位"]
    page = uploaded(
        world,
        csv_with(head, [*row_of(1, 主体名称=name), "", ""], [*row_of(2, 主体名称=name), credit_code(3), ""],
                 [*row_of(3), "", name]),
    )  # fmt: skip
    told = MERGED if name == "示例丙局" else MERGED.replace("示例丙局", "示例丙庚局")
    assert page.counts == {RowStatus.WRONG: 3}
    assert [fault.column.partition(" ")[2] for fault in page.faults] == ["主体名称", "主体代码", "认定单位"]
    assert {fault.reason for fault in page.faults} == {f"{told}。请填写现单位的名称和代码"}


def test_a_chain_of_mergers_names_the_last(world: World) -> None:
    merge(world, "subject", "employer")
    merge(world, "employer", "foreign")
    page = uploaded(world, [row_of(1, 主体名称="示例丙局")])
    assert page.faults[0].reason.startswith(MERGED)


def test_the_registers_of_the_administrator_name_it_too(world: World) -> None:
    """A post is held in a unit that exists, and no new unit takes a name that another bore."""
    office = with_administrator(world)
    rename(office)
    people = csv_with(PEOPLE, ["zhang", "张测试", "", "示例丙局", "单位负责人", "2026-01-01", ""])
    assert uploaded(office, people, "people", "sysadmin").faults[0].reason == f"{RENAMED}。请填写现名称"
    units = csv_with(UNITS, ["示例丙局", "示范区", "", "", "", "是"], ["示例新局", "示范区", "", "", "示例丙局", "是"])
    assert [fault.reason for fault in uploaded(office, units, "units", "sysadmin").faults] == [
        f"{RENAMED}。新单位不得用其他单位用过的名称", f"{RENAMED}。请填写现名称"
    ]  # fmt: skip
