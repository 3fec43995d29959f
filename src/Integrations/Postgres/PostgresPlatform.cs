using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>
/// Access on PostgreSQL: memberships and object privileges (<see cref="AccessKind.Role"/>), ephemeral logins (<see cref="AccessKind.Session"/>),
/// passwords of named users (<see cref="AccessKind.Credential"/>). <c>docs/platforms/postgres.md</c> says what each does to the server.
/// An order that cannot be read is refused when it is to be granted; to take it away, nothing needs to be done.
/// </summary>
public sealed partial class PostgresPlatform : IPlatform
{
    /// <summary>The adapter's type in <c>platforms.yaml</c>.</summary>
    public const string TypeName = "postgres";

    private readonly PostgresPlatformOptions _options;
    private readonly ILogger<PostgresPlatform> _logger;
    private readonly PgServer _server;
    private readonly Memberships _memberships;
    private readonly Carriers _carriers;
    private readonly EphemeralLogins _logins;
    private readonly Credentials _credentials;

    /// <summary>Makes the adapter; nothing is connected yet.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message says which, and holds no secret.</exception>
    public PostgresPlatform(PostgresPlatformOptions options, ISecretStore secrets, ILogger<PostgresPlatform> logger)
    {
        _options = options;
        _logger = logger;
        _server = new PgServer(options);
        var guard = new RoleGuard(options);
        var privileges = new ObjectPrivileges(options);
        var removal = new RoleRemoval(_server, options);
        _memberships = new Memberships(options, guard);
        _carriers = new Carriers(options, guard, privileges, removal);
        _logins = new EphemeralLogins(options, _server, secrets, guard, privileges, removal);
        _credentials = new Credentials(options.Name, TypeName, options.Credentials, _server, secrets);
        Kinds = options.Credentials.Count > 0 ? [AccessKind.Role, AccessKind.Session, AccessKind.Credential] : [AccessKind.Role, AccessKind.Session];
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Type => TypeName;

    /// <inheritdoc/>
    public IReadOnlyList<AccessKind> Kinds { get; }

    /// <inheritdoc/>
    public SharedPrivilege? Shared(PlatformOrder order) => PostgresOrder.Read(Name, order).Order switch
    {
        MembershipOrder membership => new SharedPrivilege(membership.Key),
        PrivilegeOrder privilege => new SharedPrivilege(privilege.Key),
        CredentialOrder credential => new SharedPrivilege(credential.Key, EveryEndChanges: true),
        _ => null,
    };

    /// <inheritdoc/>
    public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) =>
        _server.WithSession("list resources", session => PostgresInventory.Resources(session, _options, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) =>
        _server.WithSession("list identities", session => PostgresInventory.Identities(session, _options, cancellation), cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<InventoryPage> Inventory(string? from, CancellationToken cancellation) => PostgresFacts.Read(_server, _options, from, cancellation);

    /// <inheritdoc/>
    public GrantFootprint? Footprint(PlatformOrder order) => PostgresOrder.Read(Name, order).Order switch
    {
        MembershipOrder membership => new GrantFootprint(membership.Identity, membership.Role),
        PrivilegeOrder privilege => new GrantFootprint(privilege.Identity, privilege.Carrier),
        LoginOrder login => new GrantFootprint(login.Login, null),
        _ => null,
    };

    /// <inheritdoc/>
    public Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        var meaning = PostgresOrder.Read(Name, order).Required(Name);
        return _server.WithSession("grant", async session =>
        {
            switch (meaning)
            {
                case MembershipOrder membership:
                    await _memberships.Grant(session, membership, cancellation);
                    return new GrantResult(membership.Identity);
                case PrivilegeOrder privilege:
                    await _carriers.Grant(session, privilege, cancellation);
                    return new GrantResult(privilege.Identity);
                case LoginOrder login:
                    return await _logins.Grant(session, order, login, cancellation);
                default:
                    return await _credentials.Grant(new PgPasswordUsers(session), order, (CredentialOrder)meaning, cancellation);
            }
        }, cancellation);
    }

    /// <inheritdoc/>
    public async Task Extend(PlatformOrder order, CancellationToken cancellation)
    {
        if (PostgresOrder.Read(Name, order).Required(Name) is LoginOrder login)
            await _server.WithSession("extend", session => _logins.Extend(session, order, login, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        if (PostgresOrder.Read(Name, order).Order is { } meaning)
            await _server.WithSession("revoke", session => Revoke(session, order, meaning, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
    {
        var (meaning, problem) = PostgresOrder.Read(Name, order);
        return meaning is null
            ? Task.FromResult(new ReadBackResult(false, null, $"{Name}: nothing can have been given: {problem}"))
            : _server.WithSession("read back", session => meaning switch
            {
                MembershipOrder membership => _memberships.ReadBack(session, membership, cancellation),
                PrivilegeOrder privilege => _carriers.ReadBack(session, privilege, cancellation),
                LoginOrder login => _logins.ReadBack(session, login, cancellation),
                _ => _credentials.ReadBack(order, (CredentialOrder)meaning, cancellation),
            }, cancellation);
    }

    /// <inheritdoc/>
    public async Task Disconnect(PlatformOrder order, CancellationToken cancellation)
    {
        if (PostgresOrder.Read(Name, order).Order is { } meaning)
        {
            await _server.WithSession("disconnect", session => EndSessions(session, order, meaning switch
            {
                MembershipOrder membership => membership.Identity,
                PrivilegeOrder privilege => privilege.Identity,
                LoginOrder login => login.Login,
                _ => ((CredentialOrder)meaning).User,
            }, cancellation), cancellation);
        }
    }

    /// <inheritdoc/>
    public async Task Rotate(PlatformOrder order, CancellationToken cancellation)
    {
        if (PostgresOrder.Read(Name, order).Order is CredentialOrder credential)
            await _server.WithSession("rotate", session => _credentials.Rotate(new PgPasswordUsers(session), order, credential, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) => PostgresOrder.Read(Name, order).Required(Name) switch
    {
        LoginOrder login => _logins.Secret(order, login, cancellation),
        CredentialOrder credential => _credentials.Secret(order, credential, cancellation),
        _ => Task.FromResult<ReleasedSecret?>(null),
    };

    private async Task Revoke(PgSession session, PlatformOrder order, PostgresOrder meaning, CancellationToken cancellation)
    {
        switch (meaning)
        {
            case MembershipOrder membership:
                if (await Memberships.Revoke(session, membership, cancellation) is { } member)
                    await EndSessions(session, order, member, cancellation);
                break;
            case PrivilegeOrder privilege:
                await _carriers.Revoke(session, privilege, identity => EndSessions(session, order, identity, cancellation), cancellation);
                break;
            case LoginOrder login:
                var cut = await _logins.Revoke(session, order, login, cancellation);
                LogEnded(order.GrantId, Name, cut);
                break;
            case CredentialOrder credential:
                await _credentials.Rotate(new PgPasswordUsers(session), order, credential, cancellation);
                await EndSessions(session, order, credential.User, cancellation);
                break;
        }
    }

    private async Task EndSessions(PgSession session, PlatformOrder order, string user, CancellationToken cancellation)
    {
        if (await session.FindRole(user, cancellation) is { } role)
            await EndSessions(session, order, role, cancellation);
    }

    private async Task EndSessions(PgSession session, PlatformOrder order, PgRole role, CancellationToken cancellation)
    {
        var cut = await Backends.EndSessions(session, role, _server.Patience, cancellation);
        LogEnded(order.GrantId, Name, cut);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: {Count} sessions were ended")]
    private partial void LogEnded(string grant, string platform, int count);
}
