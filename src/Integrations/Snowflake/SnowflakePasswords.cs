using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>
/// Passwords of named users. No documented call tries a password, so the proof rests on PASSWORD_LAST_SET_TIME of DESCRIBE USER: a user has one password, and where
/// the last one set is one that this product set and never released to the grant, those it released open nothing. The store holds the <c>current</c> password with
/// the time that was read after it was set, and before a change the <c>pending</c> one, so that a run after a crash sets the same.
/// </summary>
internal sealed class SnowflakePasswords(SnowflakePlatformOptions options, SnowflakeApi api, SnowflakeAccount account, ISecretStore secrets)
{
    private sealed record Set(string Password, string At);

    public async Task<GrantResult> Grant(PlatformOrder asked, PasswordOrder order, CancellationToken cancellation)
    {
        var name = SnowflakeName.Quote(order.User);
        if (!options.Credentials.Contains(order.User, StringComparer.Ordinal)) throw Refuse($"the password of {name} is not one that may be released; list the user under credentials");
        if (string.Equals(order.User, options.User, StringComparison.OrdinalIgnoreCase)) throw Refuse($"{name} is the platform's own user, and its password is never released");
        var user = await account.FindUser(order.User, cancellation) ?? throw Refuse($"there is no user {name} (names are in the case that SHOW USERS shows)");

        var current = await FinishChange(order, cancellation);
        if (current is null || current.At != await LastSet(order, cancellation)) current = await Change(order, cancellation);
        await Release(asked, current, cancellation);
        return new GrantResult(user.Login);
    }

    /// <summary>Changes the password, unless that is done since this grant got it.</summary>
    public async Task<SnowflakeUser?> Rotate(PlatformOrder asked, PasswordOrder order, CancellationToken cancellation)
    {
        if (await account.FindUser(order.User, cancellation) is not { } user) return null;
        var released = await Released(asked, cancellation);
        if (released.Count == 0) return null;
        var current = await FinishChange(order, cancellation);
        if (current is null || released.Contains(Hash(current.Password)) || current.At != await LastSet(order, cancellation)) await Change(order, cancellation);
        return user;
    }

    public async Task<ReadBackResult> ReadBack(PlatformOrder asked, PasswordOrder order, CancellationToken cancellation)
    {
        var name = SnowflakeName.Quote(order.User);
        var released = await Released(asked, cancellation);
        if (released.Count == 0)
            return new ReadBackResult(false, null, await secrets.Get(ProofOf(asked), cancellation) is { } proof ? Encoding.UTF8.GetString(proof) : $"{options.Name}: no password of {name} was released by this grant");
        var gone = await account.FindUser(order.User, cancellation) is null;
        if (!gone)
        {
            var last = await LastSet(order, cancellation);
            if (await Read(order, "current", cancellation) is not { } current || await secrets.Get(PathOf(order, "pending"), cancellation) is not null || current.At != last)
                return new ReadBackResult(true, null, $"{options.Name}: the password of {name} was last set {last}, and not known to be another than the released one");
            if (released.Contains(Hash(current.Password))) return new ReadBackResult(true, null, $"{options.Name}: the released password of {name} is the one last set ({last})");
        }

        var evidence = gone
            ? $"{options.Name}: there is no user {name}, whose password was released"
            : $"{options.Name}: the password of {name} was set to another one (PASSWORD_LAST_SET_TIME of DESCRIBE USER is that change's)";
        await secrets.Put(ProofOf(asked), Encoding.UTF8.GetBytes(evidence), cancellation);
        foreach (var one in released) await secrets.Delete(ReleasedBy(asked) + one, cancellation);
        return new ReadBackResult(false, null, evidence);
    }

