"""Recording with consent, and what becomes of the recordings."""

import pytest

from bot.core import inputs as i
from bot.core.effects import Effect, FindRecordings, KeepRecording, Line, PostTranscript, Record, Says, SayTo, SayToAll
from bot.core.lifecycle import RecordingState
from bot.core.replies import Recordings
from tests.core.memory_world import World, commands, refusal, said

ANA, BO = "c.1.1", "c.2.1"


def in_call(*names: str, recordings_in: str = "telnyx", transcribed: bool = False) -> World:
    world = World(*names, recordings_in=recordings_in, transcribed=transcribed)
    for name in names:
        world.came_in(name)
    return world


def done(world: World, action: str) -> list[Effect]:
    return world.take(i.RecordDone("c", world.later(), action))


def failed(world: World, action: str) -> list[Effect]:
    return world.take(i.RecordFailed("c", world.later(), action, "500"))


def saved(world: World, recording_id: str) -> list[Effect]:
    return world.take(i.RecordingSaved(i.Call(), world.later(), "r1", recording_id))


def listed(world: World, *ids: str) -> list[Effect]:
    return world.take(i.RecordingsFound("c", world.later(), ids))


def told(effects: list[Effect]) -> list[tuple[Says, str]]:
    return [(one.says, one.detail) for one in effects if isinstance(one, Line)]


def test_it_counts_as_recorded_from_the_moment_it_is_asked_for() -> None:
    world = in_call("Ana")
    assert world.ask("record", rest="start") == [Record("c", "start")]
    assert (world.conference.recording, world.conference.recorded_by) == (RecordingState.ON, "Hana")
    (line,) = done(world, "start")
    assert isinstance(line, Line)
    assert (line.says, line.detail, line.by) == (Says.RECORDING, "start", "Hana")


def test_who_comes_later_hears_of_it_alone_even_while_it_is_only_being_asked_for() -> None:
    world = in_call("Ana")
    world.ask("invite", "Bo")
    world.passed("Bo")
    world.seated("Bo")
    world.ask("record", rest="start")
    assert commands(world.joined("Bo")) == [SayTo(BO, "recording")]


def test_without_a_word_record_starts() -> None:
    assert Record("c", "start") in in_call("Ana").ask("record")


def test_pause_and_resume_are_heard() -> None:
    world = in_call("Ana")
    world.ask("record", rest="start")
    assert world.ask("record", rest="PAUSE") == [Record("c", "pause")]
    assert done(world, "pause")[1:] == [SayToAll("c", "recording_over")]
    assert world.conference.recording.value == "paused"
    assert world.ask("record", rest="resume") == [Record("c", "resume")]
    assert world.conference.recording.value == "on"


@pytest.mark.parametrize("before", ["start", "pause"])
def test_stop_is_heard_and_the_recording_looked_for_two_minutes_later(before: str) -> None:
    world = in_call("Ana")
    world.ask("record", rest="start")
    if before == "pause":
        world.ask("record", rest="pause")
    assert world.ask("record", rest="stop") == [Record("c", "stop")]
    assert SayToAll("c", "recording_over") in done(world, "stop")
    assert world.conference.recording is RecordingState.OFF
    assert FindRecordings("c", "r1") not in world.passes(119)
    assert FindRecordings("c", "r1") in world.passes(2)


@pytest.mark.parametrize(
    ("state", "refused", "why"),
    [
        ("", "pause", "Nothing is being recorded"),
        ("", "resume", "Nothing is being recorded"),
        ("", "stop", "Nothing is being recorded"),
        ("start", "start", "recorded already"),
        ("start", "resume", "recorded already"),
        ("start pause", "pause", "paused"),
        ("start pause", "start", "paused"),
        ("", "erase", "how to “erase”"),
    ],
)
def test_what_makes_no_sense_now_is_refused(state: str, refused: str, why: str) -> None:
    world = in_call("Ana")
    for action in state.split():
        world.ask("record", rest=action)
    assert why in refusal(world, "record", rest=refused).wrong


def test_where_it_is_switched_off_or_nobody_is_in_nothing_is_recorded() -> None:
    assert "CONFAB_RECORDINGS" in refusal(in_call("Ana", recordings_in="off"), "record").wrong
    assert "Nobody is in the room" in refusal(World("Ana"), "record").wrong


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        ("start", RecordingState.OFF),
        ("start stop", RecordingState.ON),
        ("start pause", RecordingState.ON),
        ("start pause resume", RecordingState.PAUSED),
    ],
)
def test_what_telnyx_would_not_do_is_not_so_and_said(actions: str, state: RecordingState) -> None:
    world = in_call("Ana")
    for action in actions.split():
        world.ask("record", rest=action)
    (line,) = failed(world, actions.rsplit(maxsplit=1)[-1])
    assert isinstance(line, Line)
    assert (line.says, line.code) == (Says.TROUBLE, "500")
    assert line.detail.startswith("the recording could not be ")
    assert world.conference.recording is state


