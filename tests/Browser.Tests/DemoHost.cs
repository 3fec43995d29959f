using AccessFunctions.Embedded;
using AccessFunctions.Embedded.Demo;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Browser.Tests;

/// <summary>A demo as people start it, on a port and in a directory of its own.</summary>
public sealed class DemoHost : IAsyncLifetime
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), "access-browser-" + Guid.NewGuid().ToString("N"));
    private EmbeddedHost? _host;

    public Uri Address => _host!.Address;

    public async ValueTask InitializeAsync() => await Start(null);

    /// <summary>Starts it.</summary>
    /// <param name="postgres">Also with this server, as an administrator's connection string; null: without one.</param>
    /// <param name="configure">Writes files into the demo's configuration folder, in place of the demo's own.</param>
    public async Task Start(string? postgres, Action<string>? configure = null)
    {
        if (configure is not null)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_data, DemoConfiguration.Folder)).FullName;
            Directory.CreateDirectory(Path.Combine(folder, "access-groups"));
            configure(folder);
        }

        _host = await EmbeddedHost.Start(new EmbeddedHostOptions { Data = _data, Urls = "http://localhost:0", Variable = name => name == DemoConfiguration.PostgresVariable ? postgres : null });
    }

    /// <summary>A client that calls the API as a person.</summary>
    public HttpClient As(string person) => _host!.Client(person);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
    }
}
