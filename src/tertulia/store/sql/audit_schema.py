"""How each database keeps the audit from being changed, by triggers of its own: whoever has a bug, it is not rewritten.

An entry is never changed, and not deleted in its first `KEPT_DAYS`. Whoever owns the database can take triggers away;
they hold off slips, and statements that should not be there.
"""

KEPT_DAYS = 30
CHANGED = "an entry of the audit is never changed"
TOO_YOUNG = f"an entry of the audit is kept for at least {KEPT_DAYS} days"

SQLITE = (
    f"CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END",
    "CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit"  # noqa: S608 - of words of ours
    " WHEN EXISTS (SELECT 1 FROM audit WHERE entry_id = new.entry_id) BEGIN"
    f" SELECT RAISE(ABORT, '{CHANGED}'); END",
    "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit"
    f" WHEN old.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{KEPT_DAYS} days') BEGIN"
    f" SELECT RAISE(ABORT, '{TOO_YOUNG}'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{CHANGED}'; END $$",
    "CREATE FUNCTION refuse_loss_of_audit() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{TOO_YOUNG}'; END $$",
    "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR TRUNCATE ON audit"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit()",
    "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit FOR EACH ROW"
    " WHEN (old.at > to_char(clock_timestamp() AT TIME ZONE 'UTC' - interval"
    f" '{KEPT_DAYS} days', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'))"
    " EXECUTE FUNCTION refuse_loss_of_audit()",
)
BY_DIALECT = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
