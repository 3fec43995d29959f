using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>Checks an access group before it is saved. Messages say what is wrong, where and what to do.</summary>
public static class GroupValidation
{
    public const int MaxListed = 1000;
    public const int MaxName = 200;
    public const int MaxDescription = 2000;

    /// <summary>The longest duration, advance and delay: with it no period reaches beyond <see cref="Windows.Horizon"/>.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(366);

    /// <summary>Errors by field path (<c>levels[1].approvers</c>); empty where the group is sound.</summary>
    /// <param name="directory">Finds people and groups, so that solvability is checked for every possible requester.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Validate(AccessGroup group, IApproverDirectory directory)
    {
        // Seats are only counted in a group that is sound otherwise: everything else would be told twice.
        var errors = Document(group, directory);
        if (errors.Count > 0 || Solvability.Problem(group, directory) is not { } problem) return errors;
        return new Dictionary<string, IReadOnlyList<string>> { [problem.Field] = [problem.Message] };
    }

    /// <summary>As <see cref="Validate"/>, without counting seats: a group that was sound can lose its approvers, and is still the policy.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Document(AccessGroup group, IApproverDirectory directory)
    {
        var errors = new FieldErrors();
        Missing(group, errors);
        if (errors.Any) return errors.ByField();

        Names(group, errors);
        Reach(group, directory, errors);
        Asking(group, errors);
        Durations(group, errors);
        Limits(group, errors);
        Roles(group, errors);
        LevelValidation.Check(group, directory, errors);
        return errors.ByField();
    }

    /// <summary>True for what a group may be called: lower-case letters, digits, <c>-</c> and <c>_</c>, at most 63: it is also a file's name.</summary>
    public static bool IsId(string? id) =>
        id is { Length: > 0 and <= 63 } && char.IsAsciiLetterOrDigit(id[0]) && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    /// <summary>Documents can say <c>null</c> where a value belongs.</summary>
    private static void Missing(AccessGroup group, FieldErrors errors)
    {
        foreach (var (field, list) in (ReadOnlySpan<(string, IReadOnlyList<string>?)>)
            [("members", group.Members), ("resources", group.Resources), ("reasons", group.Reasons), ("approvers", group.Approvers),
            ("managerFallback", group.ManagerFallback), ("roles", group.Roles), ("identities", group.Identities)])
        {
            Present(field, list, errors);
        }

        foreach (var (field, list) in (ReadOnlySpan<(string, IReadOnlyList<Window>?)>)[("accessWindows", group.AccessWindows), ("approvalWindows", group.ApprovalWindows)])
        {
            Present(field, list, errors);
            for (var i = 0; i < (list?.Count ?? 0); i++)
            {
                if (list![i] is { Days: null }) errors.Add($"{field}[{i}].days", "a value is missing");
            }
        }

        Present("freezes", group.Freezes, errors);
        Present("levels", group.Levels, errors);
        for (var i = 0; i < (group.Levels?.Count ?? 0); i++)
        {
            if (group.Levels![i] is not { } level) continue;
            Present($"levels[{i}].approvers", level.Approvers, errors);
            Present($"levels[{i}].managerFallback", level.ManagerFallback, errors);
            Present($"levels[{i}].escalateTo", level.EscalateTo, errors);
        }

        if (group.TimeZone is null) errors.Add("timeZone", "a value is missing");
        if (group.Rules is null) errors.Add("rules", "a value is missing");
        else foreach (var kind in group.Rules.Where(rule => rule.Value is null)) errors.Add($"rules.{kind.Key}", "a value is missing");
    }

    private static void Present<T>(string field, IReadOnlyList<T>? list, FieldErrors errors)
    {
        if (list is null) errors.Add(field, "a value is missing: write an empty list for none");
        else if (list.Count > MaxListed) errors.Add(field, $"at most {MaxListed} can be listed");
        else for (var i = 0; i < list.Count; i++) if (list[i] is null) errors.Add($"{field}[{i}]", "a value is missing");
    }

    private static void Names(AccessGroup group, FieldErrors errors)
    {
        if (!IsId(group.Id)) errors.Add("id", $"\"{group.Id}\" cannot be a group's id: use lower-case letters, digits, '-' and '_', at most 63, beginning with a letter or digit");
        if (group.Name?.Length > MaxName) errors.Add("name", $"at most {MaxName} characters");
        if (group.Description?.Length > MaxDescription) errors.Add("description", $"at most {MaxDescription} characters");
        if (Windows.Zone(group.TimeZone) is null) errors.Add("timeZone", $"\"{group.TimeZone}\" is no IANA time zone this machine knows: write one such as \"Europe/Berlin\"");
    }

