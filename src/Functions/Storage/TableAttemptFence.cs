using AccessFunctions.Application.Ports;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// The fence among processes: a lease by grant, as the ledger's entries have, in a table of its own and without holders, so that no row is
/// left behind. It is renewed as long as the attempt runs, and outlasts the attempt of a process that died.
/// </summary>
public sealed class TableAttemptFence(TableServiceClient tables, TimeProvider time, ILogger<TableGrantLedger> logger) : IAttemptFence
{
    private readonly TableGrantLedger _leases = new(tables, StorageTables.Attempts, time, logger);

    /// <inheritdoc />
    /// <exception cref="Requests.TransientException">The table did not answer.</exception>
    public async Task<IAsyncDisposable?> Enter(string grantId, CancellationToken cancellation) => await _leases.Enter("grant", grantId, cancellation);
}
