using AccessFunctions.Embedded.Sqlite;

namespace AccessFunctions.Embedded.Background;

/// <summary>
/// Effects that ran and report nothing, as notices do, are marked done in portions, so that they do not compete with signals for
/// transactions. They have left their places meanwhile, but stay in hand.
/// </summary>
internal sealed partial class OutboxLane
{
    /// <summary>How long portions are gathered. A process that is killed within it runs again what ran and is not marked yet.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(10);
    private readonly List<OutboxRow> _ran = [];
    private Task _marking = Task.CompletedTask;
    private bool _isMarking;

    /// <summary>Takes a row into the next portion. Under the lock.</summary>
    private void Mark(OutboxRow row)
    {
        _ran.Add(row);
        if (_isMarking) return;
        _isMarking = true;
        _marking = Task.Run(MarkAll);
    }

    private async Task MarkAll()
    {
        while (true)
        {
            await Task.Delay(Gather, _outbox.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            OutboxRow[] portion;
            lock (_lock)
            {
                portion = [.. _ran];
                _ran.Clear();
                _isMarking = portion.Length > 0;
                if (!_isMarking) return;
            }

            var ids = Array.ConvertAll(portion, static row => row.Id);
            await Noted(portion, () => Settle(portion, () => _outbox.Database.Writer.Write(batch => OutboxTable.Done(batch.Session, ids))));
            lock (_lock)
            {
                foreach (var row in portion) Release(row);
            }

            _wake.Set();
        }
    }
}
