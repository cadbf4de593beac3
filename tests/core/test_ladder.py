"""Who is not reached is rung again, at another number, or somebody else is; and nobody is rung twice."""

import pytest

from bot.core import inputs as i
from bot.core.effects import Dial, Effect, HangUp, Line, Says
from bot.core.inputs import Options, Person
from bot.core.lifecycle import Step, Why
from tests.core.memory_world import World, dialled, named, person, said

BO = person("Bo")
FIRST, SECOND = "+12125550001", "+12125550002"
TWO_NUMBERS = Person("Ana", FIRST, "U1", (SECOND,))
ELSE_BO = Person("Ana", FIRST, "U1", deputies=(BO,))
BOTH = Person("Ana", FIRST, "U1", (SECOND,), (BO,))
ONCE = Options(redials=0)


def steps(effects: list[Effect]) -> list[tuple[str, str, float]]:
    """What the thread is told of the next step: which, who instead, in how many seconds."""
    return [(one.detail, one.by, one.seconds) for one in effects if isinstance(one, Line) and one.says is Says.STEP]


def rung(options: Options, *people: Person) -> World:
    world = World()
    world.ask("invite", *people, options=options)
    return world


@pytest.mark.parametrize("cause", ["timeout", "no_answer", "user_busy"])
def test_who_does_not_answer_or_is_busy_is_rung_once_more_after_a_minute(cause: str) -> None:
    world = World("Ana")
    assert steps(world.missed("Ana", cause)) == [("redial", "", 60.0)]
    assert world.passes(59) == []
    assert world.passes(2) == [Dial("c.1.2")]
    assert steps(world.missed("Ana", cause)) == []
    assert dialled(world.passes(3000)) == []


@pytest.mark.parametrize("cause", ["call_rejected", "not_found", "normal_clearing", "originator_cancel"])
def test_after_any_other_miss_nobody_is_rung_by_itself(cause: str) -> None:
    world = World("Ana")
    world.missed("Ana", cause)
    assert world.step("Ana") == ""
    assert dialled(world.passes(3000)) == []


@pytest.mark.parametrize(("digits", "status"), [("2", "valid"), ("5", "valid"), ("", "timeout")])
def test_who_answered_and_did_not_press_1_is_not_rung_again(digits: str, status: str) -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    assert world.pressed("Ana", digits, status) == [HangUp("c.1.1")]
    world.hung_up("Ana")
    assert world.leg("Ana").why is (Why.DECLINED if digits == "2" else Why.NO_KEY)
    assert world.step("Ana") == ""


def test_redials_are_as_many_and_as_far_apart_as_asked() -> None:
    world = rung(Options(redials=3, redial_secs=20, ring_secs=25), person("Ana"))
    for attempt in (2, 3, 4):
        world.missed("Ana")
        assert world.passes(19) == []
        assert dialled(world.passes(2)) == [f"c.1.{attempt}"]
        assert world.leg("Ana").ring_secs == 25
    world.missed("Ana")
    assert world.step("Ana") == ""


def test_the_next_number_is_rung_at_once_after_the_redials_of_the_first() -> None:
    world = rung(Options(redials=1), TWO_NUMBERS)
    world.missed("Ana")
    world.step_due("Ana")
    assert world.leg("Ana").number == FIRST
    assert steps(world.missed("Ana")) == [("number", "", 2.0)]
    world.step_due("Ana")
    assert world.leg("Ana").number == SECOND
    assert steps(world.missed("Ana")) == [("redial", "", 60.0)]
    world.step_due("Ana")
    assert world.leg("Ana").number == SECOND
    world.missed("Ana")
    assert world.step("Ana") == ""


@pytest.mark.parametrize("cause", ["not_found", "normal_clearing"])
def test_a_number_that_does_not_work_is_followed_by_the_next(cause: str) -> None:
    world = rung(Options(), TWO_NUMBERS)
    world.missed("Ana", cause)
    assert world.step("Ana") == Step.NUMBER


