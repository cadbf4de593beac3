"""Private answers: what only the person who asked gets to see."""

from collections.abc import Sequence
from typing import assert_never

from bot.core import replies as r
from bot.core import spending
from bot.core.options import TABLE
from bot.core.replies import VerbHelp
from bot.slack import cards, roster
from bot.slack.buttons import VALUE, button, pack
from bot.slack.words import Block, Message, escape, fitting, moment, section, sections, typed

ROWS = 40  # participants in a private roster
CHOICES = 10  # conferences to choose from
TEXT = 2500  # characters of one answer

COMMAND = "/conf "
NOT_HEARD = "Confab cannot reach its database just now, so nothing was done. Please try again."
FORM_LATE = "Slack took too long to open the form. Press the button again, or type `/conf invite +1 212 555 0199`."


def answer(reply: r.Reply, verbs: Sequence[VerbHelp], call: str = "") -> Message | None:  # noqa: PLR0911  # one arm per reply
    """The words for any reply; None = nothing is to be sent. ``call`` is said instead of /conf where Slack has none."""
    match reply:
        case r.Refused():
            return _lines([typed(reply.wrong, TEXT), *_example(reply.example, call)])
        case r.Told():
            told = [typed(line, TEXT) for line in reply.lines] + [
                f"<{escape(url)}|{typed(name)}>" for name, url in reply.links
            ]
            return _lines(told) if told else None
        case r.Ask():
            return _ask(reply)
        case r.Which():
            return _which(reply)
        case r.HelpOn():
            return _help(reply, verbs)
        case r.Status():
            return _status(reply)
        case r.Nothing() | r.Recordings():  # the desk has made words of the latter
            return None
        case _:
            assert_never(reply)


def broken(reference: str) -> Message:
    return Message(
        f"Something broke on our side, reference {reference}. Nothing more was done; `/conf status` tells how it is."
    )


def _lines(lines: Sequence[str]) -> Message:
    return Message("\n".join(fitting(lines, TEXT)), sections(lines))


def _status(status: r.Status) -> Message:
    summary = cards.summary(status.picture)
    told = roster.lines(status.picture.rows, status.picture.conference.host_id, ROWS)
    cost = spending.words(status.picture.spent)
    return Message(summary, sections([f"*{summary}*", *told, *([f"💰 {cost}"] if cost else [])]))


def _example(example: str, call: str = "") -> list[str]:
    if call and example.startswith(COMMAND):
        return [f"For example: {call} {_code(example.removeprefix(COMMAND))}"]
    return [f"For example: {_code(example)}"] if example else []


def _code(text: str) -> str:
    return "`{}`".format(typed(text, 300).replace("`", "'"))


def _ask(ask: r.Ask) -> Message:
    value = pack(ask.conference_id, ask.rest)
    if len(value) > VALUE:
        return _lines([typed(ask.question, TEXT), "That is too long for a button; please say it in fewer words."])
    style = "danger" if ask.danger else "primary"
    yes = button(typed(ask.button, 75), f"conf:{ask.verb}", value, style=style)
    question = typed(ask.question, TEXT)
    return Message(question, [*sections([question]), {"type": "actions", "elements": [yes]}])


def _which(which: r.Which) -> Message:
    question = "Several conferences are live here. Which one do you mean?"
    shown = which.choices[:CHOICES]
    if any(len(pack(choice.conference_id, which.rest)) > VALUE for choice in shown):
        return _lines([question, "Please say it again in the thread of the one you mean."])
    hidden = len(which.choices) - len(shown)
    more = [f"… and {hidden} more; for those, say it in their thread."] if hidden else []
    rows = [_choice(which, number, choice) for number, choice in enumerate(shown)]
    topics = ", ".join(typed(choice.topic) or "Conference" for choice in shown)
    return Message(f"{question} {topics}.", [*sections([question]), *rows, *sections(more)])


def _choice(which: r.Which, number: int, choice: r.Choice) -> Block:
    told = f"*{typed(choice.topic, 150) or 'Conference'}*, started {moment(choice.created_at, cards.STARTED)}"
    value = pack(choice.conference_id, which.rest)
    return {**section(told), "accessory": button("This one", f"conf:{which.verb}:{number}", value)}


def _help(on: r.HelpOn, verbs: Sequence[VerbHelp]) -> Message:
    one = next((verb for verb in verbs if verb.name == on.verb), None)
    if one is not None:
        return _lines(_verb_help(one))
    if on.short:
        usual = [f"{_code(verb.example)}: {typed(verb.does, 200)}" for verb in verbs[:3]]
        return _lines(["These three do most of the work:", *usual, "`/conf help` shows them all."])
    told = [f"{_code(f'/conf {verb.usage}')}: {typed(verb.does, 200)}" for verb in verbs]
    return _lines(
        [
            "Confab rings people's phones and puts them into one conference.",
            *told,
            "In a conference's thread, mention me with the same words.",
        ]
    )


def _verb_help(verb: VerbHelp) -> list[str]:
    words = [f"Other words for it: {', '.join(map(_code, verb.synonyms))}"] if verb.synonyms else []
    options = [f"{_code(option)}: {typed(does, 200)}" for option, does in TABLE if "[options]" in verb.usage]
    may = [f"Who may: {typed(verb.may, 500)}."] if verb.may else []
    return [f"{_code(f'/conf {verb.usage}')}: {typed(verb.does, 300)}", *options, *words, *may, *_example(verb.example)]
