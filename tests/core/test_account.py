"""What a look at the whole account concludes: what is ended is proven ours."""

from dataclasses import replace

from bot.core import inputs as i
from bot.core.account import FRESH, Known, judge
from bot.core.effects import HangUpCall
from bot.core.side import LONGEST, Purpose, SideCall

NOW = 10_000.0
NOTHING = Known(frozenset(), frozenset(), frozenset(), frozenset(), {})


def up(*calls: tuple[str, bool], conferences: tuple[str, ...] = ()) -> i.AccountSwept:
    """Calls by what they say they are of, and whether they bear our mark."""
    names = tuple(name for name, _ in calls)
    return i.AccountSwept(
        NOW, names, tuple(f"v3:{name}" for name in names), tuple(ours for _, ours in calls), conferences
    )


def side(begun: float, ended: float | None = None, call: str = "v3:side_1") -> Known:
    one = SideCall("side_1", Purpose.DIAL_IN, "", NOW - begun, call_control_id=call)
    return replace(NOTHING, sides={"side_1": replace(one, ended_at=None if ended is None else NOW - ended)})


def test_a_call_with_our_mark_that_nothing_stands_for_is_lost() -> None:
    assert judge(up(("conf_1.1.1", True)), NOTHING).lost == (HangUpCall("v3:conf_1.1.1"),)
    assert judge(up(("side_1", True)), NOTHING).lost == (HangUpCall("v3:side_1"),)


def test_a_call_of_another_confab_is_left_alone() -> None:
    assert judge(up(("conf_1.1.1", False), ("side_1", False), conferences=("conf_1",)), NOTHING) == judge(up(), NOTHING)


def test_a_conference_that_is_known_is_swept_unless_it_is_soon() -> None:
    known = replace(NOTHING, conferences=frozenset({"conf_1", "conf_2"}), watched=frozenset({"conf_2"}))
    verdict = judge(up(("conf_1.1.1", False), ("conf_2.1.1", True)), known)
    assert (verdict.lost, verdict.sweeps) == ((), ("conf_1",))
    assert judge(up(conferences=("conf_1", "conf_2", "conf_3")), known).sweeps == ("conf_1",)


def test_what_we_think_is_going_on_is_swept_if_nothing_else_does() -> None:
    known = replace(NOTHING, conferences=frozenset({"conf_1"}), going_on=frozenset({"conf_1"}))
    assert judge(up(), known).sweeps == ("conf_1",)
    assert judge(up(), replace(known, watched=frozenset({"conf_1"}))).sweeps == ()


def test_a_side_call_that_is_over_and_still_up_is_hung_up() -> None:
    assert judge(up(("side_1", False)), side(100, ended=FRESH + 1)).lost == (HangUpCall("v3:side_1"),)
    assert judge(up(("side_1", True)), side(100, ended=FRESH - 1)).lost == ()


def test_a_caller_who_was_let_in_stays() -> None:
    known = replace(side(100, ended=60), lines=frozenset({"v3:side_1"}))
    assert judge(up(("side_1", True)), known).lost == ()


def test_a_side_call_that_hangs_is_hung_up() -> None:
    assert judge(up(("side_1", True)), side(LONGEST)).lost == ()
    assert judge(up(("side_1", True)), side(LONGEST + FRESH + 1)).lost == (HangUpCall("v3:side_1"),)


def test_a_side_call_that_is_up_no_more_is_over() -> None:
    assert judge(up(), side(FRESH + 1)).over == ("side_1",)
    assert judge(up(), side(FRESH - 1)).over == ()
    assert judge(up(), side(FRESH + 1, ended=1)).over == ()
    assert judge(up(), side(LONGEST - 1, call="")).over == ()
    assert judge(up(), side(LONGEST + 1, call="")).over == ("side_1",)


def test_a_caller_who_is_not_answered_yet_is_up_without_saying_what_it_is_of() -> None:
    ringing = i.AccountSwept(NOW, ("", ""), ("v3:side_1", "v3:foreign"), (False, False))
    verdict = judge(ringing, side(FRESH + 1))
    assert (verdict.over, verdict.lost) == ((), ())
