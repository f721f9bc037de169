"""Side files: which are read, what broken and hostile ones come to, and what weights and adapters say."""

from __future__ import annotations

import json
import struct
from decimal import Decimal
from pathlib import Path

import pytest
from tests.sources.test_fields import RELEASE, tensors

from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from aiact_rules.sources.weights import MOST_HEADER_BYTES

PARAMETERS = "model.parameters"
BASE, RELATION = "model.base_model", "model.base_model_relation"
DEEP = "[" * 100_000


def _folder(
    folder: Path,
    files: dict[str, str | bytes],
    card: str = "---\nlicense: mit\n---\n# Foo\n",
    release: str | None = RELEASE,
) -> Path:
    (folder / ".git").mkdir(exist_ok=True)
    (folder / "README.md").write_text(card, encoding="utf-8")
    if release is not None:
        (folder / "aiact.yaml").write_text(release, encoding="utf-8")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def _checked(folder: Path, files: dict[str, str | bytes], **more: str | None) -> Decision:
    return Gate().check(_folder(folder, files, **more))  # type: ignore[arg-type]


def _raw(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def _tensor(kind: str, shape: object, size: int) -> bytes:
    return _raw({"t": {"dtype": kind, "shape": shape, "data_offsets": [0, size]}}, bytes(size))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("model.safetensors", b"", "longer than the file"),
        ("model.safetensors", b"\x01", "longer than the file"),
        ("model.safetensors", _raw({}, length=2**63), "longer than the file"),
        ("model.safetensors", _raw({}, length=2**64 - 1), "longer than the file"),
        ("model.safetensors", _raw(b"\xff\xfe{}"), "not valid UTF-8"),
        ("model.safetensors", _raw(b"{"), "not readable as JSON"),
        ("model.safetensors", _raw(b"[]"), "expected an object"),
        ("model.safetensors", _raw(DEEP.encode()), "nested too deeply"),
        ("model.safetensors", _raw(b'{"a": 1, "a": 2}'), "duplicate key `a`"),
        ("model.safetensors", _raw({"t": 1}), "no type, shape and place"),
        (
            "model.safetensors",
            _raw({"t": {"dtype": "F16", "shape": "x", "data_offsets": [0, 2]}}, b"12"),
            "no type, shape and place",
        ),
        (
            "model.safetensors",
            _raw({"t": {"dtype": 7, "shape": [1], "data_offsets": [0, 2]}}, b"12"),
            "no type, shape and place",
        ),
        (
            "model.safetensors",
            _raw({"t": {"dtype": "F16", "shape": [-1], "data_offsets": [0, 2]}}, b"12"),
            "no type, shape and place",
        ),
        (
            "model.safetensors",
            _raw({"t": {"dtype": "F16", "shape": [1.5], "data_offsets": [0, 2]}}, b"12"),
            "no type, shape and place",
        ),
        ("model.safetensors", _tensor("F16", [10**18, 10**18], 2), "does not fit its data"),
        ("model.safetensors", _tensor("F16", [2] * 50_000, 2), "does not fit its data"),
        (
            "model.safetensors",
            _raw({"t": {"dtype": "F16", "shape": [3], "data_offsets": [0, 6]}}, b"12"),
            "shorter than its header says",
        ),
        ("model.safetensors.index.json", "{", "not readable as JSON"),
        ("model.safetensors.index.json", "[]", "expected an object"),
        ("adapter_config.json", "{,}", "not readable as JSON"),
        ("adapter_config.json", '{"peft_type": "LORA", "base_model_name_or_path": 7}', "is no text"),
        ("config.json", '{"model_type": ', "not readable as JSON"),
        ("config.json", '{"model_type": ' + DEEP, "nested too deeply"),
        ("config.json", '{"model_type": "x", "_name_or_path": {}}', "is no text"),
        ("MLmodel", "mlflow_version: [", "not readable as YAML"),
        ("MLmodel", "flavors: " + DEEP, "not readable as YAML"),
        ("MLmodel", "- mlflow_version: 1", "expected keys with values"),
        ("MLmodel", "mlflow_version: 1\nsignature: {inputs: '{'}", "not readable as JSON"),
        ("MLmodel", "mlflow_version: 1\nsignature: {inputs: '{}'}", "no list"),
        ("croissant.json", "{", "not readable as JSON"),
        ("data.croissant.json", DEEP, "nested too deeply"),
        (".eval_results/a.yaml", "a: 1", "expected a list of results"),
        (".eval_results/a.yaml", "- value: 1", "names no data set"),
        (".eval_results/a.yaml", "- {", "a.yaml"),
    ],
)
def test_a_broken_file_ends_the_check_with_its_place(
    name: str, content: str | bytes, said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refused:
        _checked(tmp_path, {name: content})
    (problem,) = refused.value.problems
    assert said in str(problem)
    assert problem.place is not None
    assert problem.place.source.startswith(name)


def test_every_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        _checked(tmp_path, {"croissant.json": "{", "model.safetensors": b"", "MLmodel": "mlflow_version: ["})
    assert len(refused.value.problems) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", "{ // settings of an application\n}"),
        ("config.json", '{"port": 80}'),
        ("MLmodel", "made by somebody else: ["),
        ("adapter_config.json", '{"name": "a network adapter"}'),
        ("config.yaml", "{"),
        ("tokenizer.safetensors", b""),
    ],
)
def test_files_of_other_software_say_nothing(name: str, content: str | bytes, tmp_path: Path) -> None:
    with_it = _checked(tmp_path, {name: content})
    assert not [note for note in with_it.choices.notes if name in note]


