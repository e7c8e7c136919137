"""What the page's server is sent by who has the token and means ill, or has two tabs: it answers, and that is all."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from threading import Thread

import pytest
from asking import answer_to, served

RING = Path(__file__).parents[1] / "ring.toml"
ORDER = {"scenario": "altynkol_tez", "name": "mine", "replications": 2, "moves": {}, "changes": []}
PROMPT = {"horizon.end": "2024-01-08", "horizon.start": "2024-01-01", "horizon.warmup_days": 3}


class Tab:
    """A page that is open: requests with its cookie."""

    def __init__(self, address, folder):
        self.home, token = address.split("/?token=")
        self.folder = folder
        self.address = address
        self.port = int(self.home.rpartition(":")[2])
        self.cookie = f"corridor_{self.port}={token}"

    def get(self, path):
        return answer_to(self.address, path, cookie=self.cookie)

    def post(self, path, body):
        text = body if isinstance(body, str) else json.dumps(body)
        status, said = answer_to(self.address, path, "POST", text, cookie=self.cookie, origin=self.home)
        return status, json.loads(said) if said.startswith("{") else said

    def refusal(self, path, body):
        """What is said of something that is refused, which is not to be run."""
        status, said = self.post(path, body)
        assert status == 422, (path, body, said)
        return said["problems"][0]["message"]

    def files(self):
        """The scenario files that the server has written."""
        return {path.name for path in self.folder.rglob("*.toml")}

    def drop(self, name, text):
        return self.post("/scenario", {"name": name, "text": text})


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with served(folder, "altynkol_tez") as address:
        yield Tab(address, folder)


def test_whatever_is_sent_is_answered_and_leads_to_no_file(tab):
    before = tab.files()
    for body in ("[]", "null", "{", "", '{"a":' * 5000, "[" * 100_000):
        assert tab.post("/scenario", body)[0] == 400, body[:20]
    for change in ('forecast.ensemble="/etc/passwd"', 'forecast={ensemble="/etc/passwd"}'):
        assert "names a file" in tab.refusal("/file", ORDER | {"changes": [change]})
    assert "can only stand in a file" in tab.refusal("/file", ORDER | {"changes": ["volumes=/etc/passwd"]})
    assert "extends" not in tab.refusal("/file", ORDER | {"changes": ["places.altynkol.kind=<b>"]})
    for name in (
        "../x.toml",
        "/etc/x.toml",
        "a\0b.toml",
        "a\nb.toml",
        ".toml",
        "-n.toml",
        "<img src=x>.toml",
        "x" * 300,
    ):
        assert tab.refusal("/scenario", {"name": name, "text": 'extends = "altynkol_tez"'}), name
    for text, said in (
        ('extends = "./altynkol_tez.toml"', "may only name a shipped scenario"),
        ('extends = "altynkol_tez"\n[forecast]\nensemble = "/etc/passwd"\n', "names a file"),
        ('extends = "altynkol_tez"\nvolumes = "/etc/passwd"\n', "names a file"),
        ("a = " + "[" * 200 + "]" * 200, "nested too deeply"),
        ("\n".join(f"k{number} = 1" for number in range(60_000)), "at most 50,000 are read"),
        ('extends = "altynkol_tez"\n[flows.central_asia]\ntrains_per_year = { 2024 = 1e9 }\n', "can be run"),
    ):
        assert said in tab.refusal("/scenario", {"name": "bad.toml", "text": text}), text[:60]
    for path in ("/kept/%00?against=%00", f"/kept/{'a' * 5000}?against=x", "/kept/..?against=.."):
        status, said = tab.get(path)
        assert status == 422 and "no run of that name is kept" in said, path
    assert tab.get("/report/%2e%2e")[0] == 422
    assert tab.get("/state") == (200, '{"is_busy":false}')
    assert tab.files() == before


def test_what_is_too_long_is_refused_whether_or_not_it_says_so(tab):
    assert tab.post("/scenario", {"name": "long.toml", "text": "#" * 3_000_000})[0] == 413
    with socket.create_connection(("127.0.0.1", tab.port), timeout=60) as line:
        head = (
            f"POST /scenario HTTP/1.1\r\nHost: 127.0.0.1:{tab.port}\r\nCookie: {tab.cookie}\r\nOrigin: {tab.home}\r\n"
        )
        line.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(3):
            line.sendall(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 413")


def test_a_date_beyond_the_calendar_is_refused_at_its_control(tab):
    far = ORDER | {"scenario": "2030_target", "moves": {"later:tez": 100_000}}
    status, said = tab.post("/file", far)
    assert (status, said["problems"][0]["control"]) == (422, "later:tez")


def test_a_run_that_stands_still_is_told_and_nothing_of_it_is_kept(tab):
    before = tab.files()
    assert tab.drop("ring.toml", RING.read_text(encoding="utf-8"))[0] == 200
    assert tab.post("/run", ORDER | {"scenario": "ring"})[0] == 200
    told = tab.get("/events")[1]
    assert '"kind": "failed"' in told and "trains at khorgos wait for receiving track" in told
    assert tab.files() == before | {"ring.toml"}
    assert tab.get("/state")[1] == '{"is_busy":false}'


def test_two_tabs_see_one_run_and_a_stop_by_either_leaves_room_for_the_next(tab):
    long_order = ORDER | {"replications": 500}
    assert tab.post("/run", long_order)[0] == 200
    heard = []
    others = [Thread(target=lambda: heard.append(tab.get("/events")[1])) for _ in range(2)]
    for other in others:
        other.start()
    status, said = tab.post("/run", ORDER | {"name": "second"})
    assert status == 409 and "a run is under way" in said["problems"][0]["message"]
    assert tab.post("/stop", {})[0] == 200
    for other in others:
        other.join(120)
    assert len(heard) == 2 and all("Stopped; nothing was kept." in told for told in heard)
    assert not [*tab.folder.rglob("mine*")]
    short = [f"{key}={value}" for key, value in PROMPT.items()]
    assert tab.post("/run", ORDER | {"changes": short})[0] == 200
    assert '"kind": "kept", "name": "mine"' in tab.get("/events")[1]
    assert "is taken by an earlier run" in tab.refusal("/run", ORDER)
