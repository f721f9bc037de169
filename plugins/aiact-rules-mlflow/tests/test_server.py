"""What a real server refuses, what it lets pass, and that no client walks round it."""

from __future__ import annotations

import inspect
import re
import urllib.parse
from pathlib import Path
from typing import Any

import mlflow
import mlflow.sklearn
import pytest
from mlflow.exceptions import MlflowException

from conftest import MINIMAL, PROHIBITED, Registry, Server, tags_of

RELEASE_FILE = """\
format: 1
subject: system
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
"""
METADATA = {
    "aiact": {
        "subject": "system",
        "facts": {"system": {"practices": [], "annex_iii_uses": [], "annex_i_law": [], "transparency_situations": []}},
    }
}


def refused(act: Any, *args: Any) -> str:
    """Return the message with which an act is refused."""
    with pytest.raises(MlflowException) as caught:
        act(*args)
    assert caught.value.error_code == "PERMISSION_DENIED"
    return str(caught.value.message)


def test_a_silent_model_may_be_registered_but_not_released(registry: Registry) -> None:
    name = registry.register()
    assert registry.tags(name)["aiact_decision"] == "hold"
    said = refused(registry.alias, name)
    assert f"alias `champion` for `{name}` version 1 is refused: hold under eu_ai_act" in said
    assert "Art. 5(1), first subparagraph, point (a)" in said
    assert "aiact_system_practices: " in said
    assert not registry.has_alias(name)


def test_it_is_released_once_the_facts_are_there(registry: Registry) -> None:
    name = registry.register()
    refused(registry.alias, name)
    for key, value in tags_of(MINIMAL).items():
        registry.client.set_model_version_tag(name, "1", key, value)
    registry.alias(name)
    assert registry.has_alias(name)