def test_the_parameters_of_all_parts_are_added(tmp_path: Path) -> None:
    parts = {f"model-0000{n}-of-00002.safetensors": tensors(**{f"w{n}": [n, 10]}) for n in (1, 2)}
    fact = _checked(tmp_path, parts).facts[PARAMETERS]
    assert (fact.value, str(fact.origin)) == (Decimal(30), "model-00001-of-00002.safetensors")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"model-00001-of-00003.safetensors": tensors(a=[2])}, "1 of 3 files with weights"),
        (
            {"model-00001-of-00001.safetensors": tensors(a=[2]), "model.safetensors": tensors(a=[2])},
            "weights of two models",
        ),
        (
            {"model.safetensors": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"},
            "only a pointer",
        ),
        ({"model.safetensors": _raw(b" " * (MOST_HEADER_BYTES + 1))}, "too large a header"),
        ({"model.safetensors": _tensor("I32", [8], 32)}, "packed into whole numbers"),
    ],
)
def test_what_cannot_be_counted_is_asked(files: dict[str, str | bytes], why: str, tmp_path: Path) -> None:
    decision = _checked(tmp_path, files)
    assert PARAMETERS not in decision.facts
    assert [note for note in decision.choices.notes if why in note]


def test_a_few_whole_numbers_beside_the_weights_do_not_count(tmp_path: Path) -> None:
    header = {
        "w": {"dtype": "F16", "shape": [1000], "data_offsets": [0, 2000]},
        "position_ids": {"dtype": "I64", "shape": [1, 2], "data_offsets": [2000, 2016]},
    }
    assert _checked(tmp_path, {"model.safetensors": _raw(header, bytes(2016))}).facts[PARAMETERS].value == Decimal(1000)


def test_a_rounded_number_agrees_with_the_weights(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"model.safetensors": tensors(a=[1234])}
    decision = _checked(tmp_path, files, release=RELEASE + "  model.parameters: 1200\n")
    assert decision.facts[PARAMETERS].value == Decimal(1234)
    with pytest.raises(InputError, match="is `1234` here but `1.3E\\+3`"):
        _checked(tmp_path, files, release=RELEASE + "  model.parameters: 1.3e3\n")


def test_index_and_weights_that_differ_are_an_error(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "model.safetensors": tensors(a=[1234]),
        "model.safetensors.index.json": '{"metadata": {"total_parameters": 99}}',
    }
    with pytest.raises(
        InputError, match=r"is `1234` here but `99` at model.safetensors.index.json#/metadata/total_parameters"
    ):
        _checked(tmp_path, files)


