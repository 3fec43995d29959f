using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Conformance.Tests.Replies;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Integrations.Mail.Graph;
using AccessFunctions.Integrations.Mail.Inbound;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

public sealed class EmbeddedReplyTests : ReplyScenarios
{
    protected override async Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings, IReadOnlyList<AccessGroup>? groups) =>
        await EmbeddedScenarioHost.Start(new ManualTimeProvider(), groups, settings: settings);

    protected override Task<IReadOnlyList<SentMail>> Mails(IScenarioHost host) => PickedUp.From(host);
}

public sealed class EmbeddedMailboxTests : MailboxScenarios
{
    protected override async Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings) => await EmbeddedScenarioHost.Start(new ManualTimeProvider(), settings: settings);

    protected override Task<IReadOnlyList<SentMail>> Mails(IScenarioHost host) => PickedUp.From(host);

    protected override Task Read(IScenarioHost host) => ((EmbeddedScenarioHost)host).Services.GetRequiredService<MailboxPoller>().RunOnce(TestContext.Current.CancellationToken);

    [Fact]
    public async Task TheMailbox_IsReadByTheClock()
    {
        await using var graph = await GraphServer.Start();
        await using var host = await Start(new Dictionary<string, string?>(graph.Settings) { ["Mail:Inbound:Graph:EverySeconds"] = "60" });
        graph.Deliver("m-1", MailGateway.GraphMessage("eve", "access@example.org", "<p>Buy now</p>", "m-1"));
        await host.Until(() =>
        {
            host.Advance(TimeSpan.FromSeconds(60));
            return Task.FromResult(graph.Unread.Count == 0);
        }, "it is read every minute");
    }

    [Fact]
    public async Task AMailbox_WithoutTheApplicationsSecret_StopsTheStart()
    {
        await using var graph = await GraphServer.Start();
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Start(new Dictionary<string, string?>(graph.Settings) { ["Mail:Inbound:Graph:ClientSecret"] = "" }));
        Assert.Contains("Mail:Inbound:Graph", failure.Message, StringComparison.Ordinal);
    }
}

/// <summary>The files for a mail server to pick up, read as any mail.</summary>
internal static class PickedUp
{
    public static async Task<IReadOnlyList<SentMail>> From(IScenarioHost host)
    {
        var folder = Path.Combine(((EmbeddedScenarioHost)host).Data, "mail");
        if (!Directory.Exists(folder)) return [];
        List<SentMail> mails = [];
        foreach (var file in Directory.GetFiles(folder, "*.eml")) mails.Add(Read(await File.ReadAllBytesAsync(file)));
        return mails;
    }

    private static SentMail Read(byte[] eml)
    {
        var mail = new MimeMailReader().Read(eml).Mail!;
        return new SentMail(mail.Recipients[0], Address(mail), mail.Subject, mail.Text.Value,
            mail.Fields.GroupBy(field => field.Name).ToDictionary(group => group.Key, group => group.First().Value));
    }

    private static string? Address(InboundMail mail) => mail.All("Reply-To").FirstOrDefault() is { } given ? given[(given.IndexOf('<', StringComparison.Ordinal) + 1)..].TrimEnd('>') : null;
}
