using System.Text;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Vault;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Vault;

public sealed class VaultPlatformTests
{
    private static readonly VaultOptions Options = new()
    {
        Secrets =
        [
            new VaultSecret { Name = "api-key", Description = "The payment provider's key", Owners = ["dave", "alice", "left"] },
            new VaultSecret { Name = "db-admin", Rotates = "pg-prod/db_admin" },
            new VaultSecret { Name = "alice/token" },
            new VaultSecret { Name = "lost", Rotates = "pg-gone/db_admin" },
            new VaultSecret { Name = "circle", Rotates = "vault/circle" },
        ],
    };

    private static readonly SomePeople People = new(
        new Person { Id = "alice", Name = "Alice" }, new Person { Id = "dave", Name = "Dave" }, new Person { Id = "left", Name = "Left", Active = false });

    private readonly SomePlatforms _platforms = new();
    private readonly InMemoryEnvelopeStore _envelopes = new();
    private readonly EnvelopeSecretStore _store;
    private readonly RotatingPlatform _target = new();
    private readonly VaultPlatform _vault;

    public VaultPlatformTests()
    {
        _store = new EnvelopeSecretStore(_envelopes, new KeyRing(KeyEncryptionKey.Generate()));
        _vault = new VaultPlatform(Options, _store, _platforms, People);
        _platforms.Add(_target);
        _platforms.Add(_vault);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resources_AreTheOfferedSecrets()
    {
        var resources = await _vault.Resources(Cancellation);
        Assert.Equal(["vault/api-key", "vault/db-admin", "vault/alice/token", "vault/lost", "vault/circle"], resources.Select(resource => resource.Resource));
        Assert.All(resources, resource => Assert.Equal([AccessKind.Credential], resource.Kinds));
        Assert.Empty(await _vault.Identities(Cancellation));
    }

    [Theory]
    [InlineData("plain text", new[] { "name", "value" }, "plain text")]
    [InlineData("""{"username":"svc","password":"p\"w"}""", new[] { "password", "username" }, "p\"w")]
    [InlineData("""{"port":5432}""", new[] { "name", "value" }, """{"port":5432}""")]
    [InlineData("""{"a":"b"} trailing""", new[] { "name", "value" }, """{"a":"b"} trailing""")]
    [InlineData("{}", new[] { "name", "value" }, "{}")]
    public async Task Secret_GivesTheStoredFieldsOrOneValue(string stored, string[] fields, string value)
    {
        await _store.Put("vault/api-key", Encoding.UTF8.GetBytes(stored), Cancellation);
        var order = Order("vault/api-key");
        Assert.Null((await _vault.Grant(order, Cancellation)).Fulfillers);
        var secret = await _vault.Secret(order, Cancellation);
        Assert.Equal(fields, secret!.Fields.Keys.Order());
        Assert.Contains(value, secret.Fields.Values);
        Assert.DoesNotContain(value, secret.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_ThatIsNoText_ComesAsBase64()
    {
        await _store.Put("vault/alice/token", new byte[] { 0xff, 0x00 }, Cancellation);
        await _vault.Grant(Order("vault/alice/token"), Cancellation);
        Assert.Equal("/wA=", (await _vault.Secret(Order("vault/alice/token"), Cancellation))!.Fields["valueBase64"]);
    }

    [Fact]
    public async Task ReadBack_WithoutARotationTarget_IsNeverProven()
    {
        await _store.Put("vault/api-key", "x"u8.ToArray(), Cancellation);
        var order = Order("vault/api-key");
        Assert.Null(_vault.Shared(order));
        await _vault.Grant(order, Cancellation);
        await _vault.Revoke(order, Cancellation);
        var found = await _vault.ReadBack(order, Cancellation);
        Assert.StartsWith("None (rotate by hand)", found.Evidence, StringComparison.Ordinal);
        Assert.True(found.AwaitsPerson);
        Assert.Equal(["dave"], found.Fulfillers);
    }

    [Fact]
    public async Task ReadBack_OfASecretNoLongerOffered_IsNeverProven()
    {
        await _store.Put("vault/api-key", "x"u8.ToArray(), Cancellation);
        await _vault.Grant(Order("vault/api-key"), Cancellation);
        await _store.Delete("vault/api-key", Cancellation);
        var found = await Configured().ReadBack(Order("vault/api-key"), Cancellation);
        Assert.StartsWith("None (rotate by hand)", found.Evidence, StringComparison.Ordinal);
        Assert.True(found.AwaitsPerson);
    }

    [Fact]
    public async Task ReadBack_OnceATargetIsConfigured_StillAsksAPersonForWhatWasGivenWithout()
    {
        await _store.Put("vault/api-key", "x"u8.ToArray(), Cancellation);
        await _vault.Grant(Order("vault/api-key"), Cancellation);
        var edited = Configured(new VaultSecret { Name = "api-key", Rotates = "pg-prod/db_admin" });
        await edited.Revoke(Order("vault/api-key"), Cancellation);
        Assert.True((await edited.ReadBack(Order("vault/api-key"), Cancellation)).AwaitsPerson);
        Assert.Empty(_target.Calls);
    }

    [Fact]
    public async Task Revoke_OnceTheTargetIsNoLongerConfigured_StillRotatesThere()
    {
        await _vault.Grant(Order("vault/db-admin"), Cancellation);
        var edited = Configured(new VaultSecret { Name = "db-admin" });
        await edited.Revoke(Order("vault/db-admin"), Cancellation);
        var found = await edited.ReadBack(Order("vault/db-admin"), Cancellation);
        Assert.Equal((false, false), (found.Present, found.AwaitsPerson));
        Assert.Equal(["grant", "revoke", "readBack"], _target.Calls);
    }

    [Fact]
    public async Task AGrantThatWasRefused_LeavesNothingToRotate_AndReleasesNothing()
    {
        await Assert.ThrowsAsync<PlatformException>(() => _vault.Grant(Order("vault/api-key"), Cancellation));
        await _store.Put("vault/api-key", "x"u8.ToArray(), Cancellation);
        Assert.Null(await _vault.Secret(Order("vault/api-key"), Cancellation));
        var found = await _vault.ReadBack(Order("vault/api-key"), Cancellation);
        Assert.Equal((false, false), (found.Present, found.AwaitsPerson));
    }

    [Theory]
    [InlineData("vault/unknown")]
    [InlineData("vault/api-key")]
    public async Task Grant_OfASecretThatIsNotThere_FailsForGood(string resource) =>
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => _vault.Grant(Order(resource), Cancellation))).Permanent);

