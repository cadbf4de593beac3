"""What Telnyx answers when it refuses: an HTTP status and a numbered error."""

TITLES = {
    "10004": (422, "Missing required parameter"),
    "10005": (404, "Resource not found"),
    "10009": (401, "Authentication failed"),
    "10010": (403, "Authorization failed"),
    "10011": (429, "Too many requests"),
    "10015": (422, "Invalid value"),
    "10016": (422, "Phone number must be in +E.164 format"),
    "10026": (422, "Invalid type"),
    "10032": (422, "Value outside of enumeration"),
    "10033": (422, "Value outside of range"),
    "90015": (422, "Invalid Call Control ID"),
    "90017": (422, "Invalid client_state"),
    "90018": (422, "Call has already ended"),
    "90019": (422, "Conference has already ended"),
    "90020": (422, "Recording cannot be started"),
    "90032": (422, "Maximum number of participants reached"),
    "90033": (422, "Unable to execute command"),
    "90034": (422, "Call has not been answered yet"),
    "90044": (422, "Unable to execute command"),
    "90054": (422, "Transcription already in progress"),
    "90058": (404, "Conference does not exist"),
    "90102": (422, "Unable to execute command"),
    # Not Telnyx's: a field that the real service knows and this stand-in does not act out.
    "99999": (422, "Not simulated by the sandbox"),
}

D_CODES = {
    "D1": "User channel limit exceeded",
    "D2": "Outbound voice profile channel limit exceeded",
    "D3": "Connection channel limit exceeded",
    "D13": "Dialed number is not included in whitelisted countries",
    "D35": "Caller origination number is invalid",
    "D38": "No outbound voice profile is assigned to the connection",
    "D39": "Daily international spend limit reached",
    "D53": "Caller and destination number are the same",
    "D60": "Trial accounts can only call verified numbers",
}


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of this program
    """A request that is not done, with Telnyx's ``code`` (a string of digits) and HTTP ``status``."""

    def __init__(self, code: str, detail: str, *, field: str = "", status: int | None = None) -> None:
        super().__init__(f"{code} {detail}")
        usual, self.title = TITLES[code]
        self.status = status or usual
        self.code = code
        self.detail = detail
        self.field = field

    def body(self) -> dict[str, object]:
        """Telnyx's error envelope; a request may in principle carry several, we answer the first."""
        error: dict[str, object] = {"code": self.code, "title": self.title, "detail": self.detail}
        if self.field:
            error["source"] = {"pointer": f"/{self.field}"}
        return {"errors": [error]}


def carrier_refusal(d_code: str) -> Refusal:
    """Telnyx wraps what its network refuses at dial in 403/10010; only the detail's last word tells which."""
    return Refusal("10010", f"{D_CODES.get(d_code, 'Call refused by the network')} {d_code}")
