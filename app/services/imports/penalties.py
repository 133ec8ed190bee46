"""The 双公示 table of administrative penalties as a source of drafts (law, 9.4: codes of the 2018 standard).

It says who was punished, by which document, for what and how; which behaviour of the catalogue that is, and how grave,
it does not say: the clerk chooses both in the draft, or in columns that he adds to the file.
"""

import re
from typing import Any

from app.services.imports import cells
from app.services.imports.layout import Checked, Column, Layout, Row, Table
from app.services.imports.records import check_records, content_columns
from app.services.reading.reader import Reader
from workflows.forms.record import RecordContent, SourceType
from workflows.rules.model import RuleSet

#: What is taken from columns that a clerk adds; all else of a record comes from the columns of the standard.
_ADDED = (
    "effective_on", "under_remedy", "behaviour", "key_field", "conduct_ended_on", "conduct_continues", "loss",
    "influence", "severity", "responsible_persons", "disclosure_level", "exemption", "secret_free",
)  # fmt: skip
#: What becomes part of the facts, in this order: code, heading and the words before it.
_IN_THE_FACTS = (
    ("CF_WFXW", "违法行为类型", "违法行为类型：{}。"),
    ("CF_YJ", "处罚依据", "处罚依据：{}。"),
    ("CF_CFLB", "处罚类别", "处罚类别：{}。"),
    ("CF_NR", "处罚内容", "处罚内容：{}。"),
    ("CF_NR_FK", "罚款金额（万元）", "罚款{}万元。"),
    ("CF_NR_WFFF", "没收违法所得、没收非法财物的金额（万元）", "没收违法所得、没收非法财物{}万元。"),
    ("CF_NR_ZKDX", "暂扣或吊销证照名称及编号", "暂扣或者吊销证照：{}。"),
)
#: Codes of the standard that no record has a place for; listed so that they are known and say so.
LEFT_OUT = (
    ("CF_XDR_LB", "行政相对人类别"), ("CF_XDR_GSZC", "工商注册号"), ("CF_XDR_ZZJG", "组织机构代码"),
    ("CF_XDR_SWDJ", "税务登记号"), ("CF_XDR_SYDW", "事业单位证书号"), ("CF_XDR_SHZZ", "社会组织登记证号"),
    ("CF_FRDB", "法定代表人"), ("CF_FR_ZJLX", "法定代表人证件类型"), ("CF_FR_ZJHM", "法定代表人证件号码"),
    ("CF_XDR_ZJLX", "证件类型"), ("CF_YXQ", "处罚有效期"), ("CF_GSJZQ", "公示截止期"),
    ("CF_CFJGDM", "处罚机关统一社会信用代码"), ("CF_SJLY", "数据来源单位"),
    ("CF_SJLYDM", "数据来源单位统一社会信用代码"), ("BZ", "备注"),
)  # fmt: skip
#: An amount that was filled in because the field must not be empty.
_NOTHING = re.compile(r"0+(?:\.0+)?|无|/|—+|-+")
_REMARKS = (
    "本表按行政许可和行政处罚信息公示（双公示）的行政处罚数据项编排；表头用数据项名称或者代码（如 CF_WSH）均可。",
    "行政相对人应当是名册中的机关单位或者公职人员；企业和其他公民不是政务失信记录的主体，不能导入。",
    "本表没有失信行为、失信程度、生效日期、行为终止日期等项目，导入后在草稿中补齐；也可以在表后自行加上这些列一并填写。",
    "违法行为类型、处罚依据、处罚类别、处罚内容、金额和证照并入记录的“事实”一栏。",
)


def penalty_layout(rules: RuleSet) -> Layout:
    """The columns of the standard that a record takes something from, and those that may be added."""
    added = tuple(column for column in content_columns(rules) if column.key in _ADDED)
    return Layout(
        "penalties", "行政处罚（双公示）", (*_standard_columns(), *(_bare(column) for column in added)), _REMARKS
    )


def check_penalties(reader: Reader, unit_id: int, rules: RuleSet, table: Table) -> list[Checked]:
    """The dry run, as of records."""
    return check_records(reader, unit_id, rules, table, _as_record)


