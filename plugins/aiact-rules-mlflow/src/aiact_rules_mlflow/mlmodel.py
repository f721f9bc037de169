"""MLmodel: the facts given with `log_model(metadata={"aiact": {...}})`, with the line each stands in."""

from __future__ import annotations

from typing import cast

import yaml
from aiact_rules import InputError
from aiact_rules.core.problems import Place, Problem
from aiact_rules.sources.text_files import Text
from aiact_rules.yaml_text import Mapping, Scalar, read_yaml

METADATA = "metadata"
BLOCK = "aiact"


def read_block(text: Text) -> Mapping | None:
    """Return the mapping `aiact` of a model's metadata, or None where there is none.

    MLflow writes the rest of the file, so only this block is held to the rules for release files. Raises InputError
    where the file is not readable, or states the block twice.
    """
    try:
        root = yaml.compose(text.text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError([Problem("not readable as YAML", Place(text.name))]) from error
    block = _value(_value(root, METADATA, text.name), BLOCK, text.name)
    if block is None:
        return None
    start, end = block.start_mark, block.end_mark
    place = Place(text.name, start.line + 1)
    if isinstance(block, yaml.ScalarNode) and block.value in ("", "~", "null"):
        return None
    # The block keeps the column in which it began, so that its lines stay aligned.
    written = " " * cast(int, start.column) + text.text[start.index : end.index]
    node = read_yaml(written, text.name, first_line=start.line + 1)
    if isinstance(node, Mapping):
        return node
    if isinstance(node, Scalar) and node.is_null:
        return None
    raise InputError([Problem(f"`{METADATA}.{BLOCK}` has keys with values", place, "write it as in a release file")])


def _value(node: yaml.Node | None, key: str, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    found = [pair for pair in node.value if isinstance(pair[0], yaml.ScalarNode) and pair[0].value == key]
    if len(found) > 1:
        line = found[1][0].start_mark.line + 1
        raise InputError([Problem(f"duplicate key `{key}`", Place(name, line), "remove one")])
    return cast(yaml.Node, found[0][1]) if found else None
