"""Files of a case: handed in with a step, listed, and fetched."""

from dataclasses import replace

from flask import Response

from app.api.bodies.documents import FileBody, FileQuery, MaterialBody, MaterialList
from app.api.calling import Call
from app.api.documents import handed_out
from app.api.operation import BYTES, operation
from app.extensions import installation
from app.services.api_tokens import Scope
from app.services.machine_files import keep_for_step
from app.services.machine_steps import demand_open_step
from app.services.reading.attached import read_material
from app.services.reading.case_page import read_case

GROUP = "材料"
_LARGEST_FILE = 20 * 1024 * 1024


@operation("GET", "/cases/<uid>/files", group=GROUP, scope=Scope.READ, answer=MaterialList, refusals=(404,))
def list_files(call: Call, uid: str) -> MaterialList:
    """查看事项的材料目录，先提交的在前。"""
    with call.case_reader(uid) as reader:
        page = read_case(reader, uid)
    return MaterialList(items=[MaterialBody.model_validate(material) for material in page.materials])


@operation(
    "GET", "/cases/<uid>/files/<file>", group=GROUP, scope=Scope.DOCUMENTS, answer_types=(BYTES,), refusals=(404,)
)  # fmt: skip
def download_file(call: Call, uid: str, file: str) -> Response:
    """下载一件材料。"""
    with call.case_reader(uid) as reader:
        found = read_material(reader, uid, file, installation().settings.files_dir)
    return handed_out(call, uid, replace(found, media_type=BYTES))


@operation(
    "POST", "/cases/<uid>/steps/<step>/files", group=GROUP, scope=Scope.STEP, query=FileQuery, body_type=BYTES,
    largest=_LARGEST_FILE, answer=FileBody, status=201, refusals=(404, 415),
)  # fmt: skip
def keep_file(call: Call, uid: str, step: str) -> FileBody:
    """上传办理一个步骤时所附的文件。请求体为文件内容；得到的编号在办理时列入 files，表单有 files 项的列入该项。
    同一文件名、同一内容重复上传的，编号不变。"""
    own = installation()
    with call.reader() as (reader, owner):
        demand_open_step(reader, owner, uid, step)
        name, content = call.query.name, call.body
        kept = keep_for_step(own.database, own.settings.files_dir, reader, uid, step, name, content)
    return FileBody(uid=kept)
