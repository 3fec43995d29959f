using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Integrations.Authorities;

/// <summary>A certificate that is not to be trusted any more.</summary>
/// <param name="Serial">Its serial as the platform writes it.</param>
/// <param name="At">Since when; whole seconds.</param>
/// <param name="NotAfter">When it expires by itself.</param>
internal sealed record Revoked(string Serial, DateTimeOffset At, DateTimeOffset NotAfter);

/// <summary>What a list says from one instant on.</summary>
/// <param name="Number">Greater than that of every edition before.</param>
/// <param name="At">When it was made; whole seconds.</param>
/// <param name="Next">When it must not be relied on any more.</param>
/// <param name="Tag">Changes with the content.</param>
internal sealed record Edition(long Number, DateTimeOffset At, DateTimeOffset Next, IReadOnlyList<Revoked> Entries, string Tag);

/// <summary>
/// The certificates of one authority that were revoked, and the editions of that list. Entries are rows, added once; the edition's number
/// is a row too, replaced by its version: so processes that revoke and publish at the same time lose no entry and give no number twice.
/// </summary>
/// <param name="name">The platform's.</param>
/// <param name="validity">How long an edition may be relied on; after half of it there is a new one.</param>
internal sealed class RevocationList(string name, TimeSpan validity, AuthorityServices services)
{
    /// <summary>How long an entry outlives its certificate, so that at least one edition after the expiry has it (RFC 5280, section 3.3).</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>How long this process goes on with what it read; what it revokes itself is in force at once.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>So far clocks of processes may differ; an edition of a later time than that is replaced.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private const string EditionKey = "edition";
    private readonly Lock _lock = new();
    private (Edition Edition, DateTimeOffset ReadAt)? _known;
    private int _changes;

    private string Entries => $"revoked:{name}";
    private string State => $"published:{name}";

    /// <summary>Adds a certificate; nothing where it is there already.</summary>
    public async Task Add(string serial, DateTimeOffset notAfter, CancellationToken cancellation)
    {
        var entry = new Revoked(serial, Seconds(services.Time.GetUtcNow()), notAfter);
        _ = await services.Rows.Add(Entries, serial, JsonSerializer.Serialize(entry), Later(notAfter, entry.At) + Kept, cancellation);
        lock (_lock) (_known, _changes) = (null, _changes + 1);
    }

    /// <summary>The edition of now. Where entries came or went, or the last one is past half its time, a new one.</summary>
    public async Task<Edition> Current(CancellationToken cancellation)
    {
        int changes;
        lock (_lock)
        {
            if (_known is { } known && services.Time.GetUtcNow() - known.ReadAt < Fresh) return known.Edition;
            changes = _changes;
        }

        var edition = await Read(cancellation);
        lock (_lock)
        {
            if (changes == _changes) _known = (edition, services.Time.GetUtcNow());
        }

        return edition;
    }

    private async Task<Edition> Read(CancellationToken cancellation)
    {
        while (true)
        {
            // The number first: entries read after it are at least those it was given for.
            var row = await services.Rows.Find(State, EditionKey, cancellation);
            var last = row is null ? null : JsonSerializer.Deserialize<Numbered>(row.Value);
            var now = Seconds(services.Time.GetUtcNow());
            var entries = (await services.Rows.All(Entries, cancellation))
                .Select(static entry => JsonSerializer.Deserialize<Revoked>(entry.Value)!)
                .Where(entry => Later(entry.NotAfter, entry.At) + Kept > now)
                .ToList();
            var content = Content(entries);
            if (last is not null && last.Content == content && last.At <= now + Skew && now < last.At + ((last.Next - last.At) / 2)) return Of(last, entries);

            // At least the clock: numbers go on growing where the row was lost.
            var next = new Numbered(Math.Max((last?.Number ?? 0) + 1, now.ToUnixTimeSeconds()), now, now + validity, content);
            await services.Record(EventTypes.Host.RevocationsPublished, name, new Dictionary<string, string>
            {
                ["number"] = next.Number.ToString(CultureInfo.InvariantCulture),
                ["entries"] = entries.Count.ToString(CultureInfo.InvariantCulture),
                ["next"] = next.Next.ToString("u", CultureInfo.InvariantCulture),
            }, cancellation);
            var value = JsonSerializer.Serialize(next);
            var keep = next.Next + TimeSpan.FromDays(3650);
            if (row is null ? await services.Rows.Add(State, EditionKey, value, keep, cancellation) : await services.Rows.Replace(State, row, value, keep, cancellation))
                return Of(next, entries);
        }
    }

    private static Edition Of(Numbered kept, IReadOnlyList<Revoked> entries) => new(kept.Number, kept.At, kept.Next, entries, $"{kept.Number}-{kept.Content[..16]}");

    private static string Content(IEnumerable<Revoked> entries) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', entries.Select(static entry => $"{entry.Serial} {entry.At.ToUnixTimeSeconds()}")))));

    internal static DateTimeOffset Seconds(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeSeconds(instant.ToUnixTimeSeconds());

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

    /// <summary>An edition's row.</summary>
    private sealed record Numbered(long Number, DateTimeOffset At, DateTimeOffset Next, string Content);
}
