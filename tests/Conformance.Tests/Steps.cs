using System.Diagnostics;
using Xunit;

namespace AccessFunctions.Conformance.Tests;

/// <summary>Steps that scenarios share.</summary>
public static class Steps
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Asks for the vault's secret, has both levels approve it and waits until it is active; the id.</summary>
    public static async Task<string> Active(this IScenarioHost host)
    {
        var asked = await host.As("alice").AskForSecret();
        await host.As("bob").Approve(asked.Id);
        await host.As("carol").Approve(asked.Id);
        await host.Becomes(host.As("alice"), asked.Id, "Active");
        return asked.Id;
    }

    /// <summary>Waits until the request is in the phase, and returns it.</summary>
    public static async Task<Answer> Becomes(this IScenarioHost host, HttpClient reader, string id, string phase)
    {
        Answer? seen = null;
        await host.Until(async () => (seen = await reader.See(id))["phase"] == phase, $"{id} becomes {phase}", () => seen?.ToString());
        return seen!;
    }

    /// <summary>Waits for a condition that the host reaches by itself.</summary>
    public static async Task Until(this IScenarioHost host, Func<Task<bool>> condition, string what, Func<string?>? seen = null)
    {
        var clock = Stopwatch.StartNew();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            if (clock.Elapsed > Patience) Assert.Fail($"Not within {Patience.TotalSeconds:N0} s of {host.Now:u}: {what}. {seen?.Invoke()}");
            await pause.WaitForNextTickAsync();
        }
    }
}
