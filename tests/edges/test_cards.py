"""The card: within Slack's limits in every state, in plain words, and nobody's typing executed."""

import pytest

from bot.core.conference import Picture
from bot.core.effects import Line, Says
from bot.core.replies import Ask, Choice, Refused, Reply, Status, Told, Which
from bot.slack import answers, cards
from bot.slack import lines as thread
from tests.edges.slack_shown import (
    EVERY_STATE,
    HOSTILE,
    NOW,
    VERBS,
    check,
    conference,
    elements,
    ended,
    gone,
    inside,
    live,
    many,
    row,
    shown,
    told,
)


@pytest.mark.parametrize("count", [0, 1, 3, 12, 13, 50, 800])
@pytest.mark.parametrize("name", ["", HOSTILE, "N" * 5000, "&" * 5000])
def test_every_card_stays_within_slacks_limits(count: int, name: str) -> None:
    rows = many(count, name)
    changes = {"topic": name * 2, "host": name, "trouble": name}
    check(cards.card(Picture(conference(**changes), rows)))
    check(cards.card(live(*rows, **changes)))
    check(cards.card(ended(*rows, **changes, ended_by=name)))
    check(answers.answer(Status(live(*rows, **changes)), VERBS))


def test_a_topic_of_3000_characters_is_cut_in_the_header() -> None:
    message = cards.card(live(topic="long " * 600))
    header = (message.blocks or [])[0]
    assert header["text"]["text"].startswith("long long")
    assert header["text"]["text"].endswith("…")
    check(message)


def test_the_card_tells_every_state_with_a_word_and_a_reason() -> None:
    words = told(cards.card(live(*EVERY_STATE)))
    lines = words.splitlines()[1:]
    assert [line.split("*")[1] for line in lines] == ["Ana", "Cy", "Dee", "Fay", "Hal", "Eli", "Gus"]
    assert lines[0] == "🟢 *Ana* (host): in since <!date^1700000060^{time}|22:14 UTC>"
    assert lines[1] == "🚪 *Cy*: answered, asked to press 1"
    assert lines[2].startswith("📞 *Dee*: ringing since <!date^1700000005^")
    assert lines[3] == "⏳ *Fay*: waiting to be rung"
    assert lines[5].startswith("❌ *Eli*: missed at <!date^1700000120^")
    assert lines[5].endswith(": no answer · rung 3 times")
    assert lines[6].startswith("⚪ *Gus*: left at ")
    assert lines[6].endswith(" after 12 min")
    assert "🟢 *LIVE*: 1 in, 1 answered, 1 ringing, 2 to be rung, 1 missed, 1 left · host Ana · since <!date^" in words


def test_somebody_past_the_gate_is_joining() -> None:
    words = told(cards.card(live(row(1, "Cy", answered_at=NOW, asked_at=NOW, passed_at=NOW + 3))))
    assert "🚪 *Cy*: answered, joining" in words


def test_everybody_beyond_twelve_is_counted() -> None:
    rows = [inside(number) for number in range(12)]
    rows += [row(12 + number, tried_at=NOW) for number in range(30)] + [gone(50 + number) for number in range(8)]
    words = told(cards.card(live(*rows)))
    assert words.splitlines()[-1] == "… and 38 more: 30 ringing, 8 missed"
    assert len(words.splitlines()) == 1 + 12 + 1
    assert "more" not in told(cards.card(live(*rows[:12])))


def test_an_open_card_waits_and_hints() -> None:
    message = cards.card(Picture(conference(), ()))
    assert "🟡 *OPEN*: waiting for people · host Ana" in told(message)
    assert "/conf invite @ana" in shown(message)
    assert message.text == "Payments down: open, waiting for people. Nobody is invited yet."
    assert "/conf invite" not in shown(cards.card(Picture(conference(), (row(1),))))


def test_an_ended_card_has_no_buttons_and_says_who_was_there() -> None:
    message = cards.card(ended(*EVERY_STATE))
    assert elements(message) == []
    assert "⚫ *ENDED* after 12 min, by Ana · host Ana" in told(message)
    assert "On the line: Gus and Ana." in told(message)
    assert message.text == "Payments down: ended after 12 min. On the line: Gus and Ana."


def test_a_conference_that_nobody_joined_says_so() -> None:
    message = cards.card(ended(gone(1), live_at=None, ended_by=""))
    assert "*ENDED*, nobody came · host" in told(message)
    assert "Nobody was on the line." in told(message)


def test_the_buttons_are_sentences_about_this_conference() -> None:
    message = cards.card(live(inside(1)))
    assert [(b["text"]["text"], b["action_id"], b["value"]) for b in elements(message)] == [
        ("Ring me", "conf:join", "c1|"),
        ("Invite…", "conf:invite_form", "c1|Payments down"),
        ("End…", "conf:end", "c1|now"),
    ]
    assert elements(message)[-1]["style"] == "danger"
    assert elements(message)[-1]["confirm"]["title"]["text"] == "End the conference?"


def test_ring_again_is_there_when_somebody_missed() -> None:
    assert "conf:redial" in [b["action_id"] for b in elements(cards.card(live(inside(1), gone(2))))]


def test_trouble_is_shown_and_said() -> None:
    message = cards.card(live(inside(1), trouble="Telnyx does not answer"))
    assert "*Trouble*: Telnyx does not answer" in told(message)
    assert "Trouble: Telnyx does not answer" in message.text


def test_the_fingerprint_changes_with_what_is_seen_and_only_then() -> None:
    seen = [cards.card(picture) for picture in (live(inside(1)), live(inside(1), card_ts="1.2"), live(inside(2)))]
    prints = [cards.fingerprint(message.blocks, message.text) for message in seen]
    assert prints[0] == prints[1] != prints[2]
    assert prints[0] != cards.fingerprint(seen[0].blocks, "other")


@pytest.mark.parametrize("picture", [live(inside(1, HOSTILE), topic=HOSTILE, host=HOSTILE, trouble=HOSTILE)])
def test_nothing_typed_is_executed(picture: Picture) -> None:
    line = Line("c1", Says.JOINED, (HOSTILE,))
    ask = Ask(HOSTILE, HOSTILE, "end", HOSTILE, "c1")
    which = Which("end", HOSTILE, (Choice("c1", HOSTILE, NOW),))
    replies: list[Reply] = [Refused(HOSTILE, HOSTILE), Told((HOSTILE,)), ask, which, Status(picture)]
    messages = [cards.card(picture), thread.lines([line]), *(answers.answer(reply, VERBS) for reply in replies)]
    messages.append(cards.card(ended(inside(1, HOSTILE), topic=HOSTILE, ended_by=HOSTILE)))
    messages.append(thread.lost(picture.conference, HOSTILE))
    for message in messages:
        words = shown(message)
        assert "<!channel>" not in words
        assert "<@U1>" not in words
        assert "\u202e" not in words
        assert "\n\nsecond" not in words
        assert "&lt;!channel&gt; &amp; &lt;@U1&gt;" in words


def test_every_text_object_of_ours_is_verbatim() -> None:
    message = cards.card(live(inside(1), trouble="x"))
    assert all(block["text"]["verbatim"] for block in message.blocks or [] if block["type"] == "section")
