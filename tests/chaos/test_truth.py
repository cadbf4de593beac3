"""The judge of a chaos run: it sees what was lost, doubled or told in another order, and takes merged lines as told."""

import pytest

from bot.core.effects import Line, Says
from bot.slack import lines as thread
from tests.chaos.truth import Verdict, check_thread

RINGING = Line("c", Says.RINGING, ("Ana",))
JOINED = Line("c", Says.JOINED, ("Ana",))
TROUBLE = Line("c", Says.TROUBLE, detail="it hangs")
LEFT = Line("c", Says.LEFT, ("Ana",), seconds=60.0)


@pytest.mark.parametrize(
    ("posts", "lost", "doubled", "problems"),
    [
        ([[RINGING], [JOINED], [TROUBLE, TROUBLE], [LEFT]], 0, 0, 0),
        ([[RINGING, JOINED, TROUBLE, TROUBLE, LEFT]], 0, 0, 0),
        ([[RINGING], [JOINED], [TROUBLE], [TROUBLE], [LEFT]], 0, 0, 0),
        ([[RINGING], [JOINED], [TROUBLE], [TROUBLE, LEFT]], 0, 0, 0),
        ([[RINGING], [RINGING], [JOINED], [TROUBLE, TROUBLE], [LEFT]], 0, 1, 1),
        ([[RINGING], [JOINED], [TROUBLE, TROUBLE], [JOINED], [LEFT]], 0, 1, 1),
        ([[RINGING], [JOINED], [TROUBLE, TROUBLE]], 1, 0, 1),
        ([[RINGING], [TROUBLE, TROUBLE], [LEFT]], 1, 0, 1),
        ([[JOINED], [RINGING], [TROUBLE, TROUBLE], [LEFT]], 1, 0, 1),
        ([], 5, 0, 1),
    ],
)
def test_a_thread_is_what_was_ordered_each_line_once(
    posts: list[list[Line]], lost: int, doubled: int, problems: int
) -> None:
    verdict, ordered = Verdict(), [RINGING, JOINED, TROUBLE, TROUBLE, LEFT]
    check_thread("c", ordered, [thread.lines(post).text for post in posts], verdict)
    assert (verdict.lost, verdict.doubled, len(verdict.problems)) == (lost, doubled, problems)
