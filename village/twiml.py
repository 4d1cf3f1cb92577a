"""What our own web process answers to an incoming SMS: TwiML, of which the village obeys <Message>."""

from __future__ import annotations

from xml.etree import ElementTree

MOST = 5  # messages in one answer


def messages(text: str) -> list[str]:
    """Texts to send back to the phone. Anything that is not TwiML asks for nothing."""
    if "<Message" not in text:
        return []
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 answer of our own web process, at most 64 kB
    except ElementTree.ParseError:
        return []
    bodies = [message.findtext("Body") or message.text or "" for message in root.iter("Message")]
    return [body.strip() for body in bodies if body.strip()][:MOST]
