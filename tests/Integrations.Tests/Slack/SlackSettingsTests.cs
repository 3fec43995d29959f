using System.ComponentModel.DataAnnotations;
using AccessFunctions.Conformance.Tests.Slack;
using AccessFunctions.Integrations.Slack;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Slack;

public sealed class SlackSettingsTests
{
    private static SlackSettings Whole => new() { BotToken = "xoxb-1", SigningSecret = "a, b", Channel = SlackServer.Channel, TeamId = SlackServer.Team, AppId = SlackServer.App };

    [Fact]
    public void NothingSet_IsFine_AndOff()
    {
        var settings = new SlackSettings { BotToken = "", SigningSecret = " " };
        Assert.False(settings.IsConfigured);
        Assert.Empty(Faults(settings));
    }

    [Fact]
    public void AllSet_IsFine_WithSeveralSecrets()
    {
        Assert.Empty(Faults(Whole));
        Assert.Equal(["a", "b"], Whole.SigningSecrets);
        Assert.Equal("https://slack.com/api/", Whole.Api.AbsoluteUri);
    }

    [Theory]
    [InlineData("BotToken", "xoxb 1")]
    [InlineData("BotToken", "")]
    [InlineData("SigningSecret", ",")]
    [InlineData("BotToken", "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/slack-bot-token)")]
    [InlineData("SigningSecret", "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/slack-signing-secret)")]
    [InlineData("Channel", "#access")]
    [InlineData("Channel", "")]
    [InlineData("TeamId", "acme")]
    [InlineData("AppId", "")]
    [InlineData("ApiAddress", "http://slack.example/api/")]
    [InlineData("ApiAddress", "slack.com")]
    public void WhatIsWrong_IsNamed(string setting, string value)
    {
        var settings = Whole;
        typeof(SlackSettings).GetProperty(setting)!.SetValue(settings, value);
        var fault = Assert.Single(Faults(settings));
        Assert.Contains($"Slack:{setting}", fault.ErrorMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("xoxb-1", fault.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void PlainHttp_IsForThisMachineAlone()
    {
        var settings = Whole;
        settings.ApiAddress = "http://127.0.0.1:8080/api";
        Assert.Empty(Faults(settings));
        Assert.Equal("http://127.0.0.1:8080/api/", settings.Api.AbsoluteUri);
    }

    private static List<ValidationResult> Faults(SlackSettings settings)
    {
        List<ValidationResult> faults = [];
        _ = Validator.TryValidateObject(settings, new ValidationContext(settings), faults, validateAllProperties: true);
        return faults;
    }
}
