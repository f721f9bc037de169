"""Folders of spec files become packs, and every problem is named with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from aiact_rules.core.conditions import AllOf, FactTest, Holds, Test
from aiact_rules.core.packs import Pack
from aiact_rules.core.periods import Period
from aiact_rules.core.problems import PackError, Place
from aiact_rules.core.rules import Deadline, Force, Kind, Transition
from aiact_rules.reports.words import label
from aiact_rules.specfiles import load_pack, load_pack_text, merge_packs
from aiact_rules.specfiles.folder import digest, spec_files

Loads = Callable[..., Pack]
Finds = Callable[..., list[str]]


CITED = [
    "art_3",
    "art_3.pt_3",
    "art_3.pt_7",
    "art_51",
    "art_51.par_2",
    "art_73",
    "art_73.par_2",
    "art_111",
    "art_111.par_2",
    "art_113",
]


def written(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_pack_holds_what_its_files_say(load: Loads) -> None:
    pack = load()
    assert (pack.id, pack.market, pack.headlines) == ("small", "EU", ("high_risk",))
    assert pack.in_force_since == date(2024, 8, 1)
    assert set(pack.rules) == {"art6.2", "art6.3"}
    assert set(pack.obligations) == {"art24.1", "art24.2", "art5.1"}
    assert pack.parameters["threshold"].values == {date(2024, 8, 1): Decimal("1e25")}
    assert pack.parameters["start"].at(date(2026, 11, 22)) == date(2027, 12, 2)
    assert pack.vocabulary["system.narrow"].if_absent is False


def test_every_rule_knows_file_and_line(load: Loads) -> None:
    assert load().rules["art6.2"].place == Place("ch03/art_006.yaml", 3)


def test_what_a_file_says_for_all_is_joined_to_each_obligation(load: Loads) -> None:
    obligation = load().obligations["art24.1"]
    assert obligation.given == Holds("high_risk")
    assert (obligation.roles, obligation.before, obligation.after, obligation.timetable) == (
        ("distributor",),
        ("making_available",),
        None,
        "regime",
    )
    assert obligation.met == AllOf(
        tuple(FactTest("documentation.items", Test.INCLUDES, frozenset({item})) for item in ("purpose", "versions"))
    )


def test_an_obligation_replaces_role_and_moment_of_its_file(load: Loads) -> None:
    obligation = load().obligations["art24.2"]
    assert (obligation.roles, obligation.before, obligation.after) == (
        ("provider", "distributor"),
        (),
        "making_available",
    )
    assert obligation.deadlines == (Deadline("release.date", Period(15, "days"), "Art. 73(2)"),)


def test_a_pack_names_what_the_tools_need_of_its_law(load: Loads, texts: dict[str, str]) -> None:
    named = """\
