using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Conformance.Tests.Replies;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>The signing relay that the operations page shows, run as a mail server would run it.</summary>
public sealed partial class RelayScriptTests
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("access-relay-").FullName;

    [Fact]
    public async Task TheRelay_OfTheOperationsPage_SignsWhatItPosts()
    {
        var script = Path.Combine(Folder, "access-relay");
        await File.WriteAllTextAsync(script, Script().Match(await File.ReadAllTextAsync(Page())).Groups[1].Value);
        var secret = Path.Combine(Folder, "secret");
        await File.WriteAllTextAsync(secret, MailGateway.Secret + "\n");
        await using var host = await EmbeddedScenarioHost.Start(time: null, settings: MailGateway.Settings);
        var asked = await host.As("alice").AskForSecret();
        string? to = null;
        await host.Until(async () => (to = (await PickedUp.From(host)).FirstOrDefault(mail => mail.To == "bob@example.org" && mail.ReplyTo is not null)?.ReplyTo) is not null, "bob is asked by mail");

        using var client = host.As(null);
        var address = new Uri(client.BaseAddress!, MailGateway.Address).AbsoluteUri;
        byte[] delivered = [.. Encoding.ASCII.GetBytes("From bob@example.org Mon Nov 23 09:00:00 2026\n"), .. MailGateway.Mail("bob", to!, "DISAPPROVE")];
        Assert.Equal(0, await Run(script, secret, address, delivered));
        Assert.Equal("Denied", (await host.As("alice").See(asked.Id))["status"]);

        Assert.Equal(69, await Run(script, secret, address, "no mail"u8.ToArray()));
        await File.WriteAllTextAsync(secret, "another-secret-than-the-hosts-own-one");
        Assert.Equal(75, await Run(script, secret, address, delivered));
        Assert.Equal(75, await Run(script, secret, "http://127.0.0.1:1/", delivered));
    }

    private static async Task<int> Run(string script, string secret, string address, byte[] mail)
    {
        var start = new ProcessStartInfo("python3") { RedirectStandardInput = true, RedirectStandardError = true };
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(address);
        start.Environment["ACCESS_RELAY_SECRET"] = secret;
        using var relay = Start(start);
        await relay.StandardInput.BaseStream.WriteAsync(mail);
        relay.StandardInput.Close();
        var trouble = await relay.StandardError.ReadToEndAsync();
        await relay.WaitForExitAsync();
        Assert.Equal("", trouble);
        return relay.ExitCode;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip($"There is no python3 here: {missing.Message}");
            throw;
        }
    }

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AccessFunctions.sln"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "docs", "operations.md");
    }

    [GeneratedRegex("```python\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Script();
}
