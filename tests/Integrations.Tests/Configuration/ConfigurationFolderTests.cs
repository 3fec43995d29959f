using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Authorities;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Configuration;

public sealed class ConfigurationFolderTests : IDisposable
{
    private const string People = """
        people:
          - { id: alice, name: Alice, manager: bob, groups: [analysts], credentials: [{ issuer: "https://id", subject: a1 }], identities: { pg-prod: alice } }
          - { id: bob, name: Bob }
          - { id: dave, name: Dave, roles: [Admin] }
        """;

    private const string Analysts = """
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

    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryDirectory _directory = new();
    private readonly SomeOverlay _overlay = new();
    private readonly Dictionary<string, string> _variables = [];

    public ConfigurationFolderTests()
    {
        Directory.CreateDirectory(_directory.File("access-groups"));
        Write("people.yaml", People);
        Write("platforms.yaml", Platforms);
        Write("access-groups/analysts.yaml", Analysts);
    }

    public void Dispose() => _directory.Dispose();

    private void Write(string file, string text) => File.WriteAllText(_directory.File(file), text);

    private Task<ConfigurationFolder> Open() => Open(null);

    private Task<ConfigurationFolder> Open(string? lastGood) =>
        ConfigurationFolder.Open(_directory.Path, _overlay, name => _variables.GetValueOrDefault(name), TimeProvider.System, NullLogger<ConfigurationFolder>.Instance, None, lastGood is null ? null : new LastGoodFiles(lastGood));

    private static string[] Problems(ConfigurationFolder folder) => [.. folder.Problems.Select(problem => problem.ToString())];

    [Fact]
    public async Task Folder_IsReadAsAWhole()
    {
        using var folder = await Open();
        Assert.Empty(folder.Problems);
        Assert.Equal("analysts", Assert.Single(folder.Groups.All).Group.Id);
        var people = folder.Directory.Current;
        Assert.Equal("alice", people.Find(new Credential("https://id", "a1"))!.Id);
        Assert.Equal(["alice"], people.Members("analysts"));
        Assert.Equal(["dave"], people.WithRole(Roles.Admin));
        Assert.Equal(["vault", "manual"], folder.Platforms.Select(platform => platform.Name));
    }

    [Theory]
    [InlineData("people.yaml", "people: [{ id: alice }]", "people.yaml:1:10: people[0]: the field \"name\" is missing")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A }\n  - { id: a, name: B }", "people.yaml:3:11: people[1].id: \"a\" is also people[0]: ids must differ")]
    [InlineData("people.yaml", "people:\n  - { id: alice, name: A, manager: x }", "people.yaml:2:36: people[0].manager: there is no person \"x\"")]
    [InlineData("people.yaml", "people:\n  - { id: manager, name: A }", "people[0].id: an id has")]
    [InlineData("people.yaml", "people:\n  - { id: \"a:b\", name: A }", "people[0].id: an id has")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, userName: \"*\" }", "people[0].userName: a user name cannot")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, roles: [Boss] }", "people[0].roles[0]: must be one of: Admin, Auditor, Reviewer")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, email: nobody }", "people[0].email: this is not an e-mail address")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, identities: { \"x/y\": b } }", "identities.x/y")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, credentials: [{ issuer: i, subject: s }] }\n  - { id: b, name: B, credentials: [{ issuer: i, subject: s }] }", "one credential names one person")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, slackUserId: U0A }\n  - { id: b, name: B, slackUserId: U0A }", "one Slack user is one person")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, slackUserId: '@ann' }", "this is not a Slack member id")]
    [InlineData("people.yaml", "persons: []", "write \"people:\"")]
    [InlineData("platforms.yaml", "platforms: [{ name: x, type: oracle }]", "platforms.yaml:1:30: platforms[0].type: must be one of: ")]
    [InlineData("platforms.yaml", "platforms: [{ type: vault }]", "platforms[0].name: a name is missing")]
    [InlineData("platforms.yaml", "platforms: [{ name: a/b, type: vault }]", "platforms[0].name: \"a/b\" cannot be a platform's name")]
    [InlineData("platforms.yaml", "platforms: [{ name: v, type: vault, secret: [] }]", "platforms[0].secret: there is no field \"secret\" here: did you mean \"secrets\"?")]
    [InlineData("platforms.yaml", "platforms: [{ name: v, type: vault, secrets: [{ name: a }, { name: a }] }]", "platforms[0].secrets[1].name: \"a\" is named twice")]
    [InlineData("platforms.yaml", "platforms: [{ name: v, type: vault }, { name: v, type: manual }]", "platforms[1].name: \"v\" is the name of another platform")]
    [InlineData("access-groups/analysts.yaml", "id: analysts\nlevels:\n- approvers: [nobody]", "access-groups/analysts.yaml:3:15: levels[0].approvers[0]: there is no person \"nobody\"")]
    [InlineData("access-groups/other.yaml", Analysts, "access-groups/other.yaml:2:5: id: \"analysts\" is also the id in access-groups/analysts.yaml")]
    public async Task FirstStart_WithABrokenFile_FailsInWords(string file, string text, string expected)
    {
        Write(file, text);
        var error = await Assert.ThrowsAsync<ConfigurationException>(Open);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstStart_WithoutPeople_Fails()
    {
        File.Delete(_directory.File("people.yaml"));
        Assert.Contains("people.yaml: the file is missing", (await Assert.ThrowsAsync<ConfigurationException>(Open)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstStart_WithSeatsNobodyCanFill_StartsAndSaysSo()
    {
        Write("people.yaml", People.Replace("id: bob, name: Bob", "id: bob, name: Bob, active: false", StringComparison.Ordinal));
        using var folder = await Open();
        Assert.Single(folder.Groups.All);
        Assert.Equal(["access-groups/analysts.yaml:6:12: approvers: \"bob\" has 0 members besides the requester, but approvalsRequired is 1"], Problems(folder));
    }

    [Fact]
    public async Task ChangedFile_IsInForceAfterReadingAgain()
    {
        using var folder = await Open();
        var (changes, peopleChanges) = (0, 0);
        folder.Changed += () => changes++;
        folder.Directory.Changed += () => peopleChanges++;

        await folder.ReadAgain(None);
        Assert.Equal((0, 0), (changes, peopleChanges));

        Write("access-groups/analysts.yaml", Analysts + "\npriority: 5\n");
        await folder.ReadAgain(None);
        Assert.Equal(5, folder.Groups.Find("analysts")!.Group.Priority);
        Assert.Equal((1, 0), (changes, peopleChanges));

        Write("people.yaml", People + "\n  - { id: erin, name: Erin }\n");
        await folder.ReadAgain(None);
        Assert.NotNull(folder.Directory.Current.Find("erin"));
        Assert.Equal((2, 1), (changes, peopleChanges));
    }

    [Theory]
    [InlineData("people.yaml", "id: [broken")]
    [InlineData("platforms.yaml", "id: [broken")]
    [InlineData("access-groups/analysts.yaml", "id: [broken")]
    [InlineData("access-groups/analysts.yaml", "{ id: analysts, approvers: [nobody-known] }")]
    public async Task Start_WithAFileBrokenSinceTheLastGoodOne_GoesOnWithWhatWasKept(string file, string broken)
    {
        var kept = _directory.File("kept");
        (await Open(kept)).Dispose();
        Write(file, broken);
        using var folder = await Open(kept);
        Assert.All(Problems(folder), problem => Assert.StartsWith($"{file}:", problem, StringComparison.Ordinal));
        Assert.NotEmpty(folder.Problems);
        Assert.Equal(3, folder.Directory.Current.All.Count);
        Assert.Equal(2, folder.Platforms.Count);
        Assert.Equal(["bob"], folder.Groups.Find("analysts")!.Group.Approvers);
    }

    [Fact]
    public async Task Start_WithoutAGroupThatWasKept_DoesNotBringItBack()
    {
        var kept = _directory.File("kept");
        (await Open(kept)).Dispose();
        File.Delete(_directory.File("access-groups/analysts.yaml"));
        using var folder = await Open(kept);
        Assert.Null(folder.Groups.Find("analysts"));
        Assert.Empty(folder.Problems);
    }

    [Theory]
    [InlineData("people.yaml")]
    [InlineData("platforms.yaml")]
    [InlineData("access-groups/analysts.yaml")]
    public async Task BrokenFile_LeavesTheLastGoodVersionInForce_AndSaysSo(string file)
    {
        using var folder = await Open();
        var good = File.ReadAllText(_directory.File(file));
        Write(file, "id: [broken");
        await folder.ReadAgain(None);
        Assert.StartsWith($"{file}:", Assert.Single(Problems(folder)), StringComparison.Ordinal);
        Assert.Equal(3, folder.Directory.Current.All.Count);
        Assert.Equal(2, folder.Platforms.Count);
        Assert.Equal(["bob"], folder.Groups.Find("analysts")!.Group.Approvers);

        Write(file, good);
        await folder.ReadAgain(None);
        Assert.Empty(folder.Problems);
    }

    [Fact]
    public async Task UnsoundGroup_IsRefusedLikeABrokenFile()
    {
        using var folder = await Open();
        Write("access-groups/analysts.yaml", Analysts + "\nmaxAdvance: 3000d\n");
        Write("access-groups/new.yaml", Analysts.Replace("id: analysts", "id: new", StringComparison.Ordinal).Replace("[bob]", "[nobody]", StringComparison.Ordinal));
        await folder.ReadAgain(None);
        Assert.Equal(["analysts"], folder.Groups.All.Select(group => group.Group.Id));
        Assert.Equal(TimeSpan.FromDays(30), folder.Groups.Find("analysts")!.Group.MaxAdvance);
        Assert.Equal(2, folder.Problems.Count);
    }

    [Fact]
    public async Task PersonWhoLeaves_LeavesThePolicyInForce_AndIsTold()
    {
        using var folder = await Open();
        Write("people.yaml", People.Replace("  - { id: bob, name: Bob }\n", "", StringComparison.Ordinal).Replace("manager: bob, ", "", StringComparison.Ordinal));
        await folder.ReadAgain(None);
        Assert.Null(folder.Directory.Current.Find("bob"));
        Assert.NotNull(folder.Groups.Find("analysts"));
        Assert.Contains("approvers[0]: there is no person \"bob\"", Assert.Single(Problems(folder)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeletedGroupFile_IsAGroupThatIsGone_OtherFilesStayInForce()
    {
        using var folder = await Open();
        File.Delete(_directory.File("access-groups/analysts.yaml"));
        File.Delete(_directory.File("platforms.yaml"));
        File.Delete(_directory.File("people.yaml"));
        await folder.ReadAgain(None);
        Assert.Empty(folder.Groups.All);
        Assert.Equal(2, folder.Platforms.Count);
        Assert.Equal(3, folder.Directory.Current.All.Count);
        Assert.Equal(["people.yaml: the file is missing", "platforms.yaml: the file is missing"], Problems(folder));
    }

    [Fact]
    public async Task Watching_SeesAChangeByItself()
    {
        using var folder = await Open();
        folder.Watch();
        var seen = new TaskCompletionSource();
        folder.Changed += () => seen.TrySetResult();
        Write("access-groups/second.yaml", Analysts.Replace("id: analysts", "id: second", StringComparison.Ordinal));
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.NotNull(folder.Groups.Find("second"));
    }

    [Fact]
    public async Task MorePlatforms_StandInFilesOfTheirOwn()
    {
        Write("platforms-more.yaml", "platforms: [{ name: second, type: vault }]");
        using var folder = await Open();
        Assert.Equal(["manual", "second", "vault"], folder.Platforms.Select(platform => platform.Name).Order());
        using var secrets = new Secrets();
        var platforms = new PlatformsFromConfiguration(folder, Services(secrets), NullLoggerFactory.Instance);
        var before = platforms.Find("vault");
        Assert.Equal(["manual", "second", "vault"], platforms.All.Select(platform => platform.Name));

        Write("platforms-more.yaml", "platforms: [{ name: second, type: vault, secrets: [{ name: x }] }, { name: third, type: manual }]");
        await folder.ReadAgain(None);
        Assert.NotNull(platforms.Find("third"));
        Assert.Same(before, platforms.Find("vault"));
        Assert.Equal("second/x", Assert.Single(await platforms.Find("second")!.Resources(None)).Resource);
    }

    [Fact]
    public async Task ConnectionString_TakesVariables_AndNeverShows()
    {
        const string Text = "platforms:\n  - name: pg-prod\n    type: postgres\n    connectionString: Host=db;Password=${PG_PASSWORD}\n    statementTimeout: 10s\n";
        Write("platforms-pg.yaml", Text);
        Assert.Contains(
            "platforms-pg.yaml:4:23: platforms[0].connectionString: the environment variable PG_PASSWORD is not set",
            (await Assert.ThrowsAsync<ConfigurationException>(Open)).Message, StringComparison.Ordinal);

        _variables["PG_PASSWORD"] = "hunter2${X}";
        using var folder = await Open();
        var settings = folder.Platforms.Single(platform => platform.Name == "pg-prod");
        var options = Assert.IsType<Integrations.Postgres.PostgresPlatformOptions>(settings.Options);
        Assert.Equal(("Host=db;Password=hunter2${X}", TimeSpan.FromSeconds(10)), (options.ConnectionString, options.StatementTimeout));
        Assert.DoesNotContain("hunter2", settings.ToString(), StringComparison.Ordinal);

        Write("platforms-pg.yaml", Text.Replace("Host=db", "hunter2", StringComparison.Ordinal));
        await folder.ReadAgain(None);
        Assert.DoesNotContain("hunter2", Assert.Single(Problems(folder)), StringComparison.Ordinal);
        using var secrets = new Secrets();
        Assert.Equal("postgres", new PlatformsFromConfiguration(folder, Services(secrets), NullLoggerFactory.Instance).Find("pg-prod")!.Type);
    }

    [Fact]
    public async Task DataPlatforms_AreRead_AndNeitherTheirKeysNorFaultsShowASecret()
    {
        const string Snowflake = """
            platforms:
              - name: snow-prod
                type: snowflake
                account: myorg-prod
                user: ACCESS_FUNCTIONS
                privateKey: ${SNOWFLAKE_KEY}
                role: ACCESS_FUNCTIONS
                warehouse: WH
                database: UTIL
            """;
        const string BigQuery = """
            platforms:
              - name: bq-prod
                type: bigquery
                project: example-analytics
                serviceAccountKey: ${BIGQUERY_KEY}
                projectPolicy: true
            """;
        Write("platforms-data.yaml", Snowflake);
        _variables["SNOWFLAKE_KEY"] = Tests.Snowflake.SnowflakeServer.PrivateKey;
        using (var folder = await Open())
        {
            using var secrets = new Secrets();
            Assert.Equal("snowflake", new PlatformsFromConfiguration(folder, Services(secrets), NullLoggerFactory.Instance).Find("snow-prod")!.Type);

            Write("platforms-redshift.yaml", "platforms: [{ name: rs-prod, type: redshift, connectionString: \"Host=redshift;Port=5439;Username=access_functions;Password=${REDSHIFT_PASSWORD}\" }]");
            _variables["REDSHIFT_PASSWORD"] = "hunter2";
            await folder.ReadAgain(None);
            Assert.Equal("redshift", new PlatformsFromConfiguration(folder, Services(secrets), NullLoggerFactory.Instance).Find("rs-prod")!.Type);
            Write("platforms-google.yaml", BigQuery.Replace("${BIGQUERY_KEY}", "", StringComparison.Ordinal).Replace("    serviceAccountKey: \n", "", StringComparison.Ordinal));
            await folder.ReadAgain(None);
            Assert.Equal("bigquery", new PlatformsFromConfiguration(folder, Services(secrets), NullLoggerFactory.Instance).Find("bq-prod")!.Type);
        }

        _variables["SNOWFLAKE_KEY"] = "hunter2";
        Write("platforms-data.yaml", Snowflake.Replace("myorg-prod", "https://myorg", StringComparison.Ordinal) + "\n    address: http://example.org/\n    statementTimeout: 30s");
        var faults = (await Assert.ThrowsAsync<ConfigurationException>(Open)).Message;
        foreach (var field in (string[])["account", "privateKey", "address", "statementTimeout"]) Assert.Contains($"platforms[0].{field}: ", faults, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", faults, StringComparison.Ordinal);

        _variables["BIGQUERY_KEY"] = "{ hunter2 }";
        Write("platforms-data.yaml", BigQuery.Replace("example-analytics", "Example", StringComparison.Ordinal));
        faults = (await Assert.ThrowsAsync<ConfigurationException>(Open)).Message;
        foreach (var field in (string[])["project", "serviceAccountKey"]) Assert.Contains($"platforms[0].{field}: ", faults, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", faults, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authorities_AreRead_AndTheirFaultsNamedAtTheirLines()
    {
        Write("platforms-ca.yaml", """
            platforms:
              - name: pki
                type: certificates
                address: http://access.example.org/
                crlValidity: 2d
                profiles: [{ name: db, commonName: Role, organization: Example, maxValidity: 8h }]
              - name: ssh-prod
                type: ssh
                krlFile: /var/lib/access/ssh.krl
                push: [/usr/local/bin/push]
                endSessions: [/usr/local/bin/on-servers, end]
                commandTimeout: 5s
                resources: [{ name: web, principal: "web-{role}", extensions: [permit-pty], sourceAddress: "10.0.0.0/8", maxValidity: 8h }]
            """);
        using (var folder = await Open())
        {
            using var secrets = new Secrets();
            var platforms = new PlatformsFromConfiguration(folder, Services(secrets), NullLoggerFactory.Instance);
            Assert.Equal(new Uri("http://access.example.org/crl/pki"), Assert.IsType<Integrations.Certificates.CertificatesPlatform>(platforms.Find("pki")).CrlAddress);
            Assert.Equal(new Uri("http://localhost/krl/ssh-prod"), Assert.IsType<Integrations.Ssh.SshPlatform>(platforms.Find("ssh-prod")).KrlAddress);
        }

        Write("platforms-ca.yaml", """
            platforms:
              - name: pki
                type: certificates
                address: access.example.org
                crlValidity: 5m
                profiles: [{ name: db, commonName: Root, maxValidity: 1m }, { name: db }]
              - name: ssh-prod
                type: ssh
                push: [push]
                commandTimeout: 20s
                resources: [{ name: web, principal: "a b", extensions: [permit-all], sourceAddress: everywhere, maxValidity: 1m }]
            """);
        var message = (await Assert.ThrowsAsync<ConfigurationException>(Open)).Message;
        foreach (var fault in new[]
        {
            "platforms[0].profiles[0].commonName: must be one of: Identity, Role", "platforms[1].push: needs a krlFile", "platforms[1].push[0]: must be the whole path", "platforms[1].commandTimeout: must be",
            "platforms[1].resources[0].principal: has to be", "platforms[1].resources[0].extensions[0]: must be one of", "platforms[1].resources[0].sourceAddress: must be networks", "platforms[1].resources[0].maxValidity: must be",
        }) Assert.Contains(fault, message, StringComparison.Ordinal);

        Write("platforms-ca.yaml", "platforms: [{ name: pki, type: certificates, address: access.example.org, crlValidity: 5m, profiles: [{ name: db, maxValidity: 1m }, { name: db }] }]");
        message = (await Assert.ThrowsAsync<ConfigurationException>(Open)).Message;
        foreach (var fault in new[] { "platforms[0].address: must be", "platforms[0].crlValidity: must be", "platforms[0].profiles[0].maxValidity: must be", "platforms[0].profiles[1].name: \"db\" is named twice" })
            Assert.Contains(fault, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("folder: recordings", null)]
    [InlineData("container: https://account.blob.core.windows.net/recordings, prefix: prod/, sas: 'sv=1&sig=x'", null)]
    [InlineData("container: http://127.0.0.1:10000/devstoreaccount1/recordings", null)]
    [InlineData("description: none", "there is no field \"description\" here")]
    [InlineData("address: http://access.example.org/", "needs a folder or a container, and not both")]
    [InlineData("folder: recordings, container: https://account.blob.core.windows.net/recordings", "needs a folder or a container, and not both")]
    [InlineData("folder: ' '", "folder: must be a path")]
    [InlineData("folder: recordings, sas: 'sig=x'", "belong to a container")]
    [InlineData("container: http://account.blob.core.windows.net/recordings", "container: must be an https address")]
    [InlineData("container: 'https://account.blob.core.windows.net/recordings?sig=x'", "container: must be an https address")]
    [InlineData("container: https://account.blob.core.windows.net/recordings, sas: '${NOT_SET_ANYWHERE}'", "NOT_SET_ANYWHERE is not set")]
    [InlineData("container: https://account.blob.core.windows.net/recordings, sas: secret-word", "sas: must be a shared access signature")]
    public async Task Recordings_LieInAFolderOrAContainer(string options, string? fault)
    {
        Write("platforms-rec.yaml", $"platforms: [{{ name: rec, type: recordings, {options} }}]");
        if (fault is null)
        {
            using var folder = await Open();
            using var secrets = new Secrets();
            var services = Services(secrets) with { RecordingLinks = new Integrations.Links.ProtectedRecordingLinks(new Microsoft.AspNetCore.DataProtection.EphemeralDataProtectionProvider()) };
            var platform = Assert.IsType<Integrations.Recordings.RecordingsPlatform>(new PlatformsFromConfiguration(folder, services, NullLoggerFactory.Instance).Find("rec"));
            Assert.Equal([AccessKind.Recording], platform.Kinds);
            return;
        }

        var message = (await Assert.ThrowsAsync<ConfigurationException>(Open)).Message;
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_SetAtRunTime_StandOverTheConfiguredOnes_AndOutliveARestart()
    {
        using (var folder = await Open())
        {
            await folder.Directory.SetRoles("dave", [], None);
            await folder.Directory.SetRoles("bob", [Roles.Reviewer], None);
            Assert.Empty(folder.Directory.Current.WithRole(Roles.Admin));
        }

        using var again = await Open();
        Assert.Empty(again.Directory.Current.WithRole(Roles.Admin));
        Assert.Equal(["bob"], again.Directory.Current.WithRole(Roles.Reviewer));
    }

    [Fact]
    public async Task StandIn_IsSetReplacedAndCleared()
    {
        using var folder = await Open();
        var changes = 0;
        folder.Directory.Changed += () => changes++;
        var first = new Delegation("bob", "dave", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        await folder.Directory.SetDelegation("bob", first, None);
        await folder.Directory.SetDelegation("bob", first with { StandIn = "alice" }, None);
        Assert.Equal([first with { StandIn = "alice" }], folder.Directory.Current.Delegations);
        await folder.Directory.SetDelegation("bob", null, None);
        Assert.Empty(folder.Directory.Current.Delegations);
        Assert.Equal(3, changes);
    }

    private static AccessGroup Second => new()
    {
        Id = "second",
        Members = ["alice"],
        Resources = ["vault/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Credential] = new(Mode.Approve) },
        Approvers = ["bob"],
    };

    [Fact]
    public async Task SavedGroup_IsAFile_AndInForce()
    {
        using var folder = await Open();
        var saved = await folder.Groups.Save(Second, null, None);
        Assert.Equal(saved, folder.Groups.Find("second"));
        Assert.Equal(["analysts", "second"], folder.Groups.All.Select(group => group.Group.Id));
        Assert.Equal(["access-groups/analysts.yaml", "access-groups/second.yaml"], Directory.GetFiles(_directory.File("access-groups")).Select(path => $"access-groups/{Path.GetFileName(path)}").Order());

        using var again = await Open();
        Assert.Equal(saved!.Version, again.Groups.Find("second")!.Version);
        Assert.Equivalent(saved.Group, again.Groups.Find("second")!.Group);
    }

    [Fact]
    public async Task Save_HoldsToTheVersion()
    {
        using var folder = await Open();
        var first = (await folder.Groups.Save(Second, null, None))!;
        Assert.Null(await folder.Groups.Save(Second, null, None));
        Assert.Null(await folder.Groups.Save(Second with { Priority = 1 }, "other", None));
        Assert.Null(await folder.Groups.Save(Second with { Id = "third" }, first.Version, None));

        var second = (await folder.Groups.Save(Second with { Priority = 1 }, first.Version, None))!;
        Assert.NotEqual(first.Version, second.Version);
        Assert.Null(await folder.Groups.Save(Second with { Priority = 2 }, first.Version, None));
        Assert.False(await folder.Groups.Delete("second", first.Version, None));
        Assert.True(await folder.Groups.Delete("second", second.Version, None));
        Assert.False(await folder.Groups.Delete("second", second.Version, None));
        Assert.Null(folder.Groups.Find("second"));
    }

    [Fact]
    public async Task Save_OverAFileThatIsBroken_SaysWhy()
    {
        using var folder = await Open();
        var stored = folder.Groups.Find("analysts")!;
        Assert.Null(folder.Groups.Hindrance("analysts"));
        Write("access-groups/analysts.yaml", Analysts.Replace("[bob]", "[nobody]", StringComparison.Ordinal));
        await folder.ReadAgain(None);
        Assert.Null(await folder.Groups.Save(stored.Group with { Priority = 1 }, stored.Version, None));
        Assert.Contains("is broken", folder.Groups.Hindrance("analysts"), StringComparison.Ordinal);
        Assert.Contains("access-groups/analysts.yaml:6", folder.Groups.Hindrance("analysts"), StringComparison.Ordinal);
        Assert.Null(folder.Groups.Hindrance("none"));
    }

    [Fact]
    public async Task Save_OverAChangeByHandThatIsNotReadYet_IsRefused()
    {
        using var folder = await Open();
        var version = folder.Groups.Find("analysts")!.Version;
        Write("access-groups/analysts.yaml", Analysts + "\npriority: 5\n");
        Assert.Null(await folder.Groups.Save(folder.Groups.Find("analysts")!.Group with { Priority = 9 }, version, None));
        Assert.False(await folder.Groups.Delete("analysts", version, None));
        await folder.ReadAgain(None);
        Assert.Equal(5, folder.Groups.Find("analysts")!.Group.Priority);
    }

    [Fact]
    public async Task Save_OfAGroupInAnOddlyNamedFile_ReplacesThatFile()
    {
        File.Move(_directory.File("access-groups/analysts.yaml"), _directory.File("access-groups/01-first.yaml"));
        using var folder = await Open();
        var there = folder.Groups.Find("analysts")!;
        Assert.NotNull(await folder.Groups.Save(there.Group with { Priority = 9 }, there.Version, None));
        Assert.Single(Directory.GetFiles(_directory.File("access-groups")));
    }

    [Fact]
    public async Task Save_OfAnUnsoundGroup_WritesNothing()
    {
        using var folder = await Open();
        await Assert.ThrowsAsync<ConfigurationException>(() => folder.Groups.Save(Second with { Id = "../evil" }, null, None));
        await Assert.ThrowsAsync<ConfigurationException>(() => folder.Groups.Save(Second with { Approvers = [] }, null, None));
        Assert.Single(Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories), path => path.EndsWith("analysts.yaml", StringComparison.Ordinal));
        Assert.Equal(3, Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task TwoSaversOfOneVersion_OneWins()
    {
        using var folder = await Open();
        var there = folder.Groups.Find("analysts")!;
        var saves = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => folder.Groups.Save(there.Group with { Priority = i }, there.Version, None))));
        Assert.Single(saves, saved => saved is not null);
    }

    [Fact]
    public void Check_FindsErrorsWithAndWithoutPeople()
    {
        Write("access-groups/bad.yaml", "id: bad\nmembers: [nobody]\nresources: [x]\n");
        var file = _directory.File("access-groups/bad.yaml");
        Assert.Equal(
            [$"{file}:2:11: members[0]: there is no person \"nobody\"", $"{file}:3:13: resources[0]: \"x\" names no path: write platform/path, such as \"x/*\"", $"{file}:1:1: rules: name at least one kind of access and its mode, such as Role: {{ mode: Approve }}"],
            ConfigurationCheck.Groups([file]).Select(error => error.ToString()));
        Assert.Empty(ConfigurationCheck.Groups([_directory.File("access-groups/analysts.yaml")]));

        File.Delete(_directory.File("people.yaml"));
        Assert.Equal(2, ConfigurationCheck.Groups([file]).Count);
        Assert.Contains("cannot be read", Assert.Single(ConfigurationCheck.Groups([_directory.File("none.yaml")])).ToString(), StringComparison.Ordinal);
    }

    /// <summary>No platform here issues anything.</summary>
    private static AuthorityServices Services(Secrets secrets) =>
        new(secrets, new InMemoryChannelStore(), new Authorities.SomeAuthority.KeptAudit(), new PublicAddress(new Uri("http://localhost/")), TimeProvider.System);

    /// <summary>No vault here releases anything.</summary>
    private sealed class Secrets : ISecretStore, IDisposable
    {
        public Task<byte[]?> Get(string name, CancellationToken cancellation) => throw new NotSupportedException();
        public Task Put(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) => throw new NotSupportedException();
        public Task<byte[]> GetOrAdd(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) => throw new NotSupportedException();
        public Task Delete(string name, CancellationToken cancellation) => throw new NotSupportedException();
        public Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation) => throw new NotSupportedException();
        public void Dispose() => GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ReadOverlayAgain_PutsInForceWhatAnotherProcessSet_AndOnlyThat()
    {
        using var folder = await Open();
        var changes = 0;
        folder.Directory.Changed += () => changes++;
        await folder.ReadOverlayAgain(None);
        Assert.Equal(0, changes);

        await _overlay.SaveRoles("bob", ["Auditor"], None);
        await _overlay.SaveDelegation("bob", new Delegation("bob", "alice", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1)), None);
        Assert.Empty(folder.Directory.Current.Find("bob")!.Roles);
        await folder.ReadOverlayAgain(None);
        await folder.ReadOverlayAgain(None);
        Assert.Equal(["Auditor"], folder.Directory.Current.Find("bob")!.Roles);
        Assert.Equal("alice", Assert.Single(folder.Directory.Current.Delegations).StandIn);
        Assert.Equal(1, changes);
    }

    [Fact]
    public async Task ASlackUserThatIsLinked_HoldsAgainstTheConfiguredOne_UntilItIsUnlinked()
    {
        Write("people.yaml", "people: [{ id: alice, name: Alice, slackUserId: U0ALICE }, { id: bob, name: Bob, slackUserId: U0BOB }, { id: carol, name: Carol }]");
        using var folder = await Open();
        var changes = 0;
        folder.Directory.Changed += () => changes++;
        Assert.True(await folder.Directory.SetSlackUser("alice", "U0NEW", None));
        Assert.Equal(("U0NEW", "U0BOB", null), Linked(folder));
        Assert.True(await folder.Directory.SetSlackUser("alice", null, None));
        Assert.Equal((null, "U0BOB", null), Linked(folder));
        Assert.True(await folder.Directory.SetSlackUser("carol", "U0ALICE", None));
        Assert.Equal((null, "U0BOB", "U0ALICE"), Linked(folder));
        Assert.Equal(3, changes);
        using var later = await Open();
        Assert.Equal((null, "U0BOB", "U0ALICE"), Linked(later));
    }

    [Fact]
    public async Task ASlackUserOfAnother_IsNotLinked_WhereverItComesFrom()
    {
        Write("people.yaml", "people: [{ id: alice, name: Alice, slackUserId: U0ALICE }, { id: bob, name: Bob }, { id: carol, name: Carol }]");
        using var folder = await Open();
        using var other = await Open();
        Assert.False(await folder.Directory.SetSlackUser("bob", "U0ALICE", None));
        Assert.True(await other.Directory.SetSlackUser("carol", "U0NEW", None));

        // The other process told nobody yet.
        Assert.False(await folder.Directory.SetSlackUser("bob", "U0NEW", None));
        Assert.DoesNotContain("bob", (await _overlay.Load(None)).SlackUsers.Keys);
        await folder.ReadOverlayAgain(None);
        Assert.Equal(("U0ALICE", null, "U0NEW"), Linked(folder));
    }

    [Fact]
    public async Task ASlackUserThatTwoHave_IsWhoseItWasProvenToBe_AndElseNobodys()
    {
        Write("people.yaml", "people: [{ id: alice, name: Alice, slackUserId: U0ONE }, { id: bob, name: Bob }, { id: carol, name: Carol }]");
        await _overlay.SaveSlackUser("bob", "U0ONE", None);
        using (var folder = await Open()) Assert.Equal((null, "U0ONE", null), Linked(folder));

        await _overlay.SaveSlackUser("carol", "U0ONE", None);
        using (var folder = await Open()) Assert.Equal((null, null, null), Linked(folder));

        await _overlay.SaveSlackUser("nobody-any-more", "U0TWO", None);
        using (var folder = await Open()) Assert.True(await folder.Directory.SetSlackUser("bob", "U0TWO", None));
    }

    private static (string? Alice, string? Bob, string? Carol) Linked(ConfigurationFolder folder)
    {
        var people = folder.Directory.Current;
        return (people.Find("alice")!.SlackUserId, people.Find("bob")!.SlackUserId, people.Find("carol")!.SlackUserId);
    }
}
