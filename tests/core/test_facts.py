"""What facts mean, told as stories."""

import pytest

from bot.core import inputs as i
from bot.core.effects import AskKey, Dial, DrawCard, EndRoom, HangUp, Line, PostCard, Says, Seat, TellHost
from bot.core.lifecycle import ConferencePhase, LegPhase, Why
from tests.core.memory_world import World, commands, said

ANA, BO, CY = "c.1.1", "c.2.1", "c.3.1"


def test_who_rings_is_told_once() -> None:
    world = World("Ana")
    assert world.effects == [Dial(ANA)]
    assert world.leg("Ana").phase is LegPhase.QUEUED
    assert said(world.rang("Ana")) == [(Says.RINGING, "Ana")]
    assert world.rang("Ana") == []
    assert world.leg("Ana").phase is LegPhase.DIALING
    assert world.leg("Ana").call_control_id == f"v3:{ANA}"


def test_who_picks_up_is_asked_for_a_key_once() -> None:
    world = World("Ana")
    world.rang("Ana")
    assert world.answered("Ana") == [AskKey(ANA)]
    assert world.answered("Ana") == []
    assert world.leg("Ana").phase is LegPhase.ANSWERED


def test_a_one_opens_the_gate() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    assert world.pressed("Ana") == [Seat(ANA, 1, opens=True)]
    assert world.passes(600) == []
    assert world.leg("Ana").alive


def test_without_a_gate_who_picks_up_goes_straight_in() -> None:
    world = World("Ana", gated=False)
    world.rang("Ana")
    assert world.answered("Ana") == [Seat(ANA, 1, opens=True)]


@pytest.mark.parametrize(("digits", "status"), [("5", "valid"), ("9", "invalid"), ("", "timeout")])
def test_any_other_key_or_none_hangs_up(digits: str, status: str) -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    assert world.pressed("Ana", digits, status) == [HangUp(ANA)]
    missed = world.hung_up("Ana")
    assert said(missed) == [(Says.MISSED, "Ana")]
    assert world.leg("Ana").why is Why.NO_KEY


def test_a_gate_that_says_nothing_is_closed_after_a_minute() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    assert world.passes(59) == []
    assert world.passes(2) == [HangUp(ANA)]
    world.hung_up("Ana")
    assert world.leg("Ana").why is Why.NO_KEY


def test_a_gather_that_ended_because_they_hung_up_is_no_wrong_key() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    assert world.pressed("Ana", "", "call_hangup") == []
    world.hung_up("Ana")
    assert world.passes(120) == []
    assert world.leg("Ana").why is Why.HUNG_UP


def test_a_key_after_the_gate_was_closed_lets_nobody_in() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    world.passes(61)
    assert world.pressed("Ana") == []


def test_a_time_out_after_the_key_hangs_nobody_up() -> None:
    world = World("Ana")
    world.passed("Ana")
    assert world.take(i.GateTimedOut(ANA, world.later())) == []
    assert world.leg("Ana").no_key_at is None


def test_the_first_opens_the_room_and_the_others_wait_for_it() -> None:
    world = World("Ana", "Bo", "Cy")
    assert world.passed("Ana") == [Seat(ANA, 1, opens=True)]
    assert world.passed("Bo") == []
    assert world.passed("Cy") == []
    assert world.seated("Ana") == [Seat(BO, 1, opens=False), Seat(CY, 1, opens=False)]
    assert world.seated("Bo") == []
    assert world.conference.room_id == "r1"


def test_the_news_of_the_room_seats_those_who_wait_before_the_answer_does() -> None:
    world = World("Ana", "Bo")
    world.passed("Ana")
    world.passed("Bo")
    assert world.take(i.RoomOpened(world.call("Ana"), world.later(), "r1")) == [Seat(BO, 1, opens=False)]
    assert world.seated("Ana") == []


def test_an_opener_seen_inside_before_the_answer_leaves_nobody_waiting() -> None:
    world = World("Ana", "Bo")
    world.passed("Ana")
    world.passed("Bo")
    assert said(world.joined("Ana")) == [(Says.JOINED, "Ana")]
    assert world.seated("Ana") == [Seat(BO, 1, opens=False)]