def test_an_answering_machine_is_followed_by_the_next_number() -> None:
    world = rung(Options(), TWO_NUMBERS)
    world.rang("Ana")
    world.answered("Ana")
    assert world.machine_heard("Ana") == [HangUp("c.1.1")]
    world.hung_up("Ana")
    assert (world.leg("Ana").why, world.step("Ana")) == (Why.VOICEMAIL, Step.NUMBER)


def test_a_deputy_is_rung_when_somebody_is_not_reached_and_has_deputies_too() -> None:
    world = rung(ONCE, Person("Ana", FIRST, deputies=(BO, person("Cy"))))
    assert steps(world.missed("Ana")) == [("deputy", "Bo", 2.0)]
    assert world.step_due("Ana") == [Dial("c.2.1")]
    assert steps(world.missed("Bo")) == [("deputy", "Cy", 2.0)]
    assert world.step_due("Bo") == [Dial("c.3.1")]
    world.missed("Cy")
    assert [world.step(name) for name in world.names] == ["", "", ""]


def test_a_deputy_s_own_deputy_comes_before_the_next_of_the_first() -> None:
    bo = Person("Bo", BO.number, deputies=(person("Di"),))
    world = rung(ONCE, Person("Ana", FIRST, deputies=(bo, person("Cy"))))
    for name, instead in (("Ana", "Bo"), ("Bo", "Di"), ("Di", "Cy")):
        assert steps(world.missed(name)) == [("deputy", instead, 2.0)]
        world.step_due(name)


def test_a_deputy_is_rung_as_the_first_was_to_be() -> None:
    options = Options(ring_secs=25, redials=2, redial_secs=30, gate=False, muted=True, listen=True)
    world = rung(options, ELSE_BO)
    world.missed("Ana", "call_rejected")
    world.step_due("Ana")
    bo = world.person("Bo")
    assert (bo.ring_secs, bo.redials_left, bo.redial_secs, bo.gated) == (25, 2, 30, False)
    assert (bo.muted, bo.listen, bo.invited_by) == (True, True, "Hana")


def test_who_declines_is_not_rung_elsewhere_but_has_a_deputy() -> None:
    world = rung(Options(), BOTH)
    world.missed("Ana", "call_rejected")
    assert world.step("Ana") == Step.DEPUTY


def test_who_presses_9_is_called_back_after_two_minutes() -> None:
    world = rung(ONCE, ELSE_BO)
    world.rang("Ana")
    world.answered("Ana")
    assert world.pressed("Ana", "9") == [HangUp("c.1.1")]
    assert steps(world.hung_up("Ana")) == [("call back", "", 120.0)]
    assert world.passes(119) == []
    assert world.passes(2) == [Dial("c.1.2")]


def test_the_conference_waits_for_who_is_to_be_rung_again() -> None:
    world = rung(Options(redial_secs=900), person("Ana"))
    world.came_in("Ana")
    world.ask("invite", "Bo", options=Options(redial_secs=900))
    world.hung_up("Ana")
    world.missed("Bo")
    assert dialled(world.passes(901)) == ["c.2.2"]
    assert not world.conference.ended


@pytest.mark.parametrize("verb", ["skip", "redial"])
def test_what_was_to_happen_next_is_taken_back_by_skipping_and_by_ringing_now(verb: str) -> None:
    world = rung(ONCE, ELSE_BO)
    world.missed("Ana")
    assert dialled(world.ask(verb, named("ana"))) == (["c.1.2"] if verb == "redial" else [])
    assert world.step("Ana") == ""
    assert dialled(world.passes(300)) == []


@pytest.mark.parametrize("verb", ["lock", "end"])
def test_the_lock_and_the_end_take_it_back_for_all_and_plan_nothing_new(verb: str) -> None:
    world = rung(Options(), person("Ana"), person("Bo"))
    world.missed("Ana")
    world.rang("Bo")
    world.ask(verb)
    assert world.step("Ana") == ""
    world.hung_up("Bo", "timeout")
    assert world.step("Bo") == ""
    assert dialled(world.passes(600)) == []


