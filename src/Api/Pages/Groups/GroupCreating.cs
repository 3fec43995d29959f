using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Groups;

/// <summary>The form that makes an access group.</summary>
/// <param name="Id">Its id as it was written.</param>
/// <param name="Document">The rest of it.</param>
public sealed record NewGroupModel(string Id, string Document, IReadOnlyList<PageError> Errors, IPeople People)
{
    /// <summary>What it would have changed for the requests that were made; null: not looked at yet.</summary>
    public TrialReport? Trial { get; init; }

    /// <summary>What to ask for, because this change needs approval; null: it is saved at once.</summary>
    public string? Approval { get; init; }

    /// <summary>Names the text that was looked at: only that one is saved.</summary>
    public string? Checked { get; init; }

    /// <summary>The address of the group that has the id already; null: none has.</summary>
    public string? Taken { get; init; }
}

/// <summary>Makes an access group in two steps, as <see cref="GroupEditing"/> changes one. Nothing that is there is ever replaced.</summary>
internal static class GroupCreating
{
    public const string Address = "/new-access-group";

    /// <summary>A sound beginning: what has to be said, and what most groups say.</summary>
    private const string Beginning = """
        {
          "name": "",
          "description": "",
          "members": ["group:name-of-a-group"],
          "resources": ["platform/path"],
          "rules": { "Role": { "mode": "Approve" } },
          "levels": [
            { "approvers": ["manager"], "approvalsRequired": 1, "denialsRequired": 1 }
          ],
          "roles": [],
          "defaultDuration": "1h",
          "maxDuration": "8h",
          "allowEmergency": false
        }
        """;

    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("from", typeof(string), "The form with the text of this access group, or of one that was deleted."),
        new("version", typeof(string), "Of that group, this earlier version."),
    ];

    public static IReadOnlyList<FormField> Fields { get; } =
    [
        new(GroupDocuments.IdField, "The id of the new access group; it stays for good.", Required: true),
        new(GroupDocuments.Field, "The access group as JSON; its `id` may be left out.", Required: true),
        new(GroupEditing.CheckedField, "Names the text that was looked at."),
        new(GroupEditing.StepField, $"`{GroupEditing.Save}` saves what was looked at; anything else looks at it."),
    ];

    public static async Task<IResult> Show(ApiCall call)
    {
        var query = new QueryReader(call);
        var model = new NewGroupModel("", Beginning.ReplaceLineEndings("\n"), [], call.Service<IDirectory>().Current);
        if (query.Text("from") is not { } from) return await Form(call, model);
        var stored = call.Service<IAccessGroups>().Find(from)?.Group;
        var copied = query.Text("version") is { } version ? await GroupHistory.Find(call, from, version) : stored;
        return copied is null
            ? await Form(call, model with { Errors = [new PageError(null, "There is no such access group, and the audit trail does not hold that text.")] }, StatusCodes.Status404NotFound)
            : await Form(call, model with { Id = stored is null ? from : "", Document = GroupDocuments.TextWithoutId(copied) });
    }

    public static async Task<IResult> Post(ApiCall call)
    {
        var form = call.Form;
        var model = new NewGroupModel(form[GroupDocuments.IdField] ?? "", form[GroupDocuments.Field] ?? "", [], call.Service<IDirectory>().Current);
        if (model.Id.Length == 0) return await Mend(call, model, [new PageError(GroupDocuments.IdField, "Give the access group an id.")]);
        var (group, errors) = GroupDocuments.Read(call, model.Document, model.Id);
        if (group is null) return await Mend(call, model, errors);
        if (call.Service<IAccessGroups>().Find(model.Id) is not null) return await Taken(call, model);

        var seen = GroupDocuments.Name(model.Document, model.Id);
        if (form[GroupEditing.StepField] != GroupEditing.Save || form[GroupEditing.CheckedField] != seen)
        {
            var trial = await call.Service<PolicyTrials>().Try(group.Id, group, call.Cancellation);
            return await Form(call, model with { Trial = trial, Checked = seen, Approval = GroupEditing.Approval(call, group.Id) });
        }

        var saved = await call.Service<Administration>().SaveGroup(call.Caller, group, ifMatch: null, call.Cancellation);
        if (saved.VersionDiffers) return await Taken(call, model);
        if (saved.Refusal is { } refusal) return refusal.Errors is { Count: > 0 } at ? await Mend(call, model, GroupDocuments.Errors(at)) : Answer.Problem(call.Http, refusal);
        return Answer.SeeOther($"{GroupPages.Address(group.Id)}?saved=true");
    }

    private static Task<IResult> Taken(ApiCall call, NewGroupModel model) => Form(call, model with
    {
        Errors = [new PageError(GroupDocuments.IdField, $"There is an access group \"{model.Id}\" already. Choose another id, or edit that one.")],
        Taken = GroupPages.Address(model.Id),
    }, StatusCodes.Status412PreconditionFailed);

    private static Task<IResult> Mend(ApiCall call, NewGroupModel model, IReadOnlyList<PageError> errors) =>
        Form(call, model with { Errors = [.. errors.Select(static error => error.Message.StartsWith("id: ", StringComparison.Ordinal) ? new PageError(GroupDocuments.IdField, error.Message[4..]) : error)] }, StatusCodes.Status422UnprocessableEntity);

    private static Task<IResult> Form(ApiCall call, NewGroupModel model, int status = StatusCodes.Status200OK) =>
        call.Show<NewAccessGroupPage, NewGroupModel>(model, status);
}
