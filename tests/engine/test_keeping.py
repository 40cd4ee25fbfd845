"""Rules of how long sessions stay: the most special one that says something decides."""

from typing import Any

import pytest

from tertulia.domain.retention import RetentionRule
from tertulia.engine.keeping import Term, Terms, Verdict, terms_of, verdict_on
from tests.store.values import session

SERVER = RetentionRule(archive_after=30, delete_after=90)


def terms(*, server: RetentionRule = SERVER, agent: Any = None, own: Any = None) -> Terms:
    return terms_of([("session", own), ("agent", agent), ("server", server)])


def test_without_rules_nothing_happens_ever() -> None:
    nothing = terms(server=RetentionRule())
    assert (nothing.archive, nothing.delete, nothing.shortest) == (None, None, None)
    assert verdict_on(session(), nothing, idle_days=10**6) is None


def test_each_matter_is_decided_by_the_most_special_rule_that_says_something_of_it() -> None:
    found = terms(agent=RetentionRule(archive_after=7), own=RetentionRule(keep_pinned=False))
    assert found == Terms(
        archive=Term(days=7, rule_of="agent"), delete=Term(days=90, rule_of="server"), keep_pinned=False
    )
    assert found.shortest == 7


def test_never_is_said_against_less_special_rules() -> None:
    assert terms(agent=RetentionRule(delete_after=5), own=RetentionRule(delete_after="never")).delete is None
    assert terms(agent=RetentionRule(delete_after="never")).delete is None


@pytest.mark.parametrize(
    ("idle", "changes", "becomes"),
    [
        (29.9, {}, None),
        (30, {}, "archive"),
        (31, {"archived": True}, None),
        (90, {}, "delete"),
        (90, {"archived": True}, "delete"),
        (900, {"pinned": True}, None),
        (900, {"status": "running"}, None),
        (900, {"status": "awaiting_input"}, None),
    ],
)
def test_what_becomes_of_a_session(idle: float, changes: dict[str, Any], becomes: str | None) -> None:
    found = verdict_on(session(**changes), terms(), idle_days=idle)
    assert (found and found.how) == becomes


def test_pinned_ones_go_when_a_rule_says_so() -> None:
    rules = terms(agent=RetentionRule(keep_pinned=False))
    assert verdict_on(session(pinned=True), rules, idle_days=91) == Verdict(how="delete", days=90, rule_of="server")
