using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Sessions;

/// <summary>
/// Sessions that somebody signed out of before their time: a copy of their cookie must not count any more. Rows that every instance reads,
/// kept until the session would have ended; what is not in them is asked again after <see cref="Known"/>, as everything that instances share.
/// </summary>
public sealed class EndedSessions(IChannelStore store, IOptions<SessionOptions> options, TimeProvider time)
{
    /// <summary>For so long an instance believes that a session goes on.</summary>
    public static TimeSpan Known { get; } = TimeSpan.FromSeconds(15);

    private const int Remembered = 10_000;

    /// <summary>When a session was last seen to go on; the latest instant there is for one that ended.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _looked = new(StringComparer.Ordinal);

    /// <summary>Ends a session for all instances; durable when it returns.</summary>
    internal async Task End(Session session, CancellationToken cancellation)
    {
        var (set, key) = Row(session);
        await store.Add(set, key, "", session.SignedInAt + options.Value.Absolute, cancellation);
        Note(key, DateTimeOffset.MaxValue);
    }

    /// <summary>True where somebody signed out of it.</summary>
    internal async Task<bool> Has(Session session, CancellationToken cancellation)
    {
        var (set, key) = Row(session);
        var now = time.GetUtcNow();
        if (_looked.TryGetValue(key, out var looked))
        {
            if (looked == DateTimeOffset.MaxValue) return true;
            if (now - looked < Known) return false;
        }

        var ended = await store.Find(set, key, cancellation) is not null;
        Note(key, ended ? DateTimeOffset.MaxValue : now);
        return ended;
    }

    private void Note(string key, DateTimeOffset at)
    {
        if (_looked.Count >= Remembered) _looked.Clear();
        _looked[key] = at;
    }

    // The id is what the session's forms are bound to: its hash is enough to know it again.
    private static (string Set, string Key) Row(Session session)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session.Id)));
        return ($"session-ended:{key[..2]}", key);
    }
}
