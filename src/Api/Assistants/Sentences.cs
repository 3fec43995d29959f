using System.Globalization;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Assistants;

/// <summary>Says in sentences what a tool found. Ids and names of systems alone: what people wrote stays in the result, marked.</summary>
internal static class Sentences
{
    private const int MostWays = 5;

    public static string Of(ToolRun run) => run.Answer switch
    {
        AccessChecked access => Access(access),
        IdentitiesListed { Identities: [] } => "There is no such identity, or none that you may see.",
        IdentitiesListed identities => Listed(identities.Identities.Select(Identity), identities.Next is not null) + Age(identities),
        ResourcesListed { Resources: [] } => "There is nothing that you may ask for.",
        ResourcesListed resources => "You may ask for " + Listed(resources.Resources.Select(static one => $"{one.Resource} ({string.Join(", ", one.Kinds)})"), resources.More > 0),
        ResourcesFound found => (found.Resources.Count == 0 ? "None was found." : Listed(found.Resources.Select(static one => one.Resource), found.Next is not null)) + Age(found),
        RequestsListed { Requests: [] } => "There is no such request, or none that you may see.",
        RequestsListed requests => Listed(requests.Requests.Select(Request), requests.Next is not null),
        RequestDrafted draft => $"Nothing was asked for yet. Open this link, look at what is filled in, and send it: {draft.Link}{Missing(draft.Rule)}",
        RuleFound rule => Rule(rule),
        _ => run.Problem!.Detail,
    };

    private static string Access(AccessChecked access)
    {
        var (who, what) = (access.Person ?? "anybody", access.Resource ?? "anything");
        return access.Access switch
        {
            KnownAccess.Yes => $"{(access.Person is null ? "There is access" : $"Yes: {access.Person} has access")}{(access.Resource is { } resource ? $" to {resource}" : "")}. {Listed(access.Ways.Select(Way), access.Next is not null)}{Age(access)}",
            KnownAccess.No => $"No: nothing gives {who} access to {what}.{Age(access)}",
            KnownAccess.NoneKnown => $"No grant gives {who} access to {what}; what the platforms themselves allow was never read to its end, or is given to groups whose members are not known here.",
        };
    }

    private static string Way(AccessWay way)
    {
        var who = way.Everyone ? "everyone" : way.Person?.Id ?? "nobody in the directory";
        var path = way.Via.Count > 1 ? $" through {string.Join(" → ", way.Via.Skip(1))}" : "";
        var grant = way.Grant is { } id ? $", by grant {id} of request {way.Request}{(way.Until is { } until ? $" until {Time(until)}" : "")}" : ", standing";
        return $"{who} has {string.Join(", ", way.Privileges)} on {way.Resource}{(way.Identity is { } identity ? $" as {way.Platform}/{identity}" : "")}{path}{(way.SetRole is { } role ? $" after becoming {role}" : "")}{grant}";
    }

    private static string Identity(AssistantIdentity one) =>
        $"{one.Platform}/{one.Name} is {(one.People.Count > 0 ? string.Join(", ", one.People.Select(static person => person.Id)) + "'s" : "nobody's")}"
        + $"{(one.Orphan ? ", an orphan" : "")}{(one.Admin.Count > 0 ? $", with {string.Join(", ", one.Admin)}" : "")}{(one.AdminThrough.Count > 0 ? $", administrator through {string.Join(", ", one.AdminThrough)}" : "")}";

    private static string Request(AssistantRequest request) =>
        $"{request.Id}: {request.Requester.Id} asked for {string.Join(", ", request.Resources)} ({request.Kind}{(request.Role is { } role ? $", {role}" : "")}), {request.Status}{(request.Outcome is { } outcome ? $", {outcome}" : "")}"
        + $"{(request.WaitsFor.Count > 0 ? $", waiting for {string.Join(" or ", request.WaitsFor.Select(static one => one.Id))}" : "")}{(request.Emergency is not null ? ", emergency" : "")}"
        + $"{(request.Phase == Phase.Active ? $", until {Time(request.Period.End)}" : "")}";

    private static string Rule(RuleFound rule)
    {
        if (rule.AccessGroup is null) return $"No: {rule.Refusal}";
        var levels = rule.Levels.Count == 0 ? "nobody has to approve"
            : string.Join(", then ", rule.Levels.Select(static (level, index) => $"level {index + 1}: {string.Join(" or ", level.Select(static one => one.Id))}"));
        return $"Access group {rule.AccessGroup} applies ({rule.Mode}): {levels}.{Missing(rule)}";
    }

    private static string Missing(RuleFound rule) =>
        rule is { AccessGroup: null, Refusal: { } none } ? $" It would be refused: {none}"
        : rule.Errors is { Count: > 0 } errors ? $" It still has to say: {string.Join("; ", errors.Select(static field => $"{field.Key}: {string.Join(" ", field.Value)}"))}."
        : rule.Refusal is { } refusal ? $" It would be refused: {refusal}" : "";

    private static string Listed(IEnumerable<string> items, bool more)
    {
        List<string> all = [.. items];
        return string.Join("; ", all.Take(MostWays)) + (all.Count > MostWays ? $"; and {all.Count - MostWays} more{(more ? " and further pages" : "")}." : more ? "; and more." : ".");
    }

    private static string Age(ToolAnswer answer) => answer.FactsAt is { } at ? $" The platform's facts are of {Time(at)}." : "";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
