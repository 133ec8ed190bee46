"""Words that decide, which the notices of each scene must contain."""

from dataclasses import dataclass

from tests.support import notice_scenes as scenes
from tests.support.notice_scenes import Scene


@dataclass(frozen=True)
class Expected:
    """A scene and, per key, words that at least one of its notices of that key must contain."""

    scene: Scene
    words: dict[str, tuple[str, ...]]


ALL = (
    Expected(
        scenes.listed_after_statement,
        {
            "record_notice": (
                "失信程度拟定为一般",
                "自收到本告知书之日起五个工作日内，向示范区信用管理办公室书面或者口头陈述、申辩",
                "行政审批领域",
                "向原处理机关申请复核",
            ),
            "statement_answer": ("往返次数应为三次", "经调取叫号记录，为四次。对该项意见不予采纳"),
            "record_decision": (
                "自2026年9月21日起记入",
                "至2031年5月1日二十四时届满",
                "最早可于2026年12月22日提出申请",
                "对你提出的陈述申辩意见已书面答复",
                "自然人的记录不向社会公示",
            ),
        },
    ),
    Expected(
        scenes.declined_after_statement,
        {
            "statement_answer": ("对该项意见予以采纳",),
            "record_declined": ("陈述申辩成立：考勤记录表明其未在岗", "不予记入政务失信记录"),
        },
    ),
    Expected(
        scenes.corrected,
        {"record_correction": ("原等级认定偏重", "失信程度｜一般｜轻微", "行为终止日期｜2026年5月1日｜2026年4月30日")},
    ),
    Expected(
        scenes.annulled_under_everything,
        {
            "record_annulment": ("原处分决定已被撤销（依据：示处撤〔2026〕1号）", "决定撤销该记录"),
            "clarification": ("原处分决定已被撤销", "撤销"),
            "termination_notice": ("因所涉记录已撤销", "决定终止办理"),
        },
    ),
    Expected(
        scenes.forwarded,
        {"forward_letter": ("失信程度：一般", "行政审批失职渎职"), "record_decision": ("示例丙局的政务失信记录",)},
    ),
    Expected(
        scenes.objection_to_its_review,
        {
            "objection_receipt": ("异议申请书", "受理期限：二个工作日，至2026年9月22日届满"),
            "objection_acceptance": ("事实、失信程度", "经审查，符合受理条件"),
            "assistance_letter": ("核查意见请于2026年10月10日前（含当日）反馈", "失信程度｜一般｜错误｜轻微"),
            "extension_notice": ("原定于2026年10月10日届满", "延长二个工作日，延长后的届满日为2026年10月13日"),
            "verification_feedback": ("失信程度｜一般｜轻微｜更正为｜轻微", "经核对台账，等级认定偏重"),
            "objection_decision": (
                "异议部分成立",
                "损失有凭证为证",
                "自收到本告知书之日起三十日内",
                "《国务院关于加强政务诚信建设的指导意见》",
                "向示例市信用管理办公室申请复核",
            ),
            "review_decision": (
                "决定变更原处理结果",
                "《异议处理结果告知书》（示信用异告〔2026〕1号）",
                "｜更正为｜未造成损失。",
            ),
            "record_correction": ("经审查部分成立", "失信程度｜一般｜轻微"),
        },
    ),
    Expected(
        scenes.objection_refused,
        {
            "objection_refusal": (
                "仅对来源文书本身不服",
                "《处分决定书》",
                "应当向作出处分决定的机关申请复核",
                "决定不予受理",
            ),
            "review_refusal": ("《异议不予受理告知书》", "超过申请期限"),
        },
    ),
    Expected(
        scenes.objection_lapsed,
        {
            "supplement_notice": ("证明材料。", "自收到本通知书之日起十个工作日内"),
            "lapse_notice": ("补正期限已于2026年10月10日届满", "视为放弃"),
        },
    ),
    Expected(
        scenes.objection_of_the_office,
        {
            "objection_acceptance": ("公开层级", "本机关异议处理期限（五个工作日）"),
            "objection_decision": ("提出的异议成立", "公开层级｜政务共享｜不公开｜更正为｜不公开"),
        },
    ),
    Expected(
        scenes.silent_provider,
        {
            "reminder": ("承办的异议核查事项", "核查期限已于2026年10月10日届满", "已逾期1个工作日"),
            "supervision": ("现予督办", "请主要负责人过问"),
            "supervision_report": ("示例乙局承办的异议核查事项",),
            "objection_decision": ("逾期未反馈核查结果", "径行审定"),
        },
    ),
    Expected(
        scenes.rectified_at_second_try,
        {
            "rectification_order": (
                "逾期未兑现承诺，造成损失",
                "2. 建立台账",
                "六十日内",
                "自收到本通知书之日起十个工作日内",
            ),
            "extension_notice": ("整改期限原定于2026年11月19日届满", "最后一日为双休日，顺延"),
            "rectification_return": ("台账尚未建立", "请于2026年10月10日前（含当日）完成整改"),
            "rectification_closure": ("兑现承诺：已经兑现", "逐项核验，措施已经落实", "验收通过"),
        },
    ),
    Expected(
        scenes.never_rectified,
        {
            "reminder": ("承办的整改事项",),
            "supervision": ("整改期限已于2026年11月19日届满", "对本通知有不同意见的"),
            "circular": ("对示例丙局予以通报批评", "整改期限已于2026年11月19日届满"),
            "accountability_referral": ("责任人员：郑测试", "2026年11月20日发出《催办通知书》"),
        },
    ),
    Expected(
        scenes.repaired_and_revoked,
        {
            "repair_receipt": ("信用承诺书", "受理期限：三个工作日"),
            "repair_acceptance": ("核实期限（五个工作日）", "予以受理"),
            "repair_decision": ("决定准予信用修复，自2026年12月21日起生效", "最短公示期限届满｜满足"),
            "repair_revocation": (
                "提供虚假材料",
                "示信用修准〔2026〕1号",
                "2029年12月22日前，对该记录不再受理信用修复申请",
            ),
        },
    ),
    Expected(
        scenes.repair_denied_then_granted,
        {
            "repair_denial": ("未满足｜以实际办结为准｜尚未履行义务", "决定不予信用修复", "申请复核期限（三十日）"),
            "review_decision": ("《不予信用修复决定书》", "决定变更原处理结果"),
            "repair_decision": ("各项修复条件均已满足",),
        },
    ),
    Expected(
        scenes.repair_refused_then_accepted,
        {"repair_refusal": ("本机关决定不予受理", "尚未履行义务"), "repair_acceptance": ("2026年12月21日予以受理",)},
    ),
    Expected(scenes.repair_lapsed, {"lapse_notice": ("信用修复申请", "视为放弃")}),
    Expected(
        scenes.exempted,
        {
            "exemption_receipt": ("容错免责申请书",),
            "exemption_decision": (
                "对上述行为予以容错免责，不记入政务失信记录。",
                "《示范区容错免责办法（演示）》第三条",
                "完善会议记录",
            ),
            "clarification": ("不作为失信记录",),
        },
    ),
    Expected(
        scenes.exempted_in_part,
        {
            "exemption_decision": (
                "本机关决定如下：",
                "对上述行为部分容错免责，政务失信记录（编号：",
                "失信程度由一般更正为轻微；",
                "责任人员由未记载更正为李示例。",
                "更正自2026年",
            )
        },
    ),
    Expected(
        scenes.exemption_denied,
        {"exemption_decision": ("对上述行为不予容错免责，有关政务失信信息依法继续办理。", "不符合")},
    ),
    Expected(scenes.exemption_refused, {"exemption_refusal": ("不属于本机关权限", "向有管理权限的示例组织部提出申请")}),
)
