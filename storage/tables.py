"""The tables of the SQLite store, in the steps in which they came: one text for each migration in `storage.schema`.

A text that was released is never edited; a new one is added. Bodies (raw pages, documents) are kept in `blobs` alone,
apart from what is listed and searched: rows stay small. Moments are fixed-width UTC text, so that comparing text
compares time.
"""

from __future__ import annotations

# Stands in the header of the file (offset 68): "CLWC". Another program's database is never touched.
APPLICATION_ID = 0x434C5743
# The steps in `storage.schema`, by name; a store that has all of them and no others is of this program.
STEPS = (
    "0001_sources",
    "0002_history",
    "0003_outbox",
    "0004_search",
    "0005_quick",
    "0006_hosts",
    "0007_health",
    "0008_render",
    "0009_records",
    "0010_wire",
    "0011_deadlines",
    "0012_reviews",
    "0013_stamps",
    "0014_retention",
    "0015_compact",
    "0016_passages",
    "0017_slim",
    "0018_brief",
)

SOURCES = """
CREATE TABLE sources (
    id TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    vendor TEXT NOT NULL,
    document TEXT NOT NULL,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    active INTEGER NOT NULL,
    next_due TEXT NOT NULL,
    outcome TEXT,
    reason TEXT,
    detail TEXT,
    last_check TEXT,
    last_good TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0,
    ledger INTEGER,
    lease_worker TEXT,
    lease_token TEXT,
    lease_until TEXT
) STRICT;
CREATE INDEX sources_due ON sources (next_due, id) WHERE active;
CREATE INDEX sources_leased ON sources (id) WHERE lease_token IS NOT NULL;
CREATE TABLE pages (
    source_id TEXT NOT NULL REFERENCES sources (id),
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    extraction TEXT NOT NULL,
    PRIMARY KEY (source_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources (id),
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    count INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    detail TEXT
) STRICT;
CREATE INDEX ledger_source ON ledger (source_id, id)
"""

HISTORY = """
CREATE TABLE blobs (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    codec TEXT NOT NULL,
    size INTEGER NOT NULL,
    base TEXT REFERENCES blobs (sha256),
    depth INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources (id),
    kept_for TEXT NOT NULL,
    url TEXT NOT NULL,
    final_url TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    media_type TEXT NOT NULL,
    charset TEXT,
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    hops TEXT NOT NULL
) STRICT;
CREATE INDEX captures_sha256 ON captures (sha256, fetched_at);
CREATE INDEX captures_source ON captures (source_id, fetched_at);
CREATE TABLE versions (
    source_id TEXT NOT NULL REFERENCES sources (id),
    number INTEGER NOT NULL,
    cause TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    extraction TEXT NOT NULL,
    captures TEXT NOT NULL,
    title TEXT,
    language TEXT,
    effective_date TEXT,
    last_updated TEXT,
    blocks INTEGER NOT NULL,
    words INTEGER NOT NULL,
    verdict TEXT,
    document TEXT NOT NULL REFERENCES blobs (sha256),
    comparison TEXT,
    PRIMARY KEY (source_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE facts (
    source_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    fields TEXT NOT NULL,
    quote TEXT NOT NULL,
    section TEXT NOT NULL,
    PRIMARY KEY (source_id, version, position),
    FOREIGN KEY (source_id, version) REFERENCES versions (source_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    seen_before TEXT NOT NULL,
    seen_after TEXT NOT NULL,
    rank INTEGER NOT NULL,
    topic TEXT NOT NULL,
    topics TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    direction TEXT NOT NULL,
    section TEXT NOT NULL,
    before TEXT,
    after TEXT,
    spans TEXT NOT NULL,
    facts TEXT NOT NULL,
    summary TEXT NOT NULL,
    rules TEXT NOT NULL,
    UNIQUE (source_id, version, position),
    FOREIGN KEY (source_id, version) REFERENCES versions (source_id, number)
) STRICT;
CREATE INDEX changes_seen ON changes (seen_after DESC, rank DESC);
CREATE INDEX changes_source ON changes (source_id, seen_after DESC, rank DESC);
CREATE TABLE change_topics (
    topic TEXT NOT NULL,
    seen_after TEXT NOT NULL,
    rank INTEGER NOT NULL,
    change INTEGER NOT NULL REFERENCES changes (id),
    PRIMARY KEY (topic, seen_after, rank, change)
) STRICT, WITHOUT ROWID;
CREATE TABLE chain (
    id INTEGER PRIMARY KEY,
    capture INTEGER UNIQUE REFERENCES captures (id),
    source_id TEXT,
    version INTEGER,
    link TEXT NOT NULL UNIQUE,
    UNIQUE (source_id, version),
    FOREIGN KEY (source_id, version) REFERENCES versions (source_id, number)
) STRICT
"""

OUTBOX = """
CREATE TABLE alerts (
    key TEXT PRIMARY KEY,
    subscriber TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    changes TEXT NOT NULL,
    created_at TEXT NOT NULL,
    cadence TEXT NOT NULL,
    FOREIGN KEY (source_id, version) REFERENCES versions (source_id, number)
) STRICT;
CREATE INDEX alerts_version ON alerts (source_id, version);
CREATE TABLE deliveries (
    key TEXT PRIMARY KEY,
    alert_key TEXT NOT NULL REFERENCES alerts (key),
    subscriber TEXT NOT NULL,
    target TEXT NOT NULL,
    grp TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_try TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_error TEXT,
    sent_at TEXT,
    lease_until TEXT,
    UNIQUE (alert_key, target)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_try, created_at, key) WHERE state = 'pending';
CREATE INDEX deliveries_group ON deliveries (grp, subscriber, target) WHERE state = 'pending' AND grp <> '';
CREATE INDEX deliveries_leased ON deliveries (key) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_created ON deliveries (created_at DESC, key)
"""

