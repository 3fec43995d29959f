using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Channels;

/// <summary>What a reply to a mail decides about, and who may send it.</summary>
/// <param name="Revision">The revision the decision is about.</param>
/// <param name="Level">The level that decides, from 1.</param>
/// <param name="Person">Whose reply it is.</param>
/// <param name="ExpiresAt">UTC; not taken from then on.</param>
/// <param name="MessageId">The <c>Message-ID</c> of the mail that is replied to, without angle brackets: help goes into the same thread.</param>
public sealed record ReplyBinding(string RequestId, int Revision, int Level, string Person, DateTimeOffset ExpiresAt, string MessageId);

/// <summary>
/// The tokens in the reply address of a mail: 128 random bits in base32, kept hashed with what they are bound to. Minted when a mail is sent;
/// a mail that is sent twice has two, and both lead to the same decision.
/// </summary>
public sealed class ReplyTokens(IChannelStore store)
{
    /// <summary>How long a token is told apart from a made-up one after it expired.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Characters of a token.</summary>
    public const int Length = 26;

    /// <summary>Makes a token and keeps its hash.</summary>
    /// <returns>26 lower-case characters; reading takes any case.</returns>
    public async Task<string> Mint(ReplyBinding binding, CancellationToken cancellation)
    {
        var token = Base32(RandomNumberGenerator.GetBytes(16));
        _ = await store.Add(Set(token), Hash(token), JsonSerializer.Serialize(binding), binding.ExpiresAt + Remembered, cancellation);
        return token;
    }

    /// <summary>What the token is bound to, also where it has expired; null for one that was never made.</summary>
    public async Task<ReplyBinding?> Find(string token, CancellationToken cancellation)
    {
        if (token.Length != Length) return null;
        token = token.ToLowerInvariant();
        return await store.Find(Set(token), Hash(token), cancellation) is { } row ? JsonSerializer.Deserialize<ReplyBinding>(row.Value) : null;
    }

    /// <summary>The id of the signal that a decision by this token sends: a mail that the gateway posts twice decides once.</summary>
    public static string SignalId(string token) => $"reply-{Hash(token.ToLowerInvariant())[..32]}";

    // Spread over sets, so that no set grows with the number of mails.
    private static string Set(string token) => $"reply:{Hash(token)[..2]}";

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    private static string Base32(byte[] bytes)
    {
        var text = new StringBuilder(Length);
        int bits = 0, held = 0;
        foreach (var b in bytes)
        {
            held = (held << 8) | b;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Alphabet[(held >> bits) & 31]);
                held &= (1 << bits) - 1;
            }
        }

        if (bits > 0) text.Append(Alphabet[(held << (5 - bits)) & 31]);
        return text.ToString();
    }
}
