"""Which rule takes a session, and how: the most special rule that says something of a matter decides it."""

from collections.abc import Sequence

from tertulia.domain.base import Value
from tertulia.domain.retention import How, RetentionRule, RuleOf
from tertulia.domain.sessions import Session

Rules = Sequence[tuple[RuleOf, RetentionRule | None]]
"""From the most special one to the server's."""


class Term(Value):
    """After how many days something happens to a session, and whose rule says so."""

    days: int
    rule_of: RuleOf


class Terms(Value):
    """What all rules together say."""

    archive: Term | None
    delete: Term | None
    keep_pinned: bool

    @property
    def shortest(self) -> int | None:
        """After how many days anything can happen at the earliest."""
        return min((term.days for term in (self.archive, self.delete) if term is not None), default=None)


class Verdict(Value):
    """What becomes of a session, and by which rule."""

    how: How
    days: int
    rule_of: RuleOf


def terms_of(rules: Rules) -> Terms:
    """Return what some rules together say. Pinned sessions are kept unless a rule says that they are not."""
    kept = (rule.keep_pinned for _, rule in rules if rule is not None and rule.keep_pinned is not None)
    return Terms(
        archive=_term(rules, "archive_after"), delete=_term(rules, "delete_after"), keep_pinned=next(kept, True)
    )


def _term(rules: Rules, matter: str) -> Term | None:
    for rule_of, rule in rules:
        said: int | str | None = None if rule is None else getattr(rule, matter)
        if said is not None:
            return Term(days=said, rule_of=rule_of) if isinstance(said, int) else None
    return None


def verdict_on(session: Session, terms: Terms, *, idle_days: float) -> Verdict | None:
    """Tell what becomes of a session without activity for so long. One with a turn that has not ended stays."""
    if session.status != "idle" or (session.pinned and terms.keep_pinned):
        return None
    if terms.delete is not None and idle_days >= terms.delete.days:
        return Verdict(how="delete", days=terms.delete.days, rule_of=terms.delete.rule_of)
    if terms.archive is not None and idle_days >= terms.archive.days and not session.archived:
        return Verdict(how="archive", days=terms.archive.days, rule_of=terms.archive.rule_of)
    return None
