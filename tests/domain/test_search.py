"""What people type, read as a query, and what they are shown of what was found."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tertulia.domain.passages import SNIPPET_CHARS, Passage, snippets_of
from tertulia.domain.search import MOST_BEGINNINGS, MOST_PHRASES, Phrase, Query, parse_query
from tertulia.domain.words import terms_of


def phrase(*terms: str, is_prefix: bool = False) -> Phrase:
    return Phrase(terms=list(terms), is_prefix=is_prefix)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Lisbon trains", Query(wanted=[phrase("lisbon"), phrase("trains")])),
        ('"night train"', Query(wanted=[phrase("night", "train")])),
        ("“night train”", Query(wanted=[phrase("night", "train")])),
        ('"night train', Query(wanted=[phrase("night", "train")])),
        ("tra*", Query(wanted=[phrase("tra", is_prefix=True)])),
        ('"night tra"*', Query(wanted=[phrase("night", "tra", is_prefix=True)])),
        ("t*", Query(wanted=[phrase("t")])),
        ("-sea", Query(unwanted=[phrase("sea")])),
        ('-"by sea"', Query(unwanted=[phrase("by", "sea")])),
        ("sea-side", Query(wanted=[phrase("sea", "side")])),
        ("has:file -has:FILE", Query(has_file=False)),
        ("has:files", Query(wanted=[phrase("has", "files")])),
        ("東京都", Query(wanted=[phrase("東京", "京都")])),
        ("東", Query(wanted=[phrase("東", is_prefix=True)])),
        ('"東京 tower"', Query(wanted=[phrase("東京", "京", "tower")])),
        ("я", Query(wanted=[phrase("я")])),
        ('* - " "" () ', Query()),
    ],
)
def test_a_query_is(text: str, query: Query) -> None:
    assert parse_query(text) == query


@given(st.text() | st.text(alphabet='ab"-*: 東has:file'))
def test_every_text_is_a_query(text: str) -> None:
    query = parse_query(text)
    phrases = [*query.wanted, *query.unwanted]
    assert len(phrases) <= MOST_PHRASES
    assert sum(each.is_prefix for each in phrases) <= MOST_BEGINNINGS
    assert all(phrase.terms for phrase in phrases)


def test_what_is_beyond_the_beginnings_is_not_looked_for_and_words_are() -> None:
    assert parse_query("aa* bb* -cc* dd* ee* word") == parse_query("aa* bb* -cc* dd* word")


@given(st.text(min_size=1), st.text())
def test_a_text_is_found_by_any_of_its_words(text: str, more: str) -> None:
    terms = terms_of(f"{more}\n{text}")
    assert all(Phrase(terms=[term]).is_in(terms) for term in terms_of(text))


def shown(text: str, query: str) -> str:
    [snippet] = snippets_of([Passage(source="user", text=text)], parse_query(query).wanted)
    return "".join(f"[{part.text}]" if part.is_match else part.text for part in snippet.parts)


def test_a_snippet_shows_what_was_found_as_it_was_written() -> None:
    assert shown("Take the\n\n Night  train, the NIGHT-train!", "night") == "Take the [Night] train, the [NIGHT]-train!"
    assert shown("Les ÉCOLES", "eco*") == "Les [ÉCOLES]"
    assert shown("私は東京都へ", "東京都") == "私は[東京都]へ"
    assert shown("one two three", '"one two" "two three"') == "[one two three]"


def test_a_snippet_is_the_part_of_a_text_that_has_the_words() -> None:
    text = shown("before " * 500 + "needle" + " after" * 500, "needle")
    assert text.startswith("…before")
    assert text.endswith("…")
    assert "[needle]" in text
    assert len(text) <= SNIPPET_CHARS + 4


def test_markup_in_a_text_stays_text() -> None:
    [snippet] = snippets_of([Passage(source="user", text="<mark>x</mark> [needle]")], parse_query("needle").wanted)
    assert snippet.text == "<mark>x</mark> [needle]"
    assert [part.text for part in snippet.parts if part.is_match] == ["needle"]


@given(st.text(), st.text(min_size=1))
def test_a_snippet_is_of_the_text(text: str, words: str) -> None:
    for snippet in snippets_of([Passage(source="user", text=text)], parse_query(words).wanted):
        assert any(part.is_match for part in snippet.parts)
        inner = snippet.text.strip("…")
        assert " ".join(inner.split()) in " ".join(text.split())
