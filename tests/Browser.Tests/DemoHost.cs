using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Embedded;
using AccessFunctions.Embedded.Demo;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Browser.Tests;

/// <summary>A demo as people start it, on a port and in a directory of its own.</summary>
public sealed class DemoHost : IAsyncLifetime
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), "access-browser-" + Guid.NewGuid().ToString("N"));
    private readonly ShiftedTime _time = new();
    private EmbeddedHost? _host;

    public Uri Address => _host!.Address;

    public async ValueTask InitializeAsync() => await Start(null);

    /// <summary>Starts it.</summary>
    /// <param name="postgres">Also with this server, as an administrator's connection string; null: without one.</param>
    /// <param name="configure">Writes files into the demo's configuration folder, in place of the demo's own.</param>
    /// <param name="slack">With Slack as far as people link their users there: it takes every code, and sends nothing.</param>
    public async Task Start(string? postgres, Action<string>? configure = null, bool slack = false)
    {
        if (configure is not null)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_data, DemoConfiguration.Folder)).FullName;
            configure(folder);
        }

        _host = await EmbeddedHost.Start(new EmbeddedHostOptions
        {
            Data = _data,
            Urls = "http://localhost:0",
            Time = _time,
            Variable = name => name == DemoConfiguration.PostgresVariable ? postgres : null,
            Services = services =>
            {
                if (slack) services.AddSingleton<ISlackDirect, SilentSlack>();
            },
        });
    }

    /// <summary>Sets the host's clock: it says what it was so long ago. Zero: it is right.</summary>
    public void Back(TimeSpan by) => _time.Back = by;

    /// <summary>A client that calls the API as a person.</summary>
    public HttpClient As(string person) => _host!.Client(person);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
    }

    private sealed class SilentSlack : ISlackDirect
    {
        public Task<SlackDelivery> SendCode(string user, string code, Person person, CancellationToken cancellation) => Task.FromResult(SlackDelivery.Taken);
    }

    /// <summary>The machine's clock, which can be set back so that requests are made in the past.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        private long _back;

        public TimeSpan Back
        {
            set => Interlocked.Exchange(ref _back, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - new TimeSpan(Interlocked.Read(ref _back));
    }
}