    [Fact]
    public async Task Grant_OfAnotherKind_FailsForGood() =>
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() =>
            _vault.Grant(Order("vault/api-key") with { Kind = AccessKind.Session }, Cancellation))).Permanent);

    [Fact]
    public async Task RotationTarget_GivesTakesAndProves()
    {
        await _store.Put("vault/db-admin", """{"host":"db.example","password":"stale"}"""u8.ToArray(), Cancellation);
        var order = Order("vault/db-admin") with { Identity = "alice" };
        await _vault.Grant(order, Cancellation);
        var released = (await _vault.Secret(order, Cancellation))!.Fields;
        Assert.Equal(("db.example", "db_admin", "password 1"), (released["host"], released["username"], released["password"]));

        Assert.True((await _vault.ReadBack(order, Cancellation)).Present);
        await _vault.Revoke(order, Cancellation);
        var found = await _vault.ReadBack(order, Cancellation);
        Assert.False(found.Present);
        Assert.False(found.AwaitsPerson);
        Assert.Equal("vault/db-admin is rotated as pg-prod/db_admin: a login with the released password fails", found.Evidence);
        Assert.All(_target.Orders, seen => Assert.Equal(("pg-prod/db_admin", "g-1", AccessKind.Credential, null), (seen.Resource, seen.GrantId, seen.Kind, seen.Identity)));
    }

    [Fact]
    public async Task RotationTarget_IsToldToRotateExtendAndDisconnect()
    {
        var order = Order("vault/db-admin");
        await _vault.Grant(order, Cancellation);
        await _vault.Extend(order, Cancellation);
        await _vault.Rotate(order, Cancellation);
        await _vault.Disconnect(order, Cancellation);
        Assert.Equal(["grant", "extend", "rotate", "disconnect"], _target.Calls);
        Assert.Equal(new SharedPrivilege("pg-prod:db_admin", EveryEndChanges: true), _vault.Shared(order));
    }

    [Fact]
    public async Task Secret_ThatTheTargetDoesNotKnow_IsNotReplacedByTheStoredOne()
    {
        await _store.Put("vault/db-admin", """{"password":"stale"}"""u8.ToArray(), Cancellation);
        await _vault.Grant(Order("vault/db-admin"), Cancellation);
        _target.Forget();
        Assert.Null(await _vault.Secret(Order("vault/db-admin"), Cancellation));
    }

    [Theory]
    [InlineData("vault/lost")]
    [InlineData("vault/circle")]
    public async Task RotationTarget_ThatIsNone_LeavesTheRemovalOpen(string resource)
    {
        await Assert.ThrowsAsync<PlatformException>(() => _vault.Grant(Order(resource), Cancellation));
        var refused = await Assert.ThrowsAsync<PlatformException>(() => _vault.Revoke(Order(resource), Cancellation));
        Assert.False(refused.Permanent);
        await Assert.ThrowsAsync<PlatformException>(() => _vault.ReadBack(Order(resource), Cancellation));
    }

    [Fact]
    public async Task Put_LogsTheNameAndNeverTheValue()
    {
        var log = new Lines<VaultSecrets>();
        var service = new VaultSecrets(_store, log);
        await service.Put("vault/api-key", "x"u8.ToArray(), Cancellation);
        await _vault.Grant(Order("vault/api-key"), Cancellation);
        await service.Put("vault/api-key", new Dictionary<string, string> { ["password"] = "hunter2" }, Cancellation);
        Assert.Equal("hunter2", (await _vault.Secret(Order("vault/api-key"), Cancellation))!.Fields["password"]);
        Assert.Equal(2, log.Written.Count);
        Assert.All(log.Written, line => Assert.Contains("vault/api-key", line, StringComparison.Ordinal));
        Assert.All(log.Written, line => Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal));
        await Assert.ThrowsAsync<ArgumentException>(() => service.Put("vault", "x"u8.ToArray(), Cancellation));
    }

    [Fact]
    public async Task Seed_Again_ChangesNothing()
    {
        var service = new VaultSecrets(_store, new Lines<VaultSecrets>());
        await VaultSeeder.Seed(Options, service, Cancellation);
        var first = await _store.Get("vault/alice/token", Cancellation);
        await VaultSeeder.Seed(Options, service, Cancellation);
        Assert.Equal(first, await _store.Get("vault/alice/token", Cancellation));
        await _vault.Grant(Order("vault/alice/token"), Cancellation);
        Assert.Equal("token", (await _vault.Secret(Order("vault/alice/token"), Cancellation))!.Fields["username"]);
        Assert.Null(await _store.Get("vault/db-admin", Cancellation));
    }

    private VaultPlatform Configured(params VaultSecret[] offered) => new(Options with { Secrets = offered }, _store, _platforms, People);

    private static PlatformOrder Order(string resource) => new()
    {
        RequestId = "r-1",
        GrantId = "g-1",
        Resource = resource,
        Kind = AccessKind.Credential,
        Requester = "alice",
        End = DateTimeOffset.UnixEpoch,
    };

    private sealed class SomePlatforms : IPlatforms
    {
        private readonly List<IPlatform> _all = [];

        public IReadOnlyList<IPlatform> All => _all;

        public void Add(IPlatform platform) => _all.Add(platform);

        public IPlatform? Find(string name) => _all.Find(platform => platform.Name == name);
    }

    private sealed class Lines<T> : ILogger<T>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }

    /// <summary>Stands for a database: it knows which password was released and which is set. The real one is tested with Postgres.</summary>
    private sealed class RotatingPlatform : IPlatform
    {
        private int? _released;
        private int _set = 1;

        public List<PlatformOrder> Orders { get; } = [];

        public List<string> Calls { get; } = [];

        public void Forget() => _released = null;

        public string Name => "pg-prod";

        public string Type => "test";

        public IReadOnlyList<AccessKind> Kinds => [AccessKind.Role, AccessKind.Credential];

        public SharedPrivilege? Shared(PlatformOrder order) => new(order.Path, EveryEndChanges: true);

        public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformResource>>([]);

        public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

        public Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
        {
            Saw("grant", order);
            _released = _set;
            return Task.FromResult(new GrantResult(order.Path));
        }

        public Task Extend(PlatformOrder order, CancellationToken cancellation) => Saw("extend", order);

        public Task Revoke(PlatformOrder order, CancellationToken cancellation)
        {
            _set++;
            return Saw("revoke", order);
        }

        public Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
        {
            Saw("readBack", order);
            return Task.FromResult(new ReadBackResult(_released == _set, null, $"a login with the released password {(_released == _set ? "succeeds" : "fails")}"));
        }

        public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Saw("disconnect", order);

        public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Saw("rotate", order);

        public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation)
        {
            Saw("secret", order);
            return Task.FromResult(_released is null
                ? null
                : new ReleasedSecret(new Dictionary<string, string> { ["username"] = order.Path, ["password"] = $"password {_released}" }));
        }

        private Task Saw(string call, PlatformOrder order)
        {
            Calls.Add(call);
            Orders.Add(order);
            return Task.CompletedTask;
        }
    }
}
