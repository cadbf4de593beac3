"""A pytest plugin that delays tasks at random wherever they wait, as a slow machine would.

What fails only with it goes on before something is so, or counts on a moment being long enough.
"""

import asyncio
import inspect
import random
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")

LIKELY = 0.05  # of all waits
LONGEST = 2.5  # seconds; most are far shorter

_dice = random.Random()  # its own: what is drawn elsewhere may have to be repeatable
_create_task = asyncio.BaseEventLoop.create_task


class Delayed(Coroutine[Any, Any, T]):
    """A coroutine that now and then goes on later than it could."""

    def __init__(self, inner: Coroutine[Any, Any, T]) -> None:
        self.__name__ = self.__qualname__ = getattr(inner, "__qualname__", "")  # for what asyncio logs
        self._inner = inner
        self._steps: Generator[Any, Any, T] | None = None

    def send(self, value: Any) -> Any:
        self._steps = self._steps or _steps(self._inner)
        return self._steps.send(value)

    def throw(self, *error: Any) -> Any:
        return (self._steps or self._inner).throw(*error)

    def close(self) -> None:
        (self._steps or self._inner).close()

    def __await__(self) -> Generator[Any, Any, T]:
        return _steps(self._inner)


def _steps(inner: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    value: Any = None
    error: BaseException | None = None
    while True:
        try:
            waits_for = inner.throw(error) if error is not None else inner.send(value)
        except StopIteration as over:
            return over.value  # type: ignore[no-any-return]  # what a coroutine returns has no type here
        try:
            value, error = (yield waits_for), None
            if _dice.random() < LIKELY:
                yield from asyncio.sleep(LONGEST * _dice.random() ** 6).__await__()
        except GeneratorExit:
            inner.close()
            raise
        except BaseException as raised:  # noqa: BLE001  # it is the inner coroutine's to catch
            error = raised


def _delayed(loop: asyncio.BaseEventLoop, coro: Any, **how: Any) -> asyncio.Task[Any]:
    return _create_task(loop, Delayed(coro) if inspect.iscoroutine(coro) else coro, **how)


asyncio.BaseEventLoop.create_task = _delayed  # type: ignore[method-assign,assignment]  # no loop of a test escapes it
