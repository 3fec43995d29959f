using System.Text.Json;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Settings;

/// <summary>
/// What is set of people at run time: product roles, the stand-in, the Slack user. A change is of one of the three, because each is saved by itself.
/// People come from the configuration: they are neither made nor removed here. A version is made of what the document says.
/// </summary>
internal sealed class PersonDocuments(IDirectory directory, TimeProvider time) : ISettingsDocuments
{
    private IPeople People => directory.Current;

    public string Folder => SettingsPaths.People;

    public IReadOnlyList<(string Id, string? Words)> All =>
        [.. People.All.Where(static person => person.Active).OrderBy(static person => person.Id, StringComparer.Ordinal).Select(static person => (person.Id, (string?)person.Name))];

    public bool MayBe(string id) => People.Find(id) is not null;

    public Task<SettingsDocument> Find(string id, CancellationToken cancellation)
    {
        var text = PersonSettings.Of(People, id) is { } settings ? DocumentText.Write(settings) : null;
        return Task.FromResult(new SettingsDocument(text is null ? null : DocumentText.Version(text), text));
    }

    public string? Read(string id, string written, List<string> faults)
    {
        var (settings, goes) = DocumentText.Read(written, id, ConfigurationJson.PersonSettings, faults);
        if (goes) faults.Add("people come from people.yaml: they do not go here");
        if (settings is null) return null;
        settings = settings with { Roles = [.. settings.Roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] };
        if (settings.StandIn is { } standIn) settings = settings with { StandIn = standIn with { From = standIn.From.ToUniversalTime(), Until = standIn.Until.ToUniversalTime() } };
        if (!string.Equals(settings.Id, id, StringComparison.Ordinal)) faults.Add($"id: this is the person \"{id}\"; an id stays as it is");
        else faults.AddRange([.. Check(settings, time.GetUtcNow()), .. Given(settings)]);
        if (faults.Count == 0 && PersonSettings.Of(People, id)?.Differences(settings) is { Count: > 1 } parts)
            faults.Add($"{string.Join(" and ", parts)} would change: ask for each by itself");
        return faults.Count > 0 ? null : DocumentText.Write(settings);
    }

    public IReadOnlyList<string> Faults(string id, string? text) => text is null || !MayBe(id) ? ["there is no such person"] : Check(Settings(text), null);

    public async Task<SavedDocument?> Save(string id, string? text, string? replaces, CancellationToken cancellation)
    {
        if (text is null || PersonSettings.Of(People, id) is not { } now || DocumentText.Version(DocumentText.Write(now)) != replaces) return null;
        return await directory.Replace(now, Settings(text), cancellation) ? new SavedDocument(DocumentText.Version(text)) : null;
    }

    public string? Hindrance(string id) => null;

    /// <summary>As an administrator's own changes are told.</summary>
    public IReadOnlyList<(string Type, string Resource, IReadOnlyDictionary<string, string> More)> Told(string id, string? before, string? after, string? version)
    {
        var (was, now) = (Settings(before!), Settings(after!));
        return [.. was.Differences(now).Select(part => Told(part, was, now, version ?? ""))];
    }

    private static (string, string, IReadOnlyDictionary<string, string>) Told(string part, PersonSettings was, PersonSettings now, string version)
    {
        var more = new Dictionary<string, string> { ["version"] = version };
        switch (part)
        {
            case PersonSettings.RolesPart:
                more["roles"] = string.Join(",", now.Roles);
                return (EventTypes.Host.RolesChanged, $"person/{now.Id}", more);
            case PersonSettings.SlackUserPart:
                more["slackUser"] = now.SlackUserId ?? was.SlackUserId ?? "";
                return (now.SlackUserId is null ? EventTypes.Host.SlackUnlinked : EventTypes.Host.SlackLinked, $"person/{now.Id}", more);
            default:
                if (now.StandIn is { } standIn) (more["standIn"], more["from"], more["until"]) = (standIn.Person, standIn.From.ToString("O"), standIn.Until.ToString("O"));
                return (EventTypes.Host.DelegationChanged, $"person/{now.Id}", more);
        }
    }

    private IReadOnlyList<string> Check(PersonSettings settings, DateTimeOffset? now)
    {
        var errors = new FieldErrors();
        PersonRules.CheckRoles(People, settings.Id, settings.Roles, errors);
        if (settings.Delegation is { } delegation && delegation != PersonSettings.Of(People, settings.Id)?.Delegation) PersonRules.CheckStandIn(People, settings.Id, delegation, now, errors);
        if (settings.SlackUserId is { } user)
        {
            if (!SlackUsers.IsId(user)) errors.Add("slackUserId", "this is not a Slack member id, such as U0123456789");
            else if (People.All.Any(other => other.Id != settings.Id && string.Equals(other.SlackUserId, user, StringComparison.Ordinal))) errors.Add("slackUserId", "this Slack user is linked to another person");
        }

        return [.. DocumentText.Sentences(errors.ByField())];
    }

    /// <summary>Not asked where something is put back: that has to be possible.</summary>
    private IReadOnlyList<string> Given(PersonSettings settings)
    {
        var errors = new FieldErrors();
        PersonRules.CheckGiven(People, settings.Id, settings.Roles, errors);
        return [.. DocumentText.Sentences(errors.ByField())];
    }

    private static PersonSettings Settings(string text) => JsonSerializer.Deserialize<PersonSettings>(text, DomainJson.Default.Options) ?? throw new JsonException("The document is null.");
}
