"""Scripts as TwiML: only what Twilio documents, and whatever a name or a text holds is read out and never obeyed."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from xml.etree.ElementTree import ParseError

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from service import settings
from service.carriers.speech import (
    Ask,
    BadScript,
    Connect,
    GoTo,
    HangUp,
    Pause,
    Play,
    Record,
    Reject,
    Say,
    Script,
    Step,
)
from service.carriers.twilio import TwilioCarrier
from service.carriers.twilio_voice import Renderer, pieces
from tests.carriers import twiml_rules

PUBLIC = "https://loa.example.vn"
VOICE = "Google.vi-VN-Wavenet-A"
RETRY = "#rc=5&rp=all&ct=3000&rt=5000"
RECORDING = "https://loa.example.vn/audio/Zq3.wav?until=1"
OFFICE, CALLER = "+84219000000", "+84219000001"

NOTICE: Script = (
    Say("Đây là cuộc gọi tự động của Phòng Lao động."),
    Ask(
        (Play(RECORDING), Pause(1), Say("Muốn đi, bấm phím một.")), "key/abc.def?step=first", "1290", wait_s=8
    ),
    Say("Cảm ơn anh. Chào anh."),
    HangUp(),
)


def render(script: Script) -> str:
    rendered = Renderer(VOICE, PUBLIC, CALLER).render(script)
    assert rendered.content_type == "text/xml; charset=utf-8"
    return rendered.body


def ask(keys: str = "1", path: str = "key/t", wait_s: int = 5, digits: int = 1) -> Script:
    return (Ask((Say("Bấm phím."),), path, keys, wait_s, digits), HangUp())


SCRIPTS: dict[str, Script] = {
    "a notice": NOTICE,
    "a code by keys": ask("0123456789*#", digits=6),
    "to an officer": (Say("Xin chờ máy."), Connect(OFFICE, "connection/t")),
    "a recording": (Say("Xin đọc sau tiếng bíp."), Record("recording/t", "recorded/t", 180), GoTo("voice/t")),
    "elsewhere": (GoTo("voice/t?round=2"),),
    "a missed call": (Reject(),),
    "a missed call, busy": (Reject(busy=True),),
    "a goodbye": (Say("Chào anh."), Pause(2), HangUp()),
    "nothing to say": (Say(" \0 "), HangUp()),
    "nothing to say to a question": (Ask((Say(""),), "key/t", "1"), HangUp()),
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_every_script_is_a_document_that_twilio_documents(script: Script) -> None:
    twiml_rules.read(render(script))


def test_a_notice_word_for_word() -> None:
    assert render(NOTICE) == (
        '<?xml version="1.0" encoding="UTF-8"?><Response>'
        f'<Say language="vi-VN" voice="{VOICE}">Đây là cuộc gọi tự động của Phòng Lao động.</Say>'
        f'<Gather action="{PUBLIC}/hooks/twilio/key/abc.def?step=first{RETRY.replace("&", "&amp;")}" '
        'actionOnEmptyResult="true" finishOnKey="" input="dtmf" method="POST" numDigits="1" timeout="8">'
        f'<Play>{RECORDING}</Play><Pause length="1" />'
        f'<Say language="vi-VN" voice="{VOICE}">Muốn đi, bấm phím một.</Say></Gather>'
        f'<Say language="vi-VN" voice="{VOICE}">Cảm ơn anh. Chào anh.</Say><Hangup /></Response>'
    )


def test_several_keys_end_with_the_hash() -> None:
    (gather,) = twiml_rules.read(render(ask("0123456789", digits=6))).iter("Gather")
    assert (gather.get("numDigits"), gather.get("finishOnKey")) == ("6", "#")


def test_an_officer_is_called_with_our_number_and_our_limits() -> None:
    (dial,) = twiml_rules.read(render((Connect(OFFICE, "connection/t", 25, 600),))).iter("Dial")
    assert (dial.text, dial.attrib) == (
        OFFICE,
        {
            "action": f"{PUBLIC}/hooks/twilio/connection/t{RETRY}",
            "method": "POST",
            "timeout": "25",
            "timeLimit": "600",
            "callerId": CALLER,
        },
    )


def test_the_voice_is_the_one_that_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_DATA", str(tmp_path))
    monkeypatch.setenv("TWILIO_VOICE_NAME", "Google.vi-VN-Standard-B")
    body = TwilioCarrier(settings.load()).render((Say("Chào"), HangUp())).body
    assert [say.get("voice") for say in twiml_rules.read(body).iter("Say")] == ["Google.vi-VN-Standard-B"]


# ---- what no phone could follow

BAD: dict[str, tuple[Script, str]] = {
    "nothing": ((), "needs a step"),
    "a question in the air": (NOTICE[:2], "no question is left in the air"),
    "words in the air": (NOTICE[:1], "ends with HangUp"),
    "after the end": ((HangUp(), Say("Chào"), HangUp()), "never reached"),
    "after a redirect": ((GoTo("voice/t"), HangUp()), "never reached"),
    "rejected after speaking": ((Say("Chào"), Reject()), "can no longer be rejected"),
    "a language without a voice": ((Say("Nyob zoo", "hmn"), HangUp()), "No voice speaks hmn"),
    "a recording on no network": ((Play("file:///etc/passwd"), HangUp()), "no address of a recording"),
    "a pause of nothing": ((Pause(0), HangUp()), "no pause"),
    "no keys": (ask(keys=""), "no keys"),
    "letters for keys": (ask(keys="12a"), "no keys"),
    "keys of another script": (ask(keys="٣"), "no keys"),
    "no time": (ask(wait_s=0), "no time to wait"),
    "too many keys": (ask(digits=21), "no number of keys"),
    "a path elsewhere": (ask(path="https://evil.example/key/t"), "no way to go on"),
    "a path upwards": (ask(path="key/../../login"), "no way to go on"),
    "a path of another kind": (ask(path="sms/t"), "no way to go on"),
    "a redirect elsewhere": ((GoTo("//evil.example"),), "no way to go on"),
    "a question in a question": (
        (Ask((Record("recording/t", "recorded/t"),), "key/t", "1"), HangUp()),  # type: ignore[arg-type]
        "not to be said while waiting",
    ),
    "a bad step in a question": ((Ask((Pause(-1),), "key/t", "1"), HangUp()), "no pause"),
    "words for a number": ((Connect("cán bộ", "connection/t"),), "no telephone number"),
    "a national number": ((Connect("0912000345", "connection/t"),), "no telephone number"),
    "rings for ever": ((Connect(OFFICE, "connection/t", 601),), "no time to let it ring"),
    "talks for ever": ((Connect(OFFICE, "connection/t", 20, 10**6),), "no length of a call"),
    "connects to nowhere": ((Connect(OFFICE, ""),), "no way to go on"),
    "records nothing": ((Record("recording/t", "recorded/t", 0), HangUp()), "no length of a recording"),
    "records to nowhere": ((Record("t", "recorded/t"), HangUp()), "no way to go on"),
    "tells nobody of it": ((Record("recording/t", "t"), HangUp()), "no way to go on"),
    "waits for no silence": (
        (Record("recording/t", "recorded/t", 60, 0), HangUp()),
        "no silence to wait for",
    ),
}


@pytest.mark.parametrize(("script", "sentence"), BAD.values(), ids=BAD)
def test_a_script_that_no_phone_could_follow_is_refused_in_a_sentence(script: Script, sentence: str) -> None:
    with pytest.raises(BadScript, match=re.escape(sentence)):
        render(script)


# ---- whatever is said

POISON = [
    "</Say><Dial>+1900555000</Dial><Say>",
    "</Say></Gather><Redirect>https://evil.example</Redirect>",
    '" voice="man"><Hangup/>',
    "<![CDATA[<Dial>+1900</Dial>]]>",
    "]]>",
    "<!-- Páo -->",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "&lt;Dial&gt; & &amp; &#x41;",
    "<?xml version='1.0'?>",
    "{viec} %s {0.__class__}",
    "a\0b\x01\x0b\x1b\x7f\ufffe\uffff",
    "\ud800 một nửa",
    "anh 😀 Páo",
    "\u202eoáP",
]


def steps_with(text: str) -> Script:
    return (Say(text), Ask((Say(text),), "key/t", "1"), Say(text), HangUp())


def as_heard(text: str) -> str:
    """The letters and signs of a text, without blanks and without what XML 1.0 cannot hold (section 2.2)."""
    kept = (char for char in unicodedata.normalize("NFC", text) if _in_xml(ord(char)))
    return "".join("".join(kept).split())


def _in_xml(code: int) -> bool:
    return code in (9, 10, 13) or any(
        low <= code <= high for low, high in ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
    )


def says_just_that(text: str) -> None:
    root = twiml_rules.read(render(steps_with(text)))
    assert [child.tag for child in root if child.tag != "Say"] == ["Gather", "Hangup"]
    heard = "".join(twiml_rules.said(root))
    assert "".join(heard.split()) == as_heard(text) * 3


@pytest.mark.parametrize("text", POISON)
def test_marks_in_a_name_are_read_out_and_not_obeyed(text: str) -> None:
    says_just_that(text)


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=300))
def test_whatever_a_text_holds_it_is_read_out_and_nothing_else_happens(text: str) -> None:
    says_just_that(text)


@hypothesis_settings(max_examples=25, deadline=None)
@given(
    st.lists(st.text("aăâđê ộử.!?\n<>&\u0302😀", min_size=1, max_size=400), min_size=1, max_size=30).map(
        lambda parts: " ".join(parts) * 4
    )
)
def test_long_texts_are_read_out_whole(text: str) -> None:
    says_just_that(text)


WORD = "bản"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        pytest.param("Một câu ngắn.", ["Một câu ngắn."], id="short"),
        pytest.param("", [], id="empty"),
        pytest.param(" \n\t\0", [], id="blank"),
        pytest.param("a" * 3000, ["a" * 3000], id="just fits"),
        pytest.param("a" * 3001, ["a" * 3000, "a"], id="one word that does not fit"),
        pytest.param("a" * 2999 + " b", ["a" * 2999, "b"], id="at a word's end"),
        pytest.param("a" * 3000 + " b", ["a" * 3000, "b"], id="the blank falls just outside"),
        pytest.param(
            "Một. " + "a " * 1200, ["Một.", ("a " * 1125).strip(), ("a " * 75).strip()], id="sentence"
        ),
        pytest.param("ộ" * 501, ["ộ" * 500, "ộ"], id="4,500 once encoded for an address"),
    ],
)
def test_where_a_long_text_is_cut(text: str, ends: list[str]) -> None:
    assert list(pieces(text)) == ends


def test_no_word_of_a_long_notice_is_cut() -> None:
    text = " ".join(f"{WORD} số {index}" + "." * (index % 9 == 0) for index in range(3000))
    cut = list(pieces(text))
    assert len(cut) > 5
    assert " ".join(cut) == text
    assert all(piece.endswith(".") for piece in cut[:-1])


# ---- that the rules can say no

WRONG_DOCUMENTS = [
    "<Response><Say>Chào</Say></Response><Dial/>",
    "<Responses/>",
    "<Response><Sms>Chào</Sms><Hangup/></Response>",
    '<Response><Say voices="man">Chào</Say><Hangup/></Response>',
    "<Response><Say language='vietnamese'>Chào</Say><Hangup/></Response>",
    "<Response><Say/><Hangup/></Response>",
    f"<Response><Say>{'a' * 3001}</Say><Hangup/></Response>",
    "<Response><Say><Dial>+84219000000</Dial></Say><Hangup/></Response>",
    "<Response>Chào<Hangup/></Response>",
    "<Response><Hangup/>Chào</Response>",
    "<Response><Hangup/><Say>Chào</Say></Response>",
    "<Response><Say>Chào</Say><Reject/></Response>",
    "<Response><Gather action='https://x.vn/k' timeout='5'><Say>Bấm</Say></Gather></Response>",
    "<Response><Gather timeout='5'/><Hangup/></Response>",
    "<Response><Gather action='https://x.vn/k' timeout='0'/><Hangup/></Response>",
    "<Response><Gather action='https://x.vn/k' timeout='5'><Hangup/></Gather><Hangup/></Response>",
    "<Response><Dial callerId='+84219000000'>1900</Dial></Response>",
    "<Response><Dial>+84219000000</Dial></Response>",
    "<Response><Redirect>/elsewhere</Redirect></Response>",
    "<Response><Reject reason='tired'/></Response>",
]


@pytest.mark.parametrize("document", WRONG_DOCUMENTS)
def test_the_rules_refuse_what_twilio_does_not_document(document: str) -> None:
    with pytest.raises((AssertionError, ParseError)):
        twiml_rules.read(document)


def test_every_step_is_rendered() -> None:
    used = {type(step) for script in SCRIPTS.values() for step in script}
    inner = {
        type(part)
        for script in SCRIPTS.values()
        for step in script
        if isinstance(step, Ask)
        for part in step.steps
    }
    assert used | inner == set(Step.__args__)
