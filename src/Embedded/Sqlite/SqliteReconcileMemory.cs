using System.Globalization;
using System.Text.Json;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Keeps it in rows of <c>meta</c>: <c>drift {key}</c> with the difference as JSON, <c>reconcile {platform}</c> with ticks, a space and the last one looked at, and <c>compared {platform}</c> with ticks, five numbers, ticks and a name.</summary>
public sealed class SqliteReconcileMemory(Database database) : IReconcileMemory
{
    private const string Reported = "drift ";
    private const string Places = "reconcile ";
    private const string Results = "compared ";

    /// <inheritdoc />
    public Task<Reconciled> Load(CancellationToken cancellation) => Task.FromResult(database.Read(static session => new Reconciled(
        Rows(session, Reported).Where(static row => row.Value.Length > 0).ToDictionary(static row => row.Name, static row => JsonSerializer.Deserialize<Difference>(row.Value)!, StringComparer.Ordinal),
        Rows(session, Places).ToDictionary(static row => row.Name, static row => Place(row.Value), StringComparer.Ordinal))
    {
        Results = Rows(session, Results).ToDictionary(static row => row.Name, static row => Result(row.Value), StringComparer.Ordinal),
    }));

    /// <inheritdoc />
    public Task AddReported(string key, Difference difference, CancellationToken cancellation) => Put(Reported + key, JsonSerializer.Serialize(difference));

    /// <inheritdoc />
    public Task RemoveReported(string key, CancellationToken cancellation) => Delete(Reported + key);

    /// <inheritdoc />
    public Task SavePlace(string platform, ReconcilePlace? place, CancellationToken cancellation) => place is null
        ? Delete(Places + platform)
        : Put(Places + platform, string.Create(CultureInfo.InvariantCulture, $"{place.At.UtcTicks} {place.Last}"));

    /// <inheritdoc />
    public Task SaveResult(string platform, ReconcileResult result, CancellationToken cancellation) =>
        Put(Results + platform, string.Create(CultureInfo.InvariantCulture, $"{result.At.UtcTicks} {result.Looked} {result.Different} {result.Failed} {result.Left} {result.Ungranted} {result.FactsAt?.UtcTicks ?? 0} {result.Rules}"));

    private static ReconcileResult Result(string value)
    {
        var numbers = value.Split(' ');
        return new ReconcileResult(new DateTimeOffset(long.Parse(numbers[0], CultureInfo.InvariantCulture), TimeSpan.Zero), Number(1), Number(2), Number(3), Number(4), Number(5), Facts(), numbers.Length > 7 && numbers[7].Length > 0 ? numbers[7] : null);

        // Rows of before have fewer numbers.
        int Number(int index) => index < numbers.Length ? int.Parse(numbers[index], CultureInfo.InvariantCulture) : 0;
        DateTimeOffset? Facts() => numbers.Length > 6 && long.Parse(numbers[6], CultureInfo.InvariantCulture) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    private static IEnumerable<(string Name, string Value)> Rows(Session session, string prefix) => session.Query(
        "SELECT substr(name, length(?1) + 1), value FROM meta WHERE name > ?1 AND substr(name, 1, length(?1)) = ?1", static row => (row.GetString(0), row.GetString(1)), prefix);

    private static ReconcilePlace Place(string value)
    {
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        var last = value[(space + 1)..];
        return new ReconcilePlace(last.Length == 0 ? null : last, new DateTimeOffset(long.Parse(value.AsSpan(0, space), CultureInfo.InvariantCulture), TimeSpan.Zero));
    }

    private Task Put(string name, string value) => database.Writer.Write(batch =>
    {
        batch.Session.Run("INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value", name, value);
    });

    private Task Delete(string name) => database.Writer.Write(batch =>
    {
        batch.Session.Run("DELETE FROM meta WHERE name = ?1", name);
    });
}
