using System.Collections.Concurrent;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Effects;

/// <summary>The fence of a host that is one process. It does not wait: who finds an earlier attempt inside is to come again.</summary>
public sealed class ProcessAttemptFence : IAttemptFence
{
    private readonly ConcurrentDictionary<string, Inside> _inside = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public Task<IAsyncDisposable?> Enter(string grantId, CancellationToken cancellation)
    {
        var attempt = new Inside(this, grantId);
        return Task.FromResult<IAsyncDisposable?>(_inside.TryAdd(grantId, attempt) ? attempt : null);
    }

    private sealed class Inside(ProcessAttemptFence fence, string grantId) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            _ = fence._inside.TryRemove(new KeyValuePair<string, Inside>(grantId, this));
            return ValueTask.CompletedTask;
        }
    }
}
