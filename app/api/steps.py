"""Steps: taking one, opening a case, and finding the subject of a record."""

from flask import Response, request

from app.api.bodies.cases import (
    OpeningBody,
    StepBody,
    SubjectBody,
    SubjectList,
    SubjectQuery,
    TakenBody,
)
from app.api.calling import Call, expected_version, idempotency_key
from app.api.operation import Header, answer, operation
from app.extensions import installation
from app.services.api_tokens import Scope
from app.services.commands import Taken
from app.services.machine_steps import step_from_program, take_machine_step
from app.services.reading.subjects import search_subjects
from workflows.kit.errors import FieldError, FormIncomplete, NotFound
from workflows.roles import Post

GROUP = "办理"
IF_MATCH = Header(
    "If-Match", "查看事项时 ETag 所示的版本；其间已有他人办理的，答复 412。", r'^"(0|[1-9][0-9]{0,9})"$', '"3"'
)
KEY = Header(
    "Idempotency-Key",
    "提交标识，每次办理各取一个；重试时沿用，不会重复办理。",
    r"^[!-~]{1,80}$",
    "6f1c2b52-2d0e-4a53-8a3e-0c6b2f8b0a11",
)


@operation(
    "POST", "/cases", group=GROUP, scope=Scope.STEP, body=OpeningBody, answer=TakenBody, status=201,
    also={200: "同一提交标识此前已经办理"}, headers=(KEY,), refusals=(404, 409, 415),
)  # fmt: skip
def open_case(call: Call) -> Response:
    """启动一个新事项，例如起草失信记录。"""
    body: OpeningBody = call.body
    command = step_from_program(
        call.program, body.step, body.form, opens=body.kind, parent=body.parent, key=idempotency_key()
    )
    own = installation()
    taken = take_machine_step(own.backend, call.program, command, own.clock())
    return _taken(taken, 200 if taken.repeated else 201, {"Location": f"{request.path}/{taken.uid}"})


@operation(
    "POST", "/cases/<uid>/steps/<step>", group=GROUP, scope=Scope.STEP, body=StepBody, answer=TakenBody,
    headers=(IF_MATCH, KEY), refusals=(404, 409, 412, 415, 428),
)  # fmt: skip
def take_case_step(call: Call, uid: str, step: str) -> Response:
    """办理一个步骤。须由工作人员本人决定的步骤，答复 403（ByAPerson）。"""
    key, version = idempotency_key(), expected_version()
    body: StepBody = call.body
    command = step_from_program(call.program, step, body.form, case=uid, expected_version=version, key=key)
    own = installation()
    taken = take_machine_step(own.backend, call.program, command, own.clock(), body.files)
    return _taken(taken, 200, {})


@operation(
    "POST", "/subjects/search", group=GROUP, scope=Scope.STEP, body=SubjectQuery, answer=SubjectList,
    refusals=(404, 415),
)  # fmt: skip
def find_subjects(call: Call) -> SubjectList:
    """查找失信记录的主体：姓名、名称、拼音、统一社会信用代码或者完整的公民身份号码。"""
    if call.program.post is not Post.CLERK:
        raise NotFound("只有信息提供单位经办人的接口令牌可以查找主体。")
    with call.reader() as (reader, _owner):
        found = search_subjects(reader, call.body.text)
    if found.problem:
        raise FormIncomplete((FieldError("text", "姓名、名称或者代码", found.problem),))
    return SubjectList(items=[SubjectBody.model_validate(one) for one in found.subjects], more=found.more)


def _taken(taken: Taken, status: int, headers: dict[str, str]) -> Response:
    return answer(TakenBody.model_validate(taken), status, {**headers, "ETag": f'"{taken.version}"'})
