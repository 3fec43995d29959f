using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>
/// Passwords of named database users. The store holds the <c>current</c> one and, while it is being changed, the <c>pending</c> one: it is stored
/// before the server is set to it, so a run after a crash sets the same. Each grant keeps the versions it released until a login
/// with every one of them was refused.
/// </summary>
/// <param name="type">The platform's type: stored passwords are below it.</param>
/// <param name="listed">Users whose password may be released.</param>
internal sealed class Credentials(string platform, string type, IReadOnlyList<string> listed, PgConnections server, ISecretStore secrets)
{
    public async Task<GrantResult> Grant(IPasswordUsers users, PlatformOrder asked, CredentialOrder order, CancellationToken cancellation)
    {
        if (!listed.Contains(order.User, StringComparer.Ordinal))
            throw Refuse($"the password of {PgName.Quote(order.User)} is not one that may be released; list the user under credentials");
        if (await users.Problem(order.User, cancellation) is { } problem)
            throw Refuse(problem);
        if (await server.CanLogIn(order.User, ScramVerifier.NewPassword(), cancellation))
            throw Refuse($"the server lets {PgName.Quote(order.User)} in with any password (does it trust this address?), so the end of its release could never be proven");

        await users.TakeTurn(order.User, cancellation);
        var current = await FinishChange(users, order.User, cancellation);
        if (current is null || !await server.CanLogIn(order.User, current, cancellation))
            current = await Change(users, order.User, cancellation);
        await Release(asked, current, cancellation);
        return new GrantResult(order.User);
    }

    /// <summary>Changes the password, unless that is done: where none of the grant's versions opens the door any more, nothing happens.</summary>
    public async Task Rotate(IPasswordUsers users, PlatformOrder asked, CredentialOrder order, CancellationToken cancellation)
    {
        if (!await users.Exists(order.User, cancellation))
            return;
        await users.TakeTurn(order.User, cancellation);
        var current = await FinishChange(users, order.User, cancellation);
        foreach (var version in (await Versions(asked, cancellation)).Values)
        {
            if (version != current && !await server.CanLogIn(order.User, version, cancellation))
                continue;
            await Change(users, order.User, cancellation);
            return;
        }
    }

    public async Task<ReadBackResult> ReadBack(PlatformOrder asked, CredentialOrder order, CancellationToken cancellation)
    {
        var user = PgName.Quote(order.User);
        var versions = await Versions(asked, cancellation);
        if (versions.Count == 0)
            return await secrets.Get(ProofOf(asked), cancellation) is { } proof
                ? new ReadBackResult(false, null, Encoding.UTF8.GetString(proof))
                : new ReadBackResult(false, null, $"{platform}: no password of {user} was released by this grant");
        foreach (var version in versions.Values)
        {
            if (await server.CanLogIn(order.User, version, cancellation))
                return new ReadBackResult(true, null, $"{platform}: a login as {user} with a password that this grant released still works");
        }

        var evidence = $"{platform}: a login as {user} with the released password was refused ({versions.Count} version(s) tried)";
        await secrets.Put(ProofOf(asked), Encoding.UTF8.GetBytes(evidence), cancellation);
        foreach (var name in versions.Keys)
            await secrets.Delete(name, cancellation);
        return new ReadBackResult(false, null, evidence);
    }

    public async Task<ReleasedSecret?> Secret(PlatformOrder asked, CredentialOrder order, CancellationToken cancellation)
    {
        if (await secrets.Get(PendingOf(order.User), cancellation) is not null)
            throw new PlatformException($"{platform}: the password of {PgName.Quote(order.User)} is being changed; fetch it again in a moment");
        if (await Read(CurrentOf(order.User), cancellation) is not { } current)
            return null;
        await Release(asked, current, cancellation);
        return Released.Login(order.User, current, server.Address);
    }

    /// <summary>Ends a change that an earlier run left half done.</summary>
    /// <returns>The password that the server has now, as far as is known.</returns>
    private async Task<string?> FinishChange(IPasswordUsers users, string user, CancellationToken cancellation)
    {
        var current = await Read(CurrentOf(user), cancellation);
        if (await Read(PendingOf(user), cancellation) is not { } pending)
            return current;
        if (pending != current)
            await Set(users, user, pending, cancellation);
        await secrets.Delete(PendingOf(user), cancellation);
        return pending;
    }

    private async Task<string> Change(IPasswordUsers users, string user, CancellationToken cancellation)
    {
        var pending = Encoding.UTF8.GetString(await secrets.GetOrAdd(PendingOf(user), Encoding.UTF8.GetBytes(ScramVerifier.NewPassword()), cancellation));
        await Set(users, user, pending, cancellation);
        await secrets.Delete(PendingOf(user), cancellation);
        return pending;
    }

    private async Task Set(IPasswordUsers users, string user, string password, CancellationToken cancellation)
    {
        await users.Set(user, password, cancellation);
        await secrets.Put(CurrentOf(user), Encoding.UTF8.GetBytes(password), cancellation);
    }

    /// <summary>Remembers, before it leaves, that this grant gets this version.</summary>
    private Task Release(PlatformOrder asked, string password, CancellationToken cancellation)
    {
        var value = Encoding.UTF8.GetBytes(password);
        return secrets.Put($"{ReleasedBy(asked)}{Convert.ToHexStringLower(SHA256.HashData(value).AsSpan(0, 8))}", value, cancellation);
    }

    private async Task<Dictionary<string, string>> Versions(PlatformOrder asked, CancellationToken cancellation)
    {
        var versions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in await secrets.Names(ReleasedBy(asked), cancellation))
        {
            if (await Read(name, cancellation) is { } version)
                versions.Add(name, version);
        }
        return versions;
    }

    private async Task<string?> Read(string name, CancellationToken cancellation) => await secrets.Get(name, cancellation) is { } value ? Encoding.UTF8.GetString(value) : null;

    private string CurrentOf(string user) => $"{type}/{platform}/{Uri.EscapeDataString(user)}/current";
    private string PendingOf(string user) => $"{type}/{platform}/{Uri.EscapeDataString(user)}/pending";
    private static string ReleasedBy(PlatformOrder order) => $"grants/{order.GrantId}/released/";
    private static string ProofOf(PlatformOrder order) => $"grants/{order.GrantId}/proof";

    private PlatformException Refuse(string why) => new($"{platform}: {why}", permanent: true);
}
