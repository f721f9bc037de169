"""Releases are found by one rule, and nothing is passed over without a word."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of
from aiact_rules.sources.release_folder import Found, NoRelease
from aiact_rules.sources.releases import releases_at, releases_below, releases_in

RELEASE = "format: 1\nname: x\n"
CARD = "---\nlicense: mit\n---\n# M\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_dot_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def names(found: Found, folder: Path) -> list[str]:
    return [files.path.relative_to(folder).as_posix() for files in found.releases]


def problems(found: Found) -> list[str]:
    return [problem.message for _, each in found.broken for problem in each]


def test_a_tree_gives_release_files_and_cards_and_nothing_else(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__aiact_dot_yaml=RELEASE,
        a__README_dot_md="# Text\n",
        b__README_dot_md=CARD,
        c__notes_dot_md=CARD,
        d__README_dot_md="# Project\n",
        e__model_card_x_dot_md="# Card\n",
        e__small_dot_aiact_dot_yaml=RELEASE,
    )
    assert names(releases_below(tmp_path), tmp_path) == [
        "a/aiact.yaml",
        "b/README.md",
        "e/model_card_x.md",
        "e/small.aiact.yaml",
    ]


def test_a_folder_gives_each_release_that_stands_in_it(tmp_path: Path) -> None:
    write(tmp_path, aiact_dot_yaml=RELEASE, ranker_dot_aiact_dot_yaml=RELEASE)
    found = releases_at(tmp_path)
    assert not isinstance(found, NoRelease)
    assert [files.path.name for files in found] == ["aiact.yaml", "ranker.aiact.yaml"]


def test_the_same_release_has_one_key_however_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, aiact_dot_yaml=RELEASE, README_dot_md=CARD)
    keys = set()
    for given in (tmp_path, tmp_path / "aiact.yaml", tmp_path / "README.md"):
        found = releases_at(given)
        assert not isinstance(found, NoRelease)
        keys |= {files.key for files in found}
    assert len(keys) == 1


def test_what_is_left_out_on_purpose_is_counted_with_its_reason(tmp_path: Path) -> None:
    write(
        tmp_path,
        _dot_hidden__aiact_dot_yaml=RELEASE,
        node_modules__aiact_dot_yaml=RELEASE,
        env__pyvenv_dot_cfg="home = /usr/bin\n",
        env__aiact_dot_yaml=RELEASE,
        not_env__pyvenv_dot_cfg="",
        not_env__aiact_dot_yaml=RELEASE,
    )
    (tmp_path / "link").symlink_to(tmp_path / "not_env")
    found = releases_below(tmp_path)
    assert names(found, tmp_path) == ["not_env/aiact.yaml"]
    assert {each.name: each.reason for each in found.left_out} == {
        ".hidden": "hidden folder",
        "node_modules": "node_modules",
        "env": "virtual environment",
        "link": "link to a folder that is searched itself",
    }


def test_what_git_ignores_is_left_out_and_what_it_tracks_is_not(tmp_path: Path) -> None:
    write(tmp_path, build__aiact_dot_yaml=RELEASE, tracked__aiact_dot_yaml=RELEASE, _dot_gitignore="build/\ntracked/\n")
    for command in (["init", "-q"], ["add", "-f", "tracked/aiact.yaml"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    found = releases_below(tmp_path)
    assert names(found, tmp_path) == ["tracked/aiact.yaml"]
    assert [(each.name, each.reason) for each in found.left_out if each.name == "build"] == [
        ("build", "ignored by git")
    ]


def test_a_link_that_leads_outside_is_broken_and_not_silent(tmp_path: Path) -> None:
    inside = write(tmp_path / "tree", a__aiact_dot_yaml=RELEASE)
    (inside / "b").symlink_to(write(tmp_path / "outside", aiact_dot_yaml=RELEASE))
    found = releases_below(inside)
    assert names(found, inside) == ["a/aiact.yaml"]
    assert problems(found) == ["this link leads outside the folder"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_listed_is_broken_and_not_silent(tmp_path: Path) -> None:
    write(tmp_path, a__aiact_dot_yaml=RELEASE, b__aiact_dot_yaml=RELEASE)
    (tmp_path / "b").chmod(0o311)
    found = releases_below(tmp_path)
    assert names(found, tmp_path) == ["a/aiact.yaml"]
    assert problems(found) == ["this folder cannot be read: permission denied"]


def test_what_is_no_regular_file_is_broken_and_hides_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, a__aiact_dot_yaml=RELEASE)
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / "aiact.yaml")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "README.md").symlink_to(tmp_path / "nowhere.md")
    found = releases_below(tmp_path)
    assert names(found, tmp_path) == ["a/aiact.yaml"]
    assert problems(found) == ["this is not a file", "cannot be read: no such file or directory"]


def test_a_broken_card_hides_no_other_card_of_its_folder(tmp_path: Path) -> None:
    write(tmp_path, README_dot_md="---\na: [\n---\n", model_card_dot_md="# M\n")
    found = releases_in(tmp_path)
    assert names(found, tmp_path) == ["model_card.md"]
    assert [path.name for path, _ in found.broken] == ["README.md"]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX alone")
def test_a_name_that_is_not_utf8_is_broken_and_hides_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, a__aiact_dot_yaml=RELEASE)
    strange = os.fsencode(tmp_path) + b"/m\xff"
    os.mkdir(strange)
    Path(os.fsdecode(strange), "aiact.yaml").write_text(RELEASE)
    found = releases_below(tmp_path)
    assert names(found, tmp_path) == ["a/aiact.yaml"]
    assert problems(found) == ["the name of this folder is not UTF-8"]


@pytest.mark.parametrize(
    "name",
    [
        "AIACT.YAML",
        "Aiact.yml",
        "x.AIACT.yaml",
        "eu_ai_act.yaml",
        "aiactt.yaml",
        "aiact",
        "x.aiact.json",
        "aiact.yaml~",
    ],
)
def test_a_near_miss_of_a_name_is_a_problem(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(RELEASE)
    (problem,) = problems(releases_below(tmp_path))
    assert problem.startswith(f"`{name}` is not read")
    with pytest.raises(InputError, match="rename it to `.*aiact.yaml`"):
        releases_at(tmp_path)


def test_a_second_card_of_the_same_name_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, m_dot_aiact_dot_yaml=RELEASE, m_dot_md="a", m_dot_markdown="b")
    assert problems(releases_in(tmp_path)) == ["`m.markdown` and `m.md` are both the card"]


def test_ordinary_pages_beside_each_other_are_no_problem(tmp_path: Path) -> None:
    write(tmp_path, README_dot_md="# a", README_dot_markdown="# b", notes_dot_md="a", notes_dot_markdown="b")
    assert releases_in(tmp_path) == Found()


def test_a_bill_is_a_release_where_it_stands_alone_and_names_a_model(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__m_dot_cdx_dot_json='{"bomFormat": "CycloneDX", "components": [{"type": "machine-learning-model"}]}',
        b__bom_dot_json='{"bomFormat": "CycloneDX", "components": [{"type": "library"}]}',
    )
    found = releases_below(tmp_path)
    assert names(found, tmp_path) == ["a/m.cdx.json"]
    assert [(each.name, each.reason) for each in found.left_out] == [
        ("b/bom.json", "bill of materials that names no model")
    ]


def test_a_bill_named_by_its_path_is_read_with_its_release(tmp_path: Path) -> None:
    write(tmp_path, aiact_dot_yaml=RELEASE, bom_dot_json='{"components": [{"type": "machine-learning-model"}]}')
    found = releases_at(tmp_path / "bom.json")
    assert not isinstance(found, NoRelease)
    assert [file.name for file in found[0].files] == ["aiact.yaml", "bom.json"]


def test_a_release_file_of_any_name_is_read_with_the_card_beside_it(tmp_path: Path) -> None:
    write(tmp_path, x_dot_yaml=RELEASE, README_dot_md=CARD)
    found = releases_at(tmp_path / "x.yaml")
    assert not isinstance(found, NoRelease)
    assert [file.name for file in found[0].files] == ["x.yaml", "README.md"]


def test_links_in_a_circle_hide_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, a__aiact_dot_yaml=RELEASE)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "README.md").symlink_to("README.md")
    found = releases_below(tmp_path)
    assert names(found, tmp_path) == ["a/aiact.yaml"]
    assert problems(found) == ["cannot be read: too many levels of symbolic links"]


def test_two_release_files_of_one_folder_are_broken_together(tmp_path: Path) -> None:
    write(tmp_path, aiact_dot_yaml=RELEASE, aiact_dot_yml=RELEASE)
    found = releases_in(tmp_path)
    assert (found.releases, problems(found)) == ((), ["two release files stand side by side"])


def test_a_run_lists_the_folder_of_many_files_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        (tmp_path / f"model_card_{number}.md").write_text("---\nlicense: mit\n---\n# X\n", encoding="utf-8")
    listed: list[object] = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(path) or real(path))
    found = inputs_of(Gate(), sorted(tmp_path.iterdir()), only_cards=True)
    assert len(found.inputs) == 30
    assert listed.count(tmp_path) == 1
