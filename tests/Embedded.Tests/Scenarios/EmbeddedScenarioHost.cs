using AccessFunctions.Api;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Integrations.Vault;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>The embedded host over its own configuration folder, with people who sign in through the demo's issuer.</summary>
internal sealed class EmbeddedScenarioHost : IScenarioHost
{
    private readonly ManualTimeProvider? _time;
    private readonly string _root;
    private DemoIssuer _issuer;
    private EmbeddedHost _host;
    private IReadOnlyDictionary<string, string?>? _settings;

    private EmbeddedScenarioHost(string root, DemoIssuer issuer, EmbeddedHost host, ManualTimeProvider? time) => (_root, _issuer, _host, _time) = (root, issuer, host, time);

    public string Data => Path.Combine(_root, "data");
    public IServiceProvider Services => _host.Services;
    public DateTimeOffset Now => (_time ?? TimeProvider.System).GetUtcNow();

    /// <summary>Starts a host.</summary>
    /// <param name="time">Null: the machine's clock.</param>
    /// <param name="platforms">Platforms besides <c>vault</c> and <c>desk</c>, as items of the YAML list.</param>
    /// <param name="identities">Identities by person, as YAML flow mappings.</param>
    /// <param name="settings">Settings by key.</param>
    public static async Task<EmbeddedScenarioHost> Start(
        ManualTimeProvider? time, IReadOnlyList<AccessGroup>? groups = null, string platforms = "", IReadOnlyDictionary<string, string>? identities = null,
        IReadOnlyDictionary<string, string?>? settings = null)
    {
        var root = Path.Combine(Path.GetTempPath(), "access-scenario-" + Guid.NewGuid().ToString("N"));
        await ScenarioFolder.Write(Path.Combine(root, "config"), groups, platforms, identities);
        Directory.CreateDirectory(Path.Combine(root, "data"));
        var (issuer, host) = await Open(root, time, settings);
        var secrets = host.Services.GetRequiredService<VaultSecrets>();
        foreach (var secret in World.Secrets) await secrets.Seed($"vault/{secret}", new Dictionary<string, string> { ["password"] = $"s3cret-of-{secret}" }, default);
        return new EmbeddedScenarioHost(root, issuer, host, time) { _settings = settings };
    }

    public HttpClient As(string? person)
    {
        // Where an answer leads is part of the answer.
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _host.Address };
        if (person is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", _issuer.Mint(person, TimeSpan.FromHours(1)));
        return client;
    }

    public void Advance(TimeSpan by) => (_time ?? throw new InvalidOperationException("This host runs by the machine's clock.")).Advance(by);

    public IReadOnlyList<DeliveredMail> Mails()
    {
        var folder = Path.Combine(Data, "mail");
        return !Directory.Exists(folder) ? [] : [.. Directory.GetFiles(folder, "*.eml").Select(file => ParsedMail.Read(File.ReadAllBytes(file))).Select(static mail => new DeliveredMail(
            Address(mail["To"])!, mail["Subject"], mail.Parts[0].Body, mail.Parts[1].Body, mail.HeaderNames.Contains("Reply-To") ? Address(mail["Reply-To"]) : null))];

        static string? Address(string mailbox) => mailbox[(mailbox.IndexOf('<', StringComparison.Ordinal) + 1)..].TrimEnd('>');
    }

    /// <summary>Stops the host and starts it again on the same directories.</summary>
    public async Task Restart()
    {
        await Close();
        (_issuer, _host) = await Open(_root, _time, _settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        Directory.Delete(_root, recursive: true);
    }

    private async Task Close()
    {
        await _host.DisposeAsync();
        _issuer.Dispose();
    }

    private static async Task<(DemoIssuer Issuer, EmbeddedHost Host)> Open(string root, ManualTimeProvider? time, IReadOnlyDictionary<string, string?>? settings)
    {
        var clock = (TimeProvider?)time ?? TimeProvider.System;
        var issuer = DemoIssuer.Open(root, clock);
        var host = await EmbeddedHost.Start(new EmbeddedHostOptions
        {
            Data = Path.Combine(root, "data"),
            Config = Path.Combine(root, "config"),
            Urls = "http://127.0.0.1:0",
            Time = clock,
            Settings = settings ?? new Dictionary<string, string?>(),
            Services = services => services.AddDemoSignIn(issuer),
        });
        return (issuer, host);
    }
}