def test_who_is_kicked_while_they_ring_is_neither_rung_again_nor_stood_in_for() -> None:
    world = rung(Options(), ELSE_BO)
    world.rang("Ana")
    world.ask("kick", named("ana"))
    world.hung_up("Ana", "originator_cancel")
    assert world.step("Ana") == ""


def test_who_is_kicked_after_asking_to_be_called_back_is_not() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    world.pressed("Ana", "9")
    world.ask("kick", named("ana"))
    world.hung_up("Ana")
    assert world.step("Ana") == ""


def test_skipping_stops_a_phone_that_rings_and_lets_in_who_has_answered() -> None:
    world = rung(Options(redials=3), ELSE_BO, person("Cy"))
    world.rang("Ana")
    world.rang("Cy")
    world.answered("Cy")
    assert world.ask("skip", named("ana"), named("cy")) == [HangUp("c.1.1")]
    world.hung_up("Ana", "timeout")
    assert world.step("Ana") == ""
    assert world.pressed("Cy") != []


def test_whoever_was_skipped_is_rung_no_more_whatever_comes() -> None:
    world = rung(Options(redials=3), BOTH)
    world.rang("Ana")
    world.answered("Ana")
    world.ask("skip", named("ana"))
    world.hung_up("Ana")
    assert world.step("Ana") == ""
    world.ask("redial")
    world.missed("Ana")
    assert world.step("Ana") == ""


def test_news_that_they_were_in_after_all_stops_the_deputy() -> None:
    world = rung(ONCE, ELSE_BO)
    world.missed("Ana", "normal_clearing")
    assert world.step("Ana") == Step.DEPUTY
    assert said(world.joined("Ana")) == [(Says.LEFT, "Ana")]
    assert world.step("Ana") == ""
    assert dialled(world.passes(60)) == []


@pytest.mark.parametrize(("late", "step"), [("9", Step.CALL_BACK), ("2", Step.DEPUTY)])
def test_a_key_whose_news_comes_after_the_hang_up_counts(late: str, step: Step) -> None:
    world = rung(Options(), BOTH)
    world.rang("Ana")
    world.answered("Ana")
    world.hung_up("Ana")
    assert world.step("Ana") == Step.NUMBER
    assert steps(world.pressed("Ana", late))[0][0] == step
    assert world.step("Ana") == step


def test_telnyx_own_reason_counts_when_it_comes_late() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.take(i.LegLost("c.1.1", world.later(), "90018"))
    assert world.step("Ana") == ""
    world.hung_up("Ana", "user_busy")
    assert world.step("Ana") == Step.REDIAL


def test_late_news_of_an_old_leg_plans_nothing() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    old = world.call("Ana")
    world.hung_up("Ana")
    world.ask("redial")
    world.take(i.KeyGiven(old, world.later(), "9", "valid"))
    assert world.step("Ana") == ""


def test_a_deputy_who_is_in_already_is_not_rung() -> None:
    world = rung(ONCE, BO, ELSE_BO)
    world.came_in("Bo")
    world.missed("Ana")
    assert world.step_due("Ana") == []


def test_a_deputy_who_waits_for_a_redial_is_rung_once() -> None:
    world = rung(Options(), BO, ELSE_BO)
    world.missed("Bo")
    world.missed("Ana", "call_rejected")
    assert dialled(world.passes(600)) == ["c.1.2"]


def test_a_second_number_at_which_somebody_else_is_on_the_line_is_not_rung() -> None:
    world = rung(ONCE, Person("Bo", SECOND), TWO_NUMBERS)
    world.came_in("Bo")
    world.missed("Ana")
    assert world.step_due("Ana") == []


def test_who_is_invited_again_starts_anew() -> None:
    world = World("Ana")
    world.missed("Ana")
    assert dialled(world.ask("invite", "Ana")) == ["c.1.2"]
    assert dialled(world.passes(61)) == []
    world.missed("Ana")
    assert world.step("Ana") == Step.REDIAL
