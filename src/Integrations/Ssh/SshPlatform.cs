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
public sealed partial class SshPlatform : IPlatform, IPublisher
{
    /// <summary>The adapter's type in <c>platforms.yaml</c>.</summary>
    public const string TypeName = "ssh";

    /// <summary>The parameter that holds the requester's public key.</summary>
    public const string KeyParameter = "publicKey";

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>A list of revoked keys has no end of its own; it is made anew so often that its date says it is looked after.</summary>
    private static readonly TimeSpan ListValidity = TimeSpan.FromDays(1);

    private readonly SshOptions _options;
    private readonly AuthorityServices _services;
    private readonly ILogger<SshPlatform> _logger;
    private readonly Dictionary<string, SshAccess> _offered;
    private readonly SshAuthorityKeys _keys;
    private readonly GrantRecords _grants;
    private readonly RevocationList _revocations;
    private readonly KrlFile? _file;

    /// <summary>Makes the adapter; its key is made when it is first needed.</summary>
    public SshPlatform(SshOptions options, AuthorityServices services, ILogger<SshPlatform> logger)
    {
        (_options, _services, _logger) = (options, services, logger);
        _offered = options.Resources.ToDictionary(access => access.Name, StringComparer.Ordinal);
        _keys = new SshAuthorityKeys(options.Name, services);
        _grants = new GrantRecords(services.Rows);
        _revocations = new RevocationList(options.Name, ListValidity, services);
        _file = options.KrlFile is { } path ? new KrlFile(path) : null;
        KrlAddress = new Uri(options.Address ?? services.Address.Root, $"krl/{Uri.EscapeDataString(options.Name)}");
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Type => TypeName;

    /// <inheritdoc/>
    public IReadOnlyList<AccessKind> Kinds { get; } = [AccessKind.Session];

    /// <inheritdoc/>
    public IReadOnlyList<PlatformParameter> Parameters { get; } =
    [
        new PlatformParameter { Name = KeyParameter, Label = "Your SSH public key", Description = "The line of your .pub file: ssh-ed25519, ecdsa-sha2-nistp256 to 521, or ssh-rsa.", Required = true, Lines = 4 },
    ];

    /// <summary>Where servers, and this adapter's own look, fetch the list of revoked keys.</summary>
    public Uri KrlAddress { get; }

    /// <summary>Each grant has certificates of its own.</summary>
    public SharedPrivilege? Shared(PlatformOrder order) => null;

    /// <inheritdoc/>
    public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<PlatformResource>>([.. _options.Resources.Select(access => new PlatformResource($"{Name}/{access.Name}", access.Description, Kinds))]);

    /// <summary>Who lives on the servers is not known here.</summary>
    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

    /// <summary>A certificate is nobody's membership.</summary>
    public GrantFootprint? Footprint(PlatformOrder order) => null;

    /// <inheritdoc/>
    public async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        if (order.Kind != AccessKind.Session) throw Refuse($"gives sessions only, not {order.Kind}");
        var access = _offered.GetValueOrDefault(order.Path) ?? throw Refuse("offers no such servers: its resources are in the configuration");
        var (principal, key) = (Principals.For(order, access, _options), KeyOf(order));
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record is { Issued.Count: 0, Ended: false }) record = await Issue(order, access, principal, key, record, cancellation);
        return record.Ended ? throw Ended() : new GrantResult(principal);
    }

    /// <summary>Issues a certificate that lasts to the new end.</summary>
    public async Task Extend(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0) throw Refuse("issued no certificate to this grant, so there is none to renew");
        if (record.Ended || (await Renewed(order, record, cancellation)).Ended) throw Ended();
    }

    /// <summary>Puts every certificate of the grant on the list, hands the list on, then ends sessions. Trouble with one server keeps from neither.</summary>
    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        await _grants.End(order.GrantId, order.End > _services.Time.GetUtcNow() ? order.End : _services.Time.GetUtcNow(), cancellation);
        var issued = await Certificates(order, cancellation);
        if (issued.Count == 0) return;
        foreach (var certificate in issued) await _revocations.Add(certificate.Serial, certificate.Until, cancellation);
        LogRevoked(order.GrantId, Name, issued.Count);

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

        await End(order, issued, cancellation);
        if (failed is not null) throw new PlatformException(failed.Message, inner: failed);
    }

    /// <summary>Fetches the list from its published address, looks for the grant's serials, and asks whether a session is left.</summary>
    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0)
            return new ReadBackResult(Present: false, Through: null, $"{Name}: no certificate of this grant is known: none was issued, or the last one expired more than {GrantRecords.Kept.TotalDays:0} days ago.");

        using var authority = await _keys.Open(cancellation);
        var published = await RevokedKeys.Fetch(KrlAddress, authority.Blob, cancellation);
        var now = _services.Time.GetUtcNow();
        var issued = record.Issued.Select(Read).ToList();
        var revoked = issued.Where(certificate => published.Serials.Contains(certificate.Number)).ToList();
        var trusted = issued.Except(revoked).Where(certificate => certificate.Until + RevocationList.Kept > now).ToList();
        var list = $"the list number {published.Version} as fetched from {KrlAddress}";
        if (trusted.Count > 0) return new ReadBackResult(Present: true, Through: null, $"{Name}: {Serials(trusted)} not in {list}.");
        if (!record.Ended) return new ReadBackResult(Present: true, Through: null, $"{Name}: {Serials(issued)} expired or in {list}, but the grant has not ended: it can be renewed.");

        var gone = revoked.Count > 0 ? $"{Serials(revoked)} in {list}" : $"{Serials(issued)} expired so long ago that no list has to name it";
        if (_options.ListSessions.Count == 0) return new ReadBackResult(Present: false, Through: null, $"{Name}: {gone}. No command is configured that tells of live sessions: whether one is left was not looked at.");
        var said = await ServerCommand.Run(_options.ListSessions, Arguments(order, issued), _options.CommandTimeout, cancellation);
        var sessions = said.Split('\n').Count(static line => !string.IsNullOrWhiteSpace(line));
        return sessions > 0
            ? new ReadBackResult(Present: true, Through: null, $"{Name}: {gone}, but {_options.ListSessions[0]} tells of {sessions} live session(s) of {KeyIdOf(order)}.")
            : new ReadBackResult(Present: false, Through: null, $"{Name}: {gone}, and {_options.ListSessions[0]} tells of no live session of {KeyIdOf(order)}.");
    }

    /// <inheritdoc/>
    public async Task Disconnect(PlatformOrder order, CancellationToken cancellation)
    {
        if (await Certificates(order, cancellation) is { Count: > 0 } issued) await End(order, issued, cancellation);
    }

    /// <summary>A certificate that was given out is not changed, but revoked.</summary>
    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>The certificate, renewed where it is about to expire within the period.</summary>
    public async Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0 || record.Ended) return null;
        record = await Renewed(order, record, cancellation);
        if (record.Ended) return null;
        var certificate = Read(record.Issued[^1]);
        return new ReleasedSecret(new Dictionary<string, string>
        {
            ["certificate"] = certificate.Line,
            ["principal"] = certificate.Principal,
            ["validBefore"] = $"{certificate.Until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
        });
    }

    /// <inheritdoc/>
    public async Task<Publication?> Publish(PublicationKind kind, CancellationToken cancellation)
    {
        if (kind == PublicationKind.CertificateRevocations) return null;
        using var authority = await _keys.Open(cancellation);
        if (kind == PublicationKind.Authority)
            return new Publication(Encoding.ASCII.GetBytes(authority.Line(Name) + "\n"), "text/plain; charset=us-ascii", Convert.ToHexStringLower(SHA256.HashData(authority.Blob)));
        var edition = await _revocations.Current(cancellation);
        return new Publication(RevokedKeys.Write(authority.Blob, edition, Name), "application/octet-stream", edition.Tag);
    }

    /// <inheritdoc/>
    public async Task Upkeep(CancellationToken cancellation)
    {
        _ = await Publish(PublicationKind.KeyRevocations, cancellation);
        if (await WriteFile(cancellation)) await Push(cancellation);
    }

    private async Task<bool> WriteFile(CancellationToken cancellation)
    {
        if (_file is null) return false;
        using var authority = await _keys.Open(cancellation);
        var edition = await _revocations.Current(cancellation);
        return _file.Write(edition.Number, RevokedKeys.Write(authority.Blob, edition, Name));
    }

    private async Task Push(CancellationToken cancellation)
    {
        if (_options.Push.Count > 0) _ = await ServerCommand.Run(_options.Push, _file is { } file ? [file.Path] : [], _options.CommandTimeout, cancellation);
    }

    private async Task End(PlatformOrder order, IReadOnlyList<Issued> issued, CancellationToken cancellation)
    {
        if (_options.EndSessions.Count == 0) return;
        _ = await ServerCommand.Run(_options.EndSessions, Arguments(order, issued), _options.CommandTimeout, cancellation);
        LogSessionsEnded(order.GrantId, Name);
    }

    private async Task<GrantRecord> Renewed(PlatformOrder order, GrantRecord record, CancellationToken cancellation)
    {
        var (last, now) = (Read(record.Issued[^1]), _services.Time.GetUtcNow());
        var access = _offered.GetValueOrDefault(order.Path);
        if (!Validity.IsDue((last.From, last.Until), Validity.Until(order.End, access?.MaxValidity, now), order.End, now)) return record;
        if (access is null) throw Refuse("offers these servers no more, so the certificate is not renewed");
        return await Issue(order, access, Principals.For(order, access, _options), KeyOf(order), record, cancellation);
    }

    private async Task<GrantRecord> Issue(PlatformOrder order, SshAccess access, string principal, SshPublicKey key, GrantRecord record, CancellationToken cancellation)
    {
        var now = _services.Time.GetUtcNow();
        var until = Validity.Until(order.End, access.MaxValidity, now);
        if (until <= now) throw Refuse("issues nothing for a period that is over");
        using var authority = await _keys.Open(cancellation);
        var made = new SshCertificate
        {
            Key = key,
            Serial = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1UL << 63,
            KeyId = KeyIdOf(order),
            Principal = principal,
            From = now - Skew,
            Until = until,
            Extensions = access.Extensions,
            SourceAddress = access.SourceAddress,
            ForceCommand = access.ForceCommand,
        };
        var row = new Issued(made.Serial.ToString(CultureInfo.InvariantCulture), principal, made.From, made.Until, made.Sign(authority));
        var kept = await _grants.Add(order.GrantId, record.Issued.Count, JsonSerializer.Serialize(row), until, cancellation);
        var issued = Read(kept.Issued[^1]);
        if (!kept.Ended)
        {
            LogIssued(order.GrantId, Name, issued.Serial, issued.Until);
            return kept;
        }

        // It ended while this ran, and whoever ended it may have looked before this one was added.
        await _revocations.Add(issued.Serial, issued.Until, cancellation);
        return kept;
    }

    private async Task<IReadOnlyList<Issued>> Certificates(PlatformOrder order, CancellationToken cancellation) =>
        [.. (await _grants.Find(order.GrantId, cancellation)).Issued.Select(Read)];

    private static SshPublicKey KeyOf(PlatformOrder order) => SshPublicKey.Read(order.Parameters.GetValueOrDefault(KeyParameter));

    /// <summary>One for all certificates of a grant, so that its sessions are found by one name.</summary>
    private string KeyIdOf(PlatformOrder order) => $"{Name}.{order.GrantId}";

    private IEnumerable<string> Arguments(PlatformOrder order, IReadOnlyList<Issued> issued) => issued.Select(static certificate => certificate.Serial).Prepend(KeyIdOf(order));

    private static string Serials(IReadOnlyList<Issued> issued) => string.Join(" and ", issued.Select(static certificate => $"serial {certificate.Serial}")) + " is";

    private static Issued Read(string row) => JsonSerializer.Deserialize<Issued>(row)!;

    private PlatformException Refuse(string what) => new($"{Name} {what}.", permanent: true);

    private PlatformException Ended() => Refuse("issues nothing to a grant that has ended");

    /// <summary>A certificate's row.</summary>
    private sealed record Issued(string Serial, string Principal, DateTimeOffset From, DateTimeOffset Until, string Line)
    {
        public ulong Number => ulong.Parse(Serial, CultureInfo.InvariantCulture);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: certificate {Serial} was issued, valid until {Until:u}")]
    private partial void LogIssued(string grant, string platform, string serial, DateTimeOffset until);

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: {Count} certificates were revoked")]
    private partial void LogRevoked(string grant, string platform, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: the command that ends sessions has run")]
    private partial void LogSessionsEnded(string grant, string platform);
}
