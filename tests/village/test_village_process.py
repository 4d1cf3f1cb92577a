"""Start and end of the process."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from village.settings import SetupProblem, read

ROOT = Path(__file__).resolve().parents[2]

WRONG = [
    # arguments, environment, words of the problem
    ([], {"VILLAGE_ACCOUNT_SID": None}, "VILLAGE_ACCOUNT_SID is missing"),
    ([], {"VILLAGE_AUTH_TOKEN": None}, "VILLAGE_AUTH_TOKEN is missing"),
    ([], {"VILLAGE_AUTH_TOKEN": " "}, "VILLAGE_AUTH_TOKEN is missing"),
    ([], {"VILLAGE_SMS_FROM": None}, "VILLAGE_SMS_FROM is missing"),
    ([], {"VILLAGE_SMS_URL": None}, "VILLAGE_SMS_URL is missing"),
    ([], {"VILLAGE_ACCOUNT_SID": "AC1"}, "VILLAGE_ACCOUNT_SID must be"),
    ([], {"VILLAGE_SMS_FROM": "0912"}, "VILLAGE_SMS_FROM must be"),
    ([], {"VILLAGE_SMS_FROM": "TwelveLetter"}, "VILLAGE_SMS_FROM must be"),
    ([], {"VILLAGE_SMS_URL": "127.0.0.1:8000"}, "VILLAGE_SMS_URL must be"),
    ([], {"VILLAGE_SMS_URL": "http://127.0.0.1:99999/"}, "VILLAGE_SMS_URL must be"),
    ([], {"VILLAGE_VOICE_FROM": "Loa Ban"}, "VILLAGE_VOICE_FROM must be"),
    ([], {"VILLAGE_VOICE_URL": "127.0.0.1:8000"}, "VILLAGE_VOICE_URL must be"),
    ([], {"VILLAGE_VOICE_STATUS_URL": "nowhere"}, "VILLAGE_VOICE_STATUS_URL must be"),
    (["--port", "70000"], {}, "--port must be"),
    (["--faults", "/nowhere.json"], {}, "/nowhere.json cannot be read"),
]


@pytest.mark.parametrize(("arguments", "changes", "words"), WRONG)
def test_a_wrong_setting_is_refused_in_one_sentence(village_environment, arguments, changes, words):
    with pytest.raises(SetupProblem, match=re.escape(words)) as refused:
        read(arguments, village_environment("http://127.0.0.1:9/", **changes))
    assert "\n" not in str(refused.value)


def test_a_village_of_sms_alone_calls_by_the_same_number(village_environment):
    settings = read([], village_environment("http://127.0.0.1:9/"))
    assert (settings.voice_from, settings.can_be_called) == (settings.sms_from, False)
    named = read([], village_environment("http://127.0.0.1:9/", VILLAGE_SMS_FROM="LoaBan"))
    assert named.voice_from == ""


STARTS = [
    ([], {"VILLAGE_AUTH_TOKEN": None}, "VILLAGE_AUTH_TOKEN is missing"),
    (["--port", "many"], {}, "--port"),
    (["--host", "203.0.113.1"], {}, "cannot listen"),
]


def start_wrong(village_environment, arguments, changes):
    return subprocess.run(
        [sys.executable, "-m", "village", *arguments],
        cwd=ROOT,
        env=village_environment("http://127.0.0.1:9/", **changes),
        capture_output=True,
        text=True,
        timeout=20,
    )


@pytest.mark.parametrize(("arguments", "changes", "words"), STARTS)
def test_a_wrong_start_ends_with_exit_status_2(village_environment, arguments, changes, words):
    ended = start_wrong(village_environment, arguments, changes)
    assert ended.returncode == 2
    assert words in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize("text", ["{", '{"429": 2}', "[]"])
def test_a_wrong_faults_file_is_refused_in_one_sentence(village_environment, tmp_path, text):
    path = tmp_path / "faults.json"
    path.write_text(text)
    with pytest.raises(SetupProblem, match=r"faults\.json is wrong"):
        read(["--faults", str(path)], village_environment("http://127.0.0.1:9/"))


def test_a_port_in_use_is_told(village, village_environment):
    port = village.url.rsplit(":", 1)[1]
    ended = start_wrong(village_environment, ["--port", port], {})
    assert ended.returncode == 2
    assert "cannot listen" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_a_second_even_with_work_and_hanging_clients(new_village, number):
    with new_village("http://127.0.0.1:9/") as village:
        village.behave(shares={"answers_1": 1}, deliver_seconds=0.01, answer_seconds=0.01)
        village.send("+84912000001", status_callback="http://127.0.0.1:9/#rc=5&rp=all")
        village.say(
            "+84912000003", "<Pause length='600'/>", status_callback="http://127.0.0.1:9/#rc=5&rp=all"
        )
        village.faults(accept_then_hang=1)

        def hang():
            with pytest.raises(requests.exceptions.RequestException):
                village.send("+84912000002")

        client = threading.Thread(target=hang)
        client.start()
        village.until(lambda: village.state()["accepted"] == 3)
        started = time.monotonic()
        village.process.send_signal(number)
        assert village.process.wait(timeout=5) == 0
        assert time.monotonic() - started < 1
        client.join(timeout=5)
        assert "Traceback" not in village.process.stderr.read()


def test_logs_have_no_numbers_and_no_texts(new_village):
    with new_village("http://127.0.0.1:9/") as village:
        village.behave(shares={"answers_1": 1}, deliver_seconds=0.01, answer_seconds=0.01)
        village.send("+84912000001", "bi mat", status_callback="http://127.0.0.1:9/")
        village.behave(call_speed=500, call_shares={"presses_1": 1})
        village.say(
            "+84912000002", "<Gather><Say>bi mat</Say></Gather><Sing/>", status_callback="http://127.0.0.1:9/"
        )
        village.until(lambda: village.state()["callbacks"]["failed"] == 4)
        village.until(lambda: village.state()["answers"] == 1)
        village.process.terminate()
        said = village.process.stderr.read()
    assert "callback.failed" in said
    assert "91200000" not in said
    assert "bi mat" not in said
