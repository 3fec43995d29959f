using AccessFunctions.Conformance.Tests;
using AccessFunctions.Conformance.Tests.Replies;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Functions.Timers;
using AccessFunctions.Tests.Shared;
using Azure.Communication.Email;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Functions.Tests.Scenarios;

public sealed class AzureReplyTests : ReplyScenarios
{
    protected override async Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings, IReadOnlyList<AccessGroup>? groups) =>
        await AzureScenarioHost.Start(new ManualTimeProvider(), groups, settings);

    protected override Task<IReadOnlyList<SentMail>> Mails(IScenarioHost host) => HandedOver.By(host);
}

public sealed class AzureMailboxTests : MailboxScenarios
{
    protected override async Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings) => await AzureScenarioHost.Start(new ManualTimeProvider(), settings: settings);

    protected override Task<IReadOnlyList<SentMail>> Mails(IScenarioHost host) => HandedOver.By(host);

    protected override Task Read(IScenarioHost host)
    {
        var azure = (AzureScenarioHost)host;
        return ActivatorUtilities.CreateInstance<TimerFunctions>(azure.Services).ReadReplies(new TimerInfo(), azure.Orchestrations.Client, CancellationToken.None);
    }
}

/// <summary>What the mail service was given; an operation that it knows is not sent again.</summary>
internal static class HandedOver
{
    public static Task<IReadOnlyList<SentMail>> By(IScenarioHost host)
    {
        var service = (FakeEmailService)((AzureScenarioHost)host).Services.GetRequiredService<EmailClient>();
        lock (service.Sent)
        {
            return Task.FromResult<IReadOnlyList<SentMail>>(
            [
                .. service.Sent.DistinctBy(sent => sent.Operation).Select(sent => sent.Message).Select(message => new SentMail(
                    message.Recipients.To[0].Address, message.ReplyTo.Count > 0 ? message.ReplyTo[0].Address : null, message.Content.Subject, message.Content.PlainText, new Dictionary<string, string>(message.Headers))),
            ]);
        }
    }
}
