"""What the recipient may do about a notice: sentences of the rule set, for the one whom they concern."""

from app.documents.citations import not_to_itself
from app.models.kinds import Record
from app.services.notice_content.occasion import Occasion
from app.services.notice_content.parties import unit_name
from workflows.catalogue import NOTICES
from workflows.forms.record import SourceType
from workflows.rules.model import RemedyKind

#: On these the remedy against the source document is named too (procedures, section 10.2).
_NAMES_SOURCE = frozenset({"record_notice", "record_decision"})
#: A 督办通知书 is no criticism yet: it is contested as an order to act.
_ABOUT = {"supervision": "rectification"}


def remedies_of(occasion: Occasion) -> tuple[str, ...]:
    """Sentences for the party itself; whoever only learns of the outcome has nothing to contest."""
    about = NOTICES[occasion.notice.key].remedies_about
    if about is None or not occasion.serves_the_subject:
        return ()
    kind: RemedyKind = "unit" if occasion.notice.recipient_unit_id is not None else "person"
    sentences = occasion.rules.remedies(_what_about(occasion, about), kind)
    if occasion.notice.key in _NAMES_SOURCE and occasion.record is not None:
        source = _about_source(occasion.record)
        sentences += _as_one(occasion.rules.remedies(source, kind)) if source else ()
    organ = unit_name(occasion.work.session, occasion.notice.organ_unit_id)
    return tuple(not_to_itself(text, organ, occasion.rules) for text in sentences)


def _as_one(sentences: tuple[str, ...]) -> tuple[str, ...]:
    """What lies against the source document, in one paragraph: else "对复核结果不服的" would be read of the record."""
    return ("；".join(text.rstrip("。") for text in sentences) + "。",) if sentences else ()


def _what_about(occasion: Occasion, about: str) -> str:
    declined = occasion.taken is not None and occasion.taken.step == "decline"
    # A record that was not made has no content to object to.
    return "review" if declined else _ABOUT.get(occasion.notice.key, about)


def _about_source(record: Record) -> str:
    """Which remedy lies against the source document itself.

    政务处分 is what a supervisory organ imposes (监察法第五十六条); 处分 what the employing organ imposes, and 问责 a
    personnel handling (公务员法第九十五条).
    """
    match SourceType(record.source_type):
        case SourceType.JUDGMENT:
            return "sanction_司法判决"
        case SourceType.PENALTY:
            return "sanction_行政处罚"
        case SourceType.ACCOUNTABILITY:
            return "sanction_人事处理"
        case SourceType.SANCTION:
            organ = record.source_organ
            return "sanction_政务处分" if "监察" in organ or "监委" in organ else "sanction_处分"
        case _:
            return ""