labels: {high_risk: high-risk, provider: maker, making_available: supply}
in_scope: high_risk
prohibited: high_risk
transition: {provision: Art. 111, already_on_market: system.narrow, first_placed_on: release.date}
"""
    pack = load(pack=texts["pack.yaml"] + named)
    assert (pack.in_scope, pack.prohibited) == ("high_risk", "high_risk")
    assert pack.transition == Transition("Art. 111", "system.narrow", "release.date")
    assert [label(pack, name) for name in ("provider", "making_available", "placing_on_market")] == [
        "maker",
        "supply",
        "placing on market",
    ]
    silent = load()
    assert (silent.in_scope, silent.prohibited, silent.transition) == (None, None, None)


def test_a_prohibition_is_for_everybody_at_every_moment_and_has_no_way_to_be_met(load: Loads) -> None:
    ban = load().obligations["art5.1"]
    assert (ban.kind, ban.roles, ban.before, ban.met) == (Kind.PROHIBITION, (), (), None)
    assert ban.given == AllOf((Holds("high_risk"), FactTest("system.uses", Test.INCLUDES, frozenset({"grading"}))))


def test_all_problems_of_all_files_come_at_once(problems: Finds, texts: dict[str, str]) -> None:
    found = problems(
        art_006=texts["ch03/art_006.yaml"].replace("system.narrow", "system.narow").replace("role: dis", "role: disk"),
        sanctions="sanctions:\n  art99.4: {provision: Art. 99(4), fixed: art99_4, currency: euro}\n",
        pack=texts["pack.yaml"].replace("high_risk", "high_rsk"),
    )
    assert found == [
        "ch03/art_006.yaml:11: rule `art6.3`: unknown fact `system.narow`\n  did you mean `system.narrow`?",
        "ch03/art_006.yaml:18: obligation `art24.1`: unknown role `disktributor`\n  did you mean `distributor`?",
        "pack.yaml:7: headlines: unknown conclusion `high_rsk`\n  did you mean `high_risk`?",
        "sanctions.yaml:2: `sanctions.art99.4.currency`: not of the right form, found `euro`",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("art_006", "    reason: it is listed\n", "", "rule `art6.2`: `reason` is missing"),
        ("art_006", "reason: it is listed", "reason:", "rule `art6.2`: `reason` is empty"),
        ("art_006", "concludes: high_risk", "concludse: high_risk", "did you mean `concludes`?"),
        (
            "art_006",
            "exception_to: art6.2",
            "exception_to: art6.9",
            "`exception_to` names `art6.9`, which no loaded pack defines",
        ),
        ("art_006", "exception_to: art6.2", "exception_to: art6.3", "makes an exception to itself"),
        ("art_006", "    concludes: high_risk\n", "", "rule `art6.2` concludes nothing and is no exception"),
        ("art_006", "id: art24.2", "id: art24.1", "`art24.1` is defined twice"),
        ("art_006", "id: art24.2", "id: art6.2", "`art6.2` is defined twice"),
        ("art_006", "timetable: regime", "timetable: regmie", "unknown timetable `regmie`\n  did you mean `regime`?"),
        ("art_006", "before: making_available", "before: making_avail", "unknown moment `making_avail`"),
        ("art_006", "before: making_available\n", "", "obligation `art24.1` is due at no moment"),
        (
            "art_006",
            "    after: making",
            "    before: making_available\n    after: making",
            "is due both before and after",
        ),
        ("art_006", "    met_when: {system.area: none}\n", "", "obligation `art24.2`: `met_when` is missing"),
        ("art_006", "days: 15, ", "", "a deadline has one of hours, days, weeks, months, years"),
        ("art_006", "days: 15", "days: soon", "expected a whole number, found `soon`"),
        ("art_006", "runs_from: release.date", "runs_from: release.dat", "unknown fact `release.dat`"),
        ("art_006", "runs_from: release.date", "runs_from: model.compute", "a deadline runs from a date"),
        ("art_006", "    must: not use it", "    sanction: art99\n    must: not use it", "unknown sanction `art99`"),
        ("art_006", "article: 6", "artikle: 6", "unknown key `artikle`"),
        (
            "vocabulary",
            ", if_absent_because: nobody relies on it",
            "",
            "`if_absent` and `if_absent_because` belong together",
        ),
        ("vocabulary", "if_absent: false,", "if_absent: maybe,", "expected true or false, found `maybe`"),
        ("vocabulary", "if_absent: false,", "if_absent: no,", "`if_absent`: expected true or false, found `no`"),
        ("vocabulary", "checklist: true", "checklist: yes", "expected true or false, found `yes`"),
        ("vocabulary", "model.original]", "model.orig]", "unknown fact `model.orig`"),
        (
            "vocabulary",
            "ratio: [model.compute, model.original]",
            "ratio: [model.compute, system.name]",
            "is not a quantity",
        ),
        ("vocabulary", "ratio: [model.compute, model.original]", "ratio: [model.compute]", "`ratio` of two facts"),
        ("vocabulary", "type: text", "type: text, unit: m", "only a quantity has a unit"),
        ("vocabulary", "type: text", "type: one_of", "a one_of fact needs `values`"),
        ("vocabulary", "type: text", "type: text, values: {a: b}", "a text fact has no list of values"),
        ("vocabulary", "type: text", "type: text, checklist: true", "can be a checklist"),
        ("vocabulary", "  system.name:", "  Name:", "does not have the form of a name"),
        ("parameters", "1e25", "much", "expected a date such as 2027-12-02 or a number such as 1e25, found `much`"),
        ("parameters", "2024-08-01: 1e25", "2024-08: 1e25", "expected a date such as 2027-12-02"),
        ("parameters", "2026-08-02,", "7,", "parameter `start` mixes dates and numbers"),
        ("timetables", "starts: start", "starts: threshold", "unknown date parameter `threshold`"),
        ("timetables", "until: never", "until: nver", "unknown date parameter `nver`"),
        (
            "timetables",
            "deferred:\n",
            "deferred:\n      - changed\n",
            "timetable `regime`: unknown transition `changed`",
        ),
        (
            "timetables",
            "timetables:\n",
            "transitions:\n  old: {provision: Art. 111, when: {high_risk: true}, until: never}\ntimetables:\n",
            "transition `old` is taken by no timetable\n  remove it",
        ),
        ("parameters", "    checked_on: 2026-11-22\n", "", "parameter `threshold`: `checked_on` is missing"),
        (
            "parameters",
            "parameters:\n",
            "checked_on: 2026-11-22\nparameters:\n",
            "parameter `start`: the file's `checked_on` already says 2026-11-22\n  remove it here",
        ),
        ("art_006", "role: distributor", "role: [everybody, provider]", "`everybody` stands beside other roles"),
        ("pack", "  distributor:", "  everybody:", "a role cannot be called `everybody`"),
        (
            "art_006",
            "must: verify the items",
            "must: verify\n    see_also: [art24.3]",
            "`see_also` of `art24.1`: unknown id `art24.3`\n  did you mean `art24.",
        ),
        (
            "readings",
            "default: waits",
            "default: wait",
            "the default `wait` is not one of the choices\n  did you mean `waits`?",
        ),
        ("readings", ", applies: it does not", "", "needs two choices or more"),
        ("pack", "moment: making_available", "moment: making", "role `distributor`: unknown moment `making`"),
        ("pack", "version: 0.1.0", "version: one", "`version`: not of the right form, found `one`"),
        ("pack", "means: first supply", "means: first, second", "a text with a comma needs quotes"),
        ("pack", "headlines: [high_risk]", "extends: [other]", "extends `other`, which is not loaded"),
        ("pack", "headlines: [high_risk]", "excludes: [[high_risk, low_risk]]", "unknown conclusion `low_risk`"),
        (
            "pack",
            "headlines: [high_risk]",
            "labels: {low_risk: harmless}",
            "labels: unknown conclusion, role or moment `low_risk`",
        ),
        ("pack", "headlines: [high_risk]", "in_scope: covered", "`in_scope`: unknown conclusion `covered`"),
        ("pack", "headlines: [high_risk]", "prohibited: banned", "`prohibited`: unknown conclusion `banned`"),
        (
            "pack",
            "headlines: [high_risk]",
            "transition: {provision: Art. 111, already_on_market: system.narow, first_placed_on: release.date}",
            "`transition`: unknown fact `system.narow`\n  did you mean `system.narrow`?",
        ),
        (
            "pack",
            "headlines: [high_risk]",
            "transition: {provision: Art. 111, already_on_market: system.narrow, first_placed_on: system.narrow}",
            "`transition`: `first_placed_on` must be a date, and `system.narrow` is none",
        ),
        (
            "pack",
            "headlines: [high_risk]",
            "transition: {provision: Art. 111, already_on_market: system.narrow}",
            "`first_placed_on` is missing",
        ),
    ],
)
def test_a_mistake_is_said_in_the_words_of_the_reader(
    problems: Finds, texts: dict[str, str], file: str, old: str, new: str, said: str
) -> None:
    text = next(text for name, text in texts.items() if name.endswith(f"{file}.yaml"))
    assert old in text
    assert any(said in problem for problem in problems(**{file: text.replace(old, new)}))


def test_everybody_is_every_role_of_the_law(load: Loads, texts: dict[str, str]) -> None:
    article = texts["ch03/art_006.yaml"]
    pack = load(art_006=article.replace("role: distributor", "role: everybody"))
    assert pack.obligations["art24.1"].roles == tuple(pack.roles)
    assert set(pack.roles) == {"provider", "distributor"}
    pack = load(art_006=article.replace("    must: not use it", "    role: everybody\n    must: not use it"))
    assert pack.obligations["art5.1"].roles == tuple(pack.roles)


def test_a_transition_with_a_name_is_the_deferral_it_names(load: Loads, texts: dict[str, str]) -> None:
    own = texts["timetables.yaml"]
    deferral = "{provision: Art. 111(2), when: {system.narrow: true}, until: never, proviso: until it changes}"
    assert deferral in own
    named = f"transitions:\n  narrow: {deferral}\n" + own.replace(deferral, "narrow")
    assert load(timetables=named).timetables["regime"].deferrals == load().timetables["regime"].deferrals


def test_the_day_of_checking_is_said_once_for_a_file(load: Loads, texts: dict[str, str]) -> None:
    values = texts["parameters.yaml"]
    head = "checked_on: 2026-11-22\n" + values.replace("    checked_on: 2026-11-22\n", "")
    assert load(parameters=head).parameters == load().parameters
    later = head.replace("    unit: FLOP", "    unit: FLOP\n    checked_on: 2026-11-23")
    days = {name: parameter.checked_on.day for name, parameter in load(parameters=later).parameters.items()}
    assert days == {"threshold": 23, "start": 22}


PROHIBITION = "prohibitions: [{id: art5.1, provision: Art. 5(1), must: not use it, when: {system.narrow: true}}]\n"
RULE_ALONE = (
    "rules: [{id: a, provision: Art. 5(1), exception_to: art6.2, when: {system.narrow: true}, reason: it is}]\n"
)
OWN = "obligations: [{id: a, provision: Art. 9, must: a, role: provider, after: making_available, met_when: {system.narrow: true}}]\n"


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("role: provider", PROHIBITION.replace("art5.1,", "art5.2,")),
        ("before: making_available", PROHIBITION.replace("art5.1,", "art5.2,")),
        ("given: {high_risk: true}", RULE_ALONE),
        ("timetable: regime", RULE_ALONE),
        ("sanction: regime", RULE_ALONE),
        ("role: distributor", OWN),
        ("before: making_available", OWN),
        ("after: making_available", OWN),
        ("timetable: regime", OWN.replace("must: a", "must: a, timetable: regime")),
    ],
)
def test_what_a_file_says_for_all_and_reaches_nothing_is_refused(problems: Finds, head: str, rest: str) -> None:
    (found,) = problems(**{"ch09/art_009": f"title: A\n{head}\n{rest}"})
    assert found.startswith(f"ch09/art_009.yaml:2: the file's `{head.partition(':')[0]}` reaches nothing in it\n")


def test_a_condition_above_rules_which_it_does_not_reach_is_refused(problems: Finds, texts: dict[str, str]) -> None:
    article = texts["ch03/art_006.yaml"].replace("given: {high_risk: true}\n", "")
    assert problems(art_006=article.replace("rules:\n", "given: {high_risk: true}\nrules:\n")) == [
        "ch03/art_006.yaml:2: the file's `given` stands above rules, which it does not reach\n"
        "  rules take no `given`: write it below them, above what it is joined to"
    ]


def test_a_fact_declared_twice_must_mean_the_same(problems: Finds) -> None:
    found = problems(**{"ch09/vocabulary": "facts:\n  system.name: {type: text, asks: Something else?}\n"})
    assert found == [
        "vocabulary.yaml:23: fact `system.name` is declared twice in different words\n"
        "  the other declaration is at ch09/vocabulary.yaml:2"
    ]


def test_a_conclusion_that_depends_on_itself_is_named_with_the_way_round(problems: Finds) -> None:
    found = problems(
        art_009="rules:\n"
        "  - {id: art9.1, provision: Art. 9(1), concludes: a, when: {b: true}, reason: r}\n"
        "  - {id: art9.2, provision: Art. 9(2), concludes: b, when: {not: {a: true}}, reason: r}\n"
    )
    assert found == [
        "art_009.yaml:2: a conclusion depends on itself: `b` → `art9.2` → `a` → `art9.1` → `b`\n"
        "  split the conclusion, or let one of the rules test facts instead"
    ]


def test_a_conclusion_may_not_depend_on_itself_through_an_exception(problems: Finds) -> None:
    found = problems(
        art_009="rules:\n"
        "  - {id: art9.1, provision: Art. 9(1), concludes: a, when: {system.narrow: true}, reason: r}\n"
        "  - {id: art9.2, provision: Art. 9(2), exception_to: art9.1, when: {a: true}, reason: r}\n"
    )
    assert len(found) == 1
    assert "depends on itself" in found[0]


def test_names_of_a_file_that_cannot_be_read_cause_no_further_problems(problems: Finds) -> None:
    found = problems(vocabulary="facts:\n  system.narrow: {type: yes_no\n  system.uses: {}\n  system.area:\n"
                                "  documentation.items:\n  release.date:\n")  # fmt: skip
    assert len(found) == 1
    assert "not readable as YAML" in found[0]


def test_the_shared_vocabulary_belongs_to_every_pack(tmp_path: Path, texts: dict[str, str]) -> None:
    shared = {"specs/common/vocabulary.yaml": "facts:\n  operator.size: {type: text, asks: How large?}\n"}
    folder = written(tmp_path, shared | {f"specs/small/1/{name}": text for name, text in texts.items()})
    pack = load_pack(folder / "specs/small/1")
    assert "operator.size" in pack.vocabulary
    assert pack.vocabulary["operator.size"].place == Place("common/vocabulary.yaml", 2)


def test_the_digest_changes_with_rules_and_not_with_cases_or_ledger(tmp_path: Path, texts: dict[str, str]) -> None:
    folder = written(tmp_path, texts)
    first = load_pack(folder).digest
    written(folder, {"ch03/art_006.cases.yaml": "cases: []\n", "ch03/coverage.yaml": "units: {}\n"})
    assert load_pack(folder).digest == first
    written(folder, {"ch03/art_006.yaml": texts["ch03/art_006.yaml"] + "# a word\n"})
    assert load_pack(folder).digest != first


def test_annexes_stand_after_the_articles_of_their_chapter(load: Loads) -> None:
    rule = "rules:\n  - {id: %s, provision: Art. 6(2), concludes: one, when: {system.narrow: true}, reason: r}\n"
    names = {"annex_03": "annex3.1", "art_007": "art7.1", "rec_097": "rec97"}
    pack = load(**{f"ch03/{stem}": rule % name for stem, name in names.items()})
    assert list(pack.rules) == ["art6.2", "art6.3", "art7.1", "rec97", "annex3.1"]


def lent(tmp_path: Path, texts: dict[str, str], files_from: str) -> Path:
    """Return the folder of a pack that leaves its article and values to a second folder."""
    borrowed = ("ch03/art_006.yaml", "parameters.yaml")
    head = f"{texts['pack.yaml']}files_from: {files_from}\n"
    own = {name: text for name, text in texts.items() if name not in borrowed} | {"pack.yaml": head}
    named = {f"own/{name}": text for name, text in own.items()}
    return written(tmp_path, named | {f"other/{name}": texts[name] for name in borrowed}) / "own"


def test_files_of_another_pack_are_taken_over_as_they_are(tmp_path: Path, texts: dict[str, str]) -> None:
    whole = load_pack(written(tmp_path / "whole", texts))
    folder = lent(tmp_path, texts, "{../other: [ch03/art_006.yaml, parameters.yaml]}")
    pack = load_pack(folder)
    assert (list(pack.rules), list(pack.obligations)) == (list(whole.rules), list(whole.obligations))
    assert pack.parameters["threshold"].values == whole.parameters["threshold"].values
    assert pack.rules["art6.2"].place == Place("../other/ch03/art_006.yaml", 3)


@pytest.mark.parametrize("deciding", [False, True])
def test_the_digest_covers_files_that_are_taken_over(tmp_path: Path, texts: dict[str, str], deciding: bool) -> None:
    folder = lent(tmp_path, texts, "{../other: [ch03/art_006.yaml, parameters.yaml]}")
    first = digest(spec_files(folder, deciding=deciding))
    written(tmp_path, {"other/ch03/art_006.yaml": texts["ch03/art_006.yaml"] + "# a word\n"})
    assert digest(spec_files(folder, deciding=deciding)) != first


@pytest.mark.parametrize(
    ("files_from", "says"),
    [
        ("{../other: [art_007.yaml]}", "pack.yaml: `files_from` names `../other/art_007.yaml`, where no file is"),
        ("{../other: [timetables.yaml]}", "`files_from` names `../other/timetables.yaml`, and the pack has a `timet"),
        ("{../other: [a.cases.yaml]}", "`files_from` names `a.cases.yaml`\n  only files with rules or values can be"),
        ("[../other]", "`files_from`: expected a mapping"),
    ],
)
def test_what_cannot_be_taken_over_is_refused(
    tmp_path: Path, texts: dict[str, str], files_from: str, says: str
) -> None:
    folder = lent(tmp_path, texts, files_from)
    written(tmp_path, {"other/timetables.yaml": texts["timetables.yaml"], "other/a.cases.yaml": "cases: []\n"})
    with pytest.raises(PackError) as refused:
        load_pack(folder)
    assert any(says in str(problem) for problem in refused.value.problems)


def test_citations_become_units_where_the_pack_has_an_index(tmp_path: Path, texts: dict[str, str]) -> None:
    ids = [*CITED, "art_5", "art_5.par_1", "art_6", "art_6.par_2", "art_6.par_3", "art_24", "art_24.par_1"]
    index = "".join(json.dumps({"id": identifier, "label": identifier}) + "\n" for identifier in ids)
    folder = written(tmp_path, {**texts, "units.jsonl": index})
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    assert [str(problem) for problem in caught.value.problems] == [
        "ch03/art_006.yaml:23: obligation `art24.2`: the law has no `Art. 24(2)`\n  did you mean `Art. 24(1)`?"
    ]
    written(folder, {"units.jsonl": index + json.dumps({"id": "art_24.par_2"})})
    assert load_pack(folder).obligations["art24.2"].units == ("art_24.par_2",)
    twice = texts["ch03/art_006.yaml"].replace("must: tell", "units: [art_24.par_1, art_24.par_2]\n    must: tell")
    with pytest.raises(PackError) as caught:
        load_pack(written(folder, {"ch03/art_006.yaml": twice}))
    assert [str(problem) for problem in caught.value.problems] == [
        "ch03/art_006.yaml:24: obligation `art24.2`: the provision already names the unit `art_24.par_2`\n"
        "  `units` names what is meant beyond it; remove the unit here"
    ]


def test_every_citation_must_name_something_in_the_law(tmp_path: Path, texts: dict[str, str]) -> None:
    ids = ["art_3", "art_3.pt_3", "art_5", "art_5.par_1", "art_6", "art_6.par_2", "art_6.par_3", "art_24", "art_24.par_1",
           "art_24.par_2", "art_51", "art_51.par_2", "art_73", "art_73.par_2", "art_111", "art_111.par_2", "art_113"]  # fmt: skip
    index = "".join(json.dumps({"id": identifier}) + "\n" for identifier in ids)
    with pytest.raises(PackError) as caught:
        load_pack(written(tmp_path, {**texts, "units.jsonl": index}))
    assert [str(problem) for problem in caught.value.problems] == [
        "pack.yaml:10: role `distributor`: the law has no `Art. 3(7)`\n  did you mean `Art. 3(3)`?"
    ]


def test_what_is_to_be_seen_also_exists_in_the_law_or_in_another_act(tmp_path: Path, texts: dict[str, str]) -> None:
    ids = [
        *CITED,
        "art_5",
        "art_5.par_1",
        "art_6",
        "art_6.par_2",
        "art_6.par_3",
        "art_24",
        "art_24.par_1",
        "art_24.par_2",
    ]
    index = "".join(json.dumps({"id": identifier}) + "\n" for identifier in ids)
    more = '    see_also: [art24.2, Art. 5(1), "Regulation (EU) 2016/679, Art. 35", Art. 5(9), Art. 5(1)(a), the same idea]\n'
    article = texts["ch03/art_006.yaml"].replace("    must: verify the items\n", f"    must: verify the items\n{more}")
    with pytest.raises(PackError) as caught:
        load_pack(written(tmp_path, {**texts, "units.jsonl": index, "ch03/art_006.yaml": article}))
    said = [str(problem).partition("\n")[0] for problem in caught.value.problems]
    assert len(said) == 4
    assert any(one.startswith("ch03/art_006.yaml:18: `see_also` of `art24.1`: cannot read") for one in said)
    assert "ch03/art_006.yaml:18: `see_also` of `art24.1`: the law has no `Art. 5(9)`" in said
    assert "ch03/art_006.yaml:18: `see_also` of `art24.1`: `Art. 5(1)(a)`" in said
    assert "write `Art. 5(1), point (a)`" in str(caught.value)


def test_text_that_left_the_law_may_cite_what_the_index_no_longer_has(tmp_path: Path, texts: dict[str, str]) -> None:
    ids = [*CITED, "art_5", "art_5.par_1", "art_6", "art_6.par_2", "art_6.par_3", "art_24", "art_24.par_1"]
    index = "".join(json.dumps({"id": identifier}) + "\n" for identifier in ids)
    article = texts["ch03/art_006.yaml"].replace("    must: tell", "    text_until: 2026-07-27\n    must: tell")
    folder = written(tmp_path, {**texts, "units.jsonl": index, "ch03/art_006.yaml": article})
    assert load_pack(folder).obligations["art24.2"].units == ()


def test_a_folder_without_pack_yaml_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no pack.yaml here"):
        load_pack(tmp_path)


EXTENSION = """\
id: soft
version: 0.1.0
title: Soft law
law: Code of practice
market: EU
gates: false
extends: small
"""


def extension(article: str) -> dict[str, str]:
    return {"pack.yaml": EXTENSION, "art_001.yaml": article}


@pytest.mark.parametrize("key", ["in_scope: high_risk", "prohibited: high_risk"])
def test_an_extension_does_not_say_what_the_law_turns_on(load: Loads, key: str) -> None:
    with pytest.raises(PackError) as refused:
        load_pack_text({"pack.yaml": f"{EXTENSION}{key}\n"}, bases=[load()])
    assert f"an extension has no `{key.partition(':')[0]}`" in str(refused.value)


def test_an_extension_adds_advice_to_the_law_it_extends(load: Loads) -> None:
    base = load()
    soft = load_pack_text(
        extension(
            "rules:\n"
            "  - {id: soft.1, provision: Measure 1, concludes: advised, when: {high_risk: true}, reason: r}\n"
            "obligations:\n"
            "  - {id: soft.2, provision: Measure 2, must: do more, force: voluntary, given: {advised: true},"
            " before: making_available, role: provider, met_when: {system.narrow: true}}\n"
        ),
        bases=[base],
    )
    merged = merge_packs(base, soft)
    assert merged.id == "small"
    assert merged.obligations["soft.2"].force is Force.VOLUNTARY
    assert set(merged.rules) == {"art6.2", "art6.3", "soft.1"}


def test_an_extension_leaves_what_follows_in_its_law_from_a_period_alone(load: Loads, texts: dict[str, str]) -> None:
    facts = texts["vocabulary.yaml"] + "  incident.aware_on: {type: date, asks: When?}\n"
    article = texts["ch03/art_006.yaml"].replace("runs_from: release.date", "runs_from: incident.aware_on")
    base = load(vocabulary=facts, art_006=article)
    assert any(name.startswith("incident.aware_on_past_") for name in base.vocabulary)
    notice = "obligations: [{id: soft.1, provision: M, must: do, kind: notice, force: voluntary, role: provider}]\n"
    assert set(load_pack_text(extension(notice), bases=[base]).obligations) == {"soft.1"}


@pytest.fixture
def law(texts: dict[str, str]) -> Pack:
    """Return the small law with a sanction, a cue, a label and a pair of conclusions that exclude each other."""
    head = texts["pack.yaml"] + "labels: {high_risk: high risk}\nexcludes: [[high_risk, low_risk]]\n"
    low = "rules: [{id: art7, provision: Art. 7, concludes: low_risk, when: {system.narrow: true}, reason: r}]\n"
    sanctions = "sanctions: {art99: {provision: Art. 99, fixed: threshold}}\n"
    cues = "cues: {hiring: {provision: Art. 6, words: [hiring], suggests: {system.uses: {includes: recruitment}}}}\n"
    more = {"pack.yaml": head, "art_007.yaml": low, "sanctions.yaml": sanctions, "cues.yaml": cues}
    return load_pack_text({**texts, **more})


RULE = "provision: M, when: {system.narrow: true}, reason: r"
SIGNAL = "signal.hiring"
REFUSED = {
    "a rule's id": (
        "art_001",
        f"rules: [{{id: art6.2, concludes: x, {RULE}}}]",
        "rule `art6.2` has the id of a rule or",
    ),
    "an exception": ("art_001", f"rules: [{{id: s1, exception_to: art6.2, {RULE}}}]", "an exception to `art6.2` of"),
    "a conclusion": (
        "art_001",
        f"rules: [{{id: s1, concludes: high_risk, {RULE}}}]",
        "`high_risk`, which `small` concl",
    ),
    "a binding obligation": (
        "art_001",
        "obligations: [{id: s2, provision: M, must: do, before: making_available, met_when: {system.narrow: true}}]",
        "obligation `s2` binds, but its pack extends `small`",
    ),
    "an obligation's id": (
        "art_001",
        "obligations: [{id: art24.1, provision: M, must: do, kind: notice}]",
        "obligation `art24.1` has the id of a rule or obligation of `small`",
    ),
    "what a cue asks": (
        "art_001",
        f"rules: [{{id: s1, exception_to: {SIGNAL}, {RULE}}}]\n"
        f"obligations: [{{id: {SIGNAL}, provision: M, must: do, kind: notice}}]",
        f"rule `s1` makes an exception to `{SIGNAL}` of `small`",
    ),
    "a parameter": (
        "parameters",
        "parameters:\n  start: {provision: Guidance, values: {2024-08-01: 2099-01-01}, checked_on: 2026-11-22}",
        "parameters.yaml:2: parameter `start` has the name of a parameter of `small`\n"
        "  an extension never changes the law it extends; choose another name",
    ),
    "a timetable": (
        "timetables",
        "timetables: {regime: {provision: Guidance, starts: start}}",
        "timetables.yaml:1: timetable `regime` has the name of a timetable of `small`",
    ),
    "a reading": (
        "readings",
        "readings: {waits: {provision: G, question: Q?, choices: {waits: w, applies: a}, default: waits, authority: G}}",
        "readings.yaml:1: reading `waits` has the name of a reading of `small`",
    ),
    "a sanction": (
        "sanctions",
        "sanctions: {art99: {provision: G, fixed: threshold}}",
        "sanctions.yaml:1: sanction `art99` has the name of a sanction of `small`",
    ),
    "a sanction of what the law obliges to": (
        "sanctions",
        "sanctions: {soft: {provision: G, fixed: threshold, reaches: [obligation]}}",
        "sanctions.yaml:1: sanction `soft` reaches what the law obliges to",
    ),
    "a cue": (
        "cues",
        "cues: {hiring: {provision: G, words: [hire], suggests: {system.narrow: true}}}",
        "cues.yaml:1: cue `hiring` would make a verdict stricter",
    ),
    "a fact": (
        "vocabulary",
        "facts: {system.narrow: {type: yes_no, asks: Is it narrow?, if_absent: true, if_absent_because: b}}",
        "vocabulary.yaml:1: fact `system.narrow` is declared twice in different words",
    ),
    "a label": ("pack", "labels: {high_risk: harmless}", "pack.yaml:8: label of `high_risk`, a conclusion of `small`"),
    "a headline": ("pack", "headlines: [high_risk]", "pack.yaml:8: headline `high_risk` is a conclusion of `small`"),
    "an exclusion": (
        "pack",
        "excludes: [[low_risk, high_risk]]",
        "pack.yaml:8: excludes `low_risk` and `high_risk`, conclusions of `small`",
    ),
    "a role": (
        "pack",
        "roles: {provider: {provision: G, means: m, moment: making_available}}",
        "pack.yaml:8: role `provider` stands in an extension",
    ),
    "a role of its own": (
        "pack",
        "roles: {adviser: {provision: G, means: m, moment: making_available}}",
        "pack.yaml:8: role `adviser` stands in an extension",
    ),
    "a moment": (
        "pack",
        "moments: {dreaming: {order: 0, provision: G, means: m}}",
        "pack.yaml:8: moment `dreaming` stands in an extension",
    ),
}


@pytest.mark.parametrize("refused", REFUSED)
def test_an_extension_never_changes_or_binds(law: Pack, refused: str) -> None:
    file, text, said = REFUSED[refused]
    texts = {"pack.yaml": EXTENSION}
    texts[f"{file}.yaml"] = texts.get(f"{file}.yaml", "") + text + "\n"
    with pytest.raises(PackError) as caught:
        load_pack_text(texts, bases=[law])
    assert said in str(caught.value)


def test_an_extension_never_gates_and_has_the_market_of_its_law(law: Pack) -> None:
    head = EXTENSION.replace("market: EU", "market: US").replace("gates: false", "gates: true")
    with pytest.raises(PackError) as caught:
        load_pack_text({"pack.yaml": head}, bases=[law])
    assert [str(problem) for problem in caught.value.problems] == [
        "pack.yaml:5: market `US` is not that of `small`\n  an extension has the market of its law: `EU`",
        "pack.yaml:6: a pack that extends others never gates\n  write `gates: false`",
    ]


def test_everything_in_which_an_extension_would_change_the_law_is_said_at_once(law: Pack) -> None:
    texts = {"pack.yaml": EXTENSION}
    for file, text, _ in (REFUSED[name] for name in ("a parameter", "a timetable", "a reading", "a label")):
        texts[f"{file}.yaml"] = texts.get(f"{file}.yaml", "") + text + "\n"
    with pytest.raises(PackError) as caught:
        load_pack_text(texts, bases=[law])
    assert [str(problem.place) for problem in caught.value.problems] == [
        "pack.yaml:8",
        "parameters.yaml:2",
        "readings.yaml:1",
        "timetables.yaml:1",
    ]


def test_two_extensions_of_a_law_do_not_change_each_other(law: Pack) -> None:
    values = "parameters: {own: {provision: G, values: {2024-08-01: 3}, checked_on: 2026-11-22}}\n"
    first = load_pack_text({"pack.yaml": EXTENSION, "parameters.yaml": values}, bases=[law])
    other = EXTENSION.replace("id: soft", "id: softer")
    second = load_pack_text({"pack.yaml": other, "parameters.yaml": values.replace("3}", "4}")}, bases=[law])
    with pytest.raises(PackError, match="`own` has the name of a parameter of `small` or of what extends it"):
        merge_packs(merge_packs(law, first), second)


def test_conclusions_of_an_extension_have_its_own_headlines_labels_and_exclusions(law: Pack) -> None:
    head = EXTENSION + "headlines: [advised]\nlabels: {advised: advised}\nexcludes: [[advised, low_risk]]\n"
    article = f"rules: [{{id: s1, concludes: advised, {RULE}}}]\n"
    merged = merge_packs(law, load_pack_text({"pack.yaml": head, "art_001.yaml": article}, bases=[law]))
    assert merged.headlines == ("high_risk", "advised")
    assert merged.labels == {"high_risk": "high risk", "advised": "advised"}
    assert merged.excludes == (("high_risk", "low_risk"), ("advised", "low_risk"))


FORMER = "facts:\n  a.new: {{type: some_of, asks: q, values: {{x: one, y: two}}, was: {}}}\n  b.new: {{type: yes_no, asks: q{}}}\n"


def test_former_names_are_kept_with_what_became_of_their_values(texts: dict[str, str]) -> None:
    text = FORMER.format("{a.old: {yes: x, 'No': [], perhaps: unknown}, a.new: {z: y}}", ", was: b.old")
    vocabulary = load_pack_text({**texts, "more/vocabulary.yaml": text}).vocabulary
    was = {former.name: former.values for former in vocabulary["a.new"].was}
    assert was == {"a.old": {"true": ("x",), "false": (), "perhaps": None}, "a.new": {"z": ("y",)}}
    assert [declaration.name for declaration, _ in vocabulary.formerly("b.old")] == ["b.new"]
    assert vocabulary.formerly("a.new") == ()


@pytest.mark.parametrize(
    ("of_a", "of_b", "said"),
    [
        ("b.new", "", "fact `a.new`: `b.new`, which it was, is still declared"),
        ("a.old", ", was: a.old", "fact `b.new`: `a.old` is called `a.new` as a whole already"),
        ("{a.old: {true: x}}", ", was: a.old", "fact `a.new`: `a.old` is called `b.new` as a whole already"),
        ("{a.old: {true: z}}", "", "fact `a.new`: `was`: `z` is not one of the values of `a.new`"),
        ("{a.old: {true: x, yes: y}}", "", "fact `a.new`: `was`: `yes` stands there twice"),
        ("{a.new: {}}", "", "fact `a.new`: `was`: under its own name, say which values were renamed"),
        ("{a.new: {x: y}}", "", "fact `a.new`: `was`: `x` is a value of it still"),
        ("{a.new: {z: []}}", "", "fact `a.new`: `was`: `z` became one value"),
        ("a.old", ", was: {b.old: {x: [true, false]}}", "fact `b.new`: `was`: `x` became one value"),
    ],
)
def test_former_names_that_cannot_be_are_named(texts: dict[str, str], of_a: str, of_b: str, said: str) -> None:
    with pytest.raises(PackError) as error:
        load_pack_text({**texts, "more/vocabulary.yaml": FORMER.format(of_a, of_b)})
    assert said in str(error.value)
