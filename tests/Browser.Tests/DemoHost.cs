using AccessFunctions.Embedded;

namespace AccessFunctions.Browser.Tests;

/// <summary>A demo as people start it, on a port and in a directory of its own.</summary>
public sealed class DemoHost : IAsyncLifetime
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), "access-browser-" + Guid.NewGuid().ToString("N"));
    private EmbeddedHost? _host;

    public Uri Address => _host!.Address;

    public async ValueTask InitializeAsync() => _host = await EmbeddedHost.Start(new EmbeddedHostOptions { Data = _data, Urls = "http://localhost:0", Variable = static _ => null });

    /// <summary>A client that calls the API as a person.</summary>
    public HttpClient As(string person) => _host!.Client(person);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
    }
}
