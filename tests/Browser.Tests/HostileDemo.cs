using AccessFunctions.Browser.Tests;

[assembly: AssemblyFixture(typeof(HostileDemo))]

namespace AccessFunctions.Browser.Tests;

/// <summary>A demo with hostile words in everything that people write: one for all tests that only look at it, filled when the first of them does.</summary>
public sealed class HostileDemo : IAsyncDisposable
{
    private readonly DemoHost _demo = new();
    private readonly Lazy<Task<Seed>> _seed;

    public HostileDemo() => _seed = new(Fill);

    internal static Wording Words => Wording.Hostile;

    /// <summary>The demo's address. <see cref="Seed"/> has been awaited before.</summary>
    public Uri Address => _demo.Address;

    /// <summary>The requests that are there.</summary>
    internal Task<Seed> Seed => _seed.Value;

    public async ValueTask DisposeAsync() => await _demo.DisposeAsync();

    private async Task<Seed> Fill()
    {
        await _demo.Start(null, static folder => Browser.Tests.Seed.Configure(folder, Words), slack: true);
        var seed = new Seed(_demo, Words);
        await seed.History(1);
        await seed.Today();
        return seed;
    }
}
