using System.ComponentModel.DataAnnotations;
using System.Net.Http.Headers;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Slack;

/// <summary>Section <c>Slack</c>: the app that posts requests and hears reactions. All of it, or none.</summary>
public sealed class SlackSettings : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Slack";

    /// <summary>The app's bot token (<c>xoxb-…</c>).</summary>
    public string? BotToken { get; set => field = Given(value); }

    /// <summary>What the app's events are signed with; several, separated by commas, while it is rotated.</summary>
    public string? SigningSecret { get; set => field = Given(value); }

    /// <summary>The id of the channel that requests are posted to (<c>C…</c>), which the app was invited to.</summary>
    public string? Channel { get; set => field = Given(value); }

    /// <summary>The workspace's id (<c>T…</c>); events of others are refused.</summary>
    public string? TeamId { get; set => field = Given(value); }

    /// <summary>The app's id (<c>A…</c>); events of others are refused.</summary>
    public string? AppId { get; set => field = Given(value); }

    /// <summary>Where Slack's Web API is.</summary>
    [Required]
    public string ApiAddress { get; set; } = "https://slack.com/api/";

    /// <summary>True where anything of the section is set.</summary>
    public bool IsConfigured => BotToken is not null || SigningSecret is not null || Channel is not null || TeamId is not null || AppId is not null;

    /// <summary>The signing secrets, the one in use and those that are on their way out or in.</summary>
    internal IReadOnlyList<string> SigningSecrets => SigningSecret?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>The address with a slash at its end, so that method names can be joined to it.</summary>
    internal Uri Api => new(ApiAddress.EndsWith('/') ? ApiAddress : ApiAddress + "/");

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsConfigured) yield break;
        if (BotToken is null || !AuthenticationHeaderValue.TryParse($"Bearer {BotToken}", out _) || BotToken.Any(char.IsWhiteSpace))
            yield return new ValidationResult("Slack:BotToken, the bot token of the app (xoxb-…), is missing or not a token.", [nameof(BotToken)]);
        if (VaultReference.IsUnresolved(BotToken)) yield return new ValidationResult($"Slack:BotToken: {VaultReference.Words}", [nameof(BotToken)]);
        if (VaultReference.IsUnresolved(SigningSecret)) yield return new ValidationResult($"Slack:SigningSecret: {VaultReference.Words}", [nameof(SigningSecret)]);
        if (SigningSecrets.Count == 0) yield return new ValidationResult("Slack:SigningSecret, from \"Basic Information\" of the app, is missing.", [nameof(SigningSecret)]);
        if (!IsId(Channel, "CG")) yield return new ValidationResult("Slack:Channel is the id of a channel, such as C0123456789, and not its name.", [nameof(Channel)]);
        if (!IsId(TeamId, "TE")) yield return new ValidationResult("Slack:TeamId is the id of the workspace, such as T0123456789.", [nameof(TeamId)]);
        if (!IsId(AppId, "A")) yield return new ValidationResult("Slack:AppId is the id of the app, such as A0123456789.", [nameof(AppId)]);
        if (!Uri.TryCreate(ApiAddress, UriKind.Absolute, out var api) || api.Query.Length > 0 || api.UserInfo.Length > 0
            || (api.Scheme != Uri.UriSchemeHttps && !(api.Scheme == Uri.UriSchemeHttp && api.IsLoopback)))
        {
            yield return new ValidationResult("Slack:ApiAddress is an https address; leave it out to use Slack's own.", [nameof(ApiAddress)]);
        }
    }

    /// <summary>True for an id as Slack writes them: a letter that says what of, then capitals and digits.</summary>
    internal static bool IsId(string? id, string kinds) =>
        id is { Length: >= 2 and <= 40 } && kinds.Contains(id[0], StringComparison.Ordinal) && id.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));

    // A setting that is there and empty is not set.
    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
