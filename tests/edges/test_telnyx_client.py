import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.core.conference import Leg
from bot.core.inputs import Call, DialRefused, LegLost, Rang, Seated, SeatRefused
from bot.ports import CallUp, Later, Never, Phone, Survey
from bot.telnyx import client_state
from bot.telnyx.client import TelnyxPhone

pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = "+12125550199"
QUEUED = Leg("c1.1.1", "c1", "c1.1", NUMBER, 1.0)
LEG = Leg("c1.1.1", "c1", "c1.1", NUMBER, 1.0, call_control_id="v3:ab/c==")
NOW = 1000.0


class StoppedClock:
    def now(self) -> float:
        return NOW

    def steady(self) -> float:
        return NOW

    async def until(self, when: float) -> None:
        raise AssertionError(f"the client waits until {when} by itself")


class Telnyx:
    """Answers with what a test has prepared, in order, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[web.Response | Callable[[], Awaitable[web.Response]]] = []

    def says(self, body: object, status: int = 200, **headers: str) -> None:
        self.answers.append(web.json_response(body, status=status, headers=headers))

    def refuses(self, status: int, code: str = "", detail: str = "", **headers: str) -> None:
        self.says({"errors": [{"code": code, "title": "No", "detail": detail}]}, status, **headers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["authorization"] == "Bearer KEY123"
        body = await request.json() if request.can_read_body else dict(request.query)
        self.asked.append((f"{request.method} {request.raw_path.partition('?')[0]}", body))
        answer = self.answers.pop(0)
        return answer if isinstance(answer, web.Response) else await answer()

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[tuple[Telnyx, str, TelnyxPhone]]:
    """One server and one client for all tests here: making a client loads every certificate authority."""
    telnyx = Telnyx()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", telnyx.handle)
    running = TestServer(app)
    async with running:
        url = str(running.make_url("/v2"))
        phone = make(url)
        yield telnyx, url, phone
        await phone.close()


@pytest.fixture
def telnyx(house: tuple[Telnyx, str, TelnyxPhone]) -> Iterator[Telnyx]:
    telnyx = house[0]
    telnyx.asked, telnyx.answers = [], []
    yield telnyx
    assert not telnyx.answers, "not everything that was prepared was asked for"


@pytest.fixture
def phone(house: tuple[Telnyx, str, TelnyxPhone]) -> TelnyxPhone:
    as_promised: Phone = house[2]  # checked by mypy
    assert as_promised is house[2]
    return house[2]


def make(url: str, timeout: float = 8.0) -> TelnyxPhone:
    return TelnyxPhone("KEY123", url, "app-1", "+15550001111", clock=StoppedClock(), timeout=timeout)


async def test_dial_asks_for_exactly_one_phone(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says({"data": {"call_control_id": "v3:new", "is_alive": False}})
    assert await phone.dial(QUEUED, "e1") == Rang(Call("v3:new", "c1.1.1"), NOW)
    path, body = telnyx.asked[0]
    assert path == "POST /v2/calls"
    assert json.loads(base64.b64decode(body.pop("client_state"))) == {"leg": "c1.1.1", "by": ""}
    assert body == {
        "connection_id": "app-1",
        "from": "+15550001111",
        "to": NUMBER,
        "command_id": "e1",
        "timeout_secs": 30,
        "time_limit_secs": 14400,
    }


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": []}, {"data": {}}, [1], "yes", {"data": {"call_control_id": 7}}]
)
async def test_a_yes_without_an_id_is_still_a_yes(telnyx: Telnyx, phone: TelnyxPhone, body: object) -> None:
    telnyx.says(body)
    assert await phone.dial(QUEUED, "e1") == Rang(Call("", "c1.1.1"), NOW)


async def test_a_yes_that_is_no_json_is_still_a_yes(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.answers = [web.Response(text="{", content_type="application/json")]
    assert await phone.dial(QUEUED, "e1") == Rang(Call("", "c1.1.1"), NOW)


@pytest.mark.parametrize(
    ("status", "code", "detail", "cause", "said"),
    [
        (422, "10016", "", "not_found", "10016"),
        (403, "10010", "User channel limit exceeded D1", "limit", "D1"),
        (403, "10010", "Dialed number is not included in whitelisted countries D13", "limit", "D13"),
        (403, "10010", "No outbound profile D38", "limit", "D38"),
        (403, "10010", "Invalid number D11", "not_found", "D11"),
        (403, "10010", "Invalid number D14", "not_found", "D14"),
        (403, "10010", "No route PE3", "refused", "PE3"),
        (403, "10010", "", "refused", "10010"),
        (401, "10009", "", "refused", "10009"),
        (400, "10015", "", "refused", "10015"),
        (422, "10015", "D13 is in the request, not the reason", "refused", "10015"),
    ],
)
async def test_a_final_refusal_to_dial_has_its_cause(
    telnyx: Telnyx, phone: TelnyxPhone, status: int, code: str, detail: str, cause: str, said: str
) -> None:
    telnyx.refuses(status, code, detail)
    assert await phone.dial(QUEUED, "e1") == DialRefused("c1.1.1", NOW, cause, said, status)


@pytest.mark.parametrize(
    "number", ["+12125550199,1234", "sip:ana@exa mple.org", "sip:ana,1@example.org", "", "+0123456789", "2125550199"]
)
async def test_only_plain_numbers_are_dialled(telnyx: Telnyx, phone: TelnyxPhone, number: str) -> None:
    refused = await phone.dial(Leg("c1.1.1", "c1", "c1.1", number, 1.0), "e1")
    assert refused == DialRefused("c1.1.1", NOW, "not_found", "10016")
    assert telnyx.asked == []


DATES = {"Date": "Sun, 22 Nov 2026 18:00:00 GMT", "Retry-After": "Sun, 22 Nov 2026 18:00:07 GMT"}


@pytest.mark.parametrize(
    ("status", "code", "headers", "after", "done"),
    [
        (429, "10011", {"Retry-After": "7"}, 7.0, False),
        (429, "10011", {"x-ratelimit-reset": "3"}, 3.0, False),
        (429, "10011", {"Retry-After": "2", "x-ratelimit-reset": "3"}, 2.0, False),
        (429, "10011", DATES, 7.0, False),
        (429, "10011", {"Retry-After": "999999"}, 600.0, False),
        (429, "10011", {"Retry-After": "inf"}, None, False),
        (429, "10011", {}, None, False),
        (500, "", {"x-ratelimit-reset": "60"}, None, None),
        (503, "10007", {"Retry-After": "1.5"}, 1.5, None),
        (409, "", {}, None, None),
        (408, "", {}, None, None),
        (422, "90041", {}, 5.0, False),
        (422, "90042", {}, 5.0, False),
        (403, "90043", {}, 5.0, False),
    ],
)
async def test_not_now_says_when_and_whether_it_was_done(
    telnyx: Telnyx,
    phone: TelnyxPhone,
    status: int,
    code: str,
    headers: dict[str, str],
    after: float | None,
    done: bool | None,
) -> None:
    telnyx.refuses(status, code, f"about {NUMBER}", **headers)
    with pytest.raises(Later) as caught:
        await phone.dial(QUEUED, "e1")
    assert (caught.value.after, caught.value.done) == (after, done)
    assert len(telnyx.asked) == 1  # the SDK did not retry by itself


async def test_silence_may_have_been_a_yes(telnyx: Telnyx, house: tuple[Telnyx, str, TelnyxPhone]) -> None:
    silent = asyncio.Event()

    async def never() -> web.Response:
        await silent.wait()
        return web.Response()

    telnyx.answers = [never]
    phone = make(house[1], timeout=0.2)
    with pytest.raises(Later) as caught:
        await phone.dial(QUEUED, "e1")
    assert caught.value.done is None
    silent.set()
    await phone.close()


async def test_no_connection_was_no_call() -> None:
    phone = make(f"http://127.0.0.1:{unused_port()}/v2")
    with pytest.raises(Later) as caught:
        await phone.dial(QUEUED, "e1")
    assert caught.value.done is False
    await phone.close()


async def test_errors_and_logs_hold_no_number(
    telnyx: Telnyx, phone: TelnyxPhone, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    telnyx.refuses(500, "", f"cannot ring {NUMBER}")
    with pytest.raises(Later) as caught:
        await phone.dial(QUEUED, "e1")
    assert NUMBER not in str(caught.value)
    assert caught.value.__context__ is None
    ours = [record for record in caplog.records if not record.name.startswith("aiohttp")]
    assert NUMBER[1:] not in "".join(record.getMessage() for record in ours)


ROOM = "confab-c1-1"


async def seat(phone: TelnyxPhone, *, opens: bool) -> Seated | SeatRefused:
    fact = await phone.seat(LEG, ROOM, 1, opens=opens, command_id="e2")
    assert isinstance(fact, Seated | SeatRefused)
    return fact


async def test_the_first_leg_creates_the_room(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says({"data": {"id": "room-1", "name": ROOM}})
    assert await seat(phone, opens=True) == Seated("c1.1.1", NOW, 1, "room-1")
    path, body = telnyx.asked[0]
    assert path == "POST /v2/conferences"
    assert body == {
        "call_control_id": "v3:ab/c==",
        "name": ROOM,
        "command_id": "e2",
        "max_participants": 800,
        "beep_enabled": "never",
    }


async def test_later_legs_join_by_name(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says({"data": {"result": "ok"}})
    assert await seat(phone, opens=False) == Seated("c1.1.1", NOW, 1, "")
    body = {"call_control_id": "v3:ab/c==", "command_id": "e2", "mute": False, "hold": False}
    assert telnyx.asked == [(f"POST /v2/conferences/{ROOM}/actions/join", body)]


async def test_a_name_that_is_taken_is_joined(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.refuses(422, "90033", "Conference with given name already exists and it's active.")
    telnyx.says({"data": {"result": "ok"}})
    assert await seat(phone, opens=True) == Seated("c1.1.1", NOW, 1, "")
    assert telnyx.paths == ["POST /v2/conferences", f"POST /v2/conferences/{ROOM}/actions/join"]
    assert telnyx.asked[1][1]["command_id"] != telnyx.asked[0][1]["command_id"]  # else it may pass for the same command


@pytest.mark.parametrize("status", [404, 422])
async def test_the_winner_of_the_race_may_not_be_ready(telnyx: Telnyx, phone: TelnyxPhone, status: int) -> None:
    telnyx.refuses(422, "90033", "Conference with given name already exists and it's active.")
    telnyx.refuses(status, "90058")
    with pytest.raises(Later) as caught:
        await seat(phone, opens=True)
    assert (caught.value.after, caught.value.done) == (0.3, False)


async def test_a_room_that_is_not_there_yet_is_asked_for_again(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.refuses(404, "10005")
    with pytest.raises(Later) as caught:
        await seat(phone, opens=False)
    assert (caught.value.after, caught.value.done) == (0.5, False)


@pytest.mark.parametrize("opens", [True, False])
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("90018", "leg_gone"),
        ("90015", "leg_gone"),
        ("90034", "not_answered"),
        ("90019", "room_gone"),
        ("90032", "full"),
        ("10004", "failed"),
    ],
)
async def test_a_refused_seat_has_its_reason(
    telnyx: Telnyx, phone: TelnyxPhone, code: str, reason: str, opens: bool
) -> None:
    telnyx.refuses(422, code)
    assert await seat(phone, opens=opens) == SeatRefused("c1.1.1", NOW, 1, reason, code)


async def test_an_empty_room_is_gone(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.refuses(422, "90033", "Conference has no active participants")
    assert await seat(phone, opens=False) == SeatRefused("c1.1.1", NOW, 1, "room_gone", "90033")


@pytest.mark.parametrize("opens", [True, False])
async def test_joining_twice_is_being_in(telnyx: Telnyx, phone: TelnyxPhone, opens: bool) -> None:
    telnyx.refuses(422, "90044")
    assert await seat(phone, opens=opens) == Seated("c1.1.1", NOW, 1, "")


async def test_hang_up(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says({"data": {"result": "ok"}})
    assert await phone.hang_up(LEG, "e3") is None
    assert telnyx.asked == [("POST /v2/calls/v3:ab%2Fc==/actions/hangup", {"command_id": "e3"})]


@pytest.mark.parametrize(("status", "code"), [(422, "90018"), (422, "90015"), (404, "10005")])
async def test_a_call_that_is_over_is_lost(telnyx: Telnyx, phone: TelnyxPhone, status: int, code: str) -> None:
    telnyx.refuses(status, code)
    telnyx.refuses(status, code)
    assert await phone.hang_up(LEG, "e3") == LegLost("c1.1.1", NOW, code)
    assert await phone.ask_key(LEG, "Press 1.", "e4") == LegLost("c1.1.1", NOW, code)


async def test_a_command_that_is_refused_for_good_says_its_code(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    for _ in range(3):
        telnyx.refuses(401, "10009", f"about {NUMBER}")
    for command in (phone.hang_up(LEG, "e"), phone.ask_key(LEG, "Press 1.", "e"), phone.end_room("room-1", "e")):
        with pytest.raises(Never) as caught:
            await command
        assert (caught.value.code, caught.value.reason) == ("10009", "Telnyx answered 401 10009")


async def test_ask_key_speaks_and_waits_for_a_1(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says({"data": {"result": "ok"}})
    assert await phone.ask_key(LEG, "Press 1. " * 1000, "e4") is None
    path, body = telnyx.asked[0]
    assert path == "POST /v2/calls/v3:ab%2Fc==/actions/gather_using_speak"
    assert len(body.pop("payload")) == 3000
    assert body.pop("voice")
    assert body == {
        "valid_digits": "129",
        "minimum_digits": 1,
        "maximum_digits": 1,
        "maximum_tries": 2,
        "timeout_millis": 8000,
        "command_id": "e4",
    }


async def test_a_call_that_telnyx_has_not_seen_answered_is_asked_again(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.refuses(422, "90034")
    with pytest.raises(Later) as caught:
        await phone.ask_key(LEG, "Press 1.", "e4")
    assert (caught.value.after, caught.value.done) == (0.5, False)


async def test_end_room(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says({"data": {"result": "ok"}})
    await phone.end_room("room-1", "e5")
    assert telnyx.asked == [("POST /v2/conferences/room-1/actions/end", {"command_id": "e5"})]


@pytest.mark.parametrize(("status", "code"), [(422, "90019"), (404, "90058"), (404, "10005")])
async def test_a_room_that_is_over_is_ended(telnyx: Telnyx, phone: TelnyxPhone, status: int, code: str) -> None:
    telnyx.refuses(status, code)
    await phone.end_room("room-1", "e5")


def active(*legs: str, after: str = "", total: int | None = None) -> dict[str, Any]:
    calls = [{"call_control_id": f"v3:{leg}", "client_state": client_state.pack(leg, "mark")} for leg in legs]
    meta: dict[str, Any] = {"cursors": {"after": after} if after else {}}
    return {"data": calls, "meta": meta | ({} if total is None else {"total_items": total})}


def rooms(*names: str, pages: int = 1) -> dict[str, Any]:
    open_ones = [{"id": f"id of {name}", "name": name, "status": "in_progress"} for name in names]
    return {"data": [*open_ones, {"id": "over", "name": "over", "status": "completed"}], "meta": {"total_pages": pages}}


async def test_find_looks_at_every_page(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says(active(*["other"] * 250, after="v1:next", total=251))
    telnyx.says(active("c1.1.1", total=251))
    assert await phone.find(QUEUED.id) == "v3:c1.1.1"
    assert telnyx.asked == [
        ("GET /v2/connections/app-1/active_calls", {"page[limit]": "250"}),
        ("GET /v2/connections/app-1/active_calls", {"page[limit]": "250", "page[after]": "v1:next"}),
    ]


async def test_an_incomplete_list_is_no_answer(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says(active("c1.2.1", total=2))
    with pytest.raises(Later):
        await phone.survey("c1", "", "confab-c1-1")


async def test_a_survey_tells_of_one_conference_only(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says(active("c1.1.1", "c2.1.1", total=2))
    telnyx.says(
        {"data": [{"call_control_id": "v3:c1.1.1", "status": "joined"}, {"call_control_id": "x", "status": "left"}]}
    )
    expected = Survey((("c1.1.1", "v3:c1.1.1"),), ("v3:c1.1.1",), room_id="room-1")
    assert await phone.survey("c1", "room-1", "confab-c1-1") == expected


async def test_a_survey_of_a_room_that_is_no_more(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says(active(total=0))
    telnyx.refuses(404, "90058")
    telnyx.says(rooms())
    assert await phone.survey("c1", "room-1", "confab-c1-1") == Survey((), ())


async def test_a_room_whose_id_was_lost_is_found_by_its_name(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says(active("c1.1.1", total=1))
    telnyx.says(rooms("confab-c1-10", "confab-c1-1"))  # lest the filter is passed over
    telnyx.says({"data": [{"call_control_id": "v3:c1.1.1", "status": "joined"}]})
    survey = await phone.survey("c1", "", "confab-c1-1")
    assert (survey.room_id, survey.members) == ("id of confab-c1-1", ("v3:c1.1.1",))
    assert telnyx.asked[1] == (
        "GET /v2/conferences",
        {
            "filter[name]": "confab-c1-1",
            "filter[status]": "in_progress",
            "filter[connection_id]": "app-1",
            "page[number]": "1",
            "page[size]": "250",
        },
    )


async def test_without_a_room_nothing_is_said_of_who_is_in(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says(active("c1.1.1", total=1))
    telnyx.says(rooms())
    assert await phone.survey("c1", "", "confab-c1-1") == Survey((("c1.1.1", "v3:c1.1.1"),))


async def test_the_account_tells_which_calls_are_ours(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    others = {"call_control_id": "x", "client_state": client_state.pack("c9.1.1", "another")}
    foreign = {"call_control_id": "y", "client_state": "bm90IG91cnM="}
    told = active("c1.1.1", total=3)
    told["data"] += [others, foreign]
    telnyx.says(told)
    telnyx.says(rooms("confab-c1-1", pages=2))
    telnyx.says(rooms("confab-c2-1", pages=2))
    phone.mark = "mark"
    account = await phone.account()
    phone.mark = ""
    assert account.calls == (
        CallUp("c1.1.1", "v3:c1.1.1", ours=True),
        CallUp("c9.1.1", "x", ours=False),
        CallUp("", "y", ours=False),
    )
    assert account.rooms == ("confab-c1-1", "confab-c2-1")


async def test_without_a_mark_of_our_own_nothing_is_ours(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says({"data": [{"call_control_id": "x", "client_state": client_state.pack("c1.1.1", "")}]})
    telnyx.says(rooms())
    assert [call.ours for call in (await phone.account()).calls] == [False]


async def test_find_does_not_mistake_other_calls(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says({"data": [{"call_control_id": "x", "client_state": None}, {"call_control_id": "y"}]})
    assert await phone.find(QUEUED.id) is None


@pytest.mark.parametrize("body", [[1], "no", {"data": [1]}, {}])
async def test_a_list_that_cannot_be_read_is_no_answer(telnyx: Telnyx, phone: TelnyxPhone, body: object) -> None:
    telnyx.says(body)
    with pytest.raises(Later):
        await phone.find(QUEUED.id)


async def test_a_list_without_an_end_is_no_answer(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    for _ in range(20):
        telnyx.says(active("other", after="v1:always the same"))
    with pytest.raises(Later):
        await phone.find(QUEUED.id)


async def test_find_under_an_unknown_application_never_works(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.refuses(404, "10005")
    with pytest.raises(Never):
        await phone.find(QUEUED.id)


async def test_a_leg_without_an_id_is_looked_up_first(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says(active("c1.1.1"))
    telnyx.says({"data": {"result": "ok"}})
    assert await phone.hang_up(QUEUED, "e3") is None
    assert telnyx.paths[1] == "POST /v2/calls/v3:c1.1.1/actions/hangup"


async def test_a_leg_that_telnyx_does_not_know_is_lost(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    for _ in range(3):
        telnyx.says(active())
    assert await phone.hang_up(QUEUED, "e") == LegLost("c1.1.1", NOW, "")
    assert await phone.ask_key(QUEUED, "Press 1.", "e") == LegLost("c1.1.1", NOW, "")
    assert await phone.seat(QUEUED, ROOM, 1, opens=True, command_id="e") == SeatRefused("c1.1.1", NOW, 1, "leg_gone")


GOOD = {"id": "app-1", "active": True, "webhook_api_version": "2", "outbound": {"outbound_voice_profile_id": "7"}}


async def test_check_is_silent_when_all_is_well(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    telnyx.says({"data": GOOD})
    assert await phone.check() is None
    assert telnyx.paths == ["GET /v2/call_control_applications/app-1"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"active": False}, "switched off"),
        ({"webhook_api_version": "1"}, "still on webhook API v1; set it to v2"),
        ({"outbound": {}}, "no outbound voice profile"),
        ({"outbound": None}, "no outbound voice profile"),
    ],
)
async def test_check_says_what_is_set_wrong(
    telnyx: Telnyx, phone: TelnyxPhone, change: dict[str, Any], line: str
) -> None:
    telnyx.says({"data": GOOD | change})
    assert line in (await phone.check() or "")


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (401, "Telnyx refuses the API key (TELNYX_API_KEY)."),
        (403, "Telnyx does not let this API key (TELNYX_API_KEY) read its application."),
        (404, "Telnyx knows no application app-1 (TELNYX_CONNECTION_ID)."),
        (422, "Telnyx knows no application app-1 (TELNYX_CONNECTION_ID)."),
        (402, "Telnyx answered 402 x when asked about the application (TELNYX_CONNECTION_ID)."),
    ],
)
async def test_check_says_what_telnyx_refuses(telnyx: Telnyx, phone: TelnyxPhone, status: int, line: str) -> None:
    telnyx.refuses(status, "x")
    assert await phone.check() == line


@pytest.mark.parametrize(("body", "status"), [({}, 503), ([1], 200), ({"data": [1]}, 200)])
async def test_check_cannot_tell_when_telnyx_cannot(
    telnyx: Telnyx, phone: TelnyxPhone, body: object, status: int
) -> None:
    telnyx.says(body, status)
    with pytest.raises(Later):
        await phone.check()


async def test_warming_up_asks_nothing(telnyx: Telnyx, phone: TelnyxPhone) -> None:
    phone.warm_up()
    assert telnyx.asked == []
