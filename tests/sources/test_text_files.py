from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.sources.text_files import MOST_BYTES, decoded, read_text, refuse_hidden_breaks

TEXT = "---\nlicense: mit\n---\nGrüße\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_an_encoding_that_shows_itself_is_read(codec: str) -> None:
    assert decoded(TEXT.encode(codec), "card.md").text == TEXT


def test_a_marked_utf_16_big_endian_is_read() -> None:
    assert decoded(b"\xfe\xff" + TEXT.encode("utf-16-be"), "card.md").text == TEXT


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_become_one_kind(end: str) -> None:
    assert decoded(TEXT.replace("\n", end).encode(), "card.md").text == TEXT


def test_what_is_not_utf_8_is_read_as_latin_1_and_says_so() -> None:
    read = decoded(TEXT.encode("latin-1"), "card.md")
    assert read.text == TEXT
    assert read.notes == ("card.md:4: not valid UTF-8, so the document was read as Latin-1",)


def test_guessing_can_be_forbidden() -> None:
    with pytest.raises(InputError, match=r"aiact.yaml:4: is not valid UTF-8"):
        decoded(TEXT.encode("latin-1"), "aiact.yaml", guess_encoding=False)


def test_a_nul_is_refused_with_its_line() -> None:
    with pytest.raises(InputError, match=r"card.md:3: holds a NUL"):
        decoded(b"a long first line of text\nb\nc\0d\n", "card.md")


def test_half_a_utf_16_character_is_refused() -> None:
    with pytest.raises(InputError, match="is not valid UTF-16"):
        decoded(b"\xff\xfea\0b", "card.md")


def test_a_huge_document_is_refused(tmp_path: Path) -> None:
    huge = tmp_path / "card.md"
    huge.write_bytes(b"x" * (MOST_BYTES + 1))
    with pytest.raises(InputError, match="is larger than 2097152 bytes"):
        read_text(huge, "card.md")
    huge.write_bytes(b"x" * MOST_BYTES)
    assert len(read_text(huge, "card.md").text) == MOST_BYTES


def test_a_missing_file_a_folder_and_an_unusable_name_are_refused(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "no.md", "no such file"), (tmp_path, "not a file"), (Path("a\0b"), "no such file")):
        with pytest.raises(InputError, match=said):
            read_text(path, "here")


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    data = "\ufeffa\r\n".encode()
    (tmp_path / "a.md").write_bytes(data)
    assert read_text(tmp_path / "a.md").sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("hidden", ["\x85", "\u2028", "\u2029"])
def test_a_line_break_that_editors_hide_is_refused_where_facts_stand(hidden: str) -> None:
    with pytest.raises(InputError, match=r"aiact.yaml:6: holds the hidden line break"):
        refuse_hidden_breaks(f"a: b\n# remark{hidden}c: d\n", "aiact.yaml", 5)