    public async Task<ReleasedSecret?> Secret(PlatformOrder asked, PasswordOrder order, CancellationToken cancellation)
    {
        if (await secrets.Get(PathOf(order, "pending"), cancellation) is not null)
            throw new PlatformException($"{options.Name}: the password of {SnowflakeName.Quote(order.User)} is being changed; fetch it again in a moment");
        if (await Read(order, "current", cancellation) is not { } current) return null;
        await Release(asked, current, cancellation);
        return new ReleasedSecret(new Dictionary<string, string>
        {
            ["username"] = (await account.FindUser(order.User, cancellation))?.Login ?? order.User,
            ["password"] = current.Password,
            ["account"] = options.Account,
            ["host"] = api.Address.Host,
        });
    }

    /// <summary>Ends a change that an earlier run left half done.</summary>
    private async Task<Set?> FinishChange(PasswordOrder order, CancellationToken cancellation) =>
        await secrets.Get(PathOf(order, "pending"), cancellation) is null ? await Read(order, "current", cancellation) : await Change(order, cancellation);

    private async Task<Set> Change(PasswordOrder order, CancellationToken cancellation)
    {
        var pending = Encoding.UTF8.GetString(await secrets.GetOrAdd(PathOf(order, "pending"), Encoding.UTF8.GetBytes(NewPassword()), cancellation));
        await api.Change("change a password", $"ALTER USER {SnowflakeName.Quote(order.User)} SET PASSWORD = {SnowflakeName.Literal(pending)} MUST_CHANGE_PASSWORD = FALSE", cancellation, isSecret: true);
        var set = new Set(pending, await LastSet(order, cancellation));
        await secrets.Put(PathOf(order, "current"), JsonSerializer.SerializeToUtf8Bytes(set), cancellation);
        await secrets.Delete(PathOf(order, "pending"), cancellation);
        return set;
    }

    /// <summary>When the user's password was last set, in the service's words.</summary>
    private async Task<string> LastSet(PasswordOrder order, CancellationToken cancellation)
    {
        var rows = await api.Query("describe a user", $"DESCRIBE USER {SnowflakeName.Quote(order.User)}", cancellation);
        return rows.FirstOrDefault(static row => row["property"] == "PASSWORD_LAST_SET_TIME")?["value"] is { Length: > 0 } and not "null" and var at
            ? at
            : throw new PlatformException($"{options.Name}: DESCRIBE USER tells no PASSWORD_LAST_SET_TIME of {SnowflakeName.Quote(order.User)}, so the end of a release could not be proven; does the platform's role own the user, and has it a password?");
    }

    /// <summary>Remembers, before it leaves, that this grant gets this one; its hash is enough for that.</summary>
    private Task Release(PlatformOrder asked, Set set, CancellationToken cancellation) => secrets.Put(ReleasedBy(asked) + Hash(set.Password), Encoding.UTF8.GetBytes(set.At), cancellation);

    private async Task<HashSet<string>> Released(PlatformOrder asked, CancellationToken cancellation) =>
        [.. (await secrets.Names(ReleasedBy(asked), cancellation)).Select(name => name[ReleasedBy(asked).Length..])];

    private async Task<Set?> Read(PasswordOrder order, string which, CancellationToken cancellation) =>
        await secrets.Get(PathOf(order, which), cancellation) is { } stored ? JsonSerializer.Deserialize<Set>(stored) : null;

    /// <summary>32 characters, 192 random bits at first; drawn again until each class that password policies ask for is there.</summary>
    private static string NewPassword()
    {
        while (true)
        {
            var password = Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)).Replace('+', '-').Replace('/', '_');
            if (password.Any(char.IsAsciiLetterUpper) && password.Any(char.IsAsciiLetterLower) && password.Any(char.IsAsciiDigit) && password.Any(static c => c is '-' or '_')) return password;
        }
    }

    private static string Hash(string password) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(password)))[..32];
    private string PathOf(PasswordOrder order, string which) => $"snowflake/{options.Name}/{Uri.EscapeDataString(order.User)}/{which}";
    private static string ReleasedBy(PlatformOrder order) => $"grants/{order.GrantId}/released/";
    private static string ProofOf(PlatformOrder order) => $"grants/{order.GrantId}/proof";
    private PlatformException Refuse(string why) => new($"{options.Name}: {why}", permanent: true);
}
