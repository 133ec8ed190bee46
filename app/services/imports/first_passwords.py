"""The first passwords of imported accounts: handed out once, to who may import accounts, and gone from then on."""

import json
from dataclasses import replace

from sqlalchemy import select

from app.models.batches import ImportRow
from app.services.access_log import Act, write_entry
from app.services.imports.batches import ImportRefused, RowStatus, Status, database, locked
from app.services.imports.running import open_row, seal_row
from app.services.reading.reader import Reader

_TAKEN = "passwords_taken"


def take_first_passwords(reader: Reader, uid: str) -> list[tuple[str, str, str]]:
    """Name, login and first password of every account of the batch, and forget the passwords.

    Raises:
        NotFound: there is no such batch, or it is not the reader's to see.
        ImportRefused: they were handed out before, or there are none.
    """
    found = []
    with database(reader).write() as session:
        batch = locked(session, reader, uid)
        summary = json.loads(batch.summary)
        if batch.kind != "people" or batch.status != Status.MADE or summary.get(_TAKEN):
            raise ImportRefused("初始密码已经下载过，或者本批次没有新建账号。需要重置的，请在“人员与岗位”页逐个重置。")
        made = select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.status == RowStatus.MADE)
        for row in session.scalars(made.order_by(ImportRow.number)):
            kept = open_row(reader.backend, uid, row.number, row.sealed)
            if kept.secret:
                found.append((kept.form["name"], kept.form["login"], kept.secret))
                row.sealed = seal_row(reader.backend, uid, row.number, replace(kept, secret=""))
        batch.summary = json.dumps({**summary, _TAKEN: True}, ensure_ascii=False)
        told = f"初始密码 {batch.number} {len(found)}个"
        keys, who = reader.backend.keys, reader.standing.user_id
        write_entry(session, keys, Act.EXPORTED, who, reader.now, target=uid, purpose=told)
    return found
