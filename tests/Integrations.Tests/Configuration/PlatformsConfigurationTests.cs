using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Configuration;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Configuration;

/// <summary>Each kind of platform in its file, and its faults at their lines.</summary>
public sealed class PlatformsConfigurationTests : ConfigurationScene
{
    [Fact]
    public async Task MorePlatforms_StandInFilesOfTheirOwn()
    {
        Write("platforms-more.yaml", "platforms: [{ name: second, type: vault }]");
        using var folder = await Open();
        Assert.Equal(["manual", "second", "vault"], folder.Platforms.Select(platform => platform.Name).Order());
        var platforms = PlatformsOf(folder);
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

        Variables["PG_PASSWORD"] = "hunter2${X}";
        using var folder = await Open();
        var settings = folder.Platforms.Single(platform => platform.Name == "pg-prod");
        var options = Assert.IsType<Integrations.Postgres.PostgresPlatformOptions>(settings.Options);
        Assert.Equal(("Host=db;Password=hunter2${X}", TimeSpan.FromSeconds(10)), (options.ConnectionString, options.StatementTimeout));
        Assert.DoesNotContain("hunter2", settings.ToString(), StringComparison.Ordinal);

        Write("platforms-pg.yaml", Text.Replace("Host=db", "hunter2", StringComparison.Ordinal));
        await folder.ReadAgain(None);
        Assert.DoesNotContain("hunter2", Assert.Single(Problems(folder)), StringComparison.Ordinal);
        Assert.Equal("postgres", PlatformsOf(folder).Find("pg-prod")!.Type);
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
        Variables["SNOWFLAKE_KEY"] = Tests.Snowflake.SnowflakeServer.PrivateKey;
        using (var folder = await Open())
        {
            Assert.Equal("snowflake", PlatformsOf(folder).Find("snow-prod")!.Type);

            Write("platforms-redshift.yaml", "platforms: [{ name: rs-prod, type: redshift, connectionString: \"Host=redshift;Port=5439;Username=access_functions;Password=${REDSHIFT_PASSWORD}\" }]");
            Variables["REDSHIFT_PASSWORD"] = "hunter2";
            await folder.ReadAgain(None);
            Assert.Equal("redshift", PlatformsOf(folder).Find("rs-prod")!.Type);
            Write("platforms-google.yaml", BigQuery.Replace("${BIGQUERY_KEY}", "", StringComparison.Ordinal).Replace("    serviceAccountKey: \n", "", StringComparison.Ordinal));
            await folder.ReadAgain(None);
            Assert.Equal("bigquery", PlatformsOf(folder).Find("bq-prod")!.Type);
        }

        Variables["SNOWFLAKE_KEY"] = "hunter2";
        Write("platforms-data.yaml", Snowflake.Replace("myorg-prod", "https://myorg", StringComparison.Ordinal) + "\n    address: http://example.org/\n    statementTimeout: 30s");
        var faults = (await Assert.ThrowsAsync<ConfigurationException>(Open)).Message;
        foreach (var field in (string[])["account", "privateKey", "address", "statementTimeout"]) Assert.Contains($"platforms[0].{field}: ", faults, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", faults, StringComparison.Ordinal);

        Variables["BIGQUERY_KEY"] = "{ hunter2 }";
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
            var platforms = PlatformsOf(folder);
            Assert.Equal(new Uri("http://access.example.org/crl/pki"), Assert.IsType<Integrations.Certificates.CertificatesPlatform>(platforms.Find("pki")).ListAddress);
            Assert.Equal(new Uri("http://localhost/krl/ssh-prod"), Assert.IsType<Integrations.Ssh.SshPlatform>(platforms.Find("ssh-prod")).ListAddress);
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
            var links = new Integrations.Links.ProtectedRecordingLinks(new Microsoft.AspNetCore.DataProtection.EphemeralDataProtectionProvider());
            var platform = Assert.IsType<Integrations.Recordings.RecordingsPlatform>(PlatformsOf(folder, services => services with { RecordingLinks = links }).Find("rec"));
            Assert.Equal([AccessKind.Recording], platform.Kinds);
            return;
        }

        var message = (await Assert.ThrowsAsync<ConfigurationException>(Open)).Message;
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", message, StringComparison.Ordinal);
    }
}
