"""The model reader against an endpoint on this machine that gives recorded answers. Nothing is sent anywhere else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiact_rules_example import plugin
from aiact_rules_example.model_reader import VARIABLE, Endpoint, ModelReader

from aiact_rules import Decision, Gate, PluginError, Question, Verdict
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.plugins.host import PluginHost, PluginInfo
from aiact_rules.requests.recorded import Record

RECORDED = json.loads((Path(__file__).parent / "model_answers.json").read_text(encoding="utf-8"))
GLOW, DIM, ODD = ("\n".join(each["document"]) + "\n" for each in RECORDED)
QUESTION = Question("xx.talks", "Lantern Act", "Art. 1", "Does the lantern talk?")


class Recording(HTTPServer):
    """An endpoint that answers as recorded, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/chat/completions"


class _Answering(BaseHTTPRequestHandler):
    server: Recording

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        self.server.keys.append(self.headers["Authorization"])
        said = asked["messages"][-1]["content"]
        answers = [each["answer"] for each in RECORDED if all(line in said for line in each["document"])]
        if self.path.endswith("/moved"):
            self.send_response(307)
            self.send_header("Location", self.server.url)
            self.end_headers()
            return
        body = json.dumps({"choices": [{"message": {"role": "assistant", "content": answers[0]}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""


@pytest.fixture
def endpoint() -> Iterator[Recording]:
    server = Recording()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def made(**said: object) -> None:
        file = tmp_path / "reader.json"
        file.write_text(json.dumps(said), encoding="utf-8")
        monkeypatch.setenv(VARIABLE, str(file))

    return made


def gate() -> Gate:
    host = PluginHost()
    host.register(plugin, PluginInfo("example", "aiact-rules-example", "0.1.0"))
    return Gate(packs=["example_lantern_act"], catalogue=Catalogue(host))


def decide(folder: Path, card: str, settings: str = "", by: Gate | None = None) -> Decision:
    (folder / ".git").mkdir(exist_ok=True)
    (folder / "aiact.toml").write_text(settings, encoding="utf-8")
    (folder / "aiact.yaml").write_text(
        "format: 1\nroles: [provider]\nmarkets: [XX]\n"
        "facts: {lantern: {talks: false, listens_when_off: false, has_listening_light: true, manual: all, brightness: 400}}\n",
        encoding="utf-8",
    )
    (folder / "README.md").write_text(card, encoding="utf-8")
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return (by or gate()).check(folder, release_date=date(2026, 12, 24), at=at)


def test_what_the_model_sees_is_noted_with_its_words_and_line(
    endpoint: Recording, configure: Callable[..., None], tmp_path: Path
) -> None:
    configure(url=endpoint.url, model="small-model-2")
    decision = decide(tmp_path, GLOW)
    (signal,) = decision.signals
    assert (signal.cue, signal.words, signal.place.line) == ("xx.talks", "tells bedtime stories aloud", 2)
    assert signal.reader == "example_model 1"
    assert decision.verdict is Verdict.ALLOW


def test_an_organisation_may_let_it_hold(endpoint: Recording, configure: Callable[..., None], tmp_path: Path) -> None:
    configure(url=endpoint.url, model="small-model-2")
    decision = decide(tmp_path, GLOW, 'readers = { example_model = "hold" }\n')
    assert decision.verdict is Verdict.HOLD
    assert [f.id for f in decision.findings if f.status.gates] == ["signal.xx.talks"]
    asked = len(endpoint.asked)
    assert gate().check(Record(decision.as_record())).decision_id == decision.decision_id
    assert len(endpoint.asked) == asked == 1, "a record is decided again by what was suggested then"


def test_nothing_seen_is_nothing_said(endpoint: Recording, configure: Callable[..., None], tmp_path: Path) -> None:
    configure(url=endpoint.url, model="small-model-2")
    decision = decide(tmp_path, DIM, 'readers = { example_model = "hold" }\n')
    assert decision.signals == ()
    assert decision.verdict is Verdict.ALLOW


def test_the_model_is_asked_once_with_the_questions_and_numbered_lines(
    endpoint: Recording, configure: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "key.txt").write_text("secret\n", encoding="utf-8")
    configure(url=endpoint.url, model="small-model-2", key_file="key.txt")
    by = gate()
    first = decide(tmp_path, GLOW, by=by)
    assert decide(tmp_path, GLOW, by=by).decision_id == first.decision_id
    (asked,) = endpoint.asked
    assert asked["model"] == "small-model-2"
    assert asked["temperature"] == 0
    assert "xx.talks (" in asked["messages"][1]["content"]
    assert "\n2: It tells bedtime stories aloud" in asked["messages"][1]["content"]
    assert endpoint.keys == ["Bearer secret"]
    assert "secret" not in json.dumps(first.as_record())


@pytest.mark.parametrize("how", ["nonsense", "gone", "moved"])
def test_a_model_that_does_not_answer_holds_the_release_under_its_name(
    endpoint: Recording, configure: Callable[..., None], tmp_path: Path, how: str
) -> None:
    url = {"gone": "http://127.0.0.1:9/", "moved": f"{endpoint.url}/moved"}.get(how, endpoint.url)
    configure(url=url, model="small-model-2")
    decision = decide(tmp_path, ODD if how == "nonsense" else GLOW)
    assert decision.verdict is Verdict.HOLD
    assert [f.id for f in decision.findings if f.status.gates] == ["signal.reader_failed.example_model"]
    assert len(endpoint.asked) == {"gone": 0}.get(how, 1)


def test_without_a_configuration_no_reader_is_offered_and_nothing_sent(
    endpoint: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert decide(tmp_path, GLOW).readers == ()
    assert endpoint.asked == []


@pytest.mark.parametrize(
    "said",
    [{"url": "file:///etc/hosts", "model": "m"}, {"url": "http://x"}, {"url": "http://x", "model": "m", "tokens": 3}],
)
def test_a_configuration_that_cannot_be_used_stops_the_gate(
    configure: Callable[..., None], tmp_path: Path, said: dict[str, object]
) -> None:
    configure(**said)
    with pytest.raises(PluginError, match=r"aiact-rules-example 0\.1\.0: failed in `aiact_rules_offer_readers`"):
        decide(tmp_path, GLOW)


def test_the_description_of_a_label_is_read_in_its_line(
    endpoint: Recording, configure: Callable[..., None], tmp_path: Path
) -> None:
    configure(url=endpoint.url, model="small-model-2")
    label = tmp_path / "dim.lantern"
    label.write_text("market: XX\ntalks: no\ndescription: Dim 1. It shines. # Dim 1\n", encoding="utf-8")
    gate().check(label, roles=["provider"])
    (asked,) = endpoint.asked
    assert "\n1: Dim 1. It shines." in asked["messages"][1]["content"]


def test_the_digest_names_model_address_and_prompt() -> None:
    first = ModelReader(Endpoint("http://x", "one"))
    assert first.digest == ModelReader(Endpoint("http://x", "one", key="k")).digest
    others = {ModelReader(Endpoint(url, model)).digest for url, model in (("http://x", "two"), ("http://y", "one"))}
    assert len({first.digest, *others}) == 3


def test_the_answer_is_a_list_of_suggestions(endpoint: Recording) -> None:
    (found,) = ModelReader(Endpoint(endpoint.url, "m")).read(GLOW, (QUESTION,))
    assert (found.cue, found.line) == ("xx.talks", 2)
