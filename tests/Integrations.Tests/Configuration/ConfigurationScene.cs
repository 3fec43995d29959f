using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Authorities;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Integrations.Tests.Configuration;

/// <summary>A folder of its own for each test: three people, one group that reads, a vault and a platform fulfilled by hand.</summary>
public abstract class ConfigurationScene : IDisposable
{
    protected const string People = """
        people:
          - { id: alice, name: Alice, manager: bob, groups: [analysts], credentials: [{ issuer: "https://id", subject: a1 }], identities: { pg-prod: alice } }
          - { id: bob, name: Bob }
          - { id: dave, name: Dave, roles: [Admin] }
        """;

    protected const string Analysts = """
        # who reads
        id: analysts
        members: [alice]
        resources: [pg-prod/*]
        rules: { Session: { mode: Approve } }
        approvers: [bob]
        """;

    private const string Platforms = """
        platforms:
          - name: vault
            type: vault
            secrets: [{ name: db-admin, owners: [dave] }]
          - name: manual
            type: manual
            fulfillers: [dave]
            resources: [{ name: badge }]
        """;

    private readonly TemporaryDirectory _directory = new();

    protected ConfigurationScene()
    {
        Directory.CreateDirectory(PathOf("access-groups"));
        Write("people.yaml", People);
        Write("platforms.yaml", Platforms);
        Write("access-groups/analysts.yaml", Analysts);
    }

    protected static CancellationToken None => CancellationToken.None;

    /// <summary>What was set of people at run time; folders opened one after another share it, as processes of one host do.</summary>
    private protected SomeOverlay Overlay { get; } = new();

    /// <summary>The environment's variables.</summary>
    private protected Dictionary<string, string> Variables { get; } = [];

    private protected string Root => _directory.Path;

    public void Dispose()
    {
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    protected string PathOf(string file) => _directory.File(file);

    protected void Write(string file, string text) => File.WriteAllText(PathOf(file), text);

    protected Task<ConfigurationFolder> Open() => Open(null);

    /// <summary>Reads the folder, and keeps what was good in the folder <paramref name="lastGood"/>.</summary>
    protected Task<ConfigurationFolder> Open(string? lastGood) =>
        ConfigurationFolder.Open(Root, Overlay, name => Variables.GetValueOrDefault(name), TimeProvider.System, NullLogger<ConfigurationFolder>.Instance, None, lastGood is null ? null : new LastGoodFiles(lastGood));

    protected static string[] Problems(ConfigurationFolder folder) => [.. folder.Problems.Select(problem => problem.ToString())];

    /// <summary>The folder's platforms, none of which releases or issues anything here.</summary>
    internal static PlatformsFromConfiguration PlatformsOf(ConfigurationFolder folder) => PlatformsOf(folder, services => services);

    protected static PlatformsFromConfiguration PlatformsOf(ConfigurationFolder folder, Func<AuthorityServices, AuthorityServices> with) =>
        new(folder, with(new(new NoSecrets(), new InMemoryChannelStore(), new Authorities.SomeAuthority.KeptAudit(), new PublicAddress(new Uri("http://localhost/")), TimeProvider.System)), NullLoggerFactory.Instance);

    private sealed class NoSecrets : ISecretStore
    {
        public Task<byte[]?> Get(string name, CancellationToken cancellation) => throw new NotSupportedException();
        public Task Put(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) => throw new NotSupportedException();
        public Task<byte[]> GetOrAdd(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) => throw new NotSupportedException();
        public Task Delete(string name, CancellationToken cancellation) => throw new NotSupportedException();
        public Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