def mapping() -> tuple[tuple[str, str, str], ...]:
    """Code, heading and what becomes of it, in the order of the table; for the page that explains it."""
    titles = {name: field.title or name for name, field in RecordContent.model_fields.items()}
    goals = {
        "subject_name": titles["subject"], "subject_code": titles["subject"], "person_code": titles["subject"],
        "source_number": titles["source_number"], "facts": titles["facts"], "source_on": titles["source_on"],
        "source_organ": titles["source_organ"],
    }  # fmt: skip
    used = [
        (
            column.aliases[0] if column.key in goals else column.key,
            column.heading,
            goals.get(column.key, titles["facts"]),
        )
        for column in _standard_columns()
    ]
    return (*used, *((code, heading, "") for code, heading in LEFT_OUT))


def _standard_columns() -> tuple[Column, ...]:
    amounts = {"CF_NR_FK": "0.5", "CF_CFLB": "罚款", "CF_NR": "处五千元罚款"}
    return (
        Column("subject_name", "行政相对人名称", cells.words(200), required=True, width=24, aliases=("CF_XDR_MC",),
               sample="示例某局（请改为实际主体）", advice="个人填姓名，单位填全称，应当已在名册中"),
        Column("subject_code", "统一社会信用代码", cells.code, width=22, sample="110000000000000000",
               aliases=("CF_XDR_SHXYM", "行政相对人代码_1（统一社会信用代码）", "行政相对人代码"),
               advice="机关单位填写"),
        Column("person_code", "证件号码", cells.code, width=22,
               aliases=("CF_XDR_ZJHM", "自然人证件号码", "公民身份号码", "身份证号"), advice="公职人员填公民身份号码"),
        Column("source_number", "行政处罚决定书文号", cells.words(200), required=True, width=24,
               aliases=("CF_WSH", "决定书文号", "处罚决定书文号"), sample="示罚决〔2026〕1号",
               advice="文书的发文字号，按原文填写"),
        Column("facts", "违法事实", cells.words(4000), required=True, width=48, aliases=("CF_SY", "处罚事由"),
               sample="未按规定公开行政许可办理结果。", advice="写明时间、经过和结果，最多4000字"),
        *(Column(code, heading, cells.words(2000), width=20, aliases=_other_names(heading),
                 sample=amounts.get(code, ""),
                 advice="按公示的数据填写，并入记录的“事实”一栏") for code, heading, _words in _IN_THE_FACTS),
        Column("source_on", "处罚决定日期", cells.day, required=True, as_text=False,
               aliases=("CF_JDRQ", "行政处罚决定日期"), sample="2026-11-02", advice="年-月-日，如“2026-11-21”"),
        Column("source_organ", "处罚机关", cells.words(200), required=True, width=20,
               aliases=("CF_CFJG", "行政处罚机关", "作出处罚决定机关"), sample="示例某局",
               advice="按文书落款填写全称；机关后来更名的，仍填原名"),
    )  # fmt: skip


def _other_names(heading: str) -> tuple[str, ...]:
    return {"罚款金额（万元）": ("罚款（万元）", "罚款"), "违法行为类型": ("违法行为",)}.get(heading, ())


def _bare(column: Column) -> Column:
    """A column that is added: the make-believe example leaves it empty."""
    return Column(
        column.key, column.heading, column.read, choices=column.choices, advice=column.advice,
        as_text=column.as_text, width=column.width,
    )  # fmt: skip


def _as_record(row: Row) -> dict[str, Any]:
    given = row.values
    form = {key: given[key] for key in (*_ADDED, "source_number", "source_on", "source_organ") if key in given}
    parts = [str(given["facts"]).rstrip("。") + "。"] if "facts" in given else []
    parts += [
        words.format(str(given[key]).rstrip("。"))
        for key, _heading, words in _IN_THE_FACTS
        if key in given and not _NOTHING.fullmatch(str(given[key]))
    ]
    return {**form, "source_type": SourceType.PENALTY.value, "facts": "\n".join(parts)}
