using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Authorities;

/// <summary>
/// A platform that issues certificates of an authority of its own. What holds for all of them is here: a certificate is known before anyone gets it, is
/// renewed within the grant's period, and is put on the list of revoked ones at its end, which is then looked for where servers fetch it.
/// </summary>
public abstract partial class AuthorityPlatform : IPlatform, IPublisher
{
    private readonly AuthorityServices _services;
    private readonly ILogger _logger;
    private readonly GrantRecords _grants;

    /// <summary>Makes the adapter; its key is made when it is first needed.</summary>
    /// <param name="name">The platform's.</param>
    /// <param name="address">Under which address the list is published; null: the host's public one.</param>
    /// <param name="list">The first segment of the list's path there.</param>
    /// <param name="validity">How long an edition of the list may be relied on.</param>
    private protected AuthorityPlatform(string name, Uri? address, string list, TimeSpan validity, AuthorityServices services, ILogger logger)
    {
        (Name, _services, _logger) = (name, services, logger);
        ListAddress = new Uri(address ?? services.Address.Root, $"{list}/{Uri.EscapeDataString(name)}");
        Revocations = new RevocationList(name, validity, services);
        _grants = new GrantRecords(services);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public abstract string Type { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<AccessKind> Kinds { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<PlatformParameter> Parameters { get; }

    /// <summary>Where servers, and this adapter's own look, fetch the list of what was revoked.</summary>
    public Uri ListAddress { get; }

    private protected RevocationList Revocations { get; }

    /// <summary>Each grant has certificates of its own.</summary>
    public SharedPrivilege? Shared(PlatformOrder order) => null;

    /// <inheritdoc/>
    public abstract Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation);

    /// <summary>Nobody lives in an authority, and who lives on servers is not known here.</summary>
    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

    /// <summary>A certificate is nobody's membership.</summary>
    public GrantFootprint? Footprint(PlatformOrder order) => null;

    /// <inheritdoc/>
    public abstract Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation);

    /// <summary>Issues a certificate that lasts to the new end.</summary>
    public async Task Extend(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0) throw Refuse("issued no certificate to this grant, so there is none to renew");
        if (record.Ended || (await Renewed(order, record, cancellation)).Ended) throw Ended();
    }

    /// <inheritdoc/>
    public abstract Task Revoke(PlatformOrder order, CancellationToken cancellation);

