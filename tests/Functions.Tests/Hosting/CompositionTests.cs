using System.Diagnostics.Metrics;
using System.Reflection;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Hosting;
using AccessFunctions.Functions.Mail;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Integrations.Configuration;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace AccessFunctions.Functions.Tests.Hosting;

public sealed class CompositionTests
{
    private static readonly (string Key, string Value)[] Stream = [("EventHubs:Namespace", "ns.servicebus.windows.net"), ("EventHubs:Hub", "audit")];
    private static readonly (string Key, string Value)[] Mail = [("Mail:Endpoint", "https://acs.communication.azure.com"), ("Mail:FromAddress", "access@example.com")];

    [Fact]
    public async Task EveryFunctionsClass_CanBeMade()
    {
        await using var host = await ComposedHost.Start();
        var classes = typeof(Composition).Assembly.GetTypes()
            .Where(type => !(type.IsAbstract && type.IsSealed) && type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Any(method => method.GetCustomAttribute<FunctionAttribute>() is not null)).ToList();
        Assert.NotEmpty(classes);
        Assert.All(classes, type => Assert.NotNull(ActivatorUtilities.CreateInstance(host.Services, type)));
    }

    [Fact]
    public async Task WithoutAdapters_TheHostStarts_AndSaysWhatIsMissing()
    {
        await using var host = await ComposedHost.Start();
        Assert.Empty(host.Services.GetServices<IAuditSink>());
        Assert.Empty(host.Services.GetServices<INotificationChannel>());
        var words = host.StartLog.Lines.Select(line => line.Line).ToList();
        Assert.All(["EventHubs:Namespace", "Mail:Endpoint", "KeyVault:Uri", "Oidc:Issuers"], setting => Assert.Contains(words, line => line.Contains(setting, StringComparison.Ordinal)));
        var missing = await Assert.ThrowsAsync<PlatformException>(() => host.Services.GetRequiredService<ISecretStore>().Get("x", CancellationToken.None));
        Assert.Contains("KeyVault:Uri", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAVault_LinksEndWithTheirInstance_AndTheStartSaysSo()
    {
        var link = new ReviewLink(ReviewLinkKind.Decide, "r-1", 1, 1, "bob", Some.Morning, "link-1");
        await using var host = await ComposedHost.Start();
        Assert.Contains(host.StartLog.Lines, line => line.Line.Contains("links in mails end with the instance", StringComparison.Ordinal));
        var token = host.Services.GetRequiredService<IReviewLinks>().Mint(link);
        Assert.True(host.Services.GetRequiredService<IReviewLinks>().TryRead(token, out _));
        await using var other = await ComposedHost.Start();
        Assert.False(other.Services.GetRequiredService<IReviewLinks>().TryRead(token, out _));
    }

    [Theory]
    [InlineData("decide")]
    [InlineData("de+cide@example.com")]
    public async Task AReplyAddressThatCannotBeUsed_StopsTheStart(string address)
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => ComposedHost.Start([.. Mail, ("Mail:ReplyAddress", address)]));
        Assert.Contains("Mail:ReplyAddress", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithAdapters_TheyAreThere_AndNothingIsSaidOfThem()
    {
        await using var host = await ComposedHost.Start([.. Stream, .. Mail]);
        Assert.IsType<EventHubsSink>(Assert.Single(host.Services.GetServices<IAuditSink>()));
        Assert.IsType<EmailChannel>(Assert.Single(host.Services.GetServices<INotificationChannel>()));
        Assert.DoesNotContain(host.StartLog.Lines, line => line.Line.Contains("EventHubs", StringComparison.Ordinal) || line.Line.Contains("Mail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatASinkHasNotTaken_IsMeasured_AndMakesTheHostDegraded_NotDown()
    {
        await using var host = await ComposedHost.Start(Stream);
        var check = host.Services.GetServices<IReadinessCheck>().Single(check => check.Name == "audit-sinks");
        Assert.Equal(ReadinessStatus.Ok, (await check.Check(TestContext.Current.CancellationToken)).Status);
        var report = new SinkBacklog(3, DateTimeOffset.UtcNow.AddMinutes(-6), 1);
        await host.Services.GetRequiredService<ISinkReports>().Keep("event-hubs", ISinkReports.Streams, report, TestContext.Current.CancellationToken);

        var found = await check.Check(TestContext.Current.CancellationToken);
        Assert.Equal(ReadinessStatus.Degraded, found.Status);
        Assert.StartsWith("event-hubs: 3 events wait, the first since ", found.Words, StringComparison.Ordinal);
        Assert.EndsWith("event-hubs: refuses events of 1 stream.", found.Words, StringComparison.Ordinal);

        Dictionary<string, long> measured = [];
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) => { if (instrument.Meter.Name == SinkMeter.Name) listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured[$"{instrument.Name} {tags[0].Value}"] = Math.Max(value, measured.GetValueOrDefault($"{instrument.Name} {tags[0].Value}")));
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal((3, 1), (measured["access.audit.backlog event-hubs"], measured["access.audit.held event-hubs"]));
    }

    [Fact]
    public async Task SettingsThatAreEmpty_AreNotSet()
    {
        await using var host = await ComposedHost.Start(("EventHubs:Namespace", ""), ("EventHubs:Hub", ""), ("Mail:Endpoint", ""), ("Mail:FromAddress", ""), ("KeyVault:Uri", ""), ("Host:PublicAddress", ""));
        Assert.Empty(host.Services.GetServices<IAuditSink>());
        Assert.Empty(host.Services.GetServices<INotificationChannel>());
    }

    [Fact]
    public async Task SettingsThatAreWrong_StopTheStart() =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => ComposedHost.Start(("Tables:ConnectionString", "AccountName=prod;AccountKey=x")));

    [Fact]
    public async Task AConfigurationFolderThatIsMissing_StopsTheStart() =>
        await Assert.ThrowsAsync<ConfigurationException>(() => ComposedHost.Start(("Config:Folder", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()))));

    [Theory]
    [InlineData("people.yaml", "people: [{ id: alice, nmae: Alice }]")]
    [InlineData("platforms.yaml", "platforms: [{ type: vault }]")]
    [InlineData("access-groups/readers.yaml", "{ id: readers, approvers: [nobody] }")]
    public async Task AFileThatIsBroken_LeavesWhatAnEarlierProcessFoundGoodInForce_AndLogAndReadinessSaySo(string file, string broken)
    {
        var tables = new FakeTableService();
        await using (await ComposedHost.Start(tables, Sound))
        {
        }

        // Not only the first start after the mistake goes on.
        for (var start = 0; start < 2; start++)
        {
            await using var host = await ComposedHost.Start(tables, folder =>
            {
                Sound(folder);
                File.WriteAllText(Path.Combine(folder, file), broken);
            });
            var configuration = host.Services.GetRequiredService<ConfigurationFolder>();
            Assert.Equal(["alice", "dave"], configuration.Directory.Current.All.Select(person => person.Id).Order(StringComparer.Ordinal));
            Assert.Equal("vault", Assert.Single(configuration.Platforms).Name);
            Assert.Equal("readers", Assert.Single(configuration.Groups.All).Group.Id);
            Assert.Contains(host.ConfigurationLog.Lines, line => line.Level == LogLevel.Error && line.Line.Contains($"{file}:1:", StringComparison.Ordinal));
            var check = Assert.Single(host.Services.GetServices<IReadinessCheck>().OfType<ConfigurationReadiness>());
            Assert.Equal(ReadinessStatus.Degraded, (await check.Check(CancellationToken.None)).Status);
        }
    }

    [Fact]
    public async Task AFileThatIsBroken_AtTheVeryFirstStart_StopsIt() => await Assert.ThrowsAsync<ConfigurationException>(
        () => ComposedHost.Start(new FakeTableService(), static folder => File.WriteAllText(Path.Combine(folder, "people.yaml"), "people: [{ id: alice, nmae: Alice }]")));

    private static void Sound(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "platforms.yaml"), "platforms: [{ name: vault, type: vault, secrets: [{ name: db-admin, owners: [dave] }] }]");
        Directory.CreateDirectory(Path.Combine(folder, "access-groups"));
        File.WriteAllText(
            Path.Combine(folder, "access-groups", "readers.yaml"), "{ id: readers, members: [alice], resources: [vault/*], rules: { Session: { mode: Approve } }, approvers: [dave] }");
    }

    [Theory]
    [InlineData("https://access.example/app", "site.azurewebsites.net", "https://access.example/app")]
    [InlineData("", "site.azurewebsites.net", "https://site.azurewebsites.net/")]
    [InlineData("", "localhost:7071", "http://localhost:7071/")]
    public async Task Links_LeadToTheConfiguredAddress_OrTheApps(string configured, string hostName, string expected)
    {
        await using var host = await ComposedHost.Start(("Host:PublicAddress", configured), ("WEBSITE_HOSTNAME", hostName));
        Assert.Equal(expected, host.Services.GetRequiredService<PublicAddress>().Root.ToString());
    }

    [Fact]
    public async Task Readiness_IsOk_OnceStarted()
    {
        await using var host = await ComposedHost.Start();
        foreach (var check in host.Services.GetServices<IReadinessCheck>())
            Assert.Equal(ReadinessStatus.Ok, (await check.Check(CancellationToken.None)).Status);
    }
}
