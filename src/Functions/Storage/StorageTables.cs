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

    /// <summary>Who holds shared privileges, one row per privilege, with the lease of whoever is inside.</summary>
    public const string GrantLedger = "grantledger";

    /// <summary>On which grants something is tried right now, one row per grant: a lease and nothing else.</summary>
    public const string Attempts = "attempts";

    /// <summary>Which mails the service took, kept because a notice may be run again long after; and what became of each notice.</summary>
    public const string SentMail = "sentmail";

    /// <summary>What channels keep between a message and its answer.</summary>
    public const string Channels = "channels";

    public const string AccessGroups = "accessgroups";

    /// <summary>Roles and stand-ins that were set at run time.</summary>
    public const string People = "people";

    /// <summary>Which secret of the vault each path's value is in; no values.</summary>
    public const string Secrets = "secrets";

    /// <summary>What platforms were found to hold, one partition per platform.</summary>
    public const string Inventory = "inventory";

    /// <summary>Single facts about the host's own work.</summary>
    public const string HostState = "hoststate";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Requests, RequestIndex, AuditIndex, AuditMarkers, AuditCheckpoints, UnsettledSignals, GrantLedger, Attempts, SentMail, Channels,
        AccessGroups, People, Secrets, Inventory, HostState,
    ];

    /// <summary>Makes those that are not there yet.</summary>
    /// <exception cref="Functions.Requests.TransientException">The service did not answer.</exception>
    public Task EnsureCreated(CancellationToken cancellation) => Transient.Run(
        () => Task.WhenAll(All.Select(name => tables.CreateTableIfNotExistsAsync(name, cancellation))), cancellation);
}
