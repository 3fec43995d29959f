using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.One;

/// <summary>A request's audit chain, verified as it was read.</summary>
/// <param name="Events">In order.</param>
/// <param name="Findings">What is wrong with the chain; none: it is whole, up to the head that the request holds.</param>
public sealed record AuditRecord(IReadOnlyList<LoggedEvent> Events, IReadOnlyList<AuditFinding> Findings)
{
    /// <summary>Reads and verifies the chain. The request is read again where it went on meanwhile, so that the two belong together.</summary>
    internal static async Task<(AccessRequest Request, AuditRecord Record)> Read(ApiCall call, AccessRequest request)
    {
        var rows = await call.Service<IAuditLog>().Stream(request.Id, call.Cancellation);
        var findings = Verify(request, rows);
        if (findings.Any(static finding => finding.Fault == AuditFault.HeadDiffers)
            && await call.Service<RequestService>().Find(call.Caller, request.Id, call.Cancellation) is { } later && later.Sequence != request.Sequence)
        {
            request = later;
            rows = await call.Service<IAuditLog>().Stream(request.Id, call.Cancellation);
            findings = Verify(request, rows);
        }

        return (request, new AuditRecord([.. rows.Select(LoggedEvent.Of)], findings));
    }

    private static IReadOnlyList<AuditFinding> Verify(AccessRequest request, IReadOnlyList<AuditRow> rows)
    {
        var chain = new ChainVerifier();
        foreach (var row in rows) chain.Add(row);
        if (request.AuditHead is { } head) chain.Expect(new StreamHead(request.Id, head.Sequence, head.Hash));
        return chain.Findings;
    }
}

/// <summary>One link of the chain.</summary>
/// <param name="Happened">Null where the stored bytes are no event any more.</param>
public sealed record LoggedEvent(long Sequence, string Hash, AuditEvent? Happened)
{
    internal static LoggedEvent Of(AuditRow row) => new(row.Sequence, row.Hash, StoredEvent.Find(row));
}
