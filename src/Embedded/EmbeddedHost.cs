using System.Net;
using System.Net.Sockets;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Embedded.Demo;
using AccessFunctions.Embedded.Hosting;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Integrations.People;
using Microsoft.Extensions.Logging.Console;

namespace AccessFunctions.Embedded;

/// <summary>
/// The whole product in one process: Kestrel, the SQLite store, and what runs in the background. Started, it serves; disposed, it has
/// finished what it had taken and let go of its data directory.
/// </summary>
public sealed class EmbeddedHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Stack<IAsyncDisposable> _parts;
    private readonly DemoIssuer? _issuer;
    private bool _stopped;

    private EmbeddedHost(WebApplication app, Stack<IAsyncDisposable> parts, DemoIssuer? issuer, Uri address) =>
        (_app, _parts, _issuer, Address) = (app, parts, issuer, address);

    /// <summary>The first address it listens on, with the port it got.</summary>
    public Uri Address { get; }

    /// <summary>True where it was started without a configuration folder.</summary>
    public bool IsDemo => _issuer is not null;

    /// <summary>Everything that is registered.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Opens the data directory and the configuration, and starts to serve.</summary>
    /// <exception cref="DataDirectoryException">The directory is in use, of the other kind, or newer.</exception>
    /// <exception cref="ConfigurationException">A configuration file is broken.</exception>
    /// <exception cref="StartupException">An option does not fit; the message says which.</exception>
    public static async Task<EmbeddedHost> Start(EmbeddedHostOptions options, CancellationToken cancellation = default)
    {
        var demo = options.Config is null;
        var urls = WithPorts(options.Urls);
        if (demo && !urls.All(static url => url.IsLoopback))
            throw new StartupException("A demo listens on loopback only, because anyone may sign in as anyone. Use --urls http://localhost:PORT, or name a configuration with --config.");

        // What is opened is closed in the opposite order, also where the start fails half way.
        var parts = new Stack<IAsyncDisposable>();
        try
        {
            var directory = Push(parts, DataDirectory.Take(options.Data));
            var builder = Builder(options, urls, directory.Path);
            var log = LoggerFactory.Create(logging => ConfigureLogging(logging, builder.Configuration, options));
            Push(parts, log);
            var database = Database.Open(directory, demo ? DataKind.Demo : DataKind.Real, log.CreateLogger<Writer>());
            parts.Push(database);
            var overlay = new SqlitePeopleOverlay(database);
            var people = DirectoryServices.People(builder.Configuration);
            await people.Set(await new ProvisionedRows(new SqliteChannelStore(database)).Load(cancellation), cancellation);
            var config = options.Config ?? DemoFolder(directory, options);
            var folder = Push(parts, await ConfigurationFolder.Open(config, overlay, options.Variable, options.Time, log.CreateLogger<ConfigurationFolder>(), cancellation, new LastGoodFiles(directory.File("last-good")), people,
                new RunTimePlatforms(new SqliteChannelStore(database))));
            var issuer = demo ? Push(parts, DemoIssuer.Open(directory.Path, options.Time)) : null;

            Composition.Add(builder.Services, builder.Configuration, new Opened(options, directory, database, overlay, folder, people, issuer, urls[0]));
            TokenlessServer.Add(builder.Services);
            options.Services?.Invoke(builder.Services);
            var app = builder.Build();
            parts.Push(app);
            app.Run(app.Services.GetRequiredService<RequestPipeline>().Serve);
            await Composition.Prepare(app.Services, folder, demo, cancellation);
            await app.StartAsync(cancellation);
            folder.Watch();
            return new EmbeddedHost(app, parts, issuer, urls[0]);
        }
        catch
        {
            await Close(parts);
            throw;
        }
    }

    /// <summary>A bearer token for a person of the demo.</summary>
    /// <exception cref="InvalidOperationException">This is no demo: tokens come from the configured issuers.</exception>
    public string Token(string person, TimeSpan? lifetime = null) =>
        _issuer?.Mint(person, lifetime ?? TimeSpan.FromHours(1)) ?? throw new InvalidOperationException("Only a demo signs tokens.");

    /// <summary>A client that calls as a person of the demo; null: as nobody.</summary>
    public HttpClient Client(string? person = null)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (person is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", Token(person));
        return client;
    }

    /// <summary>Ends when the host was told to stop, by the operating system or by <see cref="Stop"/>.</summary>
    public Task WaitForShutdown(CancellationToken cancellation = default) => _app.WaitForShutdownAsync(cancellation);

    /// <summary>Takes no more calls, finishes what it has taken, makes a checkpoint and closes the store.</summary>
    public async Task Stop()
    {
        if (_stopped) return;
        _stopped = true;
        await _app.StopAsync();
        await Close(_parts);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => new(Stop());

    private static WebApplicationBuilder Builder(EmbeddedHostOptions options, Uri[] urls, string data)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = data, EnvironmentName = Environments.Production });
        if (options.Config is { } config) builder.Configuration.AddJsonFile(Path.Combine(Path.GetFullPath(config), "settings.json"), optional: true, reloadOnChange: false);
        else builder.Configuration.AddInMemoryCollection(DemoConfiguration.Settings);
        builder.Configuration.AddEnvironmentVariables("ACCESS_").AddInMemoryCollection(options.Settings);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls([.. urls.Select(static url => url.ToString())]);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A little above what the pipeline reads, so that it is the pipeline that answers.
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024 + 64 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 48 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
            kestrel.Limits.MaxConcurrentConnections = 2000;
        });
        ConfigureLogging(builder.Logging, builder.Configuration, options);
        if (!options.OwnsProcess) builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(45));
        return builder;
    }

    private static void ConfigureLogging(ILoggingBuilder logging, IConfiguration configuration, EmbeddedHostOptions options)
    {
        logging.ClearProviders();
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);
        if (!options.OwnsProcess) return;
        if (string.Equals(configuration["Host:LogFormat"], "json", StringComparison.OrdinalIgnoreCase))
        {
            logging.AddJsonConsole(static json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        }
        else
        {
            logging.AddSimpleConsole(static simple =>
                (simple.SingleLine, simple.UseUtcTimestamp, simple.TimestampFormat, simple.ColorBehavior) = (true, true, "HH:mm:ss.fff ", LoggerColorBehavior.Disabled));
        }
    }

    private static Uri[] WithPorts(string urls)
    {
        var addresses = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static url => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? address
                : throw new StartupException($"--urls: \"{url}\" is not an address such as http://localhost:7071."))
            .Select(static address => address.Port == 0 ? new UriBuilder(address) { Port = FreePort() }.Uri : address)
            .ToArray();
        return addresses.Length > 0 ? addresses : throw new StartupException("--urls names no address.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string DemoFolder(DataDirectory directory, EmbeddedHostOptions options)
    {
        var folder = directory.File(DemoConfiguration.Folder);
        DemoConfiguration.Write(folder, postgres: !string.IsNullOrEmpty(options.Variable(DemoConfiguration.PostgresVariable)));
        return folder;
    }

    private static T Push<T>(Stack<IAsyncDisposable> parts, T part) where T : IDisposable
    {
        parts.Push(new Closing(part));
        return part;
    }

    private static async Task Close(Stack<IAsyncDisposable> parts)
    {
        while (parts.TryPop(out var part)) await part.DisposeAsync();
    }

    private sealed class Closing(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>For a host inside another program, whose signals are its own.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>The host cannot start as it was asked to; the message says why and what to do.</summary>
public sealed class StartupException(string message) : Exception(message);
