using System.Reflection;
using AccessFunctions.Api;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Functions.Hosting;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Tests.Durable;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Functions.Timers;
using AccessFunctions.Integrations.Vault;
using AccessFunctions.Tests.Shared;
using Azure.Communication.Email;
using Azure.Data.Tables;
using Azure.Messaging.EventHubs.Producer;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Tests.Scenarios;

/// <summary>
/// The Azure host as composed, behind Kestrel: every HTTP function is served at its trigger's route, the orchestration service, tables,
/// event hub, mail and key vault are those in memory. Only the worker and the Functions host are not there.
/// </summary>
internal sealed class AzureScenarioHost : IScenarioHost
{
    private readonly string _root;
    private readonly DemoIssuer _issuer;
    private readonly WebApplication _app;
    private readonly FakeDurableService _service;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;

    private AzureScenarioHost(string root, DemoIssuer issuer, WebApplication app, FakeDurableService service)
    {
        (_root, _issuer, _app, _service) = (root, issuer, app, service);
        _pump = Task.Run(() => service.Pump(_stop.Token));
    }

    public DateTimeOffset Now => _service.Time.GetUtcNow();
    public IServiceProvider Services => _app.Services;
    public FakeDurableService Orchestrations => _service;

    /// <summary>Starts a host with the people, platforms and groups of <see cref="World"/>.</summary>
    /// <param name="groups">Null: those of the world.</param>
    /// <param name="settings">Settings besides those that every such host has.</param>
    /// <param name="platforms">Platforms besides <c>vault</c> and <c>desk</c>, as items of the YAML list.</param>
    /// <param name="identities">Identities by person, as YAML flow mappings.</param>
    public static async Task<AzureScenarioHost> Start(
        ManualTimeProvider time, IReadOnlyList<AccessGroup>? groups = null, IReadOnlyDictionary<string, string?>? settings = null, string platforms = "",
        IReadOnlyDictionary<string, string>? identities = null)
    {
        var root = Directory.CreateTempSubdirectory("access-azure-").FullName;
        await ScenarioFolder.Write(Path.Combine(root, "config"), groups, platforms, identities);
        var issuer = DemoIssuer.Open(root, time);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = root, EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Config:Folder"] = Path.Combine(root, "config"),
            ["Tables:Endpoint"] = "https://fake.table.core.windows.net",
            ["KeyVault:Uri"] = "https://fake.vault.azure.net",
            ["EventHubs:Namespace"] = "fake.servicebus.windows.net",
            ["EventHubs:Hub"] = "audit",
            ["Mail:Endpoint"] = "https://fake.communication.azure.com",
            ["Mail:FromAddress"] = "access@example.org",
        });
        if (settings is not null) builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddAccessFunctions(builder.Configuration);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<TableServiceClient>(new FakeTableService(time));
        builder.Services.AddSingleton<SecretClient>(new FakeSecretClient());
        builder.Services.AddSingleton<EventHubProducerClient>(new FakeEventHub());
        builder.Services.AddSingleton<EmailClient>(new FakeEmailService());
        builder.Services.AddSingleton(new SignalWait { First = TimeSpan.FromMilliseconds(5), Longest = TimeSpan.FromMilliseconds(20), Patience = TimeSpan.FromMinutes(2) });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddDemoSignIn(issuer);

        var app = builder.Build();
        var service = new FakeDurableService(time, () => app.Services);
        foreach (var (function, trigger) in HttpFunctions()) Serve(app, function, trigger, service.Client);
        await app.StartAsync();
        var secrets = app.Services.GetRequiredService<VaultSecrets>();
        foreach (var secret in World.Secrets) await secrets.Seed($"vault/{secret}", new Dictionary<string, string> { ["password"] = $"s3cret-of-{secret}" }, default);
        return new AzureScenarioHost(root, issuer, app, service);
    }

    public HttpClient As(string? person)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        if (person is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", _issuer.Mint(person, TimeSpan.FromHours(1)));
        return client;
    }

    public IReadOnlyList<DeliveredMail> Mails()
    {
        var service = (FakeEmailService)_app.Services.GetRequiredService<EmailClient>();
        lock (service.Sent)
        {
            return [.. service.Sent.Select(static sent => new DeliveredMail(
                sent.Message.Recipients.To[0].Address, sent.Message.Content.Subject, sent.Message.Content.PlainText, sent.Message.Content.Html,
                sent.Message.ReplyTo.Count > 0 ? sent.Message.ReplyTo[0].Address : null))];
        }
    }

    public void Advance(TimeSpan by) => Task.Run(() => _service.Advance(by)).GetAwaiter().GetResult();

    /// <summary>One turn of the timer.</summary>
    public Task Ingest() => ActivatorUtilities.CreateInstance<TimerFunctions>(Services).Ingest(new TimerInfo(), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pump; // what went wrong in an orchestration fails the test here at the latest
        await _app.StopAsync();
        await _app.DisposeAsync();
        _issuer.Dispose();
        _service.Dispose();
        _stop.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private static IEnumerable<(MethodInfo Function, HttpTriggerAttribute Trigger)> HttpFunctions() =>
        from type in typeof(RequestOrchestration).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        let trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(trigger => trigger is not null)
        where trigger is not null
        select (method, trigger);

    private static void Serve(WebApplication app, MethodInfo function, HttpTriggerAttribute trigger, DurableTaskClient client)
    {
        RequestDelegate serve = async http =>
        {
            var instance = ActivatorUtilities.CreateInstance(http.RequestServices, function.DeclaringType!);
            var arguments = function.GetParameters().Select(parameter =>
                parameter.ParameterType == typeof(HttpRequest) ? http.Request
                : parameter.ParameterType == typeof(DurableTaskClient) ? client
                : parameter.ParameterType == typeof(CancellationToken) ? http.RequestAborted
                : parameter.ParameterType == typeof(string) ? (object?)http.Request.RouteValues[parameter.Name!]
                : throw new InvalidOperationException($"Nothing binds {parameter.Name} of {function.Name}.")).ToArray();
            var result = await (Task<IResult>)function.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
            await result.ExecuteAsync(http);
        };
        var route = "/" + trigger.Route!.TrimStart('/');
        if (trigger.Methods is { Length: > 0 } methods) app.MapMethods(route, methods.Select(method => method.ToUpperInvariant()), serve);
        else app.Map(route, serve);
    }

    /// <summary>The signals of the process are the test runner's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
