"""Schools of reading are read from a pack, and everything that does not fit is refused with its place."""

from __future__ import annotations

import pytest

from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError
from aiact_rules.specfiles import load_pack_text, merge_packs

HEAD = "version: 0.1.0\ntitle: Small law\nlaw: Regulation 1\nmarket: EU\n"
SCHOOLS = """\
schools:
  letter: {title: The letter, authority: the text alone}
  guides: {title: Guides, authority: "whoever wrote them", by_document: true}
"""
READING = """\
readings:
  chats:
    provision: Art. 6
    question: Is talking a use?
    choices: {counts: it is, left_out: it is not}
    default: left_out
    authority: recital 1
    laxer_than_letter: recital 1 names talk
    schools:
      letter: counts
      guides: {choice: left_out, document: "Guide 7", status: draft}
"""


def load(readings: str = READING, schools: str = SCHOOLS, **more: str) -> Pack:
    return load_pack_text(
        {"pack.yaml": f"id: small\n{HEAD}", "readings.yaml": readings, "schools.yaml": schools, **more}
    )


def problems(readings: str = READING, schools: str = SCHOOLS) -> str:
    with pytest.raises(PackError) as error:
        load(readings, schools)
    return "\n".join(map(str, error.value.problems))


def test_a_school_has_its_title_authority_and_choices_with_their_documents() -> None:
    pack = load()
    assert pack.school("letter") == {"chats": "counts"}
    guides = pack.schools["guides"]
    assert (guides.title, guides.authority) == ("Guides", "whoever wrote them")
    assert (guides.choices["chats"].document, guides.choices["chats"].status) == ("Guide 7", "draft")


def test_every_pack_has_the_school_of_its_defaults() -> None:
    assert load().school("default") == {"chats": "left_out"}
    assert load().school("nobody") == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("letter: counts", "lettr: counts", "reading `chats`: unknown school `lettr`\n  did you mean `letter`?"),
        ("letter: counts", "letter: counted", "the school `letter` chooses `counted`, which is no choice"),
        (", status: draft", "", "the school `guides` names neither its document nor its status"),
        (', document: "Guide 7", status: draft', ", status: rumour", "expected `final` or `draft`, found `rumour`"),
        ("    laxer_than_letter: recital 1 names talk\n", "", "the default `left_out` is not what the letter says"),
        ("default: left_out", "default: counts", "so it is not laxer or stricter"),
        ("    laxer", "    stricter_than_letter: no\n    laxer", "is not what the letter says"),
        ("      letter: counts\n", "", "reading `chats` does not say what the letter of the law chooses"),
        ("  chats:", "  school:", "no reading can be called `school`"),
    ],
)
def test_what_does_not_fit_is_refused(old: str, new: str, said: str) -> None:
    assert READING.count(old) == 1
    assert said in problems(READING.replace(old, new))


def test_a_school_that_says_nothing_is_refused() -> None:
    more = SCHOOLS + "  silent: {title: Silence, authority: none}\n"
    assert "school `silent` says nothing: no reading names its choice" in problems(schools=more)


def test_no_school_is_called_default() -> None:
    more = SCHOOLS + "  default: {title: Mine, authority: me}\n"
    assert "no school of reading can be called `default`" in problems(schools=more)


def test_the_readings_of_an_extension_may_use_the_schools_of_its_law() -> None:
    law = load()
    own = (
        READING.replace("chats", "advice")
        .replace("    laxer_than_letter: recital 1 names talk\n", "")
        .replace("default: left_out", "default: counts")
    )
    texts = {"pack.yaml": f"id: guide\n{HEAD}extends: [small]\ngates: false\n", "readings.yaml": own}
    joined = merge_packs(law, load_pack_text(texts, bases=[law]))
    assert joined.school("letter") == {"chats": "counts", "advice": "counts"}
    with pytest.raises(PackError, match="school `letter` is one of a law that this pack extends"):
        load_pack_text({**texts, "schools.yaml": SCHOOLS}, bases=[law])
