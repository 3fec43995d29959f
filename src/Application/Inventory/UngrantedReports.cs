using System.Globalization;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>
/// Audits access that no grant explains, once while it lasts. What is there when a platform, or what access groups have people
/// ask for on it, is first compared stood before: it is kept for those who oversee, and counted in one event. What comes later is an event each.
/// </summary>
public sealed class UngrantedReports(UngrantedAccess access, IAuditLog audit, IReconcileMemory memory, TimeProvider time)
{
    private const string Prefix = "Ungranted ";

    /// <summary>Looks where the facts are newer than those of the last look, and adds what it came to.</summary>
    /// <param name="left">What earlier runs left.</param>
    /// <param name="result">What the rest of the comparison came to.</param>
    public async Task<ReconcileResult> Report(Reconciled left, string platform, ReconcileResult result, CancellationToken cancellation)
    {
        var last = left.Results.GetValueOrDefault(platform);
        if (await access.Find(platform, last?.FactsAt, last?.Rules, cancellation) is not { } look) return result with { Ungranted = last?.Ungranted ?? 0, FactsAt = last?.FactsAt, Rules = last?.Rules };
        var known = left.Reported.Where(pair => pair.Value.Drift == Drift.Ungranted && pair.Value.Platform == platform).Select(static pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        var found = look.Found.ToDictionary(static one => Prefix + one.Key, StringComparer.Ordinal);
        foreach (var gone in known.Where(key => !found.ContainsKey(key))) await memory.RemoveReported(gone, cancellation);

        // What access groups did not cover before stood before they did; beyond the most that is listed, nobody can tell what is new.
        var (now, news) = (time.GetUtcNow(), found.Where(pair => !known.Contains(pair.Key)).Select(pair => (pair.Key, One: pair.Value, Standing: last?.Rules != look.Rules || look.Cut.Contains(pair.Value.Kind))).ToList());
        var standing = news.Count(static one => one.Standing);

        // A role that is put into one tells of all who are in it.
        var told = news.Where(static one => one.One is { Kind: UngrantedKind.Shared, Role: not null }).Select(static one => one.One.Role!).ToHashSet(StringComparer.Ordinal);

        // Told first: a process that ends in between tells it twice rather than never.
        if (standing > 0)
            await audit.Append(Event(platform, null, null, $"{platform}/*", "standing", string.Create(CultureInfo.InvariantCulture, $"{standing} stood when what is asked for on the platform was first compared.")), cancellation);
        foreach (var (key, one, stood) in news)
        {
            if (!stood && !(one.Kind == UngrantedKind.Through && told.Contains(one.Role!))) await audit.Append(Event(platform, one.Identity, one.Role, one.Resource, "found", one.Words), cancellation);
            await memory.AddReported(key, new Difference(Drift.Ungranted, platform, null, null, one.Resource, one.Identity, one.Role, one.Words, now, stood), cancellation);
        }

        return result with { Ungranted = found.Count, FactsAt = look.FactsAt, Rules = look.Rules };
    }

    private AuditEvent Event(string platform, string? identity, string? role, string resource, string reason, string words) => new()
    {
        Type = EventTypes.Grant.Ungranted,
        At = time.GetUtcNow(),
        Actor = SystemActors.Reconciler,
        Channel = nameof(Channel.System),
        Succeeded = true,
        Reason = reason,
        Resource = resource,
        Role = role,
        Identity = identity is null ? null : $"{platform}/{identity}",
        Detail = new AuditDetail { Text = words },
    };
}
