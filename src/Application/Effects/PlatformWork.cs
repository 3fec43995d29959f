using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Effects;

/// <summary>
/// What each platform effect does between the ledger and the platform (design, section 8). A privilege's life in the ledger:
/// the first holder looks whether it stands already, is entered, and only then granted; a holder that ends is marked as leaving before
/// the platform is touched, and taken out once its removal is proven. So whatever line a crash falls on, running again finds what
/// was known, and standing access is never removed.
/// </summary>
internal sealed class PlatformWork(IGrantLedger ledger, IRequestReader requests)
{
    public async Task<Signal> Provision(Provision effect, IPlatform platform, CancellationToken token)
    {
        var order = effect.Order;
        if (await requests.Find(order.RequestId, token) is { Phase: Phase.Revoking or Phase.Closed or Phase.Denied })
            return Outcomes.Failed(effect, "access was ended before this attempt began", permanent: true);
        if (platform.Shared(order) is not { } shared) return await Grant(effect, platform, token);

        await using var entry = await ledger.Enter(platform.Name, shared.Key, token);
        await ForgetProven(entry, token);
        if (!entry.Holders.Any(holder => holder.GrantId == order.GrantId))
        {
            // A released credential is always changed at its end, whoever knew it before: nothing stands there.
            var look = entry.Holders.Count == 0 && !shared.EveryEndChanges ? await platform.ReadBack(order, token) : null;
            var standing = look is { Present: true, AwaitsPerson: false } ? $"held directly before this request: {look.Evidence}" : null;
            await entry.Add(new LedgerHolder(order.GrantId, order.RequestId, order.Requester), standing, token);
        }

        return entry.Standing is { } held ? Outcomes.Provisioned(effect, order.Identity, held) : await Grant(effect, platform, token);
    }

    public async Task<Signal> Extend(ExtendGrant effect, IPlatform platform, CancellationToken token)
    {
        if (platform.Shared(effect.Order) is not { } shared)
        {
            await platform.Extend(effect.Order, token);
            return Outcomes.Extended(effect);
        }

        await using var entry = await ledger.Enter(platform.Name, shared.Key, token);
        if (entry.Standing is null) await platform.Extend(effect.Order, token);
        return Outcomes.Extended(effect);
    }

    /// <summary>Takes the access away, unless it stood before or another live grant keeps it.</summary>
    /// <returns>The outcome, and the other holders of a credential that was changed under them.</returns>
    public async Task<(Signal Outcome, IReadOnlyList<LedgerHolder> ChangedFor)> Revoke(RevokeGrant effect, IPlatform platform, CancellationToken token)
    {
        var order = effect.Order;
        if (platform.Shared(order) is not { } shared)
        {
            await platform.Revoke(order, token);
            return (Outcomes.Revoked(effect), []);
        }

        await using var entry = await ledger.Enter(platform.Name, shared.Key, token);
        if (!await WasGiven(entry, order, token)) return (Outcomes.Revoked(effect), []);
        await entry.Leave(order.GrantId, token);
        var others = LiveOthers(entry, order);
        if (entry.Standing is not null || (others.Count > 0 && !shared.EveryEndChanges)) return (Outcomes.Revoked(effect), []);

        await platform.Revoke(order, token);
        return (Outcomes.Revoked(effect), others);
    }

    /// <summary>Looks what is left, tells what remains through others, and forgets the holder once nothing of it remains.</summary>
    /// <returns>The outcome, and the other holders of a credential that was proven changed under them.</returns>
    public async Task<(Signal Outcome, IReadOnlyList<LedgerHolder> ChangedFor)> ReadBack(ReadBackGrant effect, IPlatform platform, CancellationToken token)
    {
        var order = effect.Order;
        if (platform.Shared(order) is not { } shared) return (Judge(effect, await platform.ReadBack(order, token)), []);

        await using var entry = await ledger.Enter(platform.Name, shared.Key, token);
        var look = await platform.ReadBack(order, token);
        var others = LiveOthers(entry, order);
        string? remains = entry.Standing is { } standing ? $"what remains was {standing}"
            : others.Count > 0 && !shared.EveryEndChanges ? $"what remains is through {string.Join(" and ", others.Select(other => $"grant {other.GrantId} of request {other.RequestId}"))}"
            : !await WasGiven(entry, order, token) ? "nothing was ever given by this grant"
            : null;
        var outcome = remains is null ? Judge(effect, look) : Outcomes.Found(effect, Finding.Gone, Proof(look, remains));
        if (outcome.Finding != Finding.Gone) return (outcome, []);

        await entry.Remove(order.GrantId, token);
        return (outcome, shared.EveryEndChanges ? others : []);
    }

    private static async Task<Signal> Grant(Provision effect, IPlatform platform, CancellationToken token)
    {
        var result = await platform.Grant(effect.Order, token);
        return result.Fulfillers is { } fulfillers ? Outcomes.AwaitsPerson(effect, fulfillers) : Outcomes.Provisioned(effect, result.Login);
    }

    private static ReadBack Judge(PlatformEffect effect, ReadBackResult look) =>
        look.AwaitsPerson ? Outcomes.Found(effect, Finding.AwaitsPerson, look.Evidence, look.Fulfillers)
        : look.Present ? Outcomes.Found(effect, Finding.StillThere, look.Evidence)
        : Outcomes.Found(effect, Finding.Gone, Proof(look, remains: null));

    private static string Proof(ReadBackResult look, string? remains)
    {
        IEnumerable<string?> parts = [look.Evidence.TrimEnd('.', ' '), look.Through is { } through ? $"the same access remains through {through}" : null, remains];
        return string.Join("; ", parts.Where(part => !string.IsNullOrEmpty(part))) + ".";
    }

    private static List<LedgerHolder> LiveOthers(ILedgerEntry entry, PlatformOrder order) =>
        [.. entry.Holders.Where(holder => holder.GrantId != order.GrantId && !holder.Leaving)];

    /// <summary>
    /// True where this grant may have changed the platform: it holds, or its request says that it was granted (should the platform's key
    /// for it have changed since). A grant that never came so far must not take away what stood there.
    /// </summary>
    private async Task<bool> WasGiven(ILedgerEntry entry, PlatformOrder order, CancellationToken token)
    {
        if (entry.Holders.Any(holder => holder.GrantId == order.GrantId)) return true;
        var request = await requests.Find(order.RequestId, token);
        return request?.Grants.FirstOrDefault(grant => grant.Id == order.GrantId) is { GrantedAt: not null, AlreadyHeld: null };
    }

    /// <summary>Drops leaving holders whose end a person confirmed meanwhile, so that the next first holder looks afresh.</summary>
    private async Task ForgetProven(ILedgerEntry entry, CancellationToken token)
    {
        foreach (var holder in entry.Holders.Where(holder => holder.Leaving).ToList())
        {
            var request = await requests.Find(holder.RequestId, token);
            if (request?.Grants.FirstOrDefault(grant => grant.Id == holder.GrantId)?.State == GrantState.Gone) await entry.Remove(holder.GrantId, token);
        }
    }
}
