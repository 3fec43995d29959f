using System.Globalization;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Authorities;

/// <summary>What one grant was given.</summary>
/// <param name="Issued">Certificates in the order they were issued, as their platform wrote them.</param>
/// <param name="Ended">It was taken away: nothing is issued any more.</param>
internal sealed record GrantRecord(IReadOnlyList<string> Issued, bool Ended);

/// <summary>
/// What was issued, by grant. A certificate is added here before anyone gets it, so whatever is out is known. Ending a grant is noted
/// before its certificates are read, and issuing looks for that note after it added one: of the two, one always sees the other.
/// </summary>
internal sealed class GrantRecords(AuthorityServices services)
{
    /// <summary>So long a record outlives its certificate.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const string EndKey = "ended";

    public async Task<GrantRecord> Find(string grant, CancellationToken cancellation)
    {
        var all = await services.Rows.All(SetOf(grant), cancellation);
        return new GrantRecord([.. all.Where(row => row.Key != EndKey).Select(row => row.Value)], all.Any(row => row.Key == EndKey));
    }

    /// <summary>Adds the certificate that follows <paramref name="before"/> others; where another run was first, its certificate stays.</summary>
    /// <returns>The record with the certificate that is kept.</returns>
    public async Task<GrantRecord> Add(string grant, int before, string certificate, DateTimeOffset notAfter, CancellationToken cancellation)
    {
        _ = await services.Rows.Add(SetOf(grant), before.ToString("D6", CultureInfo.InvariantCulture), certificate, notAfter + Kept, cancellation);
        return await Find(grant, cancellation);
    }

    /// <summary>Notes that the grant has ended.</summary>
    public async Task End(PlatformOrder order, CancellationToken cancellation)
    {
        var now = services.Time.GetUtcNow();
        _ = await services.Rows.Add(SetOf(order.GrantId), EndKey, "", (order.End > now ? order.End : now) + Kept, cancellation);
    }

    private static string SetOf(string grant) => $"issued:{grant}";
}
