"""The durable engine: what it does when its library is missing, misbehaves or is asked from several threads."""

from __future__ import annotations

import sys
import threading

import pytest

from aiact_rules.core.outcomes import Outcome
from aiact_rules.engines.durable import DurableEngine, DurableFault, _Network, _refuse_equal_hashes
from aiact_rules.plugins.interfaces import EngineUnavailable
from tests.engines.conftest import Law
from tests.engines.packs import random_pack
from tests.records import random_records


def prepared(law: Law) -> _Network:
    pytest.importorskip("durable_rules_engine")
    import durable_rules_engine

    return _Network(law.lowered, durable_rules_engine)


def test_without_its_library_the_engine_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    law = Law.of(random_pack(1))
    with pytest.raises(EngineUnavailable, match="pip install"):
        DurableEngine().prepare(law.pack_at, law.lowered)


def test_on_a_new_python_it_names_the_build_line_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    monkeypatch.setattr(sys, "version_info", (3, 13, 0))
    law = Law.of(random_pack(1))
    with pytest.raises(EngineUnavailable, match="CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject"):
        DurableEngine().prepare(law.pack_at, law.lowered)


class Broken:
    """The library, answering with a code it should never give."""

    def __init__(self, library: object) -> None:
        self.library = library

    def __getattr__(self, name: str) -> object:
        return getattr(self.library, name)

    def assert_fact(self, handle: int, text: str) -> tuple[int, int]:
        return (3, 0)


def test_after_anything_unexpected_there_is_no_decision_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    network = prepared(Law.of(random_pack(2)))
    network.outcome({})
    library = network.library
    monkeypatch.setattr(network, "library", Broken(library))
    with pytest.raises(DurableFault, match="code 3"):
        network.outcome({})
    monkeypatch.setattr(network, "library", library)
    with pytest.raises(DurableFault, match="no decision"):
        network.outcome({})


def test_names_with_equal_hashes_are_refused() -> None:
    _refuse_equal_hashes(["a1", "a2"])
    with pytest.raises(DurableFault, match="look the same"):
        _refuse_equal_hashes(["costarring", "liquid"])


def test_threads_share_one_network_without_mixing_releases() -> None:
    law = Law.of(random_pack(5))
    network = prepared(law)
    records = list(random_records(law.lowered, law.pack.vocabulary, 60, seed=6))
    expected = [network.outcome(record) for record in records]
    found: dict[int, list[Outcome]] = {}

    def work(number: int) -> None:
        found[number] = [network.outcome(record) for record in records]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found[number] == expected for number in range(4))
