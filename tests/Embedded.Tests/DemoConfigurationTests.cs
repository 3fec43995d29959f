using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Demo;
using AccessFunctions.Integrations.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Embedded.Tests;

public sealed class DemoConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("access-demo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<ConfigurationFolder> Open() => ConfigurationFolder.Open(
        _folder, new NoOverlay(), name => name == DemoConfiguration.PostgresVariable ? "Host=localhost;Username=postgres" : null,
        TimeProvider.System, NullLogger<ConfigurationFolder>.Instance, CancellationToken.None);

    [Fact]
    public async Task Demo_IsSound_WithItsPeople()
    {
        DemoConfiguration.Write(_folder, postgres: false);
        using var folder = await Open();
        Assert.Empty(folder.Problems);
        Assert.Equal(["analysts", "by-hand", "certificates", "session-recordings", "vault-secrets"], folder.Groups.All.Select(group => group.Group.Id));
        Assert.Equal(["alice", "ben", "bob", "carol", "dave", "erin"], folder.Directory.Current.All.Select(person => person.Id));
        Assert.Equal(["dave"], folder.Directory.Current.WithRole(Roles.Admin));
        Assert.Equal(["erin"], folder.Directory.Current.WithRole(Roles.Auditor));
        Assert.Equal(["vault", "pki", "recordings", "manual"], folder.Platforms.Select(platform => platform.Name));
    }

    [Fact]
    public async Task Demo_HasPostgres_OnlyWhereItIsGiven()
    {
        DemoConfiguration.Write(_folder, postgres: true);
        using (var folder = await Open()) Assert.Contains(folder.Platforms, platform => platform is { Name: "pg-demo", Type: "postgres" });

        DemoConfiguration.Write(_folder, postgres: false);
        using var again = await Open();
        Assert.DoesNotContain(again.Platforms, platform => platform.Name == "pg-demo");
    }

    [Fact]
    public async Task Demo_ThatWasEdited_StaysEdited()
    {
        DemoConfiguration.Write(_folder, postgres: false);
        var people = Path.Combine(_folder, "people.yaml");
        await File.AppendAllTextAsync(people, "  - { id: frank, name: Frank }\n");
        DemoConfiguration.Write(_folder, postgres: false);
        using var folder = await Open();
        Assert.NotNull(folder.Directory.Current.Find("frank"));
    }

    private sealed class NoOverlay : IPeopleOverlay
    {
        public Task<PeopleOverlay> Load(CancellationToken cancellation) => Task.FromResult(PeopleOverlay.Empty);
        public Task EndRoles(string person, CancellationToken cancellation) => throw new NotSupportedException();
        public Task SaveRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation) => throw new NotSupportedException();
        public Task SaveDelegation(string person, Delegation? delegation, CancellationToken cancellation) => throw new NotSupportedException();
        public Task SaveIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation) => throw new NotSupportedException();

        public Task SaveSlackUser(string person, string? user, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
