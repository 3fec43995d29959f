using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>What an ask has to look like: its shape, before any policy is known, and what the policy that governs it demands.</summary>
public static class AskRules
{
    public const int MaxResources = 50;
    public const int MaxText = 4000;
    public const int MaxName = 200;
    public const int MaxParameters = 50;
    public const int MaxParameterValue = 4000;

    /// <summary>Instants further than this from now are mistakes, and would overflow sums.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromDays(3653);

    /// <summary>Checks resource names, sizes of texts and the kind; a refusal is <see cref="RefusalReason.InvalidAsk"/>.</summary>
    public static Refusal? Shape(Ask ask, DateTimeOffset at)
    {
        var errors = new FieldErrors();
        Resources(ask.Resources, errors);
        if (!Enum.IsDefined(ask.Kind)) errors.Add("kind", $"there is no such kind of access; the kinds are {string.Join(", ", Enum.GetNames<AccessKind>())}");
        Text(errors, "role", ask.Role, MaxName);
        Text(errors, "justification", ask.Justification, MaxText, lines: true);
        Text(errors, "reason", ask.Reason, MaxName);
        Text(errors, "ticket", ask.Ticket, MaxName);
        Parameters(ask, errors);
        Instant(errors, "start", ask.Start, at);
        Instant(errors, "end", ask.End, at);
        return errors.ToRefusal();
    }

    /// <summary>Checks the ask against the policy that governs it. The refusal's reason is that of the first fault; its errors name every field at fault.</summary>
    public static Refusal? Check(RequestPolicy policy, Ask ask, SubmitFacts facts, DateTimeOffset at)
    {
        var errors = new FieldErrors();
        Why(policy, ask, facts, errors);
        Role(policy, ask, errors);
        Identity(policy, ask, facts, errors);
        Period(policy, ask, at, errors);
        return errors.ToRefusal();
    }

    /// <summary>True where access of this kind is given in a role: the group offers some, and the kind is not one that releases a thing as it is.</summary>
    public static bool NeedsRole(RequestPolicy policy, AccessKind kind) => policy.Roles.Count > 0 && kind is not (AccessKind.Credential or AccessKind.Recording or AccessKind.Settings);

    private static void Resources(IReadOnlyList<string>? resources, FieldErrors errors)
    {
        if (resources is not { Count: > 0 })
        {
            errors.Add("resources", "name at least one resource, such as \"pg-prod/analytics\"");
            return;
        }

        if (resources.Count > MaxResources)
        {
            errors.Add("resources", $"{resources.Count} resources are too many for one request: ask for at most {MaxResources}");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < resources.Count; i++)
        {
            if (ResourceName.Fault(resources[i]) is { } fault) errors.Add($"resources[{i}]", fault);
            else if (!seen.Add(resources[i])) errors.Add($"resources[{i}]", $"\"{resources[i]}\" is named twice");
        }
    }

    /// <summary>The longest value of a parameter.</summary>
    public static int LongestValue(AccessKind kind, string parameter) =>
        kind == AccessKind.Settings && parameter == SettingsChange.DocumentParameter ? SettingsChange.MaxLength : MaxParameterValue;

