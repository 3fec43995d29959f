using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Authorities;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Ssh;

/// <summary>
/// Sessions on servers that run OpenSSH (<see cref="AccessKind.Session"/>): a user certificate for the requester's own key, valid for the period.
/// <c>docs/platforms/ssh.md</c> says what servers need. At the end the serial is on the list of revoked keys, and live sessions are ended by a
/// configured command.
/// </summary>
public sealed partial class SshPlatform : AuthorityPlatform
{
    /// <summary>The adapter's type in <c>platforms.yaml</c>.</summary>
    public const string TypeName = "ssh";

    /// <summary>The parameter that holds the requester's public key.</summary>
    public const string KeyParameter = "publicKey";

    /// <summary>A list of revoked keys has no end of its own; it is made anew so often that its date says it is looked after.</summary>
    private static readonly TimeSpan ListValidity = TimeSpan.FromDays(1);

    private readonly SshOptions _options;
    private readonly ILogger<SshPlatform> _logger;
    private readonly Dictionary<string, SshAccess> _offered;
    private readonly SshAuthorityKeys _keys;
    private readonly KrlFile? _file;

    /// <summary>Makes the adapter; its key is made when it is first needed.</summary>
    public SshPlatform(SshOptions options, AuthorityServices services, ILogger<SshPlatform> logger)
        : base(options.Name, options.Address, "krl", ListValidity, services, logger)
    {
        (_options, _logger) = (options, logger);
        _offered = options.Resources.ToDictionary(access => access.Name, StringComparer.Ordinal);
        _keys = new SshAuthorityKeys(options.Name, services);
        _file = options.KrlFile is { } path ? new KrlFile(path) : null;
    }

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <inheritdoc/>
    public override IReadOnlyList<AccessKind> Kinds { get; } = [AccessKind.Session];

    /// <inheritdoc/>
    public override IReadOnlyList<PlatformParameter> Parameters { get; } =
    [
        new PlatformParameter { Name = KeyParameter, Label = "Your SSH public key", Description = "The line of your .pub file: ssh-ed25519, ecdsa-sha2-nistp256 to 521, or ssh-rsa.", Required = true, Lines = 4 },
    ];

    /// <inheritdoc/>
    public override Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<PlatformResource>>([.. _options.Resources.Select(access => new PlatformResource($"{Name}/{access.Name}", access.Description, Kinds))]);

