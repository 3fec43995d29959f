using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Postgres;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>
/// Access on Amazon Redshift: roles and groups (<see cref="AccessKind.Role"/>), ephemeral users (<see cref="AccessKind.Session"/>), passwords of named users
/// (<see cref="AccessKind.Credential"/>). <c>docs/platforms/redshift.md</c> says what each does to the warehouse. An order that cannot be read is refused when it is to be
/// granted; to take it away, nothing needs to be done.
/// </summary>
public sealed partial class RedshiftPlatform : IPlatform
{
    /// <summary>The adapter's type in <c>platforms.yaml</c>.</summary>
    public const string TypeName = "redshift";

    private readonly RedshiftPlatformOptions _options;
    private readonly ILogger<RedshiftPlatform> _logger;
    private readonly RedshiftServer _server;
    private readonly RedshiftMemberships _memberships;
    private readonly RedshiftUsers _users;
    private readonly Credentials _credentials;
    private readonly RedshiftFacts _facts;

    /// <summary>Makes the adapter; nothing is connected yet.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message says which, and holds no secret.</exception>
    public RedshiftPlatform(RedshiftPlatformOptions options, ISecretStore secrets, ILogger<RedshiftPlatform> logger)
    {
        (_options, _logger) = (options, logger);
        _server = new RedshiftServer(options);
        _memberships = new RedshiftMemberships(options);
        _users = new RedshiftUsers(options, _server, secrets, _memberships);
        _credentials = new Credentials(options.Name, TypeName, options.Credentials, _server, secrets);
        _facts = new RedshiftFacts(options, _server);
        Kinds = options.Credentials.Count > 0 ? [AccessKind.Role, AccessKind.Session, AccessKind.Credential] : [AccessKind.Role, AccessKind.Session];
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Type => TypeName;

    /// <inheritdoc/>
    public IReadOnlyList<AccessKind> Kinds { get; }

    /// <inheritdoc/>
    public SharedPrivilege? Shared(PlatformOrder order) => RedshiftOrder.Read(Name, order).Order switch
    {
        HolderOrder holder => new SharedPrivilege(holder.Key),
        SecretOrder secret => new SharedPrivilege(secret.Credential.Key, EveryEndChanges: true),
        _ => null,
    };

    /// <summary>Schemas, groups, roles, and the passwords that may be released.</summary>
    public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) => _server.WithSession<IReadOnlyList<PlatformResource>>("list resources", async session =>
    {
        AccessKind[] roles = [AccessKind.Role, AccessKind.Session];
        var found = new List<PlatformResource>();
        foreach (var (sql, described) in ((string, string)[])[
            ("SELECT nspname FROM pg_catalog.pg_namespace ORDER BY nspname", "schema"), ("SELECT groname FROM pg_catalog.pg_group ORDER BY groname", "group"), ("SELECT role_name FROM pg_catalog.svv_roles ORDER BY role_name", "role")])
        {
            found.AddRange((await session.Texts(sql, cancellation)).Where(static name => !name.StartsWith("pg_", StringComparison.Ordinal) && name != "information_schema" && !name.StartsWith("sys:", StringComparison.Ordinal))
                .Select(name => new PlatformResource($"{Name}/{(described == "schema" ? PgName.FormatPath(name) : $"{described}:{name}")}", described, roles)));
        }

        found.AddRange(_options.Credentials.Select(user => new PlatformResource($"{Name}/{user}", "database user", [AccessKind.Credential])));
        return found.Where(static one => ResourceName.Fault(one.Resource) is null).Merged();
    }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => _server.WithSession<IReadOnlyList<PlatformIdentity>>("list identities", async session =>
        [.. (await session.Texts("SELECT usename FROM pg_catalog.pg_user ORDER BY usename", cancellation)).Where(name => name != session.Account && !OwnNames.Has(name)).Select(name => new PlatformIdentity(Name, name))], cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<InventoryPage> Inventory(string? from, CancellationToken cancellation) => _facts.Read(from, cancellation);

    /// <inheritdoc/>
    public GrantFootprint? Footprint(PlatformOrder order) => RedshiftOrder.Read(Name, order).Order switch
    {
        HolderOrder holder => new GrantFootprint(holder.User, holder.Holder.ToString()),
        UserOrder user => new GrantFootprint(user.Login, null),
        _ => null,
    };

    /// <inheritdoc/>
    public Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        var meaning = RedshiftOrder.Read(Name, order).Required(Name);
        return _server.WithSession("grant", async session =>
        {
            switch (meaning)
            {
                case HolderOrder holder:
                    if (holder.User == session.Account) throw new PlatformException($"{Name}: {PgName.Quote(holder.User)} is the platform's own account and gets no access through requests", permanent: true);
                    await _memberships.Grant(session, holder, cancellation);
                    return new GrantResult(holder.User);
                case UserOrder user:
                    return await _users.Grant(session, order, user, cancellation);
                default:
                    return await _credentials.Grant(new RedshiftPasswordUsers(session), order, ((SecretOrder)meaning).Credential, cancellation);
            }
        }, cancellation);
    }

    /// <inheritdoc/>
    public async Task Extend(PlatformOrder order, CancellationToken cancellation)
    {
        if (RedshiftOrder.Read(Name, order).Required(Name) is UserOrder user) await _server.WithSession("extend", session => _users.Extend(session, order, user, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        if (RedshiftOrder.Read(Name, order).Order is not { } meaning) return;
        await _server.WithSession("revoke", session => Revoke(session, order, meaning, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
    {
        var (meaning, problem) = RedshiftOrder.Read(Name, order);
        return meaning is null
            ? new ReadBackResult(false, null, $"{Name}: nothing was given: {problem}")
            : await _server.WithSession("read back", session => meaning switch
            {
                HolderOrder holder => _memberships.ReadBack(session, holder, cancellation),
                UserOrder user => _users.ReadBack(session, user, cancellation),
                _ => _credentials.ReadBack(order, ((SecretOrder)meaning).Credential, cancellation),
            }, cancellation);
    }

    /// <inheritdoc/>
    public async Task Disconnect(PlatformOrder order, CancellationToken cancellation)
    {
        if (UserOf(RedshiftOrder.Read(Name, order).Order) is { } user) await _server.WithSession("disconnect", session => End(session, order, user, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public async Task Rotate(PlatformOrder order, CancellationToken cancellation)
    {
        if (RedshiftOrder.Read(Name, order).Order is SecretOrder secret)
            await _server.WithSession("rotate", session => _credentials.Rotate(new RedshiftPasswordUsers(session), order, secret.Credential, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) => RedshiftOrder.Read(Name, order).Required(Name) switch
    {
        UserOrder user => _users.Secret(order, user, cancellation),
        SecretOrder secret => _credentials.Secret(order, secret.Credential, cancellation),
        _ => Task.FromResult<ReleasedSecret?>(null),
    };

    private async Task Revoke(RedshiftSession session, PlatformOrder order, RedshiftOrder meaning, CancellationToken cancellation)
    {
        switch (meaning)
        {
            case HolderOrder holder:
                if (await _memberships.Revoke(session, holder, cancellation) is { } member) await End(session, order, member, cancellation);
                break;
            case UserOrder user:
                var ended = await _users.Revoke(session, order, user, cancellation);
                LogEnded(order.GrantId, Name, ended);
                break;
            case SecretOrder secret:
                await _credentials.Rotate(new RedshiftPasswordUsers(session), order, secret.Credential, cancellation);
                await End(session, order, secret.Credential.User, cancellation);
                break;
        }
    }

    /// <summary>The account's own sessions are no requester's.</summary>
    private async Task End(RedshiftSession session, PlatformOrder order, string user, CancellationToken cancellation)
    {
        if (user == session.Account) return;
        var ended = await RedshiftSessions.End(session, user, _server.Patience, cancellation);
        LogEnded(order.GrantId, Name, ended);
    }

    private static string? UserOf(RedshiftOrder? order) => order switch
    {
        HolderOrder holder => holder.User,
        UserOrder user => user.Login,
        SecretOrder secret => secret.Credential.User,
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: {Count} sessions were ended")]
    private partial void LogEnded(string grant, string platform, int count);
}
