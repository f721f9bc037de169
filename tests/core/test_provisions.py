"""Citations are read as they are written, ordered, printed and resolved to units."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiact_rules.core.citations import in_order, parse_provisions
from aiact_rules.core.provisions import ProvisionError, roman
from aiact_rules.core.units import provision_of, units_of

INDEX = [
    "art_3",
    "art_3.sub_1",
    "art_3.pt_14",
    "art_3.pt_14a",
    "art_3.pt_45",
    "art_3.pt_45.a",
    "art_3.pt_45.b",
    "art_3.pt_63",
    "art_4a",
    "art_4a.par_1",
    "art_5",
    "art_5.par_1",
    "art_5.par_1.a",
    "art_5.par_1.b",
    "art_5.par_1.ba",
    "art_5.par_1.bb",
    "art_5.par_1.c",
    "art_5.par_1.c.i",
    "art_5.par_1.c.ii",
    "art_5.par_1.h",
    "art_5.par_1.h.i",
    "art_5.par_1.h.ii",
    "art_5.par_1.h.iii",
    "art_5.par_1.sub_2",
    "art_6",
    "art_6.par_1",
    "art_6.par_1.a",
    "art_6.par_1.b",
    "art_6.par_1a",
    "art_6.par_1b",
    "art_6.par_1c",
    "art_6.par_2",
    "art_6.par_3",
    "art_6.par_3.sub_2",
    "art_6.par_3.sub_2.a",
    "art_6.par_3.sub_2.b",
    "art_6.par_3.sub_2.c",
    "art_6.par_3.sub_2.d",
    "art_6.par_3.sub_3",
    "art_8",
    "art_9",
    "art_9.par_1",
    "art_10",
    "art_10.par_1",
    "art_10.par_2",
    "art_10.par_2.a",
    "art_10.par_2.b",
    "art_11",
    "art_12",
    "art_16",
    "art_16.sub_1",
    "art_16.a",
    "art_16.h",
    "art_16.i",
    "art_16.j",
    "art_24",
    "art_24.par_1",
    "art_24.par_2",
    "art_24.par_6",
    "art_26",
    "art_26.par_10",
    "art_26.par_10.sub_2",
    "art_26.par_10.sub_3",
    "art_43",
    "art_47",
    "art_48",
    "art_49",
    "art_52",
    "art_52.par_2",
    "art_52.par_3",
    "art_53",
    "art_53.par_1",
    "art_53.par_1.a",
    "art_53.par_2",
    "art_54",
    "art_54.par_6",
    "art_75b",
    "art_75b.sub_1",
    "art_75b.a",
    "art_75b.sub_2",
    "art_99",
    "art_99.par_4",
    "art_99.par_4.d",
    "art_99.par_4.da",
    "art_111",
    "art_111.par_2",
    "art_113",
    "art_113.sub_1",
    "art_113.sub_2",
    "art_113.sub_3",
    "art_113.sub_3.a",
    "art_113.sub_3.c",
    "art_113.sub_3.c.i",
    "art_113.sub_3.c.ii",
    "anx_1",
    "anx_1.sec_a",
    "anx_1.sec_a.par_2",
    "anx_1.sec_a.par_3",
    "anx_1.sec_a.par_11",
    "anx_1.sec_b",
    "anx_1.sec_b.par_13",
    "anx_2",
    "anx_2.item",
    "anx_2.item~2",
    "anx_2.item~3",
    "anx_3",
    "anx_3.par_1",
    "anx_3.par_1.a",
    "anx_3.par_5",
    "anx_3.par_5.a",
    "anx_3.par_5.b",
    "anx_3.par_6",
    "anx_3.par_7",
    "anx_7",
    "anx_7.par_4",
    "anx_7.par_4.sub_2",
    "anx_8",
    "anx_8.sec_a",
    "anx_8.sec_a.par_6",
    "anx_8.sec_b",
    "anx_8.sec_b.par_6",
    "anx_8.sec_b.par_8",
    "anx_11",
    "anx_11.sec_1",
    "anx_11.sec_1.par_1",
    "anx_11.sec_1.par_1.a",
    "anx_11.sec_1.par_2",
    "anx_11.sec_1.par_2.d",
    "anx_11.sec_2",
    "anx_12",
    "anx_13",
    "anx_13.a",
    "anx_14",
    "anx_14.aih_0301",
]


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("Art. 24(1), with Art. 48", "art_24.par_1 art_48"),
        ("Art. 6(3), first and second subparagraphs", "art_6.par_3 art_6.par_3.sub_2"),
        ("Art. 6(3), first to third subparagraphs", "art_6.par_3 art_6.par_3.sub_2 art_6.par_3.sub_3"),
        ("Art. 26(10), first, second and third subparagraphs", "art_26.par_10 art_26.par_10.sub_2 art_26.par_10.sub_3"),
        ("Art. 6(3), first subparagraph", "art_6.par_3"),
        ("Art. 6(3), second subparagraph, point (a)", "art_6.par_3.sub_2.a"),
        ("Art. 6(3), third subparagraph, first sentence", "art_6.par_3.sub_3"),
        (
            "Art. 6(3), points (a) to (d)",
            "art_6.par_3.sub_2.a art_6.par_3.sub_2.b art_6.par_3.sub_2.c art_6.par_3.sub_2.d",
        ),
        ("Art. 6(3)(a) and (d)", "art_6.par_3.sub_2.a art_6.par_3.sub_2.d"),
        ("Art. 5(1), first subparagraph, point (ba)", "art_5.par_1.ba"),
        ("Art. 5(1), second subparagraph", "art_5.par_1.sub_2"),
        ("Art. 5(1), point (c)(i) and (ii)", "art_5.par_1.c.i art_5.par_1.c.ii"),
        ("Art. 5(1), point (h)(i) to (iii)", "art_5.par_1.h.i art_5.par_1.h.ii art_5.par_1.h.iii"),
        ("Art. 5(1), points (a), (b) and (ba)", "art_5.par_1.a art_5.par_1.b art_5.par_1.ba"),
        ("Art. 6(1a) to (1c)", "art_6.par_1a art_6.par_1b art_6.par_1c"),
        ("Art. 6(1)(a), (b); Art. 6(2)", "art_6.par_1.a art_6.par_1.b art_6.par_2"),
        ("Annex III, point 5(b)", "anx_3.par_5.b"),
        ("Annex III(5)(b)", "anx_3.par_5.b"),
        ("Annex III, points 1, 6 and 7", "anx_3.par_1 anx_3.par_6 anx_3.par_7"),
        ("Annex III, points 5(b) and 6", "anx_3.par_5.b anx_3.par_6"),
        ("Annex III, points 5 to 7", "anx_3.par_5 anx_3.par_6 anx_3.par_7"),
        ("Annex VIII, Section B, point 6", "anx_8.sec_b.par_6"),
        ("Annex I, Sections A and B", "anx_1.sec_a anx_1.sec_b"),
        ("Annex I, Section A, points 2 to 11", "anx_1.sec_a.par_2 anx_1.sec_a.par_3 anx_1.sec_a.par_11"),
        ("Annex I, point 13", "anx_1.sec_b.par_13"),
        ("Annex XI, Section 1, points 1(a) and 2(d)", "anx_11.sec_1.par_1.a anx_11.sec_1.par_2.d"),
        ("Annexes XI and XII", "anx_11 anx_12"),
        ("Annex XIII, point (a)", "anx_13.a"),
        ("Annex XIV, AIH 0301", "anx_14.aih_0301"),
        ("Annex II, point 3", "anx_2.item~3"),
        ("Annex VII, point 4.6, fifth paragraph", "anx_7.par_4"),
        ("Art. 113, third paragraph, point (c)(i)", "art_113.sub_3.c.i"),
        ("Art. 113(c)(i)", "art_113.sub_3.c.i"),
        ("Art. 113, first paragraph", "art_113.sub_1"),
        ("Art. 75b, second paragraph", "art_75b.sub_2"),
        ("Art. 3(14)", "art_3.pt_14"),
        ("Art. 3(14a) and (63)", "art_3.pt_14a art_3.pt_63"),
        ("Art. 3(45), point (a)", "art_3.pt_45.a"),
        ("Arts 53(2) and 54(6)", "art_53.par_2 art_54.par_6"),
        ("Articles 53(2) and 54(6)", "art_53.par_2 art_54.par_6"),
        ("Art. 52(2) and (3)", "art_52.par_2 art_52.par_3"),
        ("Arts 8 to 12", "art_8 art_9 art_10 art_11 art_12"),
        ("Arts 43 and 47 to 49", "art_43 art_47 art_48 art_49"),
        ("Arts 9(1), 10(1), (2)(a) and (b)", "art_9.par_1 art_10.par_1 art_10.par_2.a art_10.par_2.b"),
        ("Art. 99(4), point (da)", "art_99.par_4.da"),
        ("Art. 16, point (i)", "art_16.i"),
        ("Art. 16, points (h) and (i)", "art_16.h art_16.i"),
        ("Art. 16, points (h) to (j)", "art_16.h art_16.i art_16.j"),
        ("Art. 4a(1)", "art_4a.par_1"),
        ("Art. 6", "art_6"),
        ("Art. 6(2), with Annex III, point 1(a)", "art_6.par_2 anx_3.par_1.a"),
        ("Art. 6(2), Annex III, point 1(a)", "art_6.par_2 anx_3.par_1.a"),
        ("Art. 53(1), point (a), with Annex XI, Section 1, point 1", "art_53.par_1.a anx_11.sec_1.par_1"),
        ("Art. 3(63), last part", "art_3.pt_63"),
        ("Art. 5(1), introductory wording", "art_5.par_1"),
        ("Art. 6(2), as published in 2024", "art_6.par_2"),
        ("Art. 6(2), as amended by Regulation (EU) 2026/1744", "art_6.par_2"),
        ("recital 97", ""),
        ("Art. 3(63), with recitals 97 and 98", "art_3.pt_63"),
        ("Art. 3(14), with Art. 4(4) of Regulation (EU) 2016/679", "art_3.pt_14"),
    ],
)
def test_a_citation_names_its_units(written: str, units: str) -> None:
    assert units_of(written, INDEX) == tuple(units.split())


@pytest.mark.parametrize(
    ("written", "said", "hint"),
    [
        ("Art. 24(9)", "the law has no `Art. 24(9)`", "Art. 24("),
        ("Art. 7", "the law has no `Art. 7`", None),
        ("Art. 99(4), point (db)", "the law has no `Art. 99(4), point (db)`", "did you mean `Art. 99(4), point (d"),
        ("Annex VIII, Section B, point 7", "the law has no", "did you mean `Annex VIII, Section B, point"),
        ("Art. 6(3), tenth subparagraph", "the law has no `Art. 6(3), tenth subparagraph`", None),
        ("Art. 6(3) quater", "cannot read `quater`", "write it like"),
        ("Art. six", "cannot read `six`", "write it like"),
        ("Chapter III", "is a whole chapter", "cite the articles"),
        ("paragraph 2", "cannot read `2`", "write it like"),
        ("Art. 12 to 8", "is not a range", None),
        ("nonsense", "cannot read `nonsense`", "write it like"),
    ],
)
def test_what_is_not_in_the_law_is_an_error_with_a_hint(written: str, said: str, hint: str | None) -> None:
    with pytest.raises(ProvisionError) as caught:
        units_of(written, INDEX)
    assert said in str(caught.value)
    if hint is not None:
        assert hint in (caught.value.hint or "")


def test_recitals_are_found_where_the_index_has_them() -> None:
    assert units_of("recital 97", [*INDEX, "rec_97"]) == ("rec_97",)


def test_a_unit_cited_twice_is_named_once() -> None:
    assert units_of("Art. 24(1), with Art. 24(1) and (2)", INDEX) == ("art_24.par_1", "art_24.par_2")


@pytest.mark.parametrize("unit", [unit for unit in INDEX if not unit.endswith("sub_1") or unit.startswith("art_113")])
def test_the_citation_of_a_unit_leads_back_to_it(unit: str) -> None:
    assert units_of(str(provision_of(unit)), INDEX) == (unit,)


@pytest.mark.parametrize(
    "written",
    [
        "Art. 6(3), second subparagraph, point (a)",
        "Art. 113, third paragraph, point (c)(i)",
        "Annex VIII, Section B, point 6",
        "Annex III, point 5(b)",
        "Art. 3(14a)",
        "Art. 16, point (i)",
        "Arts 8 to 12",
        "Art. 6(3), points (a) to (d)",
        "Annex XIV, AIH 0301",
        "recital 97",
    ],
)
def test_a_citation_in_full_form_prints_as_it_was_written(written: str) -> None:
    assert [str(provision) for provision in parse_provisions(written)] == [written]


def test_citations_are_ordered_as_they_follow_in_the_law() -> None:
    shuffled = ["recital 9", "Annex III, point 5(b)", "Art. 10(1)", "Art. 9(2)", "Art. 4a", "Art. 4", "Art. 9(1)",
                "Annex III, point 1", "Art. 5(1), point (ba)", "Art. 5(1), point (b)", "somewhere else"]  # fmt: skip
    assert in_order(shuffled) == [
        "Art. 4", "Art. 4a", "Art. 5(1), point (b)", "Art. 5(1), point (ba)", "Art. 9(1)", "Art. 9(2)", "Art. 10(1)",
        "Annex III, point 1", "Annex III, point 5(b)", "recital 9", "somewhere else",
    ]  # fmt: skip


def test_annexes_are_numbered_in_roman_figures() -> None:
    assert [roman(number) for number in (1, 4, 9, 14, 40)] == ["I", "IV", "IX", "XIV", "XL"]


MALFORMED = [
    "Art. 5(1), first subparagraph,- point (f)",
    "Annex XIII, to point (f)",
    "Art. 5(1) to Art. 8",
    "Art. 5(1) to point (f)",
    "Art. 5, subparagraph 4.6",
    "Annex XIII to AIH 0301",
    "Annexes III to 12a",
    "Chapter II - (i)",
    "Art. 5(1)(a) to (2)",
    "Art. 5 to",
    "to (f)",
    "first",
    "points (a)",
    "Section B",
    "Art. (1)",
]


@pytest.mark.parametrize("written", MALFORMED)
def test_a_malformed_citation_is_refused_or_can_be_printed(written: str) -> None:
    with contextlib.suppress(ProvisionError):
        assert all(str(provision) and provision.sort_key for provision in parse_provisions(written))


@pytest.mark.parametrize("written", MALFORMED[:9])
def test_a_range_from_one_level_to_another_is_refused(written: str) -> None:
    with pytest.raises(ProvisionError, match="cannot read"):
        parse_provisions(written)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["Art. 5", "Arts 8", "Art.", "(1)", "(f)", "(iii)", "(12a)", "to", "-", "and", "first", "second"]
                + ["subparagraph", "point", "points", "Annex XIII", "Annexes", "Section", "B", "XIII", "4.6", "2"]
                + ["recital 5", "Chapter II", "AIH 0301", "paragraph", "sentence", "only", "with", ";"]
            ),
            st.sampled_from(["", " ", ", "]),
        ),
        max_size=8,
    )
)
def test_no_citation_raises_anything_but_its_own_error(parts: list[tuple[str, str]]) -> None:
    with contextlib.suppress(ProvisionError):
        assert all(
            str(provision) and provision.sort_key for provision in parse_provisions("".join(a + b for a, b in parts))
        )
