using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Tests.Shared;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Functions.Tests;

/// <summary>Requests, notices and audit rows that tests of single parts start from.</summary>
internal static class Some
{
    public static DateTimeOffset Morning { get; } = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    /// <summary>An open request of alice.</summary>
    public static AccessRequest Open(string id = "r-1") => After(null, Signals.Submit(id));

    /// <summary>The same, withdrawn.</summary>
    public static AccessRequest Cancelled(string id = "r-1") => After(Open(id), Signals.Cancel("alice"));

    /// <summary>A notice to bob about an open request.</summary>
    public static Notice Notice(string? email = "bob@example.com", string id = "r-1-n1", NoticeKind kind = NoticeKind.ReviewAsked)
    {
        var bob = new Person { Id = "bob", Name = "Bob Builder", Email = email };
        var people = new PeopleSnapshot([bob, new Person { Id = "alice", Name = "Alice" }], []);
        return new Notice(id, new Notify { Id = "n1", Kind = kind, To = "bob", Revision = 1, At = Morning, Level = 1 }, Open(), bob, people);
    }

    /// <summary>A chain of so many links.</summary>
    public static AuditRow[] Chain(string stream, int links)
    {
        var rows = new AuditRow[links];
        for (var i = 0; i < links; i++)
        {
            var happened = new AuditEvent { Type = EventTypes.Request.Reminded, At = Morning, Actor = "system:timer", Channel = "System", Succeeded = true, SignalId = $"s-{i}", RequestId = stream };
            rows[i] = AuditLink.Next(stream, i == 0 ? null : new AuditHead(i, rows[i - 1].Hash), happened, new byte[16]);
        }

        return rows;
    }

    public static Checkpoint Checkpoint(long number) => Checkpoints.Make(number, Morning, [new StreamHead("r-1", number, new string('a', 64))], null);

    private static AccessRequest After(AccessRequest? state, Signal signal) => Decider.Decide(state, signal with { At = Morning }).State!;

    /// <summary>What sources of the directory said, as a store has it. Nobody leaves by it, so nobody is told.</summary>
    public static ProvisionedState Provisioned(TableServiceClient tables, IDirectory directory, TimeProvider time) => new(
        new ProvisionedRows(new TableChannelStore(tables)), new ProvisionedPeople(SourceIssuers.None), directory,
        new Leavers(directory, null!, null!, time, NullLogger<Leavers>.Instance), new LeaverRoles(directory, null!, time), new ProvisioningEvents(null!, time));
}