SEARCH = """
CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources (id),
    since INTEGER NOT NULL,
    until INTEGER,
    section TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX passages_standing ON passages (source_id) WHERE until IS NULL;
CREATE VIRTUAL TABLE passages_fts USING fts5 (
    text, content = 'passages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
)
"""

QUICK = """
ALTER TABLE pages ADD COLUMN quick TEXT NOT NULL DEFAULT ''
"""

# A delivery carries an alert or a notice: `notice` says which, and each kind is held to its own table.
HEALTH = """
ALTER TABLE sources ADD COLUMN health TEXT;
CREATE TABLE notices (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subscriber TEXT NOT NULL,
    source_id TEXT REFERENCES sources (id),
    created_at TEXT NOT NULL,
    notice TEXT NOT NULL
) STRICT;
CREATE INDEX notices_source ON notices (source_id, created_at);
CREATE INDEX notices_subscriber ON notices (subscriber, created_at);
CREATE TABLE outbox (
    key TEXT PRIMARY KEY,
    alert_key TEXT NOT NULL,
    subscriber TEXT NOT NULL,
    target TEXT NOT NULL,
    grp TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_try TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_error TEXT,
    sent_at TEXT,
    lease_until TEXT,
    notice INTEGER NOT NULL DEFAULT 0,
    of_alert TEXT GENERATED ALWAYS AS (iif(notice, NULL, alert_key)) STORED REFERENCES alerts (key),
    of_notice TEXT GENERATED ALWAYS AS (iif(notice, alert_key, NULL)) STORED REFERENCES notices (key),
    UNIQUE (alert_key, target)
) STRICT;
INSERT INTO outbox (key, alert_key, subscriber, target, grp, state, attempts, next_try, created_at, last_error, sent_at,
    lease_until)
SELECT key, alert_key, subscriber, target, grp, state, attempts, next_try, created_at, last_error, sent_at, lease_until
FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE outbox RENAME TO deliveries;
CREATE INDEX deliveries_due ON deliveries (next_try, created_at, key) WHERE state = 'pending';
CREATE INDEX deliveries_group ON deliveries (grp, subscriber, target) WHERE state = 'pending' AND grp <> '';
CREATE INDEX deliveries_leased ON deliveries (key) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_created ON deliveries (created_at DESC, key);
CREATE INDEX deliveries_state ON deliveries (state, created_at DESC) WHERE state = 'dead'
"""

WIRE = """
ALTER TABLE pages ADD COLUMN wire TEXT NOT NULL DEFAULT ''
"""

RENDER = """
ALTER TABLE pages ADD COLUMN rendered INTEGER NOT NULL DEFAULT 0
"""

HOSTS = """
CREATE TABLE hosts (
    origin TEXT PRIMARY KEY,
    robots TEXT,
    rules BLOB,
    robots_at TEXT,
    unreachable_since TEXT,
    reason TEXT,
    detail TEXT,
    lasting INTEGER NOT NULL,
    hold_until TEXT,
    refusals INTEGER NOT NULL
) STRICT, WITHOUT ROWID
"""

# What a record is about may be forgotten, so nothing here refers to it by a foreign key.
RECORDS = """
CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    capture INTEGER UNIQUE,
    source_id TEXT,
    version INTEGER,
    body TEXT,
    digest TEXT NOT NULL,
    link TEXT NOT NULL UNIQUE,
    UNIQUE (source_id, version)
) STRICT;
CREATE INDEX records_own ON records (kind) WHERE body IS NOT NULL;
CREATE INDEX facts_type ON facts (type)
"""

DEADLINES = """
CREATE TABLE deadlines (
    source_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    due TEXT NOT NULL,
    deadline TEXT NOT NULL,
    PRIMARY KEY (source_id, version),
    FOREIGN KEY (source_id, version) REFERENCES versions (source_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadlines_due ON deadlines (due)
"""

# The number of an event is that of its record in the chain. No position: all changes of the version.
REVIEWS = """
CREATE TABLE reviews (
    record INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    state TEXT,
    assignee TEXT,
    note TEXT,
    FOREIGN KEY (source_id, version) REFERENCES versions (source_id, number)
) STRICT;
CREATE INDEX reviews_source ON reviews (source_id, version)
"""

# An attempt that failed has no token; there is one at most. `digest` is over the rest of the row: a signature does not
# cover all of a token.
STAMPS = """
CREATE TABLE stamps (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    head TEXT NOT NULL,
    authority TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    at TEXT,
    token BLOB,
    error TEXT,
    digest TEXT NOT NULL
) STRICT
"""

# The bytes of a page may be let go of while its record stays; that none is missing unsaid is what `verify` sees.
RETENTION = """
CREATE TABLE kept (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources (id),
    kept_for TEXT NOT NULL,
    url TEXT NOT NULL,
    final_url TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    media_type TEXT NOT NULL,
    charset TEXT,
    sha256 TEXT NOT NULL,
    hops TEXT NOT NULL
) STRICT;
INSERT INTO kept (id, source_id, kept_for, url, final_url, fetched_at, status, headers, media_type, charset, sha256,
    hops)
SELECT id, source_id, kept_for, url, final_url, fetched_at, status, headers, media_type, charset, sha256, hops
FROM captures;
DROP TABLE captures;
ALTER TABLE kept RENAME TO captures;
CREATE INDEX captures_sha256 ON captures (sha256, fetched_at);
CREATE INDEX captures_source ON captures (source_id, fetched_at)
"""

# What versions tell is packed in brief from here on, which an earlier program cannot read; what is there stays as it
# is. And the passages of a version are hardly ever looked for by it.
BRIEF = """
DROP INDEX passages_version
"""
