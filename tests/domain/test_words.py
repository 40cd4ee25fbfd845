"""How texts are cut into terms: whoever writes a word in whatever way finds it."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tertulia.domain.words import LONGEST_TERM, terms_of, tokens_of

texts = st.text() | st.text(alphabet="aÄßﬁ½ﷺ東京都ガｶﾞがี้ไทยहिन्दी한ㄱ'\"*_-§¶ \0\n\u0301\u3099İẞ٠")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Hello, world!", ["hello", "world"]),
        ("foo_bar foo-bar C++ 19:45", ["foo", "bar", "foo", "bar", "c", "19", "45"]),
        ("Straße ÉCOLE pastéis", ["strasse", "ecole", "pasteis"]),
        ("e\u0301cole", ["ecole"]),
        ("İstanbul Ёлка", ["istanbul", "елка"]),
        ("ﬁne ½", ["fine", "1", "2"]),
        ("東京都", ["東京", "京都", "都"]),
        ("iPhone手机", ["iphone", "手机", "机"]),
        ("ガ ｶﾞ", ["ガ", "ガ"]),
        ("한국어", ["한국", "국어", "어"]),
        ("हिन्दी", ["हिन्दी"]),
        ("كِتَاب", ["كتاب"]),
        ("٠١", ["٠١"]),
        ("§ ¶ \0 _ ' \\ 😀", []),
    ],
)
def test_the_terms_of(text: str, terms: list[str]) -> None:
    assert terms_of(text) == terms


@given(texts)
def test_no_term_has_anything_in_it_that_a_database_could_take_for_more_than_text(text: str) -> None:
    for term in terms_of(text):
        assert 0 < len(term) <= LONGEST_TERM + 1
        assert not set(term) & set("§¶'\"\\*:&|!<>()- \0\n_")
        assert term == term.lower() or not term.isascii()


@given(texts)
def test_terms_are_where_they_are_said_to_be(text: str) -> None:
    tokens = list(tokens_of(text))
    assert [token.term for token in tokens] == terms_of(text)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


@given(st.text(alphabet="abcé ,東京"))
def test_case_does_not_count(text: str) -> None:
    assert terms_of(text) == terms_of(text.upper())
