using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>The tables of the Azure host. What their partitions are, and why, is in <c>docs/architecture.md</c>, "Azure Tables".</summary>
public sealed class StorageTables(TableServiceClient tables)
{
    /// <summary>One partition per stream (a request, or a process and day): head, snapshot, answers, audit rows, cursors.</summary>
    public const string Requests = "requests";

    /// <summary>Where requests are found, newest first. Hints: the snapshot is the truth.</summary>
    public const string RequestIndex = "requestindex";

    /// <summary>Where audit rows are found, newest first. Hints: the row is the truth.</summary>
    public const string AuditIndex = "auditindex";

    /// <summary>Streams that grew: which have to be sent, which belong in the next checkpoint.</summary>
    public const string AuditMarkers = "auditmarkers";

    public const string AuditCheckpoints = "auditcheckpoints";

    /// <summary>Signals that were accepted and are not settled yet.</summary>
    public const string UnsettledSignals = "unsettledsignals";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Requests, RequestIndex, AuditIndex, AuditMarkers, AuditCheckpoints, UnsettledSignals];

    /// <summary>Makes those that are not there yet.</summary>
    /// <exception cref="Functions.Requests.TransientException">The service did not answer.</exception>
    public Task EnsureCreated(CancellationToken cancellation) => Transient.Run(
        () => Task.WhenAll(All.Select(name => tables.CreateTableIfNotExistsAsync(name, cancellation))), cancellation);
}
