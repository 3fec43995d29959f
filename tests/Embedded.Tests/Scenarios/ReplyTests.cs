using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Conformance.Tests.Replies;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Integrations.Mail.Inbound;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Embedded.Tests.Scenarios;

public sealed class EmbeddedReplyTests : ReplyScenarios
{
    protected override async Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings, IReadOnlyList<AccessGroup>? groups) =>
        await EmbeddedScenarioHost.Start(new ManualTimeProvider(), groups, settings: settings);

    /// <summary>The files for a mail server to pick up, read as any mail.</summary>
    protected override async Task<IReadOnlyList<DeliveredMail>> Mails(IScenarioHost host)
    {
        var folder = Path.Combine(((EmbeddedScenarioHost)host).Data, "mail");
        if (!Directory.Exists(folder)) return [];
        List<DeliveredMail> mails = [];
        foreach (var file in Directory.GetFiles(folder, "*.eml")) mails.Add(Read(await File.ReadAllBytesAsync(file)));
        return mails;
    }

    private static DeliveredMail Read(byte[] eml)
    {
        var mail = new MimeMailReader().Read(eml).Mail!;
        return new DeliveredMail(mail.Recipients[0], Address(mail), mail.Subject, mail.Text.Value,
            mail.Fields.GroupBy(field => field.Name).ToDictionary(group => group.Key, group => group.First().Value));
    }

    private static string? Address(InboundMail mail) => mail.All("Reply-To").FirstOrDefault() is { } given ? given[(given.IndexOf('<', StringComparison.Ordinal) + 1)..].TrimEnd('>') : null;
}
