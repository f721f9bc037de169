"""Names: which files of a folder may state something about a release, told by their names alone."""

from __future__ import annotations

import re
from pathlib import Path

RELEASE_FILES = ("aiact.yaml", "aiact.yml")
RELEASE_SUFFIXES = (".aiact.yaml", ".aiact.yml")
MARKDOWN = (".md", ".markdown")
_BILLS = (".cdx.json", ".spdx.json", ".spdx3.json")
_BILL_NAMES = ("bom.json", "mlbom.json", "ml-bom.json", "aibom.json")
_README = re.compile(r"readme\.(?:md|markdown)\Z", re.IGNORECASE)
_CARD = re.compile(r"model[_-]?card[^/]*\.(?:md|markdown)\Z", re.IGNORECASE)

MLMODEL = "MLmodel"
CONFIG = "config.json"
ADAPTER = "adapter_config.json"
WEIGHTS_INDEX = "model.safetensors.index.json"
EVAL_RESULTS = ".eval_results"
_SIDE = (MLMODEL, CONFIG, ADAPTER, WEIGHTS_INDEX)
_WEIGHTS = re.compile(r"model(?:-\d{5}-of-\d{5})?\.safetensors\Z")
_CROISSANT = re.compile(r"(?:croissant|croissant-metadata|.+\.croissant)\.json\Z", re.IGNORECASE)


def is_weights(name: str) -> bool:
    """Return whether a file name is that of a whole model's weights, or of a numbered part of them."""
    return _WEIGHTS.match(name) is not None


def is_croissant(name: str) -> bool:
    """Return whether a file is named like the Croissant metadata of a data set."""
    return _CROISSANT.match(name) is not None


def is_side_file(name: str) -> bool:
    """Return whether a file is named like one that belongs to a model, but states no release by itself."""
    return name in _SIDE or is_weights(name) or is_croissant(name)


def is_release_file(path: Path) -> bool:
    """Return whether a file has the name of a release file."""
    return path.name in RELEASE_FILES or path.name.endswith(RELEASE_SUFFIXES)


def is_bill(path: Path) -> bool:
    """Return whether a file has the name of a bill of materials."""
    name = path.name.lower()
    return name in _BILL_NAMES or name.endswith(_BILLS)


def is_readme(path: Path) -> bool:
    """Return whether a file is a README, which may or may not be a card."""
    return _README.match(path.name) is not None


def is_named_card(path: Path) -> bool:
    """Return whether a file has the name of a model card."""
    return _CARD.match(path.name) is not None


def may_state(file: Path) -> bool:
    """Return whether a file has a name under which something about a release may be stated."""
    lower = file.name.lower()
    if lower in RELEASE_FILES or lower.endswith(RELEASE_SUFFIXES) or is_bill(file):
        return True
    return is_named_card(file) or is_readme(file) or lower.endswith(MARKDOWN)


def is_read(path: Path) -> bool:
    """Return whether a file with this name is read, or looked into, wherever it stands."""
    return is_release_file(path) or is_bill(path) or is_named_card(path) or is_readme(path)


def stem_of(release: Path) -> str:
    """Return the name of a release file without what makes it one."""
    return release.name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".aiact")


def has_own_release(card: Path) -> bool:
    """Return whether a release file of its own stands beside a card."""
    return any(card.with_name(card.stem + suffix).is_file() for suffix in RELEASE_SUFFIXES)


def is_utf8(name: str) -> bool:
    """Return whether a name can be written down."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