    private static void Reach(AccessGroup group, IApproverDirectory directory, FieldErrors errors)
    {
        if (group.Members.Count == 0) errors.Add("members", "nobody could use this group: name people, \"group:name\" or \"everyone\"");
        for (var i = 0; i < group.Members.Count; i++)
        {
            if (group.Members[i] == Approvers.Manager || group.Members[i].StartsWith(Approvers.RolePrefix, StringComparison.Ordinal))
                errors.Add($"members[{i}]", $"\"{group.Members[i]}\" cannot be a member: name people, \"group:name\" or \"everyone\"");
            else if (References.Fault(group.Members[i], directory) is { } fault) errors.Add($"members[{i}]", fault);
        }

        if (group.Resources.Count == 0) errors.Add("resources", "name at least one pattern, such as \"pg-prod/*\"");
        for (var i = 0; i < group.Resources.Count; i++)
        {
            if (!Pattern.TryParse(group.Resources[i], out _, out var fault)) errors.Add($"resources[{i}]", fault!);
        }

        if (group.Rules.Count == 0) errors.Add("rules", "name at least one kind of access and its mode, such as Role: { mode: Approve }");
        foreach (var (kind, rule) in group.Rules)
        {
            if (!Enum.IsDefined(kind)) errors.Add($"rules.{kind}", $"there is no such kind of access; the kinds are {string.Join(", ", Enum.GetNames<AccessKind>())}");
            if (rule.RevertAtEnd && kind is not AccessKind.Settings) errors.Add($"rules.{kind}.revertAtEnd", "only Settings is reverted: every other kind of access is taken away at its end");
            if (!Enum.IsDefined(rule.Mode)) errors.Add($"rules.{kind}.mode", $"the modes are {string.Join(", ", Enum.GetNames<Mode>())}");
        }
    }

    private static void Asking(AccessGroup group, FieldErrors errors)
    {
        Texts("reasons", group.Reasons, errors);
        if (group.TicketPattern is { } pattern && TicketPattern.Fault(pattern) is { } fault) errors.Add("ticketPattern", fault);
    }

    private static void Durations(AccessGroup group, FieldErrors errors)
    {
        Positive("defaultDuration", group.DefaultDuration, errors);
        Positive("maxDuration", group.MaxDuration, errors);
        if (group.DefaultDuration > group.MaxDuration)
            errors.Add("defaultDuration", $"{Duration.Format(group.DefaultDuration)} is longer than maxDuration ({Duration.Format(group.MaxDuration)})");
        NotNegative("maxAdvance", group.MaxAdvance, errors);
        NotNegative("extendUpTo", group.ExtendUpTo, errors);
        if (group.ExtendUpTo > group.MaxDuration)
            errors.Add("extendUpTo", $"{Duration.Format(group.ExtendUpTo)} can never be used: access lasts at most maxDuration ({Duration.Format(group.MaxDuration)})");
        Positive("lapseAfter", group.LapseAfter, errors);
        Positive("emergencyReviewWithin", group.EmergencyReviewWithin, errors);
        if (group.ReasonReuse is { } reuse) Positive("reasonReuse", reuse, errors);
        if (group.RemindEvery is { } remind && (remind < TimeSpan.FromMinutes(1) || remind > Longest)) errors.Add("remindEvery", "remind at most once a minute, and at least once a year: between 1m and 366d");
    }

    private static void Limits(AccessGroup group, FieldErrors errors)
    {
        for (var i = 0; i < group.AccessWindows.Count; i++) WindowShape($"accessWindows[{i}]", group.AccessWindows[i], errors);
        for (var i = 0; i < group.ApprovalWindows.Count; i++) WindowShape($"approvalWindows[{i}]", group.ApprovalWindows[i], errors);
        for (var i = 0; i < group.Freezes.Count; i++)
        {
            if (group.Freezes[i].To <= group.Freezes[i].From) errors.Add($"freezes[{i}].to", "a freeze must end after it begins");
            if (group.Freezes[i].Why?.Length > MaxName) errors.Add($"freezes[{i}].why", $"at most {MaxName} characters");
        }
    }

    private static void WindowShape(string field, Window window, FieldErrors errors)
    {
        if (window.Days.Any(day => !Enum.IsDefined(day))) errors.Add($"{field}.days", "the days are Mon, Tue, Wed, Thu, Fri, Sat, Sun");
        else if (window.Days.Distinct().Count() != window.Days.Count) errors.Add($"{field}.days", "a day is named twice");
        if (window.LastDate < window.FirstDate) errors.Add($"{field}.lastDate", "the last date lies before the first");
        else if (Never(window)) errors.Add($"{field}.days", "none of these days lies between the first and the last date: the window would never open");
    }

    private static bool Never(Window window) =>
        window is { Days.Count: > 0, FirstDate: { } first, LastDate: { } last } && last.DayNumber - first.DayNumber < 6
        && !Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Any(add => window.Days.Contains(first.AddDays(add).DayOfWeek));

    private static void Roles(AccessGroup group, FieldErrors errors)
    {
        Texts("roles", group.Roles, errors);
        Texts("identities", group.Identities, errors);
        if (group.DefaultRole is { } role && !group.Roles.Contains(role, StringComparer.Ordinal)) errors.Add("defaultRole", $"\"{role}\" is not among the roles: add it there, or choose one of them");
        if (group.Rules.ContainsKey(AccessKind.Role) && group.Roles.Count == 0) errors.Add("roles", "kind Role needs roles: list those that may be given");
    }

    private static void Texts(string field, IReadOnlyList<string> texts, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < texts.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(texts[i]) || texts[i].Length > MaxName || texts[i].Any(char.IsControl)) errors.Add($"{field}[{i}]", $"write 1 to {MaxName} characters");
            else if (!seen.Add(texts[i])) errors.Add($"{field}[{i}]", $"\"{texts[i]}\" is listed twice");
        }
    }

    private static void Positive(string field, TimeSpan duration, FieldErrors errors)
    {
        if (duration <= TimeSpan.Zero || duration > Longest) errors.Add(field, $"must be longer than nothing and at most {Duration.Format(Longest)}");
    }

    private static void NotNegative(string field, TimeSpan duration, FieldErrors errors)
    {
        if (duration < TimeSpan.Zero || duration > Longest) errors.Add(field, $"must be at most {Duration.Format(Longest)}");
    }
}
