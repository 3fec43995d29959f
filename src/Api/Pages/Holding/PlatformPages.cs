using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Holding;

/// <summary>A connected system.</summary>
/// <param name="Active">How many requests have or get access there now, scheduled ones aside, of those that the reader may see.</param>
/// <param name="More">True where these are too many to count.</param>
/// <param name="Ingestion">How far ingesting it got; null: it was not begun, or the reader does not oversee.</param>
/// <param name="Compared">What the last comparison with requests and ledger came to; null: there was none, or the reader does not oversee.</param>
public sealed record ConnectedPlatform(string Name, string Type, IReadOnlyList<AccessKind> Kinds, int Active, bool More, ReconcileResult? Compared, IngestProgress? Ingestion)
{
    /// <summary>Where a change of its settings is asked for; null: they are changed in the configuration.</summary>
    public string? Change { get; init; }
}

/// <summary>The connected systems.</summary>
/// <param name="Oversees">True: how they compare, and how far ingesting them got, is shown too.</param>
/// <param name="MayIngest">True: the reader may ask for a run.</param>
/// <param name="Differences">How platforms differ from what was given here, the newest; empty where the reader does not oversee.</param>
/// <param name="MoreDifferences">How many there are besides.</param>
public sealed record PlatformsModel(PageQuery Query, IReadOnlyList<ConnectedPlatform> Platforms, bool Oversees, bool MayIngest, IReadOnlyList<Difference> Differences, int MoreDifferences);

/// <summary>Reads them.</summary>
internal static class PlatformPages
{
    private const int ShownDifferences = 100;

    public static async Task<IResult> Show(ApiCall call)
    {
        var oversees = call.Caller.IsAdministrator || call.Caller.IsAuditor;
        var memory = oversees ? await call.Service<IReconcileMemory>().Load(call.Cancellation) : new Reconciled(new Dictionary<string, Difference>(), new Dictionary<string, ReconcilePlace>());
        var compared = memory.Results;
        List<Difference> differences = [.. memory.InOrder()];
        var ingested = oversees ? (await call.Service<IInventoryStore>().Progress(call.Cancellation)).ToDictionary(static one => one.Platform, StringComparer.Ordinal) : [];
        var platforms = await Task.WhenAll(call.Service<IPlatforms>().All.OrderBy(static platform => platform.Name, StringComparer.Ordinal).Select(async platform =>
        {
            var filter = new RequestFilter { Status = Status.Active, Platform = platform.Name, Requester = oversees ? null : call.Caller.Id };
            var active = await call.Service<RequestService>().Count(call.Caller, filter, call.Cancellation);
            return new ConnectedPlatform(platform.Name, platform.Type, platform.Kinds, active.Cells.Where(static cell => LiveGrants.Runs(cell.Phase)).Sum(static cell => cell.Number), active.More, compared.GetValueOrDefault(platform.Name), ingested.GetValueOrDefault(platform.Name))
            {
                Change = call.Caller.IsAdministrator && platform is not ISettingsPlatform && call.Service<Administration>().ApprovalOfPlatform(call.Caller, platform.Name) is { } resource ? SettingsApproval.Address(resource) : null,
            };
        }));
        return await call.Show<PlatformsPage, PlatformsModel>(new PlatformsModel(PageQuery.Of(call.Http.Request), platforms, oversees, call.Caller.IsAdministrator, [.. differences.Take(ShownDifferences)], Math.Max(0, differences.Count - ShownDifferences)));
    }

    /// <summary>The form that asks for a run.</summary>
    public static async Task<IResult> Ingest(ApiCall call) =>
        await call.Service<Ingester>().Ask(call.Caller, call.Id, call.IdempotencyKey, call.Cancellation) is { } refusal
            ? Answer.Problem(call.Http, refusal)
            : Answer.SeeOther($"{Menu.Access}?by={nameof(AccessOrder.Platform)}");
}
