using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Retention;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Support;

/// <summary>
/// The whole API without a socket: the real pipeline, use cases and decider; ports in memory or substituted. People: alice (asks), bob
/// (level 1), carol (level 2), dave (Admin), erin (Auditor), olga (nobody in particular), zoe (left).
/// </summary>
internal sealed class TestApi : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("af-api-").FullName;
    private readonly ServiceProvider _services;

    public TestApi(Action<IServiceCollection>? more = null, IReadOnlyDictionary<string, string?>? settings = null, bool demo = true, DateTimeOffset? now = null)
    {
        Clock = now is { } start ? new ManualTimeProvider(start) : new ManualTimeProvider();
        Requests = new MemoryRequests(Clock);
        Issuer = DemoIssuer.Open(_data, Clock);
        Platform = Substitute.For<IPlatform>();
        Platform.Name.Returns("pg");
        Platform.Type.Returns("postgres");
        Platform.Kinds.Returns([AccessKind.Role, AccessKind.Credential]);
        Platform.Resources(Arg.Any<CancellationToken>()).Returns([new PlatformResource("pg/sales", "Sales", [AccessKind.Role, AccessKind.Credential]), new PlatformResource("pg/hidden", null, [AccessKind.Role])]);
        Platforms = Substitute.For<IPlatforms>();
        Platforms.All.Returns(_ => [Platform]);
        Platforms.Find(default!).ReturnsForAnyArgs((IPlatform?)null);
        Platforms.Find("pg").Returns(Platform);
        Platforms.Find("rec").Returns(Recordings.Platform);
        Audit = Substitute.For<IAuditLog>();
        Audit.Append(Arg.Do<AuditEvent>(happened => (happened.Type == EventTypes.Host.SignInSucceeded ? SignIns : AuditTrail).Add(happened)), Arg.Any<CancellationToken>()).Returns(Task.CompletedTask);

        Audit.Stream(default!, default).ReturnsForAnyArgs(stream => Requests.Chain(stream.Arg<string>()).ToArray());
        Audit.List(default!, default, default, default).ReturnsForAnyArgs(call => About(call.ArgAt<AuditFilter?>(0)?.Resource, call.ArgAt<string?>(1), call.ArgAt<int>(2)));

        Notices.Of(default!, default).ReturnsForAnyArgs([]);
        Holds.All(default).ReturnsForAnyArgs([]);
        Holds.Find(default!, default).ReturnsForAnyArgs((LegalHold?)null);
        Retention.LastRun(default).ReturnsForAnyArgs((RetentionRun?)null);
        Retention.Of(default!, default).ReturnsForAnyArgs(AsyncEnumerable.Empty<string>());
        Compared.Load(default).ReturnsForAnyArgs(new Reconciled(new Dictionary<string, Difference>(), new Dictionary<string, ReconcilePlace>()));

        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(Log);
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IDirectory>(People);
        services.AddSingleton<IAccessGroups>(Groups);
        services.AddSingleton<IRequestWorkflow>(Requests);
        services.AddSingleton<IRequestReader>(Requests);
        services.AddSingleton(Platforms);
        services.AddSingleton(Audit);
        services.AddSingleton(Notices);
        services.AddSingleton(Compared);
        services.AddSingleton<IInventoryStore>(Inventory);
        services.AddSingleton(new IngestSettings(TimeSpan.FromHours(1)));
        services.AddSingleton<Ingester>();
        services.AddSingleton(Retention);
        services.AddSingleton(Holds);
        services.AddSingleton(RetentionRules);
        services.AddSingleton<HostStream>();
        services.AddSingleton<RetentionKeeper>();
        services.AddSingleton<LegalHolding>();
        services.AddSingleton(new PublicAddress(new Uri("https://access.example/")));
        services.AddSingleton<IReviewLinks>(Links);
        services.AddSingleton<IRecordingLinks>(Recordings);
        services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        services.AddSingleton<RequestService>();
        services.AddSingleton<Administration>();
        services.AddSingleton<PolicyTrials>();
        services.AddSingleton<IChannelStore, InMemoryChannelStore>();
        services.AddSingleton<SlackLinking>();
        services.AddSingleton(People.Provisioned = new ProvisionedPeople(new SourceIssuers(new Dictionary<string, string> { [Sources.Scim] = DemoIssuer.IssuerName })));
        services.AddSingleton<ProvisionedRows>();
        services.AddSingleton<ProvisioningEvents>();
        services.AddSingleton<Leavers>();
        services.AddSingleton<LeaverRoles>();
        services.AddSingleton<ProvisionedState>();
        services.AddSingleton<Provisioner>();
        services.AddAccessApi(new ConfigurationBuilder().AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build());
        if (demo) services.AddDemoSignIn(Issuer);
        more?.Invoke(services);
        _services = services.BuildServiceProvider();
        Groups.Save(Analysts, null, default).GetAwaiter().GetResult();
    }

    public static AccessGroup Analysts { get; } = new()
    {
        Id = "analysts",
        Members = ["alice", "olga"],
        Resources = ["pg/sales"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Approve) },
        Levels = [new LevelPolicy { Approvers = ["bob", "dave"] }, new LevelPolicy { Approvers = ["carol"] }],
        Roles = ["reader", "writer"],
        AllowBatch = true,
    };

    public ManualTimeProvider Clock { get; }
    public MemoryDirectory People { get; } = new(
        Someone("alice"), Someone("bob"), Someone("carol"), Someone("dave", Roles.Admin), Someone("erin", Roles.Auditor), Someone("olga"), Someone("zoe") with { Active = false });
    public MemoryGroups Groups { get; } = new();
    public MemoryRequests Requests { get; }
    public MemoryLinks Links { get; } = new();
    public MemoryRecordings Recordings { get; } = new();
    public IPlatform Platform { get; }
    public IPlatforms Platforms { get; }
    public IAuditLog Audit { get; }
    public IReconcileMemory Compared { get; } = Substitute.For<IReconcileMemory>();
    public InMemoryInventoryStore Inventory { get; } = new();
    public RetentionRules RetentionRules { get; } = new(Requests: TimeSpan.FromDays(2555), PersonalData: TimeSpan.FromDays(365));
    public IRetentionStore Retention { get; } = Substitute.For<IRetentionStore>();
    public ILegalHolds Holds { get; } = Substitute.For<ILegalHolds>();
    public INoticeLog Notices { get; } = Substitute.For<INoticeLog>();

    /// <summary>What was appended, without the sign-ins that succeeded: every call has a token of its own.</summary>
    public List<AuditEvent> AuditTrail { get; } = [];
    public List<AuditEvent> SignIns { get; } = [];
    public DemoIssuer Issuer { get; }
    public LogKeeper Log { get; } = new();
    public Ingester Ingester => _services.GetRequiredService<Ingester>();
    public RequestPipeline Pipeline => _services.GetRequiredService<RequestPipeline>();

    /// <summary>The validators of the configured issuers.</summary>
    public IEnumerable<ITokenValidator> Tokens => OidcTokens.Of(_services);

    /// <summary>Sends a call as a person (null: nobody).</summary>
    /// <param name="body">Text as it is; anything else as JSON; null: no body.</param>
    public Task<Reply> Send(string method, string path, string? by = null, object? body = null, params (string Name, string Value)[] headers) =>
        SendToken(method, path, by is null ? null : Issuer.Mint(by, TimeSpan.FromMinutes(10)), body, headers);

    public async Task<Reply> SendToken(string method, string path, string? token, object? body = null, params (string Name, string Value)[] headers)
    {
        var http = Context(method, path, body);
        if (token is not null) http.Request.Headers.Authorization = $"Bearer {token}";
        foreach (var (name, value) in headers) http.Request.Headers[name] = value;
        return await Run(http);
    }

    public DefaultHttpContext Context(string method, string path, object? body = null)
    {
        var http = new DefaultHttpContext { RequestServices = _services };
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Method = method;
        http.Request.Host = new HostString("localhost", 7071);
        var question = path.IndexOf('?', StringComparison.Ordinal);
        http.Request.Path = question < 0 ? path : path[..question];
        if (question >= 0) http.Request.QueryString = new QueryString(path[question..]);
        if (body is not null)
        {
            http.Request.ContentType = "application/json";
            http.Request.Body = new MemoryStream(body switch
            {
                byte[] bytes => bytes,
                string text => Encoding.UTF8.GetBytes(text),
                _ => JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web),
            });
        }

        return http;
    }

    public async Task<Reply> Run(HttpContext http)
    {
        var output = new MemoryStream();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(output));
        await Pipeline.Serve(http);
        return new Reply(http.Response.StatusCode, http.Response.Headers, Encoding.UTF8.GetString(output.ToArray()));
    }

    /// <summary>A request of alice's, submitted.</summary>
    public async Task<JsonNode> Submitted(string? key = null, object? more = null)
    {
        var reply = await Send("POST", "/api/requests", "alice", more ?? Ask(), ("Idempotency-Key", key ?? Guid.NewGuid().ToString()));
        Assert.Equal(201, reply.Status);
        return reply.Json;
    }

    /// <summary>The link to a recording that alice may view for an hour.</summary>
    public async Task<string> Recorded()
    {
        var request = (await Requests.Find((string)(await Submitted())["id"]!, default))!;
        var until = Clock.GetUtcNow().AddHours(1);
        Requests.Set(request with
        {
            Phase = Phase.Active,
            Level = 0,
            Ask = request.Ask with { Kind = AccessKind.Recording, Resources = [MemoryRecordings.Resource] },
            Period = request.Period with { End = until },
            Grants = [request.Grants[0] with { Resource = MemoryRecordings.Resource, State = GrantState.Granted, GrantedAt = Clock.GetUtcNow() }],
        });
        return "/recordings/" + Recordings.Mint(new RecordingLink(request.Id, request.Grants[0].Id, "alice", until));
    }

    public static object Ask(string role = "reader") => new { resources = new[] { "pg/sales" }, kind = "Role", role, justification = "quarter-end" };

    public void Dispose()
    {
        _services.Dispose();
        Issuer.Dispose();
        Log.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>What was appended about something, newest first; nothing of what is asked for in other ways.</summary>
    private Page<AuditRow> About(string? resource, string? cursor, int limit)
    {
        var skip = cursor is null ? 0 : int.TryParse(cursor, out var number) ? number : throw new FormatException("Not a cursor.");
        List<AuditRow> rows = [.. AuditTrail.Where(happened => resource is not null && happened.Resource == resource).Reverse().Select(static happened => AuditLink.Next("host:test", null, happened, new byte[16]))];
        return new Page<AuditRow>([.. rows.Skip(skip).Take(limit)], skip + limit < rows.Count ? $"{skip + limit}" : null);
    }

    private static Person Someone(string id, params string[] roles) => new()
    {
        Id = id,
        Name = char.ToUpperInvariant(id[0]) + id[1..],
        Email = $"{id}@example.com",
        Roles = roles,
        Identities = new Dictionary<string, string> { ["pg"] = id },
    };
}

/// <summary>What came back.</summary>
internal sealed record Reply(int Status, IHeaderDictionary Headers, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The fragment of the problem's type, checked to be a problem.</summary>
    public string Problem
    {
        get
        {
            Assert.Equal("application/problem+json", Headers.ContentType.ToString());
            Assert.Equal(Status, (int)Json["status"]!);
            Assert.NotEmpty((string)Json["traceId"]!);
            var type = (string)Json["type"]!;
            Assert.StartsWith("https://access.example/errors#", type, StringComparison.Ordinal);
            return type[(type.IndexOf('#', StringComparison.Ordinal) + 1)..];
        }
    }
}