def test_when_the_answer_names_no_room_the_next_one_opens_it() -> None:
    """Telnyx refuses a second room of the same name (90033) and the leg then joins by name."""
    world = World("Ana", "Bo")
    world.passed("Ana")
    world.passed("Bo")
    assert world.seated("Ana", room_id="") == [Seat(BO, 1, opens=True)]


def test_when_the_opener_hangs_up_another_opens() -> None:
    world = World("Ana", "Bo")
    world.passed("Ana")
    world.passed("Bo")
    world.hung_up("Ana")
    assert world.seat_refused("Ana", "leg_gone", "90018") == [Seat(BO, 1, opens=True)]
    assert world.conference.opener == BO


def test_a_leg_found_gone_while_seated_is_over() -> None:
    world = World("Ana")
    world.passed("Ana")
    gone = world.seat_refused("Ana", "leg_gone", "90018")
    assert said(gone) == [(Says.MISSED, "Ana")]
    assert not world.leg("Ana").alive


def test_a_room_that_is_gone_is_followed_by_the_next_one() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    assert world.passed("Bo") == [Seat(BO, 1, opens=False)]
    assert world.seat_refused("Bo", "room_gone") == [Seat(BO, 2, opens=True)]
    assert world.conference.gone_rooms == ("r1",)
    assert world.room_ended("r1") == []
    assert world.conference.name_of_room(world.conference.room) == "confab-c-2"


def test_the_end_of_an_empty_room_sends_those_on_their_way_to_the_next() -> None:
    world = World("Ana", "Bo", "Cy")
    world.came_in("Ana")
    world.passed("Bo")
    assert world.room_ended("r1") == [Seat(BO, 2, opens=True)]
    assert world.seat_refused("Bo", "room_gone") == []  # the answer about room 1 comes late
    assert world.conference.room == 2
    assert world.passed("Cy") == []  # Bo is still opening it
    assert world.seated("Bo", room=2, room_id="r2") == [Seat(CY, 2, opens=False)]


def test_a_second_one_on_the_way_joins_the_next_room_and_opens_no_third() -> None:
    world = World("Ana", "Bo", "Cy")
    world.came_in("Ana")
    world.passed("Bo")
    world.passed("Cy")
    assert world.seat_refused("Bo", "room_gone") == [Seat(BO, 2, opens=True)]
    assert world.seat_refused("Cy", "room_gone") == []
    assert world.seated("Bo", room=2, room_id="r2") == [Seat(CY, 2, opens=False)]
    assert world.conference.gone_rooms == ("r1",)


def test_late_news_of_a_room_that_is_over_does_not_open_it_again() -> None:
    world = World("Ana")
    world.came_in("Ana")
    world.room_ended("r1")
    world.take(i.RoomOpened(world.call("Ana"), world.later(), "r1"))
    assert world.seated("Ana", room=1) == []
    assert world.conference.room_id == ""
    assert world.conference.room == 2


def test_a_full_room_hangs_up_who_is_too_many() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.passed("Bo")
    assert world.seat_refused("Bo", "full", "90052") == [HangUp(BO)]
    (line,) = world.hung_up("Bo")
    assert isinstance(line, Line)
    assert (line.detail, line.code) == (Why.LIMIT, "90052")


def test_a_seat_that_cannot_be_had_hangs_up_and_the_next_one_opens() -> None:
    world = World("Ana", "Bo")
    world.passed("Ana")
    world.passed("Bo")
    assert world.seat_refused("Ana", "failed", "500") == [HangUp(ANA), Seat(BO, 1, opens=True)]
    world.hung_up("Ana")
    assert (world.leg("Ana").why, world.leg("Ana").detail) == (Why.CARRIER, "500")


def test_a_seat_no_longer_wanted_is_taken_by_the_next_one() -> None:
    world = World("Ana", "Bo")
    world.passed("Ana")
    world.passed("Bo")
    world.hung_up("Ana")
    assert world.seat_refused("Ana", "cancelled") == [Seat(BO, 1, opens=True)]


def test_the_first_one_in_makes_the_conference_live() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    since = world.now
    world.came_in("Bo")
    assert world.conference.phase is ConferencePhase.LIVE
    assert world.conference.live_at == since
    assert world.conference.in_room == 2


