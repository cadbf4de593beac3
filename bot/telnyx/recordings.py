"""Recordings: which there are, a fresh link to one, and the file behind it."""

import asyncio
import re
from typing import Final
from urllib.parse import urlsplit

import httpx
import telnyx

from bot.ports import Later, Never, SavedRecording
from bot.telnyx.problem import Problem, asked

MAX_PAGES: Final = 20
FETCH_SECONDS: Final = 120.0
# A name of several parts, neither an address nor "localhost"; a last part has letters.
_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.[A-Za-z]{2,63}(:443)?")


class RecordingReads:
    """The part of the phone that looks after recordings; ``_telnyx`` is the other part's."""

    _telnyx: telnyx.AsyncTelnyx

    async def recordings(self, room_id: str) -> tuple[str, ...]:
        answer = await asked(self._ids(room_id))
        if isinstance(answer, Problem):
            raise Never(answer.word, code=answer.code)
        if answer is None:
            raise Later("Telnyx's list of recordings was unreadable")
        return answer

    async def _ids(self, room_id: str) -> tuple[str, ...]:
        found: list[str] = []
        for number in range(1, MAX_PAGES + 1):
            page = await self._telnyx.recordings.list(
                filter={"conference_id": room_id}, page_number=number, page_size=100
            )
            # A filter that is not understood would list everybody's.
            found += [str(one.id) for one in page.data or () if one.id and one.conference_id == room_id]
            if page.meta is None or number >= (page.meta.total_pages or 0):
                break
        return tuple(found)

    async def recording(self, recording_id: str) -> SavedRecording:
        answer = await asked(self._telnyx.recordings.retrieve(recording_id))
        if isinstance(answer, Problem):
            raise Never(answer.word, code=answer.code)
        data = getattr(answer, "data", None)
        urls = getattr(data, "download_urls", None)
        if data is None or urls is None or not (urls.mp3 or urls.wav):
            raise Later("Telnyx has not finished the recording")
        kind = "mp3" if urls.mp3 else "wav"
        return SavedRecording(recording_id, str(urls.mp3 or urls.wav), (data.duration_millis or 0) / 1000, kind)

    async def fetch(self, url: str, most: int) -> bytes:
        """Over a client of its own: our key must not go to where the file lies."""
        self._check_address(url)
        try:
            async with (
                asyncio.timeout(FETCH_SECONDS),
                httpx.AsyncClient(follow_redirects=False) as client,
                client.stream("GET", url) as answer,
            ):
                if answer.status_code != 200:
                    raise Later(f"the recording's link answered {answer.status_code}")
                return await _whole(answer, most)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise Later(f"the recording cannot be fetched: {type(error).__name__}") from None

    def _check_address(self, url: str) -> None:
        """Only by TLS, from a named host of the internet; or where Telnyx itself is reached."""
        try:
            given, base = urlsplit(url), urlsplit(str(self._telnyx.base_url))
            named = given.scheme == "https" and bool(_HOST.fullmatch(given.netloc))
        except ValueError:
            named = False
        else:
            named = named or (given.scheme, given.netloc) == (base.scheme, base.netloc)
        if not named:
            raise Never("the recording's link is not safe", code="link")


async def _whole(answer: httpx.Response, most: int) -> bytes:
    data = bytearray()
    async for chunk in answer.aiter_bytes():
        data += chunk
        if len(data) > most:
            raise Never("the recording is too large", code="too_large")
    return bytes(data)
