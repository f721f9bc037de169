from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiact_rules.core.cues import Cue
from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.discovery import ReleaseDocuments
from aiact_rules.sources.document import Document
from aiact_rules.sources.release_folder import NoRelease
from aiact_rules.sources.releases import releases_at

CARD = "---\nlicense: mit\n---\n# Ranker\n\nFor cv ranking.\n"
RELEASE = "format: 1\nname: Ranker 2\nroles: provider\nsystem.uses: []\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(CARD)
    (tmp_path / "aiact.yaml").write_text(RELEASE)
    return tmp_path


def _documents(path: Path) -> ReleaseDocuments:
    found = releases_at(path)
    assert not isinstance(found, NoRelease)
    (files,) = found
    return ReleaseDocuments(files, path if path.is_dir() else path.parent)


def _read(path: Path, vocabulary: Vocabulary, cues: tuple[Cue, ...] = ()) -> Document:
    return _documents(path).read(vocabulary, cues)


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
    assert [file.name for file in _read(folder / "aiact.yaml", vocabulary).files] == ["aiact.yaml", "README.md"]
    both = releases_at(folder)
    assert not isinstance(both, NoRelease)
    assert [files.path.name for files in both] == ["aiact.yaml", "small.aiact.yaml"]


def test_an_ordinary_readme_is_left_alone(tmp_path: Path) -> None:
    for text in ("# Project\n\n---\nLanguage: Python\n---\n", "---\ntitle: page\n---\n", ""):
        (tmp_path / "README.md").write_text(text)
        assert isinstance(releases_at(tmp_path / "README.md"), NoRelease)


def test_an_ordinary_readme_beside_a_release_file_is_read(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "README.md").write_text("# Project\n")
    (tmp_path / "aiact.yaml").write_text(RELEASE)
    assert len(_read(tmp_path / "README.md", vocabulary).files) == 2


def test_a_model_card_in_a_code_repository_is_found(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "README.md").write_text("# Project\n")
    (tmp_path / "MODEL_CARD.md").write_text("# Model card\n")
    assert [file.name for file in _read(tmp_path, vocabulary).files] == ["MODEL_CARD.md"]
    assert _read(tmp_path / "MODEL_CARD.md", vocabulary).subject.name == "Model card"


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Project\n")
    with pytest.raises(InputError, match="no model card and no release file here"):
        releases_at(tmp_path)


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
    (folder / "aiact.yaml").write_text(RELEASE + "document.signals: []\n")
    with pytest.raises(InputError, match="found by the tool and cannot be stated"):
        _read(folder, vocabulary, cues)
    (folder / "aiact.yaml").write_text(RELEASE + "signals_dismissed: [uses.recruitment]\n")
    document = _read(folder, vocabulary, cues)
    assert document.facts.value("document.signals") == frozenset({"uses.recruitment"})
    assert document.facts.value("document.signals_dismissed") == frozenset({"uses.recruitment"})


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


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        releases_at(tmp_path / "README.md")


@pytest.mark.parametrize(
    ("text", "packs", "markets"),
    [
        ("format: 1\nsystem.unheard_of: yes\npacks: [kr_ai_act]\nmarket: kr\n", ["kr_ai_act"], ["KR"]),
        ("format: 1\nfacts: {release: {markets: [DE]}, x.y: 1}\n", [], ["DE", "EU"]),
        ("format: 1\nrelease: {markets: [], date: 3}\n", [], []),
        ("format: 1\nfacts: {release.markets: [EU]}\n", [], ["EU"]),
        ("format: 1\n", [], []),
        (
            "format: 1\noperators:\n- {name: A, roles: provider, facts: {release.markets: [EU]}}\n"
            "- {name: B, roles: distributor, release: {markets: [KR]}, x.y: 1}\n",
            [],
            ["EU", "KR"],
        ),
    ],
)
def test_what_a_release_asks_for_is_known_before_its_packs_are(
    text: str, packs: list[str], markets: list[str], folder: Path
) -> None:
    (folder / "aiact.yaml").write_text(text)
    for given in (folder, folder / "README.md", folder / "aiact.yaml"):
        asked = _documents(given).asked()
        assert [choice.value for choice in asked.packs] == packs
        assert sorted({choice.value for choice in asked.markets}) == markets


def test_a_card_too_may_ask_for_packs(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("---\neu_ai_act: {packs: [eu_ai_act]}\n---\n")
    (choice,) = _documents(card).asked().packs
    assert (choice.value, str(choice.place)) == ("eu_ai_act", "README.md:2")
    card.write_text("---\neu_ai_act: {packs: [[x]], market: everywhere}\n---\n")
    with pytest.raises(InputError, match="country or region code"):
        _documents(card).asked()


def test_a_bill_of_materials_too_may_name_markets(tmp_path: Path) -> None:
    properties = [{"name": "aiact:release.markets", "value": "KR"}, {"name": "aiact:kr.areas", "value": "none"}]
    model = {"type": "machine-learning-model", "name": "m", "properties": properties}
    (tmp_path / "bom.json").write_text(json.dumps({"bomFormat": "CycloneDX", "components": [model]}))
    assert [choice.value for choice in _documents(tmp_path / "bom.json").asked().markets] == ["KR"]


def test_a_bill_beside_a_release_file_is_read_with_it(folder: Path, vocabulary: Vocabulary) -> None:
    model = {"type": "machine-learning-model", "name": "m", "licenses": [{"license": {"id": "MIT"}}]}
    (folder / "bom.json").write_text(json.dumps({"bomFormat": "CycloneDX", "components": [model]}))
    assert [file.name for file in _read(folder, vocabulary).files] == ["aiact.yaml", "README.md", "bom.json"]
    model["licenses"] = [{"license": {"id": "GPL-3.0"}}]
    (folder / "bom.json").write_text(json.dumps({"bomFormat": "CycloneDX", "components": [model]}))
    with pytest.raises(InputError, match=r"`model.licence` is `GPL-3.0` here but `mit` at README.md:2"):
        _read(folder, vocabulary)


def test_a_bill_that_names_no_model_is_named_as_not_read(folder: Path, vocabulary: Vocabulary) -> None:
    (folder / "bom.json").write_text(json.dumps({"bomFormat": "CycloneDX", "components": [{"type": "library"}]}))
    document = _read(folder, vocabulary)
    assert "bom.json" not in [file.name for file in document.files]
    assert any(note.startswith("bom.json: not read") for note in document.notes)


def test_each_operator_of_a_chain_is_judged_on_its_own_document(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "aiact.yaml").write_text(
        "format: 1\nsystem.uses: []\noperators:\n- {name: Maker, roles: provider}\n- {name: Shop, roles: distributor}\n"
    )
    maker, shop = _read(tmp_path, vocabulary).per_operator()
    assert (maker.operator, shop.operator) == ("Maker", "Shop")
    assert maker.facts.value("operator.roles") == frozenset({"provider"})
    assert shop.facts.value("system.uses") == frozenset()
    assert shop.per_operator() == (shop,)
