using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Authorities;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Recordings;

/// <summary>
/// Recordings of sessions (<see cref="AccessKind.Recording"/>), shown to one person through a link that ends with the access.
/// <c>docs/platforms/recordings.md</c> says where they lie and what a view is.
/// </summary>
public sealed partial class RecordingsPlatform : IPlatform, IRecordings
{
    /// <summary>The adapter's type in <c>platforms.yaml</c>.</summary>
    public const string TypeName = "recordings";

    private const int InventoryPageSize = 500;

    private readonly RecordingsOptions _options;
    private readonly AuthorityServices _services;
    private readonly IRecordingLinks _links;
    private readonly ILogger<RecordingsPlatform> _logger;
    private readonly IRecordingSource _source;
    private readonly RecordingCatalogue _catalogue;
    private readonly GrantRecords _grants;

    /// <summary>Makes the adapter; nothing is read before somebody asks.</summary>
    /// <param name="services">Keeps which grants were given and ended, and makes links.</param>
    /// <param name="folder">What a folder in the options is relative to.</param>
    /// <exception cref="ArgumentException">This host makes no links.</exception>
    public RecordingsPlatform(RecordingsOptions options, AuthorityServices services, string folder, ILogger<RecordingsPlatform> logger)
    {
        (_options, _services, _logger) = (options, services, logger);
        _links = services.RecordingLinks ?? throw new ArgumentException("This host makes no links to recordings.", nameof(services));
        _source = options.Folder is { } given ? new RecordingFolder(options.Name, Path.Combine(folder, given)) : new RecordingContainer(options, services.Storage);
        _catalogue = new RecordingCatalogue(options.Name, _source, logger);
        _grants = new GrantRecords(services);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Type => TypeName;

    /// <inheritdoc/>
    public IReadOnlyList<AccessKind> Kinds { get; } = [AccessKind.Recording];

    /// <summary>Each grant has a link of its own.</summary>
    public SharedPrivilege? Shared(PlatformOrder order) => null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) =>
        [.. (await _catalogue.All(cancellation)).Select(found => new PlatformResource($"{Name}/{found.File.Path}", RecordingCatalogue.Words(found.About), Kinds))];

    /// <inheritdoc/>
    public bool ListsPart => _catalogue.More;

    /// <summary>Nobody lives among recordings.</summary>
    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

    /// <inheritdoc/>
    public async IAsyncEnumerable<InventoryPage> Inventory(string? from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var rest = (await Resources(cancellation)).OrderBy(static resource => resource.Resource, StringComparer.Ordinal)
            .Where(resource => from is null || string.CompareOrdinal(resource.Resource, from) > 0).ToList();
        for (var at = 0; at == 0 || at < rest.Count; at += InventoryPageSize)
        {
            var page = rest.Skip(at).Take(InventoryPageSize).ToList();
            yield return new InventoryPage([.. page.Select(static resource => new ResourceFact(resource.Resource, "recording", resource.Description))],
                at + InventoryPageSize < rest.Count ? page[^1].Resource : null);
        }
    }

    /// <summary>A link is nobody's membership.</summary>
    public GrantFootprint? Footprint(PlatformOrder order) => null;

    /// <inheritdoc/>
    public async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        if (order.Kind != AccessKind.Recording) throw Refuse($"shows recordings only, and gives no {order.Kind}");
        if (!RecordingFormats.IsName(order.Path) || await _source.Find(order.Path, cancellation) is null) throw Refuse("has no such recording");
        var record = await _grants.Find(order.GrantId, cancellation);
        if (!record.Ended) record = await Until(order, record, cancellation);
        if (record.Ended) throw Refuse("gives nothing to a grant that has ended");
        LogGiven(order.GrantId, Name);
        return new GrantResult();
    }

    /// <summary>Links that are made from now on last to the new end.</summary>
    public async Task Extend(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0 || record.Ended || (await Until(order, record, cancellation)).Ended) throw Refuse("extends nothing that was not given or has ended");
    }

    /// <summary>Notes that the grant has ended: none of its links opens from now on, and none is made.</summary>
    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        await _grants.End(order, cancellation);
        LogEnded(order.GrantId, Name);
    }

    /// <summary>Makes a link as the requester has one, opens it at its published address, and wants it refused.</summary>
    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0) return new ReadBackResult(Present: false, Through: null, $"{Name}: no link was made for this grant.");
        if (!record.Ended) return new ReadBackResult(Present: true, Through: null, $"{Name}: the grant has not ended, so its link opens.");

        // Not expired: that is not to be what refuses it.
        var token = _links.Mint(new RecordingLink(order.RequestId, order.GrantId, order.Requester, _services.Time.GetUtcNow() + TimeSpan.FromDays(1)));
        var address = new Uri(_options.Address ?? _services.Address.Root, "recordings/");
        HttpStatusCode status;
        try
        {
            status = await PublishedAddress.Status(new Uri(address, token), cancellation);
        }
        catch (HttpRequestException failure)
        {
            // Without the exception: its words hold the address, and that a token.
            throw new PlatformException($"{Name}: the link could not be opened at {address}: {failure.HttpRequestError}.");
        }

        return status switch
        {
            HttpStatusCode.Gone => new ReadBackResult(Present: false, Through: null, $"{Name}: the grant is marked as ended, and a link of it that has not expired is refused at {address} (410)."),
            HttpStatusCode.OK or HttpStatusCode.SeeOther or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new ReadBackResult(Present: true, Through: null, $"{Name}: a link of this grant is not refused at {address}: it answers {(int)status}."),
            _ => throw new PlatformException($"{Name}: {address} answered {(int)status} instead of refusing the link."),
        };
    }

    /// <summary>Whoever watches is cut off by the link itself, which looks at the request while bytes leave.</summary>
    public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Nothing was given that could be changed.</summary>
    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>The link, for the requester alone, and until when it opens.</summary>
    public async Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation)
    {
        if (!await Gives(order, cancellation)) return null;
        var token = _links.Mint(new RecordingLink(order.RequestId, order.GrantId, order.Requester, order.End));
        return new ReleasedSecret(new Dictionary<string, string>
        {
            [IRecordings.LinkField] = new Uri(_services.Address.Root, $"recordings/{token}").ToString(),
            ["until"] = order.End.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        });
    }

    /// <inheritdoc/>
    public async Task<bool> Gives(PlatformOrder order, CancellationToken cancellation) => await _grants.Find(order.GrantId, cancellation) is { Issued.Count: > 0, Ended: false };

    /// <inheritdoc/>
    public async Task<Recording?> Open(PlatformOrder order, CancellationToken cancellation)
    {
        if (!await Gives(order, cancellation) || await _catalogue.Find(order.Path, cancellation) is not var (file, about)) return null;
        return new Recording(order.Resource, RecordingFormats.TypeOf(file.Path)!, file.Length, file.Tag, file.ModifiedAt, about,
            (from, count, token) => _source.Read(file, from, count, token));
    }

    /// <summary>The record with the period's end in it; it outlives that end.</summary>
    private Task<GrantRecord> Until(PlatformOrder order, GrantRecord record, CancellationToken cancellation)
    {
        var end = order.End.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
        return record.Issued.Contains(end, StringComparer.Ordinal) ? Task.FromResult(record) : _grants.Add(order.GrantId, record.Issued.Count, end, order.End, cancellation);
    }

    private PlatformException Refuse(string what) => new($"{Name} {what}.", permanent: true);

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: its recording may be viewed")]
    private partial void LogGiven(string grant, string platform);

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: its links are refused from now on")]
    private partial void LogEnded(string grant, string platform);
}