def test_who_leaves_is_told_once_and_for_how_long_they_were_in() -> None:
    world = World("Ana")
    world.came_in("Ana")
    world.passes(300)
    (line,) = world.left("Ana")
    assert isinstance(line, Line)
    assert (line.says, line.seconds) == (Says.LEFT, 301)
    assert world.hung_up("Ana") == []
    assert world.leg("Ana").why is Why.LEFT
    assert world.conference.in_room == 0


def test_a_hang_up_before_the_leaving_tells_the_same() -> None:
    world = World("Ana")
    world.came_in("Ana")
    assert said(world.hung_up("Ana")) == [(Says.LEFT, "Ana")]
    assert world.left("Ana") == []


@pytest.mark.parametrize(
    ("cause", "why"),
    [
        ("user_busy", Why.BUSY),
        ("timeout", Why.NO_ANSWER),
        ("no_answer", Why.NO_ANSWER),
        ("call_rejected", Why.DECLINED),
        ("not_found", Why.BAD_NUMBER),
        ("originator_cancel", Why.CANCELLED),
        ("time_limit", Why.LIMIT),
        ("normal_clearing", Why.CARRIER),
        ("unspecified", Why.CARRIER),
        ("a cause of tomorrow", Why.CARRIER),
    ],
)
def test_a_phone_that_was_never_picked_up_tells_why(cause: str, why: Why) -> None:
    world = World("Ana")
    world.rang("Ana")
    line = world.hung_up("Ana", cause, "486")[0]
    assert isinstance(line, Line)
    assert (line.says, line.detail, line.code) == (Says.MISSED, why, "486")
    assert world.leg("Ana").why is why
    assert world.hung_up("Ana", cause, "486") == []


@pytest.mark.parametrize("cause", ["normal_clearing", "unspecified", "call_rejected"])
def test_a_phone_put_down_at_the_gate_tells_that(cause: str) -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    world.hung_up("Ana", cause)
    assert world.leg("Ana").why is Why.HUNG_UP


@pytest.mark.parametrize(
    ("cause", "why"),
    [("not_found", Why.BAD_NUMBER), ("limit", Why.LIMIT), ("refused", Why.CARRIER), ("cancelled", Why.CANCELLED)],
)
def test_a_dial_that_telnyx_refuses_tells_why(cause: str, why: Why) -> None:
    world = World("Ana")
    world.take(i.DialTried(ANA, world.later()))
    (line,) = world.take(i.DialRefused(ANA, world.later(), cause, "D13", 403))
    assert isinstance(line, Line)
    assert (line.detail, line.code) == (why, "D13")


def test_a_leg_that_a_command_finds_over_is_over() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.answered("Ana")
    assert said(world.take(i.LegLost(ANA, world.later(), "90018"))) == [(Says.MISSED, "Ana")]
    assert world.hung_up("Ana") == []
    assert world.passes(120) == []


@pytest.mark.parametrize("gated", [True, False])
def test_a_call_that_was_given_up_and_is_there_after_all_is_hung_up_once(*, gated: bool) -> None:
    world = World("Ana", gated=gated)
    world.take(i.DialTried(ANA, world.later()))
    world.take(i.DialRefused(ANA, world.later(), "unreachable", "", 0))
    assert world.answered("Ana") == [HangUp(ANA)]
    assert world.answered("Ana") + world.rang("Ana") == []


def test_the_end_closes_the_room_and_hangs_up_who_is_outside() -> None:
    world = World("Ana", "Bo", "Cy")
    world.came_in("Ana")
    world.rang("Bo")
    ended = world.ask("end", rest="now")
    assert said(ended) == [(Says.ENDED, "Ana")]
    assert commands(ended) == [EndRoom("c", "r1"), HangUp(BO)]
    assert world.leg("Cy").why is Why.CANCELLED  # Telnyx was never asked to ring
    assert (world.conference.phase, world.conference.ended_by) == (ConferencePhase.ENDED, "Hana")
    assert commands(world.passes(15)) == [HangUp(ANA), HangUp(BO)]


