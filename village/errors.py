"""Twilio's errors: code, HTTP status and words. A request is refused by raising one of them."""

from __future__ import annotations

WORDS: dict[int, tuple[int, str]] = {
    20003: (401, "Authenticate"),
    20009: (400, "Cannot delete or redact message {sid} because it is not in a final state"),
    20004: (405, "Method not allowed"),
    20404: (404, "The requested resource {path} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21200: (400, "Calls resource: {name} {value} is not supported"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "{name} is not a valid URL: {url}"),
    21210: (
        400,
        "The source phone number provided, {sender}, is not yet verified for your account. You may only make calls "
        "from phone numbers that you've verified or purchased from Twilio.",
    ),
    21211: (400, "The 'To' number {to} is not a valid phone number."),
    21213: (400, "No 'From' number is specified"),
    21215: (
        400,
        "Account not authorized to call {to}. Perhaps you need to enable some international permissions",
    ),
    21217: (400, "Phone number {to} does not appear to be valid."),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21408: (
        400,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}",
    ),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (
        400,
        "The 'From' phone number provided ({sender}) is not a valid message-capable number of this account",
    ),
    21609: (400, "The 'StatusCallback' URL {url} is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number: {to} is not a mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21626: (400, "Invalid status callback events: {events}"),
    30400: (400, "Parameters are not valid"),
    30409: (400, "This message cannot be canceled"),
    90007: (400, "Invalid validity period value: {value} (a whole number of seconds, 1 to 36000)"),
}

DELIVERY_WORDS: dict[int, str] = {
    30001: "Queue overflow",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30036: "Validity Period Expired",
}

# What goes wrong while a call follows its TwiML. Source: https://www.twilio.com/docs/api/errors
TWIML_WORDS: dict[int, str] = {
    11100: "Invalid URL format",
    11200: "HTTP retrieval failure",
    11205: "HTTP connection failure",
    11215: "HTTP too many redirects",
    11750: "TwiML response body too large",
    12100: "Document parse failure",
    12200: "Schema validation warning",
    12300: "Invalid Content-Type",
    13223: "Dial: Invalid phone number format",
    13325: "Gather->Play: Invalid Content-Type",
    13420: "Play: Invalid Content-Type",
    13520: "Say: Invalid text",
}


class TwimlError(Exception):
    """A document that cannot be had or followed. ``detail`` says what exactly, for the person who wrote it."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        self.message = TWIML_WORDS[code] + (f": {detail}" if detail else "")
        super().__init__(self.message)


class TwilioError(Exception):
    """One refused request, as Twilio words it."""

    def __init__(self, code: int, **values: object) -> None:
        self.code = code
        self.status, words = WORDS[code]
        self.message = words.format(**values)
        super().__init__(self.message)

    def body(self) -> dict[str, object]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