    private static void Parameters(Ask ask, FieldErrors errors)
    {
        if (ask.Parameters is not { } parameters) return;
        if (parameters.Count > MaxParameters) errors.Add("parameters", $"at most {MaxParameters} parameters");
        foreach (var (name, value) in parameters.Take(MaxParameters))
        {
            if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName || name.Any(char.IsControl)) errors.Add("parameters", $"a parameter's name has 1 to {MaxName} characters");
            else if (value is null) errors.Add($"parameters.{name}", "a value is missing");
            else Text(errors, $"parameters.{name}", value, LongestValue(ask.Kind, name), lines: true);
        }
    }

    private static void Text(FieldErrors errors, string field, string? text, int most, bool lines = false)
    {
        if (text is null) return;
        if (text.Length > most) errors.Add(field, $"at most {most} characters");
        if (text.Any(c => char.IsControl(c) && !(lines && c is '\n' or '\r' or '\t'))) errors.Add(field, "control characters cannot be used here");
    }

    private static void Instant(FieldErrors errors, string field, DateTimeOffset? instant, DateTimeOffset at)
    {
        if (instant is { } given && (given - at).Duration() > Reach) errors.Add(field, "this lies more than ten years from now");
    }

    private static void Why(RequestPolicy policy, Ask ask, SubmitFacts facts, FieldErrors errors)
    {
        if (policy.Mode is not Mode.Allow && string.IsNullOrWhiteSpace(ask.Justification) && string.IsNullOrWhiteSpace(facts.ReusableJustification))
            errors.Add(RefusalReason.InvalidAsk, "justification", "say why this access is needed");

        if (policy.Reasons.Count > 0 && (ask.Reason is null || !policy.Reasons.Contains(ask.Reason, StringComparer.Ordinal)))
            errors.Add(RefusalReason.InvalidAsk, "reason", $"choose one of: {string.Join(", ", policy.Reasons)}");

        if (string.IsNullOrWhiteSpace(ask.Ticket))
        {
            if (policy.TicketRequired) errors.Add(RefusalReason.InvalidAsk, "ticket", $"name the ticket this access is for{Form(policy)}");
        }
        else if (policy.TicketPattern is { } pattern && !TicketPattern.Matches(pattern, ask.Ticket))
        {
            errors.Add(RefusalReason.InvalidAsk, "ticket", $"\"{ask.Ticket}\" is not a ticket of the form {pattern}");
        }

        static string Form(RequestPolicy policy) => policy.TicketPattern is { } pattern ? $", of the form {pattern}" : "";
    }

    private static void Role(RequestPolicy policy, Ask ask, FieldErrors errors)
    {
        if (!string.IsNullOrWhiteSpace(ask.Role))
        {
            if (!policy.Roles.Contains(ask.Role, StringComparer.Ordinal))
                errors.Add(RefusalReason.RoleNotOffered, "role", policy.Roles.Count == 0 ? "no role can be chosen for this access" : $"choose one of: {string.Join(", ", policy.Roles)}");
        }
        else if (policy.Mode is not Mode.Approve && policy.DefaultRole is null && NeedsRole(policy, ask.Kind))
        {
            errors.Add(RefusalReason.RoleRequired, "role", $"nobody reviews this access, so choose a role yourself: {string.Join(", ", policy.Roles)}");
        }
    }

    private static void Identity(RequestPolicy policy, Ask ask, SubmitFacts facts, FieldErrors errors)
    {
        if (ask.Kind is not AccessKind.Role || policy.Identities.Count > 0) return;
        foreach (var platform in ask.Resources.Select(Requests.Resources.PlatformOf).Distinct(StringComparer.Ordinal))
        {
            if (!HasIdentity(facts, platform))
                errors.Add(RefusalReason.IdentityRequired, "resources", $"you have no identity on \"{platform}\" that could get a role: ask an administrator to link yours");
        }
    }

    private static bool HasIdentity(SubmitFacts facts, string platform) => facts.Identities.Any(identity => identity.Platform == platform);

    private static void Period(RequestPolicy policy, Ask ask, DateTimeOffset at, FieldErrors errors)
    {
        var period = Periods.Asked(ask, policy.DefaultDuration, at);
        var last = ask.End is null ? "start" : "end";
        if (period.Start > Periods.Add(at, policy.MaxAdvance))
            errors.Add(RefusalReason.PeriodInvalid, "start", $"access can be asked for at most {Duration.Format(policy.MaxAdvance)} ahead");
        if (period.End <= period.Start) errors.Add(RefusalReason.PeriodInvalid, last, "the end must come after the start");
        else if (period.Length > policy.MaxDuration)
            errors.Add(RefusalReason.PeriodInvalid, last, $"{Duration.Format(period.Length)} is longer than the {Duration.Format(policy.MaxDuration)} that can be given");
        else if (period.End <= at) errors.Add(RefusalReason.PeriodInvalid, last, "this access would already be over: choose a later time");
    }
}
