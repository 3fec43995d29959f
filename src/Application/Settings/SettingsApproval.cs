using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Settings;

/// <summary>
/// Which changes of settings have to be approved: those of documents that an access group covers with kind Settings and mode Approve. That holds for
/// everybody, also for those who could not ask themselves. Without a platform of settings nothing could be asked for, and nothing has to be.
/// </summary>
public sealed class SettingsApproval(IAccessGroups groups, IPlatforms? platforms)
{
    /// <summary>Why a document cannot be changed at once, and where its change is asked for; null where it can.</summary>
    /// <param name="caller">Who would change it.</param>
    /// <param name="path">Of <see cref="SettingsPaths"/>.</param>
    /// <param name="cancellation">Ends the reading: a group that another process made a moment ago governs too.</param>
    public async Task<Refusal?> Needed(Caller caller, string path, CancellationToken cancellation)
    {
        await groups.Refresh(cancellation);
        return Governing(caller, path) is not var (group, resource) ? null : new Refusal(RefusalReason.ApprovalRequired,
            $"The access group \"{group.Id}\" says that changes of {resource} need approval. Make a request of kind Settings for it: {Address(resource)}");
    }

    /// <summary>The resource to ask for instead of changing a document at once; null where it may be changed.</summary>
    public string? Resource(Caller caller, string path) => Governing(caller, path)?.Resource;

    /// <summary>The form that asks for a change of this resource.</summary>
    public static string Address(string resource) => $"/request?resource={Uri.EscapeDataString(resource)}&kind={AccessKind.Settings}";

    private (AccessGroup Group, string Resource)? Governing(Caller caller, string path)
    {
        var user = caller.Person.UserName ?? caller.Id;
        foreach (var platform in platforms?.All.OfType<ISettingsPlatform>() ?? [])
        {
            var resource = $"{platform.Name}/{path}";
            if (groups.All.FirstOrDefault(stored => Governs(stored.Group, resource, user)) is { } governing) return (governing.Group, resource);
        }

        return null;
    }

    private static bool Governs(AccessGroup group, string resource, string user) =>
        group.Rules.TryGetValue(AccessKind.Settings, out var rule) && rule.Mode is Mode.Approve
        && group.Resources.Any(text => Pattern.TryParse(text, out var pattern, out _) && pattern!.Matches(resource, user));
}