    /// <inheritdoc/>
    public override async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        if (order.Kind != AccessKind.Session) throw Refuse($"gives sessions only, not {order.Kind}");
        var access = _offered.GetValueOrDefault(order.Path) ?? throw Refuse("offers no such servers: its resources are in the configuration");
        var (principal, key) = (Principals.For(order, access, _options), KeyOf(order));
        return await Give(order, principal, record => Issue(order, access, principal, key, record, cancellation), cancellation);
    }

    /// <summary>Puts every certificate of the grant on the list, hands the list on, then ends sessions. Trouble with one server keeps from neither.</summary>
    public override async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        var issued = await End(order, cancellation);
        if (issued.Count == 0) return;

        PlatformException? failed = null;
        try
        {
            _ = await WriteFile(cancellation);
            await Push(cancellation);
        }
        catch (PlatformException failure)
        {
            failed = failure;
        }

        await EndSessions(order, issued, cancellation);
        if (failed is not null) throw new PlatformException(failed.Message, inner: failed);
    }

    /// <inheritdoc/>
    public override async Task Disconnect(PlatformOrder order, CancellationToken cancellation)
    {
        if (await Certificates(order, cancellation) is { Count: > 0 } issued) await EndSessions(order, issued, cancellation);
    }

    /// <inheritdoc/>
    public override async Task<Publication?> Publish(PublicationKind kind, CancellationToken cancellation)
    {
        if (kind == PublicationKind.CertificateRevocations) return null;
        using var authority = await _keys.Open(cancellation);
        if (kind == PublicationKind.Authority)
            return new Publication(Encoding.ASCII.GetBytes(authority.Line(Name) + "\n"), "text/plain; charset=us-ascii", Convert.ToHexStringLower(SHA256.HashData(authority.Blob)));
        var edition = await Revocations.Current(cancellation);
        return new Publication(RevokedKeys.Write(authority.Blob, edition, Name), "application/octet-stream", edition.Tag);
    }

    /// <inheritdoc/>
    public override async Task Upkeep(CancellationToken cancellation)
    {
        _ = await Publish(PublicationKind.KeyRevocations, cancellation);
        if (await WriteFile(cancellation)) await Push(cancellation);
    }

    private protected override IssuedCertificate Read(string row)
    {
        var issued = Row(row);
        return new IssuedCertificate(issued.Serial, issued.From, issued.Until);
    }

    private protected override TimeSpan? MaxValidity(string path) => _offered.GetValueOrDefault(path)?.MaxValidity;

    private protected override Task<GrantRecord> Renew(PlatformOrder order, GrantRecord record, CancellationToken cancellation)
    {
        var access = _offered.GetValueOrDefault(order.Path) ?? throw Refuse("offers these servers no more, so the certificate is not renewed");
        return Issue(order, access, Principals.For(order, access, _options), KeyOf(order), record, cancellation);
    }

    private protected override Task<ReleasedSecret> Release(PlatformOrder order, string row, CancellationToken cancellation)
    {
        var certificate = Row(row);
        return Task.FromResult(new ReleasedSecret(new Dictionary<string, string>
        {
            ["certificate"] = certificate.Line,
            ["principal"] = certificate.Principal,
            ["validBefore"] = $"{certificate.Until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
        }));
    }

    private protected override async Task<(string Number, Func<string, bool> Has)> FetchList(CancellationToken cancellation)
    {
        using var authority = await _keys.Open(cancellation);
        var published = await RevokedKeys.Fetch(ListAddress, authority.Blob, cancellation);
        return (published.Version.ToString(CultureInfo.InvariantCulture), serial => published.Serials.Contains(ulong.Parse(serial, CultureInfo.InvariantCulture)));
    }

    /// <summary>Asks whether a session is left.</summary>
    private protected override async Task<ReadBackResult> Look(PlatformOrder order, NotTrusted certificates, CancellationToken cancellation)
    {
        var gone = certificates.Revoked.Count > 0 ? $"{Serials(certificates.Revoked)} in {certificates.List}" : $"{Serials(certificates.Expired)} expired so long ago that no list has to name it";
        if (_options.ListSessions.Count == 0) return new ReadBackResult(Present: false, Through: null, $"{Name}: {gone}. No command is configured that tells of live sessions: whether one is left was not looked at.");
        var said = await ServerCommand.Run(_options.ListSessions, Arguments(order, certificates.Issued), _options.CommandTimeout, cancellation);
        var sessions = said.Split('\n').Count(static line => !string.IsNullOrWhiteSpace(line));
        return sessions > 0
            ? new ReadBackResult(Present: true, Through: null, $"{Name}: {gone}, but {_options.ListSessions[0]} tells of {sessions} live session(s) of {KeyIdOf(order)}.")
            : new ReadBackResult(Present: false, Through: null, $"{Name}: {gone}, and {_options.ListSessions[0]} tells of no live session of {KeyIdOf(order)}.");
    }

    private async Task<bool> WriteFile(CancellationToken cancellation)
    {
        if (_file is null) return false;
        using var authority = await _keys.Open(cancellation);
        var edition = await Revocations.Current(cancellation);
        return _file.Write(edition.Number, RevokedKeys.Write(authority.Blob, edition, Name));
    }

    private async Task Push(CancellationToken cancellation)
    {
        if (_options.Push.Count > 0) _ = await ServerCommand.Run(_options.Push, _file is { } file ? [file.Path] : [], _options.CommandTimeout, cancellation);
    }

    private async Task EndSessions(PlatformOrder order, IReadOnlyList<IssuedCertificate> issued, CancellationToken cancellation)
    {
        if (_options.EndSessions.Count == 0) return;
        _ = await ServerCommand.Run(_options.EndSessions, Arguments(order, issued), _options.CommandTimeout, cancellation);
        LogSessionsEnded(order.GrantId, Name);
    }

    private async Task<GrantRecord> Issue(PlatformOrder order, SshAccess access, string principal, SshPublicKey key, GrantRecord record, CancellationToken cancellation)
    {
        var (from, until) = Period(order, access.MaxValidity);
        using var authority = await _keys.Open(cancellation);
        var made = new SshCertificate
        {
            Key = key,
            Serial = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1UL << 63,
            KeyId = KeyIdOf(order),
            Principal = principal,
            From = from,
            Until = until,
            Extensions = access.Extensions,
            SourceAddress = access.SourceAddress,
            ForceCommand = access.ForceCommand,
        };
        var row = new Issued(made.Serial.ToString(CultureInfo.InvariantCulture), principal, made.From, made.Until, made.Sign(authority));
        return await Keep(order, record, JsonSerializer.Serialize(row), until, cancellation);
    }

    private static SshPublicKey KeyOf(PlatformOrder order) => SshPublicKey.Read(order.Parameters.GetValueOrDefault(KeyParameter));

    /// <summary>One for all certificates of a grant, so that its sessions are found by one name.</summary>
    private string KeyIdOf(PlatformOrder order) => $"{Name}.{order.GrantId}";

    private IEnumerable<string> Arguments(PlatformOrder order, IReadOnlyList<IssuedCertificate> issued) => issued.Select(static certificate => certificate.Serial).Prepend(KeyIdOf(order));

    private static Issued Row(string row) => JsonSerializer.Deserialize<Issued>(row)!;

    /// <summary>A certificate's row.</summary>
    private sealed record Issued(string Serial, string Principal, DateTimeOffset From, DateTimeOffset Until, string Line);

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: the command that ends sessions has run")]
    private partial void LogSessionsEnded(string grant, string platform);
}
