"""Lanes keep effects in order, paces space them, and what may have been done is remembered."""

from sqlalchemy import Connection

from bot.core import effects as e
from bot.store import outbox, tables
from bot.store.outbox import Parcel
from tests.store.made import NOW, conference


def line(who: str) -> e.Line:
    return e.Line("c", e.Says.JOINED, (who,))


def enqueue(connection: Connection, *effects: e.Effect, now: float = NOW) -> None:
    outbox.enqueue(connection, conference(), effects, now)


def heads(connection: Connection, now: float = NOW + 1) -> list[e.Effect]:
    return [parcel.effect for parcel in outbox.heads(connection, now)]


def first(connection: Connection, now: float = NOW + 1) -> Parcel:
    return outbox.heads(connection, now)[0]


def test_only_the_head_of_a_lane_may_go(connection: Connection) -> None:
    enqueue(connection, e.Dial("c.1.1"), e.AskKey("c.1.1"), e.HangUp("c.2.1"), e.Dial("c.2.1"), e.EndRoom("c", "r1"))
    assert heads(connection) == [e.Dial("c.1.1"), e.HangUp("c.2.1"), e.EndRoom("c", "r1")]
    outbox.settle(connection, [first(connection).id])
    assert heads(connection) == [e.AskKey("c.1.1"), e.HangUp("c.2.1"), e.EndRoom("c", "r1")]


def test_a_head_that_waits_holds_its_lane(connection: Connection) -> None:
    enqueue(connection, e.Dial("c.1.1"), e.HangUp("c.1.1"))
    outbox.postpone(connection, first(connection), NOW + 30)
    assert heads(connection, NOW + 29) == []
    assert heads(connection, NOW + 30) == [e.Dial("c.1.1")]


def test_no_more_heads_than_asked_for_and_the_oldest_first(connection: Connection) -> None:
    enqueue(connection, *(e.HangUp(f"c.{at}.1") for at in range(5)))
    assert [parcel.effect for parcel in outbox.heads(connection, NOW, most=2)] == [e.HangUp("c.0.1"), e.HangUp("c.1.1")]


def test_what_was_ordered_before_the_clock_was_set_back_goes_at_once(connection: Connection) -> None:
    enqueue(connection, e.HangUp("c.1.1"), line("Ana"), line("Bo"))
    assert heads(connection, NOW - 600) == [e.HangUp("c.1.1"), line("Ana")]
    told = outbox.heads(connection, NOW - 600)[1]
    assert outbox.take(connection, told, NOW - 600) == told
    assert [one.effect for one in outbox.batch(connection, told, NOW - 600, None)] == [line("Ana"), line("Bo")]


def test_what_was_put_off_further_than_anything_is_was_put_off_before_the_clock_was_set_back(
    connection: Connection,
) -> None:
    enqueue(connection, e.Dial("c.1.1"), now=NOW - 600)
    tried = first(connection)
    outbox.postpone(connection, tried, NOW + 30, NOW - 600)
    outbox.close_gate(connection, "telnyx:dial", NOW + 30)
    assert heads(connection, NOW - 20) == []
    assert heads(connection, NOW - 31) == [e.Dial("c.1.1")]
    outbox.start_paced(connection, "telnyx:dial", NOW - 31, 1.0, 0.0)
    assert outbox.gate_opens(connection, "telnyx:dial", NOW - 31) == NOW - 30


def test_lines_go_when_their_second_is_over(connection: Connection) -> None:
    enqueue(connection, line("Ana"), now=NOW + 0.3)
    assert heads(connection, NOW + 0.9) == []
    assert heads(connection, NOW + 1.0) == [line("Ana")]


def test_a_closed_pace_holds_back_all_of_it_and_nothing_else(connection: Connection) -> None:
    enqueue(connection, e.Dial("c.1.1"), e.Dial("c.2.1"), e.HangUp("c.3.1"))
    outbox.close_gate(connection, "telnyx:dial", NOW + 5)
    assert heads(connection, NOW + 4) == [e.HangUp("c.3.1")]
    assert heads(connection, NOW + 5) == [e.Dial("c.1.1"), e.Dial("c.2.1"), e.HangUp("c.3.1")]
    outbox.close_gate(connection, "telnyx:dial", NOW + 9)
    assert outbox.gate_opens(connection, "telnyx:dial", NOW) == NOW + 9
    assert outbox.gate_opens(connection, "another", NOW) == 0.0


def test_conferences_of_one_channel_share_its_pace_and_keep_their_lanes(connection: Connection) -> None:
    outbox.enqueue(connection, conference(id="c1"), [e.PostCard("c1")], NOW)
    outbox.enqueue(connection, conference(id="c2"), [e.PostCard("c2")], NOW)
    lanes = {(parcel.lane, parcel.pace) for parcel in outbox.heads(connection, NOW)}
    assert lanes == {("chat:c1", "slack:C1"), ("chat:c2", "slack:C1")}


def test_phones_chat_and_card_do_not_wait_for_each_other(connection: Connection) -> None:
    enqueue(connection, e.PostCard("c"), e.DrawCard("c"), e.TellHost("c", "gone"), e.Seat("c.1.1", 1, opens=True))
    assert len({parcel.lane for parcel in outbox.heads(connection, NOW)}) == 4


