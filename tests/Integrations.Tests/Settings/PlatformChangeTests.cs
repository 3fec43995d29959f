using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Integrations.Postgres;
using AccessFunctions.Integrations.Tests.Configuration;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Settings;

/// <summary>Changes of platforms: what is set at run time holds over the files, and never shows a secret.</summary>
public sealed class PlatformChangeTests
{
    private const string Prod = "platforms/pg-prod";
    private const string New = "platforms/pg-new";
    private const string NewDocument = """{ "type": "postgres", "connectionString": "Host=new;Username=access;Password=${PLATFORM_NEW}" }""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_NamesVariables_AndHidesWhatIsWrittenOut()
    {
        using var world = await SettingsWorld.Open();
        Assert.Equal(
            """
            {
              "name": "pg-prod",
              "type": "postgres",
              "connectionString": "Host=db;Username=access;Password=${PG_PASSWORD}",
              "credentials": [
                "reporting"
              ]
            }
            """.ReplaceLineEndings("\n"), (await world.Now(Prod)).Text);
        Assert.Contains(PlatformDocument.Hidden, (await world.Now("platforms/pg-old")).Text, StringComparison.Ordinal);
        Assert.Contains((await world.Platform.Resources(Cancellation)).Select(static resource => resource.Resource), static resource => resource == "settings/platforms/ssh");
    }

    [Fact]
    public async Task Change_HoldsOverTheFile_AndIsTakenBackAtTheEnd()
    {
        using var world = await SettingsWorld.Open();
        var before = await world.Now(Prod);
        var order = await world.Order(path: Prod, version: before.Version, change: before.Text!.Replace("reporting", "reporting2", StringComparison.Ordinal));
        await world.Platform.Grant(order, Cancellation);
        await world.Platform.Grant(order, Cancellation);
        Assert.Equal(["reporting2"], Options(world.Folder, "pg-prod").Credentials);
        Assert.Equal("Host=db;Username=access;Password=p1", Options(world.Folder, "pg-prod").ConnectionString);
        var told = Assert.Single(world.Audit.Events);
        Assert.Equal((EventTypes.Host.PlatformSaved, "alice", "platform/pg-prod", "r-1.1"), (told.Type, told.Actor, told.Resource, told.GrantId));
        using (var again = await world.OpenFolder()) Assert.Equal(["reporting2"], Options(again, "pg-prod").Credentials);

        await world.Platform.Revoke(order, Cancellation);
        Assert.Contains($"reverted to version {before.Version}", (await world.Platform.ReadBack(order, Cancellation)).Evidence, StringComparison.Ordinal);
        Assert.Equal(["reporting"], Options(world.Folder, "pg-prod").Credentials);
        using (var again = await world.OpenFolder()) Assert.Equal(["reporting"], Options(again, "pg-prod").Credentials);
    }

    [Fact]
    public async Task NewPlatform_GivesUntilItIsTakenBack_AndTakesForGood()
    {
        using var world = await SettingsWorld.Open();
        var platforms = ConfigurationScene.PlatformsOf(world.Folder);
        var order = await world.Order(path: New, version: null, change: NewDocument);
        await world.Platform.Grant(order, Cancellation);
        Assert.True(IsOffered(platforms));

        await world.Platform.Revoke(order, Cancellation);
        Assert.Contains("reverted to no document", (await world.Platform.ReadBack(order, Cancellation)).Evidence, StringComparison.Ordinal);
        Assert.False(IsOffered(platforms));
        Assert.NotNull(platforms.Find("pg-new"));
        Assert.Null((await world.Now(New)).Version);

        // What was given through it is taken through it after a restart too.
        using var again = await world.OpenFolder();
        var later = ConfigurationScene.PlatformsOf(again);
        Assert.Equal((true, false), (later.Find("pg-new") is not null, IsOffered(later)));
        Assert.Contains("of the type postgres", await Refused(world, "{ type: manual }", null, New), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecretThatTheFileWritesOut_StaysHiddenAndInForce()
    {
        using var world = await SettingsWorld.Open();
        var before = await world.Now("platforms/pg-old");
        var (change, errors) = await world.Read(before.Text!.Replace("\n}", ",\n\"heir\": \"keeper\"\n}", StringComparison.Ordinal), before.Version, "platforms/pg-old");
        Assert.Empty(errors);
        Assert.DoesNotContain("written-out", $"{change!.Before}{change.After}", StringComparison.Ordinal);
        await world.Platform.Grant(await world.Order(path: "platforms/pg-old", version: before.Version, change: change.After), Cancellation);
        Assert.Equal(("Host=old;Username=access;Password=written-out", "keeper"), (Options(world.Folder, "pg-old").ConnectionString, Options(world.Folder, "pg-old").Heir));
        Assert.DoesNotContain((await world.Store.All("platforms", Cancellation)), static row => row.Value.Contains("written-out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ type: postgres, connectionString: Host=x;Password=plain }", "writes a password out")]
    [InlineData("{ type: postgres, connectionString: \"Host=x;Pwd=plain;Password=${PLATFORM_NEW}\" }", "is made of Host")]
    [InlineData("{ type: postgres, connectionString: \"Host=x;Password=plain;PASSWORD=${PLATFORM_NEW}\" }", "writes a password out")]
    [InlineData("{ type: postgres, connectionString: \"Host=x;Password=${PLATFORM_NEW};password=${PLATFORM_NEW}\" }", "twice")]
    [InlineData("{ type: postgres, connectionString: \"Host=${PLATFORM_NEW};Password=${PLATFORM_NEW}\" }", "variables stand for the password alone")]
    [InlineData("{ type: postgres, connectionString: \"Host=/var/run/postgresql;Password=${PLATFORM_NEW}\" }", "no path of the host")]
    [InlineData("{ type: postgres, connectionString: Host=x;Username=access }", "names no password")]
    [InlineData("{ type: postgres, connectionString: Host=x;Passfile=.pgpass }", "is made of Host")]
    [InlineData("{ type: postgres, connectionString: \"Host=x;Password=${SMTP_PASSWORD}\" }", "SMTP_PASSWORD")]
    [InlineData("{ type: postgres, connectionString: \"Host=x;Password=${PLATFORM_NONE}\" }", "PLATFORM_NONE is not set")]
    [InlineData("{ type: postgres, connectionString: (as in platforms.yaml) }", "hides nothing here")]
    [InlineData("{ type: postgres, ConnectionString: Host=x;Password=plain }", "ConnectionString")]
    [InlineData("{ type: postgres }", "connectionString")]
    [InlineData("{ type: postgres, connectionString: \"Host=x;Password=${PLATFORM_NEW}\", host: [] }", "host: must be text")]
    [InlineData("{ type: bigquery, project: example-analytics, address: \"https://elsewhere.example/\" }", "serviceAccountKey: is missing")]
    [InlineData("{ type: snowflake, account: a-b, user: u, role: r, warehouse: w, database: d, privateKey: plain }", "privateKey")]
    [InlineData("{ type: certificates, address: \"http://user:secret@x/\", profiles: [] }", "address")]
    [InlineData("{ type: vault, secrets: [{ name: certs }] }", "made in platforms.yaml")]
    [InlineData("{ type: recordings, folder: /etc }", "folder: reaches into the host")]
    [InlineData("{ type: recordings, container: \"https://x.example/c\" }", "container: reaches into the host")]
    [InlineData("{ type: ssh, resources: [], endSessions: [/bin/sh] }", "endSessions: reaches into the host")]
    [InlineData("{ type: settings }", "set in platforms.yaml alone")]
    [InlineData("{ name: pg-other, type: manual }", "a name stays")]
    [InlineData("{ type: nothing }", "must be one of")]
    [InlineData("[]", "must be fields")]
    public async Task Proposal_ThatCannotBeSet_NamesWhatIsWrong(string change, string says)
    {
        using var world = await SettingsWorld.Open();
        Assert.Contains(says, await Refused(world, change, null, New), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThePlatformOfSettings_AndWhatReachesTheHost_AreSetInTheFileAlone()
    {
        using var world = await SettingsWorld.Open();
        Assert.Contains("platforms.yaml alone", await Refused(world, "null", (await world.Now("platforms/settings")).Version, "platforms/settings"), StringComparison.Ordinal);
        var ssh = await world.Now("platforms/ssh");
        Assert.Contains($"\"krlFile\": \"{PlatformDocument.Hidden}\"", ssh.Text, StringComparison.Ordinal);
        Assert.Contains("krlFile", await Refused(world, ssh.Text!.Replace(PlatformDocument.Hidden, "/etc/passwd", StringComparison.Ordinal), ssh.Version, "platforms/ssh"), StringComparison.Ordinal);
        Assert.Empty((await world.Read(ssh.Text.Replace("\"principal\": \"web\"", "\"principal\": \"www\"", StringComparison.Ordinal), ssh.Version, "platforms/ssh")).Errors);
    }

    [Fact]
    public async Task ChangeOfTheFile_HoldsOverWhatWasSet()
    {
        using var world = await SettingsWorld.Open();
        var before = await world.Now(Prod);
        var order = await world.Order(path: Prod, version: before.Version, change: before.Text!.Replace("reporting", "reporting2", StringComparison.Ordinal));
        await world.Platform.Grant(order, Cancellation);
        await File.WriteAllTextAsync(world.PlatformsFile, (await File.ReadAllTextAsync(world.PlatformsFile, Cancellation)).Replace("reporting", "reporting3", StringComparison.Ordinal), Cancellation);
        Assert.Contains("reporting3", (await world.Now(Prod)).Text, StringComparison.Ordinal);
        Assert.Equal(["reporting3"], Options(world.Folder, "pg-prod").Credentials);

        await world.Platform.Revoke(order, Cancellation);
        var look = await world.Platform.ReadBack(order, Cancellation);
        Assert.True(look.AwaitsPerson);
        Assert.Equal(["reporting3"], Options(world.Folder, "pg-prod").Credentials);
    }

    [Fact]
    public async Task WhatAFileChangedOver_DoesNotComeBackWithTheFileOfBefore()
    {
        using var world = await SettingsWorld.Open();
        var (before, file) = (await world.Now(Prod), await File.ReadAllTextAsync(world.PlatformsFile, Cancellation));
        await world.Platform.Grant(await world.Order(path: Prod, version: before.Version, change: before.Text!.Replace("reporting", "reporting2", StringComparison.Ordinal)), Cancellation);
        foreach (var text in new[] { file.Replace("reporting", "reporting3", StringComparison.Ordinal), file })
        {
            await File.WriteAllTextAsync(world.PlatformsFile, text, Cancellation);
            await world.Folder.ReadAgain(Cancellation);
        }

        Assert.Equal(["reporting"], Options(world.Folder, "pg-prod").Credentials);
        using var again = await world.OpenFolder();
        Assert.Equal(["reporting"], Options(again, "pg-prod").Credentials);
    }

    [Fact]
    public async Task ChangeThatTheFileTookOver_IsTheFiles()
    {
        using var world = await SettingsWorld.Open();
        var before = await world.Now(Prod);
        var order = await world.Order(path: Prod, version: before.Version, change: before.Text!.Replace("reporting", "reporting2", StringComparison.Ordinal));
        await world.Platform.Grant(order, Cancellation);
        await File.WriteAllTextAsync(world.PlatformsFile, (await File.ReadAllTextAsync(world.PlatformsFile, Cancellation)).Replace("reporting", "reporting2", StringComparison.Ordinal), Cancellation);
        await world.Platform.Revoke(order, Cancellation);
        Assert.True((await world.Platform.ReadBack(order, Cancellation)).AwaitsPerson);
        Assert.Equal(["reporting2"], Options(world.Folder, "pg-prod").Credentials);
    }

    [Fact]
    public async Task ChangeOfWhatTheFileHides_HoldsOverWhatWasSet()
    {
        using var world = await SettingsWorld.Open();
        var before = await world.Now("platforms/pg-old");
        const string Named = "Host=old;Username=access;Password=${PLATFORM_NEW}";
        await world.Platform.Grant(await world.Order(path: "platforms/pg-old", version: before.Version, change: before.Text!.Replace(PlatformDocument.Hidden, Named, StringComparison.Ordinal)), Cancellation);
        Assert.Equal("Host=old;Username=access;Password=p2", Options(world.Folder, "pg-old").ConnectionString);
        await File.WriteAllTextAsync(world.PlatformsFile, (await File.ReadAllTextAsync(world.PlatformsFile, Cancellation)).Replace("written-out", "written-later", StringComparison.Ordinal), Cancellation);
        await world.Folder.ReadAgain(Cancellation);
        Assert.EndsWith("written-later", Options(world.Folder, "pg-old").ConnectionString, StringComparison.Ordinal);
        Assert.DoesNotContain(await world.Store.All("platforms", Cancellation), static row => row.Value.Contains("written-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Prod, "Host=db;", "Host=elsewhere;")]
    [InlineData("platforms/pg-old", PlatformDocument.Hidden, "Host=elsewhere;Username=access;Password=${PLATFORM_NEW}")]
    public async Task Platform_StaysTheSameSystem(string path, string was, string shall)
    {
        using var world = await SettingsWorld.Open();
        var before = await world.Now(path);
        Assert.Contains("another system", await Refused(world, before.Text!.Replace(was, shall, StringComparison.Ordinal), before.Version, path), StringComparison.Ordinal);
        Assert.Contains("hides nothing", await Refused(world, (await world.Now(Prod)).Text!.Replace("Host=db;Username=access;Password=${PG_PASSWORD}", PlatformDocument.Hidden, StringComparison.Ordinal), (await world.Now(Prod)).Version, Prod), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlatformOfTheFile_Goes_ComesBackAtTheEnd_AndTakesAlsoOnceTheFileForgotIt()
    {
        using var world = await SettingsWorld.Open();
        var platforms = ConfigurationScene.PlatformsOf(world.Folder);
        var before = await world.Now(Prod);
        var order = await world.Order(path: Prod, version: before.Version, change: "null");
        await world.Platform.Grant(order, Cancellation);
        Assert.Equal((true, false), (platforms.Find("pg-prod") is not null, platforms.All.Any(static platform => platform.Name == "pg-prod")));
        await world.Platform.Revoke(order, Cancellation);
        Assert.Equal(before, await world.Now(Prod));

        await world.Platform.Grant(await world.Order(path: Prod, version: before.Version, change: "null", grant: "r-2.1"), Cancellation);
        var file = await File.ReadAllLinesAsync(world.PlatformsFile, Cancellation);
        await File.WriteAllLinesAsync(world.PlatformsFile, file.Where(static line => !line.Contains("pg-prod", StringComparison.Ordinal)), Cancellation);
        using var again = await world.OpenFolder();
        var later = ConfigurationScene.PlatformsOf(again);
        Assert.Equal((true, false), (later.Find("pg-prod") is not null, later.All.Any(static platform => platform.Name == "pg-prod")));
        Assert.Contains("of the type postgres", await Refused(world, "{ type: manual }", null, Prod), StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_TakesBackNothingThatAnotherRequestMadeSince_ThoughItSaysTheSame()
    {
        using var world = await SettingsWorld.Open();
        var first = await world.Order(path: New, version: null, change: NewDocument);
        await world.Platform.Grant(first, Cancellation);
        var made = await world.Now(New);
        await world.Platform.Grant(await world.Order(path: New, version: made.Version, change: "null", reverts: false, grant: "r-2.1"), Cancellation);
        await world.Platform.Grant(await world.Order(path: New, version: null, change: NewDocument, reverts: false, grant: "r-3.1"), Cancellation);
        var again = await world.Now(New);
        Assert.Equal((made.Text, false), (again.Text, made.Version == again.Version));
        await world.Platform.Revoke(first, Cancellation);
        Assert.True((await world.Platform.ReadBack(first, Cancellation)).AwaitsPerson);
        Assert.Equal(again, await world.Now(New));
    }

    [Fact]
    public async Task EndOfARemoval_BringsNothingBackThatAnotherRequestRemovedSince()
    {
        using var world = await SettingsWorld.Open();
        var first = await world.Order(path: Prod, version: (await world.Now(Prod)).Version, change: "null");
        var document = (await world.Now(Prod)).Text!;
        await world.Platform.Grant(first, Cancellation);
        await world.Platform.Grant(await world.Order(path: Prod, version: null, change: document, reverts: false, grant: "r-2.1"), Cancellation);
        await world.Platform.Grant(await world.Order(path: Prod, version: (await world.Now(Prod)).Version, change: "null", reverts: false, grant: "r-3.1"), Cancellation);
        await world.Platform.Revoke(first, Cancellation);
        Assert.True((await world.Platform.ReadBack(first, Cancellation)).AwaitsPerson);
        Assert.Null((await world.Now(Prod)).Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ends_OfTwoChangesOneUponTheOther_BringBackWhatStoodBeforeBoth(bool firstEndsFirst)
    {
        using var world = await SettingsWorld.Open();
        var before = await world.Now(Prod);
        var first = await world.Order(path: Prod, version: before.Version, change: before.Text!.Replace("reporting", "one", StringComparison.Ordinal));
        await world.Platform.Grant(first, Cancellation);
        var second = await world.Order(path: Prod, version: (await world.Now(Prod)).Version, change: before.Text.Replace("reporting", "two", StringComparison.Ordinal), grant: "r-2.1");
        await world.Platform.Grant(second, Cancellation);
        foreach (var ending in firstEndsFirst ? new[] { first, second, first } : [second, first]) await world.Platform.Revoke(ending, Cancellation);
        Assert.Equal(before, await world.Now(Prod));
        foreach (var ended in new[] { first, second }) Assert.Contains("reverted to version", (await world.Platform.ReadBack(ended, Cancellation)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NameThatLeftTheFile_IsTakenByNoOtherSystem()
    {
        using var world = await SettingsWorld.Open();
        var file = await File.ReadAllLinesAsync(world.PlatformsFile, Cancellation);
        await File.WriteAllLinesAsync(world.PlatformsFile, file.Where(static line => !line.Contains("pg-old", StringComparison.Ordinal)), Cancellation);
        await world.Folder.ReadAgain(Cancellation);
        Assert.Contains("of the type postgres", await Refused(world, "{ type: manual }", null, "platforms/pg-old"), StringComparison.Ordinal);
        Assert.Contains("another system", await Refused(world, NewDocument, null, "platforms/pg-old"), StringComparison.Ordinal);
        Assert.Empty((await world.Read(NewDocument.Replace("Host=new", "Host=old", StringComparison.Ordinal), null, "platforms/pg-old")).Errors);
        using var again = await world.OpenFolder();
        Assert.DoesNotContain(await world.Store.All("platforms", Cancellation), static row => row.Value.Contains("written-out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ProcessWithOtherFiles_UndoesNothingForOthers()
    {
        using var world = await SettingsWorld.Open();
        using var older = await SettingsWorld.Open(world.Store);
        var before = await world.Now(Prod);
        await File.WriteAllTextAsync(world.PlatformsFile, (await File.ReadAllTextAsync(world.PlatformsFile, Cancellation)).Replace("reporting", "newer", StringComparison.Ordinal), Cancellation);
        var now = await world.Now(Prod);
        await world.Platform.Grant(await world.Order(path: Prod, version: now.Version, change: now.Text!.Replace("newer", "approved", StringComparison.Ordinal)), Cancellation);
        Assert.Equal(before, await older.Now(Prod));
        await world.Folder.ReadOverlayAgain(Cancellation);
        Assert.Equal(["approved"], Options(world.Folder, "pg-prod").Credentials);
    }

    [Theory]
    [InlineData("applied")]
    [InlineData("told-applied")]
    public async Task Change_IsMadeOnce_WhereverAProcessStopped(string before)
    {
        using var world = await SettingsWorld.Open();
        var now = await world.Now(Prod);
        var order = await world.Order(path: Prod, version: now.Version, change: now.Text!.Replace("reporting", "reporting2", StringComparison.Ordinal));
        world.Rows.StopBefore = before;
        await Assert.ThrowsAsync<IOException>(() => world.Platform.Grant(order, Cancellation));
        world.Rows.StopBefore = null;
        var stopped = await world.Now(Prod);
        await world.Platform.Grant(order, Cancellation);
        Assert.Equal(stopped, await world.Now(Prod));
        await world.Platform.Revoke(order, Cancellation);
        Assert.Equal(now, await world.Now(Prod));
    }

    [Fact]
    public async Task BrokenFile_HasToBeMendedFirst()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order(path: New, version: null, change: NewDocument);
        await File.AppendAllTextAsync(world.PlatformsFile, "  - { name: broken }\n", Cancellation);
        await world.Folder.ReadAgain(Cancellation);
        Assert.Contains("Mend the file", (await Assert.ThrowsAsync<PlatformException>(() => world.Platform.Grant(order, Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcessesOfOneHost_SeeTheSame_AndOneOfTwoChangesHolds()
    {
        using var world = await SettingsWorld.Open();
        using var other = await world.OpenFolder();
        var before = await world.Now(Prod);
        var order = await world.Order(path: Prod, version: before.Version, change: before.Text!.Replace("reporting", "mine", StringComparison.Ordinal));
        Assert.NotNull(await other.PlatformDocuments!.Save("pg-prod", before.Text.Replace("reporting", "theirs", StringComparison.Ordinal), before.Version, Cancellation));
        Assert.Equal(["reporting"], Options(world.Folder, "pg-prod").Credentials);
        Assert.Contains("moved meanwhile", (await Assert.ThrowsAsync<PlatformException>(() => world.Platform.Grant(order, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Equal(["theirs"], Options(world.Folder, "pg-prod").Credentials);

        var (mine, theirs) = (ConfigurationScene.PlatformsOf(world.Folder), ConfigurationScene.PlatformsOf(other));
        await world.Platform.Grant(await world.Order(path: New, version: null, change: NewDocument, grant: "r-2.1"), Cancellation);
        Assert.Equal((true, false), (IsOffered(mine), IsOffered(theirs)));
        await theirs.Refresh(Cancellation);
        Assert.True(IsOffered(theirs));
    }

    [Fact]
    public async Task DocumentWhoseVariableWent_StaysAsItWas_AndRefusesAStart()
    {
        using var world = await SettingsWorld.Open();
        await world.Platform.Grant(await world.Order(path: New, version: null, change: NewDocument), Cancellation);
        world.Variables.Remove("PLATFORM_NEW");
        await world.Folder.ReadAgain(Cancellation);
        Assert.Equal("Host=new;Username=access;Password=p2", Options(world.Folder, "pg-new").ConnectionString);
        Assert.Contains("PLATFORM_NEW is not set", Assert.Single(world.Folder.Problems).Message, StringComparison.Ordinal);
        Assert.Contains("PLATFORM_NEW", (await Assert.ThrowsAsync<ConfigurationException>(world.OpenFolder)).Message, StringComparison.Ordinal);
    }

    private static bool IsOffered(PlatformsFromConfiguration platforms) => platforms.All.Any(static platform => platform.Name == "pg-new");

    private static PostgresPlatformOptions Options(ConfigurationFolder folder, string name) =>
        Assert.IsType<PostgresPlatformOptions>(folder.Platforms.Single(platform => platform.Name == name && !platform.Gone).Options);

    private static async Task<string> Refused(SettingsWorld world, string change, string? version, string path)
    {
        var (none, errors) = await world.Read(change, version, path);
        Assert.Null(none);
        return string.Join(" ", Assert.Contains("parameters.change", errors));
    }
}
