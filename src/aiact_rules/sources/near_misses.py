"""Near misses: names of files and keys that are almost those that are read, so that what they say is not passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

BLOCK = "eu_ai_act"
"""The key of a card's front matter under which facts stand."""

SETTINGS = "aiact.toml"
"""The file with the settings of an organisation."""

_NAME = r"(?:eu[ _-]?)?(?:ai[ _-]?act|aact|iact|aiac|aiat|aict|aiactt|aaict|aiatc)"
_YAML = r"(?:ya?ml|ymal|yalm|yamll?|yaml?|json)"
_RELEASE = re.compile(rf"(?P<stem>.*?)(?P<dot>\.?){_NAME}(?:\s*\.{_YAML}(?:\.(?:txt|ya?ml))?\s*)?", re.IGNORECASE)
_SETTINGS = re.compile(rf"\.?{_NAME}\s*\.(?:toml|tml|tom|tolm|otml|tomll|tooml)(?:\.txt)?\s*", re.IGNORECASE)
_COPY = re.compile(r"(?P<of>.*aiact\.(?:ya?ml|toml))(?:~|\.bak|\.orig|\.old|\.save)")
_READ = re.compile(r"(?:.*\.)?aiact\.(?:yaml|yml)")
_CARD = re.compile(r"(?:readme|model[_-]?card.*)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A file whose name is almost one that is read."""

    name: str
    message: str
    hint: str


def near_misses(names: Iterable[str]) -> tuple[NearMiss, ...]:
    """Return which files of one folder are not read but look as if they were meant to be, in order of their names.

    These are release files and settings in other spellings (`AIACT.YAML`, `ai_act.yml`, `aiact.yaml.txt`), and a card
    `NAME.markdown` beside `NAME.md`, of which only one is read.
    """
    here = frozenset(names)
    found = [_misspelt(name) or _copy_alone(name, here) or _second_card(name, here) for name in sorted(here)]
    return tuple(miss for miss in found if miss is not None)


def near_settings(names: Iterable[str]) -> tuple[NearMiss, ...]:
    """Return which files of one folder look as if they were meant to be its settings and are not read, by name."""
    here = frozenset(names)
    found = (
        _misspelt_settings(name) or (_copy_alone(name, here) if SETTINGS in name else None) for name in sorted(here)
    )
    return tuple(miss for miss in found if miss is not None)


def is_near_block(key: str) -> bool:
    """Return whether a key is almost `eu_ai_act`: other case or separators, or one letter wrong."""
    return key != BLOCK and _NEAR_BLOCK.fullmatch(_plain(key)) is not None


def _misspelt(name: str) -> NearMiss | None:
    release = _RELEASE.fullmatch(name)
    if release is not None and not _READ.fullmatch(name) and bool(release["stem"]) == bool(release["dot"]):
        right = f"{release['stem']}{release['dot']}aiact.yaml"
    else:
        return _misspelt_settings(name)
    return NearMiss(name, f"`{name}` is not read under this name", f"rename it to `{right}`")


def _misspelt_settings(name: str) -> NearMiss | None:
    if name == SETTINGS or not _SETTINGS.fullmatch(name):
        return None
    return NearMiss(name, f"`{name}` is not read under this name", f"rename it to `{SETTINGS}`")


def _copy_alone(name: str, here: frozenset[str]) -> NearMiss | None:
    """Return a copy that an editor or a person left, where what it is a copy of is gone."""
    copy = _COPY.fullmatch(name)
    if copy is None or copy["of"] in here:
        return None
    return NearMiss(name, f"`{name}` is not read, and `{copy['of']}` is not there", f"rename it to `{copy['of']}`")


def _second_card(name: str, here: frozenset[str]) -> NearMiss | None:
    stem, dot, suffix = name.rpartition(".")
    if not dot or suffix.lower() != "markdown":
        return None
    other = next((other for other in sorted(here) if other.lower() == f"{stem}.md".lower()), None)
    if other is None or not (_CARD.match(stem) or {f"{stem}.aiact.yaml", f"{stem}.aiact.yml"} & here):
        return None
    return NearMiss(name, f"`{name}` and `{other}` are both the card", "keep one of the two")


def _plain(key: str) -> str:
    return re.sub(r"[\s._-]+", "", key).lower()


def _one_letter_off(word: str) -> str:
    """Return a pattern for a word in which at most one letter is wrong, missing, too many or swapped with the next."""
    ways = {word}
    for at in range(len(word)):
        ways |= {f"{word[:at]}.?{word[at + 1 :]}", f"{word[:at]}.{word[at:]}"}
        ways.add(word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :])
    return "|".join(sorted({*ways, f"{word}."}))


_NEAR_BLOCK = re.compile(rf"aiact|euai|{_one_letter_off(_plain(BLOCK))}")
