using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Api.Handlers;

/// <summary>
/// What every platform offers, read at most once a minute each. A platform that does not answer in time is named as unavailable, and what
/// it offered last is shown meanwhile.
/// </summary>
public sealed partial class ResourceCatalog(IPlatforms platforms, TimeProvider time, ILogger<ResourceCatalog> logger)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private Task<IReadOnlyList<Entry>> _reading = Task.FromResult<IReadOnlyList<Entry>>([]);
    private DateTimeOffset? _readAt;

    /// <summary>Everything offered, the platforms that did not answer, and those that hold more than they list.</summary>
    public async Task<(IReadOnlyList<PlatformResource> Resources, IReadOnlyList<string> Unavailable, IReadOnlyList<string> Partial)> All(CancellationToken cancellation)
    {
        Task<IReadOnlyList<Entry>> reading;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_reading.IsCompleted && (_readAt is not { } at || now - at >= Fresh))
            {
                // Shared by everyone who waits, so no single caller's cancellation ends it.
                _readAt = now;
                _reading = Read(_reading.Result);
            }

            reading = _reading;
        }

        var entries = await reading.WaitAsync(cancellation);
        return ([.. entries.SelectMany(entry => entry.Resources)], [.. entries.Where(entry => !entry.Answered).Select(entry => entry.Platform)], [.. entries.Where(entry => entry.Partial).Select(entry => entry.Platform)]);
    }

    private async Task<IReadOnlyList<Entry>> Read(IReadOnlyList<Entry> before) =>
        await Task.WhenAll(platforms.All.Select(platform => Read(platform, before.FirstOrDefault(entry => entry.Platform == platform.Name))));

    private async Task<Entry> Read(IPlatform platform, Entry? before)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            var resources = await platform.Resources(patience.Token).WaitAsync(patience.Token);
            return new Entry(platform.Name, resources, Answered: true, Partial: platform.ListsPart);
        }
#pragma warning disable CA1031 // One platform that is down must not hide the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Unanswered(logger, exception, platform.Name);
            return new Entry(platform.Name, before?.Resources ?? [], Answered: false, before?.Partial ?? false);
        }
    }

    private sealed record Entry(string Platform, IReadOnlyList<PlatformResource> Resources, bool Answered, bool Partial);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Platform} did not list its resources.")]
    private static partial void Unanswered(ILogger logger, Exception exception, string platform);
}
