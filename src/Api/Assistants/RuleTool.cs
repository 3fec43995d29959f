using System.ComponentModel;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Assistants;

/// <summary>What would be asked for.</summary>
public sealed record RuleArguments
{
    [Description("What would be asked for, each as platform/name, such as pg-prod/analytics.")]
    public required IReadOnlyList<string> Resources { get; init; }

    [Description("The kind of access.")]
    public required AccessKind Kind { get; init; }

    [Description("One of the roles that the rule offers; absent: left open.")]
    public string? Role { get; init; }
}

/// <summary>The rule that would apply to an ask of the caller's, and why.</summary>
/// <param name="Allowed">False: such an ask would be refused; <paramref name="Refusal"/> and <paramref name="Errors"/> say why, or what is still missing.</param>
/// <param name="Why">Every access group that was considered, in sentences.</param>
/// <param name="Reasons">What the access group offers as the reason, in its own words.</param>
/// <param name="Levels">Who would decide, level by level; empty where nobody is asked.</param>
public sealed record RuleFound(
    bool Allowed, string? AccessGroup, Mode? Mode, string? Refusal, IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors, IReadOnlyList<string> Why, IReadOnlyList<IReadOnlyList<AssistantPerson>> Levels,
    PeriodView? Period, IReadOnlyList<string> Roles, string? DefaultRole, IReadOnlyList<Untrusted> Reasons, bool TicketRequired, bool AllowEmergency) : ToolAnswer
{
    internal static RuleFound Of(PolicyPreview preview, IPeople people, DateTimeOffset now)
    {
        var errors = preview.Refusal is { Errors.Count: > 0 } mend ? WithoutReasons(mend.Errors, preview.Policy?.Reasons ?? []) : null;
        return new RuleFound(
            preview.Refusal is null, preview.Policy?.AccessGroup, preview.Policy?.Mode, preview.Refusal is { } refusal ? Problems.Of(refusal.Reason).Slug + ": " + (errors is null ? refusal.Detail : Detail(errors)) : null,
            errors, preview.Why, [.. preview.Levels.Select(level => level.Select(id => AssistantPerson.Of(people, id)).ToList())],
            preview.Period is { } period ? new PeriodView(period.Start, period.End) : null, preview.Policy?.Roles ?? [], preview.Policy?.DefaultRole,
            [.. (preview.Policy?.Reasons ?? []).Select(static reason => new Untrusted(reason))], preview.Policy?.TicketRequired ?? false, preview.Policy?.AllowEmergency ?? false)
        {
            AsOf = now,
        };
    }

    /// <summary>Messages about the reason quote those that the access group offers: the answer has these, marked, as <see cref="Reasons"/>.</summary>
    private static Dictionary<string, IReadOnlyList<string>> WithoutReasons(IReadOnlyDictionary<string, IReadOnlyList<string>> errors, IReadOnlyList<string> reasons) => errors.ToDictionary(
        static field => field.Key,
        IReadOnlyList<string> (field) => field.Key != "reason" ? field.Value : [.. field.Value.Select(message => reasons.Any(reason => message.Contains(reason, StringComparison.Ordinal)) ? "choose one of `reasons`" : message)],
        StringComparer.Ordinal);

    private static string Detail(Dictionary<string, IReadOnlyList<string>> errors) => string.Join(" ", errors.SelectMany(static field => field.Value.Select(message => $"{field.Key}: {message}.")).Take(3));
}

/// <summary>The tool <c>find_rule</c>.</summary>
internal static class RuleTool
{
    public const string Name = "find_rule";

    public static AssistantTool<RuleArguments> Tool { get; } = new(Name, "Find the rule that applies",
        "Which access group's rule would apply if the caller asked for this, why, who would decide, and what such a request has to say. Stores nothing.", Run);

    private static async Task<ToolAnswer> Run(ApiCall call, RuleArguments asked)
    {
        var ask = new Ask { Resources = asked.Resources, Kind = asked.Kind, Role = asked.Role };
        return RuleFound.Of(await call.Service<RequestService>().Preview(call.Caller, ask, call.Cancellation), call.Service<IDirectory>().Current, call.Service<TimeProvider>().GetUtcNow());
    }
}
