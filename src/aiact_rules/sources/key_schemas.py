"""JSON Schemas of `aiact.yaml` and `aiact.toml`, for editors: made from the declared keys and from a vocabulary.

They know the facts and readings of the packs they are made from, and stay open to facts of other packs. What only the
readers can say (facts that contradict each other, evidence that is missing) no schema says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from aiact_rules.core.packs import DISMISSED, FOUND, MARKETS, SCHOOL
from aiact_rules.core.rules import Reading
from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary, format_quantity
from aiact_rules.sources.keys import (
    CLAIM_KEYS,
    DISMISSAL,
    EVIDENCE,
    MOST_SECONDS,
    RELEASE,
    RESULT,
    SETTINGS,
    Key,
    Kind,
    names,
)

Schema = dict[str, Any]

_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_TEXTS: Schema = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}
_CODE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,3})?"
_MARKET: Schema = {"type": "string", "pattern": rf"^\s*{_CODE}\s*$"}
_DATE: Schema = {"type": "string", "pattern": r"^\s*\d{4}-\d{2}-\d{2}\s*$"}
_TRUE_OR_FALSE: Schema = {
    "type": "string",
    "pattern": r"^\s*([Yy][Ee][Ss]|[Nn][Oo]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\s*$",
}
_POWER = r"10\s*(\^|\*\*)\s*[+-]?\d{1,3}"
_AMOUNT: Schema = {
    "type": "string",
    "pattern": rf"^\s*(\+?\d[\d_]*(\.\d+)?([eE][+-]?\d{{1,3}}|\s*(\*|x|×)\s*{_POWER})?|{_POWER})\s*$",
}
_EMPTY: Schema = {
    "description": "not stated",
    "anyOf": [
        {"type": "null"},
        {"type": "string", "pattern": r"^\s*$|^\s*(\[[^\]]*\]|\{\{[^{}]*\}\}|<[^>]*>)\s*$"},
    ],
}
_REF_EMPTY = {"$ref": "#/$defs/empty"}
_SAID: Schema = {"$ref": "#/$defs/said"}
_MEMBER: Schema = {"$ref": "#/$defs/member"}
_DISMISSAL: Schema = {"$ref": "#/$defs/dismissal"}
_IN_ONE_TEXT: Schema = {"$ref": "#/$defs/in_one_text"}
_SHARED: Schema = {
    "empty": _EMPTY,
    "said": {
        "description": "whether it is in the list, or that this is not known",
        "enum": [True, False, None, "yes", "no", "unknown", "true", "false"],
    },
    "member": {"type": "string", "pattern": r"^[^,]*:\s*([Yy]es|[Nn]o|[Uu]nknown|[Tt]rue|[Ff]alse)\s*$"},
    "in_one_text": {"type": "string", "pattern": r"^\s*(none|\[\])\s*$|[,:]"},
}


def release_schema(vocabulary: Vocabulary, readings: Iterable[Reading], schools: Iterable[str]) -> Schema:
    """Return the schema of a release file that states facts of this vocabulary."""
    facts = _Facts(vocabulary, nullable=True)
    release = {key.name: _release_key(key, facts, readings, schools) for key in RELEASE}
    return {
        **_head("release", "A release file (`aiact.yaml`) of aiact-rules"),
        "required": ["format"],
        **facts.beside(release),
        "$defs": {
            **_SHARED,
            "facts": {"type": "object", **facts.beside({})},
            "operator": facts.operator(),
            "evidence": _object({key.name: _described(key, _or_empty(_plain(key))) for key in EVIDENCE}),
            "dismissal": {
                **_object({key.name: _described(key, _plain(key)) for key in DISMISSAL}),
                "required": [DISMISSAL[0].name],
            },
            **facts.definitions(),
        },
    }


def card_schema(vocabulary: Vocabulary, readings: Iterable[Reading], schools: Iterable[str]) -> Schema:
    """Return the schema of the block `eu_ai_act:` of a card: a release file without its format, what is claimed, and the result."""
    schema = release_schema(vocabulary, readings, schools)
    claims = {name: _claim(key) for key in CLAIM_KEYS for name in (key.name, *key.formerly)}
    named = schema["$defs"]["named"]["properties"]
    groups = {name: {"anyOf": [group, claims[name]]} for name, group in named.items() if name in claims}
    named |= groups
    facts = _Facts(vocabulary, nullable=True)
    result = {
        **_object({key.name: _described(key, _written(key)) for key in RESULT}),
        "description": "what `aiact-rules card` wrote; it states nothing",
    }
    own = {
        "result": _or_empty(result),
        **{name: each for name, each in schema["properties"].items() if name != _OPERATOR},
        **claims,
        **groups,
    }
    own[_OPERATOR] = schema["properties"][_OPERATOR]
    del schema["required"]
    return {**schema, **_head("card", "The block `eu_ai_act` of a card for aiact-rules"), **facts.beside(own)}


def settings_schema(vocabulary: Vocabulary, readings: Iterable[Reading], schools: Iterable[str]) -> Schema:
    """Return the schema of `aiact.toml`, and of `[tool.aiact-rules]` in `pyproject.toml`."""
    own = Vocabulary.of(d for d in vocabulary.declarations.values() if d.organisation)
    facts = _Facts(own, nullable=False, others=vocabulary)
    keys = {
        name: _described(key, _setting(key, readings, schools), former=name != key.name)
        for key in SETTINGS
        for name in (key.name, *key.formerly)
    }
    return {
        **_head("config", "Settings of an organisation (`aiact.toml`) for aiact-rules"),
        "properties": keys,
        "additionalProperties": False,
        "$defs": {**_SHARED, "facts": {"type": "object", **facts.beside({})}, **facts.definitions()},
    }


def _head(name: str, title: str) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:aiact-rules:schema:{name}:1",
        "title": title,
        "type": "object",
    }


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _or_empty(schema: Schema) -> Schema:
    return {"anyOf": [_REF_EMPTY, *schema.get("anyOf", [schema])]}


def _described(key: Key, schema: Schema, *, former: bool = False) -> Schema:
    said = {"description": f"{key.meaning} (default: {key.default})" if key.default else key.meaning}
    return {**schema, **said, **({"deprecated": True} if former else {})}


def _claim(key: Key) -> Schema:
    said: Schema = {"anyOf": [_REF_EMPTY, _SCALAR, {"type": "array", "items": {"anyOf": [_REF_EMPTY, _SCALAR]}}]}
    return _described(key, said)


def _written(key: Key) -> Schema:
    return {"enum": list(key.words)} if key.words else _plain(key)


def _plain(key: Key) -> Schema:
    return {
        Kind.DATE: _DATE,
        Kind.MARKETS: {"anyOf": [_MARKET, {"type": "array", "items": _MARKET}]},
        Kind.TEXTS: _TEXTS,
    }.get(key.kind, _SCALAR)


def _readings(readings: Iterable[Reading], schools: Iterable[str], *further: Schema) -> Schema:
    named: Schema = {
        each.id: {"anyOf": [*further, {"enum": sorted(each.choices)}], "description": each.question}
        for each in readings
    }
    named[SCHOOL] = {"anyOf": [*further, {"type": "string", "examples": sorted(schools)}]}
    table = {"type": "object", "properties": named, "additionalProperties": {"anyOf": [*further, {"type": "string"}]}}
    return {"anyOf": [{"type": "string", "examples": sorted(schools)}, table]}


def _release_key(key: Key, facts: _Facts, readings: Iterable[Reading], schools: Iterable[str]) -> Schema:
    evidence = {"anyOf": [_REF_EMPTY, {"type": "string"}, {"$ref": "#/$defs/evidence"}]}
    operator = {"$ref": "#/$defs/operator"}
    made: Mapping[Kind, Callable[[], Schema]] = {
        Kind.FORMAT: lambda: {"enum": [1, "1"]},
        Kind.FACT: lambda: facts.stated(str(key.fact)),
        Kind.DISMISSALS: lambda: facts.stated(str(key.fact)),
        Kind.FACTS: lambda: _or_empty({"$ref": "#/$defs/facts"}),
        Kind.GROUP: lambda: _or_empty(_object({each.name: facts.stated(str(each.fact)) for each in key.inner})),
        Kind.READINGS: lambda: _or_empty(_readings(readings, schools, _REF_EMPTY)),
        Kind.OPERATOR: lambda: _or_empty({"anyOf": [{"type": "string"}, operator]}),
        Kind.OPERATORS: lambda: _or_empty({"type": "array", "items": operator}),
        Kind.EVIDENCE: lambda: _or_empty(
            {
                "type": "object",
                "additionalProperties": {"anyOf": [*evidence["anyOf"], {"type": "array", "items": evidence}]},
            }
        ),
    }
    return _described(key, made[key.kind]() if key.kind in made else _or_empty(_plain(key)))


def _setting(key: Key, readings: Iterable[Reading], schools: Iterable[str]) -> Schema:
    text = {"type": "string", "pattern": r"\S"}
    if key.kind is Kind.WORD:
        return {"enum": list(key.words)}
    if key.kind is Kind.TRUTH:
        return {"type": "boolean"}
    if key.kind is Kind.FACTS:
        return {"$ref": "#/$defs/facts"}
    if key.kind is Kind.READINGS:
        return _readings(readings, schools)
    if key.kind is Kind.STRENGTHS:
        return {"type": "object", "additionalProperties": {"enum": list(key.words)}}
    if key.kind is Kind.SECONDS:
        return {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_SECONDS}
    if key.kind is Kind.WAIVERS:
        return {"type": "array", "items": _waiver(key.inner, text)}
    if key.kind in (Kind.TEXTS, Kind.MARKETS):
        one = _MARKET if key.kind is Kind.MARKETS else text
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
    return text


def _waiver(keys: Iterable[Key], text: Schema) -> Schema:
    of_kind = {Kind.DATE: _DATE, Kind.TEXTS: {"anyOf": [text, {"type": "array", "items": text, "minItems": 1}]}}
    return {
        **_object({key.name: _described(key, of_kind.get(key.kind, text)) for key in keys}),
        "required": ["reason", "approver", "until"],
        "oneOf": [{"required": ["finding"]}, {"required": ["provision"]}],
    }


_OPERATOR = "operator"
"""A group of facts whose name is a key of a release file too."""


class _Facts:
    """The facts of a vocabulary as schemas: each defined once, and referred to by its dotted name and in its groups."""

    def __init__(self, vocabulary: Vocabulary, *, nullable: bool, others: Iterable[str] = ()) -> None:
        """With `nullable` a fact may be left empty; `others` are facts that may not be stated here."""
        self.vocabulary = vocabulary
        self.others = dict.fromkeys(name.split(".")[0] for name in others)
        self.nullable = nullable
        self.names = [name for name in vocabulary if name not in FOUND]
        former = {f.name for d in vocabulary.declarations.values() for f in d.was} - {*vocabulary}
        self.former = sorted(former)
        self.groups = sorted({name.split(".")[0] for name in (*self.names, *self.former)})

    def stated(self, name: str) -> Schema:
        """Return the reference to a fact."""
        return {"$ref": f"#/$defs/{name}"} if name in self.vocabulary else {}

    def definitions(self) -> Schema:
        """Return each fact by its name, each group, the names that stand for either, and what they are."""
        groups = {f"group:{group}": self._group(f"{group}.") for group in self.groups}
        named = {group: {"$ref": f"#/$defs/group:{group}"} for group in self.groups if group != _OPERATOR}
        properties = {**self._dotted(""), **named}
        return {
            **{name: self._fact(self.vocabulary[name]) for name in self.names},
            **groups,
            "named": {"properties": properties},
            "names": {"anyOf": [{"enum": list(properties)}, {"pattern": rf"{self._unknown()}(\.[a-z][a-z0-9_]*)*$"}]},
        }

    def _unknown(self, besides: Iterable[str] = ()) -> str:
        """Return how the name of a group begins that this vocabulary does not have: facts of other packs."""
        known = dict.fromkeys((*self.groups, *self.others, *names(RELEASE), *besides))
        return rf"^(?!(?:{'|'.join(known)})(?:\.|$))[a-z][a-z0-9_]*"

    def beside(self, properties: Schema) -> Schema:
        """Return a mapping of facts, nested, dotted or both, with other keys beside them."""
        facts: Schema = {"$ref": "#/$defs/names"}
        if _OPERATOR in self.groups:
            properties = {_OPERATOR: {"$ref": f"#/$defs/group:{_OPERATOR}"}, **properties}
        return {
            "allOf": [{"$ref": "#/$defs/named"}],
            **({"properties": properties} if properties else {}),
            "patternProperties": {f"{self._unknown(properties)}$": {"type": "object"}},
            "propertyNames": {"anyOf": [{"enum": list(properties)}, facts]} if properties else facts,
        }

    def operator(self) -> Schema:
        """Return one operator: its name, facts about it without their group, and other groups as in a block of facts."""
        return {
            "type": "object",
            **self.beside(
                {
                    **self._dotted(f"{_OPERATOR}."),
                    "name": {"anyOf": [_REF_EMPTY, _SCALAR]},
                    "facts": {"anyOf": [_REF_EMPTY, {"$ref": "#/$defs/facts"}]},
                    **{
                        key.name: self.stated(str(key.fact))
                        for key in RELEASE
                        if key.name in ("moment", "release_date")
                    },
                }
            ),
        }

    def _dotted(self, prefix: str) -> Schema:
        former = {name.removeprefix(prefix): {"deprecated": True} for name in self.former if name.startswith(prefix)}
        now = {name.removeprefix(prefix): self.stated(name) for name in self.names if name.startswith(prefix)}
        return {**former, **now}

    def _group(self, prefix: str) -> Schema:
        """Return the facts whose names begin so, and the groups among them."""
        properties = self._dotted(prefix)
        for name in [name for name in properties if "." in name]:
            inner = name.split(".")[0]
            if inner not in properties:
                properties[inner] = self._group(f"{prefix}{inner}.")
        kinds = ["object", "null"] if self.nullable else "object"
        return {"type": kinds, "properties": properties, "additionalProperties": False}

    def _fact(self, declaration: FactDeclaration) -> Schema:
        if declaration.type is FactType.SOME_OF and declaration.name != MARKETS:
            schema = _list(declaration)
        else:
            schema = {"anyOf": list(_values(declaration))}
        if self.nullable:
            schema["anyOf"].insert(0, _REF_EMPTY)
        return {"description": _description(declaration), **schema}


def _values(declaration: FactDeclaration) -> Iterator[Schema]:
    kind, words = declaration.type, _words(declaration)
    if kind is FactType.YES_NO:
        yield from ({"type": "boolean"}, _TRUE_OR_FALSE)
    elif kind is FactType.ONE_OF:
        yield {"enum": words} if words else _SCALAR
    elif kind is FactType.QUANTITY:
        least = {"minimum": 0} if declaration.above is None else {"exclusiveMinimum": _number(declaration.above)}
        most = {} if declaration.at_most is None else {"maximum": _number(declaration.at_most)}
        yield from ({"type": "number", **least, **most}, _AMOUNT)
    elif kind is FactType.DATE:
        yield _DATE
    elif kind is FactType.TEXT:
        yield _SCALAR
    elif declaration.name == MARKETS:
        yield {"type": "array", "items": _MARKET}
        yield {
            "type": "string",
            "pattern": rf"^\s*(\[\]|none|{_CODE}(\s*,\s*{_CODE})*)\s*$",
        }


def _words(declaration: FactDeclaration) -> list[Any]:
    """Return the permitted words, as YAML may read them, with those that were renamed."""
    former = [word for each in declaration.was if each.name == declaration.name for word in each.values]
    words = [*(declaration.values or {}), *former]
    return [*words, *({"yes": True, "no": False}[word] for word in words if word in ("yes", "no"))]


def _list(declaration: FactDeclaration) -> Schema:
    """Return a list: of words, or of words with what is known of each; a word alone, or several in one text."""
    if declaration.values is None:
        of_each = {"type": "object", "minProperties": 1, "additionalProperties": _SAID}
        items = [_DISMISSAL, _SCALAR, of_each] if declaration.name == DISMISSED else [_SCALAR, of_each]
        return {"anyOf": [{"type": "array", "items": {"anyOf": items}}, *items]}
    here = f"#/$defs/{declaration.name}/$defs"
    word, of_each = {"$ref": f"{here}/words"}, {"$ref": f"{here}/of_each"}
    words = [*_words(declaration), *(["all"] if declaration.checklist else [])]
    return {
        "anyOf": [{"type": "array", "items": {"anyOf": [word, of_each, _MEMBER]}}, word, of_each, _IN_ONE_TEXT],
        "$defs": {
            "words": {"enum": words},
            "of_each": {"type": "object", "minProperties": 1, "propertyNames": word, "additionalProperties": _SAID},
        },
    }


def _description(declaration: FactDeclaration) -> str:
    parts = [declaration.asks]
    if declaration.unit is not None:
        parts.append(f"In {declaration.unit}.")
    if declaration.provision is not None:
        parts.append(f"({declaration.provision})")
    labels = [f"- {word}: {label}" for word, label in (declaration.values or {}).items() if label != word]
    return "\n".join([" ".join(parts), *labels])


def _number(amount: Any) -> float | int:
    text = format_quantity(amount)
    return int(text) if text.isdigit() else float(text)
