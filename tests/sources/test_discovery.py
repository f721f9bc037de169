from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.core.rules import Cue
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.discovery import Asked, look_ahead, read_document
from aiact_rules.sources.document import Document, Skipped
from aiact_rules.sources.mapping import facts_from_mapping
from aiact_rules.sources.organisation import NOBODY, Organisation

CARD = "---\nlicense: mit\n---\n# Ranker\n\nFor cv ranking.\n"
RELEASE = "format: 1\nname: Ranker 2\nroles: provider\nsystem.uses: []\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(CARD)
    (tmp_path / "aiact.yaml").write_text(RELEASE)
    return tmp_path


def _read(
    path: Path, vocabulary: Vocabulary, cues: tuple[Cue, ...] = (), organisation: Organisation = NOBODY
) -> Document:
    read = read_document(path, vocabulary, cues, organisation=organisation, root=path if path.is_dir() else path.parent)
    assert isinstance(read, Document)
    return read


@pytest.mark.parametrize("given", ["README.md", "aiact.yaml", ""])
def test_card_and_release_file_are_read_together_whichever_is_named(
    given: str, folder: Path, vocabulary: Vocabulary, cues: tuple[Cue, ...]
) -> None:
    document = _read(folder / given, vocabulary, cues)
    assert {fact.name: str(fact.origin) for fact in document.facts} == {
        "operator.roles": "aiact.yaml:3",
        "system.uses": "aiact.yaml:4",
        "model.licence": "README.md:2",
        "document.signals": "README.md:6",
    }
    assert document.subject.name == "Ranker 2"
    assert [file.name for file in document.files] == ["aiact.yaml", "README.md"]
    assert [signal.words for signal in document.signals] == ["cv ranking"]


def test_a_release_file_named_after_the_card_belongs_to_that_card(folder: Path, vocabulary: Vocabulary) -> None:
    (folder / "small.md").write_text("No metadata.\n")
    (folder / "small.aiact.yaml").write_text("format: 1\nname: Small\n")
    for given in ("small.md", "small.aiact.yaml"):
        document = _read(folder / given, vocabulary)
        assert [file.name for file in document.files] == ["small.aiact.yaml", "small.md"]
    assert [file.name for file in _read(folder, vocabulary).files] == ["aiact.yaml", "README.md"]


def test_an_ordinary_readme_is_left_alone(tmp_path: Path, vocabulary: Vocabulary) -> None:
    for text in ("# Project\n\n---\nlicense: mit\n---\n", "---\ntitle: page\n---\n", ""):
        (tmp_path / "README.md").write_text(text)
        assert isinstance(read_document(tmp_path / "README.md", vocabulary), Skipped)


def test_an_ordinary_readme_beside_a_release_file_is_read(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "README.md").write_text("# Project\n")
    (tmp_path / "aiact.yaml").write_text(RELEASE)
    assert len(_read(tmp_path / "README.md", vocabulary).files) == 2


def test_a_model_card_in_a_code_repository_is_found(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "README.md").write_text("# Project\n")
    (tmp_path / "MODEL_CARD.md").write_text("# Model card\n")
    assert [file.name for file in _read(tmp_path, vocabulary).files] == ["MODEL_CARD.md"]
    assert _read(tmp_path / "MODEL_CARD.md", vocabulary).subject.name == "Model card"


def test_an_empty_folder_is_an_error(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "README.md").write_text("# Project\n")
    with pytest.raises(InputError, match="no model card and no release file here"):
        read_document(tmp_path, vocabulary)


def test_files_that_contradict_each_other_are_an_error_for_a_person(folder: Path, vocabulary: Vocabulary) -> None:
    (folder / "aiact.yaml").write_text(RELEASE + "model.licence: gpl\n")
    with pytest.raises(InputError, match=r"`model.licence` is `mit` here but `gpl` at aiact.yaml:5"):
        _read(folder, vocabulary)


def test_the_case_of_a_text_is_no_contradiction(folder: Path, vocabulary: Vocabulary) -> None:
    (folder / "aiact.yaml").write_text(RELEASE + "model.licence: MIT\n")
    assert _read(folder, vocabulary).facts.value("model.licence") == "MIT"


def test_the_problems_of_all_files_come_at_once(folder: Path, vocabulary: Vocabulary) -> None:
    (folder / "aiact.yaml").write_text("format: 7\n")
    (folder / "README.md").write_text("---\n[]\n---\n")
    with pytest.raises(InputError) as caught:
        _read(folder / "aiact.yaml", vocabulary)
    assert [problem.place.source for problem in caught.value.problems if problem.place] == ["aiact.yaml", "README.md"]