    /// <summary>Fetches the list from its published address and looks for the grant's serials.</summary>
    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0)
            return new ReadBackResult(Present: false, Through: null, $"{Name}: no certificate of this grant is known: none was issued, or the last one expired more than {GrantRecords.Kept.TotalDays:0} days ago.");

        var published = await FetchList(cancellation);
        var now = _services.Time.GetUtcNow();
        var issued = record.Issued.Select(Read).ToList();
        var revoked = issued.Where(certificate => published.Has(certificate.Serial)).ToList();
        var expired = issued.Except(revoked).Where(certificate => certificate.Until + RevocationList.Kept <= now).ToList();
        var trusted = issued.Except(revoked).Except(expired).ToList();
        var list = $"the list number {published.Number} as fetched from {ListAddress}";
        if (trusted.Count > 0) return new ReadBackResult(Present: true, Through: null, $"{Name}: {Serials(trusted)} not in {list}.");
        return record.Ended
            ? await Look(order, new NotTrusted(issued, revoked, expired, list), cancellation)
            : new ReadBackResult(Present: true, Through: null, $"{Name}: {Serials(issued)} expired or in {list}, but the grant has not ended: it can be renewed.");
    }

    /// <inheritdoc/>
    public abstract Task Disconnect(PlatformOrder order, CancellationToken cancellation);

    /// <summary>A certificate that was given out is not changed, but revoked.</summary>
    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>The certificate, renewed where it is about to expire within the period.</summary>
    public async Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0 || record.Ended) return null;
        record = await Renewed(order, record, cancellation);
        return record.Ended ? null : await Release(order, record.Issued[^1], cancellation);
    }

    /// <inheritdoc/>
    public abstract Task<Publication?> Publish(PublicationKind kind, CancellationToken cancellation);

    /// <inheritdoc/>
    public abstract Task Upkeep(CancellationToken cancellation);

    /// <summary>Reads a certificate as <see cref="Keep"/> got it.</summary>
    private protected abstract IssuedCertificate Read(string row);

    /// <summary>The longest a certificate of a resource is valid; null: to the period's end.</summary>
    private protected abstract TimeSpan? MaxValidity(string path);

    /// <summary>Issues the certificate that follows the record's last one.</summary>
    /// <exception cref="PlatformException">Permanent: the resource is offered no more.</exception>
    private protected abstract Task<GrantRecord> Renew(PlatformOrder order, GrantRecord record, CancellationToken cancellation);

    /// <summary>What the requester gets of a certificate.</summary>
    private protected abstract Task<ReleasedSecret> Release(PlatformOrder order, string row, CancellationToken cancellation);

    /// <summary>Fetches the list of revoked certificates from <see cref="ListAddress"/>.</summary>
    private protected abstract Task<(string Number, Func<string, bool> Has)> FetchList(CancellationToken cancellation);

    /// <summary>What is to be looked at besides, where no certificate of an ended grant is trusted any more, and what is told.</summary>
    private protected abstract Task<ReadBackResult> Look(PlatformOrder order, NotTrusted certificates, CancellationToken cancellation);

    /// <summary>Gives the grant its first certificate, unless it has one.</summary>
    /// <param name="login">Whose name is in it.</param>
    private protected async Task<GrantResult> Give(PlatformOrder order, string login, Func<GrantRecord, Task<GrantRecord>> issue, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record is { Issued.Count: 0, Ended: false }) record = await issue(record);
        return record.Ended ? throw Ended() : new GrantResult(login);
    }

    /// <summary>From when to when a certificate is valid that is issued now.</summary>
    /// <exception cref="PlatformException">Permanent: the period is over.</exception>
    private protected (DateTimeOffset From, DateTimeOffset Until) Period(PlatformOrder order, TimeSpan? longest)
    {
        var now = _services.Time.GetUtcNow();
        var until = Validity.Until(order.End, longest, now);
        return until > now ? (now - Validity.Skew, until) : throw Refuse("issues nothing for a period that is over");
    }

    /// <summary>Adds a certificate to the grant's record, before anyone gets it.</summary>
    /// <returns>The record with the certificate that is kept: another run's, where that was first.</returns>
    private protected async Task<GrantRecord> Keep(PlatformOrder order, GrantRecord record, string row, DateTimeOffset until, CancellationToken cancellation)
    {
        var kept = await _grants.Add(order.GrantId, record.Issued.Count, row, until, cancellation);
        var issued = Read(kept.Issued[^1]);
        if (!kept.Ended)
        {
            LogIssued(order.GrantId, Name, issued.Serial, issued.Until);
            return kept;
        }

        // It ended while this ran, and whoever ended it may have looked before this one was added.
        await Revocations.Add(issued.Serial, issued.Until, cancellation);
        return kept;
    }

    /// <summary>Notes that the grant has ended, and puts every certificate of it on the list.</summary>
    /// <returns>The certificates.</returns>
    private protected async Task<IReadOnlyList<IssuedCertificate>> End(PlatformOrder order, CancellationToken cancellation)
    {
        await _grants.End(order, cancellation);
        var issued = await Certificates(order, cancellation);
        foreach (var certificate in issued) await Revocations.Add(certificate.Serial, certificate.Until, cancellation);
        if (issued.Count > 0) LogRevoked(order.GrantId, Name, issued.Count);
        return issued;
    }

    private protected async Task<IReadOnlyList<IssuedCertificate>> Certificates(PlatformOrder order, CancellationToken cancellation) =>
        [.. (await _grants.Find(order.GrantId, cancellation)).Issued.Select(Read)];

    private protected static string Serials(IReadOnlyList<IssuedCertificate> certificates) => string.Join(" and ", certificates.Select(static certificate => $"serial {certificate.Serial}")) + " is";

    private protected PlatformException Refuse(string what) => new($"{Name} {what}.", permanent: true);

    /// <summary>The record with a certificate that lasts as long as it may.</summary>
    private async Task<GrantRecord> Renewed(PlatformOrder order, GrantRecord record, CancellationToken cancellation)
    {
        var (last, now) = (Read(record.Issued[^1]), _services.Time.GetUtcNow());
        var target = Validity.Until(order.End, MaxValidity(order.Path), now);
        return Validity.IsDue((last.From, last.Until), target, order.End, now) ? await Renew(order, record, cancellation) : record;
    }

    private PlatformException Ended() => Refuse("issues nothing to a grant that has ended");

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: certificate {Serial} was issued, valid until {Until:u}")]
    private partial void LogIssued(string grant, string platform, string serial, DateTimeOffset until);

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: {Count} certificates were revoked")]
    private partial void LogRevoked(string grant, string platform, int count);
}

/// <summary>A certificate that a grant was given.</summary>
/// <param name="Serial">As the platform writes it.</param>
internal sealed record IssuedCertificate(string Serial, DateTimeOffset From, DateTimeOffset Until);

/// <summary>Certificates of a grant none of which servers trust any more.</summary>
/// <param name="Issued">All, in the order they were issued.</param>
/// <param name="Revoked">Those on the list.</param>
/// <param name="Expired">The others: so long ago that no list has to name them.</param>
/// <param name="List">Which list was looked at.</param>
internal sealed record NotTrusted(IReadOnlyList<IssuedCertificate> Issued, IReadOnlyList<IssuedCertificate> Revoked, IReadOnlyList<IssuedCertificate> Expired, string List);
