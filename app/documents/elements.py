"""文书要素: what a program needs to know of a notice without reading its page, embedded in the PDF/A-3 sheet.

Nothing of it concerns a person: whoever holds the sheet can read it there, whoever gets the file alone learns none.
"""

import hashlib
import json

from app.documents.context import NoticeContext


def elements_of(context: NoticeContext, context_json: str, version: str) -> str:
    """Canonical JSON text with organ, number, title, day of signing, code, address of verification and hashes.

    ``version`` is the template version, ``context_json`` the stored values, of which only the hash is told: the organ
    that keeps them can show that the sheet was made of them.
    """
    values = {
        "文种": context.key,
        "标题": context.title,
        "发文字号": context.number,
        "发文机关": context.organ.name,
        "成文日期": context.dated.isoformat(),
        "文书核验码": context.code,
        "验证网址": context.verify_url,
        "模板版本": version,
        "文书数据SHA256": hashlib.sha256(context_json.encode()).hexdigest(),
    }
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"