def test_a_release_file_cannot_take_back_a_signal(folder: Path, vocabulary: Vocabulary, cues: tuple[Cue, ...]) -> None:
    (folder / "aiact.yaml").write_text(RELEASE + "document.signals: []\nsignals_dismissed: [uses.recruitment]\n")
    document = _read(folder, vocabulary, cues)
    assert document.facts.value("document.signals") == frozenset({"uses.recruitment"})
    assert document.facts.value("document.signals_dismissed") == frozenset({"uses.recruitment"})


def test_facts_of_the_organisation_join_and_must_agree(folder: Path, vocabulary: Vocabulary) -> None:
    own = Organisation("Example AG", facts_from_mapping({"operator.size": "sme"}, vocabulary, "aiact.toml"))
    document = _read(folder, vocabulary, organisation=own)
    assert str(document.facts["operator.size"].origin) == "aiact.toml"
    assert document.operator == "Example AG"
    (folder / "aiact.yaml").write_text(RELEASE + "operator.size: larger\n")
    with pytest.raises(InputError, match=r"operator.size"):
        _read(folder, vocabulary, organisation=own)


def test_in_a_chain_facts_of_the_organisation_concern_only_itself(tmp_path: Path, vocabulary: Vocabulary) -> None:
    own = Organisation("Shop", facts_from_mapping({"operator.size": "sme"}, vocabulary, "aiact.toml"))
    (tmp_path / "aiact.yaml").write_text(
        "format: 1\nsystem.uses: []\noperators:\n- {name: Maker, roles: provider}\n- {name: Shop, roles: distributor}\n"
    )
    document = _read(tmp_path, vocabulary, organisation=own)
    maker, shop = document.operators
    assert "operator.size" not in document.facts_for(maker)
    assert document.facts_for(shop).value("operator.size") == "sme"
    assert document.facts_for(shop).value("system.uses") == frozenset()


def test_metadata_alone_and_a_bom_are_cards_too(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "model_card.yaml").write_text("license: mit\n")
    assert _read(tmp_path / "model_card.yaml", vocabulary).facts.value("model.licence") == "mit"
    bom = {"bomFormat": "CycloneDX", "components": [{"type": "machine-learning-model", "name": "m"}]}
    (tmp_path / "bom.json").write_text(json.dumps(bom))
    assert _read(tmp_path / "bom.json", vocabulary).subject.name == "m"
    (tmp_path / "other.yaml").write_text(RELEASE)
    assert _read(tmp_path / "other.yaml", vocabulary).subject.name == "Ranker 2"


def test_two_release_files_side_by_side_are_refused(folder: Path, vocabulary: Vocabulary) -> None:
    (folder / "aiact.yml").write_text(RELEASE)
    with pytest.raises(InputError, match="two release files stand side by side"):
        _read(folder, vocabulary)


def test_a_name_with_spaces_and_letters_is_kept(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "große karte.md").write_text(CARD)
    assert _read(tmp_path / "große karte.md", vocabulary).name == "große karte.md"


def test_a_path_that_is_not_there_is_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_document(tmp_path / "README.md", vocabulary)


@pytest.mark.parametrize(
    ("text", "packs", "markets"),
    [
        ("format: 1\nsystem.unheard_of: yes\npacks: [kr_ai_act]\nmarket: kr\n", ("kr_ai_act",), {"KR"}),
        ("format: 1\nfacts: {release: {markets: [DE]}, x.y: 1}\n", None, {"DE", "EU"}),
        ("format: 1\nrelease: {markets: [], date: 3}\n", None, set()),
        ("format: 1\nfacts: {release.markets: [EU]}\n", None, {"EU"}),
        ("format: 1\n", None, None),
    ],
)
def test_what_a_release_asks_for_is_known_before_its_packs_are(
    text: str, packs: tuple[str, ...] | None, markets: set[str] | None, folder: Path
) -> None:
    (folder / "aiact.yaml").write_text(text)
    for given in (folder, folder / "README.md", folder / "aiact.yaml"):
        assert look_ahead(given) == Asked(packs, None if markets is None else frozenset(markets))


def test_a_card_too_may_ask_for_packs(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("---\neu_ai_act: {packs: [eu_ai_act]}\n---\n")
    assert look_ahead(card) == Asked(("eu_ai_act",), None)
    card.write_text("# Project\n")
    assert look_ahead(card) == Asked(None, None)
    card.write_text("---\neu_ai_act: {packs: [[x]], market: everywhere}\n---\n")
    with pytest.raises(InputError, match="country or region code"):
        look_ahead(card)


def test_each_operator_of_a_chain_is_judged_on_its_own_document(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "aiact.yaml").write_text(
        "format: 1\nsystem.uses: []\noperators:\n- {name: Maker, roles: provider}\n- {name: Shop, roles: distributor}\n"
    )
    maker, shop = _read(tmp_path, vocabulary).per_operator()
    assert (maker.operator, shop.operator) == ("Maker", "Shop")
    assert maker.facts.value("operator.roles") == frozenset({"provider"})
    assert shop.facts.value("system.uses") == frozenset()
    assert shop.per_operator() == (shop,)