def test_the_name_of_a_model_is_no_number_of_parameters(tmp_path: Path) -> None:
    card = "---\nlicense: mit\nmodel_name: Foo-70B\nbase_model: one/base-7B\n---\n# Foo-70B\n"
    assert PARAMETERS not in _checked(tmp_path, {}, card=card).facts


def test_the_weights_of_an_adapter_are_not_those_of_the_model(tmp_path: Path) -> None:
    adapter = '{"peft_type": "LORA", "base_model_name_or_path": "one/base"}'
    decision = _checked(tmp_path, {"adapter_config.json": adapter, "model.safetensors": tensors(a=[5])})
    assert PARAMETERS not in decision.facts
    assert (decision.facts.value(BASE), decision.facts.value(RELATION)) == ("one/base", "adapter")


@pytest.mark.parametrize("path", ["/home/me/base", "./base", "../base", "base", "C:\\\\models\\\\base", ""])
def test_an_adapter_for_a_path_is_asked_about(path: str, tmp_path: Path) -> None:
    decision = _checked(
        tmp_path, {"adapter_config.json": f'{{"peft_type": "LORA", "base_model_name_or_path": "{path}"}}'}
    )
    assert BASE not in decision.facts
    assert [
        note for note in decision.choices.notes if note.startswith("adapter_config.json#/base_model_name_or_path: ")
    ]


def test_one_of_the_base_models_of_the_card_is_no_other(tmp_path: Path) -> None:
    card = "---\nbase_model: [One/Base, two/base]\nbase_model_relation: adapter\n---\n# Foo\n"
    adapter = '{"peft_type": "LORA", "base_model_name_or_path": "one/base"}'
    assert _checked(tmp_path, {"adapter_config.json": adapter}, card=card).facts.value(BASE) == "One/Base, two/base"
    with pytest.raises(InputError, match=BASE):
        _checked(tmp_path, {"adapter_config.json": adapter.replace("one", "three")}, card=card)


def test_a_configuration_that_names_the_model_itself_asks_nothing(tmp_path: Path) -> None:
    decision = _checked(tmp_path, {"config.json": '{"model_type": "x", "_name_or_path": "me/foo"}'})
    assert not [note for note in decision.choices.notes if "config.json" in note]


def test_a_card_named_alone_has_the_files_beside_it(tmp_path: Path) -> None:
    folder = _folder(tmp_path, {"model.safetensors": tensors(a=[7])}, release=None)
    assert Gate().check(folder / "README.md").facts[PARAMETERS].value == Decimal(7)
    assert Gate().check(folder).facts[PARAMETERS].value == Decimal(7)
    (folder / "other.md").write_text("---\nlicense: mit\n---\n# Other\n", encoding="utf-8")
    (folder / "MODEL_CARD_2.md").write_text("---\nlicense: mit\n---\n# Two\n", encoding="utf-8")
    assert PARAMETERS not in Gate().check(folder / "README.md").facts


def test_releases_that_share_a_folder_share_no_weights(tmp_path: Path) -> None:
    folder = _folder(
        tmp_path, {"model.safetensors": tensors(a=[7]), "a.aiact.yaml": RELEASE, "b.aiact.yaml": RELEASE}, release=None
    )
    assert PARAMETERS not in Gate().check(folder / "a.aiact.yaml").facts


def test_a_file_that_is_too_large_is_left_out_with_a_note(tmp_path: Path) -> None:
    folder = _folder(tmp_path, {"croissant.json": " " * (3 << 20)})
    assert [note for note in Gate().request(folder).notes if note.startswith("croissant.json: not read")]


@pytest.mark.parametrize("said", ['"none"', '""', "[]", "7", "null", "{}"])
def test_croissant_that_names_nothing_asks_nothing(said: str, tmp_path: Path) -> None:
    decision = _checked(tmp_path, {"croissant.json": f'{{"rai:personalSensitiveInformation": {said}}}'})
    assert not [note for note in decision.choices.notes if "croissant" in note]


def test_two_results_ask_nothing(tmp_path: Path) -> None:
    results = "".join(f"- dataset: {{id: some/{name}}}\n" for name in ("a", "b", "a"))
    assert not [note for note in _checked(tmp_path, {".eval_results/a.yaml": results}).choices.notes if "eval" in note]
