using System.Security.Cryptography;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Audit;

/// <summary>
/// The keys that sign checkpoints. A key is in force for 90 days; then the next checkpoint bears its signature and that of a new key, and once
/// that checkpoint is stored the old private key is thrown away: nobody can sign anew what it signed. Checkpoints are made one at a time.
/// </summary>
public sealed class CheckpointKeys(ISecretStore secrets, TimeProvider time)
{
    /// <summary>The secret that holds them.</summary>
    public const string Secret = "audit/checkpoint-keys";

    /// <summary>How long a key is in force.</summary>
    public static readonly TimeSpan InForce = TimeSpan.FromDays(90);

    /// <summary>The keys that sign the next checkpoint; made where there are none. The caller disposes them.</summary>
    public async Task<CheckpointSigner> Open(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var kept = await Read(cancellation);
        var keys = kept is null ? new Kept(Made(now), null) : kept.Next is null && kept.Current.Since + InForce <= now ? kept with { Next = Made(now) } : kept;
        // Before it signs anything: a key that signed and is lost could never be followed by another.
        if (keys != kept) await Write(keys, cancellation);
        return new CheckpointSigner([Opened(keys.Current), .. keys.Next is { } next ? [Opened(next)] : (ECDsa[])[]]);
    }

    /// <summary>A checkpoint is stored: where a new key signed it, that one is in force from now on.</summary>
    public async Task Stored(Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (checkpoint.Signatures.Count < 2) return;
        if (await Read(cancellation) is not { Next: { } next }) return;
        using var key = Opened(next);
        if (CheckpointSignature.KeyIdOf(key.ExportSubjectPublicKeyInfo()) != checkpoint.Signatures[^1].KeyId) return;
        await Write(new Kept(next, null), cancellation);
    }

    private async Task<Kept?> Read(CancellationToken cancellation) => await secrets.Get(Secret, cancellation) is { } kept ? JsonSerializer.Deserialize<Kept>(kept) : null;

    private Task Write(Kept keys, CancellationToken cancellation) => secrets.Put(Secret, JsonSerializer.SerializeToUtf8Bytes(keys), cancellation);

    private static KeptKey Made(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new KeptKey(Convert.ToBase64String(key.ExportPkcs8PrivateKey()), now);
    }

    private static ECDsa Opened(KeptKey kept)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(kept.Pkcs8), out _);
        return key;
    }

    private sealed record Kept(KeptKey Current, KeptKey? Next);

    private sealed record KeptKey(string Pkcs8, DateTimeOffset Since);
}

/// <summary>The keys that sign one checkpoint.</summary>
public sealed class CheckpointSigner(IReadOnlyList<ECDsa> keys) : IDisposable
{
    /// <summary>The checkpoint, signed.</summary>
    public Checkpoint Sign(Checkpoint checkpoint) => CheckpointSignature.Sign(checkpoint, keys);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in keys) key.Dispose();
    }
}
