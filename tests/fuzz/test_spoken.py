"""What is typed is spoken as it stands: no markup of speech, no hole of a text, no letter that ends a request."""

import pytest
from hypothesis import given

from bot.core.conference import Conference, Participant
from bot.core.spoken import MOST_CHARACTERS, BadTextError, Texts, texts_of
from tests.fuzz.profile import tries
from tests.fuzz.strategies import anything
from tests.stories.harness import Stage, requests

MARKUP = "<speak><break time='10s'/>{topic.__class__}{0}&amp; %s</speak>"


@given(anything.filter(bool))
@tries(100)
def test_a_topic_is_never_read_as_a_text_of_ours(topic: str) -> None:
    texts = Texts()
    who = Participant("c.1", "c", "Bo", "+12125550122", "U2", legs=1, invited_by=topic)
    said = texts.gate_prompt(Conference("c", topic, "Ana", "U1", "C1", 0.0), who)
    assert said == f"Hello. {topic} asks you to join a conference: {topic}. {texts.gate.partition('}. ')[2]}"[:600]
    assert len(said) <= MOST_CHARACTERS


@pytest.mark.parametrize("hole", ["{topic.__class__}", "{topic[0]}", "{topic!r}", "{topic:>9999999}", "{0}", "{}", "{"])
def test_a_text_of_ones_own_holds_names_alone(hole: str) -> None:
    with pytest.raises(BadTextError):
        texts_of({"gate": f"Hello {hole}"})


async def test_markup_is_spoken_as_text(stage: Stage) -> None:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types(f'create "{MARKUP}" @bo', stage.channel)
    await bo.comes_in()
    await stage.quiet()
    await ana.types(f"say {MARKUP}", stage.channel)
    await stage.quiet()
    spoken = requests(stage.house, "/actions/gather_using_speak") + requests(stage.house, "/actions/speak")
    assert len(spoken) >= 2
    for body in spoken:
        assert "<speak><break time='10s'/>{topic.__class__}{0}" in body["payload"]
        assert body.get("payload_type", "text") == "text"
