"""Questions of a card: keys of its front matter that hint at a fact without stating it."""

from __future__ import annotations

from aiact_rules.core.problems import Place
from aiact_rules.sources.figures import Doubt, Said
from aiact_rules.sources.hub_files import RELATION, asked_by_results
from aiact_rules.yaml_text import Mapping, Node, Scalar, Sequence

MODIFICATION = "model.modification"
_ADAPTERS = frozenset({"peft", "adapters", "adapter-transformers"})
_TUNED = frozenset({"fine-tuning", "finetuning", "fine tuning", "finetune", "fine-tune"})


def asked_by_metadata(metadata: Mapping) -> Said:
    """Return what the keys of a card ask: whether it is an adapter, whether it was tuned, how many tasks it does."""
    said = Said()
    library = metadata.entry("library_name")
    if library is not None and _word(library.value) in _ADAPTERS:
        words = f"{library.place}: is for adapters; if the release is one, state `{RELATION}: adapter`"
        said = said.joined_with(Said((Doubt(RELATION, words),)))
    emissions = metadata.get("co2_eq_emissions")
    training = emissions.entry("training_type") if isinstance(emissions, Mapping) else None
    if training is not None and _word(training.value) in _TUNED:
        words = f"{training.place}: says that the model was tuned; say in `{MODIFICATION}` whose model it was made from"
        said = said.joined_with(Said((Doubt(MODIFICATION, words),)))
    return said.joined_with(_of_results(metadata.get("model-index")))


def _of_results(index: Node | None) -> Said:
    tasks: list[str] = []
    places: list[Place] = []
    for model in index if isinstance(index, Sequence) else ():
        results = model.get("results") if isinstance(model, Mapping) else None
        for result in results if isinstance(results, Sequence) else ():
            task = result.get("task") if isinstance(result, Mapping) else None
            kind = task.get("type") if isinstance(task, Mapping) else None
            if isinstance(kind, Scalar) and kind.text.strip():
                tasks.append(kind.text.strip())
                places.append(result.place)
    return asked_by_results(tasks, places)


def _word(node: Node) -> str:
    return node.text.strip().lower() if isinstance(node, Scalar) else ""
