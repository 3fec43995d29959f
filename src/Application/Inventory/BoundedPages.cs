using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Inventory;

/// <summary>Pages of an adapter, each within a time. One that outlives it is left to end by itself, because a reading cannot be closed while it runs.</summary>
internal sealed class BoundedPages : IAsyncDisposable
{
    private readonly CancellationTokenSource _giveUp = new();
    private readonly IAsyncEnumerator<InventoryPage> _pages;
    private readonly TimeSpan _each;
    private readonly TimeProvider _time;
    private Task<bool>? _running;

    public BoundedPages(IAsyncEnumerable<InventoryPage> pages, TimeSpan each, TimeProvider time) =>
        (_pages, _each, _time) = (pages.GetAsyncEnumerator(_giveUp.Token), each, time);

    /// <summary>The next page; null: there is none.</summary>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task<InventoryPage?> Next(CancellationToken cancellation)
    {
        // Started on the pool: an adapter that blocks its thread must not block the bound.
        _running = Task.Run(() => _pages.MoveNextAsync().AsTask(), CancellationToken.None);
        var any = await _running.WaitAsync(_each, _time, cancellation);
        _running = null;
        return any ? _pages.Current : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not { IsCompleted: false } late)
        {
            await _pages.DisposeAsync();
            _giveUp.Dispose();
            return;
        }

        await _giveUp.CancelAsync();
        _ = late.ContinueWith(
            async ended =>
            {
                _ = ended.Exception; // observed: nobody else reads it
                await _pages.DisposeAsync();
                _giveUp.Dispose();
            }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
