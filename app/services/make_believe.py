"""The units of the make-believe district as its register holds them: 机关代字, 类别, and codes that check."""

from dataclasses import dataclass

from workflows.identity import credit_check_character


@dataclass(frozen=True)
class MadeUp:
    """What the register says of a unit besides its name; `kind` is one of `units.register.UnitKind`."""

    code_word: str
    kind: str


#: 机关代字 are short, as those of real organs are: the place, then what the others call the organ. That of the credit
#: office is fixed by its rule set.
UNITS = {
    "示范区人民政府（演示）": MadeUp("示政", "government"),
    "示范区信用管理办公室": MadeUp("示信用", "department"),
    "示例市信用管理办公室": MadeUp("示市信用", "department"),
    "示例监察委员会": MadeUp("示监", "other"),
    "示例纪检监察机关": MadeUp("示纪", "other"),
    "示例人民法院": MadeUp("示法", "other"),
    "示例审计局": MadeUp("示审", "department"),
    "示例财政局": MadeUp("示财", "department"),
    "示例人力资源社会保障局": MadeUp("示人社", "department"),
    "示例水务局": MadeUp("示水", "department"),
    "示例城市管理局": MadeUp("示城管", "department"),
    "示例农业农村局": MadeUp("示农", "department"),
    "示例交通运输局": MadeUp("示交", "department"),
    "示例教育局": MadeUp("示教", "department"),
    "示例街道办事处": MadeUp("示街", "street"),
    "示例镇人民政府": MadeUp("示镇政", "street"),
    "示例开发区管理委员会": MadeUp("示开管", "zone"),
}


def made_up_credit_code(number: int) -> str:
    """A 统一社会信用代码 of a make-believe unit, with a check character that holds."""
    first = f"11000000{number:09d}"
    return first + credit_check_character(first)
