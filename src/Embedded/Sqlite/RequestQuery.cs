using System.Globalization;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>
/// Composes the statement that lists rows, newest first. Where people or a resource are asked for, their index drives it, because its
/// keys are already in the order of the list: a page costs a page, however many requests there are.
/// </summary>
internal sealed class RequestQuery
{
    private readonly List<object?> _values = [];
    private readonly List<string> _conditions = [];

    /// <summary>Rows below <paramref name="before"/>, at most <paramref name="limit"/>, with their parameters.</summary>
    /// <param name="more">Further columns of <c>requests r</c>, with their names; the first, unnamed one is the row.</param>
    public static (string Sql, object?[] Values) Rows(RequestFilter filter, long before, int limit, string more = "")
    {
        var query = new RequestQuery();
        var sql = query.Compose(filter, before, limit, more);
        return (sql, [.. query._values]);
    }

    private string Compose(RequestFilter filter, long before, int limit, string more)
    {
        var drivers = Drivers(filter);
        Columns(filter);
        var (below, most) = (Place(before), Place(limit));
        var where = string.Concat(_conditions.Select(static condition => $" AND {condition}"));
        if (drivers is null) return $"SELECT r.row{more} FROM requests r WHERE r.row < {below}{where} ORDER BY r.row DESC LIMIT {most}";
        if (drivers.Count == 0)
        {
            _values.Clear();
            return $"SELECT r.row{more} FROM requests r WHERE 0";
        }

        var selects = drivers.Select(driver =>
            $"SELECT * FROM (SELECT d.request{more} FROM {driver} AND d.request < {below}{where} ORDER BY d.request DESC LIMIT {most})");
        return $"{string.Join(" UNION ", selects)} ORDER BY 1 DESC LIMIT {most}";
    }

    /// <summary>Index tables that hold the answer between them, each with its condition; null: the requests themselves.</summary>
    private List<string>? Drivers(RequestFilter filter)
    {
        // Found by its id, it only has to be looked at.
        if (filter.Id is not null)
        {
            if (filter.VisibleTo is { } sees) _conditions.Add($"({Sees(sees, filter.StandsInFor)})");
            if (filter.ToReview is { } seats)
                _conditions.Add($"EXISTS(SELECT 1 FROM to_review t WHERE t.person IN ({string.Join(", ", seats.Select(Place))}) AND t.request = r.row)");
            return null;
        }

        if (filter.ToReview is { } reviewers)
        {
            if (filter.VisibleTo is { } viewer) _conditions.Add($"({Sees(viewer, filter.StandsInFor)})");
            return [.. reviewers.Distinct(StringComparer.Ordinal).Select(person => Driver("to_review", $"d.person = {Place(person)}"))];
        }

        if (filter.VisibleTo is { } person)
        {
            return
            [
                Driver("visible", $"d.person = {Place(person)}"),
                .. filter.StandsInFor.Distinct(StringComparer.Ordinal).Select(absent => Driver("visible", $"d.person = {Place(absent)} AND d.approver = 1")),
            ];
        }

        if (filter.Resource is { } resource) return [Driver("resources", $"d.resource = {Place(resource)}")];

        // What finds fewer leads, and each row found is looked up.
        return filter is { Platform: { } platform, Requester: null, AccessGroup: null } ? [Driver("platforms", $"d.platform = {Place(platform)}")] : null;
    }

    private static string Driver(string table, string condition) => $"{table} d CROSS JOIN requests r ON r.row = d.request WHERE {condition}";

    private string Sees(string person, IReadOnlyList<string> standsInFor) => string.Join(" OR ",
    [
        $"EXISTS(SELECT 1 FROM visible v WHERE v.person = {Place(person)} AND v.request = r.row)",
        .. standsInFor.Select(absent => $"EXISTS(SELECT 1 FROM visible v WHERE v.person = {Place(absent)} AND v.request = r.row AND v.approver = 1)"),
    ]);

    private void Columns(RequestFilter filter)
    {
        // One index leads, the one that finds the fewest; a "+" keeps the others from being taken for it.
        var led = filter.Id is not null;
        if (filter.Id is { } id) Equal("r.id", id);
        if (filter.Requester is { } requester) Equal(led ? "+r.requester" : "r.requester", requester);
        led |= filter.Requester is not null;
        if (filter.AccessGroup is { } group) Equal(led ? "+r.access_group" : "r.access_group", group);
        led |= filter.AccessGroup is not null;
        if (filter.Phase is { } phase) Equal(led ? "+r.phase" : "r.phase", phase.ToString());
        if (filter.Status is { } status) _conditions.Add(Phases(status, led || filter.Phase is not null ? "+r.phase" : "r.phase"));
        if (filter.Outcome is { } outcome) Equal("r.outcome", outcome.ToString());
        if (filter.Emergency is { } emergency) _conditions.Add(emergency ? "r.emergency = 1" : "r.emergency = 0");
        if (filter.Kind is { } kind) Equal("r.kind", kind.ToString());
        if (filter.Ticket is { } ticket) Equal("r.ticket", ticket);
        if (filter.CreatedFrom is { } from) _conditions.Add($"r.created_at >= {Place(from.UtcTicks)}");
        if (filter.CreatedTo is { } to) _conditions.Add($"r.created_at < {Place(to.UtcTicks)}");
        if (filter.ClosedFrom is { } closed) _conditions.Add($"r.closed_at >= {Place(closed.UtcTicks)}");
        if (filter.Expired is { } expired) _conditions.Add(expired ? "r.outcome = 'Expired'" : "(r.outcome IS NULL OR r.outcome <> 'Expired')");
        if (filter.Resource is { } resource) _conditions.Add($"EXISTS(SELECT 1 FROM resources x WHERE x.resource = {Place(resource)} AND x.request = r.row)");
        if (filter.Platform is { } platform)
            _conditions.Add($"EXISTS(SELECT 1 FROM platforms p WHERE p.platform = {Place(platform)} AND p.request = r.row)");
    }

    private static string Phases(Status status, string column)
    {
        var phases = Enum.GetValues<Phase>().Where(phase => phase.Status() == status).Select(static phase => $"'{phase}'").ToArray();
        return phases.Length == 1 ? $"{column} = {phases[0]}" : $"{column} IN ({string.Join(", ", phases)})";
    }

    private void Equal(string column, string value) => _conditions.Add($"{column} = {Place(value)}");

    private string Place(object value)
    {
        _values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"?{_values.Count}");
    }
}