def test_it_ends_with_its_room_and_is_looked_for() -> None:
    world = in_call("Ana")
    world.ask("record", rest="start")
    world.left("Ana")
    world.room_ended()
    assert world.conference.recording is RecordingState.OFF
    assert FindRecordings("c", "r1") in world.passes(121)


def test_a_stop_that_fails_because_the_room_is_over_leaves_it_over() -> None:
    world = in_call("Ana")
    world.ask("record", rest="start")
    world.ask("record", rest="stop")
    world.room_ended()
    failed(world, "stop")
    assert world.conference.recording is RecordingState.OFF


def test_it_ends_with_the_conference() -> None:
    world = in_call("Ana")
    world.ask("record", rest="start")
    world.ask("end")
    assert world.conference.recording is RecordingState.OFF
    assert FindRecordings("c", "r1") in world.passes(121)


@pytest.mark.parametrize("first", [saved, listed])
def test_a_recording_is_told_once_whether_by_webhook_or_by_list(first: object) -> None:
    world = in_call("Ana")
    assert callable(first)
    assert told(first(world, "rec1")) == [(Says.RECORDED, "rec1")]
    assert saved(world, "rec1") + listed(world, "rec1") == []
    assert told(listed(world, "rec1", "rec2")) == [(Says.RECORDED, "rec2")]
    assert world.conference.recordings == ("rec1", "rec2")


def test_its_news_may_name_a_leg_and_come_after_the_end() -> None:
    world = in_call("Ana")
    world.ask("end")
    assert told(world.take(i.RecordingSaved(world.call("Ana"), world.later(), "r1", "rec1"))) == [
        (Says.RECORDED, "rec1")
    ]


def test_into_slack_it_goes_as_a_file_and_its_failure_tells_where_it_is() -> None:
    world = in_call("Ana", recordings_in="slack")
    assert saved(world, "rec1") == [KeepRecording("c", "rec1")]
    saved(world, "rec2")
    lost = world.take(i.FileFailed("c", world.later(), "recording", "too large", "rec1"))
    assert [says for says, _ in told(lost)] == [Says.TROUBLE, Says.RECORDED]
    assert told(lost)[1] == (Says.RECORDED, "rec1")


def test_somebody_who_could_not_be_told_of_it_is_said() -> None:
    world = in_call("Ana")
    (line,) = world.take(i.SoundFailed("c", world.later(), "500", "recording"))
    assert isinstance(line, Line)
    assert line.detail == "somebody who came in could not be told that this is recorded"


def test_a_long_one_is_looked_for_once_more() -> None:
    world = in_call("Ana")
    world.ask("record")
    world.ask("record", rest="stop")
    done(world, "stop")
    assert FindRecordings("c", "r1") in world.passes(121)
    assert FindRecordings("c", "r1") in world.passes(1700)


def test_a_link_is_given_to_each_recording_or_to_the_one_named() -> None:
    world = in_call("Ana")
    assert "no recording" in refusal(world, "recording").wrong
    listed(world, "rec1", "rec2")
    world.ask("recording")
    assert world.reply == Recordings(("rec1", "rec2"), "c")
    world.ask("recording", rest="rec2")
    assert world.reply == Recordings(("rec2",), "c")
    assert "no recording" in refusal(world, "recording", rest="rec9").wrong


def test_what_was_said_is_put_down_once_the_last_words_are_in() -> None:
    world = in_call("Ana", transcribed=True)
    world.ask("end")
    assert PostTranscript("c") not in world.passes(14)
    assert PostTranscript("c") in world.passes(2)


@pytest.mark.parametrize("transcribed", [True, False])
def test_where_nobody_spoke_or_nothing_is_written_there_is_no_transcript(*, transcribed: bool) -> None:
    world = World("Ana", transcribed=transcribed)
    if not transcribed:
        world.came_in("Ana")
    world.ask("end")
    assert PostTranscript("c") not in world.passes(600)


def test_a_transcript_that_fails_is_told() -> None:
    world = in_call("Ana", transcribed=True)
    lost = world.take(i.FileFailed("c", world.later(), "transcript", "no scope"))
    assert said(lost) == [(Says.TROUBLE, "")]
