using System.Text.Json;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Reads and writes a request's state and what it is found by. Index rows are written where they differ, not anew.</summary>
internal static class RequestTables
{
    private const string Visible = "INSERT INTO visible(person, request, approver) VALUES(?1, ?2, ?3)";
    private const string NoLongerVisible = "DELETE FROM visible WHERE person = ?1 AND request = ?2";
    private const string ToReview = "INSERT INTO to_review(person, request) VALUES(?1, ?2)";
    private const string NoLongerToReview = "DELETE FROM to_review WHERE person = ?1 AND request = ?2";

    /// <summary>The request's row and state, or null.</summary>
    public static (long Row, AccessRequest State)? Find(Session session, string id) =>
        session.One<(long, AccessRequest)?>(
            "SELECT r.row, s.state FROM requests r JOIN states s ON s.request = r.row WHERE r.id = ?1",
            static row => (row.GetInt64(0), State(row, 1)), id);

    /// <summary>Reads a state column.</summary>
    public static AccessRequest State(Statement row, int column) =>
        JsonSerializer.Deserialize(row.Bytes(column), DomainJson.Default.AccessRequest)
        ?? throw new InvalidDataException("A stored state is empty.");

    /// <summary>Writes a new request, or what changed since <paramref name="before"/>.</summary>
    /// <returns>The request's row.</returns>
    public static long Save(Session session, StoredRequest? before, AccessRequest state, RequestIndex index)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(state, DomainJson.Default.AccessRequest);
        if (before is null) return Insert(session, state, index, json);

        session.Run("UPDATE states SET sequence = ?2, state = ?3 WHERE request = ?1", before.Row, state.Sequence, json);
        if (!before.Index.SameColumns(index))
        {
            session.Run(
                """
                UPDATE requests SET phase = ?2, outcome = ?3, emergency = ?4, closed_at = ?5, next_deadline = ?6, review_due = ?7, unfinished = ?8, pseudonymised = ?9
                WHERE row = ?1
                """,
                before.Row, index.Phase.ToString(), index.Outcome?.ToString(), index.Emergency, index.ClosedAt?.UtcTicks,
                index.NextDeadline?.UtcTicks, index.ReviewDue?.UtcTicks, index.Unfinished, index.Pseudonymised);
        }

        Difference(before.Index.ToReview, index.ToReview,
            person => session.Run(NoLongerToReview, person, before.Row), person => session.Run(ToReview, person, before.Row));
        Difference(before.Index.Visible, index.Visible,
            viewer => session.Run(NoLongerVisible, viewer.Person, before.Row), viewer => session.Run(Visible, viewer.Person, before.Row, viewer.Approver));
        return before.Row;
    }

    private static long Insert(Session session, AccessRequest state, RequestIndex index, byte[] json)
    {
        var row = session.Insert(
            """
            INSERT INTO requests(id, phase, outcome, requester, access_group, kind, ticket, emergency, created_at, closed_at, next_deadline, review_due, unfinished)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """,
            state.Id, index.Phase.ToString(), index.Outcome?.ToString(), state.Requester, state.Policy.AccessGroup, state.Ask.Kind.ToString(),
            state.Ask.Ticket, index.Emergency, state.CreatedAt.UtcTicks, index.ClosedAt?.UtcTicks, index.NextDeadline?.UtcTicks,
            index.ReviewDue?.UtcTicks, index.Unfinished);
        session.Run("INSERT INTO states(request, sequence, state) VALUES(?1, ?2, ?3)", row, state.Sequence, json);
        foreach (var resource in state.Ask.Resources.Distinct(StringComparer.Ordinal))
            session.Run("INSERT INTO resources(resource, request) VALUES(?1, ?2)", resource, row);
        foreach (var platform in state.Ask.Resources.Select(Resources.PlatformOf).Distinct(StringComparer.Ordinal))
            session.Run("INSERT INTO platforms(platform, request) VALUES(?1, ?2)", platform, row);
        foreach (var viewer in index.Visible) session.Run(Visible, viewer.Person, row, viewer.Approver);
        foreach (var person in index.ToReview) session.Run(ToReview, person, row);
        return row;
    }

    private static void Difference<T>(IReadOnlyList<T> before, IReadOnlyList<T> after, Action<T> remove, Action<T> add)
    {
        if (before.SequenceEqual(after)) return;
        foreach (var gone in before.Except(after)) remove(gone);
        foreach (var come in after.Except(before)) add(come);
    }
}
