"""All verbs, in the order in which they are shown: who is rung, what happens in the call, what is kept."""

from typing import Final

from bot.core import calling, controls, managing
from bot.core.managing import help_on_word
from bot.core.replies import VerbHelp
from bot.core.verb import READS, VERBS, WORDS, Needs, Verb

_ORDER: Final = [module.__name__ for module in (calling, controls, managing)]


def table() -> list[VerbHelp]:
    """The verb table, in the order of definition, whichever module was loaded first."""
    return [one.help for one in sorted(VERBS.values(), key=lambda one: _ORDER.index(one.decide.__module__))]


__all__ = ["READS", "VERBS", "WORDS", "Needs", "Verb", "calling", "controls", "help_on_word", "managing", "table"]
