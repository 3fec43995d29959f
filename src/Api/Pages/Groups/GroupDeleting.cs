using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Groups;

/// <summary>Asks whether an access group shall go.</summary>
/// <param name="Trial">What would have been otherwise for the requests that were made; null: not asked for.</param>
/// <param name="Overtaken">Set where somebody saved another version since this was asked.</param>
/// <param name="Why">Why it cannot be deleted at all; null: nothing stands against it.</param>
public sealed record DeleteGroupModel(StoredGroup Stored, TrialReport? Trial, IPeople People, Overtaking? Overtaken = null, string? Why = null)
{
    /// <summary>What to ask for, because deleting it needs approval; null: it is deleted at once.</summary>
    public string? Approval { get; init; }
}

/// <summary>Deletes an access group, in the version that the page showed.</summary>
internal static class GroupDeleting
{
    private const string TrialParameter = "trial";

    public static IReadOnlyList<FormField> Fields { get; } = [new(GroupEditing.VersionField, "The version that was shown.", Required: true)];

    /// <summary>The trial reads a month's requests: only where somebody asks for it.</summary>
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new(TrialParameter, typeof(bool), "true: also what would have been otherwise in the last 30 days.")];

    public static async Task<IResult> Show(ApiCall call) => call.Service<IAccessGroups>().Find(call.Id) is { } stored
        ? await Page(call, stored, null, StatusCodes.Status200OK, trial: new QueryReader(call).Flag(TrialParameter) == true)
        : RequestHandlers.NotFound(call);

    public static async Task<IResult> Post(ApiCall call)
    {
        var version = call.Form[GroupEditing.VersionField] ?? "";
        var deleted = await call.Service<Administration>().DeleteGroup(call.Caller, call.Id, version, call.Cancellation);
        if (deleted.Refusal is { } refusal) return Answer.Problem(call.Http, refusal);
        if (!deleted.VersionDiffers) return Answer.SeeOther($"/access-groups?deleted={Uri.EscapeDataString(call.Id)}");
        return call.Service<IAccessGroups>().Find(call.Id) is { } stored
            ? await Page(call, stored, deleted.Why is null ? await Overtaking.Since(call, stored, version) : null, StatusCodes.Status412PreconditionFailed, deleted.Why)
            : RequestHandlers.NotFound(call);
    }

    private static async Task<IResult> Page(ApiCall call, StoredGroup stored, Overtaking? overtaken, int status, string? why = null, bool trial = false) =>
        await call.Show<DeleteAccessGroupPage, DeleteGroupModel>(new DeleteGroupModel(
            stored, trial ? await call.Service<PolicyTrials>().Try(stored.Group.Id, null, call.Cancellation) : null, call.Service<IDirectory>().Current, overtaken, why)
        {
            Approval = GroupEditing.Approval(call, stored.Group.Id),
        }, status);
}
