"""What a call costs at the stand-in: made-up prices per started minute, told as Telnyx tells them."""

from decimal import Decimal

from web.sandbox.telnyx.calls import Call

PARTS = {"sip-trunking": "0.0050", "call-control": "0.0020"}
ABROAD = {"sip-trunking": "0.0300"}  # beyond +1


def bill(call: Call) -> dict[str, object]:
    """What ``call.cost`` says of a call that was answered and has ended."""
    assert call.answered_at is not None
    assert call.ended_at is not None
    seconds = 60 * max(1, -int(-(call.ended_at - call.answered_at) // 60))
    rates = PARTS | ({} if call.number.startswith("+1") else ABROAD)
    costs = {part: Decimal(rate) * seconds / 60 for part, rate in rates.items()}
    parts = [
        {
            "call_part": part,
            "billed_duration_secs": seconds,
            "rate": rates[part],
            "cost": f"{cost:.4f}",
            "currency": "USD",
        }
        for part, cost in costs.items()
    ]
    total = f"{sum(costs.values()):.4f}"
    return {"status": "success", "total_cost": total, "billed_duration_secs": seconds, "cost_parts": parts}