def test_after_the_end_goodbyes_are_not_told() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.rang("Bo")
    world.ask("end", rest="now")
    assert world.left("Ana") + world.hung_up("Ana") + world.hung_up("Bo", "originator_cancel") == []
    assert world.conference.alive_legs == 0
    assert world.passes(3600) == []


def test_who_was_in_a_room_that_is_gone_is_hung_up_at_the_end() -> None:
    world = World("Ana")
    world.came_in("Ana")
    world.room_ended("r1")
    assert commands(world.ask("end")) == [HangUp(ANA)]


def test_the_length_of_a_conference_counts_from_the_first_one_in() -> None:
    world = World("Ana")
    world.came_in("Ana")
    world.passes(600)
    line = world.ask("end")[0]
    assert isinstance(line, Line)
    assert (line.by, line.seconds) == ("Hana", 600)


def test_a_dial_in_flight_at_the_end_is_hung_up() -> None:
    world = World("Ana")
    world.take(i.DialTried(ANA, world.later()))
    assert commands(world.ask("end")) == [HangUp(ANA)]
    assert world.rang("Ana") == []  # the hang-up stands behind it in the lane of this leg
    assert world.leg("Ana").alive


def test_an_answer_after_the_end_is_asked_nothing() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.ask("end")
    assert world.answered("Ana") + world.pressed("Ana") == []


def test_who_is_seated_after_the_end_is_put_out_with_the_room() -> None:
    world = World("Ana")
    world.passed("Ana")
    assert commands(world.ask("end")) == [HangUp(ANA)]
    assert world.seated("Ana") == [EndRoom("c", "r1")]
    assert world.joined("Ana") == []


def test_a_room_that_will_not_end_is_emptied_leg_by_leg() -> None:
    world = World("Ana", "Bo")
    world.came_in("Ana")
    world.came_in("Bo")
    world.ask("end")
    assert world.take(i.RoomEndFailed("c", world.later())) == [HangUp(ANA), HangUp(BO)]


def test_news_before_anything_else_is_taken_in() -> None:
    """Telnyx may deliver the last event first."""
    world = World("Ana")
    world.take(i.DialTried(ANA, 1.0))
    assert said(world.hung_up("Ana")) == [(Says.MISSED, "Ana")]
    assert said(world.joined("Ana")) == [(Says.LEFT, "Ana")]
    assert world.answered("Ana") + world.pressed("Ana") + world.rang("Ana") == []
    assert world.leg("Ana").why is Why.LEFT
    world.counts_are_right()


def test_ringing_is_not_told_of_somebody_who_is_in_already() -> None:
    world = World("Ana")
    world.take(i.DialTried(ANA, 1.0))
    world.joined("Ana")
    assert world.take(i.Rang(world.call("Ana"), 2.0)) == []


def test_who_is_in_already_is_not_asked_for_a_key() -> None:
    world = World("Ana")
    world.take(i.DialTried(ANA, 1.0))
    world.joined("Ana")
    assert world.answered("Ana") == []
    assert world.take(i.GateTimedOut(ANA, 70.0)) == []
    assert world.leg("Ana").why is None


def test_the_earliest_time_wins() -> None:
    world = World("Ana")
    world.take(i.DialTried(ANA, 1.0))
    world.take(i.Rang(world.call("Ana"), 5.0))
    world.take(i.Rang(world.call("Ana"), 3.0))
    world.take(i.Answered(world.call("Ana"), 9.0))
    world.take(i.Answered(world.call("Ana"), 8.0))
    world.take(i.LegLost(ANA, 19.0, "90018"))
    world.take(i.HungUp(world.call("Ana"), 17.0, "normal_clearing"))
    world.take(i.LegLost(ANA, 21.0, "90018"))
    ana = world.leg("Ana")
    assert (ana.rang_at, ana.answered_at, ana.gone_at) == (3.0, 8.0, 17.0)


def test_somebody_we_did_not_ring_changes_nothing() -> None:
    world = World("Ana")
    before = world.conference
    assert world.take(i.Joined(i.Call("v3:stranger"), 1.0, "r1")) == []
    assert world.take(i.Left(i.Call("v3:stranger"), 2.0, "r1")) == []
    assert world.conference == before


