using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Handlers;

/// <summary>Is the process there, and can it serve?</summary>
internal static class HealthHandlers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Task<IResult> Live(ApiCall call) => Task.FromResult<IResult>(Answer.Json(new HealthView(ReadinessStatus.Ok, [])));

    public static async Task<IResult> Ready(ApiCall call)
    {
        var checks = call.Http.RequestServices.GetServices<IReadinessCheck>();
        var parts = await Task.WhenAll(checks.Select(check => Look(check, call.Cancellation)));
        var worst = parts.Length == 0 ? ReadinessStatus.Ok : parts.Max(part => part.Status);
        return Answer.Json(new HealthView(worst, parts), worst == ReadinessStatus.Down ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    private static async Task<HealthPart> Look(IReadinessCheck check, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            var found = await check.Check(patience.Token).WaitAsync(patience.Token);
            return new HealthPart(check.Name, found.Status, found.Words);
        }
#pragma warning disable CA1031 // A check that fails is an answer: down. Its exception may name internals, so it is not shown.
        catch (Exception) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new HealthPart(check.Name, ReadinessStatus.Down, "The check did not answer.");
        }
    }
}

/// <summary>Whether this process can serve.</summary>
/// <param name="Status">The worst of the parts.</param>
public sealed record HealthView(ReadinessStatus Status, IReadOnlyList<HealthPart> Parts);

public sealed record HealthPart(string Name, ReadinessStatus Status, string Words);
