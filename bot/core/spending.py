"""What a conference has cost so far, and telling its thread when a ceiling comes near and when it is reached."""

from dataclasses import replace

from bot.core.budget import WARN_AT, Budget
from bot.core.conference import Leg, Spent
from bot.core.effects import Says
from bot.core.inputs import Priced
from bot.core.scene import SWEEP_EVERY, Scene
from bot.core.tariff import shown

FULL = 100  # percent
CARD_EVERY = 60.0  # seconds after which the cost on the card is shown anew, if nothing else does so before


def priced(scene: Scene, leg: Leg, fact: Priced) -> None:
    """Telnyx's word for what a call cost stands over our estimate; should it come twice, the higher one."""
    scene.put_leg(replace(leg, settled=max(leg.settled or 0, fact.micros)))
    if fact.currency:
        scene.change(currency=fact.currency)


def watch(scene: Scene) -> None:
    """Tell of a ceiling once when four fifths are spent, and once when all is. The scene must be whole."""
    budget = scene.budget
    if budget is None or scene.conference.ended:
        return
    own, day = budget.limits.cost_conference, budget.limits.cost_day
    if (reached := _reached(scene.spent, own)) > scene.conference.own_told:
        scene.change(visible=False, own_told=reached)
        _tell(scene, budget, "conference", reached, scene.spent, own)
    if (reached := _reached(budget.spent_today, day)) > scene.conference.day_told:
        scene.change(visible=False, day_told=reached)
        _tell(scene, budget, "day", reached, budget.spent_today, day)


def refresh(scene: Scene) -> None:
    """Let the card show what the calls that are up have cost by now, at every other sweep."""
    up = any(leg.alive and leg.answered_at is not None for leg in scene.legs.values())
    if up and scene.now // CARD_EVERY != (scene.now - SWEEP_EVERY) // CARD_EVERY:
        scene.visible = True


def words(spent: Spent | None) -> str:
    """``about 0.31 USD, by estimate``; "" when nobody has answered."""
    if spent is None:
        return ""
    amount = shown(spent.micros, spent.currency)
    if not spent.estimated:
        return f"{amount}, as Telnyx says"
    return f"about {amount}, {'partly ' if spent.settled else ''}by estimate"


def _reached(spent: int, most: int) -> int:
    """Which of the steps that are told is reached, in percent."""
    percent = spent * FULL // most if most else 0
    return FULL if percent >= FULL else WARN_AT if percent >= WARN_AT else 0


def _tell(scene: Scene, budget: Budget, what: str, percent: int, spent: int, most: int) -> None:
    currency = budget.tariff.currency
    scene.say(Says.SPENT, by=shown(most, currency), detail=f"{what} {percent}", code=shown(spent, currency))