def test_a_posted_card_makes_the_thread_and_is_drawn_when_something_changes() -> None:
    world = World("Ana")
    world.take(i.CardPosted("c", world.later(), "17.1", "print"))
    assert (world.conference.card_ts, world.conference.thread_ts) == ("17.1", "17.1")
    drawn = len([effect for effect in world.effects if isinstance(effect, DrawCard)])
    world.rang("Ana")
    assert len([effect for effect in world.effects if isinstance(effect, DrawCard)]) > drawn
    before = list(world.effects)
    world.take(i.CardDrawn("c", world.later(), "print 2"))
    assert world.effects == before  # a drawing orders no drawing


def test_a_card_that_somebody_deleted_is_posted_again() -> None:
    world = World("Ana")
    world.take(i.CardPosted("c", world.later(), "17.1", "print"))
    assert world.take(i.CardLost("c", world.later())) == [PostCard("c")]
    assert (world.conference.card_ts, world.conference.thread_ts) == ("", "")
    world.take(i.CardPosted("c", world.later(), "18.1", "print"))
    assert world.conference.thread_ts == "18.1"


def test_a_lost_card_in_somebody_elses_thread_stays_there() -> None:
    world = World("Ana")
    world.take(i.CardPosted("c", world.later(), "17.1", "print"))
    world.take(i.CardPosted("c", world.later(), "17.2", "print"))
    world.take(i.CardLost("c", world.later()))
    assert (world.conference.card_ts, world.conference.thread_ts) == ("", "17.1")


def test_a_lost_channel_is_told_to_the_host_once_and_the_phones_go_on() -> None:
    world = World("Ana")
    assert world.take(i.ChatLost("c", world.later(), "is_archived")) == [TellHost("c", "is_archived")]
    assert world.take(i.ChatLost("c", world.later(), "is_archived")) == []
    assert world.passed("Ana") == [Seat(ANA, 1, opens=True)]
    assert said(world.effects) == []


def test_without_a_channel_nothing_is_said() -> None:
    world = World("Ana", channel="")
    world.came_in("Ana")
    world.hung_up("Ana")
    world.ask("end")
    assert world.effects == [Dial(ANA), AskKey(ANA), Seat(ANA, 1, opens=True), EndRoom("c", "r1")]


def test_trouble_is_shown_until_it_is_over() -> None:
    world = World("Ana")
    world.take(i.TroubleSeen("c", world.later(), "Telnyx is slow."))
    assert world.conference.trouble == "Telnyx is slow."
    world.take(i.TroubleSeen("c", world.later(), ""))
    assert world.conference.trouble == ""


def test_a_conference_that_everybody_left_ends_a_minute_later() -> None:
    world = World("Ana")
    world.came_in("Ana")
    world.hung_up("Ana")
    assert world.passes(59) == []
    assert said(world.passes(2)) == [(Says.ENDED, "Ana")]
    assert world.conference.ended_by == ""


def test_a_conference_that_nobody_reached_waits_half_an_hour() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.hung_up("Ana", "call_rejected")
    assert world.passes(1799) == []
    assert said(world.passes(2)) == [(Says.ENDED, "")]


def test_a_conference_nobody_was_invited_to_waits_half_an_hour() -> None:
    world = World()
    assert world.passes(1799) == []
    assert said(world.passes(2)) == [(Says.ENDED, "")]


def test_ringing_somebody_again_keeps_the_conference() -> None:
    world = World("Ana")
    world.rang("Ana")
    world.hung_up("Ana", "user_busy")
    assert world.ask("redial") == [Dial("c.1.2")]
    assert world.passes(3600) == []
    assert not world.conference.ended


def test_an_idle_alarm_that_comes_too_late_ends_nothing() -> None:
    world = World("Ana")
    assert world.take(i.IdleTimedOut("c", world.later())) == []
    assert not world.conference.ended


def test_news_of_an_old_leg_does_not_touch_the_new_one() -> None:
    world = World("Ana")
    world.rang("Ana")
    old = world.call("Ana")
    world.hung_up("Ana", "user_busy")
    world.ask("redial")
    assert world.take(i.HungUp(old, world.later(), "user_busy")) == []
    assert world.leg("Ana").id == "c.1.2"
    assert world.leg("Ana").alive
