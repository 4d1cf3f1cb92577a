"""Twilio's words for what becomes of a message or a call, in ours.

Sources: https://www.twilio.com/docs/messaging/api/message-resource, https://www.twilio.com/docs/voice/api/call-resource,
https://www.twilio.com/docs/voice/answering-machine-detection, https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

from service.carriers.base import Cause
from service.carriers.calls import HUMAN, MACHINE, UNKNOWN

STATES = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}

CALL_STATES = {
    "queued": "accepted",
    "initiated": "accepted",
    "ringing": "ringing",
    "in-progress": "answered",
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "failed",
}

# How a call to a third person ended. Here "answered" is the last word: they talked and hung up.
CONNECTION_STATES = {
    "completed": "completed",
    "answered": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "failed",
}

ANSWERED_BY = {
    "human": HUMAN,
    "machine_start": MACHINE,
    "machine_end_beep": MACHINE,
    "machine_end_silence": MACHINE,
    "machine_end_other": MACHINE,
    "fax": MACHINE,
    "unknown": UNKNOWN,
}

SIP = "SIP "  # before a response code of the telephone network, which could be taken for one of HTTP

# Why a message or a call that Twilio took did not arrive.
CAUSES = {
    "30001": Cause.UNREACHABLE,  # too many at once for the network's queue
    "30003": Cause.UNREACHABLE,
    "30004": Cause.FILTERED,  # the phone or its network blocks it
    "30005": Cause.DEAD,  # unknown number
    "30006": Cause.DEAD,  # a landline, or a network that takes no SMS
    "30007": Cause.FILTERED,  # the network takes it for spam
    "30008": Cause.UNSURE,  # "unknown error"
    "30036": Cause.UNREACHABLE,  # the phone was off until ValidityPeriod was over
    # Response codes of RFC 3261, section 21
    SIP + "404": Cause.DEAD,  # not found
    SIP + "408": Cause.UNREACHABLE,  # nobody found in time
    SIP + "410": Cause.DEAD,  # gone
    SIP + "480": Cause.UNREACHABLE,  # off, or out of coverage
    SIP + "500": Cause.UNSURE,
    SIP + "502": Cause.UNSURE,
    SIP + "503": Cause.UNREACHABLE,  # the network is too busy
    SIP + "504": Cause.UNSURE,
    SIP + "604": Cause.DEAD,  # exists nowhere
}
