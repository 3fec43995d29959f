using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Authorities;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Integrations.Settings;
using AccessFunctions.Integrations.Tests.Authorities;
using AccessFunctions.Integrations.Tests.Configuration;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Integrations.Tests.Settings;

/// <summary>Real configuration files with the access group <c>analysts</c>, and the platform of settings over them.</summary>
internal sealed class SettingsWorld : IDisposable
{
    public const string Path = "access-groups/analysts";
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));

    private SettingsWorld()
    {
        Directory.CreateDirectory(_directory.File("access-groups"));
        File.WriteAllText(_directory.File("people.yaml"), """
            people:
              - { id: alice, name: Alice }
              - { id: bob, name: Bob }
              - { id: carol, name: Carol }
              - { id: dave, name: Dave, roles: [Admin] }
            """);
        File.WriteAllText(GroupFile, """
            # written by hand
            id: analysts
            members: [alice]
            resources: [pg-prod/*]
            rules: { Session: { mode: Approve } }
            approvers: [bob]
            """);
        File.WriteAllText(PlatformsFile, """
            platforms:
              - { name: settings, type: settings }
              - { type: postgres, name: pg-prod, connectionString: "Host=db;Username=access;Password=${PG_PASSWORD}", credentials: [reporting] }
              - { name: pg-old, type: postgres, connectionString: "Host=old;Username=access;Password=written-out" }
              - { name: ssh, type: ssh, krlFile: /etc/ssh/krl, resources: [{ name: web, principal: web }] }
            """);
    }

    /// <summary>The environment.</summary>
    public Dictionary<string, string> Variables { get; } = new() { ["PG_PASSWORD"] = "p1", ["PLATFORM_NEW"] = "p2", ["SMTP_PASSWORD"] = "p3" };

    /// <summary>What was set of platforms; it outlives the host.</summary>
    public InMemoryChannelStore Store { get; private init; } = new();

    public string PlatformsFile => _directory.File("platforms.yaml");

    public ConfigurationFolder Folder { get; private set; } = null!;

    public SettingsPlatform Platform { get; private set; } = null!;

    public StoppingRows Rows { get; } = new(new InMemoryChannelStore());

    public SomeAuthority.KeptAudit Audit { get; } = new();

    public string GroupFile => _directory.File("access-groups/analysts.yaml");

    public string Version => Folder.Groups.Find("analysts")!.Version;

    public AccessGroup Group => Folder.Groups.Find("analysts")!.Group;

    /// <summary>Opens it.</summary>
    /// <param name="store">Another world's, of which this one is another process, with files of its own.</param>
    public static async Task<SettingsWorld> Open(InMemoryChannelStore? store = null)
    {
        var world = new SettingsWorld { Store = store ?? new InMemoryChannelStore() };
        world.Folder = await world.OpenFolder();
        world.Platform = new SettingsPlatform(new SettingsOptions(), new SettingsServices(world.Folder.Groups, world.Folder.Directory, world.Rows, world.Audit, world._time, world.Folder.PlatformDocuments));
        return world;
    }

    /// <summary>The configuration as another process of the host has it, or as it is after a restart.</summary>
    public Task<ConfigurationFolder> OpenFolder() => ConfigurationFolder.Open(
        _directory.Path, new SomeOverlay(), name => Variables.GetValueOrDefault(name), _time, NullLogger<ConfigurationFolder>.Instance, CancellationToken.None, runTime: new RunTimePlatforms(Store));

    /// <summary>A document as it is, with its version.</summary>
    public async Task<SettingsDocument> Now(string path) => (await Platform.Find(path, CancellationToken.None))!;

    /// <summary>Reads a proposal as a submission does; made against the version that is there.</summary>
    public async Task<(SettingsChange? Change, IReadOnlyDictionary<string, IReadOnlyList<string>> Errors)> Read(string change, string? version, string path = Path)
    {
        var errors = new FieldErrors();
        var parameters = new Dictionary<string, string> { [SettingsChange.DocumentParameter] = change };
        if (version is not null) parameters[SettingsChange.BaseParameter] = version;
        return (await Platform.Read(path, parameters, errors, CancellationToken.None), errors.ByField());
    }

    /// <summary>An approved order that makes carol the approver too.</summary>
    public async Task<PlatformOrder> Order(bool reverts = true, string? change = null, string path = Path, string? version = "now", string grant = "r-1.1") => new()
    {
        RequestId = "r-1",
        GrantId = grant,
        Resource = $"settings/{path}",
        Kind = AccessKind.Settings,
        Requester = "alice",
        End = _time.GetUtcNow().AddHours(1),
        Settings = new SettingsOrder
        {
            Change = (await Read(change ?? Proposed, version == "now" ? Version : version, path)).Change ?? throw new InvalidOperationException("The proposal is not sound."),
            Reverts = reverts,
            ApprovedBy = ["bob", "carol"],
        },
    };

    public const string Proposed = """
        members: [alice]
        resources: [pg-prod/*]
        rules: { Session: { mode: Approve } }
        approvers: [bob, carol]
        """;

    /// <summary>Somebody saves another version.</summary>
    public async Task Move(string name) => _ = await Folder.Groups.Save(Group with { Name = name }, Version, CancellationToken.None) ?? throw new InvalidOperationException("It was not saved.");

    public void Dispose()
    {
        Folder.Dispose();
        _directory.Dispose();
    }
}

/// <summary>Rows whose process stops just before one of them is added.</summary>
internal sealed class StoppingRows(InMemoryChannelStore rows) : IChannelStore
{
    /// <summary>The key of the row; null: it goes on.</summary>
    public string? StopBefore { get; set; }

    public Task<ChannelRow?> Find(string set, string key, CancellationToken cancellation) => rows.Find(set, key, cancellation);

    public Task<IReadOnlyList<ChannelRow>> All(string set, CancellationToken cancellation) => rows.All(set, cancellation);

    public Task<bool> Add(string set, string key, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        key == StopBefore ? throw new IOException("The process stopped here.") : rows.Add(set, key, value, keepUntil, cancellation);

    public Task<bool> Replace(string set, ChannelRow read, string value, DateTimeOffset keepUntil, CancellationToken cancellation) => rows.Replace(set, read, value, keepUntil, cancellation);

    public Task<bool> Write(string set, IReadOnlyList<ChannelWrite> writes, DateTimeOffset keepUntil, CancellationToken cancellation) => rows.Write(set, writes, keepUntil, cancellation);

    public Task Remove(string set, string key, CancellationToken cancellation) => rows.Remove(set, key, cancellation);

    public Task<int> Purge(DateTimeOffset now, CancellationToken cancellation) => rows.Purge(now, cancellation);
}
