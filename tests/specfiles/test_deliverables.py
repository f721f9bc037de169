"""The documents and acts of a pack are read, and each obligation belongs to the one that names it most exactly."""

from __future__ import annotations

import pytest

from aiact_rules.core.deliverables import DeliverableKind
from aiact_rules.core.packs import OVERDUE, Pack
from aiact_rules.core.problems import PackError
from aiact_rules.specfiles import load_pack_text, merge_packs

HEAD = "id: small\nversion: 0.1.0\ntitle: Small law\nlaw: Regulation 1\nmarket: EU\n"
FACTS = """\
facts:
  a.done: {type: yes_no, asks: Done?}
  a.uses: {type: some_of, asks: Which?, values: {hiring: hires}}
"""
OBLIGATIONS = "obligations:\n" + "".join(
    f"  - {{id: {name}, provision: '{provision}', must: do it, kind: notice}}\n"
    for name, provision in {
        "art1.1": "Art. 1(1), with Art. 2",
        "art1.1.b": "Art. 1(1), point (b)",
        "art1.11": "Art. 1(11)",
        "art1a": "Art. 1a",
        "annex1.10": "Annex I, point 10",
    }.items()
)
CUES = "cues: {hiring: {provision: Art. 1(1), words: [hiring], suggests: {a.uses: {includes: hiring}}}}\n"
FILE = """\
deliverables:
  plan:
    title: the plan
    kind: document
    provision: Art. 1
    signed_by: the provider
    skeleton: {name: the-plan, headings: [{provision: Art. 1, title: t, asks: what, shows: {a.done: true}}]}
    covers: [Art. 1, Annex I]
  promise:
    title: the promise
    kind: act
    provision: Art. 1(1)
    signed_by: whoever promises
    covers: Art. 1(1)
"""


def load(file: str = FILE, **more: str) -> Pack:
    texts = {
        "pack.yaml": HEAD,
        "vocabulary.yaml": FACTS,
        "art_001.yaml": OBLIGATIONS,
        "cues.yaml": CUES,
        "deliverables.yaml": file,
    }
    return load_pack_text({**texts, **more})


def problems(file: str, **more: str) -> list[str]:
    with pytest.raises(PackError) as error:
        load(file, **more)
    return [str(problem) for problem in error.value.problems]


def belongs(pack: Pack, obligation: str) -> str | None:
    found = pack.deliverable_of(obligation)
    return None if found is None else found.id


def test_a_deliverable_says_what_it_is_and_who_answers_for_it() -> None:
    plan = load().deliverables["plan"]
    assert (plan.title, plan.kind, plan.provision) == ("the plan", DeliverableKind.DOCUMENT, "Art. 1")
    assert (plan.signed_by, str(plan.place)) == ("the provider", "deliverables.yaml:2")
    assert load().deliverables["promise"].skeleton is None


def test_the_longest_provision_wins_and_ends_where_a_number_or_a_point_ends() -> None:
    pack = load()
    assert belongs(pack, "art1.1") == belongs(pack, "art1.1.b") == "promise"
    assert belongs(pack, "art1.11") == belongs(pack, "annex1.10") == "plan"
    assert belongs(pack, "art1a") is None


def test_an_id_is_more_exact_than_any_provision() -> None:
    pack = load(FILE.replace("[Art. 1, Annex I]", "[Art. 1, Annex I, art1.1]"))
    assert belongs(pack, "art1.1") == belongs(pack, "art1.1.b") == "plan"
    assert belongs(pack, "art1.11") == "plan"
    assert belongs(pack, "signal.hiring") == "promise"


def test_what_a_cue_and_what_a_missed_period_asks_belongs_somewhere_too() -> None:
    pack = load(FILE.replace("[Art. 1, Annex I]", "[Art. 1, Annex I, signal]"))
    assert belongs(pack, "signal.hiring") == "plan"
    assert belongs(pack, f"{OVERDUE}art1.1") == "promise"
    assert belongs(pack, "nobody.knows.it") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "Art. 1, Annex I",
            "Art. 1, Anex I",
            "deliverables.yaml:8: deliverable `plan`: no obligation has the provision or id `Anex I`",
        ),
        (
            "covers: Art. 1(1)",
            "covers: [Art. 1(1), Annex I]",
            "deliverables.yaml:14: deliverable `promise`: `Annex I` belongs to `plan` already\n"
            "  the first is at deliverables.yaml:8; an obligation belongs to one deliverable",
        ),
        (
            "[Art. 1, Annex I]",
            "['Art. 1(1), with Art. 2', 'Art. 1(1), point (b)', signal.hiring]",
            "deliverables.yaml:9: deliverable `promise` covers nothing\n"
            "  every obligation it names belongs to a deliverable that names it more exactly",
        ),
        (
            "covers: [Art. 1, Annex I]",
            "covers: []",
            "deliverables.yaml:8: `deliverables.plan.covers`: is an empty list",
        ),
        ("kind: act", "kind: deed", "expected `document` or `act`, found `deed`"),
        ("    signed_by: the provider\n", "", "`signed_by` is missing"),
        ("name: the-plan", "name: The Plan", "not of the right form, found `The Plan`"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    assert FILE.count(old) == 1
    assert any(said in problem for problem in problems(FILE.replace(old, new)))


def test_obligations_of_a_file_that_cannot_be_read_are_not_missed() -> None:
    assert problems(FILE, **{"art_001.yaml": OBLIGATIONS + "  - {id: art9}\n"}) == [
        "art_001.yaml:7: obligation `art9`: `must` is missing",
        "art_001.yaml:7: obligation `art9`: `provision` is missing",
    ]


def test_a_provision_that_the_law_does_not_have_is_refused() -> None:
    units = "".join(f'{{"id": "art_1.par_{number}"}}\n' for number in (1, 11))
    units += '{"id": "art_1"}\n{"id": "art_2"}\n{"id": "art_1.par_1.b"}\n{"id": "art_1a"}\n{"id": "anx_1.pt_10"}\n'
    found = problems(FILE.replace("provision: Art. 1(1)", "provision: Art. 7"), **{"units.jsonl": units})
    assert any("deliverable `promise`" in problem and "Art. 7" in problem for problem in found)


def test_an_extension_brings_its_own_deliverables_and_takes_none_of_its_law() -> None:
    law = load()
    head = HEAD.replace("id: small", "id: soft") + "gates: false\nextends: small\n"
    advice = "obligations: [{id: soft.1, provision: Art. 1(1), must: do, kind: notice}]\n"
    texts = {"pack.yaml": head, "art_001.yaml": advice}
    own = "deliverables: {extra: {title: e, kind: act, provision: M, signed_by: s, covers: soft.1}}\n"
    merged = merge_packs(law, load_pack_text({**texts, "deliverables.yaml": own}, bases=[law]))
    assert (belongs(merged, "soft.1"), belongs(merged, "art1.1")) == ("extra", "promise")
    with pytest.raises(PackError, match="deliverable `plan` has the name of a deliverable of `small`"):
        load_pack_text({**texts, "deliverables.yaml": own.replace("extra", "plan")}, bases=[law])
