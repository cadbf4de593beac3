"""Why Telnyx or its carriers did not let a call out, in words. D-codes are Telnyx's own; most are settings."""

from typing import Final

_WORDS: Final = {
    "D1": "the Telnyx account may not ring more phones at once",
    "D2": "the outbound voice profile may not ring more phones at once",
    "D3": "the Telnyx application may not ring more phones at once",
    "D7": "the Telnyx application has no outbound voice profile",
    "D11": "the number is not one that can be rung",
    "D13": "the country is not enabled in the outbound voice profile",
    "D14": "the number is not one that can be rung",
    "D15": "the outbound voice profile is switched off",
    "D16": "the Telnyx application is switched off",
    "D17": "the Telnyx account is blocked",
    "D24": "the call would cost more than the outbound voice profile allows",
    "D35": "the caller number is not a valid one",
    "D36": "the caller number belongs to another Telnyx account",
    "D37": "emergency numbers are not rung",
    "D38": "the Telnyx application has no outbound voice profile",
    "D39": "the account has spent its daily limit for international calls",
    "D41": "Telnyx blocks this range of numbers because of fraud",
    "D51": "the caller number is not verified at Telnyx",
    "D53": "the number is the one that Confab calls from",
    "D58": "Telnyx restricts calls to this destination",
    "D60": "a Telnyx trial account may only ring verified numbers",
    "TM1": "Telnyx has no rate for this destination",
}


def words(code: str) -> str:
    """What a D-code says, as the end of a sentence; "" for a code that is not known."""
    return "Telnyx has no route to this destination" if code.startswith("PE") else _WORDS.get(code, "")
