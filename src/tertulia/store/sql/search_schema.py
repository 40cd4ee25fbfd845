"""How each database finds rows by their words: what its schema has beside the tables.

SQLite has a full-text index (FTS5) over `search_rows`, whose terms it does not keep a second time. Triggers keep it in
step, whichever statement or foreign key changes a row: SQLite's is one file of one process, so that the reasons against
triggers elsewhere are none here. Its rows stand in the order in which they are shown, so that a page of very many hits
reads no more than the page. PostgreSQL has an index of its tsvectors, and one of their order; it chooses.
"""

SQLITE = (
    "CREATE UNIQUE INDEX search_rows_in_place ON search_rows (place)",
    "CREATE VIRTUAL TABLE search_words USING fts5"
    " (terms, content='search_rows', content_rowid='place', columnsize=0, prefix='2 3', tokenize='ascii')",
    "CREATE TRIGGER search_rows_added AFTER INSERT ON search_rows BEGIN"
    " INSERT INTO search_words (rowid, terms) VALUES (new.place, new.terms); END",
    "CREATE TRIGGER search_rows_changed AFTER UPDATE ON search_rows BEGIN"
    " INSERT INTO search_words (search_words, rowid, terms) VALUES ('delete', old.place, old.terms);"
    " INSERT INTO search_words (rowid, terms) VALUES (new.place, new.terms); END",
    "CREATE TRIGGER search_rows_deleted AFTER DELETE ON search_rows BEGIN"
    " INSERT INTO search_words (search_words, rowid, terms) VALUES ('delete', old.place, old.terms); END",
)
POSTGRESQL = (
    "CREATE INDEX search_rows_in_place ON search_rows (owner, place, session_id, turn_id)",
    "CREATE INDEX search_rows_by_words ON search_rows USING gin (terms)",
)
BY_DIALECT = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
