using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Groups;

/// <summary>The form that edits an access group as a document.</summary>
/// <param name="Document">The text in the form.</param>
/// <param name="Version">The version it would replace.</param>
/// <param name="Changes">What saving would change; null: not looked at yet.</param>
/// <param name="Checked">Names the text whose changes are shown: only that one is saved.</param>
/// <param name="Overtaken">Set where somebody saved another version meanwhile.</param>
public sealed record EditGroupModel(
    AccessGroup Group, string Document, string Version, IReadOnlyList<PageError> Errors, IReadOnlyList<DiffLine>? Changes = null, string? Checked = null, Overtaking? Overtaken = null);

/// <summary>Somebody saved another version since the form was opened.</summary>
/// <param name="By">Who, by name, as far as the audit trail's newest events tell; null: they do not.</param>
public sealed record Overtaking(string? By, DateTimeOffset? At);

/// <summary>Edits an access group in two steps: look at the changes, then save exactly these, against the version that was read.</summary>
internal static class GroupEditing
{
    public const string DocumentField = "document", VersionField = "version", CheckedField = "checked", StepField = "step", Save = "save";

    private const int EventsSearched = 50;

    private static readonly JsonSerializerOptions Readable = new(ApiJson.Documents) { WriteIndented = true };

    public static IReadOnlyList<FormField> Fields { get; } =
    [
        new(DocumentField, "The access group as JSON.", Required: true),
        new(VersionField, "The version that it replaces.", Required: true),
        new(CheckedField, "Names the text whose changes were shown."),
        new(StepField, $"`{Save}` saves what was shown; anything else shows what would change."),
    ];

    public static async Task<IResult> Show(ApiCall call) => call.Service<IAccessGroups>().Find(call.Id) is { } stored
        ? await Form(call, new EditGroupModel(stored.Group, Text(stored.Group), stored.Version, []))
        : RequestHandlers.NotFound(call);

    public static async Task<IResult> Post(ApiCall call)
    {
        var form = call.Form;
        if (call.Service<IAccessGroups>().Find(call.Id) is not { } stored) return RequestHandlers.NotFound(call);
        var model = new EditGroupModel(stored.Group, form[DocumentField] ?? "", form[VersionField] ?? "", []);
        var (group, errors) = Read(call, model.Document);
        if (group is null) return await Form(call, model with { Errors = errors }, StatusCodes.Status422UnprocessableEntity);
        if (model.Version != stored.Version) return await Late(call, model, stored, group);

        // Only what was shown is saved: a text that was changed since is shown first.
        var seen = Name(model.Document, model.Version);
        if (form[StepField] != Save || form[CheckedField] != seen)
            return await Form(call, model with { Changes = Changes(stored, group), Checked = seen });

        var saved = await call.Service<Administration>().SaveGroup(call.Caller, group, model.Version, call.Cancellation);
        if (saved.VersionDiffers)
        {
            return call.Service<IAccessGroups>().Find(call.Id) is { } other ? await Late(call, model, other, group) : RequestHandlers.NotFound(call);
        }

        if (saved.Refusal is { } refusal)
            return refusal.Errors is { Count: > 0 } at ? await Form(call, model with { Errors = Errors(at) }, StatusCodes.Status422UnprocessableEntity) : Answer.Problem(call.Http, refusal);
        return Answer.Empty(StatusCodes.Status303SeeOther).With(("Location", $"{GroupPages.Address(call.Id)}?saved=true"));
    }

    /// <summary>The text stays; the changes are those against what is stored now, which the next step may replace knowingly.</summary>
    private static async Task<IResult> Late(ApiCall call, EditGroupModel model, StoredGroup stored, AccessGroup group)
    {
        var events = await call.Service<IAuditLog>().List(new AuditFilter { Type = EventTypes.Host.PolicySaved }, null, EventsSearched, call.Cancellation);
        var last = events.Items.Select(static row => AuditBody.Read(row).Event).FirstOrDefault(happened => happened.Resource == $"access-group/{call.Id}");
        return await Form(call, model with
        {
            Version = stored.Version,
            Changes = Changes(stored, group),
            Checked = Name(model.Document, stored.Version),
            Overtaken = new Overtaking(last is null ? null : call.Service<IDirectory>().Current.Find(last.Actor)?.Name ?? last.Actor, last?.At),
        }, StatusCodes.Status412PreconditionFailed);
    }

    private static (AccessGroup? Group, IReadOnlyList<PageError> Errors) Read(ApiCall call, string document)
    {
        if (document.Length == 0) return (null, [new PageError(DocumentField, "The document is missing.")]);
        AccessGroup? group;
        try
        {
            group = JsonSerializer.Deserialize<AccessGroup>(document, ApiJson.Documents);
        }
        catch (JsonException exception)
        {
            var (detail, fields) = JsonErrors.Describe(exception);
            return (null, fields.Count == 0 ? [new PageError(DocumentField, detail)] : Errors(fields, exception.LineNumber is { } line ? $" Line {line + 1}." : ""));
        }

        if (group is null) return (null, [new PageError(DocumentField, "The document is null; an object is expected.")]);
        if (!string.Equals(group.Id, call.Id, StringComparison.Ordinal)) return (null, [new PageError(DocumentField, $"id: This is the access group \"{call.Id}\"; an id stays as it is.")]);
        var errors = call.Service<Administration>().CheckGroup(group);
        return errors.Count > 0 ? (null, Errors(errors)) : (group, []);
    }

    private static List<PageError> Errors(IReadOnlyDictionary<string, IReadOnlyList<string>> errors, string where = "") =>
        [.. errors.SelectMany(field => field.Value.Select(message => new PageError(DocumentField, $"{field.Key}: {message}{where}")))];

    private static Task<IResult> Form(ApiCall call, EditGroupModel model, int status = StatusCodes.Status200OK) =>
        call.Show<EditAccessGroupPage, EditGroupModel>(model, status);

    private static IReadOnlyList<DiffLine> Changes(StoredGroup stored, AccessGroup group) => TextDiff.Of(Text(stored.Group), Text(group));

    // Written alike, so that blanks are no change.
    private static string Text(AccessGroup group) => JsonSerializer.Serialize(group, Readable).ReplaceLineEndings("\n");

    private static string Name(string document, string version) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{version}\n{document}")).AsSpan(0, 16));
}