def test_the_decision_is_written_into_tags_whether_or_not_it_allows(registry: Registry) -> None:
    name = registry.register()
    said = refused(registry.alias, name)
    tags = registry.tags(name)
    assert tags["aiact_decision"] == "hold"
    assert tags["aiact_decision_id"] in said
    assert re.fullmatch(r"eu_ai_act \d+\.\d+\.\d+", tags["aiact_pack"])
    assert re.fullmatch(r"[0-9a-f]{64}", tags["aiact_digest"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", tags["aiact_time"])
    for key, value in tags_of(MINIMAL).items():
        registry.client.set_model_version_tag(name, "1", key, value)
    registry.alias(name)
    assert registry.tags(name)["aiact_decision"] == "allow"
    assert all(len(value) <= 256 for key, value in registry.tags(name).items() if key.startswith("aiact_"))


def test_a_stage_is_guarded_like_an_alias(registry: Registry) -> None:
    name = registry.register()
    said = refused(registry.client.transition_model_version_stage, name, "1", "Production")
    assert "stage `Production`" in said
    assert registry.client.get_model_version(name, "1").current_stage == "None"
    registry.client.transition_model_version_stage(name, "1", "Staging")
    allowed = registry.register(facts=MINIMAL)
    registry.client.transition_model_version_stage(allowed, "1", "Production")
    assert registry.client.get_model_version(allowed, "1").current_stage == "Production"


def test_other_aliases_are_left_alone(registry: Registry) -> None:
    name = registry.register()
    registry.alias(name, "candidate")
    assert registry.has_alias(name, "candidate")


def test_a_prohibited_system_is_not_even_registered(registry: Registry) -> None:
    said = refused(registry.register, None, PROHIBITED)
    assert "registration of" in said
    assert "block under eu_ai_act" in said
    assert "Art. 5(1), first subparagraph, point (f)" in said
    assert "(breached)" in said


def test_facts_in_the_metadata_of_the_model_count(registry: Registry) -> None:
    name = registry.register(registry.log(metadata=METADATA))
    assert registry.tags(name)["aiact_decision"] == "allow"
    registry.alias(name)


def test_a_contradiction_is_refused_with_both_places(registry: Registry) -> None:
    name = registry.register(registry.log(metadata=METADATA))
    registry.alias(name)
    registry.client.set_model_version_tag(name, "1", "aiact_system_practices", "infers_emotions")
    said = refused(registry.alias, name)
    assert re.search(r"MLmodel:\d+: `system.practices` is `\[\]` here", said)
    assert "but `[infers_emotions]` at tag aiact_system_practices" in said
    tags = registry.tags(name)
    assert tags["aiact_decision"] == "undecided"
    assert "aiact_decision_id" not in tags


def test_what_the_server_states_may_not_be_contradicted(registry: Registry) -> None:
    name = registry.register(facts=MINIMAL)
    registry.client.set_model_version_tag(name, "1", "aiact_roles", "importer")
    said = refused(registry.alias, name)
    assert "tag aiact_roles" in said
    assert "aiact.toml:2" in said


def test_a_release_file_and_its_evidence_among_the_artifacts_count(registry: Registry, tmp_path: Path) -> None:
    release, proof = tmp_path / "aiact.yaml", tmp_path / "practices.md"
    release.write_text(RELEASE_FILE + "evidence:\n  system.practices: practices.md\n")
    proof.write_text("# Practices\n\nReviewed by two people on 3 November.\n")
    name = registry.register(registry.log(release, proof))
    registry.alias(name)
    assert registry.tags(name)["aiact_decision"] == "allow"


def test_a_release_file_among_the_extra_files_counts(registry: Registry, tmp_path: Path) -> None:
    if "extra_files" not in inspect.signature(mlflow.sklearn.log_model).parameters:
        pytest.skip("this MLflow knows no extra files")
    release, proof = tmp_path / "aiact.yaml", tmp_path / "practices.md"
    release.write_text(RELEASE_FILE + "evidence:\n  system.practices: practices.md\n")
    proof.write_text("# Practices\n\nReviewed by two people on 3 November.\n")
    uri = registry.log(extra_files=[str(release), str(proof)])
    assert registry.tags(registry.register(uri))["aiact_decision"] == "allow"
    registry.client.log_model_artifact(uri.rsplit("/", 1)[1], str(release))
    assert "several release files or cards stand among the artifacts and in `extra_files`" in refused(
        registry.register, uri
    )


def test_evidence_that_is_not_there_is_refused(registry: Registry, tmp_path: Path) -> None:
    release = tmp_path / "aiact.yaml"
    release.write_text(RELEASE_FILE + "evidence:\n  system.practices: practices.md\n")
    said = refused(registry.register, registry.log(release))
    assert "aiact.yaml:6: the evidence `practices.md` does not exist" in said


@pytest.mark.parametrize("name", ["../../../server.log", "/etc/hostname"])
def test_evidence_outside_the_model_is_refused(registry: Registry, tmp_path: Path, name: str) -> None:
    release = tmp_path / "aiact.yaml"
    release.write_text(RELEASE_FILE + f"evidence:\n  system.practices: {name}\n")
    said = refused(registry.register, registry.log(release))
    assert "does not lie among the artifacts" in said


def test_the_words_of_a_card_are_heeded(registry: Registry, tmp_path: Path) -> None:
    card, release = tmp_path / "README.md", tmp_path / "aiact.yaml"
    card.write_text("---\nlicense: mit\n---\n# Screener\n\nMade for applicant screening: ranks what people send in.\n")
    release.write_text(RELEASE_FILE)
    name = registry.register(registry.log(card, release))
    said = refused(registry.alias, name)
    assert "Annex III, point 4(a)" in said


@pytest.mark.parametrize("whose", ["version", "model"])
def test_the_words_of_a_description_are_heeded(registry: Registry, whose: str) -> None:
    name = registry.register(facts=MINIMAL)
    words = "Made for applicant screening."
    if whose == "version":
        registry.client.update_model_version(name, "1", description=words)
    else:
        registry.client.update_registered_model(name, description=words)
    assert "Annex III, point 4(a)" in refused(registry.alias, name)


def test_a_release_may_not_choose_its_own_reading(registry: Registry, tmp_path: Path) -> None:
    release = tmp_path / "aiact.yaml"
    release.write_text(RELEASE_FILE + "readings: {emotion_inference_basis: any_data}\n")
    said = refused(registry.register, registry.log(release))
    assert "the reading `emotion_inference_basis: any_data`" in said


def test_a_misspelt_fact_is_refused_and_not_passed_over(registry: Registry) -> None:
    name = registry.register()
    registry.client.set_model_version_tag(name, "1", "aiact_system_practises", "[]")
    said = refused(registry.alias, name)
    assert "tag aiact_system_practises: this tag names no fact" in said
    assert "did you mean `aiact_system_practices`?" in said


def test_an_early_date_of_release_does_not_bring_back_earlier_law(registry: Registry) -> None:
    name = registry.register(facts={**PROHIBITED, "system.emotion_areas": []})
    registry.client.set_model_version_tag(name, "1", "aiact_system_emotion_areas", "workplace")
    registry.client.set_model_version_tag(name, "1", "aiact_release_date", "2020-01-01")
    assert "block under eu_ai_act" in refused(registry.alias, name)


def test_a_prompt_is_left_alone(client: Any) -> None:
    assert client.tracking_uri == mlflow.get_tracking_uri()
    mlflow.genai.register_prompt(name="greeting", template="Hello {{name}}")
    mlflow.genai.set_prompt_alias("greeting", "champion", 1)
    prompt = mlflow.genai.load_prompt("prompts:/greeting@champion")
    assert prompt.template == "Hello {{name}}"
    assert not any(key.startswith("aiact_") for key in prompt.tags)


def test_a_plain_rest_client_is_refused_with_403(registry: Registry, server: Server) -> None:
    name = registry.register()
    status, answer = server.post("registered-models/alias", {"name": name, "alias": "champion", "version": "1"})
    assert status == 403
    assert answer["error_code"] == "PERMISSION_DENIED"
    assert "Art. 5(1)" in answer["message"]


@pytest.mark.parametrize("alias", ["Champion", "CHAMPION", "Production"])
@pytest.mark.parametrize("version", ["1", "01"])
def test_another_spelling_is_no_way_round(registry: Registry, server: Server, alias: str, version: str) -> None:
    name = registry.register()
    status, _ = server.post("registered-models/alias", {"name": name, "alias": alias, "version": version})
    assert status == 403
    body = {"name": name, "version": version, "stage": "pRODUCTION", "archive_existing_versions": False}
    assert server.post("model-versions/transition-stage", body)[0] == 403


@pytest.mark.parametrize("alias", ["chámpion", "champion\n", "ｃｈａｍｐｉｏｎ"])  # noqa: RUF001
def test_an_alias_that_some_databases_take_for_a_guarded_one_is_refused(
    registry: Registry, server: Server, alias: str
) -> None:
    name = registry.register(facts=MINIMAL)
    status, answer = server.post("registered-models/alias", {"name": name, "alias": alias, "version": "1"})
    assert (status, answer["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "the letters a to z" in answer["message"]


def test_calling_a_model_a_prompt_is_no_way_round(registry: Registry, server: Server) -> None:
    name = registry.register()
    mark = {"key": "mlflow.prompt.is_prompt", "value": "true"}
    assert server.post("registered-models/set-tag", {"name": name, **mark})[0] == 403
    assert server.post("model-versions/set-tag", {"name": name, "version": "1", **mark})[0] == 200
    assert server.post("registered-models/alias", {"name": name, "alias": "champion", "version": "1"})[0] == 403


def test_a_model_in_the_place_of_a_prompt_is_no_way_round(registry: Registry, server: Server) -> None:
    source = registry.client.get_model_version(registry.register(), "1").source
    mark = {"key": "mlflow.prompt.is_prompt", "value": "true"}
    assert server.post("registered-models/create", {"name": "posing", "tags": [mark]})[0] == 200
    body = {"name": "posing", "source": source, "model_id": urllib.parse.urlparse(source).path.strip("/")}
    forbidden = [{"key": key, "value": value} for key, value in tags_of(PROHIBITED).items()]
    assert server.post("model-versions/create", {**body, "tags": forbidden})[0] == 403
    assert server.post("model-versions/create", body)[0] == 200
    assert server.post("registered-models/alias", {"name": "posing", "alias": "champion", "version": "1"})[0] == 403


def test_nobody_else_writes_the_tags_of_a_decision(registry: Registry, server: Server) -> None:
    name = registry.register()
    for key in (
        "aiact_decision",
        "AIACT_Decision",
        "aiact_time",
        " aiact_decision",
        "aiact_decision ",
        "aiact_decısion",
    ):
        assert (
            server.post("model-versions/set-tag", {"name": name, "version": "1", "key": key, "value": "allow"})[0]
            == 403
        )
        assert server.post("model-versions/delete-tag", {"name": name, "version": "1", "key": key}, "DELETE")[0] == 403
        assert server.post("registered-models/set-tag", {"name": name, "key": key, "value": "allow"})[0] == 403
    forged = registry.register(facts={"decision": "allow", "decision_id": "sha256:0"})
    assert registry.tags(forged)["aiact_decision"] == "hold"
    assert registry.tags(forged)["aiact_decision_id"] != "sha256:0"


def test_a_copy_is_judged_again(registry: Registry) -> None:
    name = registry.register(facts=MINIMAL)
    copy = registry.client.copy_model_version(f"models:/{name}/1", f"{name}-copy")
    assert copy.tags["aiact_decision"] == "allow"
    registry.alias(f"{name}-copy")


def test_what_does_not_exist_is_still_reported_as_that(registry: Registry, server: Server) -> None:
    assert server.post("registered-models/alias", {"name": "nobody", "alias": "champion", "version": "1"})[0] == 404
    name = registry.register()
    assert server.post("registered-models/alias", {"name": name, "alias": "champion", "version": "7"})[0] == 404


def test_a_restart_loses_nothing(registry: Registry, server: Server) -> None:
    released, held = registry.register(facts=MINIMAL), registry.register()
    registry.alias(released)
    refused(registry.alias, held)
    before = registry.tags(released), registry.tags(held)
    server.stop()
    server.start()
    assert (registry.tags(released), registry.tags(held)) == before
    assert registry.has_alias(released)
    refused(registry.alias, held)
