"""The words of a pack for cards, from `card_words.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiact_rules.core.cards import CardClass, CardDuty, CardWords, Reader
from aiact_rules.core.problems import did_you_mean
from aiact_rules.core.rules import Span
from aiact_rules.core.words import in_words
from aiact_rules.specfiles.format import CardWordsFile
from aiact_rules.specfiles.loading import Loading
from aiact_rules.specfiles.validation import child, entries


def read_card_words(loading: Loading, headlines: Iterable[str], labels: Mapping[str, str]) -> CardWords | None:
    """Read what a pack tells the readers of a card; None where it has no `card_words.yaml`."""
    names = tuple(headlines)
    found = None
    for _, node, file in loading.of(CardWordsFile):
        if found is not None:
            loading.problem("a pack has one `card_words.yaml`", node.place)
        classes = {}
        for entry in entries(child(node, "classes")):
            spec = file.classes[entry.key]
            if entry.key not in names:
                loading.problem(
                    f"`{entry.key}` is no headline", entry.place, did_you_mean(entry.key, names) or "see pack.yaml"
                )
            duties = tuple(CardDuty(Reader(each.reader), each.says, each.provision) for each in spec.duties)
            for number, duty in enumerate(duties):
                item = child(entry.value, "duties", number)
                assert item is not None, "what was read as a duty stands there"
                loading.units(f"card of `{entry.key}`", duty.provision, (), item.place, Span(), item)
            classes[entry.key] = CardClass(spec.says, duties)
        found = CardWords(file.title, classes, {name: labels.get(name) or in_words(name) for name in names})
    return found
