using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Vault;

/// <summary>Secrets in sealed envelopes on whatever store the host has.</summary>
/// <param name="envelopes">Where the envelopes lie.</param>
/// <param name="keys">Seals and opens them.</param>
public sealed class EnvelopeSecretStore(IEnvelopeStore envelopes, KeyRing keys) : ISecretStore
{
    /// <inheritdoc/>
    public async Task<byte[]?> Get(string name, CancellationToken cancellation) =>
        await envelopes.Get(Checked(name), cancellation) is { } envelope ? SecretEnvelope.Open(keys, name, envelope) : null;

    /// <inheritdoc/>
    public Task Put(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) =>
        envelopes.Put(Checked(name), SecretEnvelope.Seal(keys, name, value.Span), cancellation);

    /// <inheritdoc/>
    public async Task<byte[]> GetOrAdd(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        // Another run may store, or delete, between the look and the insert: whoever inserted first is the one to keep.
        while (true)
        {
            if (await Get(name, cancellation) is { } kept) return kept;
            if (await envelopes.Insert(name, SecretEnvelope.Seal(keys, name, value.Span), cancellation)) return value.ToArray();
        }
    }

    /// <inheritdoc/>
    public Task Delete(string name, CancellationToken cancellation) => envelopes.Delete(Checked(name), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation) => envelopes.Names(prefix, cancellation);

    private static string Checked(string name) =>
        name.Length is > 0 and <= IEnvelopeStore.MaxNameLength && !name.Any(char.IsControl)
            ? name
            : throw new ArgumentException($"The name of a secret has 1 to {IEnvelopeStore.MaxNameLength} characters, none of them a control character.", nameof(name));
}
