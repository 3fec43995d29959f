using System.ComponentModel.DataAnnotations;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Integrations.Mail.Graph;
using AccessFunctions.Integrations.Mail.Inbound;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail.Inbound;

public sealed class InboundMailOptionsTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("mx.example.com", Secret, true)]
    [InlineData("-", Secret, true)]
    [InlineData(null, null, true)]
    [InlineData("mx.example.com", "", true)]
    [InlineData("mx.example.com", "short", false)]
    [InlineData(null, Secret, false)]
    [InlineData("mx example", Secret, false)]
    [InlineData("mx.example.com;dmarc=pass", Secret, false)]
    [InlineData("mx.example.com", "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/mail-inbound-secret)", false)]
    public void Settings_ThatCouldNotWork_AreNamed(string? server, string? secret, bool good)
    {
        var options = new InboundMailOptions { AuthservId = server, Secrets = secret is null ? [] : [secret] };
        var failures = options.Validate(new ValidationContext(options)).ToList();
        Assert.Equal(good, failures.Count == 0);
        Assert.All(failures, failure => Assert.DoesNotContain(secret ?? "none", failure.ErrorMessage!, StringComparison.Ordinal));
    }

    [Fact]
    public void GraphSettings_BelongTogether_AndAreHttps()
    {
        Assert.Empty(Failures(new GraphOptions()));
        Assert.Empty(Failures(new GraphOptions { Mailbox = "m", Tenant = "t", ClientId = "c", ClientSecret = "s" }));
        Assert.Single(Failures(new GraphOptions { Mailbox = "m", Tenant = "t", ClientId = "c" }));
        Assert.Single(Failures(new GraphOptions { Endpoint = "http://graph.example.com" }));

        static List<ValidationResult> Failures(GraphOptions options) => [.. options.Validate(new ValidationContext(options))];
    }

    [Theory]
    [InlineData(false, null, null, false, false)]
    [InlineData(true, null, null, false, true)]
    [InlineData(true, "mx.example.com", null, false, true)]
    [InlineData(true, "mx.example.com", Secret, true, false)]
    [InlineData(false, "mx.example.com", Secret, false, false)]
    public void WhatIsConfigured_IsThere_AndWhatInvitesRepliesThatNobodyReads_IsSaid(bool address, string? server, string? secret, bool posts, bool unread)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Mail:ReplyAddress"] = address ? "access@example.com" : null,
            ["Mail:Inbound:AuthservId"] = server,
            ["Mail:Inbound:Secrets:0"] = secret,
        }).Build();
        var services = new ServiceCollection().AddInboundMail(configuration);
        Assert.Equal(posts, services.Any(service => service.ServiceType == typeof(MailPosts)));
        Assert.Equal(unread ? ["Replies are not read"] : [], InboundMailServices.Warnings(configuration).Select(static words => words.Split(':')[0]));
    }

    [Theory]
    [InlineData("-", true, true)]
    [InlineData("-", false, false)]
    [InlineData("mx.example.com", true, false)]
    public void AMailbox_OfAServiceThatWritesNoName_IsWarnedOf_ForRepliesOfItsOwnTenantHaveNoProof(string server, bool mailbox, bool warned)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Mail:ReplyAddress"] = "access@example.com",
            ["Mail:Inbound:AuthservId"] = server,
            ["Mail:Inbound:Secrets:0"] = Secret,
            ["Mail:Inbound:Graph:Mailbox"] = mailbox ? "access@example.com" : null,
        }).Build();
        Assert.Equal(warned ? 1 : 0, InboundMailServices.Warnings(configuration).Count(static words => words.Contains("own tenant", StringComparison.Ordinal)));
    }
}
