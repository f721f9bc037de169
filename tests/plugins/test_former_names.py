"""Facts and values that were renamed, merged or split: what was written before is read by every door as what it is now."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import FactDeclaration, FactType, Former
from aiact_rules.gate import Gate
from aiact_rules.sources.former_names import read_value

Command = Callable[..., tuple[int, str, str]]

PACK = """\
id: renamed_act
version: 0.2.0
title: Renamed Act
law: Renamed Act (invented)
market: XZ
roles:
  provider: {provision: Art. 1, means: makes it, moment: placing_on_market}
moments:
  placing_on_market: {order: 1, provision: Art. 1, means: first supply}
"""
VOCABULARY = """\
facts:
  thing.is_large:
    type: yes_no
    asks: Is it large?
    was: thing.large
  thing.colour:
    type: one_of
    asks: Which colour has it?
    values: {crimson: red, azure: blue}
    was: {thing.colour: {red: crimson}}
  thing.uses:
    type: some_of
    asks: What does it do?
    values: {sorts: sorts people, finds: finds people, chats: talks with people}
    was:
      thing.sorts_people: {true: sorts, false: []}
      thing.finds_people: {true: [finds], false: []}
  thing.talks:
    type: yes_no
    asks: Does it talk?
    was: {thing.behaviour: {talks: true, silent: false, paints: unknown}}
  thing.paints:
    type: yes_no
    asks: Does it paint?
    was: {thing.behaviour: {paints: true, silent: false}}
  thing.reliefs:
    type: some_of
    asks: Which reliefs are claimed?
    values: {toys: it is a toy, gifts: it is a gift}
    if_absent: []
    if_absent_because: a relief that nobody claims is not relied on
    was: {thing.only_a_toy: {true: toys, false: []}}
  operator.is_big:
    type: yes_no
    asks: Is the operator big?
    organisation: true
    was: operator.big
"""
ARTICLE = """\
article: 1
role: provider
before: placing_on_market
obligations:
  - {id: art1.large, provision: Art. 1, must: be large, met_when: {thing.is_large: true}}
  - {id: art1.colour, provision: Art. 1, must: be red, met_when: {thing.colour: crimson}}
  - {id: art1.sorts, provision: Art. 1, must: sort people, met_when: {thing.uses: {includes: sorts}}}
  - {id: art1.finds, provision: Art. 1, must: find nobody, met_when: {thing.uses: {includes_none: [finds]}}}
  - {id: art1.chats, provision: Art. 1, must: chat with nobody, met_when: {thing.uses: {includes_none: [chats]}}}
  - {id: art1.talks, provision: Art. 1, must: talk, met_when: {thing.talks: true}}
  - {id: art1.paints, provision: Art. 1, must: not paint, met_when: {thing.paints: false}}
  - {id: art1.toys, provision: Art. 1, must: be no toy, met_when: {thing.reliefs: {includes_none: [toys]}}}
  - {id: art1.gifts, provision: Art. 1, must: be no gift, met_when: {thing.reliefs: {includes_none: [gifts]}}}
  - {id: art1.big, provision: Art. 1, must: be big, met_when: {operator.is_big: true}}
