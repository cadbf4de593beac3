"""Recording with consent, and what becomes of the recordings; what was said, written down."""

from bot.core import inputs as i
from bot.core.effects import FindRecordings, KeepRecording, PostTranscript, Record, Says, SayToAll
from bot.core.lifecycle import RecordingState
from bot.core.replies import Refusal
from bot.core.scene import Scene

LOOK_AFTER = 120.0  # seconds after which a recording that no webhook told of is looked for
LOOK_AGAIN = 1800.0  # the same for a long one, which Telnyx may take its time to write
TOLD = "recording"  # the text that says so
NOT_HEARD = "that could not be heard in the room"
LAST_WORDS = 15.0  # seconds after the end in which words may still be written down

_WANTED = {
    "start": (RecordingState.OFF, RecordingState.ON),
    "stop": (None, RecordingState.OFF),
    "pause": (RecordingState.ON, RecordingState.PAUSED),
    "resume": (RecordingState.PAUSED, RecordingState.ON),
}


def ask(scene: Scene, action: str, by: str) -> None:
    """Order it. It counts as recorded from now on, so that whoever comes in meanwhile is told. Raises Refusal."""
    conference = scene.conference
    if conference.recordings_in == "off":
        raise Refusal("Recording is switched off here (CONFAB_RECORDINGS).")
    if action not in _WANTED:
        raise Refusal(f"I do not know how to “{action[:40]}” a recording.", example="/conf record start")
    before, after = _WANTED[action]
    if conference.recording is after or (before is not None and conference.recording is not before):
        raise Refusal(_already(conference.recording))
    if not conference.in_room:
        raise Refusal("Nobody is in the room yet, so there is nothing to record.")
    since = scene.now if action == "start" else conference.recording_since
    scene.change(recording=after, recorded_by=by, recording_since=since)
    scene.do(Record(conference.id, action))


def done(scene: Scene, fact: i.RecordDone) -> None:
    conference = scene.conference
    scene.say(Says.RECORDING, by=conference.recorded_by, detail=fact.action)
    if fact.action in {"stop", "pause"}:
        scene.do(SayToAll(conference.id, "recording_over"))
    if fact.action == "stop":
        look_later(scene, conference.room_id)


def failed(scene: Scene, fact: i.RecordFailed) -> None:
    """What was wanted is not so; say it, for somebody relies on it."""
    undone = {"start": RecordingState.OFF, "resume": RecordingState.PAUSED}.get(fact.action, RecordingState.ON)
    if scene.conference.recording_since is not None:  # else its room is over, and the recording with it
        scene.change(recording=undone)
    scene.say(Says.TROUBLE, detail=f"the recording could not be {_DONE.get(fact.action, 'changed')}", code=fact.code)


def room_over(scene: Scene, room_id: str) -> None:
    """A recording ends with its Telnyx conference."""
    if scene.conference.recording_since is not None:
        scene.change(recording=RecordingState.OFF, recording_since=None)
        look_later(scene, room_id)


def look_later(scene: Scene, room_id: str) -> None:
    for wait in (LOOK_AFTER, LOOK_AGAIN) if room_id else ():
        due = scene.now + wait
        scene.wake(f"recordings:{room_id}:{wait:.0f}", due, i.RecordingsDue(scene.conference.id, due, room_id))


def look(scene: Scene, fact: i.RecordingsDue) -> None:
    scene.do(FindRecordings(scene.conference.id, fact.room_id))


def found(scene: Scene, ids: tuple[str, ...]) -> None:
    """Keep the recordings that we did not know of."""
    conference = scene.conference
    for recording_id in ids:
        if recording_id in scene.conference.recordings:
            continue
        scene.change(recordings=(*scene.conference.recordings, recording_id))
        if conference.recordings_in == "slack" and conference.in_slack:
            scene.do(KeepRecording(conference.id, recording_id))
        else:
            scene.say(Says.RECORDED, detail=recording_id)


def transcript_later(scene: Scene) -> None:
    if scene.conference.transcribed and scene.conference.live_at is not None:
        due = scene.now + LAST_WORDS
        scene.wake(f"transcript:{scene.conference.id}", due, i.TranscriptDue(scene.conference.id, due))


def transcript_due(scene: Scene) -> None:
    scene.do(PostTranscript(scene.conference.id))


def file_failed(scene: Scene, fact: i.FileFailed) -> None:
    scene.say(Says.TROUBLE, detail=f"the {fact.what} could not be put into this thread ({fact.reason})")
    if fact.recording_id:
        scene.say(Says.RECORDED, detail=fact.recording_id)


def unheard(scene: Scene, fact: i.SoundFailed) -> None:
    what = "somebody who came in could not be told that this is recorded" if fact.text == TOLD else NOT_HEARD
    scene.say(Says.TROUBLE, detail=what, code=fact.code)


_DONE = {"start": "started", "stop": "stopped", "pause": "paused", "resume": "resumed"}


def _already(state: RecordingState) -> str:
    match state:
        case RecordingState.OFF:
            return "Nothing is being recorded."
        case RecordingState.ON:
            return "This conference is being recorded already."
        case RecordingState.PAUSED:
            return "The recording is paused; it can be resumed or stopped."
