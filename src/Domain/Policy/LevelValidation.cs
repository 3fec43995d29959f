using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>Checks how a group decides: levels, counts, references, escalation.</summary>
internal static class LevelValidation
{
    public const int MaxLevels = 20;
    public const int MaxRequired = 100;

    public static void Check(AccessGroup group, IApproverDirectory directory, FieldErrors errors)
    {
        if (group.Levels.Count > MaxLevels) errors.Add("levels", $"at most {MaxLevels} levels");
        if (group.Levels.Count > 0) Totals(group, errors);
        var levels = group.EffectiveLevels();
        for (var i = 0; i < levels.Count; i++) Level(group, levels[i], group.Levels.Count > 0 ? $"levels[{i}]." : "", first: i == 0, directory, errors);

        if (levels.Count > 0) return;
        foreach (var (kind, rule) in group.Rules)
        {
            if (rule.Mode is Mode.Approve) errors.Add($"rules.{kind}.mode", "mode Approve needs approvers: add levels, or approvers and approvalsRequired");
        }

        if (group.AllowEmergency) errors.Add("allowEmergency", "an emergency has to be reviewed: name approvers");
    }

    private static void Totals(AccessGroup group, FieldErrors errors)
    {
        const string Instead = "a group with levels decides level by level: move this into them";
        if (group.Approvers.Count > 0) errors.Add("approvers", Instead);
        if (group.ManagerFallback.Count > 0) errors.Add("managerFallback", Instead);
        if (group.ApprovalsRequired != 1) errors.Add("approvalsRequired", Instead);
        if (group.DenialsRequired != 1) errors.Add("denialsRequired", Instead);
    }

    private static void Level(AccessGroup group, LevelPolicy level, string path, bool first, IApproverDirectory directory, FieldErrors errors)
    {
        Listed($"{path}approvers", level.Approvers, directory, errors);
        Listed($"{path}managerFallback", level.ManagerFallback, directory, errors);
        Listed($"{path}escalateTo", level.EscalateTo, directory, errors);
        Count($"{path}approvalsRequired", level.ApprovalsRequired, errors);
        Count($"{path}denialsRequired", level.DenialsRequired, errors);

        var managed = first && group.AddManager;
        if (level.Approvers.Count == 0 && !managed) errors.Add($"{path}approvers", "name people, \"group:name\", \"role:Reviewer\" or \"manager\"");
        if (level.ManagerFallback.Contains(Approvers.Manager)) errors.Add($"{path}managerFallback", "the manager cannot stand in for the manager: name people, groups or roles");
        if (level.ManagerFallback.Count == 0 && (level.Approvers.Contains(Approvers.Manager) || (managed && level.Approvers.Count == 0)))
            errors.Add($"{path}managerFallback", "this level rests on the manager: name who decides for people who have none");

        if (level.EscalateAfter is { } after)
        {
            if (after <= TimeSpan.Zero) errors.Add($"{path}escalateAfter", "must be longer than nothing");
            if (after >= group.LapseAfter)
                errors.Add($"{path}escalateAfter", $"after {Duration.Format(after)} the request has lapsed (lapseAfter is {Duration.Format(group.LapseAfter)}): escalate earlier, or lapse later");
            if (level.EscalateTo.Count == 0) errors.Add($"{path}escalateTo", "name who joins the level when it escalates");
        }

        if (!Enum.IsDefined(level.MinimumAssurance) || level.MinimumAssurance is Channel.System)
            errors.Add($"{path}minimumAssurance", $"choose one of: {string.Join(", ", Enum.GetNames<Channel>().Skip(1))}");
    }

    private static void Listed(string field, IReadOnlyList<string> references, IApproverDirectory directory, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < references.Count; i++)
        {
            if (References.Fault(references[i], directory) is { } fault) errors.Add($"{field}[{i}]", fault);
            else if (!seen.Add(references[i])) errors.Add($"{field}[{i}]", $"\"{references[i]}\" is named twice");
        }
    }

    private static void Count(string field, int count, FieldErrors errors)
    {
        if (count is < 1 or > MaxRequired) errors.Add(field, $"must be between 1 and {MaxRequired}");
    }
}