"""
OLD = {
    "thing.large": "yes",
    "thing.colour": "red",
    "thing.sorts_people": "yes",
    "thing.finds_people": "no",
    "thing.behaviour": "talks",
    "thing.only_a_toy": "no",
    "operator.big": "yes",
}
STATUSES = {
    "art1.large": "met",
    "art1.colour": "met",
    "art1.sorts": "met",
    "art1.finds": "met",
    "art1.chats": "open",
    "art1.talks": "met",
    "art1.paints": "open",
    "art1.toys": "met",
    "art1.gifts": "met",
    "art1.big": "met",
}


@pytest.fixture(autouse=True)
def renamed(tmp_path: Path, install_pack: Callable[[str, Path], None]) -> None:
    folder = tmp_path / "renamed"
    folder.mkdir()
    for name, text in {"pack": PACK, "vocabulary": VOCABULARY, "art_001": ARTICLE}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    install_pack("renamed-plugin", folder)


def head(facts: str, *, marked: str = "format: 1\n") -> str:
    return f"{marked}markets: [XZ]\nroles: [provider]\nfacts:\n{facts}"


def dotted(facts: dict[str, str]) -> str:
    return "".join(f"  {name}: {value}\n" for name, value in facts.items())


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def statuses(decision: object) -> dict[str, str]:
    return {finding.id: finding.status.value for finding in decision.findings}  # type: ignore[attr-defined]


def found_by(command: Command, *arguments: str) -> dict[str, str]:
    _, out, _ = command("check", *arguments, "--format", "json", "--full")
    return {finding["id"]: finding["status"] for pack in json.loads(out)["packs"] for finding in pack["findings"]}


def test_a_release_file_written_before_is_read_with_a_hint(tmp_path: Path, command: Command) -> None:
    path = written(tmp_path / "m/aiact.yaml", head(dotted(OLD)))
    assert found_by(command, str(path)) == STATUSES
    _, out, _ = command("check", str(path), "--full")
    said = " ".join(out.split())
    assert "`thing.large` is now called `thing.is_large`" in said
    assert "`red` of `thing.colour` is now called `crimson`" in said
    assert "`thing.behaviour` is now called `thing.talks`" in said


def test_nested_names_the_front_matter_of_a_card_and_a_mapping_are_read_alike(tmp_path: Path) -> None:
    nested = "  thing: {large: yes, colour: red, sorts_people: true, finds_people: false, behaviour: talks}\n"
    nested += "  operator: {big: yes}\n"
    file = written(tmp_path / "m/aiact.yaml", head(nested))
    block = "".join(f"  {line}\n" for line in head(nested, marked="").splitlines())
    card = written(tmp_path / "c/README.md", f"---\nlicense: mit\neu_ai_act:\n{block}---\n# M\n")
    gate = Gate()
    mapping = {"release.markets": ["XZ"], "operator.roles": ["provider"], **OLD}
    for release in (file, card, mapping):
        assert statuses(gate.check(release)) == STATUSES


def test_set_and_the_organisation_use_former_names_too(tmp_path: Path, command: Command) -> None:
    rest = {name: value for name, value in OLD.items() if name not in ("operator.big", "thing.large")}
    path = written(tmp_path / "m/aiact.yaml", head(dotted(rest)))
    written(tmp_path / "aiact.toml", "[facts.operator]\nbig = true\n")
    (tmp_path / ".git").mkdir()
    assert found_by(command, str(path), "--set", "thing.large=yes") == STATUSES


def test_both_names_may_say_the_same_but_not_different_things(tmp_path: Path) -> None:
    same = written(tmp_path / "s/aiact.yaml", head("  thing.large: yes\n  thing.is_large: yes\n"))
    assert statuses(Gate().check(same))["art1.large"] == "met"
    different = written(tmp_path / "d/aiact.yaml", head("  thing.large: yes\n  thing.is_large: no\n"))
    with pytest.raises(InputError, match="`thing.is_large` is `no` here but `yes` at"):
        Gate().check(different)
    merged = written(tmp_path / "l/aiact.yaml", head("  thing.sorts_people: yes\n  thing.uses: []\n"))
    with pytest.raises(InputError, match="`thing.uses` is"):
        Gate().check(merged)


def test_two_documents_may_each_state_a_part_of_what_was_merged(tmp_path: Path) -> None:
    card = "---\nlicense: mit\neu_ai_act:\n  facts: {thing.sorts_people: yes}\n---\n# M\n"
    written(tmp_path / "m/README.md", card)
    path = written(tmp_path / "m/aiact.yaml", head("  thing.finds_people: yes\n"))
    found = statuses(Gate().check(path.parent))
    assert (found["art1.sorts"], found["art1.finds"], found["art1.chats"]) == ("met", "breached", "open")


def test_a_former_name_leaves_the_rest_of_a_list_at_its_default_but_denies_nothing(tmp_path: Path) -> None:
    claimed = written(tmp_path / "c/aiact.yaml", head("  thing.only_a_toy: yes\n"))
    found = statuses(Gate().check(claimed))
    assert (found["art1.toys"], found["art1.gifts"]) == ("breached", "met")
    both = written(tmp_path / "b/aiact.yaml", head("  thing.only_a_toy: no\n  thing.reliefs: [gifts]\n"))
    found = statuses(Gate().check(both))
    assert (found["art1.toys"], found["art1.gifts"]) == ("met", "breached")


def test_a_value_that_the_old_fact_never_had_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "m/aiact.yaml", head("  thing.sorts_people: perhaps\n"))
    with pytest.raises(InputError, match="`perhaps` is not one of the values that `thing.sorts_people` had"):
        Gate().check(path)


def test_a_table_written_before_is_read_with_a_hint(tmp_path: Path, command: Command) -> None:
    pytest.importorskip("pyarrow")
    columns = {"operator.roles": "provider", "release.markets": "XZ", **OLD}
    del columns["thing.finds_people"]  # two columns of one fact cannot be joined
    table = written(tmp_path / "t.csv", f"{','.join(columns)}\n{','.join(columns.values())}\n")
    code, out, err = command("sweep", str(table), "--format", "json")
    found = json.loads(out)
    assert (code, found["rows"], found["errors"]) == (1, 1, 0), err
    assert {line["id"] for line in found["obligations"] if sum(line["open"]) + sum(line["breached"])} == {
        "art1.finds",
        "art1.chats",
        "art1.paints",
    }
    assert "column `thing.large`: `thing.large` is now called `thing.is_large`" in found["notes"]


@pytest.mark.parametrize("said", ["both, three", ["both", "three"], ["both: yes", "three"]])
def test_a_value_of_a_list_that_was_split_is_read_as_its_parts(said: str | list[str]) -> None:
    own = Former("a.list", {"both": ("one", "two")})
    values = {"one": "first", "two": "second", "three": "third"}
    declared = FactDeclaration("a.list", FactType.SOME_OF, "?", values=values, was=(own,))
    read = read_value(declared, said)
    assert read.value == {"one", "two", "three"}
    assert read.renamed == ("`both` of `a.list` is now called `one`, `two`",)
