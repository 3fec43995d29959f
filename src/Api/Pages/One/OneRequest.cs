using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.One;

/// <summary>One request as a page shows it.</summary>
public sealed record OneRequestModel
{
    public required AccessRequest Request { get; init; }

    /// <summary>Gives ids their names.</summary>
    public required IPeople People { get; init; }
    public required IReadOnlyList<PageFact> Facts { get; init; }
    public required ActionsModel Actions { get; init; }
    public required AuditRecord Audit { get; init; }

    /// <summary>What became of the notices, in order.</summary>
    public IReadOnlyList<NoticeOutcome> Notices { get; init; } = [];

    /// <summary>True for those who oversee: they see where mails go.</summary>
    public bool SeesAddresses { get; init; }

    /// <summary>Why it is kept whatever its keeping time; null: it is not, or the reader does not oversee.</summary>
    public LegalHold? Hold { get; init; }

    /// <summary>True: the reader may place a hold.</summary>
    public bool MayHold { get; init; }

    /// <summary>True: the reader may lift one.</summary>
    public bool MayLift { get; init; }

    /// <summary>What the reader's last action led to; null: nothing to say.</summary>
    public string? Message { get; init; }

    /// <summary>The secret that was asked for by this very call; null: none was.</summary>
    public ReleasedSecret? Secret { get; init; }

    /// <summary>The path of a request's page.</summary>
    public static string Address(string id) => $"/requests/{Uri.EscapeDataString(id)}";

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"OneRequestModel({Request.Id})";
}

/// <summary>Reads it, where the caller may see it.</summary>
internal static class OneRequestHandlers
{
    /// <summary>What was just done, as the address says it; believed only where the request agrees.</summary>
    public const string DoneParameter = "done";

    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new(DoneParameter, typeof(string), "What the caller just did, for a word about it.")];

    public static async Task<IResult> Show(ApiCall call)
    {
        var done = new QueryReader(call).Text(DoneParameter);
        if (await call.Service<RequestService>().Find(call.Caller, call.Id, call.Cancellation) is not { } request) return RequestHandlers.NotFound(call);
        var model = await Read(call, request);
        return await call.Show<OneRequestPage, OneRequestModel>(model with
        {
            Message = ResultWords.Of(done, model.Request, call.Caller.Id, model.Audit.Events),
            Actions = model.Actions with { JustAsked = done == ResultWords.Submitted },
        });
    }

    /// <summary>Everything the page shows, with no message yet.</summary>
    public static async Task<OneRequestModel> Read(ApiCall call, AccessRequest request)
    {
        var (seen, audit) = await AuditRecord.Read(call, request);
        var people = call.Service<IDirectory>().Current;
        var oversees = call.Caller.IsAdministrator || call.Caller.IsAuditor;
        return new OneRequestModel
        {
            Request = seen,
            People = people,
            Facts = [.. RequestFacts.Asked(seen, people).Where(static fact => fact.Label != RequestFacts.When)],
            Audit = audit,
            Notices = [.. (await call.Service<INoticeLog>().Of(seen.Id, call.Cancellation)).Where(NoticeLabels.Tells)],
            SeesAddresses = oversees,
            Hold = oversees ? await call.Service<ILegalHolds>().Find(seen.Id, call.Cancellation) : null,
            MayHold = oversees,
            MayLift = call.Caller.IsAdministrator,
            Actions = new ActionsModel { Request = seen, People = people, Actions = call.Service<RequestService>().Actions(call.Caller, seen) },
        };
    }
}