def test_a_batch_is_what_follows_of_the_same_kind_and_is_due(connection: Connection) -> None:
    enqueue(connection, line("Ana"), line("Bo"))
    enqueue(connection, line("Cy"), now=NOW + 1)
    together = outbox.batch(connection, first(connection), NOW + 1, None)
    assert [parcel.effect for parcel in together] == [line("Ana"), line("Bo")]


def test_a_batch_stops_at_another_kind_and_at_the_end_of_the_lane(connection: Connection) -> None:
    outbox.enqueue(connection, conference(id="other"), [line("Di")], NOW)
    enqueue(connection, line("Ana"), e.PostCard("c"), line("Bo"))
    head = outbox.heads(connection, NOW + 1)[1]
    assert [parcel.effect for parcel in outbox.batch(connection, head, NOW + 1, None)] == [line("Ana")]


def test_a_batch_in_doubt_is_the_same_again_whatever_became_due(connection: Connection) -> None:
    enqueue(connection, line("Ana"), line("Bo"))
    head = first(connection)
    enqueue(connection, line("Cy"))
    again = outbox.batch(connection, head, NOW + 60, head.id + 1)
    assert [parcel.effect for parcel in again] == [line("Ana"), line("Bo")]


def test_a_batch_in_doubt_goes_again_though_its_tail_waits_for_its_time(connection: Connection) -> None:
    enqueue(connection, line("Ana"), line("Bo"))
    head = first(connection)
    assert len(outbox.batch(connection, head, NOW - 5, head.id + 1)) == 2


def test_to_wait_is_not_to_try(connection: Connection) -> None:
    enqueue(connection, e.Dial("c.1.1"))
    outbox.postpone(connection, first(connection), NOW + 2)
    assert (first(connection, NOW + 2).tries, first(connection, NOW + 2).since) == (0, NOW)
    outbox.postpone(connection, first(connection, NOW + 2), NOW + 3, since=NOW + 2)
    tried = first(connection, NOW + 3)
    assert (tried.tries, tried.since) == (1, NOW + 2)


def test_a_doubt_keeps_the_first_time_until_it_is_cleared(connection: Connection) -> None:
    enqueue(connection, line("Ana"))
    head = first(connection)
    assert outbox.doubt(connection, head) is None
    outbox.mark_attempt(connection, head, NOW, head.id + 3)
    outbox.mark_attempt(connection, head, NOW + 9, head.id + 8)
    assert outbox.doubt(connection, head) == (NOW, head.id + 3)
    outbox.clear_doubt(connection, head)
    assert outbox.doubt(connection, head) is None


def test_what_is_settled_leaves_no_doubt(connection: Connection) -> None:
    enqueue(connection, line("Ana"))
    head = first(connection)
    outbox.mark_attempt(connection, head, NOW, head.id)
    outbox.settle(connection, [head.id])
    assert outbox.doubt(connection, head) is None
    assert outbox.depth(connection) == (0, None)


def test_ids_are_never_used_again(connection: Connection) -> None:
    """They name attempts at the providers."""
    enqueue(connection, e.HangUp("c.1.1"))
    old = first(connection).id
    outbox.settle(connection, [old])
    enqueue(connection, e.HangUp("c.1.1"))
    assert first(connection).id > old


def test_the_next_moment_is_the_first_that_waits_for_time_or_pace(connection: Connection) -> None:
    assert outbox.next_due(connection, NOW) is None
    enqueue(connection, e.HangUp("c.1.1"))
    assert outbox.next_due(connection, NOW) is None  # it may go now
    outbox.postpone(connection, first(connection), NOW + 30)
    assert outbox.next_due(connection, NOW) == NOW + 30
    enqueue(connection, e.Dial("c.2.1"))
    outbox.close_gate(connection, "telnyx:dial", NOW + 5)
    assert outbox.next_due(connection, NOW) == NOW + 5
    assert outbox.next_due(connection, NOW + 5) == NOW + 30


def test_rows_moved_behind_keep_their_order_and_their_times(connection: Connection) -> None:
    enqueue(connection, line("Ana"), line("Bo"), e.PostCard("c"))
    outbox.move_behind(connection, outbox.batch(connection, first(connection), NOW + 1, None))
    assert heads(connection) == [e.PostCard("c")]
    outbox.settle(connection, [first(connection).id])
    assert [parcel.effect for parcel in outbox.batch(connection, first(connection), NOW + 1, None)] == [
        line("Ana"),
        line("Bo"),
    ]


def test_depth_tells_how_many_wait_and_since_when(connection: Connection) -> None:
    enqueue(connection, e.HangUp("c.1.1"), now=NOW)
    enqueue(connection, e.HangUp("c.2.1"), e.HangUp("c.3.1"), now=NOW + 5)
    assert outbox.depth(connection) == (3, NOW)


def test_what_a_newer_version_ordered_is_left_to_it_and_holds_up_its_own_lane_only(connection: Connection) -> None:
    enqueue(connection, e.Dial("c.1.1"), e.HangUp("c.1.1"), e.Dial("c.2.1"))
    strange = tables.outbox.update().where(tables.outbox.c.id == first(connection).id).values(kind="Tomorrow")
    connection.execute(strange)
    assert heads(connection) == [e.Dial("c.2.1")]
