"""The HTTP API against its own description: schemathesis sends what that allows, and much that it does not."""

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.fuzz.profile import tries
from tests.fuzz.sockets import ask, request, size
from tests.stories.api_client import TOKEN
from tests.stories.harness import Stage, requests
from web.refusals import MANY

OPERATIONS = {
    "/conferences/create": "POST",
    "/conferences/{id}/invite": "POST",
    "/conferences/{id}/status": "GET",
    "/conferences/{id}/hangup": "POST",
}
EXPECTED = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def checks(*left_out: str) -> list[Any]:
    """All that schemathesis can check of one answer. That a right number may be refused no schema can say."""
    load_all_checks()
    names = {*CHECKS.get_all_names()} - {"positive_data_acceptance", "ignored_auth", *left_out}
    return list(CHECKS.get_by_names(sorted(names)))


def cases(url: str, path: str, known: str) -> st.SearchStrategy[Case[Any]]:
    """Calls of one operation, half of them about the conference that there is."""
    operation = schemathesis.openapi.from_url(f"{url}/openapi.json")[path][OPERATIONS[path]]
    about: list[Any] = [{"path_parameters": {"id": known}}, {}] if "{id}" in path else [{}]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    return st.one_of(*(operation.as_strategy(mode, **one) for mode in modes for one in about))


@pytest.mark.parametrize("path", OPERATIONS)
@pytest.mark.parametrize("token", [TOKEN, ""], ids=["with the token", "without"])
async def test_every_call_is_answered_as_described(
    stage: Stage, caplog: pytest.LogCaptureFixture, path: str, token: str
) -> None:
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    known = await create(stage)
    wanted = checks() if token else checks("negative_data_rejection", "missing_required_header")

    def all_of_them() -> None:
        @given(cases(stage.url, path, known))
        @tries(60)
        def one(case: Case[Any]) -> None:
            answer = case.call(base_url=stage.url, headers=bearer, timeout=20)
            case.validate_response(answer, checks=wanted, headers=bearer)
            assert {name: answer.headers[name.lower()][0] for name in EXPECTED} == EXPECTED
            assert token or answer.status_code in {401, 429}

        one()

    before, tasks = await size(stage), len(asyncio.all_tasks())
    await asyncio.to_thread(all_of_them)
    await stage.quiet()
    after = await size(stage)
    if not token:
        assert after == before
    assert after["series"] == before["series"]
    assert len(asyncio.all_tasks()) <= tasks + 5
    assert requests(stage.house, "/calls") == []
    assert "Traceback" not in caplog.text


async def create(stage: Stage) -> str:
    made = request("POST", "/conferences/create", f"Authorization: Bearer {TOKEN}")
    status, body = await ask(stage, made)
    assert status == 200
    return body.decode().split('"conference_id":"')[1].split('"')[0]


async def test_no_token_but_the_right_one_opens(stage: Stage) -> None:
    wrong = [TOKEN[:-1], TOKEN + "x", TOKEN.upper(), TOKEN[::-1], "", " ", f"{TOKEN},{TOKEN}", "\xff" * 30]
    lines = [f"Authorization: Bearer {one}" for one in wrong]
    lines += [f"Authorization: {TOKEN}", f"Authorization: Basic {TOKEN}", f"Authorization: Bearer\t{TOKEN}"]
    lines += [f"X-Authorization: Bearer {TOKEN}", f"Cookie: token={TOKEN}"]
    assert len(lines) < MANY
    for line in lines:
        assert (await ask(stage, request("POST", "/conferences/create", line)))[0] == 401, line
    assert (await size(stage))["conference"] == 0
    for right in (f"Authorization: Bearer {TOKEN}", f"authorization: bearer   {TOKEN}  "):
        assert (await ask(stage, request("POST", "/conferences/create", right)))[0] == 200
