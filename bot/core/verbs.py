"""All verbs, in the order in which they are shown: who is rung, what happens in the call, what is kept."""

from typing import Final

from bot.core import calling, controls, managing, verb
from bot.core.managing import help_on_word
from bot.core.replies import VerbHelp
from bot.core.verb import READS, WORDS, Needs, Verb

_ORDER: Final = [module.__name__ for module in (calling, controls, managing)]
# Whichever module was loaded first.
VERBS: Final = dict(sorted(verb.VERBS.items(), key=lambda one: _ORDER.index(one[1].decide.__module__)))


def table() -> list[VerbHelp]:
    """The verb table, in the order of definition."""
    return [one.help for one in VERBS.values()]


__all__ = ["READS", "VERBS", "WORDS", "Needs", "Verb", "calling", "controls", "help_on_word", "managing", "table"]
