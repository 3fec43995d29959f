using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Policy;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Groups;

/// <summary>The form that edits an access group as a document.</summary>
/// <param name="Document">The text in the form.</param>
/// <param name="Version">The version it would replace.</param>
public sealed record EditGroupModel(AccessGroup Group, string Document, string Version, IReadOnlyList<PageError> Errors, IPeople People)
{
    /// <summary>What saving would change; null: not looked at yet.</summary>
    public IReadOnlyList<DiffLine>? Changes { get; init; }

    /// <summary>What it would have changed for the requests that were made; null: not looked at.</summary>
    public TrialReport? Trial { get; init; }

    /// <summary>What to ask for, because this change needs approval; null: it is saved at once.</summary>
    public string? Approval { get; init; }

    /// <summary>Names the text whose changes are shown: only that one is saved.</summary>
    public string? Checked { get; init; }

    /// <summary>Set where somebody saved another version meanwhile.</summary>
    public Overtaking? Overtaken { get; init; }

    /// <summary>True: the text is that of an earlier version, put there to be restored.</summary>
    public bool Restores { get; init; }
}

/// <summary>Somebody saved another version since the form was opened.</summary>
/// <param name="By">Who, by name, as far as the audit trail tells; null: it does not.</param>
/// <param name="Changes">What they changed since the version that the form was opened with; null: that one is no longer known.</param>
public sealed record Overtaking(string? By, DateTimeOffset? At, IReadOnlyList<DiffLine>? Changes)
{
    /// <summary>What happened to a group since a version was read.</summary>
    internal static async Task<Overtaking> Since(ApiCall call, StoredGroup stored, string version)
    {
        var last = await GroupHistory.Newest(call, stored.Group.Id);
        var read = await GroupHistory.Find(call, stored.Group.Id, version);
        return new Overtaking(
            last is null ? null : GroupWords.Person(last.By, call.Service<IDirectory>().Current), last?.At,
            read is null ? null : TextDiff.Of(GroupDocuments.Text(read), GroupDocuments.Text(stored.Group)));
    }
}

/// <summary>Edits an access group in two steps: look at the changes, then save exactly these, against the version that was read.</summary>
internal static class GroupEditing
{
    public const string VersionField = "version", CheckedField = "checked", StepField = "step", Save = "save";

    public static IReadOnlyList<FormField> Fields { get; } =
    [
        new(GroupDocuments.Field, "The access group as JSON.", Required: true),
        new(VersionField, "The version that it replaces.", Required: true),
        new(CheckedField, "Names the text whose changes were shown."),
        new(StepField, $"`{Save}` saves what was shown; anything else shows what would change."),
    ];

    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new("version", typeof(string), "The form with the text of this earlier version, to restore it.")];

    public static async Task<IResult> Show(ApiCall call)
    {
        if (call.Service<IAccessGroups>().Find(call.Id) is not { } stored) return RequestHandlers.NotFound(call);
        var model = Model(call, stored, GroupDocuments.Text(stored.Group), stored.Version);
        if (new QueryReader(call).Text("version") is not { } version) return await Form(call, model);
        return await GroupHistory.Find(call, call.Id, version) is { } earlier
            ? await Form(call, model with { Document = GroupDocuments.Text(earlier), Restores = true })
            : await Form(call, model with { Errors = [new PageError(null, "The audit trail does not hold the text of that version. Below is the one that is in force.")] }, StatusCodes.Status404NotFound);
    }

    public static async Task<IResult> Post(ApiCall call)
    {
        var form = call.Form;
        if (call.Service<IAccessGroups>().Find(call.Id) is not { } stored) return RequestHandlers.NotFound(call);
        var model = Model(call, stored, form[GroupDocuments.Field] ?? "", form[VersionField] ?? "");
        var (group, errors) = GroupDocuments.Read(call, model.Document, call.Id);
        if (group is null) return await Form(call, model with { Errors = errors }, StatusCodes.Status422UnprocessableEntity);
        if (model.Version != stored.Version) return await Late(call, model, stored, group);

        // Only what was shown is saved: a text that was changed since is shown first.
        var seen = GroupDocuments.Name(model.Document, model.Version);
        if (form[StepField] != Save || form[CheckedField] != seen)
            return await Form(call, await Looked(call, model, stored, group));

        var saved = await call.Service<Administration>().SaveGroup(call.Caller, group, model.Version, call.Cancellation);
        if (saved is { VersionDiffers: true, Why: { } why }) return await Form(call, model with { Errors = [new PageError(null, why)] }, StatusCodes.Status412PreconditionFailed);
        if (saved.VersionDiffers)
        {
            return call.Service<IAccessGroups>().Find(call.Id) is { } other ? await Late(call, model, other, group) : RequestHandlers.NotFound(call);
        }

        if (saved.Refusal is { } refusal)
            return refusal.Errors is { Count: > 0 } at ? await Form(call, model with { Errors = GroupDocuments.Errors(at) }, StatusCodes.Status422UnprocessableEntity) : Answer.Problem(call.Http, refusal);
        return Answer.SeeOther($"{GroupPages.Address(call.Id)}?saved=true");
    }

    /// <summary>The text stays; the changes are those against what is stored now, which the next step may replace knowingly.</summary>
    private static async Task<IResult> Late(ApiCall call, EditGroupModel model, StoredGroup stored, AccessGroup group)
    {
        var overtaken = await Overtaking.Since(call, stored, model.Version);
        model = await Looked(call, model with { Group = stored.Group, Version = stored.Version }, stored, group);
        return await Form(call, model with { Overtaken = overtaken }, StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<EditGroupModel> Looked(ApiCall call, EditGroupModel model, StoredGroup stored, AccessGroup group)
    {
        var changes = TextDiff.Of(GroupDocuments.Text(stored.Group), GroupDocuments.Text(group));
        return model with
        {
            Changes = changes,
            Trial = changes.Count == 0 ? null : await call.Service<PolicyTrials>().Try(group.Id, group, call.Cancellation),
            Checked = GroupDocuments.Name(model.Document, stored.Version),
        };
    }

    private static EditGroupModel Model(ApiCall call, StoredGroup stored, string document, string version) =>
        new(stored.Group, document, version, [], call.Service<IDirectory>().Current) { Approval = Approval(call, stored.Group.Id) };

    /// <summary>What to ask for instead of saving; null where a change may be saved.</summary>
    internal static string? Approval(ApiCall call, string id) => call.Service<Administration>().ApprovalOfGroup(call.Caller, id);

    private static Task<IResult> Form(ApiCall call, EditGroupModel model, int status = StatusCodes.Status200OK) =>
        call.Show<EditAccessGroupPage, EditGroupModel>(model, status);
}
