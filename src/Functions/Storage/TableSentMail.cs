using System.Globalization;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Which mails the service took, one row per notice and recipient beside those of the same request. No addresses. Rows are kept: a request
/// that is taken up again, however late, runs again whatever notice it does not know to be sent.
/// </summary>
public sealed class TableSentMail(TableServiceClient tables, TimeProvider time)
{
    private readonly TableClient _table = tables.GetTableClient(StorageTables.SentMail);

    /// <summary>True where the service took it.</summary>
    /// <param name="requestId">The request of the notice.</param>
    /// <param name="operation">Stands for notice, recipient and purpose.</param>
    /// <exception cref="Requests.TransientException">The table did not answer.</exception>
    public async Task<bool> Has(string requestId, Guid operation, CancellationToken cancellation) =>
        await ConditionalRows.Find(_table, TableKeys.Of(requestId), Row(operation), cancellation) is not null;

    /// <summary>Remembers that the service took it; may be repeated.</summary>
    /// <param name="requestId">The request of the notice.</param>
    /// <param name="operation">Stands for notice, recipient and purpose.</param>
    /// <param name="notice">The notice's id, for people who look.</param>
    /// <param name="person">The recipient's id, for people who look.</param>
    /// <exception cref="Requests.TransientException">The table did not answer.</exception>
    public Task Add(string requestId, Guid operation, string notice, string person, CancellationToken cancellation) => Transient.Run(
        () => _table.UpsertEntityAsync(
            new TableEntity(TableKeys.Of(requestId), Row(operation)) { ["Notice"] = notice, ["Person"] = person, ["At"] = time.GetUtcNow() },
            TableUpdateMode.Replace, cancellation),
        cancellation);

    private static string Row(Guid operation) => operation.ToString("D", CultureInfo.InvariantCulture);
}
