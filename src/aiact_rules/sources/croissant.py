"""Croissant: what the metadata of a data set beside a model may say of the data that the model was trained with."""

from __future__ import annotations

from aiact_rules.core.problems import Place
from aiact_rules.sources.figures import Doubt, Said
from aiact_rules.sources.json_text import Number, read_object
from aiact_rules.sources.text_files import Text

PERSONAL = "data_governance.personal_data_used"
SENSITIVE = "personalSensitiveInformation"


def read_croissant(text: Text) -> Said:
    """Return the question whether the data hold personal data, where the metadata name sensitive kinds of it.

    The licence there is that of the data, never of the model. Raises InputError where the file is broken.
    """
    root = read_object(text)
    for key, value in root.items():
        if key.rpartition(":")[2].rpartition("/")[2] == SENSITIVE and _says_something(value):
            place = Place(f"{text.name}#/{key.replace('~', '~0').replace('/', '~1')}")
            words = f"{place}: names personal or sensitive information; if the model was trained with it, answer `{PERSONAL}`"
            return Said((Doubt(PERSONAL, words),))
    return Said()


def _says_something(value: object) -> bool:
    parts = value if isinstance(value, list) else [value]
    return any(
        isinstance(part, str)
        and not isinstance(part, Number)
        and part.strip().lower().rstrip(".") not in ("", "none", "no", "n/a")
        for part in parts
    )
