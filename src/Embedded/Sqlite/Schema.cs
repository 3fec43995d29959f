namespace AccessFunctions.Embedded.Sqlite;

/// <summary>The tables, and how an older file gets them: each step once, in a transaction of its own, counted by <c>user_version</c>.</summary>
internal static class Schema
{
    /// <summary>The steps in order; one that was ever shipped does not change. Instants are UTC ticks (<see cref="DateTimeOffset.UtcTicks"/>); words of enums are stored by name.</summary>
    internal static readonly string[] Steps =
    [
        """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

        -- Narrow rows for finding and listing; rows count up in order of submission. The state itself lies apart, because most signals
        -- change it alone.
        CREATE TABLE requests(
            row INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            phase TEXT NOT NULL,
            outcome TEXT,
            requester TEXT NOT NULL,
            access_group TEXT NOT NULL,
            kind TEXT NOT NULL,
            ticket TEXT,
            emergency INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            closed_at INTEGER,
            next_deadline INTEGER,
            review_due INTEGER,
            unfinished INTEGER NOT NULL) STRICT;
        CREATE INDEX requests_by_phase ON requests(phase);
        CREATE INDEX requests_by_requester ON requests(requester);
        CREATE INDEX requests_by_group ON requests(access_group);
        CREATE INDEX requests_by_deadline ON requests(next_deadline) WHERE next_deadline IS NOT NULL;
        CREATE INDEX requests_of_emergency ON requests(row) WHERE emergency = 1;
        CREATE INDEX requests_owing_review ON requests(requester) WHERE review_due IS NOT NULL;
        CREATE INDEX requests_denied ON requests(requester, closed_at) WHERE phase = 'Denied';
        CREATE INDEX requests_unfinished ON requests(row) WHERE unfinished = 1;

        CREATE TABLE states(
            request INTEGER PRIMARY KEY REFERENCES requests(row),
            sequence INTEGER NOT NULL,
            state BLOB NOT NULL) STRICT;
        CREATE TABLE resources(resource TEXT NOT NULL, request INTEGER NOT NULL, PRIMARY KEY(resource, request)) STRICT, WITHOUT ROWID;
        CREATE TABLE visible(person TEXT NOT NULL, request INTEGER NOT NULL, approver INTEGER NOT NULL, PRIMARY KEY(person, request)) STRICT, WITHOUT ROWID;
        CREATE TABLE to_review(person TEXT NOT NULL, request INTEGER NOT NULL, PRIMARY KEY(person, request)) STRICT, WITHOUT ROWID;

        CREATE TABLE answers(
            request TEXT NOT NULL,
            actor TEXT NOT NULL,
            signal TEXT NOT NULL,
            content BLOB NOT NULL,
            refusal BLOB,
            sequence INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY(request, actor, signal)) STRICT, WITHOUT ROWID;
        CREATE INDEX answers_by_instant ON answers(at);

        CREATE TABLE audit(
            position INTEGER PRIMARY KEY,
            stream TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            body BLOB NOT NULL,
            previous TEXT NOT NULL,
            hash TEXT NOT NULL,
            detail BLOB,
            salt BLOB,
            type TEXT NOT NULL,
            actor TEXT NOT NULL,
            request TEXT,
            at INTEGER NOT NULL,
            emergency INTEGER NOT NULL,
            UNIQUE(stream, sequence)) STRICT;
        CREATE INDEX audit_by_instant ON audit(at);
        CREATE INDEX audit_by_actor ON audit(actor, at);
        CREATE INDEX audit_by_request ON audit(request, at) WHERE request <> stream;
        CREATE INDEX audit_of_emergency ON audit(at) WHERE emergency = 1;
        CREATE TABLE checkpoints(
            number INTEGER PRIMARY KEY,
            body BLOB NOT NULL,
            position INTEGER NOT NULL) STRICT;
        CREATE TABLE cursors(sink TEXT PRIMARY KEY, position INTEGER NOT NULL, checkpoint INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE outbox(
            id INTEGER PRIMARY KEY,
            request TEXT NOT NULL,
            effect TEXT NOT NULL,
            lane TEXT NOT NULL,
            body BLOB NOT NULL,
            available_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            done_at INTEGER,
            UNIQUE(request, effect)) STRICT;
        CREATE INDEX outbox_waiting ON outbox(lane, available_at) WHERE done_at IS NULL;
        CREATE INDEX outbox_done ON outbox(done_at) WHERE done_at IS NOT NULL;

        CREATE TABLE standing(platform TEXT NOT NULL, key TEXT NOT NULL, through TEXT NOT NULL, PRIMARY KEY(platform, key)) STRICT, WITHOUT ROWID;
        CREATE TABLE holders(
            id INTEGER PRIMARY KEY,
            platform TEXT NOT NULL,
            key TEXT NOT NULL,
            grant_id TEXT NOT NULL,
            request TEXT NOT NULL,
            person TEXT NOT NULL,
            leaving INTEGER NOT NULL DEFAULT 0,
            UNIQUE(platform, key, grant_id)) STRICT;

        CREATE TABLE person_roles(person TEXT PRIMARY KEY, roles TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE delegations(person TEXT PRIMARY KEY, stand_in TEXT NOT NULL, begins INTEGER NOT NULL, ends INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE envelopes(name TEXT PRIMARY KEY, envelope BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """,

        // Effects leave once they have run. Their ids are not used again, so that a late word on one never meets another.
        """
        ALTER TABLE outbox RENAME TO outbox_before;
        CREATE TABLE outbox(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            request TEXT NOT NULL,
            effect TEXT NOT NULL,
            lane TEXT NOT NULL,
            body BLOB NOT NULL,
            available_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0) STRICT;
        INSERT INTO outbox SELECT id, request, effect, lane, body, available_at, attempts FROM outbox_before WHERE done_at IS NULL ORDER BY id;
        DROP TABLE outbox_before;
        CREATE INDEX outbox_by_lane ON outbox(lane, available_at);
        """,

        // What channels keep between a message and its answer.
        """
        CREATE TABLE channel_rows(
            version INTEGER PRIMARY KEY AUTOINCREMENT,
            set_name TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            keep_until INTEGER NOT NULL,
            UNIQUE(set_name, key)) STRICT;
        CREATE INDEX channel_rows_by_end ON channel_rows(keep_until);
        """,

        // Lists of one platform, in the order of lists: the name is what comes before a resource's first slash.
        """
        CREATE TABLE platforms(platform TEXT NOT NULL, request INTEGER NOT NULL, PRIMARY KEY(platform, request)) STRICT, WITHOUT ROWID;
        INSERT INTO platforms
            SELECT DISTINCT CASE WHEN instr(resource, '/') > 1 THEN substr(resource, 1, instr(resource, '/') - 1) ELSE resource END, request FROM resources;
        """,

        // What an event outside of requests is about, so that the versions of an access group are found without reading the whole trail.
        """
        ALTER TABLE audit ADD COLUMN resource TEXT;
        UPDATE audit SET resource = json_extract(CAST(body AS TEXT), '$.resource') WHERE stream >= 'host:' AND stream < 'host;';
        CREATE INDEX audit_by_resource ON audit(resource, at) WHERE resource IS NOT NULL;
        """,

        // Slack users that people, or administrators, linked; an empty one is none, whatever the configuration says.
        """
        CREATE TABLE person_slack(person TEXT PRIMARY KEY, slack_user TEXT NOT NULL) STRICT, WITHOUT ROWID;
        """,

        // Streams of which an audit sink refuses a row: it and what follows wait apart.
        """
        CREATE TABLE held_streams(
            sink TEXT NOT NULL,
            stream TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            since INTEGER NOT NULL,
            why TEXT NOT NULL,
            PRIMARY KEY(sink, stream)) STRICT, WITHOUT ROWID;
        """,

        // What became of each notice.
        """
        CREATE TABLE notices(request TEXT NOT NULL, notice TEXT NOT NULL, outcomes BLOB NOT NULL, PRIMARY KEY(request, notice)) STRICT, WITHOUT ROWID;
        """,

        // Reviews of emergencies wait for approvers too.
        """
        INSERT OR IGNORE INTO to_review SELECT v.person, v.request FROM visible v JOIN requests r ON r.row = v.request
            WHERE v.approver = 1 AND r.review_due IS NOT NULL AND v.person <> r.requester;
        """,

        // What platforms were found to hold: first and second are the names a fact is found by. What a run has seen is kept by page, as the
        // hashes of what its facts are found by, so that facts which did not change are not written.
        """
        CREATE TABLE facts(platform TEXT NOT NULL, kind TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, content TEXT NOT NULL,
            PRIMARY KEY(platform, kind, first, second)) STRICT, WITHOUT ROWID;
        CREATE INDEX privileges_by_resource ON facts(platform, second, first) WHERE kind = 'p';
        CREATE TABLE facts_seen(platform TEXT NOT NULL, run INTEGER NOT NULL, page INTEGER NOT NULL, keys BLOB NOT NULL, PRIMARY KEY(platform, run, page)) STRICT, WITHOUT ROWID;
        CREATE TABLE ingestion(platform TEXT PRIMARY KEY, progress BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE identity_links(platform TEXT NOT NULL, identity TEXT NOT NULL, person TEXT, kind TEXT NOT NULL, PRIMARY KEY(platform, identity)) STRICT, WITHOUT ROWID;
        """,

        // Keeping times: what is left of streams that were purged, what must not be, and which requests still hold free text.
        """
        CREATE TABLE tombstones(stream TEXT PRIMARY KEY, purged_at INTEGER NOT NULL, recorded_in TEXT NOT NULL, hashes BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE legal_holds(request TEXT PRIMARY KEY, reason TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        ALTER TABLE requests ADD COLUMN pseudonymised INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX requests_by_closing ON requests(closed_at) WHERE unfinished = 0;
        CREATE INDEX audit_details_outside ON audit(stream) WHERE detail IS NOT NULL AND stream >= 'host:' AND stream < 'host;';
        CREATE INDEX outbox_by_request ON outbox(request);
        """,

        // Whose roles ended because they left.
        """
        ALTER TABLE person_roles ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
        """,
    ];

    public static void Migrate(Session session, string file)
    {
        var version = (int)session.Number("PRAGMA user_version")!;
        if (version > Steps.Length)
            throw new DataDirectoryException($"{file} was written by a newer version (schema {version}; this one knows {Steps.Length}). Start that version, or a newer one.");
        for (; version < Steps.Length; version++)
        {
            session.Run("BEGIN IMMEDIATE");
            try
            {
                session.Script(Steps[version]);
                session.Script($"PRAGMA user_version = {version + 1}");
                session.Run("COMMIT");
            }
            catch
            {
                session.Run("ROLLBACK");
                throw;
            }
        }
    }
}
