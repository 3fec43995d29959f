using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using static AccessFunctions.Domain.Requests.Resources;

namespace AccessFunctions.Integrations.Vault;

/// <summary>
/// Releases stored secrets. A secret with a rotation target is given, taken and proven by that platform; without one nothing can be
/// proven, and a person confirms that it was rotated by hand. How a grant was given is recorded with it and decides how it is taken,
/// also where the configuration is edited meanwhile.
/// </summary>
/// <param name="options">The vault's name and secrets.</param>
/// <param name="secrets">Where the values are, as <c>{vault}/{name}</c>.</param>
/// <param name="platforms">Finds rotation targets, when one is needed: platforms may be configured after this one.</param>
/// <param name="directory">Finds the owners of secrets that are rotated by hand.</param>
public sealed class VaultPlatform(VaultOptions options, ISecretStore secrets, IPlatforms platforms, IDirectory directory) : IPlatform
{
    /// <summary>The adapter's type.</summary>
    public const string TypeName = "vault";

    /// <summary>How the proof of a secret without a rotation target begins.</summary>
    public const string NotProven = "None (rotate by hand)";

    private readonly Dictionary<string, VaultSecret> _offered = options.Secrets.ToDictionary(secret => secret.Name, StringComparer.Ordinal);

    public string Name => options.Name;

    public string Type => TypeName;

    public IReadOnlyList<AccessKind> Kinds { get; } = [AccessKind.Credential];

    /// <summary>
    /// As the rotation target shares it. Without one each grant is its own: every end asks a person, so that no end passes for proven
    /// because somebody else still holds the secret.
    /// </summary>
    public SharedPrivilege? Shared(PlatformOrder order) =>
        Offered(order)?.Rotates is { } target && Target(target).Shared(For(order, target)) is { } shared
            ? shared with { Key = $"{PlatformOf(target)}:{shared.Key}" }
            : null;

    public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<PlatformResource>>(
            [.. options.Secrets.Select(secret => new PlatformResource($"{Name}/{secret.Name}", secret.Description, Kinds))]);

    /// <summary>Nobody lives in a vault.</summary>
    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

    public async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        if (order.Kind != AccessKind.Credential)
            throw new PlatformException($"The vault {Name} gives credentials only, not {order.Kind}.", permanent: true);
        var offered = Offered(order) ?? throw new PlatformException($"The vault {Name} offers no secret named \"{order.Path}\".", permanent: true);
        if (offered.Rotates is null && await secrets.Get(order.Resource, cancellation) is null)
            throw new PlatformException($"The secret {order.Resource} has no value yet: an administrator has to store one.", permanent: true);

        // Recorded before anything is given: without this record nothing was, and nothing will be released.
        var kept = await secrets.GetOrAdd(RecordOf(order), Encoding.UTF8.GetBytes(offered.Rotates ?? ""), cancellation);
        return Encoding.UTF8.GetString(kept) is { Length: > 0 } target
            ? await Target(target, gives: true).Grant(For(order, target), cancellation)
            : new GrantResult();
    }

    public Task Extend(PlatformOrder order, CancellationToken cancellation) => AtTarget(order, (platform, there) => platform.Extend(there, cancellation), cancellation);

    /// <summary>The target rotates; without one, a person does.</summary>
    public Task Revoke(PlatformOrder order, CancellationToken cancellation) => AtTarget(order, (platform, there) => platform.Revoke(there, cancellation), cancellation);

    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
    {
        switch (await Record(order, cancellation))
        {
            case null:
                return new ReadBackResult(Present: false, Through: null, $"{order.Resource}: the vault gave nothing to this grant.");
            case "":
                var owners = Fulfillers.Of(Offered(order)?.Owners ?? [], directory.Current, order.Requester);
                return new ReadBackResult(
                    Present: false, Through: null, $"{NotProven}: {order.Resource} was released and has no rotation target.", AwaitsPerson: true, owners);
            case var target:
                var found = await Target(target).ReadBack(For(order, target), cancellation);
                return found with { Evidence = $"{order.Resource} is rotated as {target}: {found.Evidence}" };
        }
    }

    public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => AtTarget(order, (platform, there) => platform.Disconnect(there, cancellation), cancellation);

    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => AtTarget(order, (platform, there) => platform.Rotate(there, cancellation), cancellation);

    /// <summary>The stored fields; where a target keeps the secret its fields (the rotated password) win over stored ones of the same name.</summary>
    public async Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation)
    {
        if (await Record(order, cancellation) is not { } target) return null;
        var stored = await secrets.Get(order.Resource, cancellation) is { } value ? SecretFields.Read(order.Path, value) : null;
        if (target.Length == 0) return stored is null ? null : new ReleasedSecret(stored);

        // Never the stored value in the target's place: it is not what the target would rotate and prove.
        if (await Target(target).Secret(For(order, target), cancellation) is not { } current) return null;
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (field, text) in stored ?? []) fields[field] = text;
        foreach (var (field, text) in current.Fields) fields[field] = text;
        return new ReleasedSecret(fields);
    }

    private static string RecordOf(PlatformOrder order) => $"grants/{order.GrantId}/vault";

    /// <summary>The rotation target this grant was given with, empty for none; null where it was never given.</summary>
    private async Task<string?> Record(PlatformOrder order, CancellationToken cancellation) =>
        await secrets.Get(RecordOf(order), cancellation) is { } kept ? Encoding.UTF8.GetString(kept) : null;

    private VaultSecret? Offered(PlatformOrder order) => _offered.GetValueOrDefault(order.Path);

    private async Task AtTarget(PlatformOrder order, Func<IPlatform, PlatformOrder, Task> act, CancellationToken cancellation)
    {
        if (await Record(order, cancellation) is { Length: > 0 } target) await act(Target(target), For(order, target));
    }

    /// <summary>Not permanent: configuration is read again, and a removal must go on trying.</summary>
    /// <param name="gives">True: only a platform that gives still will do.</param>
    private IPlatform Target(string target, bool gives = false)
    {
        var name = PlatformOf(target);
        var platform = (gives ? platforms.Giving(name) : platforms.Find(name))
            ?? throw new PlatformException($"The rotation target {target} is on no configured platform.");
        return platform is not VaultPlatform && platform.Kinds.Contains(AccessKind.Credential)
            ? platform
            : throw new PlatformException($"The rotation target {target} cannot rotate: its platform must give credentials and not be a vault itself.");
    }

    /// <summary>The same grant as the target sees it. Its path names the user there, so no identity of the requester goes along.</summary>
    private static PlatformOrder For(PlatformOrder order, string target) =>
        order with { Resource = target, Kind = AccessKind.Credential, Identity = null };
}
