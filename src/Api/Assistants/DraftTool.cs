using System.ComponentModel;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Pages.Asking;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Sessions;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Assistants;

/// <summary>What a draft says.</summary>
public sealed record DraftArguments
{
    [Description("What is asked for, each as platform/name, such as pg-prod/analytics.")]
    public required IReadOnlyList<string> Resources { get; init; }

    [Description("The kind of access.")]
    public required AccessKind Kind { get; init; }

    [Description("One of the roles that the rule offers; absent: left open.")]
    public string? Role { get; init; }

    [Description("Why it is needed, in the person's own words.")]
    public string? Justification { get; init; }

    [Description("One of the reasons that the rule offers, where it has some.")]
    public string? Reason { get; init; }

    [Description("The ticket this is for.")]
    public string? Ticket { get; init; }

    [Description("How long, such as 2h or 1h30m; absent: as long as is usual.")]
    public string? Length { get; init; }

    [Description("When it shall start; absent: as soon as it is decided.")]
    public DateTimeOffset? Start { get; init; }
}

/// <summary>A draft: nothing is stored, nobody is asked. The person opens the link, looks at what is filled in, and sends it themselves.</summary>
/// <param name="Rule">What would apply to it now.</param>
public sealed record RequestDrafted(string Link, RuleFound Rule) : ToolAnswer;

/// <summary>The tool <c>draft_request</c>.</summary>
internal static class DraftTool
{
    public const string Name = "draft_request";

    public static AssistantTool<DraftArguments> Tool { get; } = new(Name, "Draft a request",
        "Prepares a request for access. Nothing is stored and nobody is asked: the answer is a link to the form with these fields filled in, which the person opens, checks and sends themselves. Give them the link.", Run);

    private static async Task<ToolAnswer> Run(ApiCall call, DraftArguments asked)
    {
        TimeSpan? length = null;
        if (asked.Length is { } text) length = Duration.TryParse(text, out var read) ? read : throw new ProblemException(Fault.Invalid, "length", "A duration such as 2h or 1h30m is expected.");
        var now = call.Service<TimeProvider>().GetUtcNow();
        var start = asked.Start ?? (length is null ? null : DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()));
        var ask = new Ask
        {
            Resources = asked.Resources,
            Kind = asked.Kind,
            Role = asked.Role,
            Justification = asked.Justification,
            Reason = asked.Reason,
            Ticket = asked.Ticket,
            Start = start,
            End = length is null ? null : start + length,
        };
        var address = AskModel.Address(asked.Kind,
        [
            .. asked.Resources.Select(static resource => ("resource", (string?)resource)), ("role", asked.Role), ("justification", asked.Justification), ("reason", asked.Reason), ("ticket", asked.Ticket),
            ("length", length is { } given ? Duration.Format(given) : null), ("start", asked.Start is { } at ? InstantConverter.Format(at) : null),
        ]);

        // Whoever still has to sign in is brought back to an address of at most that length.
        if (address.Length > LocalAddress.Longest) throw new ProblemException(Fault.Invalid, "justification", "The link would be too long. Say less (a sentence), and let the person write the rest in the form.");
        return new RequestDrafted(Links.To(call, address), RuleFound.Of(await call.Service<RequestService>().Preview(call.Caller, ask, call.Cancellation), call.Service<IDirectory>().Current, now)) { AsOf = now };
    }
}
