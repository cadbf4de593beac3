"""All verbs, in the order in which they are shown: who is rung, what happens in the call, what is kept."""

from bot.core import calling, controls, managing
from bot.core.managing import help_on_word
from bot.core.verb import READS, VERBS, WORDS, Needs, Verb, table

__all__ = ["READS", "VERBS", "WORDS", "Needs", "Verb", "calling", "controls", "help_on_word", "managing", "table"]
