using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>
/// Access on Snowflake: roles given to users (<see cref="AccessKind.Role"/>), and passwords of named users (<see cref="AccessKind.Credential"/>). Both end with the
/// user's sessions. <c>docs/platforms/snowflake.md</c> says what each does to the account. An order that cannot be read is refused when it is to be granted; to take
/// it away, nothing needs to be done.
/// </summary>
public sealed partial class SnowflakePlatform : IPlatform
{
    /// <summary>The adapter's type in <c>platforms.yaml</c>.</summary>
    public const string TypeName = "snowflake";

    private readonly SnowflakePlatformOptions _options;
    private readonly ILogger<SnowflakePlatform> _logger;
    private readonly SnowflakeAccount _account;
    private readonly SnowflakeRoles _roles;
    private readonly SnowflakePasswords _passwords;
    private readonly SnowflakeSessions _sessions;
    private readonly SnowflakeFacts _facts;

    /// <summary>Makes the adapter; nothing is connected yet.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message says which, and holds no secret.</exception>
    public SnowflakePlatform(SnowflakePlatformOptions options, ISecretStore secrets, TimeProvider time, ILogger<SnowflakePlatform> logger)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Name);
        (_options, _logger) = (options, logger);
        var api = new SnowflakeApi(options, time);
        _account = new SnowflakeAccount(options, api);
        _roles = new SnowflakeRoles(options, api, _account);
        _passwords = new SnowflakePasswords(options, api, _account, secrets);
        _sessions = new SnowflakeSessions(options, api);
        _facts = new SnowflakeFacts(options, _account);
        Kinds = options.Credentials.Count > 0 ? [AccessKind.Role, AccessKind.Credential] : [AccessKind.Role];
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Type => TypeName;

    /// <inheritdoc/>
    public IReadOnlyList<AccessKind> Kinds { get; }

    /// <inheritdoc/>
    public SharedPrivilege? Shared(PlatformOrder order) => SnowflakeOrder.Read(Name, order).Order switch
    {
        RoleOrder role => new SharedPrivilege(role.Key),
        PasswordOrder password => new SharedPrivilege(password.Key, EveryEndChanges: true),
        _ => null,
    };

    /// <summary>Databases, roles, and the passwords that may be released.</summary>
    public async Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation)
    {
        var found = new List<PlatformResource>();
        foreach (var (what, described) in ((string, string)[])[("DATABASES", "database"), ("ROLES", "role")])
            found.AddRange((await All(what, cancellation)).Select(name => new PlatformResource($"{Name}/{SnowflakeName.Path(name)}", described, [AccessKind.Role])));
        found.AddRange(_options.Credentials.Select(user => new PlatformResource($"{Name}/{user}", "user", [AccessKind.Credential])));
        return found.Where(static one => ResourceName.Fault(one.Resource) is null).Merged();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) =>
        [.. (await All("USERS", cancellation)).Where(name => !string.Equals(name, _options.User, StringComparison.OrdinalIgnoreCase)).Select(name => new PlatformIdentity(Name, name))];

    /// <inheritdoc/>
    public async IAsyncEnumerable<InventoryPage> Inventory(string? from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        do
        {
            var page = await _facts.Page(from, cancellation);
            yield return page;
            from = page.Next;
        }
        while (from is not null);
    }

    /// <inheritdoc/>
    public GrantFootprint? Footprint(PlatformOrder order) => SnowflakeOrder.Read(Name, order).Order is RoleOrder role ? new GrantFootprint(role.User, SnowflakeFacts.Told(role.Role)) : null;

    /// <inheritdoc/>
    public async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        switch (SnowflakeOrder.Read(Name, order))
        {
            case (RoleOrder role, _):
                await _roles.Grant(role, cancellation);
                return new GrantResult(role.User);
            case (PasswordOrder password, _):
                return await _passwords.Grant(order, password, cancellation);
            case (_, var problem):
                throw new PlatformException($"{Name}: {problem}", permanent: true);
        }
    }

    /// <summary>Snowflake holds no end of a role that was given, nor of a password.</summary>
    public Task Extend(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        var user = SnowflakeOrder.Read(Name, order).Order switch
        {
            RoleOrder role => await _roles.Revoke(role, cancellation),
            PasswordOrder password => await _passwords.Rotate(order, password, cancellation),
            _ => null,
        };
        if (user is not null) await End(order, user, cancellation);
    }

    /// <inheritdoc/>
    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation) => SnowflakeOrder.Read(Name, order) switch
    {
        (RoleOrder role, _) => await _roles.ReadBack(role, cancellation),
        (PasswordOrder password, _) => await _passwords.ReadBack(order, password, cancellation),
        (_, var problem) => new ReadBackResult(false, null, $"{Name}: nothing was given: {problem}"),
    };

    /// <inheritdoc/>
    public async Task Disconnect(PlatformOrder order, CancellationToken cancellation)
    {
        var name = SnowflakeOrder.Read(Name, order).Order switch
        {
            RoleOrder role => role.User,
            PasswordOrder password => password.User,
            _ => null,
        };
        if (name is not null && await _account.FindUser(name, cancellation) is { } user) await End(order, user, cancellation);
    }

    /// <inheritdoc/>
    public async Task Rotate(PlatformOrder order, CancellationToken cancellation)
    {
        if (SnowflakeOrder.Read(Name, order).Order is PasswordOrder password) _ = await _passwords.Rotate(order, password, cancellation);
    }

    /// <inheritdoc/>
    public async Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) =>
        SnowflakeOrder.Read(Name, order).Order is PasswordOrder password ? await _passwords.Secret(order, password, cancellation) : null;

    private async Task End(PlatformOrder order, SnowflakeUser user, CancellationToken cancellation)
    {
        var ended = await _sessions.End(user, cancellation);
        LogEnded(order.GrantId, Name, ended);
    }

    private async Task<List<string>> All(string what, CancellationToken cancellation)
    {
        const int AtOnce = 5000;
        var names = new List<string>();
        while (true)
        {
            var page = await _account.Page(what, names.LastOrDefault(), AtOnce, cancellation);
            names.AddRange(page.Select(static row => row["name"]).OfType<string>());
            if (page.Count < AtOnce) return names;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: {Count} sessions were ended")]
    private partial void LogEnded(string grant, string platform, int count);
}
