using System.Diagnostics;

namespace AccessFunctions.Tests.Shared;

/// <summary>The one place where tests poll: they wait for a condition, never for a time.</summary>
public static class Wait
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Returns once the condition holds.</summary>
    /// <param name="condition">Asked again and again; an exception ends the wait at once.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="what">What is waited for, as the failure will say it: "alice's session to end".</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static async Task Until(Func<Task<bool>> condition, TimeSpan timeout, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > timeout)
                throw new TimeoutException($"Waited {timeout.TotalSeconds:0.#} s for {what}.");
            await Task.Delay(Interval);
        }
    }

    /// <inheritdoc cref="Until(Func{Task{bool}}, TimeSpan, string)"/>
    public static Task Until(Func<bool> condition, TimeSpan timeout, string what) => Until(() => Task.FromResult(condition()), timeout, what);
}
